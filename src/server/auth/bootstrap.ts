// Brings the bootstrap roles and bindings into the cluster at start: what is missing is made, what lacks a rule or a
// subject gets it back, unless the object opts out by the autoupdate annotation.
import { ClusterRoleBinding } from "#api/rbac/cluster-role-binding.ts";
import { ClusterRole } from "#api/rbac/cluster-role.ts";
import { RoleBinding } from "#api/rbac/role-binding.ts";
import { Role } from "#api/rbac/role.ts";
import type { PolicyRule } from "#api/rbac/schema.ts";
import { keyText, type AnyKind, type KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import {
  aggregatedRoles,
  aggregatesTo,
  clusterRoleBindings,
  clusterRoles,
  roles,
  type SubjectRef,
} from "#server/auth/bootstrap-roles.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import { uncovered } from "#server/auth/rbac-rules.ts";

const autoUpdate = "rbac.authorization.kubernetes.io/autoupdate";
const bootstrapping = { "kubernetes.io/bootstrapping": "rbac-defaults" };
const apiGroup = "rbac.authorization.k8s.io";

export interface PolicyWrite {
  readonly kind: AnyKind;
  readonly object: Draft<KubeObject>;
  readonly exists: boolean;
}
const meta = (name: string, labels: Record<string, string> = {}, namespace?: string): object => ({
  name,
  ...(namespace ? { namespace } : {}),
  labels: { ...bootstrapping, ...labels },
  annotations: { [autoUpdate]: "true" },
});
const subjectOf = (s: SubjectRef): object =>
  s.kind === "ServiceAccount"
    ? { kind: s.kind, name: s.name, namespace: s.namespace }
    : { kind: s.kind, name: s.name, apiGroup };

function* wantedClusterRoles(controllers: ReadonlyMap<string, readonly PolicyRule[]>): Iterable<Draft<ClusterRole>> {
  for (const [name, rules] of Object.entries(clusterRoles)) {
    const to = aggregatesTo[name];
    const labels = to ? { [`rbac.authorization.k8s.io/aggregate-to-${to}`]: "true" } : {};
    yield { metadata: meta(name, labels), rules } as Draft<ClusterRole>;
  }
  for (const [name, parts] of Object.entries(aggregatedRoles)) {
    const up = name === "view" ? "edit" : name === "edit" ? "admin" : "";
    const labels = up ? { [`rbac.authorization.k8s.io/aggregate-to-${up}`]: "true" } : {};
    const selector = { matchLabels: { [`rbac.authorization.k8s.io/aggregate-to-${name}`]: "true" } };
    const rules = parts.flatMap((p) => clusterRoles[p] ?? []);
    yield {
      metadata: meta(name, labels),
      aggregationRule: { clusterRoleSelectors: [selector] },
      rules,
    } as unknown as Draft<ClusterRole>;
  }
  for (const [name, rules] of controllers)
    yield { metadata: meta(`system:controller:${name}`), rules } as Draft<ClusterRole>;
}
function binding(
  name: string,
  roleKind: "Role" | "ClusterRole",
  role: string,
  subjects: readonly SubjectRef[],
  namespace?: string,
): Draft<RoleBinding> {
  return {
    metadata: meta(name, {}, namespace),
    roleRef: { apiGroup, kind: roleKind, name: role },
    subjects: subjects.map(subjectOf),
  } as Draft<RoleBinding>;
}

function missingRules(wanted: Draft<ClusterRole>, found: ClusterRole | Role): readonly PolicyRule[] {
  return uncovered(found.rules ?? [], (wanted.rules ?? []) as readonly PolicyRule[]);
}

/** What must be written so that the policy is complete. `controllers`: the rules of each controller, by its name. */
export function planPolicy(
  objects: StoredObjects,
  controllers: ReadonlyMap<string, readonly PolicyRule[]>,
): PolicyWrite[] {
  const writes: PolicyWrite[] = [];
  const protectedFrom = (found: KubeObject): boolean => found.metadata.annotations?.[autoUpdate] === "false";
  const role = (kind: typeof ClusterRole | typeof Role, wanted: Draft<ClusterRole>): void => {
    const key = keyText({ name: wanted.metadata!.name!, namespace: wanted.metadata!.namespace ?? "" });
    const found = objects.get(kind as typeof ClusterRole, key);
    if (!found) writes.push({ kind, object: wanted, exists: false });
    else if (!protectedFrom(found)) {
      const missing = missingRules(wanted, found);
      if (missing.length)
        writes.push({
          kind,
          object: { ...found, rules: [...(found.rules ?? []), ...missing] } as object as Draft<KubeObject>,
          exists: true,
        });
    }
  };
  const bind = (kind: typeof ClusterRoleBinding | typeof RoleBinding, wanted: Draft<RoleBinding>): void => {
    const key = keyText({ name: wanted.metadata!.name!, namespace: wanted.metadata!.namespace ?? "" });
    const found = objects.get(kind as typeof RoleBinding, key);
    if (!found) writes.push({ kind, object: wanted, exists: false });
    else if (!protectedFrom(found)) {
      const has = (s: {
        kind?: string | undefined;
        name?: string | undefined;
        namespace?: string | undefined;
      }): boolean =>
        found.subjects?.some(
          (f) => f.kind === s.kind && f.name === s.name && (f.namespace ?? "") === (s.namespace ?? ""),
        ) ?? false;
      const missing = (wanted.subjects ?? []).filter((s) => !has(s));
      if (missing.length)
        writes.push({
          kind,
          object: { ...found, subjects: [...(found.subjects ?? []), ...missing] } as object as Draft<KubeObject>,
          exists: true,
        });
    }
  };
  for (const wanted of wantedClusterRoles(controllers)) role(ClusterRole, wanted);
  for (const [name, subjects] of Object.entries(clusterRoleBindings))
    bind(ClusterRoleBinding, binding(name, "ClusterRole", name, subjects));
  for (const name of controllers.keys()) {
    const full = `system:controller:${name}`;
    bind(
      ClusterRoleBinding,
      binding(full, "ClusterRole", full, [{ kind: "ServiceAccount", name, namespace: "kube-system" }]),
    );
  }
  for (const [key, { rules, subjects }] of Object.entries(roles)) {
    const [namespace, name] = key.split("/") as [string, string];
    role(Role, { metadata: meta(name, {}, namespace), rules } as Draft<ClusterRole>);
    bind(RoleBinding, binding(name, "Role", name, subjects, namespace));
  }
  return writes;
}
