// Brings the bootstrap roles and bindings into the cluster at start: what is missing is made, what lacks a rule, a
// subject, a label or an annotation gets it back, unless the object opts out by the autoupdate annotation.
import { ClusterRoleBinding } from "#api/rbac/cluster-role-binding.ts";
import { ClusterRole } from "#api/rbac/cluster-role.ts";
import { RoleBinding } from "#api/rbac/role-binding.ts";
import { Role } from "#api/rbac/role.ts";
import type { PolicyRule } from "#api/rbac/schema.ts";
import { deepEqual } from "#api/json.ts";
import { keyText, type AnyKind, type Kind, type KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import { aggregatedRoles, aggregatesTo, roles, type SubjectRef } from "#server/auth/bootstrap-roles.ts";
import { bootstrapPolicy, type BootstrapPolicy } from "#server/auth/gated-roles.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import { compactRules, uncovered } from "#server/auth/rbac-rules.ts";
import type { FeatureGates } from "#server/features/feature-gates.ts";

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

interface ControllerRole {
  readonly role: string;
  readonly account: string;
  readonly rules: readonly PolicyRule[];
}
/** Upstream's role of each controller, and what ours needs beyond. */
function* wantedControllerRoles(
  { controllerRoles }: BootstrapPolicy,
  controllers: ReadonlyMap<string, readonly PolicyRule[]>,
): Iterable<ControllerRole> {
  for (const [account, rules] of Object.entries(controllerRoles))
    yield { role: `system:controller:${account}`, account, rules };
  for (const [account, rules] of controllers) {
    const further = compactRules(uncovered(controllerRoles[account] ?? [], rules));
    if (further.length > 0) yield { role: `timonier:controller:${account}`, account, rules: further };
  }
}
function* wantedClusterRoles(
  { clusterRoles }: BootstrapPolicy,
  controllers: readonly ControllerRole[],
): Iterable<Draft<ClusterRole>> {
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
  for (const { role, rules } of controllers) yield { metadata: meta(role), rules } as Draft<ClusterRole>;
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
    ...(subjects.length > 0 ? { subjects: subjects.map(subjectOf) } : {}),
  } as Draft<RoleBinding>;
}

/** What stands there with the labels and annotations that belong to it; those that people changed stay. */
function withMetadataOf(wanted: Draft<KubeObject>, found: KubeObject): KubeObject["metadata"] {
  const { labels, annotations } = wanted.metadata as Required<Pick<KubeObject["metadata"], "labels" | "annotations">>;
  const { metadata } = found;
  return {
    ...metadata,
    labels: { ...labels, ...metadata.labels },
    annotations: { ...annotations, ...metadata.annotations },
  };
}
/** The union of both; undefined: nothing is missing. */
function completedRole(wanted: Draft<ClusterRole>, found: ClusterRole): object | undefined {
  const metadata = withMetadataOf(wanted as Draft<KubeObject>, found);
  const { clusterRoleSelectors = [] } = (wanted.aggregationRule ?? {}) as NonNullable<ClusterRole["aggregationRule"]>;
  const selectors = found.aggregationRule?.clusterRoleSelectors ?? [];
  const newSelectors = clusterRoleSelectors.filter((one) => !selectors.some((known) => deepEqual(known, one)));
  // The aggregation controller keeps the rules of the others.
  const rules = wanted.aggregationRule ? [] : uncovered(found.rules ?? [], (wanted.rules ?? []) as PolicyRule[]);
  if (rules.length === 0 && newSelectors.length === 0 && deepEqual(metadata, found.metadata)) return undefined;
  return {
    ...found,
    metadata,
    rules: [...(found.rules ?? []), ...compactRules(rules)],
    ...(wanted.aggregationRule ? { aggregationRule: { clusterRoleSelectors: [...selectors, ...newSelectors] } } : {}),
  };
}
function completedBinding(wanted: Draft<RoleBinding>, found: RoleBinding): object | undefined {
  const metadata = withMetadataOf(wanted as Draft<KubeObject>, found);
  const known = found.subjects ?? [];
  const subjects = (wanted.subjects ?? []).filter(
    (s) => !known.some((f) => f.kind === s.kind && f.name === s.name && (f.namespace ?? "") === (s.namespace ?? "")),
  );
  if (subjects.length === 0 && deepEqual(metadata, found.metadata)) return undefined;
  return { ...found, metadata, ...(subjects.length > 0 ? { subjects: [...known, ...subjects] } : {}) };
}

/** What must be written so that the policy is complete. `controllers`: what those that run need, by their account. */
export function planPolicy(
  objects: StoredObjects,
  controllers: ReadonlyMap<string, readonly PolicyRule[]>,
  gates?: FeatureGates,
): PolicyWrite[] {
  const policy = bootstrapPolicy(gates);
  const writes: PolicyWrite[] = [];
  const plan = <T extends KubeObject>(
    kind: AnyKind,
    wanted: Draft<T>,
    complete: (wanted: Draft<T>, found: T) => object | undefined,
  ): void => {
    const { name, namespace = "" } = wanted.metadata as { name: string; namespace?: string };
    const found = objects.get(kind as Kind<T>, keyText({ name, namespace }));
    if (!found) writes.push({ kind, object: wanted as Draft<KubeObject>, exists: false });
    else if (found.metadata.annotations?.[autoUpdate] !== "false") {
      const object = complete(wanted, found) as Draft<KubeObject> | undefined;
      if (object) writes.push({ kind, object, exists: true });
    }
  };
  const role = (kind: AnyKind, wanted: Draft<ClusterRole>): void => plan(kind, wanted, completedRole);
  const bind = (kind: AnyKind, wanted: Draft<RoleBinding>): void => plan(kind, wanted, completedBinding);
  const ofControllers = [...wantedControllerRoles(policy, controllers)];
  for (const wanted of wantedClusterRoles(policy, ofControllers)) role(ClusterRole, wanted);
  for (const [name, subjects] of Object.entries(policy.clusterRoleBindings))
    bind(ClusterRoleBinding, binding(name, "ClusterRole", name, subjects));
  for (const { role: name, account } of ofControllers)
    bind(
      ClusterRoleBinding,
      binding(name, "ClusterRole", name, [{ kind: "ServiceAccount", name: account, namespace: "kube-system" }]),
    );
  for (const { key, rules, subjects, bindingName } of roles) {
    const [namespace, name] = key.split("/") as [string, string];
    role(Role, { metadata: meta(name, {}, namespace), rules } as Draft<ClusterRole>);
    bind(RoleBinding, binding(bindingName ?? name, "Role", name, subjects, namespace));
  }
  return writes;
}
