// The DaemonSet kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { DaemonSet as schema } from "#api/apps/set-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface DaemonSet extends Infer<typeof schema> {}
export const DaemonSet = defineKind<DaemonSet>({
  group: "apps",
  version: "v1",
  kind: "DaemonSet",
  plural: "daemonsets",
  scope: "Namespaced",
  shortNames: ["ds"],
  categories: ["all"],
  schema,
  subresources: [statusSubresource],
});
