// Wire types of discovery.

import {
  type Infer,
  atomicList,
  bool,
  int32,
  map,
  message,
  oneOf,
  optional,
  pointer,
  required,
  setList,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { ObjectReference } from "#api/core/schema/reference.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const EndpointConditions = message("io.k8s.api.discovery.v1.EndpointConditions", "", {
  ready: pointer(1, bool, ""),
  serving: pointer(2, bool, ""),
  terminating: pointer(3, bool, ""),
});
export interface EndpointConditions extends Infer<typeof EndpointConditions> {}

export const ForZone = message("io.k8s.api.discovery.v1.ForZone", "", {
  name: required(1, string, ""),
});
export interface ForZone extends Infer<typeof ForZone> {}

export const ForNode = message("io.k8s.api.discovery.v1.ForNode", "", {
  name: required(1, string, ""),
});
export interface ForNode extends Infer<typeof ForNode> {}

export const EndpointHints = message("io.k8s.api.discovery.v1.EndpointHints", "", {
  forZones: optional(1, atomicList(ForZone), ""),
  forNodes: optional(2, atomicList(ForNode), ""),
});
export interface EndpointHints extends Infer<typeof EndpointHints> {}

export const Endpoint = message("io.k8s.api.discovery.v1.Endpoint", "", {
  addresses: required(1, setList(string), "", { maxItems: 100 }),
  conditions: struct(2, EndpointConditions, ""),
  hostname: pointer(3, string, ""),
  targetRef: pointer(4, ObjectReference, ""),
  deprecatedTopology: optional(5, map(string), ""),
  nodeName: pointer(6, string, ""),
  zone: pointer(7, string, ""),
  hints: pointer(8, EndpointHints, ""),
});
export interface Endpoint extends Infer<typeof Endpoint> {}

export const EndpointPort = message(
  "io.k8s.api.discovery.v1.EndpointPort",
  "",
  {
    name: pointer(1, string, ""),
    protocol: pointer(2, oneOf("TCP", "UDP", "SCTP"), ""),
    port: pointer(3, int32, ""),
    appProtocol: pointer(4, string, ""),
  },
  [],
  { atomic: true },
);
export interface EndpointPort extends Infer<typeof EndpointPort> {}

export const EndpointSlice = topLevel("io.k8s.api.discovery.v1.EndpointSlice", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  addressType: required(4, oneOf("IPv4", "IPv6", "FQDN"), ""),
  endpoints: optional(2, atomicList(Endpoint), "", { always: true }),
  ports: optional(3, atomicList(EndpointPort), "", { always: true }),
});
export interface EndpointSlice extends Infer<typeof EndpointSlice> {}
