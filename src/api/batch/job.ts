// The Job kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { Job as schema } from "#api/batch/job-schema.ts";
import type { Infer } from "#api/schema.ts";

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
});
