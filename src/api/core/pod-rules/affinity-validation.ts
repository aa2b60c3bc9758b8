// Rules for where a pod may run: node selectors, affinities and tolerations.
import { type FieldError, forbiddenValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { isDnsLabel, isDnsSubdomain, isLabelValue } from "#api/names.ts";
import { invalidEach, labelValue, qualifiedName, supported } from "#api/meta/checks.ts";
import { validateLabelSelector } from "#api/meta/label-selector-validation.ts";
import type { LabelSelector } from "#api/meta/schema.ts";
import type {
  Affinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinityTerm,
  Toleration,
} from "#api/core/schema/node-selector.ts";

export const taintEffects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
const badOperator = "not a valid selector operator";
const weightText = "must be in the range 1-100";

/** `anyValue`: values need not be label values; so it is for what is merely preferred. */
function validateNodeRequirement(
  found: FieldError[],
  field: string,
  test: NodeSelectorRequirement,
  anyValue: boolean,
): void {
  const { key, operator, values = [] } = test;
  const at = `${field}.values`;
  if (operator === "In" || operator === "NotIn") {
    if (values.length === 0) found.push(requiredValue(at, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (values.length > 0)
      found.push(forbiddenValue(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  } else if (operator === "Gt" || operator === "Lt") {
    if (values.length !== 1)
      found.push(requiredValue(at, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
  } else found.push(invalidValue(`${field}.operator`, operator, badOperator));
  qualifiedName(found, `${field}.key`, key);
  if (!anyValue) for (const [i, value] of values.entries()) labelValue(found, `${at}[${i}]`, value);
}
function validateNodeField(found: FieldError[], field: string, test: NodeSelectorRequirement): void {
  const { key, operator, values = [] } = test;
  if (operator !== "In" && operator !== "NotIn") found.push(invalidValue(`${field}.operator`, operator, badOperator));
  else if (values.length !== 1)
    found.push(
      requiredValue(
        `${field}.values`,
        "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
      ),
    );
  if (key !== "metadata.name") found.push(invalidValue(`${field}.key`, key, "not a valid field selector key"));
  else
    for (const [i, value] of values.entries())
      invalidEach(found, `${field}.values[${i}]`, value, isDnsSubdomain(value));
}
function validateNodeTerm(found: FieldError[], field: string, term: NodeSelectorTerm, anyValue: boolean): void {
  for (const [i, test] of (term.matchExpressions ?? []).entries())
    validateNodeRequirement(found, `${field}.matchExpressions[${i}]`, test, anyValue);
  for (const [i, test] of (term.matchFields ?? []).entries())
    validateNodeField(found, `${field}.matchFields[${i}]`, test);
}
export function validateNodeSelector(found: FieldError[], field: string, selector: NodeSelector): void {
  const terms = selector.nodeSelectorTerms ?? [];
  const at = `${field}.nodeSelectorTerms`;
  if (terms.length === 0) found.push(requiredValue(at, "must have at least one node selector term"));
  for (const [i, term] of terms.entries()) validateNodeTerm(found, `${at}[${i}]`, term, false);
}

export function validateAffinity(found: FieldError[], field: string, affinity: Affinity | undefined): void {
  const required = "requiredDuringSchedulingIgnoredDuringExecution";
  const preferred = "preferredDuringSchedulingIgnoredDuringExecution";
  const node = affinity?.nodeAffinity;
  if (node?.[required]) validateNodeSelector(found, `${field}.nodeAffinity.${required}`, node[required]);
  for (const [i, { weight, preference }] of (node?.[preferred] ?? []).entries()) {
    const at = `${field}.nodeAffinity.${preferred}[${i}]`;
    validateWeight(found, at, weight);
    validateNodeTerm(found, `${at}.preference`, preference, true);
  }
  for (const name of ["podAffinity", "podAntiAffinity"] as const) {
    const pods = affinity?.[name];
    for (const [i, term] of (pods?.[required] ?? []).entries())
      validatePodTerm(found, `${field}.${name}.${required}[${i}]`, term);
    for (const [i, { weight, podAffinityTerm }] of (pods?.[preferred] ?? []).entries()) {
      const at = `${field}.${name}.${preferred}[${i}]`;
      validateWeight(found, at, weight);
      validatePodTerm(found, `${at}.podAffinityTerm`, podAffinityTerm);
    }
  }
}
function validateWeight(found: FieldError[], field: string, weight: number): void {
  if (weight <= 0 || weight > 100) found.push(invalidValue(`${field}.weight`, weight, weightText));
}
function validatePodTerm(found: FieldError[], field: string, term: PodAffinityTerm): void {
  validateLabelSelector(found, `${field}.labelSelector`, term.labelSelector);
  validateLabelSelector(found, `${field}.namespaceSelector`, term.namespaceSelector);
  for (const name of term.namespaces ?? []) invalidEach(found, `${field}.namespace`, name, isDnsLabel(name));
  validateLabelKeys(found, field, term.labelSelector, term.matchLabelKeys, term.mismatchLabelKeys);
  if (!term.topologyKey) found.push(requiredValue(`${field}.topologyKey`, "can not be empty"));
  qualifiedName(found, `${field}.topologyKey`, term.topologyKey);
}

/** Keys whose values are taken from the pod: they add to a selector and must not contradict it. */
export function validateLabelKeys(
  found: FieldError[],
  field: string,
  selector: LabelSelector | undefined,
  match: readonly string[] = [],
  mismatch: readonly string[] = [],
): void {
  keysNeedSelector(found, `${field}.matchLabelKeys`, match, selector);
  keysNeedSelector(found, `${field}.mismatchLabelKeys`, mismatch, selector);
  const seen = new Set(Object.keys(selector?.matchLabels ?? {}));
  for (const { key } of selector?.matchExpressions ?? []) {
    const i = match.lastIndexOf(key);
    if (i >= 0 && seen.has(key))
      found.push(invalidValue(`${field}[${i}]`, key, "exists in both matchLabelKeys and labelSelector"));
    seen.add(key);
  }
  for (const [i, key] of match.entries())
    if (mismatch.includes(key))
      found.push(
        invalidValue(`${field}.matchLabelKeys[${i}]`, key, "exists in both matchLabelKeys and mismatchLabelKeys"),
      );
}
function keysNeedSelector(
  found: FieldError[],
  field: string,
  keys: readonly string[],
  selector: LabelSelector | undefined,
): void {
  if (keys.length > 0 && !selector)
    found.push(forbiddenValue(field, "must not be specified when labelSelector is not set"));
  else for (const [i, key] of keys.entries()) qualifiedName(found, `${field}[${i}]`, key);
}

const tolerationOperators = ["Equal", "Exists"];
export function validateTolerations(found: FieldError[], field: string, tolerations: readonly Toleration[] = []): void {
  for (const [i, toleration] of tolerations.entries()) {
    const at = `${field}[${i}]`;
    const { key, operator = "", value = "", effect = "", tolerationSeconds } = toleration;
    if (key) qualifiedName(found, `${at}.key`, key);
    else if (operator !== "Exists")
      found.push(
        invalidValue(
          `${at}.operator`,
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    if (tolerationSeconds !== undefined && effect !== "NoExecute")
      found.push(invalidValue(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    if (operator === "Equal" || operator === "") {
      const messages = isLabelValue(value);
      if (messages.length > 0) found.push(invalidValue(`${at}.operator`, value, messages.join(";")));
    } else if (operator === "Exists") {
      if (value) found.push(invalidValue(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    } else {
      const list = operator === "Lt" || operator === "Gt" ? [...tolerationOperators, "Lt", "Gt"] : tolerationOperators;
      found.push(notSupported(`${at}.operator`, operator, list));
    }
    if (effect) supported(found, `${at}.effect`, effect, taintEffects);
  }
}
