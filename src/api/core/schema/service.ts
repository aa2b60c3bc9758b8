// Services, endpoints and service accounts: how pods are reached and who they are.

import {
  type Infer,
  atomicList,
  bool,
  int32,
  intOrString,
  known,
  map,
  mapList,
  message,
  oneOf,
  optional,
  pointer,
  required,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { LocalObjectReference, ObjectReference } from "#api/core/schema/reference.ts";
import { Condition, ObjectMeta } from "#api/meta/schema.ts";

export const ClientIPConfig = message("io.k8s.api.core.v1.ClientIPConfig", "Settings of affinity by client address.", {
  timeoutSeconds: pointer(
    1,
    int32,
    "Seconds a client stays with the same pod, up to 86400; 10800 (3 hours) by default.",
  ),
});
export interface ClientIPConfig extends Infer<typeof ClientIPConfig> {}

export const EndpointAddress = message(
  "io.k8s.api.core.v1.EndpointAddress",
  "One address that serves a service.",
  {
    ip: required(1, string, "IP address of the pod or server; loopback and link-local ones are refused."),
    hostname: optional(3, string, "Host name of this address in DNS."),
    nodeName: pointer(4, string, "Node that hosts it."),
    targetRef: pointer(2, ObjectReference, "The object behind the address, usually a pod."),
  },
  [],
  { atomic: true },
);
export interface EndpointAddress extends Infer<typeof EndpointAddress> {}

export const EndpointPort = message(
  "io.k8s.api.core.v1.EndpointPort",
  "A port on which the addresses serve.",
  {
    name: optional(1, string, "Name of the service port it belongs to; may be empty if alone."),
    port: required(2, int32, "Port number on the addresses."),
    protocol: optional(3, oneOf("TCP", "UDP", "SCTP"), "TCP (default), UDP or SCTP.", { default: "TCP" }),
    appProtocol: pointer(4, string, "Application protocol spoken there, for example kubernetes.io/h2c."),
  },
  [],
  { atomic: true },
);
export interface EndpointPort extends Infer<typeof EndpointPort> {}

export const EndpointSubset = message(
  "io.k8s.api.core.v1.EndpointSubset",
  "Addresses that all serve on the same ports.",
  {
    addresses: optional(1, atomicList(EndpointAddress), "Addresses ready to take traffic."),
    notReadyAddresses: optional(
      2,
      atomicList(EndpointAddress),
      "Addresses not taking traffic because the pod is not ready.",
    ),
    ports: optional(3, atomicList(EndpointPort), "Ports open on each of the addresses."),
  },
);
export interface EndpointSubset extends Infer<typeof EndpointSubset> {}

export const Endpoints = topLevel(
  "io.k8s.api.core.v1.Endpoints",
  "Lists the addresses behind a service (old; EndpointSlice replaces it).",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    subsets: optional(2, atomicList(EndpointSubset), "Groups of addresses that share ports."),
  },
);
export interface Endpoints extends Infer<typeof Endpoints> {}

export const PortStatus = message("io.k8s.api.core.v1.PortStatus", "State of one port of a load balancer.", {
  port: required(1, int32, "Port number this entry is about."),
  protocol: required(2, oneOf("TCP", "UDP", "SCTP"), "Protocol of the port: TCP, UDP or SCTP."),
  error: pointer(3, string, "CamelCase word for what went wrong, if anything did.", { maxLength: 316 }),
});
export interface PortStatus extends Infer<typeof PortStatus> {}

export const LoadBalancerIngress = message(
  "io.k8s.api.core.v1.LoadBalancerIngress",
  "One entry point of a load balancer.",
  {
    ip: optional(1, string, "Its IP address, if it has one."),
    hostname: optional(2, string, "Its DNS name, if it has one, as on AWS."),
    ipMode: pointer(
      3,
      known("VIP", "Proxy"),
      "VIP keeps the outside address as destination; Proxy sends to the node or pod.",
    ),
    ports: optional(4, atomicList(PortStatus), "State of each port, if the provider reports it."),
  },
);
export interface LoadBalancerIngress extends Infer<typeof LoadBalancerIngress> {}

export const LoadBalancerStatus = message(
  "io.k8s.api.core.v1.LoadBalancerStatus",
  "Where a load balancer can be reached.",
  {
    ingress: optional(
      1,
      atomicList(LoadBalancerIngress),
      "Entry points from outside; empty until the provider is done.",
    ),
  },
);
export interface LoadBalancerStatus extends Infer<typeof LoadBalancerStatus> {}

export const ServicePort = message(
  "io.k8s.api.core.v1.ServicePort",
  "A port the service opens, and where its traffic goes.",
  {
    name: optional(1, string, "Name of the port, required when there are several."),
    protocol: optional(2, oneOf("TCP", "UDP", "SCTP"), "TCP (default), UDP or SCTP.", { default: "TCP" }),
    appProtocol: pointer(6, string, "Hint on the application protocol, for example kubernetes.io/ws."),
    port: required(3, int32, "Port number on which clients reach the service."),
    targetPort: optional(4, intOrString, "Port of the pods, by number or name; same as port by default."),
    nodePort: optional(5, int32, "Port opened on every node, 30000-32767; picked for you if absent."),
  },
);
export interface ServicePort extends Infer<typeof ServicePort> {}

export const SessionAffinityConfig = message(
  "io.k8s.api.core.v1.SessionAffinityConfig",
  "Fine tuning of session affinity.",
  {
    clientIP: pointer(1, ClientIPConfig, "Settings for affinity by client address."),
  },
);
export interface SessionAffinityConfig extends Infer<typeof SessionAffinityConfig> {}

export const ServiceSpec = message(
  "io.k8s.api.core.v1.ServiceSpec",
  "How a service is reached and which pods serve it.",
  {
    ports: optional(1, mapList(ServicePort, "port", "protocol"), "Ports the service offers.", {
      patch: "merge",
      patchKey: "port",
    }),
    selector: optional(
      2,
      map(string, { atomic: true }),
      "Labels of the pods that get the traffic; without it you manage endpoints yourself.",
    ),
    clusterIP: optional(
      3,
      string,
      "Virtual address inside the cluster; None makes it headless, resolving to pods directly.",
    ),
    clusterIPs: optional(
      18,
      atomicList(string),
      "Virtual addresses, up to one per IP family; the first equals clusterIP.",
    ),
    type: optional(
      4,
      oneOf("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
      "How far it is visible: ClusterIP (default), NodePort, LoadBalancer or ExternalName.",
      { default: "ClusterIP" },
    ),
    externalIPs: optional(
      5,
      atomicList(string),
      "Outside addresses that nodes also answer on; you must route them yourself.",
    ),
    sessionAffinity: optional(
      7,
      oneOf("ClientIP", "None"),
      "ClientIP keeps each client on one pod; None (default) does not.",
      { default: "None" },
    ),
    loadBalancerIP: optional(8, string, "Address to ask of the load balancer; outdated, many providers ignore it."),
    loadBalancerSourceRanges: optional(
      9,
      atomicList(string),
      "Client address ranges let through by the load balancer, in CIDR form.",
    ),
    externalName: optional(10, string, "DNS name that the service stands for; only with type ExternalName."),
    externalTrafficPolicy: optional(
      11,
      oneOf("Cluster", "Local"),
      "Cluster spreads outside traffic everywhere; Local stays on the node and keeps client addresses.",
    ),
    healthCheckNodePort: optional(
      12,
      int32,
      "Node port on which load balancers ask whether local pods exist; only with Local.",
    ),
    publishNotReadyAddresses: optional(
      13,
      bool,
      "When true, pods are listed even before they are ready; false by default.",
    ),
    sessionAffinityConfig: pointer(14, SessionAffinityConfig, "Settings of the session affinity."),
    ipFamilies: optional(
      19,
      atomicList(known("IPv4", "IPv6")),
      "IP families the service has: IPv4, IPv6 or both, in order of preference.",
    ),
    ipFamilyPolicy: pointer(
      17,
      oneOf("SingleStack", "PreferDualStack", "RequireDualStack"),
      "One IP family (SingleStack, usual) or two, if possible or without fail.",
    ),
    allocateLoadBalancerNodePorts: pointer(
      20,
      bool,
      "When false, a load balancer service opens no node ports; true by default.",
    ),
    loadBalancerClass: pointer(21, string, "Which load balancer implementation to use; cannot change later."),
    internalTrafficPolicy: pointer(
      22,
      oneOf("Cluster", "Local"),
      "Cluster (default) uses all pods for inside traffic; Local only those on the same node.",
    ),
    trafficDistribution: pointer(23, string, "Preference for near pods, for example PreferSameZone or PreferSameNode."),
  },
);
export interface ServiceSpec extends Infer<typeof ServiceSpec> {}

export const ServiceStatus = message("io.k8s.api.core.v1.ServiceStatus", "State of a service.", {
  loadBalancer: struct(1, LoadBalancerStatus, "Where the load balancer can be reached, if there is one."),
  conditions: optional(2, mapList(Condition, "type"), "Observations about the service.", {
    patch: "merge",
    patchKey: "type",
  }),
});
export interface ServiceStatus extends Infer<typeof ServiceStatus> {}

export const Service = topLevel("io.k8s.api.core.v1.Service", "A stable name and address for a changing set of pods.", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, ServiceSpec, "Ports, pods and kind of access."),
  status: struct(3, ServiceStatus, "Address of the load balancer, if any."),
});
export interface Service extends Infer<typeof Service> {}

export const ServiceAccount = topLevel(
  "io.k8s.api.core.v1.ServiceAccount",
  "An identity that programs in pods use towards the API.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    secrets: optional(
      2,
      mapList(ObjectReference, "name"),
      "Secrets meant for pods of this account; no longer filled automatically.",
      { patch: "merge", patchKey: "name" },
    ),
    imagePullSecrets: optional(3, atomicList(LocalObjectReference), "Registry logins handed to pods of this account."),
    automountServiceAccountToken: pointer(
      4,
      bool,
      "When false, pods of this account get no API token unless they ask.",
    ),
  },
);
export interface ServiceAccount extends Infer<typeof ServiceAccount> {}
