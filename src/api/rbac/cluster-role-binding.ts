// ClusterRoleBinding: grants a ClusterRole in the whole cluster.
import { defineKind } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { applyBindingDefaults, bindingColumns, validateBinding, validateBindingUpdate } from "./rules.ts";
import { ClusterRoleBinding as schema } from "./schema.ts";

export interface ClusterRoleBinding extends Infer<typeof schema> {}
export const ClusterRoleBinding = defineKind<ClusterRoleBinding>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "ClusterRoleBinding",
  plural: "clusterrolebindings",
  scope: "Cluster",
  schema,
  columns: bindingColumns,
  rules: {
    applyDefaults: applyBindingDefaults,
    validate: (object) => validateBinding(object, false),
    validateUpdate: validateBindingUpdate,
  },
  nameRule: "pathSegment",
  createOnUpdate: true,
});
