// Rules for what a job makes of failed pods, and for when it counts as successful early.
import {
  type FieldError,
  duplicateValue,
  invalidPart,
  invalidValue,
  notSupported,
  requiredValue,
  tooLong,
  tooMany,
} from "#api/field-error.ts";
import { nonNegative, qualifiedName } from "#api/meta/checks.ts";
import type {
  JobSpec,
  PodFailurePolicy,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
  SuccessPolicy,
  SuccessPolicyRule,
} from "./job-schema.ts";
import { countIndexes, parseIndexes } from "./indexes.ts";

const maxRules = 20;
const maxPatterns = 20;
const maxExitCodes = 255;
const maxIndexesLength = 64 * 1024;
const actions = ["Count", "FailIndex", "FailJob", "Ignore"];
const operators = ["In", "NotIn"];
const statuses = ["False", "True", "Unknown"];

/** As a missing value's finding names the choices. */
const choices = (values: readonly string[]): string => `valid values: [${values.map((v) => `"${v}"`).join(" ")}]`;
function oneOf(found: FieldError[], field: string, value: string | undefined, values: readonly string[]): void {
  if (!value) found.push(requiredValue(field, choices(values)));
  else if (!values.includes(value)) found.push(notSupported(field, value, values));
}

export function validateFailurePolicy(
  found: FieldError[],
  field: string,
  policy: PodFailurePolicy,
  spec: JobSpec,
): void {
  const rules = policy.rules ?? [];
  if (rules.length > maxRules) found.push(tooMany(`${field}.rules`, rules.length, maxRules));
  for (const [i, rule] of rules.entries()) validateRule(found, `${field}.rules[${i}]`, rule, spec);
}
function validateRule(found: FieldError[], field: string, rule: PodFailurePolicyRule, spec: JobSpec): void {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  if (action !== "FailIndex") oneOf(found, `${field}.action`, action, actions);
  else if (spec.backoffLimitPerIndex === undefined)
    found.push(invalidValue(`${field}.action`, action, "requires the backoffLimitPerIndex to be set"));
  if (onExitCodes) validateExitCodes(found, `${field}.onExitCodes`, onExitCodes, spec);
  if (onPodConditions.length > 0) validatePatterns(found, `${field}.onPodConditions`, onPodConditions);
  if (onExitCodes && onPodConditions.length > 0)
    found.push(invalidPart(field, "specifying both OnExitCodes and OnPodConditions is not supported"));
  if (!onExitCodes && onPodConditions.length === 0)
    found.push(invalidPart(field, "specifying one of OnExitCodes and OnPodConditions is required"));
}
function validatePatterns(
  found: FieldError[],
  field: string,
  patterns: readonly PodFailurePolicyOnPodConditionsPattern[],
): void {
  if (patterns.length > maxPatterns) found.push(tooMany(field, patterns.length, maxPatterns));
  for (const [i, { type, status }] of patterns.entries()) {
    qualifiedName(found, `${field}[${i}].type`, type ?? "");
    oneOf(found, `${field}[${i}].status`, status, statuses);
  }
}
function validateExitCodes(
  found: FieldError[],
  field: string,
  test: PodFailurePolicyOnExitCodesRequirement,
  { template }: JobSpec,
): void {
  const { operator, containerName } = test;
  const values = test.values ?? [];
  oneOf(found, `${field}.operator`, operator, operators);
  const containers = [...(template.spec.containers ?? []), ...(template.spec.initContainers ?? [])];
  if (containerName !== undefined && !containers.some(({ name }) => name === containerName)) {
    const text = "must be one of the container or initContainer names in the pod template";
    found.push(invalidValue(`${field}.containerName`, containerName, text));
  }
  if (values.length === 0) found.push(invalidValue(`${field}.values`, test.values, "at least one value is required"));
  else if (values.length > maxExitCodes) found.push(tooMany(`${field}.values`, values.length, maxExitCodes));
  for (const [i, value] of values.entries()) {
    const at = `${field}.values[${i}]`;
    if (operator === "In" && value === 0) found.push(invalidValue(at, value, "must not be 0 for the In operator"));
    if (values.indexOf(value) < i) found.push(duplicateValue(at, value));
  }
  if (values.some((value, i) => i > 0 && values[i - 1]! > value))
    found.push(invalidValue(`${field}.values`, values, "must be ordered"));
}

export function validateSuccessPolicy(found: FieldError[], field: string, policy: SuccessPolicy, spec: JobSpec): void {
  const rules = policy.rules ?? [];
  if (rules.length === 0)
    found.push(
      requiredValue(`${field}.rules`, "at least one rules must be specified when the successPolicy is specified"),
    );
  if (rules.length > maxRules) found.push(tooMany(`${field}.rules`, rules.length, maxRules));
  for (const [i, rule] of rules.entries()) validateSuccess(found, `${field}.rules[${i}]`, rule, spec.completions ?? 0);
}
function validateSuccess(found: FieldError[], field: string, rule: SuccessPolicyRule, completions: number): void {
  const { succeededIndexes, succeededCount } = rule;
  if (succeededIndexes === undefined && succeededCount === undefined)
    found.push(requiredValue(field, "at least one of succeededCount or succeededIndexes must be specified"));
  let listed = 0;
  if (succeededIndexes !== undefined) {
    const at = `${field}.succeededIndexes`;
    if (succeededIndexes.length > maxIndexesLength) found.push(tooLong(at, maxIndexesLength));
    const list = parseIndexes(succeededIndexes, completions);
    if ("problem" in list)
      found.push(invalidValue(at, succeededIndexes, `error parsing succeededIndexes: ${list.problem}`));
    else listed = countIndexes(list.ranges);
  }
  if (succeededCount === undefined) return;
  const at = `${field}.succeededCount`;
  const atMost = (max: number, of: string): FieldError =>
    invalidValue(at, succeededCount, `must be less than or equal to ${max} (the number of ${of})`);
  nonNegative(found, at, succeededCount);
  if (succeededCount > completions) found.push(atMost(completions, "specified completions"));
  if (succeededIndexes !== undefined && succeededCount > listed)
    found.push(atMost(listed, "indexes in the specified succeededIndexes field"));
}
