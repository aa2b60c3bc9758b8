// Ingress: routes HTTP requests from outside to Services, by host and path.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { type IngressRule, Ingress as schema } from "#api/networking/ingress-schema.ts";
import type { Infer } from "#api/schema.ts";
import { sameValue } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { ipWarnings } from "#api/meta/ip.ts";
import { classAnnotation, validateIngress, validateIngressStatus, validateNewIngress } from "./ingress-validation.ts";

export interface Ingress extends Infer<typeof schema> {}
export const Ingress = defineKind<Ingress>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "Ingress",
  plural: "ingresses",
  scope: "Namespaced",
  shortNames: ["ing"],
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    textColumn("Class", "IngressClass in charge.", ({ spec }) => spec.ingressClassName ?? "<none>"),
    textColumn("Hosts", "Hosts that requests are routed for.", ({ spec }) => hostsText(spec.rules ?? [])),
    textColumn("Address", "Where it can be reached.", addressText),
    textColumn("Ports", "Ports that are open.", ({ spec }) => ((spec.tls?.length ?? 0) > 0 ? "80, 443" : "80")),
    ageColumn,
  ],
  rules: {
    validate: validateIngress,
    validateCreate: validateNewIngress,
    validateStatusUpdate: validateIngressStatus,
    warnings,
  },
});

const maxHosts = 3;
function hostsText(rules: readonly IngressRule[]): string {
  const shown: string[] = [];
  let more = false;
  for (const { host } of rules)
    if (shown.length === maxHosts) more = true;
    else if (host) shown.push(host);
  const text = shown.join(",") || "*";
  return more ? `${text} + ${rules.length - maxHosts} more...` : text;
}
function addressText({ status }: Ingress): string {
  const addresses = (status.loadBalancer.ingress ?? []).map(({ ip, hostname }) => ip || hostname || "");
  return [...new Set(addresses.filter(Boolean))].toSorted().join(",");
}

function warnings({ metadata, spec, status }: Ingress, old?: Ingress): string[] {
  if (!old) {
    const byAnnotation = metadata.annotations?.[classAnnotation] !== undefined && spec.ingressClassName === undefined;
    return byAnnotation
      ? [`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`]
      : [];
  }
  if (sameValue(status, old.status)) return [];
  return (status.loadBalancer.ingress ?? []).flatMap(({ ip }, i) =>
    ip ? ipWarnings(`status.loadBalancer.ingress[${i}]`, ip) : [],
  );
}
