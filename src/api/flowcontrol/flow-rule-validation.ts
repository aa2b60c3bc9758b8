// Rules for what a flow schema matches: senders, and requests for resources or other paths.
import { type FieldError, forbiddenValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { isDnsLabel } from "#api/names.ts";
import { dnsLabel, dnsSubdomain } from "#api/meta/checks.ts";
import type {
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  ServiceAccountSubject,
  Subject,
} from "./schema.ts";

const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];

export function validateFlowRule(found: FieldError[], field: string, rule: PolicyRulesWithSubjects): void {
  const { subjects = [], resourceRules = [], nonResourceRules = [] } = rule;
  if (subjects.length === 0) found.push(requiredValue(`${field}.subjects`, "subjects must contain at least one value"));
  for (const [i, subject] of subjects.entries()) validateSubject(found, `${field}.subjects[${i}]`, subject);
  if (resourceRules.length === 0 && nonResourceRules.length === 0)
    found.push(requiredValue(field, "at least one of resourceRules and nonResourceRules has to be non-empty"));
  for (const [i, resources] of resourceRules.entries())
    validateResources(found, `${field}.resourceRules[${i}]`, resources);
  for (const [i, paths] of nonResourceRules.entries()) validatePaths(found, `${field}.nonResourceRules[${i}]`, paths);
}

const parts = { ServiceAccount: "serviceAccount", User: "user", Group: "group" } as const;
function validateSubject(found: FieldError[], field: string, subject: Subject): void {
  const { kind = "" } = subject;
  const part = parts[kind as keyof typeof parts];
  if (!part) return void found.push(notSupported(`${field}.kind`, kind, Object.keys(parts).toSorted()));
  const given = subject[part];
  if (!given) found.push(requiredValue(`${field}.${part}`, `${part} is required when subject kind is '${kind}'`));
  else if ("namespace" in given || part === "serviceAccount")
    validateAccount(found, `${field}.${part}`, given as ServiceAccountSubject);
  else if (!given.name) found.push(requiredValue(`${field}.${part}.name`));
  for (const [other, name] of Object.entries(parts))
    if (name !== part && subject[name])
      found.push(forbiddenValue(`${field}.${name}`, `${name} is forbidden when subject kind is not '${other}'`));
}
function validateAccount(found: FieldError[], field: string, { name, namespace }: ServiceAccountSubject): void {
  if (!name) found.push(requiredValue(`${field}.name`));
  else if (name !== "*") dnsSubdomain(found, `${field}.name`, name);
  if (namespace) dnsLabel(found, `${field}.namespace`, namespace);
  else found.push(requiredValue(`${field}.namespace`, "must specify namespace for service account"));
}

/** The star stands alone. */
function alone(found: FieldError[], field: string, list: readonly string[], what: string): void {
  if (list.length > 1 && list.includes("*"))
    found.push(invalidValue(field, list, `if '*' is present, must not specify other ${what}`));
}
function validateVerbs(found: FieldError[], field: string, given: readonly string[]): void {
  if (given.length === 0) found.push(requiredValue(field, "verbs must contain at least one value"));
  else if (!given.includes("*") && !given.every((verb) => verbs.includes(verb)))
    found.push(notSupported(field, given, verbs));
  alone(found, field, given, "verbs");
}
function validateResources(found: FieldError[], field: string, rule: ResourcePolicyRule): void {
  validateVerbs(found, `${field}.verbs`, rule.verbs ?? []);
  const list = (name: "apiGroups" | "resources", missing: string, what: string): void => {
    const given = rule[name] ?? [];
    if (given.length === 0) found.push(requiredValue(`${field}.${name}`, missing));
    alone(found, `${field}.${name}`, given, what);
  };
  list("apiGroups", "resource rules must supply at least one api group", "api groups");
  list("resources", "resource rules must supply at least one resource", "resources");
  const { namespaces = [], clusterScope = false } = rule;
  const at = `${field}.namespaces`;
  if (namespaces.length === 0 && !clusterScope) {
    const text = "resource rules that are not cluster scoped must supply at least one namespace";
    found.push(requiredValue(at, text));
  }
  alone(found, at, namespaces, "namespaces");
  if (namespaces.includes("*")) return;
  for (const [i, namespace] of namespaces.entries())
    for (const problem of isDnsLabel(namespace))
      found.push(
        invalidValue(`${at}[${i}]`, namespace, `each member of this list must be '*' or a DNS-1123 label; ${problem}`),
      );
}
function validatePaths(found: FieldError[], field: string, rule: NonResourcePolicyRule): void {
  validateVerbs(found, `${field}.verbs`, rule.verbs ?? []);
  const paths = rule.nonResourceURLs ?? [];
  const at = `${field}.nonResourceURLs`;
  if (paths.length === 0) found.push(requiredValue(at, "nonResourceURLs must contain at least one value"));
  alone(found, at, paths, "non-resource URLs");
  if (paths.includes("*")) return;
  for (const [i, path] of paths.entries()) {
    const problem = pathProblem(path);
    if (problem) found.push(invalidValue(`${at}[${i}]`, path, problem));
  }
}
function pathProblem(path: string): string | undefined {
  if (path === "") return "must not be empty";
  if (path === "/") return undefined;
  if (!path.startsWith("/")) return "must start with slash";
  if (path.includes(" ")) return "must not contain white-space";
  if (path.includes("//")) return "must not contain double slash";
  const star = path.indexOf("*");
  return star >= 0 && !(star === path.length - 1 && path.endsWith("/*"))
    ? "wildcard can only do suffix matching"
    : undefined;
}
