// Wire types of storage/csi.

import {
  type Infer,
  atomicList,
  bool,
  int32,
  int64,
  known,
  mapList,
  message,
  optional,
  pointer,
  quantity,
  required,
  setList,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { LabelSelector, ObjectMeta } from "#api/meta/schema.ts";

export const TokenRequest = message("io.k8s.api.storage.v1.TokenRequest", "", {
  audience: required(1, string, ""),
  expirationSeconds: pointer(2, int64, ""),
});
export interface TokenRequest extends Infer<typeof TokenRequest> {}

export const CSIDriverSpec = message("io.k8s.api.storage.v1.CSIDriverSpec", "", {
  attachRequired: pointer(1, bool, ""),
  podInfoOnMount: pointer(2, bool, ""),
  volumeLifecycleModes: optional(3, setList(known("Persistent", "Ephemeral")), ""),
  storageCapacity: pointer(4, bool, ""),
  fsGroupPolicy: pointer(5, known("ReadWriteOnceWithFSType", "File", "None"), ""),
  tokenRequests: optional(6, atomicList(TokenRequest), ""),
  requiresRepublish: pointer(7, bool, ""),
  seLinuxMount: pointer(8, bool, ""),
  nodeAllocatableUpdatePeriodSeconds: pointer(9, int64, ""),
  serviceAccountTokenInSecrets: pointer(10, bool, ""),
  preventPodSchedulingIfMissing: pointer(11, bool, ""),
});
export interface CSIDriverSpec extends Infer<typeof CSIDriverSpec> {}

export const CSIDriver = topLevel("io.k8s.api.storage.v1.CSIDriver", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, CSIDriverSpec, "What is wanted."),
});
export interface CSIDriver extends Infer<typeof CSIDriver> {}

export const VolumeNodeResources = message("io.k8s.api.storage.v1.VolumeNodeResources", "", {
  count: pointer(1, int32, ""),
});
export interface VolumeNodeResources extends Infer<typeof VolumeNodeResources> {}

export const CSINodeDriver = message("io.k8s.api.storage.v1.CSINodeDriver", "", {
  name: required(1, string, ""),
  nodeID: required(2, string, ""),
  topologyKeys: optional(3, atomicList(string), "", { always: true }),
  allocatable: pointer(4, VolumeNodeResources, ""),
});
export interface CSINodeDriver extends Infer<typeof CSINodeDriver> {}

export const CSINodeSpec = message("io.k8s.api.storage.v1.CSINodeSpec", "", {
  drivers: required(1, mapList(CSINodeDriver, "name"), "", { patch: "merge", patchKey: "name" }),
});
export interface CSINodeSpec extends Infer<typeof CSINodeSpec> {}

export const CSINode = topLevel("io.k8s.api.storage.v1.CSINode", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, CSINodeSpec, "What is wanted."),
});
export interface CSINode extends Infer<typeof CSINode> {}

export const CSIStorageCapacity = topLevel("io.k8s.api.storage.v1.CSIStorageCapacity", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  nodeTopology: pointer(2, LabelSelector, ""),
  storageClassName: required(3, string, ""),
  capacity: pointer(4, quantity, ""),
  maximumVolumeSize: pointer(5, quantity, ""),
});
export interface CSIStorageCapacity extends Infer<typeof CSIStorageCapacity> {}
