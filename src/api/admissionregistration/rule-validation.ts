// Rules about which requests a webhook or an admission policy sees: resources, operations, selectors and conditions.
// Whether the expressions compile is not judged here: that is for whoever knows the expression language.
import {
  type FieldError,
  duplicateValue,
  invalidValue,
  notSupported,
  requiredValue,
  tooMany,
} from "#api/field-error.ts";
import { pathSegment, qualifiedName, givenOneOf, supported } from "#api/meta/checks.ts";
import { validateLabelSelector } from "#api/meta/label-selector-validation.ts";
import type { MatchCondition, MatchResources, NamedRuleWithOperations, RuleWithOperations } from "./policy-schema.ts";

export const failurePolicies = ["Fail", "Ignore"];
export const matchPolicies = ["Equivalent", "Exact"];
export const reinvocationPolicies = ["IfNeeded", "Never"];
const operations = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
const scopes = ["*", "Cluster", "Namespaced"];
const maxConditions = 64;

/** At least one, and nothing beside the one that stands for all. */
function validateList(found: FieldError[], field: string, list: readonly string[], what: string): void {
  if (list.length === 0) found.push(requiredValue(field));
  if (list.length > 1 && list.includes("*"))
    found.push(invalidValue(field, list, `if '*' is present, must not specify other ${what}`));
}
export function validateRule(found: FieldError[], field: string, rule: RuleWithOperations): void {
  validateList(found, `${field}.operations`, rule.operations ?? [], "operations");
  for (const [i, operation] of (rule.operations ?? []).entries())
    supported(found, `${field}.operations[${i}]`, operation, operations);
  validateList(found, `${field}.apiGroups`, rule.apiGroups ?? [], "API groups");
  validateList(found, `${field}.apiVersions`, rule.apiVersions ?? [], "API versions");
  for (const [i, version] of (rule.apiVersions ?? []).entries())
    if (!version) found.push(requiredValue(`${field}.apiVersions[${i}]`));
  validateResources(found, `${field}.resources`, rule.resources ?? []);
  if (rule.scope !== undefined) supported(found, `${field}.scope`, rule.scope, scopes);
}
function validateResources(found: FieldError[], field: string, resources: readonly string[]): void {
  if (resources.length === 0) found.push(requiredValue(field));
  const [allOf, everywhere] = [new Set<string>(), new Set<string>()];
  for (const [i, name] of resources.entries()) {
    if (!name) found.push(requiredValue(`${field}[${i}]`));
    const slash = name.indexOf("/");
    if (slash < 0) continue;
    const [resource, part] = [name.slice(0, slash), name.slice(slash + 1)];
    const refuse = (present: string): void =>
      void found.push(invalidValue(`${field}[${i}]`, name, `if '${present}' is present, must not specify ${name}`));
    if (allOf.has(resource)) refuse(`${resource}/*`);
    if (everywhere.has(part)) refuse(`*/${part}`);
    if (part === "*") allOf.add(resource);
    if (resource === "*") everywhere.add(part);
  }
  if (resources.length > 1 && resources.includes("*/*"))
    found.push(invalidValue(field, resources, "if '*/*' is present, must not specify other resources"));
  // As upstream has it, the last one without a subresource decides.
  const whole = resources.findLast((name) => name && !name.includes("/"));
  if (resources.includes("*") && whole !== undefined && whole !== "*") {
    const text = "if '*' is present, must not specify other resources without subresources";
    found.push(invalidValue(field, resources, text));
  }
}
function validateNamedRule(found: FieldError[], field: string, rule: NamedRuleWithOperations): void {
  const names = rule.resourceNames ?? [];
  for (const [i, name] of names.entries()) {
    pathSegment(found, `${field}.resourceNames[${i}]`, name);
    if (names.indexOf(name) < i) found.push(duplicateValue(`${field}.resourceNames[${i}]`, name));
  }
  validateRule(found, field, rule);
}

export function validateMatchResources(found: FieldError[], field: string, match: MatchResources): void {
  givenOneOf(found, `${field}.matchPolicy`, match.matchPolicy, matchPolicies);
  for (const name of ["namespaceSelector", "objectSelector"] as const)
    if (match[name]) validateLabelSelector(found, `${field}.${name}`, match[name]);
    else found.push(requiredValue(`${field}.${name}`));
  for (const name of ["resourceRules", "excludeResourceRules"] as const)
    for (const [i, rule] of (match[name] ?? []).entries()) validateNamedRule(found, `${field}.${name}[${i}]`, rule);
}
export function validateMatchConditions(
  found: FieldError[],
  field: string,
  conditions: readonly MatchCondition[] = [],
): void {
  if (conditions.length > maxConditions) found.push(tooMany(field, conditions.length, maxConditions));
  const names = new Set<string>();
  for (const [i, { name, expression }] of conditions.entries()) {
    if (!expression?.trim()) found.push(requiredValue(`${field}[${i}].expression`));
    if (name) qualifiedName(found, `${field}[${i}].name`, name);
    else found.push(requiredValue(`${field}[${i}].name`));
    if (name && names.has(name)) found.push(duplicateValue(`${field}[${i}].name`, name));
    names.add(name);
  }
}
/** One of a closed list, if it is given. */
export function optionalOneOf(
  found: FieldError[],
  field: string,
  value: string | undefined,
  list: readonly string[],
): void {
  if (value !== undefined && !list.includes(value)) found.push(notSupported(field, value, list));
}
