// Whether a webhook or a policy is for a request: its rules, with those that name another version of the resource, and the
// labels of the object and of its namespace.
import type { NamedRuleWithOperations } from "#api/admissionregistration/policy-schema.ts";
import { Namespace } from "#api/core/namespace.ts";
import { notFound } from "#api/errors.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import type { LabelRequirement } from "#api/label-selector.ts";
import type { LabelSelector } from "#api/meta/schema.ts";
import { matchesLabels, requirementsOf } from "#api/selectors.ts";
import type { AdmissionRequest } from "#server/admission/admission.ts";
import type { Registry } from "#server/registry.ts";
import { matchesNamedRule, type Target } from "./rules.ts";
import { equivalents } from "./versions.ts";

export interface CriteriaSource {
  /** Absent: every request is met. */
  readonly rules?: readonly NamedRuleWithOperations[] | undefined;
  readonly excluded?: readonly NamedRuleWithOperations[] | undefined;
  readonly matchPolicy?: string | undefined;
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly objectSelector?: LabelSelector | undefined;
}
/** Selectors read once. */
export interface Criteria {
  readonly rules: readonly NamedRuleWithOperations[] | undefined;
  readonly excluded: readonly NamedRuleWithOperations[];
  readonly matchesEquivalent: boolean;
  readonly namespaces: readonly LabelRequirement[];
  readonly objects: readonly LabelRequirement[];
}
export const criteriaOf = (source: CriteriaSource): Criteria => ({
  rules: source.rules,
  excluded: source.excluded ?? [],
  matchesEquivalent: source.matchPolicy !== "Exact",
  namespaces: requirementsOf(source.namespaceSelector ?? {}),
  objects: requirementsOf(source.objectSelector ?? {}),
});

const isNamespaceItself = ({ of }: AdmissionRequest): boolean => of.group === "" && of.plural === "namespaces";
export const namespaceOf = (request: AdmissionRequest): string =>
  isNamespaceItself(request) ? nameOf(request) : request.namespace;
/** "" where the name is still to be made up. */
export const nameOf = (request: AdmissionRequest): string => request.name || (request.object?.metadata?.name ?? "");

const targetOf = (request: AdmissionRequest, of: AnyKind): Target => ({
  group: of.group,
  version: of.version,
  plural: of.plural,
  subresource: request.subresource,
  operation: request.operation,
  namespace: namespaceOf(request),
  name: nameOf(request),
});

const configurations = new Set([
  "mutatingadmissionpolicies",
  "mutatingadmissionpolicybindings",
  "mutatingwebhookconfigurations",
  "validatingadmissionpolicies",
  "validatingadmissionpolicybindings",
  "validatingwebhookconfigurations",
]);
/** Nobody may be kept from taking back what refuses everything. */
export const isExempt = ({ of }: AdmissionRequest): boolean =>
  of.group === "admissionregistration.k8s.io" && configurations.has(of.plural);

function matchRules(registry: Registry, criteria: Criteria, request: AdmissionRequest): AnyKind | undefined {
  const own = targetOf(request, request.of);
  if (criteria.excluded.length > 0 && met(registry, criteria.excluded, criteria, request, own)) return undefined;
  return criteria.rules ? met(registry, criteria.rules, criteria, request, own) : request.of;
}
function met(
  registry: Registry,
  rules: readonly NamedRuleWithOperations[],
  { matchesEquivalent }: Criteria,
  request: AdmissionRequest,
  own: Target,
): AnyKind | undefined {
  if (rules.some((rule) => matchesNamedRule(rule, own))) return request.of;
  if (!matchesEquivalent || rules.length === 0) return undefined;
  const others = equivalents(registry, request);
  if (others.length === 0) return undefined;
  for (const rule of rules)
    for (const other of others) if (matchesNamedRule(rule, targetOf(request, other))) return other;
  return undefined;
}

const matchesObjectLabels = ({ objects }: Criteria, { object, old }: AdmissionRequest): boolean =>
  objects.length === 0 || [object, old].some((o) => o && matchesLabels(objects, (o as KubeObject).metadata?.labels));

/** Objects of the cluster, apart from Namespaces, have no namespace that could keep them out. */
async function matchesNamespaceLabels(
  registry: Registry,
  { namespaces }: Criteria,
  request: AdmissionRequest,
  signal: AbortSignal,
): Promise<boolean> {
  const name = namespaceOf(request);
  if (namespaces.length === 0 || (name === "" && !isNamespaceItself(request))) return true;
  const isWritten = isNamespaceItself(request) && request.subresource === "" && request.object !== undefined;
  if (isWritten) return matchesLabels(namespaces, request.object!.metadata?.labels as Record<string, string>);
  const namespace = await findNamespace(registry, name, signal);
  if (!namespace) throw notFound(Namespace, name);
  return matchesLabels(namespaces, namespace.metadata.labels);
}
/** The version in which a webhook or policy sees the request; undefined: it is not for the request. */
export async function versionFor(
  registry: Registry,
  criteria: Criteria,
  request: AdmissionRequest,
  signal: AbortSignal,
): Promise<AnyKind | undefined> {
  if (!matchesObjectLabels(criteria, request)) return undefined;
  const of = matchRules(registry, criteria, request);
  return of && (await matchesNamespaceLabels(registry, criteria, request, signal)) ? of : undefined;
}
/** Also one that was made a moment ago. */
export async function findNamespace(
  registry: Registry,
  name: string,
  signal: AbortSignal,
): Promise<Namespace | undefined> {
  const known = registry.get(Namespace, name);
  if (known) return known;
  await registry.storage.catchUp(signal);
  return registry.get(Namespace, name);
}
