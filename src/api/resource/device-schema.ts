// Wire types of resource/device.

import {
  type Infer,
  atomicList,
  bool,
  embed,
  int64,
  map,
  mapList,
  message,
  oneOf,
  optional,
  pointer,
  quantity,
  rawExtension,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { NodeSelector } from "#api/core/schema/node-selector.ts";
import { Condition, ObjectMeta } from "#api/meta/schema.ts";

export const NetworkDeviceData = message("io.k8s.api.resource.v1.NetworkDeviceData", "", {
  interfaceName: optional(1, string, ""),
  ips: optional(2, atomicList(string), "", { maxItems: 16 }),
  hardwareAddress: optional(3, string, ""),
});
export interface NetworkDeviceData extends Infer<typeof NetworkDeviceData> {}

export const AllocatedDeviceStatus = message("io.k8s.api.resource.v1.AllocatedDeviceStatus", "", {
  driver: required(1, string, ""),
  pool: required(2, string, ""),
  device: required(3, string, ""),
  shareID: pointer(7, string, ""),
  conditions: optional(4, mapList(Condition, "type"), "", { always: true }),
  data: pointer(5, rawExtension, ""),
  networkData: pointer(6, NetworkDeviceData, ""),
});
export interface AllocatedDeviceStatus extends Infer<typeof AllocatedDeviceStatus> {}

export const CELDeviceSelector = message("io.k8s.api.resource.v1.CELDeviceSelector", "", {
  expression: required(1, string, ""),
});
export interface CELDeviceSelector extends Infer<typeof CELDeviceSelector> {}

export const CapacityRequestPolicyRange = message("io.k8s.api.resource.v1.CapacityRequestPolicyRange", "", {
  min: required(1, quantity, "", { pointer: true, omitEmpty: true }),
  max: pointer(2, quantity, ""),
  step: pointer(3, quantity, ""),
});
export interface CapacityRequestPolicyRange extends Infer<typeof CapacityRequestPolicyRange> {}

export const CapacityRequestPolicy = message("io.k8s.api.resource.v1.CapacityRequestPolicy", "", {
  default: pointer(1, quantity, ""),
  validValues: optional(3, atomicList(quantity), ""),
  validRange: pointer(4, CapacityRequestPolicyRange, ""),
});
export interface CapacityRequestPolicy extends Infer<typeof CapacityRequestPolicy> {}

export const CapacityRequirements = message("io.k8s.api.resource.v1.CapacityRequirements", "", {
  requests: optional(1, map(quantity), ""),
});
export interface CapacityRequirements extends Infer<typeof CapacityRequirements> {}

export const Counter = message("io.k8s.api.resource.v1.Counter", "", {
  value: required(1, quantity, ""),
});
export interface Counter extends Infer<typeof Counter> {}

export const CounterSet = message("io.k8s.api.resource.v1.CounterSet", "", {
  name: required(1, string, ""),
  counters: required(2, map(Counter), "", { omitEmpty: true }),
});
export interface CounterSet extends Infer<typeof CounterSet> {}

export const DeviceAttribute = message("io.k8s.api.resource.v1.DeviceAttribute", "", {
  int: pointer(2, int64, ""),
  bool: pointer(3, bool, ""),
  string: pointer(4, string, ""),
  version: pointer(5, string, ""),
  ints: optional(6, atomicList(int64), ""),
  bools: optional(7, atomicList(bool), ""),
  strings: optional(8, atomicList(string), ""),
  versions: optional(9, atomicList(string), ""),
});
export interface DeviceAttribute extends Infer<typeof DeviceAttribute> {}

export const DeviceCapacity = message("io.k8s.api.resource.v1.DeviceCapacity", "", {
  value: required(1, quantity, ""),
  requestPolicy: pointer(2, CapacityRequestPolicy, ""),
});
export interface DeviceCapacity extends Infer<typeof DeviceCapacity> {}

export const DeviceCounterConsumption = message("io.k8s.api.resource.v1.DeviceCounterConsumption", "", {
  counterSet: required(1, string, ""),
  counters: required(2, map(Counter), "", { omitEmpty: true }),
});
export interface DeviceCounterConsumption extends Infer<typeof DeviceCounterConsumption> {}

export const DeviceTaint = message("io.k8s.api.resource.v1.DeviceTaint", "", {
  key: required(1, string, ""),
  value: optional(2, string, ""),
  effect: required(3, oneOf("None", "NoSchedule", "NoExecute"), ""),
  timeAdded: pointer(4, time, ""),
});
export interface DeviceTaint extends Infer<typeof DeviceTaint> {}

export const NodeAllocatableResourceMapping = message("io.k8s.api.resource.v1.NodeAllocatableResourceMapping", "", {
  capacityKey: pointer(1, string, ""),
  allocationMultiplier: pointer(2, quantity, ""),
});
export interface NodeAllocatableResourceMapping extends Infer<typeof NodeAllocatableResourceMapping> {}

export const Device = message("io.k8s.api.resource.v1.Device", "", {
  name: required(1, string, ""),
  attributes: optional(2, map(DeviceAttribute), ""),
  capacity: optional(3, map(DeviceCapacity), ""),
  consumesCounters: optional(4, atomicList(DeviceCounterConsumption), "", { maxItems: 2 }),
  nodeName: pointer(5, string, ""),
  nodeSelector: pointer(6, NodeSelector, ""),
  allNodes: pointer(7, bool, ""),
  taints: optional(8, atomicList(DeviceTaint), ""),
  bindsToNode: pointer(9, bool, ""),
  bindingConditions: optional(10, atomicList(string), "", { maxItems: 4 }),
  bindingFailureConditions: optional(11, atomicList(string), "", { maxItems: 4 }),
  allowMultipleAllocations: pointer(12, bool, ""),
  nodeAllocatableResourceMappings: optional(13, map(NodeAllocatableResourceMapping), ""),
});
export interface Device extends Infer<typeof Device> {}

export const OpaqueDeviceConfiguration = message("io.k8s.api.resource.v1.OpaqueDeviceConfiguration", "", {
  driver: required(1, string, "", { maxLength: 63 }),
  parameters: required(2, rawExtension, ""),
});
export interface OpaqueDeviceConfiguration extends Infer<typeof OpaqueDeviceConfiguration> {}

export const DeviceConfiguration = message("io.k8s.api.resource.v1.DeviceConfiguration", "", {
  opaque: pointer(1, OpaqueDeviceConfiguration, ""),
});
export interface DeviceConfiguration extends Infer<typeof DeviceConfiguration> {}

export const DeviceAllocationConfiguration = message(
  "io.k8s.api.resource.v1.DeviceAllocationConfiguration",
  "",
  {
    source: required(1, oneOf("FromClass", "FromClaim"), ""),
    requests: optional(2, atomicList(string), "", { maxItems: 32 }),
  },
  [embed(3, DeviceConfiguration)],
);
export interface DeviceAllocationConfiguration extends Infer<typeof DeviceAllocationConfiguration> {}

export const DeviceToleration = message("io.k8s.api.resource.v1.DeviceToleration", "", {
  key: optional(1, string, ""),
  operator: optional(2, oneOf("Exists", "Equal"), "", { default: "Equal" }),
  value: optional(3, string, ""),
  effect: optional(4, oneOf("None", "NoSchedule", "NoExecute"), ""),
  tolerationSeconds: pointer(5, int64, ""),
});
export interface DeviceToleration extends Infer<typeof DeviceToleration> {}

export const DeviceRequestAllocationResult = message("io.k8s.api.resource.v1.DeviceRequestAllocationResult", "", {
  request: required(1, string, ""),
  driver: required(2, string, "", { maxLength: 63 }),
  pool: required(3, string, ""),
  device: required(4, string, ""),
  adminAccess: pointer(5, bool, ""),
  tolerations: optional(6, atomicList(DeviceToleration), ""),
  bindingConditions: optional(7, atomicList(string), "", { maxItems: 4 }),
  bindingFailureConditions: optional(8, atomicList(string), "", { maxItems: 4 }),
  shareID: pointer(9, string, ""),
  consumedCapacity: optional(10, map(quantity), ""),
});
export interface DeviceRequestAllocationResult extends Infer<typeof DeviceRequestAllocationResult> {}

export const DeviceAllocationResult = message("io.k8s.api.resource.v1.DeviceAllocationResult", "", {
  results: optional(1, atomicList(DeviceRequestAllocationResult), "", { maxItems: 32 }),
  config: optional(2, atomicList(DeviceAllocationConfiguration), "", { maxItems: 64 }),
});
export interface DeviceAllocationResult extends Infer<typeof DeviceAllocationResult> {}

export const DeviceSelector = message("io.k8s.api.resource.v1.DeviceSelector", "", {
  cel: pointer(1, CELDeviceSelector, ""),
});
export interface DeviceSelector extends Infer<typeof DeviceSelector> {}

export const ExactDeviceRequest = message("io.k8s.api.resource.v1.ExactDeviceRequest", "", {
  deviceClassName: required(1, string, ""),
  selectors: optional(2, atomicList(DeviceSelector), "", { maxItems: 32 }),
  allocationMode: optional(3, oneOf("ExactCount", "All"), ""),
  count: optional(4, int64, ""),
  adminAccess: pointer(5, bool, ""),
  tolerations: optional(6, atomicList(DeviceToleration), ""),
  capacity: pointer(7, CapacityRequirements, ""),
});
export interface ExactDeviceRequest extends Infer<typeof ExactDeviceRequest> {}

export const DeviceSubRequest = message("io.k8s.api.resource.v1.DeviceSubRequest", "", {
  name: required(1, string, ""),
  deviceClassName: required(2, string, ""),
  selectors: optional(3, atomicList(DeviceSelector), "", { maxItems: 32 }),
  allocationMode: optional(4, oneOf("ExactCount", "All"), ""),
  count: optional(5, int64, ""),
  tolerations: optional(6, atomicList(DeviceToleration), ""),
  capacity: pointer(7, CapacityRequirements, ""),
});
export interface DeviceSubRequest extends Infer<typeof DeviceSubRequest> {}

export const DeviceRequest = message("io.k8s.api.resource.v1.DeviceRequest", "", {
  name: required(1, string, ""),
  exactly: pointer(2, ExactDeviceRequest, ""),
  firstAvailable: optional(3, atomicList(DeviceSubRequest), "", { maxItems: 8 }),
});
export interface DeviceRequest extends Infer<typeof DeviceRequest> {}

export const DeviceConstraint = message("io.k8s.api.resource.v1.DeviceConstraint", "", {
  requests: optional(1, atomicList(string), "", { maxItems: 32 }),
  matchAttribute: pointer(2, string, ""),
  distinctAttribute: pointer(3, string, ""),
});
export interface DeviceConstraint extends Infer<typeof DeviceConstraint> {}

export const DeviceClaimConfiguration = message(
  "io.k8s.api.resource.v1.DeviceClaimConfiguration",
  "",
  {
    requests: optional(1, atomicList(string), "", { maxItems: 32 }),
  },
  [embed(2, DeviceConfiguration)],
);
export interface DeviceClaimConfiguration extends Infer<typeof DeviceClaimConfiguration> {}

export const DeviceClaim = message("io.k8s.api.resource.v1.DeviceClaim", "", {
  requests: optional(1, atomicList(DeviceRequest), "", { always: true, maxItems: 32 }),
  constraints: optional(2, atomicList(DeviceConstraint), "", { maxItems: 32 }),
  config: optional(3, atomicList(DeviceClaimConfiguration), "", { maxItems: 32 }),
});
export interface DeviceClaim extends Infer<typeof DeviceClaim> {}

export const DeviceClassConfiguration = message("io.k8s.api.resource.v1.DeviceClassConfiguration", "", {}, [
  embed(1, DeviceConfiguration),
]);
export interface DeviceClassConfiguration extends Infer<typeof DeviceClassConfiguration> {}

export const DeviceClassSpec = message("io.k8s.api.resource.v1.DeviceClassSpec", "", {
  selectors: optional(1, atomicList(DeviceSelector), "", { maxItems: 32 }),
  config: optional(2, atomicList(DeviceClassConfiguration), "", { maxItems: 32 }),
  extendedResourceName: pointer(4, string, ""),
});
export interface DeviceClassSpec extends Infer<typeof DeviceClassSpec> {}

export const DeviceClass = topLevel("io.k8s.api.resource.v1.DeviceClass", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, DeviceClassSpec, "What is wanted."),
});
export interface DeviceClass extends Infer<typeof DeviceClass> {}
