// Wire types of core/persistent-volume.

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

export const AzureFilePersistentVolumeSource = message("io.k8s.api.core.v1.AzureFilePersistentVolumeSource", "", {
  secretName: required(1, string, ""),
  shareName: required(2, string, ""),
  readOnly: optional(3, bool, ""),
  secretNamespace: pointer(4, string, ""),
});
export interface AzureFilePersistentVolumeSource extends Infer<typeof AzureFilePersistentVolumeSource> {}

export const CSIPersistentVolumeSource = message("io.k8s.api.core.v1.CSIPersistentVolumeSource", "", {
  driver: required(1, string, ""),
  volumeHandle: required(2, string, ""),
  readOnly: optional(3, bool, ""),
  fsType: optional(4, string, ""),
  volumeAttributes: optional(5, map(string), ""),
  controllerPublishSecretRef: pointer(6, SecretReference, ""),
  nodeStageSecretRef: pointer(7, SecretReference, ""),
  nodePublishSecretRef: pointer(8, SecretReference, ""),
  controllerExpandSecretRef: pointer(9, SecretReference, ""),
  nodeExpandSecretRef: pointer(10, SecretReference, ""),
});
export interface CSIPersistentVolumeSource extends Infer<typeof CSIPersistentVolumeSource> {}

export const CephFSPersistentVolumeSource = message("io.k8s.api.core.v1.CephFSPersistentVolumeSource", "", {
  monitors: required(1, atomicList(string), ""),
  path: optional(2, string, ""),
  user: optional(3, string, ""),
  secretFile: optional(4, string, ""),
  secretRef: pointer(5, SecretReference, ""),
  readOnly: optional(6, bool, ""),
});
export interface CephFSPersistentVolumeSource extends Infer<typeof CephFSPersistentVolumeSource> {}

export const CinderPersistentVolumeSource = message("io.k8s.api.core.v1.CinderPersistentVolumeSource", "", {
  volumeID: required(1, string, ""),
  fsType: optional(2, string, ""),
  readOnly: optional(3, bool, ""),
  secretRef: pointer(4, SecretReference, ""),
});
export interface CinderPersistentVolumeSource extends Infer<typeof CinderPersistentVolumeSource> {}

export const FlexPersistentVolumeSource = message("io.k8s.api.core.v1.FlexPersistentVolumeSource", "", {
  driver: required(1, string, ""),
  fsType: optional(2, string, ""),
  secretRef: pointer(3, SecretReference, ""),
  readOnly: optional(4, bool, ""),
  options: optional(5, map(string), ""),
});
export interface FlexPersistentVolumeSource extends Infer<typeof FlexPersistentVolumeSource> {}

export const GlusterfsPersistentVolumeSource = message("io.k8s.api.core.v1.GlusterfsPersistentVolumeSource", "", {
  endpoints: required(1, string, ""),
  path: required(2, string, ""),
  readOnly: optional(3, bool, ""),
  endpointsNamespace: pointer(4, string, ""),
});
export interface GlusterfsPersistentVolumeSource extends Infer<typeof GlusterfsPersistentVolumeSource> {}

export const ISCSIPersistentVolumeSource = message("io.k8s.api.core.v1.ISCSIPersistentVolumeSource", "", {
  targetPortal: required(1, string, ""),
  iqn: required(2, string, ""),
  lun: required(3, int32, ""),
  iscsiInterface: optional(4, string, "", { default: "default" }),
  fsType: optional(5, string, ""),
  readOnly: optional(6, bool, ""),
  portals: optional(7, atomicList(string), ""),
  chapAuthDiscovery: optional(8, bool, ""),
  chapAuthSession: optional(11, bool, ""),
  secretRef: pointer(10, SecretReference, ""),
  initiatorName: pointer(12, string, ""),
});
export interface ISCSIPersistentVolumeSource extends Infer<typeof ISCSIPersistentVolumeSource> {}

export const LocalVolumeSource = message("io.k8s.api.core.v1.LocalVolumeSource", "", {
  path: required(1, string, ""),
  fsType: pointer(2, string, ""),
});
export interface LocalVolumeSource extends Infer<typeof LocalVolumeSource> {}

export const ModifyVolumeStatus = message("io.k8s.api.core.v1.ModifyVolumeStatus", "", {
  targetVolumeAttributesClassName: optional(1, string, ""),
  status: required(2, oneOf("Pending", "InProgress", "Infeasible"), "What was last observed; written by the system."),
});
export interface ModifyVolumeStatus extends Infer<typeof ModifyVolumeStatus> {}

export const RBDPersistentVolumeSource = message("io.k8s.api.core.v1.RBDPersistentVolumeSource", "", {
  monitors: required(1, atomicList(string), ""),
  image: required(2, string, ""),
  fsType: optional(3, string, ""),
  pool: optional(4, string, "", { default: "rbd" }),
  user: optional(5, string, "", { default: "admin" }),
  keyring: optional(6, string, "", { default: "/etc/ceph/keyring" }),
  secretRef: pointer(7, SecretReference, ""),
  readOnly: optional(8, bool, ""),
});
export interface RBDPersistentVolumeSource extends Infer<typeof RBDPersistentVolumeSource> {}

export const ScaleIOPersistentVolumeSource = message("io.k8s.api.core.v1.ScaleIOPersistentVolumeSource", "", {
  gateway: required(1, string, ""),
  system: required(2, string, ""),
  secretRef: required(3, SecretReference, "", { pointer: true }),
  sslEnabled: optional(4, bool, ""),
  protectionDomain: optional(5, string, ""),
  storagePool: optional(6, string, ""),
  storageMode: optional(7, string, "", { default: "ThinProvisioned" }),
  volumeName: optional(8, string, ""),
  fsType: optional(9, string, "", { default: "xfs" }),
  readOnly: optional(10, bool, ""),
});
export interface ScaleIOPersistentVolumeSource extends Infer<typeof ScaleIOPersistentVolumeSource> {}

export const StorageOSPersistentVolumeSource = message("io.k8s.api.core.v1.StorageOSPersistentVolumeSource", "", {
  volumeName: optional(1, string, ""),
  volumeNamespace: optional(2, string, ""),
  fsType: optional(3, string, ""),
  readOnly: optional(4, bool, ""),
  secretRef: pointer(5, ObjectReference, ""),
});
export interface StorageOSPersistentVolumeSource extends Infer<typeof StorageOSPersistentVolumeSource> {}

export const PersistentVolumeSource = message("io.k8s.api.core.v1.PersistentVolumeSource", "", {
  gcePersistentDisk: pointer(1, GCEPersistentDiskVolumeSource, ""),
  awsElasticBlockStore: pointer(2, AWSElasticBlockStoreVolumeSource, ""),
  hostPath: pointer(3, HostPathVolumeSource, ""),
  glusterfs: pointer(4, GlusterfsPersistentVolumeSource, ""),
  nfs: pointer(5, NFSVolumeSource, ""),
  rbd: pointer(6, RBDPersistentVolumeSource, ""),
  iscsi: pointer(7, ISCSIPersistentVolumeSource, ""),
  cinder: pointer(8, CinderPersistentVolumeSource, ""),
  cephfs: pointer(9, CephFSPersistentVolumeSource, ""),
  fc: pointer(10, FCVolumeSource, ""),
  flocker: pointer(11, FlockerVolumeSource, ""),
  flexVolume: pointer(12, FlexPersistentVolumeSource, ""),
  azureFile: pointer(13, AzureFilePersistentVolumeSource, ""),
  vsphereVolume: pointer(14, VsphereVirtualDiskVolumeSource, ""),
  quobyte: pointer(15, QuobyteVolumeSource, ""),
  azureDisk: pointer(16, AzureDiskVolumeSource, ""),
  photonPersistentDisk: pointer(17, PhotonPersistentDiskVolumeSource, ""),
  portworxVolume: pointer(18, PortworxVolumeSource, ""),
  scaleIO: pointer(19, ScaleIOPersistentVolumeSource, ""),
  local: pointer(20, LocalVolumeSource, ""),
  storageos: pointer(21, StorageOSPersistentVolumeSource, ""),
  csi: pointer(22, CSIPersistentVolumeSource, ""),
});
export interface PersistentVolumeSource extends Infer<typeof PersistentVolumeSource> {}

export const VolumeNodeAffinity = message("io.k8s.api.core.v1.VolumeNodeAffinity", "", {
  required: pointer(1, NodeSelector, ""),
});
export interface VolumeNodeAffinity extends Infer<typeof VolumeNodeAffinity> {}

export const PersistentVolumeSpec = message(
  "io.k8s.api.core.v1.PersistentVolumeSpec",
  "",
  {
    capacity: optional(1, map(quantity), ""),
    accessModes: optional(
      3,
      atomicList(oneOf("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")),
      "",
    ),
    claimRef: pointer(4, ObjectReference, ""),
    persistentVolumeReclaimPolicy: optional(5, oneOf("Recycle", "Delete", "Retain"), ""),
    storageClassName: optional(6, string, ""),
    mountOptions: optional(7, atomicList(string), ""),
    volumeMode: pointer(8, oneOf("Block", "Filesystem"), ""),
    nodeAffinity: pointer(9, VolumeNodeAffinity, ""),
    volumeAttributesClassName: pointer(10, string, ""),
  },
  [embed(2, PersistentVolumeSource)],
);
export interface PersistentVolumeSpec extends Infer<typeof PersistentVolumeSpec> {}

export const PersistentVolumeStatus = message("io.k8s.api.core.v1.PersistentVolumeStatus", "", {
  phase: optional(1, oneOf("Pending", "Available", "Bound", "Released", "Failed"), ""),
  message: optional(2, string, ""),
  reason: optional(3, string, ""),
  lastPhaseTransitionTime: pointer(4, time, ""),
});
export interface PersistentVolumeStatus extends Infer<typeof PersistentVolumeStatus> {}

export const PersistentVolume = topLevel("io.k8s.api.core.v1.PersistentVolume", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, PersistentVolumeSpec, "What is wanted."),
  status: struct(3, PersistentVolumeStatus, "What was last observed; written by the system."),
});
export interface PersistentVolume extends Infer<typeof PersistentVolume> {}

export const PersistentVolumeClaimSpec = message("io.k8s.api.core.v1.PersistentVolumeClaimSpec", "", {
  accessModes: optional(1, atomicList(oneOf("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")), ""),
  selector: pointer(4, LabelSelector, ""),
  resources: struct(2, VolumeResourceRequirements, ""),
  volumeName: optional(3, string, ""),
  storageClassName: pointer(5, string, ""),
  volumeMode: pointer(6, oneOf("Block", "Filesystem"), ""),
  dataSource: pointer(7, TypedLocalObjectReference, ""),
  dataSourceRef: pointer(8, TypedObjectReference, ""),
  volumeAttributesClassName: pointer(9, string, ""),
});
export interface PersistentVolumeClaimSpec extends Infer<typeof PersistentVolumeClaimSpec> {}

export const PersistentVolumeClaimCondition = message("io.k8s.api.core.v1.PersistentVolumeClaimCondition", "", {
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
    "",
  ),
  status: required(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
  lastProbeTime: optional(3, time, ""),
  lastTransitionTime: optional(4, time, ""),
  reason: optional(5, string, ""),
  message: optional(6, string, ""),
});
export interface PersistentVolumeClaimCondition extends Infer<typeof PersistentVolumeClaimCondition> {}

export const PersistentVolumeClaimStatus = message("io.k8s.api.core.v1.PersistentVolumeClaimStatus", "", {
  phase: optional(1, oneOf("Pending", "Bound", "Lost"), ""),
  accessModes: optional(2, atomicList(oneOf("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")), ""),
  capacity: optional(3, map(quantity), ""),
  conditions: optional(4, mapList(PersistentVolumeClaimCondition, "type"), "", { patch: "merge", patchKey: "type" }),
  allocatedResources: optional(5, map(quantity), ""),
  allocatedResourceStatuses: optional(
    7,
    map(
      oneOf(
        "ControllerResizeInProgress",
        "ControllerResizeInfeasible",
        "NodeResizePending",
        "NodeResizeInProgress",
        "NodeResizeInfeasible",
      ),
    ),
    "",
  ),
  currentVolumeAttributesClassName: pointer(8, string, ""),
  modifyVolumeStatus: pointer(9, ModifyVolumeStatus, ""),
});
export interface PersistentVolumeClaimStatus extends Infer<typeof PersistentVolumeClaimStatus> {}

export const PersistentVolumeClaim = topLevel("io.k8s.api.core.v1.PersistentVolumeClaim", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, PersistentVolumeClaimSpec, "What is wanted."),
  status: struct(3, PersistentVolumeClaimStatus, "What was last observed; written by the system."),
});
export interface PersistentVolumeClaim extends Infer<typeof PersistentVolumeClaim> {}

export const PersistentVolumeClaimTemplate = message("io.k8s.api.core.v1.PersistentVolumeClaimTemplate", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, PersistentVolumeClaimSpec, "What is wanted."),
});
export interface PersistentVolumeClaimTemplate extends Infer<typeof PersistentVolumeClaimTemplate> {}
