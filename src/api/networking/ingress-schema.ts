// Shapes of Ingress and IngressClass, which route HTTP traffic into the cluster.

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
  "A port of a Service, by name or by number but not both.",
  {
    name: optional(1, string, "Name of the port in the Service."),
    number: optional(2, int32, "Number of the port in the Service."),
  },
  [],
  { atomic: true },
);
export interface ServiceBackendPort extends Infer<typeof ServiceBackendPort> {}

export const IngressServiceBackend = message(
  "io.k8s.api.networking.v1.IngressServiceBackend",
  "A Service that receives the requests.",
  {
    name: required(1, string, "Name of the Service, in the same namespace as the Ingress."),
    port: struct(2, ServiceBackendPort, "Port of the Service to use; must be given."),
  },
);
export interface IngressServiceBackend extends Infer<typeof IngressServiceBackend> {}

export const IngressBackend = message(
  "io.k8s.api.networking.v1.IngressBackend",
  "Where requests go: a Service or another object, not both.",
  {
    service: pointer(4, IngressServiceBackend, "Service that receives the requests; excludes resource."),
    resource: pointer(
      3,
      TypedLocalObjectReference,
      "Object in the same namespace that receives the requests; excludes service.",
    ),
  },
);
export interface IngressBackend extends Infer<typeof IngressBackend> {}

export const HTTPIngressPath = message(
  "io.k8s.api.networking.v1.HTTPIngressPath",
  "Sends requests under one path to a backend.",
  {
    path: optional(1, string, "URL path to match, starting with a slash; may be empty for ImplementationSpecific."),
    pathType: required(
      3,
      oneOf("Exact", "Prefix", "ImplementationSpecific"),
      "Exact matches the whole path, Prefix whole path segments, ImplementationSpecific is up to the controller.",
      { pointer: true },
    ),
    backend: required(2, IngressBackend, "Where requests that match are sent."),
  },
);
export interface HTTPIngressPath extends Infer<typeof HTTPIngressPath> {}

export const HTTPIngressRuleValue = message(
  "io.k8s.api.networking.v1.HTTPIngressRuleValue",
  "The HTTP paths of one host.",
  {
    paths: required(1, atomicList(HTTPIngressPath), "Paths with their backends; the longest match wins."),
  },
);
export interface HTTPIngressRuleValue extends Infer<typeof HTTPIngressRuleValue> {}

export const IngressTLS = message("io.k8s.api.networking.v1.IngressTLS", "A certificate and the hosts it serves.", {
  hosts: optional(
    1,
    atomicList(string),
    "Host names the certificate is used for; absent leaves the choice to the controller.",
  ),
  secretName: optional(2, string, "Secret with the certificate and key, in the same namespace."),
});
export interface IngressTLS extends Infer<typeof IngressTLS> {}

export const IngressRuleValue = message(
  "io.k8s.api.networking.v1.IngressRuleValue",
  "The protocol part of a rule; only HTTP exists.",
  {
    http: pointer(1, HTTPIngressRuleValue, "Paths and backends for HTTP requests."),
  },
);
export interface IngressRuleValue extends Infer<typeof IngressRuleValue> {}

export const IngressRule = message(
  "io.k8s.api.networking.v1.IngressRule",
  "Paths that apply to one host.",
  {
    host: optional(1, string, "Host name to match; *.example.com covers one label, absent matches every host."),
  },
  [embed(2, IngressRuleValue)],
);
export interface IngressRule extends Infer<typeof IngressRule> {}

export const IngressSpec = message(
  "io.k8s.api.networking.v1.IngressSpec",
  "Hosts, paths, backends and certificates of the Ingress.",
  {
    ingressClassName: pointer(
      4,
      string,
      "IngressClass that should handle this object; absent uses the default class, if any.",
    ),
    defaultBackend: pointer(1, IngressBackend, "Where requests go if no rule matches; required if there are no rules."),
    tls: optional(2, atomicList(IngressTLS), "Certificates for HTTPS; hosts sharing port 443 are told apart by SNI."),
    rules: optional(
      3,
      atomicList(IngressRule),
      "Host and path rules; requests that match none go to the default backend.",
    ),
  },
);
export interface IngressSpec extends Infer<typeof IngressSpec> {}

export const IngressPortStatus = message(
  "io.k8s.api.networking.v1.IngressPortStatus",
  "State of one port opened by the load balancer.",
  {
    port: required(1, int32, "Number of the port on the load balancer."),
    protocol: required(2, oneOf("TCP", "UDP", "SCTP"), "Network protocol of the port: TCP, UDP or SCTP."),
    error: pointer(3, string, "Short CamelCase word telling why the port does not work.", { maxLength: 316 }),
  },
);
export interface IngressPortStatus extends Infer<typeof IngressPortStatus> {}

export const IngressLoadBalancerIngress = message(
  "io.k8s.api.networking.v1.IngressLoadBalancerIngress",
  "One entry point through which traffic arrives.",
  {
    ip: optional(1, string, "IP address of the entry point, if it has one."),
    hostname: optional(2, string, "DNS name of the entry point, if it has one."),
    ports: optional(4, atomicList(IngressPortStatus), "Ports opened here and their state."),
  },
);
export interface IngressLoadBalancerIngress extends Infer<typeof IngressLoadBalancerIngress> {}

export const IngressLoadBalancerStatus = message(
  "io.k8s.api.networking.v1.IngressLoadBalancerStatus",
  "Where the load balancer can be reached.",
  {
    ingress: optional(1, atomicList(IngressLoadBalancerIngress), "Entry points at which traffic is accepted."),
  },
);
export interface IngressLoadBalancerStatus extends Infer<typeof IngressLoadBalancerStatus> {}

export const IngressStatus = message(
  "io.k8s.api.networking.v1.IngressStatus",
  "What the Ingress controller has set up.",
  {
    loadBalancer: struct(1, IngressLoadBalancerStatus, "Addresses under which the Ingress can be reached."),
  },
);
export interface IngressStatus extends Infer<typeof IngressStatus> {}

export const Ingress = topLevel(
  "io.k8s.api.networking.v1.Ingress",
  "Routes HTTP requests from outside to Services by host and path.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, IngressSpec, "What is wanted."),
    status: struct(3, IngressStatus, "What was last observed; written by the system."),
  },
);
export interface Ingress extends Infer<typeof Ingress> {}

export const IngressClassParametersReference = message(
  "io.k8s.api.networking.v1.IngressClassParametersReference",
  "Points to an object with settings for the Ingress controller.",
  {
    apiGroup: pointer(1, string, "API group of the object; absent means the core group."),
    kind: required(2, string, "Kind of the object that holds the settings."),
    name: required(3, string, "Name of the object that holds the settings."),
    scope: pointer(4, string, "Cluster (default) or Namespace, telling where the object lives.", {
      default: "Cluster",
    }),
    namespace: pointer(5, string, "Namespace of the object; required when scope is Namespace, otherwise forbidden."),
  },
);
export interface IngressClassParametersReference extends Infer<typeof IngressClassParametersReference> {}

export const IngressClassSpec = message(
  "io.k8s.api.networking.v1.IngressClassSpec",
  "Which controller is meant and with what settings.",
  {
    controller: optional(
      1,
      string,
      "Controller in charge, such as example.com/ingress-controller; cannot change later.",
    ),
    parameters: pointer(2, IngressClassParametersReference, "Object with further settings for the controller."),
  },
);
export interface IngressClassSpec extends Infer<typeof IngressClassSpec> {}

export const IngressClass = topLevel(
  "io.k8s.api.networking.v1.IngressClass",
  "Names an Ingress controller so that Ingress objects can choose it.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, IngressClassSpec, "What is wanted."),
  },
);
export interface IngressClass extends Infer<typeof IngressClass> {}
