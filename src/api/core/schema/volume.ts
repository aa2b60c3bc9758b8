// Wire types of core/volume.

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

export const CSIVolumeSource = message("io.k8s.api.core.v1.CSIVolumeSource", "", {
  driver: required(1, string, ""),
  readOnly: pointer(2, bool, ""),
  fsType: pointer(3, string, ""),
  volumeAttributes: optional(4, map(string), ""),
  nodePublishSecretRef: pointer(5, LocalObjectReference, ""),
});
export interface CSIVolumeSource extends Infer<typeof CSIVolumeSource> {}

export const ClusterTrustBundleProjection = message("io.k8s.api.core.v1.ClusterTrustBundleProjection", "", {
  name: pointer(1, string, ""),
  signerName: pointer(2, string, ""),
  labelSelector: pointer(3, LabelSelector, ""),
  optional: pointer(5, bool, ""),
  path: required(4, string, ""),
});
export interface ClusterTrustBundleProjection extends Infer<typeof ClusterTrustBundleProjection> {}

export const ConfigMapProjection = message(
  "io.k8s.api.core.v1.ConfigMapProjection",
  "",
  {
    items: optional(2, atomicList(KeyToPath), ""),
    optional: pointer(4, bool, ""),
  },
  [embed(1, LocalObjectReference)],
);
export interface ConfigMapProjection extends Infer<typeof ConfigMapProjection> {}

export const ConfigMapVolumeSource = message(
  "io.k8s.api.core.v1.ConfigMapVolumeSource",
  "",
  {
    items: optional(2, atomicList(KeyToPath), ""),
    defaultMode: pointer(3, int32, ""),
    optional: pointer(4, bool, ""),
  },
  [embed(1, LocalObjectReference)],
);
export interface ConfigMapVolumeSource extends Infer<typeof ConfigMapVolumeSource> {}

export const DownwardAPIVolumeFile = message("io.k8s.api.core.v1.DownwardAPIVolumeFile", "", {
  path: required(1, string, ""),
  fieldRef: pointer(2, ObjectFieldSelector, ""),
  resourceFieldRef: pointer(3, ResourceFieldSelector, ""),
  mode: pointer(4, int32, ""),
});
export interface DownwardAPIVolumeFile extends Infer<typeof DownwardAPIVolumeFile> {}

export const DownwardAPIProjection = message("io.k8s.api.core.v1.DownwardAPIProjection", "", {
  items: optional(1, atomicList(DownwardAPIVolumeFile), ""),
});
export interface DownwardAPIProjection extends Infer<typeof DownwardAPIProjection> {}

export const DownwardAPIVolumeSource = message("io.k8s.api.core.v1.DownwardAPIVolumeSource", "", {
  items: optional(1, atomicList(DownwardAPIVolumeFile), ""),
  defaultMode: pointer(2, int32, ""),
});
export interface DownwardAPIVolumeSource extends Infer<typeof DownwardAPIVolumeSource> {}

export const EmptyDirVolumeSource = message("io.k8s.api.core.v1.EmptyDirVolumeSource", "", {
  medium: optional(1, known("Memory", "HugePages", "HugePages-"), ""),
  sizeLimit: pointer(2, quantity, ""),
});
export interface EmptyDirVolumeSource extends Infer<typeof EmptyDirVolumeSource> {}

export const EphemeralVolumeSource = message("io.k8s.api.core.v1.EphemeralVolumeSource", "", {
  volumeClaimTemplate: pointer(1, PersistentVolumeClaimTemplate, ""),
});
export interface EphemeralVolumeSource extends Infer<typeof EphemeralVolumeSource> {}

export const ImageVolumeSource = message("io.k8s.api.core.v1.ImageVolumeSource", "", {
  reference: optional(1, string, ""),
  pullPolicy: optional(2, oneOf("Always", "Never", "IfNotPresent"), ""),
});
export interface ImageVolumeSource extends Infer<typeof ImageVolumeSource> {}

export const PersistentVolumeClaimVolumeSource = message("io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource", "", {
  claimName: required(1, string, ""),
  readOnly: optional(2, bool, ""),
});
export interface PersistentVolumeClaimVolumeSource extends Infer<typeof PersistentVolumeClaimVolumeSource> {}

export const PodCertificateProjection = message("io.k8s.api.core.v1.PodCertificateProjection", "", {
  signerName: required(1, string, "", { omitEmpty: true }),
  keyType: required(2, string, "", { omitEmpty: true }),
  maxExpirationSeconds: pointer(3, int32, ""),
  credentialBundlePath: optional(4, string, ""),
  keyPath: optional(5, string, ""),
  certificateChainPath: optional(6, string, ""),
  userAnnotations: optional(7, map(string), ""),
});
export interface PodCertificateProjection extends Infer<typeof PodCertificateProjection> {}

export const SecretProjection = message(
  "io.k8s.api.core.v1.SecretProjection",
  "",
  {
    items: optional(2, atomicList(KeyToPath), ""),
    optional: pointer(4, bool, ""),
  },
  [embed(1, LocalObjectReference)],
);
export interface SecretProjection extends Infer<typeof SecretProjection> {}

export const ServiceAccountTokenProjection = message("io.k8s.api.core.v1.ServiceAccountTokenProjection", "", {
  audience: optional(1, string, ""),
  expirationSeconds: pointer(2, int64, ""),
  path: required(3, string, ""),
});
export interface ServiceAccountTokenProjection extends Infer<typeof ServiceAccountTokenProjection> {}

export const VolumeProjection = message("io.k8s.api.core.v1.VolumeProjection", "", {
  secret: pointer(1, SecretProjection, ""),
  downwardAPI: pointer(2, DownwardAPIProjection, ""),
  configMap: pointer(3, ConfigMapProjection, ""),
  serviceAccountToken: pointer(4, ServiceAccountTokenProjection, ""),
  clusterTrustBundle: pointer(5, ClusterTrustBundleProjection, ""),
  podCertificate: pointer(6, PodCertificateProjection, ""),
});
export interface VolumeProjection extends Infer<typeof VolumeProjection> {}

export const ProjectedVolumeSource = message("io.k8s.api.core.v1.ProjectedVolumeSource", "", {
  sources: optional(1, atomicList(VolumeProjection), "", { always: true }),
  defaultMode: pointer(2, int32, ""),
});
export interface ProjectedVolumeSource extends Infer<typeof ProjectedVolumeSource> {}

export const SecretVolumeSource = message("io.k8s.api.core.v1.SecretVolumeSource", "", {
  secretName: optional(1, string, ""),
  items: optional(2, atomicList(KeyToPath), ""),
  defaultMode: pointer(3, int32, ""),
  optional: pointer(4, bool, ""),
});
export interface SecretVolumeSource extends Infer<typeof SecretVolumeSource> {}

export const VolumeSource = message("io.k8s.api.core.v1.VolumeSource", "", {
  hostPath: pointer(1, HostPathVolumeSource, ""),
  emptyDir: pointer(2, EmptyDirVolumeSource, ""),
  gcePersistentDisk: pointer(3, GCEPersistentDiskVolumeSource, ""),
  awsElasticBlockStore: pointer(4, AWSElasticBlockStoreVolumeSource, ""),
  gitRepo: pointer(5, GitRepoVolumeSource, ""),
  secret: pointer(6, SecretVolumeSource, ""),
  nfs: pointer(7, NFSVolumeSource, ""),
  iscsi: pointer(8, ISCSIVolumeSource, ""),
  glusterfs: pointer(9, GlusterfsVolumeSource, ""),
  persistentVolumeClaim: pointer(10, PersistentVolumeClaimVolumeSource, ""),
  rbd: pointer(11, RBDVolumeSource, ""),
  flexVolume: pointer(12, FlexVolumeSource, ""),
  cinder: pointer(13, CinderVolumeSource, ""),
  cephfs: pointer(14, CephFSVolumeSource, ""),
  flocker: pointer(15, FlockerVolumeSource, ""),
  downwardAPI: pointer(16, DownwardAPIVolumeSource, ""),
  fc: pointer(17, FCVolumeSource, ""),
  azureFile: pointer(18, AzureFileVolumeSource, ""),
  configMap: pointer(19, ConfigMapVolumeSource, ""),
  vsphereVolume: pointer(20, VsphereVirtualDiskVolumeSource, ""),
  quobyte: pointer(21, QuobyteVolumeSource, ""),
  azureDisk: pointer(22, AzureDiskVolumeSource, ""),
  photonPersistentDisk: pointer(23, PhotonPersistentDiskVolumeSource, ""),
  projected: pointer(26, ProjectedVolumeSource, ""),
  portworxVolume: pointer(24, PortworxVolumeSource, ""),
  scaleIO: pointer(25, ScaleIOVolumeSource, ""),
  storageos: pointer(27, StorageOSVolumeSource, ""),
  csi: pointer(28, CSIVolumeSource, ""),
  ephemeral: pointer(29, EphemeralVolumeSource, ""),
  image: pointer(30, ImageVolumeSource, ""),
});
export interface VolumeSource extends Infer<typeof VolumeSource> {}

export const Volume = message(
  "io.k8s.api.core.v1.Volume",
  "",
  {
    name: required(1, string, ""),
  },
  [embed(2, VolumeSource)],
);
export interface Volume extends Infer<typeof Volume> {}
