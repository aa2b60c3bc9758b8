// Shapes of IPAddress and ServiceCIDR, which manage the addresses of Services.

import { type Infer, atomicList, mapList, message, optional, required, string, struct, topLevel } from "#api/schema.ts";
import { Condition, ObjectMeta } from "#api/meta/schema.ts";

export const ParentReference = message(
  "io.k8s.api.networking.v1.ParentReference",
  "Points to the object that uses an address.",
  {
    group: optional(1, string, "API group of the object; empty is the core group."),
    resource: required(2, string, "Resource name in plural, such as services.", { omitEmpty: true }),
    namespace: optional(3, string, "Namespace in which the object lives."),
    name: required(4, string, "Name of the object that uses the address.", { omitEmpty: true }),
  },
);
export interface ParentReference extends Infer<typeof ParentReference> {}

export const IPAddressSpec = message("io.k8s.api.networking.v1.IPAddressSpec", "Says which object uses the address.", {
  parentRef: required(1, ParentReference, "The object that uses the address, usually a Service.", {
    pointer: true,
    omitEmpty: true,
  }),
});
export interface IPAddressSpec extends Infer<typeof IPAddressSpec> {}

export const IPAddress = topLevel(
  "io.k8s.api.networking.v1.IPAddress",
  "Marks one Service address as taken; the object's name is the address itself.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, IPAddressSpec, "What is wanted.", { omitEmpty: true }),
  },
);
export interface IPAddress extends Infer<typeof IPAddress> {}

export const ServiceCIDRSpec = message("io.k8s.api.networking.v1.ServiceCIDRSpec", "The address ranges on offer.", {
  cidrs: optional(
    1,
    atomicList(string),
    "Ranges in CIDR form, at most one for IPv4 and one for IPv6; cannot change later.",
  ),
});
export interface ServiceCIDRSpec extends Infer<typeof ServiceCIDRSpec> {}

export const ServiceCIDRStatus = message(
  "io.k8s.api.networking.v1.ServiceCIDRStatus",
  "Whether the address range can be used.",
  {
    conditions: optional(
      1,
      mapList(Condition, "type"),
      "Notable facts; Ready tells whether addresses can be handed out.",
      { patch: "merge", patchKey: "type" },
    ),
  },
);
export interface ServiceCIDRStatus extends Infer<typeof ServiceCIDRStatus> {}

export const ServiceCIDR = topLevel(
  "io.k8s.api.networking.v1.ServiceCIDR",
  "A range from which Services get their cluster addresses.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, ServiceCIDRSpec, "What is wanted."),
    status: struct(3, ServiceCIDRStatus, "What was last observed; written by the system."),
  },
);
export interface ServiceCIDR extends Infer<typeof ServiceCIDR> {}
