// Rules for the status of a job, which more than one controller may write: its counters go one way only, and how it
// ended is said once. Each rule is applied where one of the values it is about has changed.
import { type FieldError, duplicateValue, invalidPart, invalidValue, requiredValue } from "#api/field-error.ts";
import { immutableText, nonNegative, sameValue } from "#api/meta/checks.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { parseTime } from "#api/time.ts";
import { type Job, type JobStatus, UncountedTerminatedPods } from "./job-schema.ts";
import { firstOverlap, parseIndexes } from "./indexes.ts";

const has = (status: JobStatus, type: string, value = "True"): boolean =>
  (status.conditions ?? []).some((condition) => condition.type === type && condition.status === value);
const isFinished = (status: JobStatus): boolean => has(status, "Complete") || has(status, "Failed");
const time = (text: string | undefined): number | undefined => (text ? parseTime(text) : undefined);

export function validateJobStatus(job: Job, old: Job): FieldError[] {
  const found: FieldError[] = [];
  validateNumbers(found, job.status);
  validateConditions(found, job, old);
  validatePods(found, job.status, old.status);
  validateTimes(found, job, old);
  validateIndexes(found, job, old);
  validateProgress(found, job, old);
  return found;
}

function validateNumbers(found: FieldError[], status: JobStatus): void {
  for (const name of ["active", "succeeded", "failed", "ready", "terminating"] as const)
    nonNegative(found, `status.${name}`, status[name]);
  const seen = new Set<string>();
  for (const list of ["succeeded", "failed"] as const)
    for (const [i, uid] of (status.uncountedTerminatedPods?.[list] ?? []).entries()) {
      const field = `status.uncountedTerminatedPods.${list}[${i}]`;
      if (uid === "") found.push(invalidValue(field, uid, "must not be empty"));
      else if (seen.has(uid)) found.push(duplicateValue(field, uid));
      seen.add(uid);
    }
}

const conditionsField = "status.conditions";
function validateConditions(found: FieldError[], { status, spec }: Job, { status: old }: Job): void {
  const changed = (...types: string[]): boolean => types.some((type) => has(status, type) !== has(old, type));
  const both = (a: string, b: string): boolean => has(status, a) && has(status, b);
  const refuse = (text: string): void => void found.push(invalidPart(conditionsField, text));
  if (changed("Complete", "Failed") && both("Complete", "Failed"))
    refuse("cannot set Complete=True and Failed=true conditions");
  if (changed("Complete", "FailureTarget") && both("Complete", "FailureTarget"))
    refuse("cannot set Complete=True and FailureTarget=true conditions");
  const failedChanged = changed("Failed") || status.failedIndexes !== old.failedIndexes;
  if (failedChanged && has(status, "Failed") && !has(status, "FailureTarget"))
    refuse("cannot set Failed=True condition without the FailureTarget=true condition");
  const completes = has(status, "Complete") && !has(status, "SuccessCriteriaMet");
  if (changed("Complete", "SuccessCriteriaMet") && completes)
    refuse("cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
  if (both("SuccessCriteriaMet", "Failed")) refuse("cannot set SuccessCriteriaMet=True and Failed=true conditions");
  if (both("SuccessCriteriaMet", "FailureTarget"))
    refuse("cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
  if (spec.successPolicy && completes)
    refuse("cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True");
}

function validatePods(found: FieldError[], status: JobStatus, old: JobStatus): void {
  const { active = 0, ready, terminating = 0, uncountedTerminatedPods: uncounted } = status;
  const finished = isFinished(status);
  const finishedChanged = finished !== isFinished(old);
  const activeChanged = active !== (old.active ?? 0);
  if (finished && (finishedChanged || activeChanged) && active > 0)
    found.push(invalidValue("status.active", active, "active>0 is invalid for finished job"));
  const waiting = (uncounted?.failed ?? []).length + (uncounted?.succeeded ?? []).length;
  const uncountedChanged = !sameValue(uncounted, old.uncountedTerminatedPods);
  if (finished && (finishedChanged || uncountedChanged) && waiting > 0) {
    const shown = goStruct(UncountedTerminatedPods, uncounted);
    found.push(invalidValue("status.uncountedTerminatedPods", shown, "must be empty for finished job"));
  }
  if (finished && (finishedChanged || terminating !== (old.terminating ?? 0)) && terminating > 0)
    found.push(invalidValue("status.terminating", terminating, "terminating>0 is invalid for finished job"));
  if (ready !== undefined && (activeChanged || ready !== old.ready) && ready > active)
    found.push(invalidValue("status.ready", ready, "cannot set more ready pods than active"));
}

function validateTimes(found: FieldError[], { status, spec }: Job, { status: old }: Job): void {
  const { startTime, completionTime } = status;
  const [started, completed, startedBefore, completedBefore] = [
    startTime,
    completionTime,
    old.startTime,
    old.completionTime,
  ].map(time);
  const complete = has(status, "Complete");
  const endChanged = complete !== has(old, "Complete") || completed !== completedBefore;
  const startChanged = started !== startedBefore;
  const at = "status.completionTime";
  if (endChanged && completed !== undefined && !complete)
    found.push(invalidValue(at, completionTime, "cannot set completionTime when there is no Complete=True condition"));
  if (endChanged && completed === undefined && complete)
    found.push(requiredValue(at, "completionTime is required for Complete jobs"));
  if (started !== undefined && completed !== undefined && completed < started)
    if (startChanged || completed !== completedBefore)
      found.push(invalidValue(at, completionTime, "must be equal to or after `startTime`"));
  const finishedChanged = isFinished(status) !== isFinished(old);
  const neverStarts = spec.suspend === true && spec.completions === 0;
  if (isFinished(status) && started === undefined && (finishedChanged || startChanged) && !neverStarts)
    found.push(requiredValue("status.startTime", "startTime is required for finished job"));
  if (completed !== undefined && completedBefore !== undefined && completed !== completedBefore)
    found.push(invalidValue(at, completionTime, immutableText));
  const resumes = has(old, "Suspended") && has(status, "Suspended", "False");
  if (startedBefore !== undefined && startChanged && !resumes && !spec.suspend)
    found.push(invalidValue("status.startTime", startTime, "field is immutable for unsuspended job once set"));
}

function validateIndexes(found: FieldError[], { status, spec }: Job, { status: old }: Job): void {
  const { completions, backoffLimitPerIndex, completionMode } = spec;
  const { completedIndexes = "", failedIndexes } = status;
  const completedChanged = completedIndexes !== (old.completedIndexes ?? "");
  const failedChanged = failedIndexes !== old.failedIndexes;
  const [completedField, failedField] = ["status.completedIndexes", "status.failedIndexes"];
  const problemOf = (name: string, text: string): string | undefined => {
    const list = parseIndexes(text, completions ?? 0);
    return "problem" in list ? `error parsing ${name}: ${list.problem}` : undefined;
  };
  const completedProblem =
    completedChanged && completions !== undefined && problemOf("completedIndexes", completedIndexes);
  if (completedProblem) found.push(invalidValue(completedField, completedIndexes, completedProblem));
  const failedCounts = failedChanged && completions !== undefined && backoffLimitPerIndex !== undefined;
  const failedProblem = failedCounts && problemOf("failedIndexes", failedIndexes ?? "");
  if (failedProblem) found.push(invalidValue(failedField, failedIndexes, failedProblem));
  if (completedChanged && completedIndexes && completionMode !== "Indexed") {
    const text = "cannot set non-empty completedIndexes when non-indexed completion mode";
    found.push(invalidValue(completedField, completedIndexes, text));
  }
  if (failedIndexes === undefined) return;
  if (failedChanged && backoffLimitPerIndex === undefined) {
    const text = "cannot set non-null failedIndexes when backoffLimitPerIndex is null";
    found.push(invalidValue(failedField, failedIndexes, text));
  }
  if ((!failedChanged && !completedChanged) || !completedIndexes || !failedIndexes || completions === undefined) return;
  const shared = firstOverlap(completedIndexes, failedIndexes, completions);
  if (shared !== undefined) {
    const text = `failedIndexes and completedIndexes overlap at index: ${shared}`;
    found.push(invalidValue(failedField, failedIndexes, text));
  }
}

function validateProgress(found: FieldError[], { status, spec }: Job, { status: old }: Job): void {
  for (const type of ["Failed", "Complete", "FailureTarget"])
    if (has(old, type) && !has(status, type))
      found.push(invalidPart(conditionsField, `cannot disable the terminal ${type}=True condition`));
  const { failed = 0, succeeded = 0 } = status;
  if (failed < (old.failed ?? 0))
    found.push(invalidValue("status.failed", failed, "cannot decrease the failed counter"));
  const shrinks = spec.completionMode === "Indexed" && spec.completions === spec.parallelism;
  if (!shrinks && succeeded < (old.succeeded ?? 0))
    found.push(invalidValue("status.succeeded", succeeded, "cannot decrease the succeeded counter"));
  const [met, metBefore] = [has(status, "SuccessCriteriaMet"), has(old, "SuccessCriteriaMet")];
  if (metBefore && !met)
    found.push(invalidPart(conditionsField, "cannot disable the SuccessCriteriaMet=True condition"));
  if (has(old, "Complete") && !metBefore && met) {
    const text = "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions";
    found.push(invalidPart(conditionsField, text));
  }
}
