// Wire types of networking/policy.

import {
  type Infer,
  atomicList,
  int32,
  intOrString,
  message,
  oneOf,
  optional,
  pointer,
  required,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { LabelSelector, ObjectMeta } from "#api/meta/schema.ts";

export const IPBlock = message("io.k8s.api.networking.v1.IPBlock", "", {
  cidr: required(1, string, ""),
  except: optional(2, atomicList(string), ""),
});
export interface IPBlock extends Infer<typeof IPBlock> {}

export const NetworkPolicyPort = message("io.k8s.api.networking.v1.NetworkPolicyPort", "", {
  protocol: pointer(1, oneOf("TCP", "UDP", "SCTP"), ""),
  port: pointer(2, intOrString, ""),
  endPort: pointer(3, int32, ""),
});
export interface NetworkPolicyPort extends Infer<typeof NetworkPolicyPort> {}

export const NetworkPolicyPeer = message("io.k8s.api.networking.v1.NetworkPolicyPeer", "", {
  podSelector: pointer(1, LabelSelector, ""),
  namespaceSelector: pointer(2, LabelSelector, ""),
  ipBlock: pointer(3, IPBlock, ""),
});
export interface NetworkPolicyPeer extends Infer<typeof NetworkPolicyPeer> {}

export const NetworkPolicyIngressRule = message("io.k8s.api.networking.v1.NetworkPolicyIngressRule", "", {
  ports: optional(1, atomicList(NetworkPolicyPort), ""),
  from: optional(2, atomicList(NetworkPolicyPeer), ""),
});
export interface NetworkPolicyIngressRule extends Infer<typeof NetworkPolicyIngressRule> {}

export const NetworkPolicyEgressRule = message("io.k8s.api.networking.v1.NetworkPolicyEgressRule", "", {
  ports: optional(1, atomicList(NetworkPolicyPort), ""),
  to: optional(2, atomicList(NetworkPolicyPeer), ""),
});
export interface NetworkPolicyEgressRule extends Infer<typeof NetworkPolicyEgressRule> {}

export const NetworkPolicySpec = message("io.k8s.api.networking.v1.NetworkPolicySpec", "", {
  podSelector: struct(1, LabelSelector, ""),
  ingress: optional(2, atomicList(NetworkPolicyIngressRule), ""),
  egress: optional(3, atomicList(NetworkPolicyEgressRule), ""),
  policyTypes: optional(4, atomicList(oneOf("Ingress", "Egress")), ""),
});
export interface NetworkPolicySpec extends Infer<typeof NetworkPolicySpec> {}

export const NetworkPolicy = topLevel("io.k8s.api.networking.v1.NetworkPolicy", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, NetworkPolicySpec, "What is wanted."),
});
export interface NetworkPolicy extends Infer<typeof NetworkPolicy> {}
