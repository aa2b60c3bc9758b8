// Role: what may be done within one namespace.
import type { FieldError } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { plainColumns } from "#api/meta/columns.ts";
import { validatePolicyRule } from "./rules.ts";
import { Role as schema } from "./schema.ts";

export interface Role extends Infer<typeof schema> {}
export const Role = defineKind<Role>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "Role",
  plural: "roles",
  scope: "Namespaced",
  schema,
  columns: plainColumns,
  rules: {
    validate({ rules }) {
      const found: FieldError[] = [];
      for (const [i, rule] of (rules ?? []).entries()) validatePolicyRule(found, `rules[${i}]`, rule, true);
      return found;
    },
  },
  nameRule: "pathSegment",
  createOnUpdate: true,
});
