// Shapes of claims on devices and of the slices in which drivers publish them.

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

export const AllocationResult = message(
  "io.k8s.api.resource.v1.AllocationResult",
  "The devices handed out and where they can be used.",
  {
    devices: struct(1, DeviceAllocationResult, "The devices and their configuration."),
    nodeSelector: pointer(3, NodeSelector, "Nodes on which the devices can be used; absent means all."),
    allocationTimestamp: pointer(5, time, "When the devices were handed out."),
  },
);
export interface AllocationResult extends Infer<typeof AllocationResult> {}

export const ResourceClaimSpec = message(
  "io.k8s.api.resource.v1.ResourceClaimSpec",
  "Which devices are wanted; cannot be changed later.",
  {
    devices: struct(1, DeviceClaim, "The requests, constraints and configuration for devices."),
  },
);
export interface ResourceClaimSpec extends Infer<typeof ResourceClaimSpec> {}

export const ResourceClaimConsumerReference = message(
  "io.k8s.api.resource.v1.ResourceClaimConsumerReference",
  "Points to a user of a claim, usually a pod.",
  {
    apiGroup: optional(1, string, "API group of the user; empty is the core group."),
    resource: required(3, string, "Resource name in plural, such as pods."),
    name: required(4, string, "Name of the object that uses the claim."),
    uid: required(5, string, "Unique identifier of the object that uses the claim."),
  },
);
export interface ResourceClaimConsumerReference extends Infer<typeof ResourceClaimConsumerReference> {}

export const ResourceClaimStatus = message(
  "io.k8s.api.resource.v1.ResourceClaimStatus",
  "What was handed out to the claim and who uses it.",
  {
    allocation: pointer(1, AllocationResult, "Devices that were handed out; absent until that is done."),
    reservedFor: optional(
      2,
      mapList(ResourceClaimConsumerReference, "uid"),
      "Pods or other users that may use the claim now, at most 256.",
      { patch: "merge", patchKey: "uid", maxItems: 256 },
    ),
    devices: optional(
      4,
      mapList(AllocatedDeviceStatus, "driver", "device", "pool", "shareID"),
      "State of each device, as reported by its driver.",
    ),
  },
);
export interface ResourceClaimStatus extends Infer<typeof ResourceClaimStatus> {}

export const ResourceClaim = topLevel(
  "io.k8s.api.resource.v1.ResourceClaim",
  "Asks for devices such as GPUs that pods can then use.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, ResourceClaimSpec, "What is wanted."),
    status: struct(3, ResourceClaimStatus, "What was last observed; written by the system."),
  },
);
export interface ResourceClaim extends Infer<typeof ResourceClaim> {}

export const ResourceClaimTemplateSpec = message(
  "io.k8s.api.resource.v1.ResourceClaimTemplateSpec",
  "Content of the claims made from a template.",
  {
    metadata: struct(1, ObjectMeta, "Labels and annotations copied to each claim made."),
    spec: required(2, ResourceClaimSpec, "Content of each claim made; cannot be changed later."),
  },
);
export interface ResourceClaimTemplateSpec extends Infer<typeof ResourceClaimTemplateSpec> {}

export const ResourceClaimTemplate = topLevel(
  "io.k8s.api.resource.v1.ResourceClaimTemplate",
  "Blueprint from which every pod gets a claim of its own.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, ResourceClaimTemplateSpec, "What is wanted."),
  },
);
export interface ResourceClaimTemplate extends Infer<typeof ResourceClaimTemplate> {}

export const ResourcePool = message(
  "io.k8s.api.resource.v1.ResourcePool",
  "A group of devices published together, in one or more slices.",
  {
    name: required(1, string, "Name of the pool, often that of the node."),
    generation: required(
      2,
      int64,
      "Version of the pool; raised by the driver on changes, and older slices are ignored.",
    ),
    resourceSliceCount: required(3, int64, "How many slices make up this version of the pool."),
  },
);
export interface ResourcePool extends Infer<typeof ResourcePool> {}

export const ResourceSliceSpec = message(
  "io.k8s.api.resource.v1.ResourceSliceSpec",
  "Devices of one driver and where they can be reached.",
  {
    driver: required(1, string, "DRA driver that publishes the devices, such as gpu.example.com."),
    pool: required(2, ResourcePool, "Pool that this slice is a part of."),
    nodeName: pointer(3, string, "The single node that has the devices; excludes the other node choices."),
    nodeSelector: pointer(4, NodeSelector, "Nodes that can reach the devices; excludes the other node choices."),
    allNodes: pointer(5, bool, "If true, every node can reach the devices; excludes the other node choices."),
    devices: optional(6, atomicList(Device), "The devices of this slice, at most 128."),
    perDeviceNodeSelection: pointer(7, bool, "If true, each device tells for itself which nodes can reach it."),
    sharedCounters: optional(
      8,
      atomicList(CounterSet),
      "Counters that several devices draw from, such as memory of a divided GPU.",
      { maxItems: 8 },
    ),
  },
);
export interface ResourceSliceSpec extends Infer<typeof ResourceSliceSpec> {}

export const ResourceSlice = topLevel(
  "io.k8s.api.resource.v1.ResourceSlice",
  "A list of devices that a driver offers, for the scheduler to choose from.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, ResourceSliceSpec, "What is wanted."),
  },
);
export interface ResourceSlice extends Infer<typeof ResourceSlice> {}
