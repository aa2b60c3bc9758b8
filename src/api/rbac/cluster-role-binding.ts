// The ClusterRoleBinding kind.
import { defineKind } from "#api/kind.ts";
import { ClusterRoleBinding as schema } from "#api/rbac/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface ClusterRoleBinding extends Infer<typeof schema> {}
export const ClusterRoleBinding = defineKind<ClusterRoleBinding>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "ClusterRoleBinding",
  plural: "clusterrolebindings",
  scope: "Cluster",
  schema,
  nameRule: "pathSegment",
  createOnUpdate: true,
});
