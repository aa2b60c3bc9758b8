// The StatefulSet kind.
import { defineKind, scaleSubresource, statusSubresource } from "#api/kind.ts";
import { StatefulSet as schema } from "#api/apps/set-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface StatefulSet extends Infer<typeof schema> {}
export const StatefulSet = defineKind<StatefulSet>({
  group: "apps",
  version: "v1",
  kind: "StatefulSet",
  plural: "statefulsets",
  scope: "Namespaced",
  shortNames: ["sts"],
  categories: ["all"],
  schema,
  subresources: [scaleSubresource, statusSubresource],
  scale: { specReplicas: ".spec.replicas", statusReplicas: ".status.replicas", labelSelector: ".spec.selector" },
});
