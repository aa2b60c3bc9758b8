// The ClusterRole kind.
import { defineKind } from "#api/kind.ts";
import { ClusterRole as schema } from "#api/rbac/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface ClusterRole extends Infer<typeof schema> {}
export const ClusterRole = defineKind<ClusterRole>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "ClusterRole",
  plural: "clusterroles",
  scope: "Cluster",
  schema,
  nameRule: "pathSegment",
  createOnUpdate: true,
});
