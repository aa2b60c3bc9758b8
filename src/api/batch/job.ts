// Job: pods that run until enough of them have succeeded. Selector and labels come from the job's uid, so that no two
// jobs ever share a pod; a client that sets them itself says so by manualSelector.
import { defineKind, statusSubresource } from "#api/kind.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { type JobSpec, type JobStatus, Job as schema } from "#api/batch/job-schema.ts";
import { applyPodTemplateDefaults } from "#api/core/pod-rules/defaults.ts";
import { nameWarnings } from "#api/core/pod-rules/workload-validation.ts";
import { int32Max, sameValue } from "#api/meta/checks.ts";
import { ageColumn, containerColumns, nameColumn, selectorCell, textColumn } from "#api/meta/columns.ts";
import { isLabelValue } from "#api/names.ts";
import { humanDuration, parseTime } from "#api/time.ts";
import { jobLabels, validateJob } from "./job-validation.ts";
import { jobWarnings } from "./job-warnings.ts";
import { validateJobStatus } from "./job-status-validation.ts";
import { validateJobUpdate } from "./job-update.ts";

export interface Job extends Infer<typeof schema> {}
export const Job = defineKind<Job>({
  group: "batch",
  version: "v1",
  kind: "Job",
  plural: "jobs",
  scope: "Namespaced",
  categories: ["all"],
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    textColumn("Status", "Whether it runs, is held or has ended.", statusText),
    textColumn("Completions", "Pods that succeeded, of those wanted.", completionsText),
    textColumn("Duration", "How long it ran.", durationText),
    ageColumn,
    ...containerColumns<Job>(({ spec }) => spec.template),
    textColumn("Selector", "Labels of its pods.", ({ spec }) => selectorCell(spec.selector), 1),
  ],
  selectableFields: { "status.successful": ({ status }) => String(status.succeeded ?? 0) },
  rules: {
    applyDefaults,
    prepareForCreate: generateSelector,
    validate: validateJob,
    validateUpdate: validateJobUpdate,
    validateStatusUpdate: validateJobStatus,
    warnings(job, old) {
      if (old) return job.metadata.generation === old.metadata.generation ? [] : jobWarnings("spec", job.spec);
      return [...nameWarnings(job.metadata.name), ...jobWarnings("spec", job.spec)];
    },
  },
});

function applyDefaults(job: Draft<Job>): void {
  const spec = (job.spec ??= {});
  applyJobTemplateDefaults(spec);
  if (spec.parallelism === undefined) {
    spec.completions ??= 1;
    spec.parallelism = 1;
  }
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : int32Max;
  spec.completionMode ??= "NonIndexed";
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? "Failed" : "TerminatingOrFailed";
  spec.manualSelector ??= false;
  const labels = spec.template?.metadata?.labels;
  if (labels && Object.keys(job.metadata?.labels ?? {}).length === 0)
    job.metadata = { ...job.metadata, labels: { ...labels } };
}
/** What a job has filled in even as a part of a CronJob. */
export const applyJobTemplateDefaults = (spec: Draft<JobSpec> | undefined): void =>
  applyPodTemplateDefaults(spec?.template);

function generateSelector({ metadata, spec }: Draft<Job>): void {
  if (!spec || spec.manualSelector) return;
  const { name = "", uid = "" } = metadata ?? {};
  const given = spec.template?.metadata?.labels;
  const { [jobLabels.controllerUid]: own } = spec.selector?.matchLabels ?? {};
  // A job without labels of its own has those of its template.
  const taken = sameValue(metadata?.labels ?? {}, given ?? {}) || Object.keys(metadata?.labels ?? {}).length === 0;
  const labels = {
    [jobLabels.oldJobName]: name,
    [jobLabels.jobName]: name,
    [jobLabels.oldControllerUid]: uid,
    [jobLabels.controllerUid]: uid,
    ...given,
  };
  if (metadata && taken && isLabelValue(name).length === 0) metadata.labels = { ...labels };
  spec.template = { ...spec.template, metadata: { ...spec.template?.metadata, labels } };
  spec.selector = {
    ...spec.selector,
    matchLabels: { ...spec.selector?.matchLabels, [jobLabels.controllerUid]: own ?? uid },
  };
}

const endings = ["Complete", "Failed"] as const;
const states = ["Suspended", "FailureTarget", "SuccessCriteriaMet"] as const;
const holds = (status: JobStatus, type: string): boolean =>
  (status.conditions ?? []).some((condition) => condition.type === type && condition.status === "True");
function statusText({ metadata, status }: Job): string {
  const shown = (types: readonly string[]): string | undefined => types.find((type) => holds(status, type));
  return shown(endings) ?? (metadata.deletionTimestamp ? "Terminating" : (shown(states) ?? "Running"));
}
function completionsText({ spec, status }: Job): string {
  const { completions, parallelism = 0 } = spec;
  const done = status.succeeded ?? 0;
  if (completions !== undefined) return `${done}/${completions}`;
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`;
}
function durationText({ status }: Job, now: number): string {
  const { startTime, completionTime } = status;
  if (!startTime) return "";
  return humanDuration((completionTime ? parseTime(completionTime) : now) - parseTime(startTime));
}
