// CronJob: starts a Job at the times of its schedule.
import { defineKind, statusSubresource } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { CronJob as schema } from "#api/batch/job-schema.ts";
import { nameWarnings } from "#api/core/pod-rules/workload-validation.ts";
import {
  age,
  ageColumn,
  containerColumns,
  integerColumn,
  nameColumn,
  selectorCell,
  textColumn,
} from "#api/meta/columns.ts";
import { validateCronJob, validateCronJobCreate, validateCronJobUpdate } from "./cron-job-validation.ts";
import { applyJobTemplateDefaults } from "./job.ts";
import { jobWarnings } from "./job-warnings.ts";

export interface CronJob extends Infer<typeof schema> {}
export const CronJob = defineKind<CronJob>({
  group: "batch",
  version: "v1",
  kind: "CronJob",
  plural: "cronjobs",
  scope: "Namespaced",
  shortNames: ["cj"],
  categories: ["all"],
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    textColumn("Schedule", "When a job is started.", ({ spec }) => spec.schedule),
    textColumn("Timezone", "Time zone of the schedule.", ({ spec }) => spec.timeZone ?? "<none>"),
    {
      name: "Suspend",
      type: "boolean",
      description: "Whether it is held.",
      value: ({ spec }) => (spec.suspend === undefined ? "<unset>" : spec.suspend ? "True" : "False"),
    },
    integerColumn("Active", "Jobs that run now.", ({ status }) => status.active?.length ?? 0),
    textColumn("Last Schedule", "How long ago a job was last started.", ({ status }, now) =>
      status.lastScheduleTime ? age(status.lastScheduleTime, now) : "<none>",
    ),
    ageColumn,
    ...containerColumns<CronJob>(({ spec }) => spec.jobTemplate.spec.template),
    textColumn("Selector", "Labels of the pods.", ({ spec }) => selectorCell(spec.jobTemplate.spec.selector), 1),
  ],
  rules: {
    applyDefaults: ({ spec }) => applyJobTemplateDefaults(spec?.jobTemplate?.spec),
    validate: validateCronJob,
    validateCreate: validateCronJobCreate,
    validateUpdate: validateCronJobUpdate,
    warnings,
  },
});

function warnings(object: CronJob, old?: CronJob): string[] {
  const { metadata, spec } = object;
  const changed = metadata.generation !== old?.metadata.generation;
  const zoned =
    "cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details";
  return [
    ...(old ? [] : nameWarnings(metadata.name)),
    ...(changed ? jobWarnings("spec.jobTemplate.spec", spec.jobTemplate.spec) : []),
    ...(old && spec.schedule.includes("TZ") ? [zoned] : []),
  ];
}
