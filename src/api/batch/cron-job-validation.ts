// Rules for CronJobs. A time zone inside the schedule is kept where it stands already, but not let in anew.
import { type FieldError, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { nonNegative, requiredOneOf } from "#api/meta/checks.ts";
import type { CronJob, CronJobSpec } from "./job-schema.ts";
import { CronError, isTimeZone, parseCron } from "./cron.ts";
import { validateJobSpec } from "./job-validation.ts";

/** Its jobs are named after it, with eleven characters of the time. */
const maxNameLength = 52;
const policies = ["Allow", "Forbid", "Replace"];

export function validateCronJob({ spec }: CronJob): FieldError[] {
  const found: FieldError[] = [];
  if (spec.schedule) validateSchedule(found, "spec.schedule", spec.schedule);
  else found.push(requiredValue("spec.schedule"));
  nonNegative(found, "spec.startingDeadlineSeconds", spec.startingDeadlineSeconds);
  requiredOneOf(found, "spec.concurrencyPolicy", spec.concurrencyPolicy, policies);
  validateJobTemplate(found, "spec.jobTemplate.spec", spec.jobTemplate.spec);
  nonNegative(found, "spec.successfulJobsHistoryLimit", spec.successfulJobsHistoryLimit);
  nonNegative(found, "spec.failedJobsHistoryLimit", spec.failedJobsHistoryLimit);
  return found;
}
function validateJobTemplate(found: FieldError[], field: string, spec: CronJobSpec["jobTemplate"]["spec"]): void {
  validateJobSpec(found, field, spec);
  if (spec.selector) found.push(invalidValue(`${field}.selector`, spec.selector, "`selector` will be auto-generated"));
  if (spec.manualSelector) found.push(notSupported(`${field}.manualSelector`, true, ["nil", "false"]));
}
function validateSchedule(found: FieldError[], field: string, schedule: string): void {
  try {
    parseCron(schedule);
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    found.push(invalidValue(field, schedule, error.message));
  }
}

export function validateCronJobCreate({ metadata, spec }: CronJob): FieldError[] {
  const found: FieldError[] = [];
  if (spec.schedule?.includes("TZ")) found.push(zoneOutsideField(spec.schedule));
  validateTimeZone(found, "spec.timeZone", spec.timeZone);
  const { name = "" } = metadata;
  if (name.length > maxNameLength)
    found.push(invalidValue("metadata.name", name, `must be no more than ${maxNameLength} characters`));
  return found;
}
export function validateCronJobUpdate({ spec }: CronJob, old: CronJob): FieldError[] {
  const found: FieldError[] = [];
  const { schedule = "", timeZone } = spec;
  if (schedule.includes("TZ")) {
    if (!old.spec.schedule.includes("TZ")) found.push(zoneOutsideField(schedule));
    else if (timeZone !== undefined) {
      const text = "cannot use both timeZone field and TZ or CRON_TZ in schedule";
      found.push(invalidValue("spec.schedule", schedule, text));
    }
  }
  if (timeZone !== old.spec.timeZone) validateTimeZone(found, "spec.timeZone", timeZone);
  return found;
}
const zoneOutsideField = (schedule: string): FieldError =>
  invalidValue("spec.schedule", schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");

const zonePart = /^[A-Za-z.\-_0-9+]{1,14}$/;
function validateTimeZone(found: FieldError[], field: string, zone: string | undefined): void {
  if (zone === undefined) return;
  const refuse = (text: string): void => void found.push(invalidValue(field, zone, text));
  const isPart = (part: string): boolean =>
    part !== "." && part !== ".." && !part.startsWith("-") && zonePart.test(part);
  if (zone === "") return refuse("timeZone must be nil or non-empty string");
  if (!zone.split("/").every(isPart)) return refuse(`unknown time zone ${zone}`);
  if (zone.toLowerCase() === "local")
    refuse("timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
  if (zone !== "Local" && !isTimeZone(zone)) refuse(`unknown time zone ${zone}`);
}
