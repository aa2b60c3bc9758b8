// Rules for the spec of a job, alone or inside a CronJob.
import { type FieldError, invalidValue, notSupported, requiredValue, tooLong } from "#api/field-error.ts";
import { isDnsLabel } from "#api/names.ts";
import { selectorMatchesTemplate } from "#api/core/pod-rules/workload-validation.ts";
import { validatePodTemplate } from "#api/core/pod-rules/pod-validation.ts";
import { domainPath, nonNegative, sortedMap, supported } from "#api/meta/checks.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { validateLabelSelector } from "#api/meta/label-selector-validation.ts";
import { matchesLabels } from "#api/selectors.ts";
import { type Job, type JobSpec, SuccessPolicy } from "./job-schema.ts";
import { validateFailurePolicy, validateSuccessPolicy } from "./job-policy-validation.ts";

/** Labels that tie the pods of a job to it; the two old names have no domain. */
export const jobLabels = {
  jobName: "batch.kubernetes.io/job-name",
  controllerUid: "batch.kubernetes.io/controller-uid",
  oldJobName: "job-name",
  oldControllerUid: "controller-uid",
} as const;
const maxIndexedParallelism = 100_000;
const maxIndexedFailures = 100_000;
/** Above so many completions, what grows with failures is bounded tighter. */
const manyCompletions = 100_000;
const tightLimit = 10_000;
const maxManagerLength = 63;

export function validateJob(job: Job): FieldError[] {
  const found: FieldError[] = [];
  validateGenerated(found, job);
  const { spec, metadata } = job;
  validateJobSpec(found, "spec", spec);
  const { selector } = spec;
  if (!selector) found.push(requiredValue("spec.selector"));
  const before = found.length;
  validateLabelSelector(found, "spec.selector", selector);
  if (found.length === before) selectorMatchesTemplate(found, "spec.template", selector, spec.template);
  if (spec.completionMode === "Indexed" && (spec.completions ?? 0) > 0) {
    const longest = `${metadata.name ?? ""}-${spec.completions! - 1}`;
    if (isDnsLabel(longest).length > 0)
      found.push(
        invalidValue("metadata.name", metadata.name, `will not able to create pod with invalid DNS label: ${longest}`),
      );
  }
  return found;
}
/** Labels and selector must be those that were generated, unless the client took that upon itself. */
function validateGenerated(found: FieldError[], { metadata, spec }: Job): void {
  if (spec.manualSelector || !spec.selector) return;
  const { name = "", uid = "" } = metadata;
  if (!uid) found.push(requiredValue("metadata.uid"));
  const expected = {
    [jobLabels.oldControllerUid]: uid,
    [jobLabels.oldJobName]: name,
    [jobLabels.controllerUid]: uid,
    [jobLabels.jobName]: name,
  };
  const given = spec.template.metadata.labels;
  for (const [key, value] of Object.entries(expected)) {
    const field = `spec.template.metadata.labels[${key}]`;
    if (given?.[key] === undefined) found.push(requiredValue(field, `must be '${value}'`));
    else if (given[key] !== value) found.push(invalidValue(field, sortedMap(given), `must be '${value}'`));
  }
  const malformed: FieldError[] = [];
  validateLabelSelector(malformed, "", spec.selector);
  if (malformed.length === 0 && !matchesLabels(spec.selector, expected))
    found.push(invalidValue("spec.selector", spec.selector, "`selector` not auto-generated"));
}

const counts = [
  "parallelism",
  "completions",
  "activeDeadlineSeconds",
  "backoffLimit",
  "ttlSecondsAfterFinished",
  "backoffLimitPerIndex",
  "maxFailedIndexes",
] as const;
export function validateJobSpec(found: FieldError[], field: string, spec: JobSpec): void {
  for (const name of counts) nonNegative(found, `${field}.${name}`, spec[name]);
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    found.push(requiredValue(`${field}.backoffLimitPerIndex`, "when maxFailedIndexes is specified"));
  if (spec.managedBy !== undefined) {
    domainPath(found, `${field}.managedBy`, spec.managedBy);
    if (spec.managedBy.length > maxManagerLength) found.push(tooLong(`${field}.managedBy`, maxManagerLength));
  }
  validateMode(found, field, spec);
  if (spec.podFailurePolicy) validateFailurePolicy(found, `${field}.podFailurePolicy`, spec.podFailurePolicy, spec);
  if (spec.successPolicy) {
    const at = `${field}.successPolicy`;
    if (spec.completionMode === "Indexed") validateSuccessPolicy(found, at, spec.successPolicy, spec);
    else found.push(invalidValue(at, goStruct(SuccessPolicy, spec.successPolicy), "requires indexed completion mode"));
  }
  if (spec.podReplacementPolicy !== undefined)
    supported(
      found,
      `${field}.podReplacementPolicy`,
      spec.podReplacementPolicy,
      spec.podFailurePolicy ? ["Failed"] : ["Failed", "TerminatingOrFailed"],
    );
  validatePodTemplate(found, `${field}.template`, spec.template);
  validateRestart(found, `${field}.template.spec.restartPolicy`, spec);
}
function validateMode(found: FieldError[], field: string, spec: JobSpec): void {
  const { completionMode: mode } = spec;
  if (mode !== undefined && mode !== "NonIndexed" && mode !== "Indexed")
    found.push(notSupported(`${field}.completionMode`, mode, ["NonIndexed", "Indexed"]));
  if (mode === "Indexed") return validateIndexed(found, field, spec);
  if (mode !== undefined && mode !== "NonIndexed") return;
  for (const name of ["backoffLimitPerIndex", "maxFailedIndexes"] as const)
    if (spec[name] !== undefined)
      found.push(invalidValue(`${field}.${name}`, spec[name], "requires indexed completion mode"));
}
function validateIndexed(found: FieldError[], field: string, spec: JobSpec): void {
  const { completions, parallelism = 0, maxFailedIndexes, backoffLimitPerIndex } = spec;
  const failed = maxFailedIndexes ?? 0;
  const [parallelismField, failedField] = [`${field}.parallelism`, `${field}.maxFailedIndexes`];
  const atMost = (max: number | string): string => `must be less than or equal to ${max}`;
  if (completions === undefined) found.push(requiredValue(`${field}.completions`, "when completion mode is Indexed"));
  if (parallelism > maxIndexedParallelism) {
    const text = atMost(`${maxIndexedParallelism} when completion mode is Indexed`);
    found.push(invalidValue(parallelismField, parallelism, text));
  }
  if (completions !== undefined && failed > completions)
    found.push(invalidValue(failedField, failed, atMost("completions")));
  if (failed > maxIndexedFailures) found.push(invalidValue(failedField, failed, atMost(maxIndexedFailures)));
  if ((completions ?? 0) <= manyCompletions || backoffLimitPerIndex === undefined) return;
  const tight = atMost(
    `${tightLimit} when completions are above ${manyCompletions} and used with backoff limit per index`,
  );
  if (maxFailedIndexes === undefined)
    found.push(requiredValue(failedField, `must be specified when completions is above ${manyCompletions}`));
  if (parallelism > tightLimit) found.push(invalidValue(parallelismField, parallelism, tight));
  if (failed > tightLimit) found.push(invalidValue(failedField, failed, tight));
}
function validateRestart(found: FieldError[], field: string, { template, podFailurePolicy }: JobSpec): void {
  const { restartPolicy = "" } = template.spec;
  if (restartPolicy === "" || restartPolicy === "Always")
    found.push(requiredValue(field, `valid values: "OnFailure", "Never"`));
  else if (restartPolicy !== "OnFailure" && restartPolicy !== "Never")
    found.push(notSupported(field, restartPolicy, ["OnFailure", "Never"]));
  else if (podFailurePolicy && restartPolicy !== "Never")
    found.push(invalidValue(field, restartPolicy, `only "Never" is supported when podFailurePolicy is specified`));
}
