// NetworkPolicy: which traffic chosen pods may have. A policy without types restricts what comes in, and what goes out
// where it has rules for that.
import { type FieldError, forbiddenValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import {
  type IPBlock,
  type NetworkPolicyPeer,
  type NetworkPolicyPort,
  NetworkPolicy as schema,
} from "#api/networking/policy-schema.ts";
import type { Infer } from "#api/schema.ts";
import { portNumber, portOrName } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, selectorCell, textColumn } from "#api/meta/columns.ts";
import { checkCidr, cidrWarnings, isStrictSubnet, parseCidr } from "#api/meta/ip.ts";
import { validateLabelSelector } from "#api/meta/label-selector-validation.ts";

export interface NetworkPolicy extends Infer<typeof schema> {}
export const NetworkPolicy = defineKind<NetworkPolicy>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "NetworkPolicy",
  plural: "networkpolicies",
  scope: "Namespaced",
  shortNames: ["netpol"],
  schema,
  columns: [
    nameColumn,
    textColumn("Pod-Selector", "Pods it applies to.", ({ spec }) => selectorCell(spec.podSelector)),
    ageColumn,
  ],
  rules: {
    applyDefaults({ spec }) {
      if (spec && (spec.policyTypes ?? []).length === 0)
        spec.policyTypes = (spec.egress ?? []).length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
    },
    validate,
    warnings: (policy) =>
      peersOf(policy).flatMap(([field, { ipBlock }]) =>
        ipBlock
          ? [
              ...cidrWarnings(`${field}.ipBlock.cidr`, ipBlock.cidr),
              ...(ipBlock.except ?? []).flatMap((cidr, i) => cidrWarnings(`${field}.ipBlock.except[${i}]`, cidr)),
            ]
          : [],
      ),
  },
  hasGeneration: true,
});

interface Rule {
  readonly field: string;
  readonly ports: readonly NetworkPolicyPort[];
  readonly peers: readonly NetworkPolicyPeer[];
  readonly peersField: string;
}
const rulesOf = ({ spec }: NetworkPolicy): Rule[] => [
  ...(spec.ingress ?? []).map(({ ports = [], from = [] }, i) => ({
    field: `spec.ingress[${i}]`,
    ports,
    peers: from,
    peersField: `spec.ingress[${i}].from`,
  })),
  ...(spec.egress ?? []).map(({ ports = [], to = [] }, i) => ({
    field: `spec.egress[${i}]`,
    ports,
    peers: to,
    peersField: `spec.egress[${i}].to`,
  })),
];
const peersOf = (policy: NetworkPolicy): [field: string, peer: NetworkPolicyPeer][] =>
  rulesOf(policy).flatMap(({ peers, peersField }) =>
    peers.map((peer, i): [string, NetworkPolicyPeer] => [`${peersField}[${i}]`, peer]),
  );

const directions = ["Ingress", "Egress"];
function validate(policy: NetworkPolicy): FieldError[] {
  const found: FieldError[] = [];
  const { podSelector, policyTypes = [] } = policy.spec;
  validateLabelSelector(found, "spec.podSelector", podSelector);
  for (const { field, ports, peers, peersField } of rulesOf(policy)) {
    for (const [i, port] of ports.entries()) validatePort(found, `${field}.ports[${i}]`, port);
    for (const [i, peer] of peers.entries()) validatePeer(found, `${peersField}[${i}]`, peer);
  }
  if (policyTypes.length > directions.length)
    found.push(invalidValue("spec.policyTypes", policyTypes, "may not specify more than two policyTypes"));
  else
    for (const [i, type] of policyTypes.entries())
      if (!directions.includes(type)) found.push(notSupported(`spec.policyTypes[${i}]`, type, directions));
  return found;
}
function validatePort(found: FieldError[], field: string, { protocol, port, endPort }: NetworkPolicyPort): void {
  const protocols = ["TCP", "UDP", "SCTP"];
  if (protocol !== undefined && !protocols.includes(protocol))
    found.push(notSupported(`${field}.protocol`, protocol, protocols));
  const at = `${field}.endPort`;
  if (port !== undefined && typeof port !== "string") portNumber(found, `${field}.port`, port);
  if (endPort !== undefined) {
    if (port === undefined) found.push(invalidValue(at, endPort, "may not be specified when `port` is not specified"));
    else if (typeof port === "string")
      found.push(invalidValue(at, endPort, "may not be specified when `port` is non-numeric"));
    else {
      if (endPort < port) found.push(invalidValue(at, port, "must be greater than or equal to `port`"));
      portNumber(found, at, endPort);
    }
  }
  if (typeof port === "string") portOrName(found, `${field}.port`, port);
}
function validatePeer(found: FieldError[], field: string, peer: NetworkPolicyPeer): void {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  validateLabelSelector(found, `${field}.podSelector`, podSelector);
  validateLabelSelector(found, `${field}.namespaceSelector`, namespaceSelector);
  if (ipBlock) validateBlock(found, `${field}.ipBlock`, ipBlock);
  if (!podSelector && !namespaceSelector && !ipBlock) found.push(requiredValue(field, "must specify a peer"));
  if (ipBlock && (podSelector || namespaceSelector))
    found.push(forbiddenValue(field, "may not specify both ipBlock and another peer"));
}
function validateBlock(found: FieldError[], field: string, { cidr, except = [] }: IPBlock): void {
  if (!cidr) return void found.push(requiredValue(`${field}.cidr`));
  checkCidr(found, `${field}.cidr`, cidr);
  const outer = parseCidr(cidr);
  if (!outer) return;
  for (const [i, text] of except.entries()) {
    const at = `${field}.except[${i}]`;
    checkCidr(found, at, text);
    const inner = parseCidr(text);
    if (inner && !isStrictSubnet(outer, inner)) found.push(invalidValue(at, text, "must be a strict subset of `cidr`"));
  }
}
