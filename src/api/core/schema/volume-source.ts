// Wire types of core/volume-source.

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

export const AWSElasticBlockStoreVolumeSource = message("io.k8s.api.core.v1.AWSElasticBlockStoreVolumeSource", "", {
  volumeID: required(1, string, ""),
  fsType: optional(2, string, ""),
  partition: optional(3, int32, ""),
  readOnly: optional(4, bool, ""),
});
export interface AWSElasticBlockStoreVolumeSource extends Infer<typeof AWSElasticBlockStoreVolumeSource> {}

export const AzureDiskVolumeSource = message("io.k8s.api.core.v1.AzureDiskVolumeSource", "", {
  diskName: required(1, string, ""),
  diskURI: required(2, string, ""),
  cachingMode: pointer(3, oneOf("None", "ReadOnly", "ReadWrite"), "", { default: "ReadWrite" }),
  fsType: pointer(4, string, "", { default: "ext4" }),
  readOnly: pointer(5, bool, "", { default: false }),
  kind: pointer(6, oneOf("Shared", "Dedicated", "Managed"), "", { default: "Shared" }),
});
export interface AzureDiskVolumeSource extends Infer<typeof AzureDiskVolumeSource> {}

export const AzureFileVolumeSource = message("io.k8s.api.core.v1.AzureFileVolumeSource", "", {
  secretName: required(1, string, ""),
  shareName: required(2, string, ""),
  readOnly: optional(3, bool, ""),
});
export interface AzureFileVolumeSource extends Infer<typeof AzureFileVolumeSource> {}

export const CephFSVolumeSource = message("io.k8s.api.core.v1.CephFSVolumeSource", "", {
  monitors: required(1, atomicList(string), ""),
  path: optional(2, string, ""),
  user: optional(3, string, ""),
  secretFile: optional(4, string, ""),
  secretRef: pointer(5, LocalObjectReference, ""),
  readOnly: optional(6, bool, ""),
});
export interface CephFSVolumeSource extends Infer<typeof CephFSVolumeSource> {}

export const CinderVolumeSource = message("io.k8s.api.core.v1.CinderVolumeSource", "", {
  volumeID: required(1, string, ""),
  fsType: optional(2, string, ""),
  readOnly: optional(3, bool, ""),
  secretRef: pointer(4, LocalObjectReference, ""),
});
export interface CinderVolumeSource extends Infer<typeof CinderVolumeSource> {}

export const FCVolumeSource = message("io.k8s.api.core.v1.FCVolumeSource", "", {
  targetWWNs: optional(1, atomicList(string), ""),
  lun: pointer(2, int32, ""),
  fsType: optional(3, string, ""),
  readOnly: optional(4, bool, ""),
  wwids: optional(5, atomicList(string), ""),
});
export interface FCVolumeSource extends Infer<typeof FCVolumeSource> {}

export const FlexVolumeSource = message("io.k8s.api.core.v1.FlexVolumeSource", "", {
  driver: required(1, string, ""),
  fsType: optional(2, string, ""),
  secretRef: pointer(3, LocalObjectReference, ""),
  readOnly: optional(4, bool, ""),
  options: optional(5, map(string), ""),
});
export interface FlexVolumeSource extends Infer<typeof FlexVolumeSource> {}

export const FlockerVolumeSource = message("io.k8s.api.core.v1.FlockerVolumeSource", "", {
  datasetName: optional(1, string, ""),
  datasetUUID: optional(2, string, ""),
});
export interface FlockerVolumeSource extends Infer<typeof FlockerVolumeSource> {}

export const GCEPersistentDiskVolumeSource = message("io.k8s.api.core.v1.GCEPersistentDiskVolumeSource", "", {
  pdName: required(1, string, ""),
  fsType: optional(2, string, ""),
  partition: optional(3, int32, ""),
  readOnly: optional(4, bool, ""),
});
export interface GCEPersistentDiskVolumeSource extends Infer<typeof GCEPersistentDiskVolumeSource> {}

export const GitRepoVolumeSource = message("io.k8s.api.core.v1.GitRepoVolumeSource", "", {
  repository: required(1, string, ""),
  revision: optional(2, string, ""),
  directory: optional(3, string, ""),
});
export interface GitRepoVolumeSource extends Infer<typeof GitRepoVolumeSource> {}

export const GlusterfsVolumeSource = message("io.k8s.api.core.v1.GlusterfsVolumeSource", "", {
  endpoints: required(1, string, ""),
  path: required(2, string, ""),
  readOnly: optional(3, bool, ""),
});
export interface GlusterfsVolumeSource extends Infer<typeof GlusterfsVolumeSource> {}

export const HostPathVolumeSource = message("io.k8s.api.core.v1.HostPathVolumeSource", "", {
  path: required(1, string, ""),
  type: pointer(
    2,
    known("DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"),
    "",
  ),
});
export interface HostPathVolumeSource extends Infer<typeof HostPathVolumeSource> {}

export const ISCSIVolumeSource = message("io.k8s.api.core.v1.ISCSIVolumeSource", "", {
  targetPortal: required(1, string, ""),
  iqn: required(2, string, ""),
  lun: required(3, int32, ""),
  iscsiInterface: optional(4, string, "", { default: "default" }),
  fsType: optional(5, string, ""),
  readOnly: optional(6, bool, ""),
  portals: optional(7, atomicList(string), ""),
  chapAuthDiscovery: optional(8, bool, ""),
  chapAuthSession: optional(11, bool, ""),
  secretRef: pointer(10, LocalObjectReference, ""),
  initiatorName: pointer(12, string, ""),
});
export interface ISCSIVolumeSource extends Infer<typeof ISCSIVolumeSource> {}

export const NFSVolumeSource = message("io.k8s.api.core.v1.NFSVolumeSource", "", {
  server: required(1, string, ""),
  path: required(2, string, ""),
  readOnly: optional(3, bool, ""),
});
export interface NFSVolumeSource extends Infer<typeof NFSVolumeSource> {}

export const PhotonPersistentDiskVolumeSource = message("io.k8s.api.core.v1.PhotonPersistentDiskVolumeSource", "", {
  pdID: required(1, string, ""),
  fsType: optional(2, string, ""),
});
export interface PhotonPersistentDiskVolumeSource extends Infer<typeof PhotonPersistentDiskVolumeSource> {}

export const PortworxVolumeSource = message("io.k8s.api.core.v1.PortworxVolumeSource", "", {
  volumeID: required(1, string, ""),
  fsType: optional(2, string, ""),
  readOnly: optional(3, bool, ""),
});
export interface PortworxVolumeSource extends Infer<typeof PortworxVolumeSource> {}

export const QuobyteVolumeSource = message("io.k8s.api.core.v1.QuobyteVolumeSource", "", {
  registry: required(1, string, ""),
  volume: required(2, string, ""),
  readOnly: optional(3, bool, ""),
  user: optional(4, string, ""),
  group: optional(5, string, ""),
  tenant: optional(6, string, ""),
});
export interface QuobyteVolumeSource extends Infer<typeof QuobyteVolumeSource> {}

export const RBDVolumeSource = message("io.k8s.api.core.v1.RBDVolumeSource", "", {
  monitors: required(1, atomicList(string), ""),
  image: required(2, string, ""),
  fsType: optional(3, string, ""),
  pool: optional(4, string, "", { default: "rbd" }),
  user: optional(5, string, "", { default: "admin" }),
  keyring: optional(6, string, "", { default: "/etc/ceph/keyring" }),
  secretRef: pointer(7, LocalObjectReference, ""),
  readOnly: optional(8, bool, ""),
});
export interface RBDVolumeSource extends Infer<typeof RBDVolumeSource> {}

export const ScaleIOVolumeSource = message("io.k8s.api.core.v1.ScaleIOVolumeSource", "", {
  gateway: required(1, string, ""),
  system: required(2, string, ""),
  secretRef: required(3, LocalObjectReference, "", { pointer: true }),
  sslEnabled: optional(4, bool, ""),
  protectionDomain: optional(5, string, ""),
  storagePool: optional(6, string, ""),
  storageMode: optional(7, string, "", { default: "ThinProvisioned" }),
  volumeName: optional(8, string, ""),
  fsType: optional(9, string, "", { default: "xfs" }),
  readOnly: optional(10, bool, ""),
});
export interface ScaleIOVolumeSource extends Infer<typeof ScaleIOVolumeSource> {}

export const StorageOSVolumeSource = message("io.k8s.api.core.v1.StorageOSVolumeSource", "", {
  volumeName: optional(1, string, ""),
  volumeNamespace: optional(2, string, ""),
  fsType: optional(3, string, ""),
  readOnly: optional(4, bool, ""),
  secretRef: pointer(5, LocalObjectReference, ""),
});
export interface StorageOSVolumeSource extends Infer<typeof StorageOSVolumeSource> {}

export const VsphereVirtualDiskVolumeSource = message("io.k8s.api.core.v1.VsphereVirtualDiskVolumeSource", "", {
  volumePath: required(1, string, ""),
  fsType: optional(2, string, ""),
  storagePolicyName: optional(3, string, ""),
  storagePolicyID: optional(4, string, ""),
});
export interface VsphereVirtualDiskVolumeSource extends Infer<typeof VsphereVirtualDiskVolumeSource> {}
