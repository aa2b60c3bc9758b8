// Puts ClusterRoles together from others that carry certain labels, so that custom resources can extend admin, edit
// and view.
import { deepEqual } from "#api/json.ts";
import { ClusterRole } from "#api/rbac/cluster-role.ts";
import type { PolicyRule } from "#api/rbac/schema.ts";
import { matchesLabels } from "#api/selectors.ts";
import { defineController, watching } from "#reconcile/controller.ts";
import { allow } from "#controllers/rules.ts";

/** The rules of all other roles that one of the selectors matches, by name of role, each rule once. */
export function aggregatedRules(role: ClusterRole, roles: readonly ClusterRole[]): PolicyRule[] {
  const selectors = role.aggregationRule?.clusterRoleSelectors ?? [];
  const rules: PolicyRule[] = [];
  for (const other of roles.toSorted((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1))) {
    if (other.metadata.name === role.metadata.name) continue;
    if (!selectors.some((selector) => matchesLabels(selector, other.metadata.labels))) continue;
    for (const rule of other.rules ?? []) if (!rules.some((r) => deepEqual(r, rule))) rules.push(rule);
  }
  return rules;
}

export const clusterRoleAggregationController = defineController({
  name: "clusterrole-aggregation-controller",
  rules: [allow("escalate get list patch update watch", "rbac.authorization.k8s.io", "clusterroles")],
  for: ClusterRole,
  watches: [
    watching(ClusterRole, (_role, cache) =>
      cache(ClusterRole)
        .list()
        .filter((role) => role.aggregationRule)
        .map((role) => role.metadata.name!),
    ),
  ],
  async reconcile(role, turn) {
    if (!role.aggregationRule) return;
    const rules = aggregatedRules(role, turn.cache(ClusterRole).list());
    if (!deepEqual(role.rules ?? [], rules))
      await turn.client.update(ClusterRole, { ...role, rules }, { signal: turn.signal });
  },
});
