// ClusterRole: what may be done in the whole cluster, or in each namespace where it is bound. It may be put together
// from others by label.
import { type FieldError, invalidValue, requiredValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { plainColumns } from "#api/meta/columns.ts";
import { validateLabelSelector } from "#api/meta/label-selector-validation.ts";
import { validatePolicyRule } from "./rules.ts";
import { ClusterRole as schema } from "./schema.ts";

export interface ClusterRole extends Infer<typeof schema> {}
export const ClusterRole = defineKind<ClusterRole>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "ClusterRole",
  plural: "clusterroles",
  scope: "Cluster",
  schema,
  columns: plainColumns,
  rules: {
    validate({ rules, aggregationRule }) {
      const found: FieldError[] = [];
      for (const [i, rule] of (rules ?? []).entries()) validatePolicyRule(found, `rules[${i}]`, rule, false);
      if (!aggregationRule) return found;
      const field = "aggregationRule.clusterRoleSelectors";
      const selectors = aggregationRule.clusterRoleSelectors ?? [];
      if (selectors.length === 0)
        found.push(requiredValue(field, "at least one clusterRoleSelector required if aggregationRule is non-nil"));
      for (const [i, selector] of selectors.entries()) {
        const before = found.length;
        validateLabelSelector(found, `${field}[${i}]`, selector);
        if (found.length > before) found.push(invalidValue(`${field}[${i}]`, null, "invalid label selector."));
      }
      return found;
    },
  },
  nameRule: "pathSegment",
  createOnUpdate: true,
});
