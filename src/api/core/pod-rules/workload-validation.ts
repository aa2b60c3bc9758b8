// Rules that all workloads share: a selector that picks the pods of their own template, and numbers that add up.
import { type FieldError, forbiddenValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { isDnsLabel } from "#api/names.ts";
import { matchesLabels } from "#api/selectors.ts";
import { nonNegative, sortedMap } from "#api/meta/checks.ts";
import { isEmptySelector, validateLabelSelector } from "#api/meta/label-selector-validation.ts";
import type { LabelSelector } from "#api/meta/schema.ts";
import type { PodTemplateSpec } from "#api/core/schema/pod-spec.ts";
import { validatePodTemplate } from "./pod-validation.ts";
import { podTemplateWarnings } from "./warnings.ts";

/** Must be given, be well-formed and pick something; false when it is malformed. */
export function validateSelector(
  found: FieldError[],
  field: string,
  selector: LabelSelector | undefined,
  emptyFor: string,
): boolean {
  if (!selector) {
    found.push(requiredValue(field));
    return true;
  }
  const before = found.length;
  validateLabelSelector(found, field, selector);
  const valid = found.length === before;
  if (isEmptySelector(selector)) found.push(invalidValue(field, selector, `empty selector is invalid for ${emptyFor}`));
  return valid;
}
/** An absent selector picks nothing, an empty one everything. */
export function selectorMatchesTemplate(
  found: FieldError[],
  field: string,
  selector: LabelSelector | undefined,
  { metadata: { labels } }: PodTemplateSpec,
): void {
  if (selector && matchesLabels(selector, labels)) return;
  const shown = labels ? sortedMap(labels) : null;
  found.push(invalidValue(`${field}.metadata.labels`, shown, "`selector` does not match template `labels`"));
}
/** Pods that are kept running, without an end. */
export function keepsRunning(found: FieldError[], field: string, { spec }: PodTemplateSpec, kind: string): void {
  const { restartPolicy = "", activeDeadlineSeconds } = spec;
  if (restartPolicy !== "Always") found.push(notSupported(`${field}.spec.restartPolicy`, restartPolicy, ["Always"]));
  if (activeDeadlineSeconds !== undefined)
    found.push(
      forbiddenValue(`${field}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`),
    );
}

interface Replicated {
  readonly replicas?: number;
  readonly minReadySeconds?: number;
  readonly selector?: LabelSelector;
  readonly template: PodTemplateSpec;
}
/** Selector and template of a Deployment or ReplicaSet. */
export function validateReplicated(found: FieldError[], field: string, spec: Replicated): void {
  const { selector, template } = spec;
  if (validateSelector(found, `${field}.selector`, selector, "deployment")) {
    selectorMatchesTemplate(found, `${field}.template`, selector, template);
    validatePodTemplate(found, `${field}.template`, template);
    keepsRunning(found, `${field}.template`, template, "ReplicaSet");
  } else found.push(invalidValue(`${field}.selector`, selector, "invalid label selector"));
}

/** Numbers of a status: none negative, and those in `atMost` no greater than the total. */
export function validateCounts<S extends object>(
  found: FieldError[],
  status: S,
  counts: readonly (keyof S & string)[],
  atMost: readonly (keyof S & string)[] = [],
): void {
  const of = (name: string): number => ((status as Record<string, unknown>)[name] as number | undefined) ?? 0;
  for (const name of counts) nonNegative(found, `status.${name}`, of(name));
  for (const name of atMost)
    if (of(name) > of("replicas"))
      found.push(invalidValue(`status.${name}`, of(name), "cannot be greater than status.replicas"));
}
/** Names that were taken are not taken again. */
export function notDecremented(found: FieldError[], now: number | undefined, old: number | undefined): void {
  if (old !== undefined && (now === undefined || now < old))
    found.push(invalidValue("status.collisionCount", now ?? 0, "cannot be decremented"));
}

/** For kinds whose pods are named after them. */
export function nameWarnings(name: string | undefined): string[] {
  const problems = isDnsLabel(name ?? "");
  if (problems.length === 0) return [];
  return [
    `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${problems.join(" ")}]`,
  ];
}
interface HasTemplate {
  readonly metadata: { readonly name?: string; readonly generation?: number };
  readonly spec: { readonly template: PodTemplateSpec };
}
/** On create, and on an update that changes something. */
export function workloadWarnings(object: HasTemplate, old?: HasTemplate): string[] {
  if (old && object.metadata.generation === old.metadata.generation) return [];
  return [...(old ? [] : nameWarnings(object.metadata.name)), ...templateWarnings(object)];
}
export const templateWarnings = ({ spec }: HasTemplate): string[] =>
  podTemplateWarnings("spec.template", spec.template);
