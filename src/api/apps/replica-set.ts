// The ReplicaSet kind.
import { defineKind, scaleSubresource, statusSubresource } from "#api/kind.ts";
import { ReplicaSet as schema } from "#api/apps/deployment-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface ReplicaSet extends Infer<typeof schema> {}
export const ReplicaSet = defineKind<ReplicaSet>({
  group: "apps",
  version: "v1",
  kind: "ReplicaSet",
  plural: "replicasets",
  scope: "Namespaced",
  shortNames: ["rs"],
  categories: ["all"],
  schema,
  subresources: [scaleSubresource, statusSubresource],
  scale: { specReplicas: ".spec.replicas", statusReplicas: ".status.replicas", labelSelector: ".spec.selector" },
});
