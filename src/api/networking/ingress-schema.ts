// Wire types of networking/ingress.

import {
  type Infer,
  atomicList,
  embed,
  int32,
  message,
  oneOf,
  optional,
  pointer,
  required,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { TypedLocalObjectReference } from "#api/core/schema/reference.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const ServiceBackendPort = message(
  "io.k8s.api.networking.v1.ServiceBackendPort",
  "",
  {
    name: optional(1, string, ""),
    number: optional(2, int32, ""),
  },
  [],
  { atomic: true },
);
export interface ServiceBackendPort extends Infer<typeof ServiceBackendPort> {}

export const IngressServiceBackend = message("io.k8s.api.networking.v1.IngressServiceBackend", "", {
  name: required(1, string, ""),
  port: struct(2, ServiceBackendPort, ""),
});
export interface IngressServiceBackend extends Infer<typeof IngressServiceBackend> {}

export const IngressBackend = message("io.k8s.api.networking.v1.IngressBackend", "", {
  service: pointer(4, IngressServiceBackend, ""),
  resource: pointer(3, TypedLocalObjectReference, ""),
});
export interface IngressBackend extends Infer<typeof IngressBackend> {}

export const HTTPIngressPath = message("io.k8s.api.networking.v1.HTTPIngressPath", "", {
  path: optional(1, string, ""),
  pathType: required(3, oneOf("Exact", "Prefix", "ImplementationSpecific"), "", { pointer: true }),
  backend: required(2, IngressBackend, ""),
});
export interface HTTPIngressPath extends Infer<typeof HTTPIngressPath> {}

export const HTTPIngressRuleValue = message("io.k8s.api.networking.v1.HTTPIngressRuleValue", "", {
  paths: required(1, atomicList(HTTPIngressPath), ""),
});
export interface HTTPIngressRuleValue extends Infer<typeof HTTPIngressRuleValue> {}

export const IngressTLS = message("io.k8s.api.networking.v1.IngressTLS", "", {
  hosts: optional(1, atomicList(string), ""),
  secretName: optional(2, string, ""),
});
export interface IngressTLS extends Infer<typeof IngressTLS> {}

export const IngressRuleValue = message("io.k8s.api.networking.v1.IngressRuleValue", "", {
  http: pointer(1, HTTPIngressRuleValue, ""),
});
export interface IngressRuleValue extends Infer<typeof IngressRuleValue> {}

export const IngressRule = message(
  "io.k8s.api.networking.v1.IngressRule",
  "",
  {
    host: optional(1, string, ""),
  },
  [embed(2, IngressRuleValue)],
);
export interface IngressRule extends Infer<typeof IngressRule> {}

export const IngressSpec = message("io.k8s.api.networking.v1.IngressSpec", "", {
  ingressClassName: pointer(4, string, ""),
  defaultBackend: pointer(1, IngressBackend, ""),
  tls: optional(2, atomicList(IngressTLS), ""),
  rules: optional(3, atomicList(IngressRule), ""),
});
export interface IngressSpec extends Infer<typeof IngressSpec> {}

export const IngressPortStatus = message("io.k8s.api.networking.v1.IngressPortStatus", "", {
  port: required(1, int32, ""),
  protocol: required(2, oneOf("TCP", "UDP", "SCTP"), ""),
  error: pointer(3, string, "", { maxLength: 316 }),
});
export interface IngressPortStatus extends Infer<typeof IngressPortStatus> {}

export const IngressLoadBalancerIngress = message("io.k8s.api.networking.v1.IngressLoadBalancerIngress", "", {
  ip: optional(1, string, ""),
  hostname: optional(2, string, ""),
  ports: optional(4, atomicList(IngressPortStatus), ""),
});
export interface IngressLoadBalancerIngress extends Infer<typeof IngressLoadBalancerIngress> {}

export const IngressLoadBalancerStatus = message("io.k8s.api.networking.v1.IngressLoadBalancerStatus", "", {
  ingress: optional(1, atomicList(IngressLoadBalancerIngress), ""),
});
export interface IngressLoadBalancerStatus extends Infer<typeof IngressLoadBalancerStatus> {}

export const IngressStatus = message("io.k8s.api.networking.v1.IngressStatus", "", {
  loadBalancer: struct(1, IngressLoadBalancerStatus, ""),
});
export interface IngressStatus extends Infer<typeof IngressStatus> {}

export const Ingress = topLevel("io.k8s.api.networking.v1.Ingress", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, IngressSpec, "What is wanted."),
  status: struct(3, IngressStatus, "What was last observed; written by the system."),
});
export interface Ingress extends Infer<typeof Ingress> {}

export const IngressClassParametersReference = message("io.k8s.api.networking.v1.IngressClassParametersReference", "", {
  apiGroup: pointer(1, string, ""),
  kind: required(2, string, ""),
  name: required(3, string, ""),
  scope: pointer(4, string, ""),
  namespace: pointer(5, string, ""),
});
export interface IngressClassParametersReference extends Infer<typeof IngressClassParametersReference> {}

export const IngressClassSpec = message("io.k8s.api.networking.v1.IngressClassSpec", "", {
  controller: optional(1, string, ""),
  parameters: pointer(2, IngressClassParametersReference, ""),
});
export interface IngressClassSpec extends Infer<typeof IngressClassSpec> {}

export const IngressClass = topLevel("io.k8s.api.networking.v1.IngressClass", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, IngressClassSpec, "What is wanted."),
});
export interface IngressClass extends Infer<typeof IngressClass> {}
