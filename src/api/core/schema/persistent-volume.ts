// Persistent volumes, the claims that ask for them, and where the storage lives.

import {
  type Infer,
  atomicList,
  bool,
  embed,
  int32,
  known,
  map,
  mapList,
  message,
  oneOf,
  optional,
  pointer,
  quantity,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { NodeSelector } from "#api/core/schema/node-selector.ts";
import {
  ObjectReference,
  SecretReference,
  TypedLocalObjectReference,
  TypedObjectReference,
  VolumeResourceRequirements,
} from "#api/core/schema/reference.ts";
import {
  AWSElasticBlockStoreVolumeSource,
  AzureDiskVolumeSource,
  FCVolumeSource,
  FlockerVolumeSource,
  GCEPersistentDiskVolumeSource,
  HostPathVolumeSource,
  NFSVolumeSource,
  PhotonPersistentDiskVolumeSource,
  PortworxVolumeSource,
  QuobyteVolumeSource,
  VsphereVirtualDiskVolumeSource,
} from "#api/core/schema/volume-source.ts";
import { LabelSelector, ObjectMeta } from "#api/meta/schema.ts";

export const AzureFilePersistentVolumeSource = message(
  "io.k8s.api.core.v1.AzureFilePersistentVolumeSource",
  "An Azure Files share, used through a persistent volume.",
  {
    secretName: required(1, string, "Secret with the name and key of the Azure storage account."),
    shareName: required(2, string, "Name of the share."),
    readOnly: optional(3, bool, "When true, the share is mounted read-only; false by default."),
    secretNamespace: pointer(4, string, "Namespace of the secret; by default the namespace of the claim."),
  },
);
export interface AzureFilePersistentVolumeSource extends Infer<typeof AzureFilePersistentVolumeSource> {}

export const CSIPersistentVolumeSource = message(
  "io.k8s.api.core.v1.CSIPersistentVolumeSource",
  "A volume served by a CSI storage driver.",
  {
    driver: required(1, string, "Name of the CSI driver that handles the volume."),
    volumeHandle: required(2, string, "Identifier the driver gave to the volume; it never changes."),
    readOnly: optional(3, bool, "When true, the volume is handed to pods read-only; false by default."),
    fsType: optional(4, string, "File system to use, for example ext4; the driver decides when empty."),
    volumeAttributes: optional(5, map(string), "Driver-specific properties recorded when the volume was created."),
    controllerPublishSecretRef: pointer(6, SecretReference, "Secret the driver needs to attach and detach the volume."),
    nodeStageSecretRef: pointer(7, SecretReference, "Secret the driver needs to prepare the volume on a node."),
    nodePublishSecretRef: pointer(8, SecretReference, "Secret the driver needs to mount the volume into a pod."),
    controllerExpandSecretRef: pointer(9, SecretReference, "Secret the driver needs to enlarge the volume."),
    nodeExpandSecretRef: pointer(10, SecretReference, "Secret the driver needs to enlarge the file system on a node."),
  },
);
export interface CSIPersistentVolumeSource extends Infer<typeof CSIPersistentVolumeSource> {}

export const CephFSPersistentVolumeSource = message(
  "io.k8s.api.core.v1.CephFSPersistentVolumeSource",
  "A CephFS file system, used through a persistent volume.",
  {
    monitors: required(1, atomicList(string), "Addresses of the Ceph monitors."),
    path: optional(2, string, "Directory of the file system to mount; / by default."),
    user: optional(3, string, "Ceph user to log in as; admin by default."),
    secretFile: optional(4, string, "File on the node with the user's key; /etc/ceph/user.secret by default."),
    secretRef: pointer(5, SecretReference, "Secret with the user's key; wins over secretFile."),
    readOnly: optional(6, bool, "When true, mounted read-only; false by default."),
  },
);
export interface CephFSPersistentVolumeSource extends Infer<typeof CephFSPersistentVolumeSource> {}

export const CinderPersistentVolumeSource = message(
  "io.k8s.api.core.v1.CinderPersistentVolumeSource",
  "An OpenStack Cinder disk, used through a persistent volume.",
  {
    volumeID: required(1, string, "Identifier of the disk in Cinder."),
    fsType: optional(2, string, "File system on the disk; ext4 by default."),
    readOnly: optional(3, bool, "When true, mounted read-only; false by default."),
    secretRef: pointer(4, SecretReference, "Secret with the OpenStack connection settings."),
  },
);
export interface CinderPersistentVolumeSource extends Infer<typeof CinderPersistentVolumeSource> {}

export const FlexPersistentVolumeSource = message(
  "io.k8s.api.core.v1.FlexPersistentVolumeSource",
  "A volume handled by a FlexVolume plugin (old style), through a persistent volume.",
  {
    driver: required(1, string, "Name of the plugin on the node."),
    fsType: optional(2, string, "File system to use; the plugin decides when empty."),
    secretRef: pointer(3, SecretReference, "Secret whose contents are passed to the plugin."),
    readOnly: optional(4, bool, "When true, mounted read-only; false by default."),
    options: optional(5, map(string), "Extra settings passed to the plugin."),
  },
);
export interface FlexPersistentVolumeSource extends Infer<typeof FlexPersistentVolumeSource> {}

export const GlusterfsPersistentVolumeSource = message(
  "io.k8s.api.core.v1.GlusterfsPersistentVolumeSource",
  "A GlusterFS volume, used through a persistent volume.",
  {
    endpoints: required(1, string, "Endpoints object listing the Gluster servers."),
    path: required(2, string, "Name of the Gluster volume."),
    readOnly: optional(3, bool, "When true, mounted read-only; false by default."),
    endpointsNamespace: pointer(4, string, "Namespace of the endpoints object; by default the namespace of the claim."),
  },
);
export interface GlusterfsPersistentVolumeSource extends Infer<typeof GlusterfsPersistentVolumeSource> {}

export const ISCSIPersistentVolumeSource = message(
  "io.k8s.api.core.v1.ISCSIPersistentVolumeSource",
  "An iSCSI disk, used through a persistent volume.",
  {
    targetPortal: required(1, string, "Address of the iSCSI server, with its port unless it is 3260."),
    iqn: required(2, string, "Qualified name of the iSCSI target."),
    lun: required(3, int32, "Number of the disk on the target."),
    iscsiInterface: optional(4, string, "Initiator interface to use; default is named default (plain TCP).", {
      default: "default",
    }),
    fsType: optional(5, string, "File system on the disk; ext4 by default."),
    readOnly: optional(6, bool, "When true, mounted read-only; false by default."),
    portals: optional(7, atomicList(string), "More server addresses, for reaching the disk over several paths."),
    chapAuthDiscovery: optional(8, bool, "When true, logs in with CHAP while discovering targets."),
    chapAuthSession: optional(11, bool, "When true, logs in with CHAP when opening the session."),
    secretRef: pointer(10, SecretReference, "Secret with the CHAP user names and passwords."),
    initiatorName: pointer(12, string, "Name this side presents itself with, in place of the node's own."),
  },
);
export interface ISCSIPersistentVolumeSource extends Infer<typeof ISCSIPersistentVolumeSource> {}

export const LocalVolumeSource = message(
  "io.k8s.api.core.v1.LocalVolumeSource",
  "A disk or directory on one particular node.",
  {
    path: required(1, string, "Path on the node of the directory or block device."),
    fsType: pointer(2, string, "File system to put on a block device; ext4 on Linux when empty."),
  },
);
export interface LocalVolumeSource extends Infer<typeof LocalVolumeSource> {}

export const ModifyVolumeStatus = message(
  "io.k8s.api.core.v1.ModifyVolumeStatus",
  "Progress of a change of volume attributes class.",
  {
    targetVolumeAttributesClassName: optional(1, string, "Class the volume is being switched to."),
    status: required(
      2,
      oneOf("Pending", "InProgress", "Infeasible"),
      "Pending when not started, InProgress, or Infeasible when the driver refused.",
    ),
  },
);
export interface ModifyVolumeStatus extends Infer<typeof ModifyVolumeStatus> {}

export const RBDPersistentVolumeSource = message(
  "io.k8s.api.core.v1.RBDPersistentVolumeSource",
  "A Ceph block device, used through a persistent volume.",
  {
    monitors: required(1, atomicList(string), "Addresses of the Ceph monitors."),
    image: required(2, string, "Name of the RBD image."),
    fsType: optional(3, string, "File system on the image; ext4 by default."),
    pool: optional(4, string, "Ceph pool that holds the image; rbd by default.", { default: "rbd" }),
    user: optional(5, string, "Ceph user to log in as; admin by default.", { default: "admin" }),
    keyring: optional(6, string, "Key file on the node; /etc/ceph/keyring by default.", {
      default: "/etc/ceph/keyring",
    }),
    secretRef: pointer(7, SecretReference, "Secret with the user's key; wins over keyring."),
    readOnly: optional(8, bool, "When true, mounted read-only; false by default."),
  },
);
export interface RBDPersistentVolumeSource extends Infer<typeof RBDPersistentVolumeSource> {}

export const ScaleIOPersistentVolumeSource = message(
  "io.k8s.api.core.v1.ScaleIOPersistentVolumeSource",
  "A ScaleIO disk, used through a persistent volume.",
  {
    gateway: required(1, string, "Address of the ScaleIO gateway."),
    system: required(2, string, "Name of the storage system."),
    secretRef: required(3, SecretReference, "Secret with the ScaleIO user name and password.", { pointer: true }),
    sslEnabled: optional(4, bool, "When true, talks to the gateway over TLS; false by default."),
    protectionDomain: optional(5, string, "Protection domain that holds the storage."),
    storagePool: optional(6, string, "Pool within the protection domain."),
    storageMode: optional(7, string, "ThinProvisioned (default) or ThickProvisioned.", { default: "ThinProvisioned" }),
    volumeName: optional(8, string, "Name of the existing ScaleIO disk."),
    fsType: optional(9, string, "File system on the disk; xfs by default.", { default: "xfs" }),
    readOnly: optional(10, bool, "When true, mounted read-only; false by default."),
  },
);
export interface ScaleIOPersistentVolumeSource extends Infer<typeof ScaleIOPersistentVolumeSource> {}

export const StorageOSPersistentVolumeSource = message(
  "io.k8s.api.core.v1.StorageOSPersistentVolumeSource",
  "A StorageOS volume, used through a persistent volume.",
  {
    volumeName: optional(1, string, "Name of the volume within its StorageOS namespace."),
    volumeNamespace: optional(2, string, "StorageOS namespace of the volume; empty means that of the claim."),
    fsType: optional(3, string, "File system on the volume; ext4 by default."),
    readOnly: optional(4, bool, "When true, mounted read-only; false by default."),
    secretRef: pointer(5, ObjectReference, "Secret with the StorageOS API login."),
  },
);
export interface StorageOSPersistentVolumeSource extends Infer<typeof StorageOSPersistentVolumeSource> {}

export const PersistentVolumeSource = message(
  "io.k8s.api.core.v1.PersistentVolumeSource",
  "The storage behind a persistent volume; pick exactly one.",
  {
    gcePersistentDisk: pointer(1, GCEPersistentDiskVolumeSource, "Disk in Google Compute Engine."),
    awsElasticBlockStore: pointer(2, AWSElasticBlockStoreVolumeSource, "EBS disk in Amazon Web Services."),
    hostPath: pointer(3, HostPathVolumeSource, "Directory of the node; only fit for single-node test clusters."),
    glusterfs: pointer(4, GlusterfsPersistentVolumeSource, "Volume of a GlusterFS cluster; no longer supported."),
    nfs: pointer(5, NFSVolumeSource, "Directory exported by an NFS server."),
    rbd: pointer(6, RBDPersistentVolumeSource, "Block device in a Ceph cluster; no longer supported."),
    iscsi: pointer(7, ISCSIPersistentVolumeSource, "Disk reached over iSCSI."),
    cinder: pointer(8, CinderPersistentVolumeSource, "Disk in OpenStack Cinder."),
    cephfs: pointer(9, CephFSPersistentVolumeSource, "Directory of a CephFS file system; no longer supported."),
    fc: pointer(10, FCVolumeSource, "Disk reached over Fibre Channel."),
    flocker: pointer(11, FlockerVolumeSource, "Data set managed by Flocker (project ended)."),
    flexVolume: pointer(12, FlexPersistentVolumeSource, "Storage handled by a FlexVolume plugin; prefer csi."),
    azureFile: pointer(13, AzureFilePersistentVolumeSource, "File share in Azure."),
    vsphereVolume: pointer(14, VsphereVirtualDiskVolumeSource, "Virtual disk in vSphere."),
    quobyte: pointer(15, QuobyteVolumeSource, "Volume in a Quobyte cluster; no longer supported."),
    azureDisk: pointer(16, AzureDiskVolumeSource, "Data disk in Azure."),
    photonPersistentDisk: pointer(17, PhotonPersistentDiskVolumeSource, "Disk in VMware Photon (project ended)."),
    portworxVolume: pointer(18, PortworxVolumeSource, "Volume in a Portworx cluster."),
    scaleIO: pointer(19, ScaleIOPersistentVolumeSource, "Disk in Dell EMC ScaleIO; no longer supported."),
    local: pointer(20, LocalVolumeSource, "Disk or directory that belongs to one node; needs nodeAffinity."),
    storageos: pointer(21, StorageOSPersistentVolumeSource, "Volume in StorageOS; no longer supported."),
    csi: pointer(22, CSIPersistentVolumeSource, "Storage handled by a CSI driver, the usual choice today."),
  },
);
export interface PersistentVolumeSource extends Infer<typeof PersistentVolumeSource> {}

export const VolumeNodeAffinity = message(
  "io.k8s.api.core.v1.VolumeNodeAffinity",
  "From which nodes a volume can be reached.",
  {
    required: pointer(1, NodeSelector, "Nodes that can use the volume; pods are placed only there."),
  },
);
export interface VolumeNodeAffinity extends Infer<typeof VolumeNodeAffinity> {}

export const PersistentVolumeSpec = message(
  "io.k8s.api.core.v1.PersistentVolumeSpec",
  "What a piece of storage is and how it may be used.",
  {
    capacity: optional(1, map(quantity), "Size of the volume, under the key storage."),
    accessModes: optional(
      3,
      atomicList(oneOf("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")),
      "Ways it can be mounted, for example ReadWriteOnce.",
    ),
    claimRef: pointer(4, ObjectReference, "The claim that holds this volume; set when they are bound together."),
    persistentVolumeReclaimPolicy: optional(
      5,
      oneOf("Recycle", "Delete", "Retain"),
      "Fate of the volume once its claim is gone: Retain (default), Delete or Recycle.",
    ),
    storageClassName: optional(6, string, "Storage class it belongs to; only claims of the same class can bind."),
    mountOptions: optional(
      7,
      atomicList(string),
      "Extra options for the mount command; a wrong one makes mounting fail.",
    ),
    volumeMode: pointer(
      8,
      oneOf("Block", "Filesystem"),
      "Filesystem (default) for a mounted directory, Block for a raw device.",
    ),
    nodeAffinity: pointer(9, VolumeNodeAffinity, "Which nodes can reach the volume."),
    volumeAttributesClassName: pointer(
      10,
      string,
      "Class of adjustable properties, such as speed, that the volume has.",
    ),
  },
  [embed(2, PersistentVolumeSource)],
);
export interface PersistentVolumeSpec extends Infer<typeof PersistentVolumeSpec> {}

export const PersistentVolumeStatus = message(
  "io.k8s.api.core.v1.PersistentVolumeStatus",
  "State of a persistent volume.",
  {
    phase: optional(
      1,
      known("Pending", "Available", "Bound", "Released", "Failed"),
      "Available, Bound, Released or Failed; Pending before that.",
      { default: "Pending" },
    ),
    message: optional(2, string, "Explanation of the phase, for people."),
    reason: optional(3, string, "One CamelCase word that says why a failure happened."),
    lastPhaseTransitionTime: pointer(4, time, "When the phase last changed."),
  },
);
export interface PersistentVolumeStatus extends Infer<typeof PersistentVolumeStatus> {}

export const PersistentVolume = topLevel(
  "io.k8s.api.core.v1.PersistentVolume",
  "A piece of storage in the cluster that outlives the pods using it.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, PersistentVolumeSpec, "The storage itself, its size and its rules of use."),
    status: struct(3, PersistentVolumeStatus, "Whether the volume is free, bound or released."),
  },
);
export interface PersistentVolume extends Infer<typeof PersistentVolume> {}

export const PersistentVolumeClaimSpec = message(
  "io.k8s.api.core.v1.PersistentVolumeClaimSpec",
  "The storage a user asks for.",
  {
    accessModes: optional(
      1,
      atomicList(oneOf("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")),
      "How the storage will be mounted, for example ReadWriteOnce by a single node.",
    ),
    selector: pointer(
      4,
      LabelSelector,
      "Labels the volume must have; a claim with one is not provisioned automatically.",
    ),
    resources: struct(2, VolumeResourceRequirements, "Smallest acceptable size, as requests.storage."),
    volumeName: optional(3, string, "Volume to bind to; filled in once binding is done."),
    storageClassName: pointer(
      5,
      string,
      "Storage class wanted; absent uses the default class, empty disables provisioning.",
    ),
    volumeMode: pointer(
      6,
      oneOf("Block", "Filesystem"),
      "Filesystem (default) for a mounted directory, Block for a raw device.",
      { default: "Filesystem" },
    ),
    dataSource: pointer(
      7,
      TypedLocalObjectReference,
      "Snapshot or claim in this namespace to copy the first contents from.",
    ),
    dataSourceRef: pointer(
      8,
      TypedObjectReference,
      "Like dataSource, and also accepts custom kinds and other namespaces.",
    ),
    volumeAttributesClassName: pointer(9, string, "Class of adjustable properties wanted; may be changed later."),
  },
);
export interface PersistentVolumeClaimSpec extends Infer<typeof PersistentVolumeClaimSpec> {}

export const PersistentVolumeClaimCondition = message(
  "io.k8s.api.core.v1.PersistentVolumeClaimCondition",
  "One observation about a claim, such as a resize under way.",
  {
    type: required(
      1,
      known(
        "Resizing",
        "FileSystemResizePending",
        "ControllerResizeError",
        "NodeResizeError",
        "ModifyVolumeError",
        "ModifyingVolume",
        "Unused",
      ),
      "What is observed, for example Resizing.",
    ),
    status: required(2, known("True", "False", "Unknown"), "Whether it holds: True, False or Unknown."),
    lastProbeTime: optional(3, time, "When this was last checked.", { always: true }),
    lastTransitionTime: optional(4, time, "When status last switched to another value.", { always: true }),
    reason: optional(5, string, "One CamelCase word for why the status is what it is."),
    message: optional(6, string, "Explanation of the latest switch, for people."),
  },
);
export interface PersistentVolumeClaimCondition extends Infer<typeof PersistentVolumeClaimCondition> {}

export const PersistentVolumeClaimStatus = message(
  "io.k8s.api.core.v1.PersistentVolumeClaimStatus",
  "State of a claim.",
  {
    phase: optional(
      1,
      known("Pending", "Bound", "Lost"),
      "Pending until a volume is found, then Bound; Lost if that volume vanished.",
      { default: "Pending" },
    ),
    accessModes: optional(
      2,
      atomicList(oneOf("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")),
      "Ways the bound volume can really be mounted.",
    ),
    capacity: optional(3, map(quantity), "Real size of the bound volume."),
    conditions: optional(
      4,
      mapList(PersistentVolumeClaimCondition, "type"),
      "Observations about the claim, such as an unfinished resize.",
      { patch: "merge", patchKey: "type" },
    ),
    allocatedResources: optional(
      5,
      map(quantity),
      "Size reserved so far, possibly larger than capacity during a resize.",
    ),
    allocatedResourceStatuses: optional(
      7,
      map(
        known(
          "ControllerResizeInProgress",
          "ControllerResizeInfeasible",
          "NodeResizePending",
          "NodeResizeInProgress",
          "NodeResizeInfeasible",
        ),
      ),
      "Stage of the resize, by resource; absent when none is under way.",
    ),
    currentVolumeAttributesClassName: pointer(8, string, "Class of adjustable properties the volume has now."),
    modifyVolumeStatus: pointer(9, ModifyVolumeStatus, "Progress of a switch to another attributes class."),
  },
);
export interface PersistentVolumeClaimStatus extends Infer<typeof PersistentVolumeClaimStatus> {}

export const PersistentVolumeClaim = topLevel(
  "io.k8s.api.core.v1.PersistentVolumeClaim",
  "A request for storage that a pod can then mount.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, PersistentVolumeClaimSpec, "Size, class and access wanted."),
    status: struct(3, PersistentVolumeClaimStatus, "Whether a volume was found, and what it offers."),
  },
);
export interface PersistentVolumeClaim extends Infer<typeof PersistentVolumeClaim> {}

export const PersistentVolumeClaimTemplate = message(
  "io.k8s.api.core.v1.PersistentVolumeClaimTemplate",
  "Model from which a claim is created for one pod.",
  {
    metadata: struct(1, ObjectMeta, "Labels and annotations to put on the claim; other fields are refused."),
    spec: required(2, PersistentVolumeClaimSpec, "Storage to ask for, same as in a claim."),
  },
);
export interface PersistentVolumeClaimTemplate extends Infer<typeof PersistentVolumeClaimTemplate> {}
