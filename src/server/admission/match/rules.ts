// Which requests a rule of a webhook or a policy means, by operation and resource. Pure.
import type { NamedRuleWithOperations, RuleWithOperations } from "#api/admissionregistration/policy-schema.ts";
import type { GroupVersionResource } from "#api/kind.ts";
import type { Operation } from "#server/admission/admission.ts";

/** A request as rules see it. */
export interface Target extends GroupVersionResource {
  readonly subresource: string;
  readonly operation: Operation;
  /** Of a Namespace: its own name. */
  readonly namespace: string;
  readonly name: string;
}

export const matchesRule = (rule: RuleWithOperations, target: Target): boolean =>
  matchesScope(rule.scope, target) &&
  includes(rule.operations, target.operation) &&
  includes(rule.apiGroups, target.group) &&
  includes(rule.apiVersions, target.version) &&
  matchesResource(rule.resources, target);

/** No names are all names. */
export const matchesNamedRule = (rule: NamedRuleWithOperations, target: Target): boolean =>
  matchesRule(rule, target) && (!rule.resourceNames?.length || rule.resourceNames.includes(target.name));

const includes = (items: readonly string[] | undefined, wanted: string): boolean =>
  items?.some((item) => item === "*" || item === wanted) ?? false;

function matchesScope(scope: string | undefined, { group, plural, version, namespace }: Target): boolean {
  if (scope === undefined || scope === "*") return true;
  const isNamespaced = namespace !== "" && !(group === "" && version === "v1" && plural === "namespaces");
  return scope === (isNamespaced ? "Namespaced" : "Cluster");
}
const matchesResource = (resources: readonly string[] | undefined, { plural, subresource }: Target): boolean =>
  resources?.some((pattern) => {
    const [resource, sub = ""] = splitOnce(pattern);
    return (resource === "*" || resource === plural) && (sub === "*" || sub === subresource);
  }) ?? false;
function splitOnce(pattern: string): readonly [string, string?] {
  const slash = pattern.indexOf("/");
  return slash < 0 ? [pattern] : [pattern.slice(0, slash), pattern.slice(slash + 1)];
}
