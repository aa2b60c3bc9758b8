// The RoleBinding kind.
import { defineKind } from "#api/kind.ts";
import { RoleBinding as schema } from "#api/rbac/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface RoleBinding extends Infer<typeof schema> {}
export const RoleBinding = defineKind<RoleBinding>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "RoleBinding",
  plural: "rolebindings",
  scope: "Namespaced",
  schema,
  nameRule: "pathSegment",
  createOnUpdate: true,
});
