// The audit policy (audit.k8s.io/v1): of which requests how much is noted, by the first rule that matches.
import type { RequestInfo, UserInfo } from "#server/pipeline.ts";

export const levels = ["None", "Metadata", "Request", "RequestResponse"] as const;
export type AuditLevel = (typeof levels)[number];
export const stages = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"] as const;
export type AuditStage = (typeof stages)[number];

interface GroupResources {
  readonly group?: string;
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}
export interface PolicyRule {
  readonly level: AuditLevel;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly GroupResources[];
  readonly namespaces?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly omitStages?: readonly AuditStage[];
  readonly omitManagedFields?: boolean;
}
export interface AuditPolicy {
  readonly rules: readonly PolicyRule[];
  readonly omitStages?: readonly AuditStage[];
  readonly omitManagedFields?: boolean;
}
/** What is noted of one request. */
export interface AuditConfig {
  readonly level: AuditLevel;
  readonly omits: ReadonlySet<AuditStage>;
  readonly omitManagedFields: boolean;
}
export interface AuditAsked {
  readonly user: UserInfo | undefined;
  readonly info: RequestInfo;
  readonly path: string;
}

/** What is wrong with a policy, by field; empty: nothing. */
export function policyProblems(value: unknown): string[] {
  const policy = value as Partial<AuditPolicy> & { readonly kind?: string; readonly apiVersion?: string };
  if (policy?.apiVersion !== "audit.k8s.io/v1" || policy.kind !== "Policy")
    return ["it must be a Policy of audit.k8s.io/v1"];
  if (!Array.isArray(policy.rules) || policy.rules.length === 0) return ["rules: at least one is needed"];
  return [...stageProblems("omitStages", policy.omitStages), ...policy.rules.flatMap(ruleProblems)];
}
function ruleProblems(rule: PolicyRule, i: number): string[] {
  const at = `rules[${i}]`;
  const found = stageProblems(`${at}.omitStages`, rule.omitStages);
  if (!levels.includes(rule.level)) found.push(`${at}.level: must be one of ${levels.join(", ")}`);
  const urls = rule.nonResourceURLs ?? [];
  if (urls.length > 0 && ((rule.resources ?? []).length > 0 || (rule.namespaces ?? []).length > 0))
    found.push(`${at}.nonResourceURLs: rules cannot apply to both regular resources and non-resource URLs`);
  for (const [j, url] of urls.entries())
    if (url !== "*" && (!url.startsWith("/") || url.slice(0, -1).includes("*")))
      found.push(`${at}.nonResourceURLs[${j}]: must begin with a slash, and a * may stand at the end only`);
  for (const [j, { resources = [], resourceNames = [] }] of (rule.resources ?? []).entries())
    if (resourceNames.length > 0 && resources.length === 0)
      found.push(`${at}.resources[${j}].resourceNames: using resourceNames requires at least one resource`);
  return found;
}
const stageProblems = (field: string, given: readonly AuditStage[] | undefined): string[] =>
  (given ?? []).flatMap((stage, i) =>
    stages.includes(stage) ? [] : [`${field}[${i}]: must be one of ${stages.join(", ")}`],
  );

function namesResource({ resources = [], resourceNames = [] }: GroupResources, info: RequestInfo): boolean {
  if (resources.length === 0) return true;
  if (resourceNames.length > 0 && !resourceNames.includes(info.name)) return false;
  const { resource, subresource } = info;
  const whole = subresource ? `${resource}/${subresource}` : resource;
  return resources.some(
    (one) =>
      one === "*" || one === whole || one === `${resource}/*` || (subresource !== "" && one === `*/${subresource}`),
  );
}
const namesPath = (urls: readonly string[], path: string): boolean =>
  urls.some((url) => url === "*" || url === path || (url.endsWith("*") && path.startsWith(url.slice(0, -1))));

function matches(rule: PolicyRule, { user, info, path }: AuditAsked): boolean {
  const { users = [], userGroups = [], verbs = [], resources = [], namespaces = [], nonResourceURLs = [] } = rule;
  if (users.length > 0 && !(user && users.includes(user.name))) return false;
  if (userGroups.length > 0 && !user?.groups.some((group) => userGroups.includes(group))) return false;
  if (verbs.length > 0 && !verbs.includes(info.verb)) return false;
  if (namespaces.length > 0 || resources.length > 0) {
    if (!info.isResource || (namespaces.length > 0 && !namespaces.includes(info.namespace))) return false;
    if (resources.length === 0) return true;
    return resources.some((one) => (one.group === "*" || (one.group ?? "") === info.group) && namesResource(one, info));
  }
  return nonResourceURLs.length === 0 || (!info.isResource && namesPath(nonResourceURLs, path));
}

/** A function from requests to what is noted of them. */
export function compilePolicy(policy: AuditPolicy): (asked: AuditAsked) => AuditConfig {
  const configOf = (rule: PolicyRule): AuditConfig => ({
    level: rule.level,
    omits: new Set([...(policy.omitStages ?? []), ...(rule.omitStages ?? [])]),
    omitManagedFields: rule.omitManagedFields ?? policy.omitManagedFields ?? false,
  });
  const rules = policy.rules.map((rule) => ({ rule, config: configOf(rule) }));
  const nothing = configOf({ level: "None" });
  return (asked) => rules.find(({ rule }) => matches(rule, asked))?.config ?? nothing;
}
export const atLeast = (level: AuditLevel, wanted: AuditLevel): boolean =>
  levels.indexOf(level) >= levels.indexOf(wanted);
