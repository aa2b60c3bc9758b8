// Wire types of networking/address.

import { type Infer, atomicList, mapList, message, optional, required, string, struct, topLevel } from "#api/schema.ts";
import { Condition, ObjectMeta } from "#api/meta/schema.ts";

export const ParentReference = message("io.k8s.api.networking.v1.ParentReference", "", {
  group: optional(1, string, ""),
  resource: required(2, string, "", { omitEmpty: true }),
  namespace: optional(3, string, ""),
  name: required(4, string, "", { omitEmpty: true }),
});
export interface ParentReference extends Infer<typeof ParentReference> {}

export const IPAddressSpec = message("io.k8s.api.networking.v1.IPAddressSpec", "", {
  parentRef: required(1, ParentReference, "", { pointer: true, omitEmpty: true }),
});
export interface IPAddressSpec extends Infer<typeof IPAddressSpec> {}

export const IPAddress = topLevel("io.k8s.api.networking.v1.IPAddress", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, IPAddressSpec, "What is wanted.", { omitEmpty: true }),
});
export interface IPAddress extends Infer<typeof IPAddress> {}

export const ServiceCIDRSpec = message("io.k8s.api.networking.v1.ServiceCIDRSpec", "", {
  cidrs: optional(1, atomicList(string), ""),
});
export interface ServiceCIDRSpec extends Infer<typeof ServiceCIDRSpec> {}

export const ServiceCIDRStatus = message("io.k8s.api.networking.v1.ServiceCIDRStatus", "", {
  conditions: optional(1, mapList(Condition, "type"), "", { patch: "merge", patchKey: "type" }),
});
export interface ServiceCIDRStatus extends Infer<typeof ServiceCIDRStatus> {}

export const ServiceCIDR = topLevel("io.k8s.api.networking.v1.ServiceCIDR", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, ServiceCIDRSpec, "What is wanted."),
  status: struct(3, ServiceCIDRStatus, "What was last observed; written by the system."),
});
export interface ServiceCIDR extends Infer<typeof ServiceCIDR> {}
