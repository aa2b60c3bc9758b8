// Shapes of NetworkPolicy, which limits the traffic to and from pods.

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

export const IPBlock = message("io.k8s.api.networking.v1.IPBlock", "An address range with optional holes.", {
  cidr: required(1, string, "Range in CIDR form, such as 192.168.1.0/24."),
  except: optional(2, atomicList(string), "Smaller ranges inside cidr to leave out."),
});
export interface IPBlock extends Infer<typeof IPBlock> {}

export const NetworkPolicyPort = message(
  "io.k8s.api.networking.v1.NetworkPolicyPort",
  "Ports to which a rule applies.",
  {
    protocol: pointer(1, oneOf("TCP", "UDP", "SCTP"), "Network protocol: TCP (default), UDP or SCTP.", {
      default: "TCP",
    }),
    port: pointer(2, intOrString, "Port number or name on the pod; absent covers all ports of the protocol."),
    endPort: pointer(3, int32, "Last port of a range that starts at port; port must then be a number."),
  },
);
export interface NetworkPolicyPort extends Infer<typeof NetworkPolicyPort> {}

export const NetworkPolicyPeer = message(
  "io.k8s.api.networking.v1.NetworkPolicyPeer",
  "The other side of a connection: pods, namespaces or an address range.",
  {
    podSelector: pointer(1, LabelSelector, "Pods by label, in this namespace or in those chosen by namespaceSelector."),
    namespaceSelector: pointer(2, LabelSelector, "Namespaces by label; an empty selector means all namespaces."),
    ipBlock: pointer(3, IPBlock, "Address range; cannot be combined with the selectors."),
  },
);
export interface NetworkPolicyPeer extends Infer<typeof NetworkPolicyPeer> {}

export const NetworkPolicyIngressRule = message(
  "io.k8s.api.networking.v1.NetworkPolicyIngressRule",
  "Traffic that is allowed to come in.",
  {
    ports: optional(1, atomicList(NetworkPolicyPort), "Ports that may be reached; empty means all ports."),
    from: optional(2, atomicList(NetworkPolicyPeer), "Allowed senders, any of which is enough; empty means everybody."),
  },
);
export interface NetworkPolicyIngressRule extends Infer<typeof NetworkPolicyIngressRule> {}

export const NetworkPolicyEgressRule = message(
  "io.k8s.api.networking.v1.NetworkPolicyEgressRule",
  "Traffic that is allowed to go out.",
  {
    ports: optional(1, atomicList(NetworkPolicyPort), "Ports that may be contacted; empty means all ports."),
    to: optional(
      2,
      atomicList(NetworkPolicyPeer),
      "Allowed destinations, any of which is enough; empty means everywhere.",
    ),
  },
);
export interface NetworkPolicyEgressRule extends Infer<typeof NetworkPolicyEgressRule> {}

export const NetworkPolicySpec = message(
  "io.k8s.api.networking.v1.NetworkPolicySpec",
  "The pods meant and the traffic they may have.",
  {
    podSelector: struct(
      1,
      LabelSelector,
      "Pods the policy applies to; an empty selector means all pods of the namespace.",
    ),
    ingress: optional(
      2,
      atomicList(NetworkPolicyIngressRule),
      "Allowed incoming traffic; an empty list lets nothing in.",
    ),
    egress: optional(
      3,
      atomicList(NetworkPolicyEgressRule),
      "Allowed outgoing traffic; counts only if policyTypes includes Egress.",
    ),
    policyTypes: optional(
      4,
      atomicList(oneOf("Ingress", "Egress")),
      "Directions restricted; default is Ingress, plus Egress if egress rules are given.",
    ),
  },
);
export interface NetworkPolicySpec extends Infer<typeof NetworkPolicySpec> {}

export const NetworkPolicy = topLevel(
  "io.k8s.api.networking.v1.NetworkPolicy",
  "Says which traffic is allowed to and from chosen pods; needs a network plugin to enforce it.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, NetworkPolicySpec, "What is wanted."),
  },
);
export interface NetworkPolicy extends Infer<typeof NetworkPolicy> {}
