// Shapes of rules that taint devices and of questions about pools.

import {
  type Infer,
  atomicList,
  int32,
  int64,
  mapList,
  message,
  optional,
  pointer,
  required,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { Condition, ObjectMeta } from "#api/meta/schema.ts";
import { DeviceTaint as StableDeviceTaint } from "#api/resource/device-schema.ts";
import { inVersion } from "#api/versions.ts";

const DeviceTaint = inVersion("io.k8s.api.resource.v1", "io.k8s.api.resource.v1alpha3")(StableDeviceTaint);

export const DeviceTaintSelector = message(
  "io.k8s.api.resource.v1alpha3.DeviceTaintSelector",
  "Which devices are meant; what is absent matches all.",
  {
    driver: pointer(2, string, "Only devices of this driver."),
    pool: pointer(3, string, "Only devices of this pool."),
    device: pointer(4, string, "Only devices of this name."),
  },
);
export interface DeviceTaintSelector extends Infer<typeof DeviceTaintSelector> {}

export const DeviceTaintRuleSpec = message(
  "io.k8s.api.resource.v1alpha3.DeviceTaintRuleSpec",
  "Which devices get which taint.",
  {
    deviceSelector: pointer(1, DeviceTaintSelector, "The devices; an empty one means all, an absent one none."),
    taint: required(2, DeviceTaint, "What the devices get; several rules may add the same one.", { omitEmpty: true }),
  },
);
export interface DeviceTaintRuleSpec extends Infer<typeof DeviceTaintRuleSpec> {}

export const DeviceTaintRuleStatus = message(
  "io.k8s.api.resource.v1alpha3.DeviceTaintRuleStatus",
  "How far the rule has been carried out.",
  {
    conditions: optional(1, mapList(Condition, "type"), "Notable facts, such as EvictionInProgress; at most 8.", {
      patch: "merge",
      patchKey: "type",
    }),
  },
);
export interface DeviceTaintRuleStatus extends Infer<typeof DeviceTaintRuleStatus> {}

export const DeviceTaintRule = topLevel(
  "io.k8s.api.resource.v1alpha3.DeviceTaintRule",
  "Taints devices from outside of their driver, for example before work on them.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, DeviceTaintRuleSpec, "What is wanted."),
    status: struct(3, DeviceTaintRuleStatus, "What was last observed; written by the system."),
  },
);
export interface DeviceTaintRule extends Infer<typeof DeviceTaintRule> {}

export const ResourcePoolStatusRequestSpec = message(
  "io.k8s.api.resource.v1alpha3.ResourcePoolStatusRequestSpec",
  "Which pools are asked about.",
  {
    driver: required(1, string, "Only pools of this driver."),
    poolName: pointer(2, string, "Only this pool; absent means all of the driver."),
    limit: pointer(3, int32, "At most so many pools in the answer, 1 to 1000.", {
      default: 100,
      minimum: 1,
      maximum: 1000,
    }),
  },
);
export interface ResourcePoolStatusRequestSpec extends Infer<typeof ResourcePoolStatusRequestSpec> {}

export const PoolStatus = message(
  "io.k8s.api.resource.v1alpha3.PoolStatus",
  "Devices of one pool at the moment of the answer.",
  {
    driver: required(1, string, "Driver of the pool.", { omitEmpty: true }),
    poolName: required(2, string, "Name of the pool.", { omitEmpty: true }),
    generation: required(9, int64, "Generation of the pool that was counted.", { minimum: 0 }),
    resourceSliceCount: pointer(8, int32, "How many slices make up that generation.", { minimum: 1 }),
    totalDevices: pointer(4, int32, "How many devices there are.", { minimum: 0 }),
    allocatedDevices: pointer(5, int32, "How many of them are handed out.", { minimum: 0 }),
    availableDevices: pointer(6, int32, "How many of them are free.", { minimum: 0 }),
    unavailableDevices: pointer(7, int32, "How many of them cannot be handed out, for example because of a taint.", {
      minimum: 0,
    }),
    nodeName: pointer(3, string, "Node that the pool belongs to; absent where it belongs to several."),
    validationError: pointer(10, string, "Why the pool could not be counted."),
  },
);
export interface PoolStatus extends Infer<typeof PoolStatus> {}

export const ResourcePoolStatusRequestStatus = message(
  "io.k8s.api.resource.v1alpha3.ResourcePoolStatusRequestStatus",
  "The answer, given once.",
  {
    poolCount: required(6, int32, "How many pools match, whether listed or not.", {
      pointer: true,
      omitEmpty: true,
      minimum: 0,
    }),
    pools: optional(2, atomicList(PoolStatus), "The first of them, ordered by driver and name.", { maxItems: 1000 }),
    conditions: optional(3, mapList(Condition, "type"), "Complete or Failed: whether the answer is there.", {
      patch: "merge",
      patchKey: "type",
      maxItems: 10,
    }),
  },
);
export interface ResourcePoolStatusRequestStatus extends Infer<typeof ResourcePoolStatusRequestStatus> {}

export const ResourcePoolStatusRequest = topLevel(
  "io.k8s.api.resource.v1alpha3.ResourcePoolStatusRequest",
  "Asks once how many devices of the pools of a driver are free.",
  {
    metadata: required(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, ResourcePoolStatusRequestSpec, "What is wanted."),
    status: pointer(3, ResourcePoolStatusRequestStatus, "What was last observed; written by the system."),
  },
);
export interface ResourcePoolStatusRequest extends Infer<typeof ResourcePoolStatusRequest> {}
