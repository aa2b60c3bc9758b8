// The Role kind.
import { defineKind } from "#api/kind.ts";
import { Role as schema } from "#api/rbac/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface Role extends Infer<typeof schema> {}
export const Role = defineKind<Role>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "Role",
  plural: "roles",
  scope: "Namespaced",
  schema,
  nameRule: "pathSegment",
  createOnUpdate: true,
});
