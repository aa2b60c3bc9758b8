// Rules for quotas: names that are counted, and properties that narrow down which objects are.
import { type FieldError, invalidValue, requiredValue } from "#api/field-error.ts";
import { isStandardQuotaResource, validateAmount, validateQuotaName } from "#api/core/pod-rules/resource-names.ts";
import { ResourceQuotaSpec, ScopeSelector } from "#api/core/schema/quota.ts";
import type { ResourceQuota, ScopedResourceSelectorRequirement } from "#api/core/schema/quota.ts";
import { immutableText } from "#api/meta/checks.ts";
import { goStruct } from "#api/meta/go-struct.ts";

const podCount = ["pods"];
const podUse = ["cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];
/** What objects with a property may be counted by. */
const countedBy: Readonly<Record<string, readonly string[]>> = {
  Terminating: [...podCount, ...podUse],
  NotTerminating: [...podCount, ...podUse],
  NotBestEffort: [...podCount, ...podUse],
  PriorityClass: [...podCount, ...podUse],
  CrossNamespacePodAffinity: [...podCount, ...podUse],
  BestEffort: podCount,
  VolumeAttributesClass: ["persistentvolumeclaims", "requests.storage"],
};
const yesOrNo = ["Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "CrossNamespacePodAffinity"];
const opposites = [
  ["BestEffort", "NotBestEffort"],
  ["Terminating", "NotTerminating"],
] as const;

export function validateQuota({ spec }: ResourceQuota): FieldError[] {
  const found: FieldError[] = [];
  validateAmounts(found, "spec.hard", spec.hard);
  validateScopes(found, "spec.scopes", spec);
  validateSelector(found, "spec.scopeSelector.matchExpressions", spec);
  return found;
}
export function validateQuotaUpdate({ spec }: ResourceQuota, old: ResourceQuota): FieldError[] {
  const [now, before] = [new Set(spec.scopes), new Set(old.spec.scopes)];
  return now.symmetricDifference(before).size > 0 ? [invalidValue("spec.scopes", spec.scopes, immutableText)] : [];
}
export function validateQuotaStatus({ status }: ResourceQuota): FieldError[] {
  const found: FieldError[] = [];
  validateAmounts(found, "status.hard", status.hard);
  validateAmounts(found, "status.used", status.used);
  return found;
}
function validateAmounts(found: FieldError[], field: string, amounts: Readonly<Record<string, string>> = {}): void {
  for (const [name, amount] of Object.entries(amounts)) {
    validateQuotaName(found, `${field}[${name}]`, name);
    validateAmount(found, `${field}[${name}]`, name, amount);
  }
}
/** One finding for each resource that a property does not go with. */
const unfit = (scope: string, { hard = {} }: ResourceQuotaSpec): number =>
  Object.keys(hard).filter((name) => isStandardQuotaResource(name) && countedBy[scope]?.includes(name) === false)
    .length;
const contradicts = (scopes: readonly string[]): number =>
  opposites.filter(([one, other]) => scopes.includes(one) && scopes.includes(other)).length;

function validateScopes(found: FieldError[], field: string, spec: ResourceQuotaSpec): void {
  const { scopes = [] } = spec;
  const refuse = (text: string): void => void found.push(invalidValue(field, scopes, text));
  for (const scope of scopes) {
    if (!countedBy[scope]) refuse("unsupported scope");
    for (let i = unfit(scope, spec); i > 0; i--) refuse("unsupported scope applied to resource");
  }
  for (let i = contradicts(scopes); i > 0; i--) refuse("conflicting scopes");
}
function validateSelector(found: FieldError[], field: string, spec: ResourceQuotaSpec): void {
  const tests = spec.scopeSelector?.matchExpressions ?? [];
  for (const test of tests) {
    const { scopeName = "" } = test;
    if (!countedBy[scopeName]) found.push(invalidValue(`${field}.scopeName`, scopeName, "unsupported scope"));
    for (let i = unfit(scopeName, spec); i > 0; i--) {
      const shown = goStruct(ScopeSelector, spec.scopeSelector);
      found.push(invalidValue(field, shown, "unsupported scope applied to resource"));
    }
    validateTest(found, field, test);
  }
  for (let i = contradicts(tests.map(({ scopeName }) => scopeName)); i > 0; i--)
    found.push(invalidValue(field, spec.scopes, "conflicting scopes"));
}
function validateTest(found: FieldError[], field: string, test: ScopedResourceSelectorRequirement): void {
  const { scopeName, operator = "", values = [] } = test;
  if (yesOrNo.includes(scopeName) && operator !== "Exists") {
    const text =
      "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
    found.push(invalidValue(`${field}.operator`, operator, text));
  }
  if (operator === "In" || operator === "NotIn") {
    const text = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    if (values.length === 0) found.push(requiredValue(`${field}.values`, text));
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    const text = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
    if (values.length > 0) found.push(invalidValue(`${field}.values`, values, text));
  } else found.push(invalidValue(`${field}.operator`, operator, "not a valid selector operator"));
}
