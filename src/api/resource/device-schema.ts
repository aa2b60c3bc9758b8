// Shapes that describe devices, such as GPUs, and requests for them.

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

export const NetworkDeviceData = message("io.k8s.api.resource.v1.NetworkDeviceData", "Network details of a device.", {
  interfaceName: optional(1, string, "Name of the network interface in the pod."),
  ips: optional(2, atomicList(string), "Addresses of the interface with prefix length, such as 192.0.2.5/24.", {
    maxItems: 16,
  }),
  hardwareAddress: optional(3, string, "Hardware address of the interface, such as a MAC address."),
});
export interface NetworkDeviceData extends Infer<typeof NetworkDeviceData> {}

export const AllocatedDeviceStatus = message(
  "io.k8s.api.resource.v1.AllocatedDeviceStatus",
  "State of one device handed out, as its driver reports it.",
  {
    driver: required(1, string, "Driver that reports this state."),
    pool: required(2, string, "Pool that the device is part of."),
    device: required(3, string, "Name of the device in its pool."),
    shareID: pointer(7, string, "Share of the device meant, if it is handed out several times."),
    conditions: optional(4, mapList(Condition, "type"), "Notable facts about the device, such as Ready.", {
      always: true,
    }),
    data: pointer(5, rawExtension, "Further details in the driver's own form, at most 10 KiB."),
    networkData: pointer(6, NetworkDeviceData, "Network details, if the device is a network interface."),
  },
);
export interface AllocatedDeviceStatus extends Infer<typeof AllocatedDeviceStatus> {}

export const CELDeviceSelector = message(
  "io.k8s.api.resource.v1.CELDeviceSelector",
  "A condition on devices, written in CEL.",
  {
    expression: required(
      1,
      string,
      'CEL expression that must be true, for example device.driver == "gpu.example.com".',
    ),
  },
);
export interface CELDeviceSelector extends Infer<typeof CELDeviceSelector> {}

export const CapacityRequestPolicyRange = message(
  "io.k8s.api.resource.v1.CapacityRequestPolicyRange",
  "Range of amounts that may be taken of a capacity.",
  {
    min: required(1, quantity, "Smallest amount; requests below are raised to it.", { pointer: true, omitEmpty: true }),
    max: pointer(2, quantity, "Largest amount; absent means all that the device has."),
    step: pointer(3, quantity, "Distance between allowed amounts, counted from min; requests are rounded up."),
  },
);
export interface CapacityRequestPolicyRange extends Infer<typeof CapacityRequestPolicyRange> {}

export const CapacityRequestPolicy = message(
  "io.k8s.api.resource.v1.CapacityRequestPolicy",
  "How much of a capacity can be asked for at a time.",
  {
    default: pointer(1, quantity, "Amount taken if the request names none."),
    validValues: optional(
      3,
      atomicList(quantity),
      "Amounts that may be taken; requests are rounded up to one of them.",
    ),
    validRange: pointer(
      4,
      CapacityRequestPolicyRange,
      "Range and step of the amounts that may be taken; excludes validValues.",
    ),
  },
);
export interface CapacityRequestPolicy extends Infer<typeof CapacityRequestPolicy> {}

export const CapacityRequirements = message(
  "io.k8s.api.resource.v1.CapacityRequirements",
  "Amounts wanted of a device that can be shared.",
  {
    requests: optional(1, map(quantity), "Wanted amounts by capacity name; rounded up as the device's policy says."),
  },
);
export interface CapacityRequirements extends Infer<typeof CapacityRequirements> {}

export const Counter = message("io.k8s.api.resource.v1.Counter", "An amount that devices can use up.", {
  value: required(1, quantity, "How much there is, or how much is used."),
});
export interface Counter extends Infer<typeof Counter> {}

export const CounterSet = message(
  "io.k8s.api.resource.v1.CounterSet",
  "A named set of counters that several devices share.",
  {
    name: required(1, string, "Name of the set, unique in the pool."),
    counters: required(2, map(Counter), "The amounts on hand, by counter name.", { omitEmpty: true }),
  },
);
export interface CounterSet extends Infer<typeof CounterSet> {}

export const DeviceAttribute = message(
  "io.k8s.api.resource.v1.DeviceAttribute",
  "The value of a device property; exactly one field is set.",
  {
    int: pointer(2, int64, "Value as a whole number."),
    bool: pointer(3, bool, "Value as true or false."),
    string: pointer(4, string, "Value as text, at most 64 characters."),
    version: pointer(5, string, "Value as a semantic version, such as 1.2.3."),
    ints: optional(6, atomicList(int64), "Value as a list of whole numbers."),
    bools: optional(7, atomicList(bool), "Value as a list of true or false."),
    strings: optional(8, atomicList(string), "Value as a list of texts."),
    versions: optional(9, atomicList(string), "Value as a list of semantic versions."),
  },
);
export interface DeviceAttribute extends Infer<typeof DeviceAttribute> {}

export const DeviceCapacity = message("io.k8s.api.resource.v1.DeviceCapacity", "An amount that a device has.", {
  value: required(1, quantity, "How much the device has in total."),
  requestPolicy: pointer(2, CapacityRequestPolicy, "Rules for taking parts of it; absent means a request takes all."),
});
export interface DeviceCapacity extends Infer<typeof DeviceCapacity> {}

export const DeviceCounterConsumption = message(
  "io.k8s.api.resource.v1.DeviceCounterConsumption",
  "What a device takes from one set of shared counters.",
  {
    counterSet: required(1, string, "Name of the counter set in the same pool."),
    counters: required(2, map(Counter), "Amount taken from each counter, by counter name.", { omitEmpty: true }),
  },
);
export interface DeviceCounterConsumption extends Infer<typeof DeviceCounterConsumption> {}

export const DeviceTaint = message(
  "io.k8s.api.resource.v1.DeviceTaint",
  "A mark on a device that keeps away claims that do not tolerate it.",
  {
    key: required(1, string, "Name of the taint, such as example.com/unhealthy."),
    value: optional(2, string, "Text that goes with the key; may be empty."),
    effect: required(
      3,
      oneOf("None", "NoSchedule", "NoExecute"),
      "NoSchedule keeps new claims away, NoExecute also evicts pods, None does nothing.",
    ),
    timeAdded: pointer(4, time, "When the taint was added; filled in by the server if absent."),
  },
);
export interface DeviceTaint extends Infer<typeof DeviceTaint> {}

export const NodeAllocatableResourceMapping = message(
  "io.k8s.api.resource.v1.NodeAllocatableResourceMapping",
  "How a device uses up one resource of the node.",
  {
    capacityKey: pointer(1, string, "Device capacity from which the amount is taken; absent counts whole devices."),
    allocationMultiplier: pointer(
      2,
      quantity,
      "Factor by which the capacity or device count is multiplied; default 1.",
      { default: "1" },
    ),
  },
);
export interface NodeAllocatableResourceMapping extends Infer<typeof NodeAllocatableResourceMapping> {}

export const Device = message(
  "io.k8s.api.resource.v1.Device",
  "One device that can be handed out, with its properties.",
  {
    name: required(1, string, "Name of the device, unique in its pool."),
    attributes: optional(
      2,
      map(DeviceAttribute),
      "Properties by name, such as model or driver version; used by selectors.",
    ),
    capacity: optional(3, map(DeviceCapacity), "Amounts by name, such as memory; used by selectors and for sharing."),
    consumesCounters: optional(
      4,
      atomicList(DeviceCounterConsumption),
      "What the device takes from shared counters when it is handed out.",
      { maxItems: 2 },
    ),
    nodeName: pointer(5, string, "Node that has the device; only with perDeviceNodeSelection."),
    nodeSelector: pointer(6, NodeSelector, "Nodes that can reach the device; only with perDeviceNodeSelection."),
    allNodes: pointer(7, bool, "If true, every node can reach the device; only with perDeviceNodeSelection."),
    taints: optional(8, atomicList(DeviceTaint), "Marks that keep claims away unless they tolerate them."),
    bindsToNode: pointer(9, bool, "If true, the claim is tied to the node chosen for it."),
    bindingConditions: optional(
      10,
      atomicList(string),
      "Conditions that must be true on the claim before the pod is bound to its node.",
      { maxItems: 4 },
    ),
    bindingFailureConditions: optional(
      11,
      atomicList(string),
      "Conditions of which any being true means that binding has failed.",
      { maxItems: 4 },
    ),
    allowMultipleAllocations: pointer(12, bool, "If true, several claims may share the device, within its capacity."),
    nodeAllocatableResourceMappings: optional(
      13,
      map(NodeAllocatableResourceMapping),
      "How the device uses up node resources, such as cpu or memory, by resource name.",
    ),
  },
);
export interface Device extends Infer<typeof Device> {}

export const OpaqueDeviceConfiguration = message(
  "io.k8s.api.resource.v1.OpaqueDeviceConfiguration",
  "Settings that only the driver understands.",
  {
    driver: required(1, string, "Driver for which the settings are meant.", { maxLength: 63 }),
    parameters: required(2, rawExtension, "The settings, in a form the driver defines, at most 10 KiB."),
  },
);
export interface OpaqueDeviceConfiguration extends Infer<typeof OpaqueDeviceConfiguration> {}

export const DeviceConfiguration = message(
  "io.k8s.api.resource.v1.DeviceConfiguration",
  "Settings for a device; exactly one field is set.",
  {
    opaque: pointer(1, OpaqueDeviceConfiguration, "Settings in a form that only the driver understands."),
  },
);
export interface DeviceConfiguration extends Infer<typeof DeviceConfiguration> {}

export const DeviceAllocationConfiguration = message(
  "io.k8s.api.resource.v1.DeviceAllocationConfiguration",
  "Settings that apply to some of the devices handed out.",
  {
    source: required(
      1,
      oneOf("FromClass", "FromClaim"),
      "Where the settings come from: FromClass or FromClaim; those of the claim come later.",
    ),
    requests: optional(2, atomicList(string), "Requests the settings are for; empty means all.", { maxItems: 32 }),
  },
  [embed(3, DeviceConfiguration)],
);
export interface DeviceAllocationConfiguration extends Infer<typeof DeviceAllocationConfiguration> {}

export const DeviceToleration = message(
  "io.k8s.api.resource.v1.DeviceToleration",
  "Accepts devices with certain taints.",
  {
    key: optional(1, string, "Taint key to accept; empty with Exists accepts every key."),
    operator: optional(2, oneOf("Exists", "Equal"), "Equal (default) compares the value; Exists accepts any value.", {
      default: "Equal",
    }),
    value: optional(3, string, "Taint value to accept; must be empty with Exists."),
    effect: optional(4, oneOf("None", "NoSchedule", "NoExecute"), "Taint effect to accept; absent accepts all."),
    tolerationSeconds: pointer(
      5,
      int64,
      "Seconds to accept a NoExecute taint; absent means forever, 0 evicts at once.",
    ),
  },
);
export interface DeviceToleration extends Infer<typeof DeviceToleration> {}

export const DeviceRequestAllocationResult = message(
  "io.k8s.api.resource.v1.DeviceRequestAllocationResult",
  "One device that was handed out for a request.",
  {
    request: required(1, string, "Name of the request, as request/alternative if an alternative was chosen."),
    driver: required(2, string, "Driver of the device, which prepares it on the node.", { maxLength: 63 }),
    pool: required(3, string, "Pool that the device is part of."),
    device: required(4, string, "Name of the device in its pool."),
    adminAccess: pointer(5, bool, "True if the device was given for monitoring only."),
    tolerations: optional(
      6,
      atomicList(DeviceToleration),
      "Taints the request accepted when the device was handed out.",
    ),
    bindingConditions: optional(
      7,
      atomicList(string),
      "Conditions copied from the device that must be true before the pod is bound.",
      { maxItems: 4 },
    ),
    bindingFailureConditions: optional(
      8,
      atomicList(string),
      "Conditions copied from the device of which any means failure.",
      { maxItems: 4 },
    ),
    shareID: pointer(9, string, "Identifies this share if the device is handed out several times."),
    consumedCapacity: optional(10, map(quantity), "Amounts of the device taken by this share, by name."),
  },
);
export interface DeviceRequestAllocationResult extends Infer<typeof DeviceRequestAllocationResult> {}

export const DeviceAllocationResult = message(
  "io.k8s.api.resource.v1.DeviceAllocationResult",
  "Devices handed out and the settings that go with them.",
  {
    results: optional(1, atomicList(DeviceRequestAllocationResult), "The devices, one entry each.", { maxItems: 32 }),
    config: optional(
      2,
      atomicList(DeviceAllocationConfiguration),
      "Settings from class and claim that apply to the devices.",
      { maxItems: 64 },
    ),
  },
);
export interface DeviceAllocationResult extends Infer<typeof DeviceAllocationResult> {}

export const DeviceSelector = message("io.k8s.api.resource.v1.DeviceSelector", "One condition on devices.", {
  cel: pointer(1, CELDeviceSelector, "The condition, written as a CEL expression."),
});
export interface DeviceSelector extends Infer<typeof DeviceSelector> {}

export const ExactDeviceRequest = message("io.k8s.api.resource.v1.ExactDeviceRequest", "Asks for one kind of device.", {
  deviceClassName: required(1, string, "DeviceClass from which the devices are chosen."),
  selectors: optional(2, atomicList(DeviceSelector), "Conditions that each device must meet, all of them.", {
    maxItems: 32,
  }),
  allocationMode: optional(
    3,
    oneOf("ExactCount", "All"),
    "ExactCount (default) takes as many as count says; All takes every matching device of a pool.",
    { default: "ExactCount" },
  ),
  count: optional(4, int64, "How many devices to take; default 1, only for ExactCount."),
  adminAccess: pointer(
    5,
    bool,
    "If true, gives access for monitoring even to devices in use; needs a privileged namespace.",
  ),
  tolerations: optional(6, atomicList(DeviceToleration), "Device taints that this request accepts."),
  capacity: pointer(7, CapacityRequirements, "Amounts needed of each device, for devices that can be shared."),
});
export interface ExactDeviceRequest extends Infer<typeof ExactDeviceRequest> {}

export const DeviceSubRequest = message(
  "io.k8s.api.resource.v1.DeviceSubRequest",
  "One of several alternatives for a request.",
  {
    name: required(1, string, "Name of the alternative, unique in its request."),
    deviceClassName: required(2, string, "DeviceClass from which the devices are chosen."),
    selectors: optional(3, atomicList(DeviceSelector), "Conditions that each device must meet, all of them.", {
      maxItems: 32,
    }),
    allocationMode: optional(
      4,
      oneOf("ExactCount", "All"),
      "ExactCount (default) takes as many as count says; All takes every matching device of a pool.",
      { default: "ExactCount" },
    ),
    count: optional(5, int64, "How many devices to take; default 1, only for ExactCount."),
    tolerations: optional(6, atomicList(DeviceToleration), "Device taints that this alternative accepts."),
    capacity: pointer(7, CapacityRequirements, "Amounts needed of each device, for devices that can be shared."),
  },
);
export interface DeviceSubRequest extends Infer<typeof DeviceSubRequest> {}

export const DeviceRequest = message(
  "io.k8s.api.resource.v1.DeviceRequest",
  "A named request, met exactly or by the first alternative that works.",
  {
    name: required(1, string, "Name of the request, by which containers and constraints refer to it."),
    exactly: pointer(2, ExactDeviceRequest, "The kind of device wanted; excludes firstAvailable."),
    firstAvailable: optional(
      3,
      atomicList(DeviceSubRequest),
      "Alternatives tried in order until one can be met, at most 8; excludes exactly.",
      { maxItems: 8 },
    ),
  },
);
export interface DeviceRequest extends Infer<typeof DeviceRequest> {}

export const DeviceConstraint = message(
  "io.k8s.api.resource.v1.DeviceConstraint",
  "A condition that several devices must meet together.",
  {
    requests: optional(1, atomicList(string), "Requests whose devices are compared; empty means all.", {
      maxItems: 32,
    }),
    matchAttribute: pointer(2, string, "Attribute that must have the same value on all these devices."),
    distinctAttribute: pointer(3, string, "Attribute that must have a different value on each of these devices."),
  },
);
export interface DeviceConstraint extends Infer<typeof DeviceConstraint> {}

export const DeviceClaimConfiguration = message(
  "io.k8s.api.resource.v1.DeviceClaimConfiguration",
  "Settings in a claim for its devices.",
  {
    requests: optional(1, atomicList(string), "Requests the settings are for; empty means all.", { maxItems: 32 }),
  },
  [embed(2, DeviceConfiguration)],
);
export interface DeviceClaimConfiguration extends Infer<typeof DeviceClaimConfiguration> {}

export const DeviceClaim = message(
  "io.k8s.api.resource.v1.DeviceClaim",
  "All that a claim says about the devices it wants.",
  {
    requests: optional(
      1,
      atomicList(DeviceRequest),
      "The devices wanted, at most 32 entries, all of which must be met.",
      { always: true, maxItems: 32 },
    ),
    constraints: optional(
      2,
      atomicList(DeviceConstraint),
      "Conditions that devices must meet together, such as being of the same model.",
      { maxItems: 32 },
    ),
    config: optional(3, atomicList(DeviceClaimConfiguration), "Settings for the drivers of the devices handed out.", {
      maxItems: 32,
    }),
  },
);
export interface DeviceClaim extends Infer<typeof DeviceClaim> {}

export const DeviceClassConfiguration = message(
  "io.k8s.api.resource.v1.DeviceClassConfiguration",
  "Settings in a class for its devices.",
  {},
  [embed(1, DeviceConfiguration)],
);
export interface DeviceClassConfiguration extends Infer<typeof DeviceClassConfiguration> {}

export const DeviceClassSpec = message(
  "io.k8s.api.resource.v1.DeviceClassSpec",
  "Conditions and settings that a class of devices brings along.",
  {
    selectors: optional(
      1,
      atomicList(DeviceSelector),
      "Conditions that each device of the class must meet, all of them.",
      { maxItems: 32 },
    ),
    config: optional(
      2,
      atomicList(DeviceClassConfiguration),
      "Settings for every device handed out through this class.",
      { maxItems: 32 },
    ),
    extendedResourceName: pointer(
      4,
      string,
      "Resource name under which pods can ask for these devices without a claim.",
    ),
  },
);
export interface DeviceClassSpec extends Infer<typeof DeviceClassSpec> {}

export const DeviceClass = topLevel(
  "io.k8s.api.resource.v1.DeviceClass",
  "Names a kind of device, with common conditions and settings for claims to use.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, DeviceClassSpec, "What is wanted."),
  },
);
export interface DeviceClass extends Infer<typeof DeviceClass> {}
