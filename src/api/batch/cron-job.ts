// The CronJob kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { CronJob as schema } from "#api/batch/job-schema.ts";
import type { Infer } from "#api/schema.ts";

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
});
