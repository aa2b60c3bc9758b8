// RBAC's pure part: whether a rule covers a request, and whether a set of rules covers another rule.
import type { PolicyRule } from "#api/rbac/schema.ts";

/** What is asked, in the words of a rule. */
export interface Attributes {
  readonly verb: string;
  readonly isResource: boolean;
  readonly group: string;
  /** Plural, with "/subresource" where there is one. */
  readonly resource: string;
  readonly name: string;
  /** "" for cluster-wide requests. */
  readonly namespace: string;
  /** For requests that are not about a resource. */
  readonly path: string;
  /** As the query has it; what is not limited by one has none. */
  readonly fieldSelector?: string;
}

const has = (values: readonly string[] | undefined, wanted: string): boolean =>
  values !== undefined && (values.includes("*") || values.includes(wanted));

function coversResource(resources: readonly string[] | undefined, wanted: string): boolean {
  if (has(resources, wanted)) return true;
  const slash = wanted.indexOf("/");
  return slash >= 0 && (resources?.includes(`*${wanted.slice(slash)}`) ?? false);
}
const coversPath = (paths: readonly string[] | undefined, wanted: string): boolean =>
  paths?.some((p) => p === "*" || p === wanted || (p.endsWith("*") && wanted.startsWith(p.slice(0, -1)))) ?? false;

/** Whether `rule` allows what `asked` describes. */
export function ruleAllows(rule: PolicyRule, asked: Attributes): boolean {
  if (!has(rule.verbs, asked.verb)) return false;
  if (!asked.isResource) return coversPath(rule.nonResourceURLs, asked.path);
  return (
    has(rule.apiGroups, asked.group) &&
    coversResource(rule.resources, asked.resource) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(asked.name))
  );
}

/** A rule taken apart into rules of one verb, group, resource and name each. */
function* single(rule: PolicyRule): Iterable<PolicyRule> {
  for (const verb of rule.verbs ?? []) {
    for (const url of rule.nonResourceURLs ?? []) yield { verbs: [verb], nonResourceURLs: [url] };
    for (const group of rule.apiGroups ?? [])
      for (const resource of rule.resources ?? []) {
        const base = { verbs: [verb], apiGroups: [group], resources: [resource] };
        if (!rule.resourceNames?.length) yield base;
        for (const name of rule.resourceNames ?? []) yield { ...base, resourceNames: [name] };
      }
  }
}
function coversSingle(owner: PolicyRule, asked: PolicyRule): boolean {
  if (!has(owner.verbs, asked.verbs[0]!)) return false;
  const url = asked.nonResourceURLs?.[0];
  if (url !== undefined) return coversPath(owner.nonResourceURLs, url);
  const names = owner.resourceNames ?? [];
  const name = asked.resourceNames?.[0];
  return (
    has(owner.apiGroups, asked.apiGroups![0]!) &&
    coversResource(owner.resources, asked.resources![0]!) &&
    (names.length === 0 || (name !== undefined && names.includes(name)))
  );
}
/** The parts of `wanted` that `owned` does not cover; empty when it covers all. */
export const uncovered = (owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] =>
  wanted.flatMap((rule) => [...single(rule)].filter((one) => !owned.some((o) => coversSingle(o, one))));

/** Rules about one resource each, with all their verbs in one; others stay as they are. */
export function compactRules(rules: readonly PolicyRule[]): PolicyRule[] {
  const simple = new Map<string, PolicyRule>();
  const others: PolicyRule[] = [];
  for (const rule of rules) {
    const isSimple = rule.resources?.length === 1 && rule.apiGroups?.length === 1 && !rule.resourceNames?.length;
    const key = `${rule.apiGroups?.[0] ?? ""}/${rule.resources?.[0] ?? ""}`;
    const known = simple.get(key);
    if (isSimple) simple.set(key, known ? { ...known, verbs: [...known.verbs, ...rule.verbs] } : rule);
    else others.push(rule);
  }
  return [...others, ...simple.values()];
}

/** As upstream prints a rule in its refusals. */
export function ruleText(rule: PolicyRule): string {
  const list = (name: string, values: readonly string[] | undefined): string[] =>
    values?.length ? [`${name}:[${values.map((v) => JSON.stringify(v)).join(" ")}]`] : [];
  return `{${[
    ...list("APIGroups", rule.apiGroups),
    ...list("Resources", rule.resources),
    ...list("NonResourceURLs", rule.nonResourceURLs),
    ...list("ResourceNames", rule.resourceNames),
    ...list("Verbs", rule.verbs),
  ].join(", ")}}`;
}
