// Wire types of core/service.

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

export const ClientIPConfig = message("io.k8s.api.core.v1.ClientIPConfig", "", {
  timeoutSeconds: pointer(1, int32, ""),
});
export interface ClientIPConfig extends Infer<typeof ClientIPConfig> {}

export const EndpointAddress = message(
  "io.k8s.api.core.v1.EndpointAddress",
  "",
  {
    ip: required(1, string, ""),
    hostname: optional(3, string, ""),
    nodeName: pointer(4, string, ""),
    targetRef: pointer(2, ObjectReference, ""),
  },
  [],
  { atomic: true },
);
export interface EndpointAddress extends Infer<typeof EndpointAddress> {}

export const EndpointPort = message(
  "io.k8s.api.core.v1.EndpointPort",
  "",
  {
    name: optional(1, string, ""),
    port: required(2, int32, ""),
    protocol: optional(3, oneOf("TCP", "UDP", "SCTP"), ""),
    appProtocol: pointer(4, string, ""),
  },
  [],
  { atomic: true },
);
export interface EndpointPort extends Infer<typeof EndpointPort> {}

export const EndpointSubset = message("io.k8s.api.core.v1.EndpointSubset", "", {
  addresses: optional(1, atomicList(EndpointAddress), ""),
  notReadyAddresses: optional(2, atomicList(EndpointAddress), ""),
  ports: optional(3, atomicList(EndpointPort), ""),
});
export interface EndpointSubset extends Infer<typeof EndpointSubset> {}

export const Endpoints = topLevel("io.k8s.api.core.v1.Endpoints", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  subsets: optional(2, atomicList(EndpointSubset), ""),
});
export interface Endpoints extends Infer<typeof Endpoints> {}

export const PortStatus = message("io.k8s.api.core.v1.PortStatus", "", {
  port: required(1, int32, ""),
  protocol: required(2, oneOf("TCP", "UDP", "SCTP"), ""),
  error: pointer(3, string, "", { maxLength: 316 }),
});
export interface PortStatus extends Infer<typeof PortStatus> {}

export const LoadBalancerIngress = message("io.k8s.api.core.v1.LoadBalancerIngress", "", {
  ip: optional(1, string, ""),
  hostname: optional(2, string, ""),
  ipMode: pointer(3, known("VIP", "Proxy"), ""),
  ports: optional(4, atomicList(PortStatus), ""),
});
export interface LoadBalancerIngress extends Infer<typeof LoadBalancerIngress> {}

export const LoadBalancerStatus = message("io.k8s.api.core.v1.LoadBalancerStatus", "", {
  ingress: optional(1, atomicList(LoadBalancerIngress), ""),
});
export interface LoadBalancerStatus extends Infer<typeof LoadBalancerStatus> {}

export const ServicePort = message("io.k8s.api.core.v1.ServicePort", "", {
  name: optional(1, string, ""),
  protocol: optional(2, oneOf("TCP", "UDP", "SCTP"), "", { default: "TCP" }),
  appProtocol: pointer(6, string, ""),
  port: required(3, int32, ""),
  targetPort: optional(4, intOrString, ""),
  nodePort: optional(5, int32, ""),
});
export interface ServicePort extends Infer<typeof ServicePort> {}

export const SessionAffinityConfig = message("io.k8s.api.core.v1.SessionAffinityConfig", "", {
  clientIP: pointer(1, ClientIPConfig, ""),
});
export interface SessionAffinityConfig extends Infer<typeof SessionAffinityConfig> {}

export const ServiceSpec = message("io.k8s.api.core.v1.ServiceSpec", "", {
  ports: optional(1, mapList(ServicePort, "port", "protocol"), "", { patch: "merge", patchKey: "port" }),
  selector: optional(2, map(string, { atomic: true }), ""),
  clusterIP: optional(3, string, ""),
  clusterIPs: optional(18, atomicList(string), ""),
  type: optional(4, oneOf("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"), ""),
  externalIPs: optional(5, atomicList(string), ""),
  sessionAffinity: optional(7, oneOf("ClientIP", "None"), ""),
  loadBalancerIP: optional(8, string, ""),
  loadBalancerSourceRanges: optional(9, atomicList(string), ""),
  externalName: optional(10, string, ""),
  externalTrafficPolicy: optional(11, oneOf("Cluster", "Local"), ""),
  healthCheckNodePort: optional(12, int32, ""),
  publishNotReadyAddresses: optional(13, bool, ""),
  sessionAffinityConfig: pointer(14, SessionAffinityConfig, ""),
  ipFamilies: optional(19, atomicList(known("IPv4", "IPv6")), ""),
  ipFamilyPolicy: pointer(17, oneOf("SingleStack", "PreferDualStack", "RequireDualStack"), ""),
  allocateLoadBalancerNodePorts: pointer(20, bool, ""),
  loadBalancerClass: pointer(21, string, ""),
  internalTrafficPolicy: pointer(22, oneOf("Cluster", "Local"), ""),
  trafficDistribution: pointer(23, string, ""),
});
export interface ServiceSpec extends Infer<typeof ServiceSpec> {}

export const ServiceStatus = message("io.k8s.api.core.v1.ServiceStatus", "", {
  loadBalancer: struct(1, LoadBalancerStatus, ""),
  conditions: optional(2, mapList(Condition, "type"), "", { patch: "merge", patchKey: "type" }),
});
export interface ServiceStatus extends Infer<typeof ServiceStatus> {}

export const Service = topLevel("io.k8s.api.core.v1.Service", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, ServiceSpec, "What is wanted."),
  status: struct(3, ServiceStatus, "What was last observed; written by the system."),
});
export interface Service extends Infer<typeof Service> {}

export const ServiceAccount = topLevel("io.k8s.api.core.v1.ServiceAccount", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  secrets: optional(2, mapList(ObjectReference, "name"), "", { patch: "merge", patchKey: "name" }),
  imagePullSecrets: optional(3, atomicList(LocalObjectReference), ""),
  automountServiceAccountToken: pointer(4, bool, ""),
});
export interface ServiceAccount extends Infer<typeof ServiceAccount> {}
