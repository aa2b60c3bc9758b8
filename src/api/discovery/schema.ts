// Shapes of EndpointSlice, the list of addresses behind a Service.

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

export const EndpointConditions = message(
  "io.k8s.api.discovery.v1.EndpointConditions",
  "Tells whether an endpoint can take traffic at the moment.",
  {
    ready: pointer(1, bool, "True if new traffic may be sent here; a missing value counts as true."),
    serving: pointer(2, bool, "True if the pod passes its readiness checks, even while it is shutting down."),
    terminating: pointer(3, bool, "True if the pod is being deleted; a missing value counts as false."),
  },
);
export interface EndpointConditions extends Infer<typeof EndpointConditions> {}

export const ForZone = message("io.k8s.api.discovery.v1.ForZone", "Names a zone in an endpoint hint.", {
  name: required(1, string, "Name of the zone, as found in the node's topology label."),
});
export interface ForZone extends Infer<typeof ForZone> {}

export const ForNode = message("io.k8s.api.discovery.v1.ForNode", "Names a node in an endpoint hint.", {
  name: required(1, string, "Name of the node whose clients are meant."),
});
export interface ForNode extends Infer<typeof ForNode> {}

export const EndpointHints = message(
  "io.k8s.api.discovery.v1.EndpointHints",
  "Suggests which clients should use an endpoint, to keep traffic close by.",
  {
    forZones: optional(1, atomicList(ForZone), "Zones whose clients should prefer this endpoint."),
    forNodes: optional(2, atomicList(ForNode), "Nodes whose clients should prefer this endpoint."),
  },
);
export interface EndpointHints extends Infer<typeof EndpointHints> {}

export const Endpoint = message(
  "io.k8s.api.discovery.v1.Endpoint",
  "One backend, usually one pod, with its addresses and state.",
  {
    addresses: required(
      1,
      setList(string),
      "Addresses of this backend; all lead to the same place and clients use the first.",
      { maxItems: 100 },
    ),
    conditions: struct(2, EndpointConditions, "Whether the backend is ready, serving or shutting down."),
    hostname: pointer(3, string, "Host name of the backend, used to build its DNS record."),
    targetRef: pointer(4, ObjectReference, "The object behind the address, usually a Pod."),
    deprecatedTopology: optional(
      5,
      map(string),
      "Old topology labels from the v1beta1 format; cannot be written any more.",
    ),
    nodeName: pointer(6, string, "Node on which the backend runs."),
    zone: pointer(7, string, "Zone in which the backend runs."),
    hints: pointer(8, EndpointHints, "Which clients should prefer this backend."),
  },
);
export interface Endpoint extends Infer<typeof Endpoint> {}

export const EndpointPort = message(
  "io.k8s.api.discovery.v1.EndpointPort",
  "One port that every endpoint of the slice offers.",
  {
    name: pointer(1, string, "Name of the port, equal to its name in the Service; empty by default.", { default: "" }),
    protocol: pointer(2, oneOf("TCP", "UDP", "SCTP"), "Network protocol of the port; TCP if not given.", {
      default: "TCP",
    }),
    port: pointer(3, int32, "Port number on the endpoint; a missing value means all ports."),
    appProtocol: pointer(
      4,
      string,
      "Application protocol spoken here, such as http or kubernetes.io/h2c; only a hint.",
    ),
  },
  [],
  { atomic: true },
);
export interface EndpointPort extends Infer<typeof EndpointPort> {}

export const EndpointSlice = topLevel(
  "io.k8s.api.discovery.v1.EndpointSlice",
  "A part of the addresses and ports that stand behind a Service.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    addressType: required(
      4,
      oneOf("IPv4", "IPv6", "FQDN"),
      "Kind of all addresses in the slice; fixed after creation, and FQDN is deprecated.",
    ),
    endpoints: optional(2, atomicList(Endpoint), "The addresses, at most 1000 entries.", { always: true }),
    ports: optional(
      3,
      atomicList(EndpointPort),
      "Ports that every endpoint in the slice offers, each with its own name.",
      { always: true },
    ),
  },
);
export interface EndpointSlice extends Infer<typeof EndpointSlice> {}
