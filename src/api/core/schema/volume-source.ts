// Volume types tied to one storage product or protocol, such as NFS, iSCSI and cloud disks.

import {
  type Infer,
  atomicList,
  bool,
  int32,
  known,
  map,
  message,
  oneOf,
  optional,
  pointer,
  required,
  string,
} from "#api/schema.ts";
import { LocalObjectReference } from "#api/core/schema/reference.ts";

export const AWSElasticBlockStoreVolumeSource = message(
  "io.k8s.api.core.v1.AWSElasticBlockStoreVolumeSource",
  "A disk of Amazon EBS.",
  {
    volumeID: required(1, string, "Identifier of the disk at AWS."),
    fsType: optional(2, string, "File system on the disk; ext4 by default."),
    partition: optional(3, int32, "Number of the partition to mount; 0 or absent means the whole disk."),
    readOnly: optional(4, bool, "When true, mounted read-only; false by default."),
  },
);
export interface AWSElasticBlockStoreVolumeSource extends Infer<typeof AWSElasticBlockStoreVolumeSource> {}

export const AzureDiskVolumeSource = message("io.k8s.api.core.v1.AzureDiskVolumeSource", "A data disk in Azure.", {
  diskName: required(1, string, "Name of the disk in Azure."),
  diskURI: required(2, string, "Full address of the disk in Azure."),
  cachingMode: pointer(
    3,
    oneOf("None", "ReadOnly", "ReadWrite"),
    "Caching on the host: None, ReadOnly or ReadWrite (default).",
    { default: "ReadWrite" },
  ),
  fsType: pointer(4, string, "File system on the disk; ext4 by default.", { default: "ext4" }),
  readOnly: pointer(5, bool, "When true, mounted read-only; false by default.", { default: false }),
  kind: pointer(
    6,
    oneOf("Shared", "Dedicated", "Managed"),
    "Managed disk, or blob in a Shared (default) or Dedicated storage account.",
    { default: "Shared" },
  ),
});
export interface AzureDiskVolumeSource extends Infer<typeof AzureDiskVolumeSource> {}

export const AzureFileVolumeSource = message("io.k8s.api.core.v1.AzureFileVolumeSource", "A file share in Azure.", {
  secretName: required(1, string, "Secret with the name and key of the Azure storage account."),
  shareName: required(2, string, "Name of the share."),
  readOnly: optional(3, bool, "When true, mounted read-only; false by default."),
});
export interface AzureFileVolumeSource extends Infer<typeof AzureFileVolumeSource> {}

export const CephFSVolumeSource = message(
  "io.k8s.api.core.v1.CephFSVolumeSource",
  "A directory of a CephFS file system.",
  {
    monitors: required(1, atomicList(string), "Addresses of the Ceph monitors."),
    path: optional(2, string, "Directory of the file system to mount; / by default."),
    user: optional(3, string, "Ceph user to log in as; admin by default."),
    secretFile: optional(4, string, "File on the node with the user's key; /etc/ceph/user.secret by default."),
    secretRef: pointer(5, LocalObjectReference, "Secret with the user's key; wins over secretFile."),
    readOnly: optional(6, bool, "When true, mounted read-only; false by default."),
  },
);
export interface CephFSVolumeSource extends Infer<typeof CephFSVolumeSource> {}

export const CinderVolumeSource = message("io.k8s.api.core.v1.CinderVolumeSource", "A disk of OpenStack Cinder.", {
  volumeID: required(1, string, "Identifier of the disk in Cinder."),
  fsType: optional(2, string, "File system on the disk; ext4 by default."),
  readOnly: optional(3, bool, "When true, mounted read-only; false by default."),
  secretRef: pointer(4, LocalObjectReference, "Secret with the OpenStack connection settings."),
});
export interface CinderVolumeSource extends Infer<typeof CinderVolumeSource> {}

export const FCVolumeSource = message("io.k8s.api.core.v1.FCVolumeSource", "A disk reached over Fibre Channel.", {
  targetWWNs: optional(1, atomicList(string), "World wide names of the targets; used together with lun."),
  lun: pointer(2, int32, "Number of the disk on the target."),
  fsType: optional(3, string, "File system on the disk; ext4 by default."),
  readOnly: optional(4, bool, "When true, mounted read-only; false by default."),
  wwids: optional(5, atomicList(string), "World wide identifiers of the disk; use in place of targetWWNs and lun."),
});
export interface FCVolumeSource extends Infer<typeof FCVolumeSource> {}

export const FlexVolumeSource = message(
  "io.k8s.api.core.v1.FlexVolumeSource",
  "Storage handled by a FlexVolume plugin (old style).",
  {
    driver: required(1, string, "Name of the plugin on the node."),
    fsType: optional(2, string, "File system to use; the plugin decides when empty."),
    secretRef: pointer(3, LocalObjectReference, "Secret whose contents are passed to the plugin."),
    readOnly: optional(4, bool, "When true, mounted read-only; false by default."),
    options: optional(5, map(string), "Extra settings passed to the plugin."),
  },
);
export interface FlexVolumeSource extends Infer<typeof FlexVolumeSource> {}

export const FlockerVolumeSource = message(
  "io.k8s.api.core.v1.FlockerVolumeSource",
  "A data set managed by Flocker (project ended).",
  {
    datasetName: optional(1, string, "Name of the data set; outdated, prefer datasetUUID."),
    datasetUUID: optional(2, string, "Unique identifier of the data set."),
  },
);
export interface FlockerVolumeSource extends Infer<typeof FlockerVolumeSource> {}

export const GCEPersistentDiskVolumeSource = message(
  "io.k8s.api.core.v1.GCEPersistentDiskVolumeSource",
  "A disk of Google Compute Engine.",
  {
    pdName: required(1, string, "Name of the disk at Google."),
    fsType: optional(2, string, "File system on the disk; ext4 by default."),
    partition: optional(3, int32, "Number of the partition to mount; 0 or absent means the whole disk."),
    readOnly: optional(4, bool, "When true, mounted read-only; false by default."),
  },
);
export interface GCEPersistentDiskVolumeSource extends Infer<typeof GCEPersistentDiskVolumeSource> {}

export const GitRepoVolumeSource = message(
  "io.k8s.api.core.v1.GitRepoVolumeSource",
  "A directory filled from a git repository (disabled; clone in an init container).",
  {
    repository: required(1, string, "Address of the repository."),
    revision: optional(2, string, "Commit to check out."),
    directory: optional(3, string, "Where to put the files, relative to the volume."),
  },
);
export interface GitRepoVolumeSource extends Infer<typeof GitRepoVolumeSource> {}

export const GlusterfsVolumeSource = message(
  "io.k8s.api.core.v1.GlusterfsVolumeSource",
  "A volume of a GlusterFS cluster.",
  {
    endpoints: required(1, string, "Endpoints object listing the Gluster servers."),
    path: required(2, string, "Name of the Gluster volume."),
    readOnly: optional(3, bool, "When true, mounted read-only; false by default."),
  },
);
export interface GlusterfsVolumeSource extends Infer<typeof GlusterfsVolumeSource> {}

export const HostPathVolumeSource = message(
  "io.k8s.api.core.v1.HostPathVolumeSource",
  "A file or directory of the node itself; a security risk, best avoided.",
  {
    path: required(1, string, "Path on the node; links are followed."),
    type: pointer(
      2,
      known("DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"),
      "What must exist there, or be created; empty (default) checks nothing.",
      { default: "" },
    ),
  },
);
export interface HostPathVolumeSource extends Infer<typeof HostPathVolumeSource> {}

export const ISCSIVolumeSource = message("io.k8s.api.core.v1.ISCSIVolumeSource", "A disk reached over iSCSI.", {
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
  secretRef: pointer(10, LocalObjectReference, "Secret with the CHAP user names and passwords."),
  initiatorName: pointer(12, string, "Name this side presents itself with, in place of the node's own."),
});
export interface ISCSIVolumeSource extends Infer<typeof ISCSIVolumeSource> {}

export const NFSVolumeSource = message("io.k8s.api.core.v1.NFSVolumeSource", "A directory exported by an NFS server.", {
  server: required(1, string, "Host name or IP address of the NFS server."),
  path: required(2, string, "Directory that the server exports."),
  readOnly: optional(3, bool, "When true, mounted read-only; false by default."),
});
export interface NFSVolumeSource extends Infer<typeof NFSVolumeSource> {}

export const PhotonPersistentDiskVolumeSource = message(
  "io.k8s.api.core.v1.PhotonPersistentDiskVolumeSource",
  "A disk of VMware Photon (project ended).",
  {
    pdID: required(1, string, "Identifier of the disk in Photon."),
    fsType: optional(2, string, "File system on the disk; ext4 by default."),
  },
);
export interface PhotonPersistentDiskVolumeSource extends Infer<typeof PhotonPersistentDiskVolumeSource> {}

export const PortworxVolumeSource = message(
  "io.k8s.api.core.v1.PortworxVolumeSource",
  "A volume of a Portworx cluster.",
  {
    volumeID: required(1, string, "Identifier of the volume in Portworx."),
    fsType: optional(2, string, "File system on the volume; ext4 by default."),
    readOnly: optional(3, bool, "When true, mounted read-only; false by default."),
  },
);
export interface PortworxVolumeSource extends Infer<typeof PortworxVolumeSource> {}

export const QuobyteVolumeSource = message("io.k8s.api.core.v1.QuobyteVolumeSource", "A volume of a Quobyte cluster.", {
  registry: required(1, string, "Addresses of the Quobyte registry, host:port separated by commas."),
  volume: required(2, string, "Name of an existing Quobyte volume."),
  readOnly: optional(3, bool, "When true, mounted read-only; false by default."),
  user: optional(4, string, "User that files are accessed as; the service account's user by default."),
  group: optional(5, string, "Group that files are accessed as; none by default."),
  tenant: optional(6, string, "Quobyte tenant that owns the volume."),
});
export interface QuobyteVolumeSource extends Infer<typeof QuobyteVolumeSource> {}

export const RBDVolumeSource = message("io.k8s.api.core.v1.RBDVolumeSource", "A block device in a Ceph cluster.", {
  monitors: required(1, atomicList(string), "Addresses of the Ceph monitors."),
  image: required(2, string, "Name of the RBD image."),
  fsType: optional(3, string, "File system on the image; ext4 by default."),
  pool: optional(4, string, "Ceph pool that holds the image; rbd by default.", { default: "rbd" }),
  user: optional(5, string, "Ceph user to log in as; admin by default.", { default: "admin" }),
  keyring: optional(6, string, "Key file on the node; /etc/ceph/keyring by default.", { default: "/etc/ceph/keyring" }),
  secretRef: pointer(7, LocalObjectReference, "Secret with the user's key; wins over keyring."),
  readOnly: optional(8, bool, "When true, mounted read-only; false by default."),
});
export interface RBDVolumeSource extends Infer<typeof RBDVolumeSource> {}

export const ScaleIOVolumeSource = message("io.k8s.api.core.v1.ScaleIOVolumeSource", "A disk of Dell EMC ScaleIO.", {
  gateway: required(1, string, "Address of the ScaleIO gateway."),
  system: required(2, string, "Name of the storage system."),
  secretRef: required(3, LocalObjectReference, "Secret with the ScaleIO user name and password.", { pointer: true }),
  sslEnabled: optional(4, bool, "When true, talks to the gateway over TLS; false by default."),
  protectionDomain: optional(5, string, "Protection domain that holds the storage."),
  storagePool: optional(6, string, "Pool within the protection domain."),
  storageMode: optional(7, string, "ThinProvisioned (default) or ThickProvisioned.", { default: "ThinProvisioned" }),
  volumeName: optional(8, string, "Name of the existing ScaleIO disk."),
  fsType: optional(9, string, "File system on the disk; xfs by default.", { default: "xfs" }),
  readOnly: optional(10, bool, "When true, mounted read-only; false by default."),
});
export interface ScaleIOVolumeSource extends Infer<typeof ScaleIOVolumeSource> {}

export const StorageOSVolumeSource = message("io.k8s.api.core.v1.StorageOSVolumeSource", "A volume of StorageOS.", {
  volumeName: optional(1, string, "Name of the volume within its StorageOS namespace."),
  volumeNamespace: optional(2, string, "StorageOS namespace of the volume; empty means that of the pod."),
  fsType: optional(3, string, "File system on the volume; ext4 by default."),
  readOnly: optional(4, bool, "When true, mounted read-only; false by default."),
  secretRef: pointer(5, LocalObjectReference, "Secret with the StorageOS API login."),
});
export interface StorageOSVolumeSource extends Infer<typeof StorageOSVolumeSource> {}

export const VsphereVirtualDiskVolumeSource = message(
  "io.k8s.api.core.v1.VsphereVirtualDiskVolumeSource",
  "A virtual disk in vSphere.",
  {
    volumePath: required(1, string, "Location of the disk file in its datastore."),
    fsType: optional(2, string, "File system on the disk; ext4 by default."),
    storagePolicyName: optional(3, string, "Name of the storage policy that applies."),
    storagePolicyID: optional(4, string, "Identifier of the storage policy that applies."),
  },
);
export interface VsphereVirtualDiskVolumeSource extends Infer<typeof VsphereVirtualDiskVolumeSource> {}
