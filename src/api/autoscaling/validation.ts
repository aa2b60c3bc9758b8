// Rules for autoscalers. What was stored before a rule came is let through for as long as it stays the same.
import { type FieldError, forbiddenValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { parseApiVersion } from "#api/kind.ts";
import { isPathSegment } from "#api/names.ts";
import { compareQuantity } from "#api/quantity.ts";
import { validateContainerResourceName } from "#api/core/pod-rules/resource-names.ts";
import {
  dnsLabel,
  invalidEach,
  nonNegative,
  nonNegativeQuantity,
  notPositiveText,
  supported,
} from "#api/meta/checks.ts";
import type {
  CrossVersionObjectReference,
  HPAScalingPolicy,
  HPAScalingRules,
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerSpec,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
} from "./schema.ts";

const maxWindowSeconds = 3600;
const maxPeriodSeconds = 1800;
const targetField = "spec.scaleTargetRef";

export function validateAutoscaler({ spec }: HorizontalPodAutoscaler): FieldError[] {
  const found: FieldError[] = [];
  const { minReplicas, maxReplicas = 0, metrics = [], behavior } = spec;
  const field = "spec.maxReplicas";
  if (maxReplicas === 0) found.push(requiredValue(field, "must be set and greater than 0"));
  else if (maxReplicas < 0) found.push(invalidValue(field, maxReplicas, "must be greater than or equal to 1"));
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    found.push(invalidValue(field, maxReplicas, "must be greater than or equal to `minReplicas`"));
  validateReference(found, targetField, spec.scaleTargetRef);
  for (const [i, metric] of metrics.entries()) validateMetric(found, `spec.metrics[${i}]`, metric);
  if (minReplicas === 0 && !metrics.some(({ type }) => type === "Object" || type === "External")) {
    const text = "must specify at least one Object or External metric to support scaling to zero replicas";
    found.push(forbiddenValue("spec.metrics", text));
  }
  for (const direction of ["scaleUp", "scaleDown"] as const)
    validateRules(found, `spec.behavior.${direction}`, behavior?.[direction]);
  return found;
}
export function validateNewAutoscaler({ spec }: HorizontalPodAutoscaler): FieldError[] {
  const found: FieldError[] = [];
  validateMinimum(found, spec, 1);
  validateTargetVersion(found, spec);
  validateObjectVersions(found, spec);
  return found;
}
export function validateAutoscalerUpdate(
  { spec }: HorizontalPodAutoscaler,
  old: HorizontalPodAutoscaler,
): FieldError[] {
  const found: FieldError[] = [];
  validateMinimum(found, spec, old.spec.minReplicas === 0 ? 0 : 1);
  const [now, before] = [spec.scaleTargetRef, old.spec.scaleTargetRef];
  if (now.apiVersion !== before.apiVersion || now.kind !== before.kind) validateTargetVersion(found, spec);
  const wasRight = (old.spec.metrics ?? []).every(({ object }) => !versionProblem(object?.describedObject.apiVersion));
  if (wasRight) validateObjectVersions(found, spec);
  return found;
}
export function validateAutoscalerStatus({ status }: HorizontalPodAutoscaler): FieldError[] {
  const found: FieldError[] = [];
  nonNegative(found, "status.currentReplicas", status.currentReplicas);
  nonNegative(found, "status.desiredReplicas", status.desiredReplicas);
  return found;
}

function validateMinimum(found: FieldError[], { minReplicas }: HorizontalPodAutoscalerSpec, least: number): void {
  if (minReplicas !== undefined && minReplicas < least)
    found.push(invalidValue("spec.minReplicas", minReplicas, `must be greater than or equal to ${least}`));
}
/** Only a ReplicationController is scaled in a group without a name. */
function validateTargetVersion(found: FieldError[], { scaleTargetRef }: HorizontalPodAutoscalerSpec): void {
  const { apiVersion = "", kind } = scaleTargetRef;
  const bare = kind !== "ReplicationController" && parseApiVersion(apiVersion).group === "";
  const problem = versionProblem(apiVersion) ?? (bare ? "apiVersion must specify API group" : undefined);
  if (problem) found.push(invalidValue(`${targetField}.apiVersion`, apiVersion, problem));
}
function validateObjectVersions(found: FieldError[], { metrics = [] }: HorizontalPodAutoscalerSpec): void {
  for (const [i, { object }] of metrics.entries()) {
    const { apiVersion } = object?.describedObject ?? {};
    const problem = versionProblem(apiVersion);
    if (problem) found.push(invalidValue(`spec.metrics[${i}].object.describedObject.apiVersion`, apiVersion, problem));
  }
}
const versionProblem = (apiVersion = ""): string | undefined =>
  apiVersion.split("/").length > 2 ? `unexpected GroupVersion string: ${apiVersion}` : undefined;
function validateReference(found: FieldError[], field: string, reference: CrossVersionObjectReference): void {
  for (const part of ["kind", "name"] as const) validatePart(found, `${field}.${part}`, reference[part], "");
}
function validatePart(found: FieldError[], field: string, value: string | undefined, missing: string): void {
  if (value) invalidEach(found, field, value, isPathSegment(value));
  else found.push(requiredValue(field, missing));
}

function validateRules(found: FieldError[], field: string, rules: HPAScalingRules | undefined): void {
  if (!rules) return;
  const { stabilizationWindowSeconds: seconds = 0, selectPolicy, policies = [], tolerance } = rules;
  const at = `${field}.stabilizationWindowSeconds`;
  if (seconds < 0) found.push(invalidValue(at, seconds, "must be greater than or equal to zero"));
  if (seconds > maxWindowSeconds)
    found.push(invalidValue(at, seconds, `must be less than or equal to ${maxWindowSeconds}`));
  if (selectPolicy !== undefined) supported(found, `${field}.selectPolicy`, selectPolicy, ["Disabled", "Max", "Min"]);
  if (policies.length === 0) found.push(requiredValue(`${field}.policies`, "must specify at least one Policy"));
  for (const [i, policy] of policies.entries()) validatePolicy(found, `${field}.policies[${i}]`, policy);
  if (tolerance !== undefined) nonNegativeQuantity(found, `${field}.tolerance`, tolerance);
}
function validatePolicy(found: FieldError[], field: string, policy: HPAScalingPolicy): void {
  const { type, value = 0, periodSeconds = 0 } = policy;
  supported(found, `${field}.type`, type, ["Percent", "Pods"]);
  if (value <= 0) found.push(invalidValue(`${field}.value`, value, notPositiveText));
  if (periodSeconds <= 0) found.push(invalidValue(`${field}.periodSeconds`, periodSeconds, notPositiveText));
  if (periodSeconds > maxPeriodSeconds) {
    const text = `must be less than or equal to ${maxPeriodSeconds}`;
    found.push(invalidValue(`${field}.periodSeconds`, periodSeconds, text));
  }
}

/** In the order in which they are looked at; only the first one that is given is judged in depth. */
const sources = ["object", "external", "pods", "resource", "containerResource"] as const;
type Source = (typeof sources)[number];
const sourceOf: Readonly<Record<string, Source>> = {
  Object: "object",
  External: "external",
  Pods: "pods",
  Resource: "resource",
  ContainerResource: "containerResource",
};
const types = Object.keys(sourceOf).toSorted();

function validateMetric(found: FieldError[], field: string, metric: MetricSpec): void {
  const { type = "" } = metric;
  const wanted = sourceOf[type];
  if (!type) found.push(requiredValue(`${field}.type`, "must specify a metric source type"));
  if (!wanted) found.push(notSupported(`${field}.type`, type, types));
  const given = sources.filter((source) => metric[source]);
  const [first] = given;
  if (first) validateSource[first](found, `${field}.${first}`, metric);
  if (!wanted) found.push(notSupported(`${field}.type`, type, types));
  else if (!metric[wanted])
    found.push(requiredValue(`${field}.${wanted}`, "must populate information for the given metric source"));
  if (given.length > 1)
    for (const source of given)
      if (source !== wanted)
        found.push(forbiddenValue(`${field}.${source}`, "must populate the given metric source only"));
}

const validateSource: Record<Source, (found: FieldError[], field: string, metric: MetricSpec) => void> = {
  object(found, field, { object }) {
    validateReference(found, `${field}.describedObject`, object!.describedObject);
    validateIdentifier(found, `${field}.metric`, object!.metric);
    validateTarget(found, `${field}.target`, object!.target);
    oneValue(found, `${field}.target`, object!.target, "must set either a target value or averageValue");
  },
  external(found, field, { external }) {
    const { metric, target } = external!;
    validateIdentifier(found, `${field}.metric`, metric);
    validateTarget(found, `${field}.target`, target);
    oneValue(found, `${field}.target`, target, "must set either a target value for metric or a per-pod target");
    if (target.value !== undefined && target.averageValue !== undefined) {
      const text = "may not set both a target value for metric and a per-pod target";
      found.push(forbiddenValue(`${field}.target.value`, text));
    }
  },
  pods(found, field, { pods }) {
    validateIdentifier(found, `${field}.metric`, pods!.metric);
    validateTarget(found, `${field}.target`, pods!.target);
    if (pods!.target.averageValue === undefined)
      found.push(requiredValue(`${field}.target.averageValue`, "must specify a positive target averageValue"));
  },
  resource(found, field, { resource }) {
    if (!resource!.name) found.push(requiredValue(`${field}.name`, "must specify a resource name"));
    validateUse(found, `${field}.target`, resource!.target);
  },
  containerResource(found, field, { containerResource }) {
    const { name, container, target } = containerResource!;
    if (name) validateContainerResourceName(found, `${field}.name`, name);
    else found.push(requiredValue(`${field}.name`, "must specify a resource name"));
    if (container) dnsLabel(found, `${field}.container`, container);
    else found.push(requiredValue(`${field}.container`, "must specify a container"));
    validateUse(found, `${field}.target`, target);
  },
};
function oneValue(found: FieldError[], field: string, target: MetricTarget, text: string): void {
  if (target.value === undefined && target.averageValue === undefined)
    found.push(requiredValue(`${field}.averageValue`, text));
}
function validateUse(found: FieldError[], field: string, target: MetricTarget): void {
  validateTarget(found, field, target);
  const { averageUtilization, averageValue } = target;
  if (averageUtilization === undefined && averageValue === undefined) {
    const text = "must set either a target raw value or a target utilization";
    found.push(requiredValue(`${field}.averageUtilization`, text));
  }
  if (averageUtilization !== undefined && averageValue !== undefined) {
    const text = "may not set both a target raw value and a target utilization";
    found.push(forbiddenValue(`${field}.averageValue`, text));
  }
}
function validateTarget(found: FieldError[], field: string, target: MetricTarget): void {
  const { type = "", averageUtilization } = target;
  if (!type) found.push(requiredValue(`${field}.type`, "must specify a metric target type"));
  if (!["Utilization", "Value", "AverageValue"].includes(type))
    found.push(invalidValue(`${field}.type`, type, "must be either Utilization, Value, or AverageValue"));
  for (const part of ["value", "averageValue"] as const)
    if (target[part] !== undefined && compareQuantity(target[part], "0") <= 0)
      found.push(invalidValue(`${field}.${part}`, target[part], "must be positive"));
  if (averageUtilization !== undefined && averageUtilization < 1)
    found.push(invalidValue(`${field}.averageUtilization`, averageUtilization, "must be greater than 0"));
}
const validateIdentifier = (found: FieldError[], field: string, metric: MetricIdentifier): void =>
  validatePart(found, `${field}.name`, metric.name, "must specify a metric name");
