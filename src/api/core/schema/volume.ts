// Volumes of a pod: scratch space, config maps, secrets, claims and projections.

import {
  type Infer,
  atomicList,
  bool,
  embed,
  int32,
  int64,
  known,
  map,
  message,
  oneOf,
  optional,
  pointer,
  quantity,
  required,
  string,
} from "#api/schema.ts";
import { PersistentVolumeClaimTemplate } from "#api/core/schema/persistent-volume.ts";
import {
  KeyToPath,
  LocalObjectReference,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from "#api/core/schema/reference.ts";
import {
  AWSElasticBlockStoreVolumeSource,
  AzureDiskVolumeSource,
  AzureFileVolumeSource,
  CephFSVolumeSource,
  CinderVolumeSource,
  FCVolumeSource,
  FlexVolumeSource,
  FlockerVolumeSource,
  GCEPersistentDiskVolumeSource,
  GitRepoVolumeSource,
  GlusterfsVolumeSource,
  HostPathVolumeSource,
  ISCSIVolumeSource,
  NFSVolumeSource,
  PhotonPersistentDiskVolumeSource,
  PortworxVolumeSource,
  QuobyteVolumeSource,
  RBDVolumeSource,
  ScaleIOVolumeSource,
  StorageOSVolumeSource,
  VsphereVirtualDiskVolumeSource,
} from "#api/core/schema/volume-source.ts";
import { LabelSelector } from "#api/meta/schema.ts";

export const CSIVolumeSource = message(
  "io.k8s.api.core.v1.CSIVolumeSource",
  "A volume that a CSI driver makes for this pod and removes with it.",
  {
    driver: required(1, string, "Name of the CSI driver."),
    readOnly: pointer(2, bool, "When true, mounted read-only; false by default."),
    fsType: pointer(3, string, "File system to use; the driver decides when empty."),
    volumeAttributes: optional(4, map(string), "Settings for the driver; see its manual."),
    nodePublishSecretRef: pointer(5, LocalObjectReference, "Secret the driver needs to mount the volume."),
  },
);
export interface CSIVolumeSource extends Infer<typeof CSIVolumeSource> {}

export const ClusterTrustBundleProjection = message(
  "io.k8s.api.core.v1.ClusterTrustBundleProjection",
  "Writes CA certificates from trust bundles to a file.",
  {
    name: pointer(1, string, "Single bundle to use; excludes signerName and labelSelector."),
    signerName: pointer(2, string, "Uses all bundles of this signer; excludes name."),
    labelSelector: pointer(3, LabelSelector, "Narrows the signer's bundles by label; absent picks none, {} picks all."),
    optional: pointer(5, bool, "When true, the pod starts even if no bundle is found."),
    path: required(4, string, "File to write, relative to the volume."),
  },
);
export interface ClusterTrustBundleProjection extends Infer<typeof ClusterTrustBundleProjection> {}

export const ConfigMapProjection = message(
  "io.k8s.api.core.v1.ConfigMapProjection",
  "Writes the keys of a config map into a combined volume.",
  {
    items: optional(
      2,
      atomicList(KeyToPath),
      "Keys to write and their file names; all keys under their own name by default.",
    ),
    optional: pointer(4, bool, "When true, a missing config map or key is not an error."),
  },
  [embed(1, LocalObjectReference)],
);
export interface ConfigMapProjection extends Infer<typeof ConfigMapProjection> {}

export const ConfigMapVolumeSource = message(
  "io.k8s.api.core.v1.ConfigMapVolumeSource",
  "Shows the keys of a config map as files.",
  {
    items: optional(
      2,
      atomicList(KeyToPath),
      "Keys to show and their file names; all keys under their own name by default.",
    ),
    defaultMode: pointer(3, int32, "Permission bits of the files, octal in YAML; 0644 by default.", { default: 420 }),
    optional: pointer(4, bool, "When true, a missing config map or key is not an error."),
  },
  [embed(1, LocalObjectReference)],
);
export interface ConfigMapVolumeSource extends Infer<typeof ConfigMapVolumeSource> {}

export const DownwardAPIVolumeFile = message(
  "io.k8s.api.core.v1.DownwardAPIVolumeFile",
  "A file that holds a fact about the pod.",
  {
    path: required(1, string, "File name, relative to the volume."),
    fieldRef: pointer(2, ObjectFieldSelector, "Field of the pod to write, such as its labels."),
    resourceFieldRef: pointer(3, ResourceFieldSelector, "Container request or limit to write."),
    mode: pointer(4, int32, "Permission bits of this file; the volume's defaultMode if absent."),
  },
);
export interface DownwardAPIVolumeFile extends Infer<typeof DownwardAPIVolumeFile> {}

export const DownwardAPIProjection = message(
  "io.k8s.api.core.v1.DownwardAPIProjection",
  "Writes facts about the pod into a combined volume.",
  {
    items: optional(1, atomicList(DownwardAPIVolumeFile), "Files to write, one fact in each."),
  },
);
export interface DownwardAPIProjection extends Infer<typeof DownwardAPIProjection> {}

export const DownwardAPIVolumeSource = message(
  "io.k8s.api.core.v1.DownwardAPIVolumeSource",
  "Shows facts about the pod as files.",
  {
    items: optional(1, atomicList(DownwardAPIVolumeFile), "Files to write, one fact in each."),
    defaultMode: pointer(2, int32, "Permission bits of the files, octal in YAML; 0644 by default.", { default: 420 }),
  },
);
export interface DownwardAPIVolumeSource extends Infer<typeof DownwardAPIVolumeSource> {}

export const EmptyDirVolumeSource = message(
  "io.k8s.api.core.v1.EmptyDirVolumeSource",
  "Scratch space that starts empty and is wiped when the pod leaves the node.",
  {
    medium: optional(
      1,
      known("Memory", "HugePages", "HugePages-"),
      "Where it lives: empty (default) for disk, Memory for RAM, or HugePages.",
    ),
    sizeLimit: pointer(2, quantity, "Most it may hold; going over evicts the pod. No limit by default."),
  },
);
export interface EmptyDirVolumeSource extends Infer<typeof EmptyDirVolumeSource> {}

export const EphemeralVolumeSource = message(
  "io.k8s.api.core.v1.EphemeralVolumeSource",
  "A claim made for this pod and deleted with it.",
  {
    volumeClaimTemplate: pointer(
      1,
      PersistentVolumeClaimTemplate,
      "Model for the claim, which is named after the pod and the volume.",
    ),
  },
);
export interface EphemeralVolumeSource extends Infer<typeof EphemeralVolumeSource> {}

export const ImageVolumeSource = message(
  "io.k8s.api.core.v1.ImageVolumeSource",
  "Shows the contents of an OCI image or artifact, read-only.",
  {
    reference: optional(1, string, "Image or artifact to show, named like a container image."),
    pullPolicy: optional(
      2,
      oneOf("Always", "Never", "IfNotPresent"),
      "Always, IfNotPresent or Never; defaults to Always only for the latest tag.",
    ),
  },
);
export interface ImageVolumeSource extends Infer<typeof ImageVolumeSource> {}

export const PersistentVolumeClaimVolumeSource = message(
  "io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource",
  "Mounts the storage behind a claim.",
  {
    claimName: required(1, string, "Name of the claim, in the pod's namespace."),
    readOnly: optional(2, bool, "When true, mounts it read-only in every container; false by default."),
  },
);
export interface PersistentVolumeClaimVolumeSource extends Infer<typeof PersistentVolumeClaimVolumeSource> {}

export const PodCertificateProjection = message(
  "io.k8s.api.core.v1.PodCertificateProjection",
  "Obtains a certificate for the pod and renews it on its own.",
  {
    signerName: required(1, string, "Signer that issues the certificate.", { omitEmpty: true }),
    keyType: required(2, string, "Kind of key to generate, for example ED25519 or ECDSAP256.", { omitEmpty: true }),
    maxExpirationSeconds: pointer(3, int32, "Longest lifetime accepted, in seconds; 86400 (one day) by default."),
    credentialBundlePath: optional(4, string, "File for key and certificates together, easiest to reload safely."),
    keyPath: optional(5, string, "File for the private key alone."),
    certificateChainPath: optional(6, string, "File for the certificates alone."),
    userAnnotations: optional(7, map(string), "Extra data passed on to the signer."),
  },
);
export interface PodCertificateProjection extends Infer<typeof PodCertificateProjection> {}

export const SecretProjection = message(
  "io.k8s.api.core.v1.SecretProjection",
  "Writes the keys of a secret into a combined volume.",
  {
    items: optional(
      2,
      atomicList(KeyToPath),
      "Keys to write and their file names; all keys under their own name by default.",
    ),
    optional: pointer(4, bool, "When true, a missing secret or key is not an error."),
  },
  [embed(1, LocalObjectReference)],
);
export interface SecretProjection extends Infer<typeof SecretProjection> {}

export const ServiceAccountTokenProjection = message(
  "io.k8s.api.core.v1.ServiceAccountTokenProjection",
  "Writes an API token of the pod's service account, renewed automatically.",
  {
    audience: optional(1, string, "Who the token is meant for; the API server by default."),
    expirationSeconds: pointer(2, int64, "Lifetime of the token in seconds, at least 600; 3600 by default.", {
      default: 3600,
    }),
    path: required(3, string, "File to write, relative to the volume."),
  },
);
export interface ServiceAccountTokenProjection extends Infer<typeof ServiceAccountTokenProjection> {}

export const VolumeProjection = message(
  "io.k8s.api.core.v1.VolumeProjection",
  "One source of a combined volume; pick exactly one.",
  {
    secret: pointer(1, SecretProjection, "Keys of a secret."),
    downwardAPI: pointer(2, DownwardAPIProjection, "Facts about the pod."),
    configMap: pointer(3, ConfigMapProjection, "Keys of a config map."),
    serviceAccountToken: pointer(4, ServiceAccountTokenProjection, "Token of the pod's service account."),
    clusterTrustBundle: pointer(5, ClusterTrustBundleProjection, "CA certificates from trust bundles."),
    podCertificate: pointer(6, PodCertificateProjection, "Certificate and key issued to the pod."),
  },
);
export interface VolumeProjection extends Infer<typeof VolumeProjection> {}

export const ProjectedVolumeSource = message(
  "io.k8s.api.core.v1.ProjectedVolumeSource",
  "Combines several sources in one directory.",
  {
    sources: optional(1, atomicList(VolumeProjection), "Sources to combine; their paths must not clash.", {
      always: true,
    }),
    defaultMode: pointer(2, int32, "Permission bits of the files, octal in YAML; 0644 by default.", { default: 420 }),
  },
);
export interface ProjectedVolumeSource extends Infer<typeof ProjectedVolumeSource> {}

export const SecretVolumeSource = message(
  "io.k8s.api.core.v1.SecretVolumeSource",
  "Shows the keys of a secret as files, kept in memory.",
  {
    secretName: optional(1, string, "Name of the secret, in the pod's namespace."),
    items: optional(
      2,
      atomicList(KeyToPath),
      "Keys to show and their file names; all keys under their own name by default.",
    ),
    defaultMode: pointer(3, int32, "Permission bits of the files, octal in YAML; 0644 by default.", { default: 420 }),
    optional: pointer(4, bool, "When true, a missing secret or key is not an error."),
  },
);
export interface SecretVolumeSource extends Infer<typeof SecretVolumeSource> {}

export const VolumeSource = message(
  "io.k8s.api.core.v1.VolumeSource",
  "What a volume is made of; exactly one, or emptyDir when none is given.",
  {
    hostPath: pointer(1, HostPathVolumeSource, "File or directory of the node; risky, avoid it."),
    emptyDir: pointer(2, EmptyDirVolumeSource, "Scratch space that lives as long as the pod."),
    gcePersistentDisk: pointer(
      3,
      GCEPersistentDiskVolumeSource,
      "Disk in Google Compute Engine; use a CSI claim instead.",
    ),
    awsElasticBlockStore: pointer(
      4,
      AWSElasticBlockStoreVolumeSource,
      "EBS disk in Amazon Web Services; use a CSI claim instead.",
    ),
    gitRepo: pointer(5, GitRepoVolumeSource, "Copy of a git repository; disabled, clone in an init container instead."),
    secret: pointer(6, SecretVolumeSource, "Files made from a secret."),
    nfs: pointer(7, NFSVolumeSource, "Directory exported by an NFS server."),
    iscsi: pointer(8, ISCSIVolumeSource, "Disk reached over iSCSI."),
    glusterfs: pointer(9, GlusterfsVolumeSource, "Volume of a GlusterFS cluster; no longer supported."),
    persistentVolumeClaim: pointer(
      10,
      PersistentVolumeClaimVolumeSource,
      "Storage behind a claim, the usual way to keep data.",
    ),
    rbd: pointer(11, RBDVolumeSource, "Block device in a Ceph cluster; no longer supported."),
    flexVolume: pointer(12, FlexVolumeSource, "Storage handled by a FlexVolume plugin; outdated, use csi."),
    cinder: pointer(13, CinderVolumeSource, "Disk in OpenStack Cinder; use a CSI claim instead."),
    cephfs: pointer(14, CephFSVolumeSource, "Directory of a CephFS file system; no longer supported."),
    flocker: pointer(15, FlockerVolumeSource, "Data set managed by Flocker; no longer supported."),
    downwardAPI: pointer(16, DownwardAPIVolumeSource, "Files with facts about the pod, such as its labels."),
    fc: pointer(17, FCVolumeSource, "Disk reached over Fibre Channel."),
    azureFile: pointer(18, AzureFileVolumeSource, "File share in Azure; use a CSI claim instead."),
    configMap: pointer(19, ConfigMapVolumeSource, "Files made from a config map."),
    vsphereVolume: pointer(20, VsphereVirtualDiskVolumeSource, "Virtual disk in vSphere; use a CSI claim instead."),
    quobyte: pointer(21, QuobyteVolumeSource, "Volume in a Quobyte cluster; no longer supported."),
    azureDisk: pointer(22, AzureDiskVolumeSource, "Data disk in Azure; use a CSI claim instead."),
    photonPersistentDisk: pointer(23, PhotonPersistentDiskVolumeSource, "Disk in VMware Photon; no longer supported."),
    projected: pointer(26, ProjectedVolumeSource, "Several sources combined in one directory."),
    portworxVolume: pointer(24, PortworxVolumeSource, "Volume in a Portworx cluster; use a CSI claim instead."),
    scaleIO: pointer(25, ScaleIOVolumeSource, "Disk in Dell EMC ScaleIO; no longer supported."),
    storageos: pointer(27, StorageOSVolumeSource, "Volume in StorageOS; no longer supported."),
    csi: pointer(28, CSIVolumeSource, "Short-lived volume made by a CSI driver."),
    ephemeral: pointer(29, EphemeralVolumeSource, "Claim that is created and deleted along with the pod."),
    image: pointer(30, ImageVolumeSource, "Contents of an OCI image or artifact."),
  },
);
export interface VolumeSource extends Infer<typeof VolumeSource> {}

export const Volume = message(
  "io.k8s.api.core.v1.Volume",
  "Named storage that containers of the pod can mount.",
  {
    name: required(1, string, "Name of the volume, unique in the pod; containers mount it by this."),
  },
  [embed(2, VolumeSource)],
);
export interface Volume extends Infer<typeof Volume> {}
