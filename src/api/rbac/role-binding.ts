// RoleBinding: grants a role within one namespace.
import { defineKind } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { applyBindingDefaults, bindingColumns, validateBinding, validateBindingUpdate } from "./rules.ts";
import { RoleBinding as schema } from "./schema.ts";

export interface RoleBinding extends Infer<typeof schema> {}
export const RoleBinding = defineKind<RoleBinding>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "RoleBinding",
  plural: "rolebindings",
  scope: "Namespaced",
  schema,
  columns: bindingColumns,
  rules: {
    applyDefaults: applyBindingDefaults,
    validate: (object) => validateBinding(object, true),
    validateUpdate: validateBindingUpdate,
  },
  nameRule: "pathSegment",
  createOnUpdate: true,
});
