// Warnings about the spec of a job, alone or inside a CronJob.
import { podTemplateWarnings } from "#api/core/pod-rules/warnings.ts";
import type { JobSpec } from "./job-schema.ts";

const manyCompletions = 100_000;
const manyAtOnce = 10_000;
export function jobWarnings(field: string, spec: JobSpec): string[] {
  const { completionMode, completions = 0, parallelism = 0 } = spec;
  const tooMany = completionMode === "Indexed" && completions > manyCompletions && parallelism > manyAtOnce;
  const text =
    "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail";
  return [...(tooMany ? [`${field}: ${text}`] : []), ...podTemplateWarnings(`${field}.template`, spec.template)];
}
