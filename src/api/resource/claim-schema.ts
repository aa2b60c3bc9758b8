// Wire types of resource/claim.

import {
  type Infer,
  atomicList,
  bool,
  int64,
  mapList,
  message,
  optional,
  pointer,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { NodeSelector } from "#api/core/schema/node-selector.ts";
import { ObjectMeta } from "#api/meta/schema.ts";
import {
  AllocatedDeviceStatus,
  CounterSet,
  Device,
  DeviceAllocationResult,
  DeviceClaim,
} from "#api/resource/device-schema.ts";

export const AllocationResult = message("io.k8s.api.resource.v1.AllocationResult", "", {
  devices: struct(1, DeviceAllocationResult, ""),
  nodeSelector: pointer(3, NodeSelector, ""),
  allocationTimestamp: pointer(5, time, ""),
});
export interface AllocationResult extends Infer<typeof AllocationResult> {}

export const ResourceClaimSpec = message("io.k8s.api.resource.v1.ResourceClaimSpec", "", {
  devices: struct(1, DeviceClaim, ""),
});
export interface ResourceClaimSpec extends Infer<typeof ResourceClaimSpec> {}

export const ResourceClaimConsumerReference = message("io.k8s.api.resource.v1.ResourceClaimConsumerReference", "", {
  apiGroup: optional(1, string, ""),
  resource: required(3, string, ""),
  name: required(4, string, ""),
  uid: required(5, string, ""),
});
export interface ResourceClaimConsumerReference extends Infer<typeof ResourceClaimConsumerReference> {}

export const ResourceClaimStatus = message("io.k8s.api.resource.v1.ResourceClaimStatus", "", {
  allocation: pointer(1, AllocationResult, ""),
  reservedFor: optional(2, mapList(ResourceClaimConsumerReference, "uid"), "", {
    patch: "merge",
    patchKey: "uid",
    maxItems: 256,
  }),
  devices: optional(4, mapList(AllocatedDeviceStatus, "driver", "device", "pool", "shareID"), ""),
});
export interface ResourceClaimStatus extends Infer<typeof ResourceClaimStatus> {}

export const ResourceClaim = topLevel("io.k8s.api.resource.v1.ResourceClaim", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, ResourceClaimSpec, "What is wanted."),
  status: struct(3, ResourceClaimStatus, "What was last observed; written by the system."),
});
export interface ResourceClaim extends Infer<typeof ResourceClaim> {}

export const ResourceClaimTemplateSpec = message("io.k8s.api.resource.v1.ResourceClaimTemplateSpec", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, ResourceClaimSpec, "What is wanted."),
});
export interface ResourceClaimTemplateSpec extends Infer<typeof ResourceClaimTemplateSpec> {}

export const ResourceClaimTemplate = topLevel("io.k8s.api.resource.v1.ResourceClaimTemplate", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, ResourceClaimTemplateSpec, "What is wanted."),
});
export interface ResourceClaimTemplate extends Infer<typeof ResourceClaimTemplate> {}

export const ResourcePool = message("io.k8s.api.resource.v1.ResourcePool", "", {
  name: required(1, string, ""),
  generation: required(2, int64, ""),
  resourceSliceCount: required(3, int64, ""),
});
export interface ResourcePool extends Infer<typeof ResourcePool> {}

export const ResourceSliceSpec = message("io.k8s.api.resource.v1.ResourceSliceSpec", "", {
  driver: required(1, string, ""),
  pool: required(2, ResourcePool, ""),
  nodeName: pointer(3, string, ""),
  nodeSelector: pointer(4, NodeSelector, ""),
  allNodes: pointer(5, bool, ""),
  devices: optional(6, atomicList(Device), ""),
  perDeviceNodeSelection: pointer(7, bool, ""),
  sharedCounters: optional(8, atomicList(CounterSet), "", { maxItems: 8 }),
});
export interface ResourceSliceSpec extends Infer<typeof ResourceSliceSpec> {}

export const ResourceSlice = topLevel("io.k8s.api.resource.v1.ResourceSlice", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, ResourceSliceSpec, "What is wanted."),
});
export interface ResourceSlice extends Infer<typeof ResourceSlice> {}
