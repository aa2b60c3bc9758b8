// Nobody gives away rights that he has not: who writes a role must hold its rules, who binds one must hold them too,
// unless he may "escalate" roles or "bind" this one. Upstream has this in the storage of these kinds.
import { forbidden, notFound } from "#api/errors.ts";
import { deepEqual } from "#api/json.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { ClusterRoleBinding } from "#api/rbac/cluster-role-binding.ts";
import { ClusterRole } from "#api/rbac/cluster-role.ts";
import { RoleBinding } from "#api/rbac/role-binding.ts";
import { Role } from "#api/rbac/role.ts";
import type { PolicyRule } from "#api/rbac/schema.ts";
import { compactRules, ruleText, uncovered } from "#server/auth/rbac-rules.ts";
import { Rbac } from "#server/auth/rbac.ts";
import type { Authorizer, UserInfo } from "#server/pipeline.ts";
import type { Registry } from "#server/registry.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./admission.ts";
import { isAuthorized } from "./ask-authorizer.ts";
import { refuse } from "./refuse.ts";

const apiGroup = Role.group;
const guarded: readonly AnyKind[] = [Role, ClusterRole, RoleBinding, ClusterRoleBinding];
const everything: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

/** What lets the garbage collector do its work gives nobody a right. */
function isOnlyForCollection(object: KubeObject, old: KubeObject): boolean {
  const rest = ({ metadata, ...others }: KubeObject): object => {
    const { ownerReferences: _o, finalizers: _f, managedFields: _m, resourceVersion: _r, ...meta } = metadata;
    return { ...others, metadata: meta };
  };
  return deepEqual(rest(object), rest(old));
}

const listText = (items: readonly string[]): string => `[${items.map((item) => JSON.stringify(item)).join(" ")}]`;
/** What a user lacks of the rules, in upstream's words; undefined: nothing. */
export function escalation(
  user: UserInfo,
  owned: readonly PolicyRule[],
  wanted: readonly PolicyRule[],
): string | undefined {
  const missing = uncovered(owned, wanted);
  if (missing.length === 0) return undefined;
  const lines = [...new Set(compactRules(missing).map(ruleText))].toSorted();
  return (
    `user ${JSON.stringify(user.name)} (groups=${listText(user.groups)}) is attempting to grant RBAC permissions not ` +
    `currently held:\n${lines.join("\n")}`
  );
}

export function rbacEscalation(registry: Registry, authorizer: Authorizer): AdmissionPlugin {
  const rbac = new Rbac(registry);
  const held = ({ user, namespace }: AdmissionRequest): readonly PolicyRule[] => rbac.rulesFor(user, namespace);

  const checkRole = async (request: AdmissionRequest): Promise<void> => {
    const { of, namespace, user, operation } = request;
    const name = operation === "CREATE" ? "" : request.name;
    const asked = { verb: "escalate", group: apiGroup, resource: of.plural, name, namespace };
    if (await isAuthorized(authorizer, user, asked)) return;
    const role = request.object as unknown as ClusterRole;
    const why = escalation(user, held(request), role.rules ?? []);
    if (why) throw refuse(request, why);
    const aggregates = (r: ClusterRole | undefined): boolean =>
      (r?.aggregationRule?.clusterRoleSelectors ?? []).length > 0;
    if (!aggregates(role) && !aggregates(request.old as ClusterRole | undefined)) return;
    if (uncovered(held(request), everything).length > 0)
      throw refuse(request, "must have cluster-admin privileges to use the aggregationRule");
  };

  const checkBinding = async (request: AdmissionRequest): Promise<void> => {
    const { namespace, user } = request;
    const { roleRef } = request.object as unknown as RoleBinding;
    const of = roleRef.kind === "ClusterRole" ? ClusterRole : Role;
    const asked = {
      verb: "bind",
      group: roleRef.apiGroup ?? apiGroup,
      resource: of.plural,
      name: roleRef.name,
      namespace,
    };
    if (await isAuthorized(authorizer, user, asked)) return;
    const rules = rbac.rulesOf(roleRef, namespace);
    if (!rules) throw notFound(request.of, roleRef.name); // upstream names the binding's kind
    const why = escalation(user, held(request), rules);
    if (why) throw forbidden(request.of, request.name || (request.object?.metadata?.name ?? ""), why);
  };

  return {
    name: "RBACEscalation",
    concerns: ({ of, operation, subresource }) =>
      guarded.includes(of) && subresource === "" && (operation === "CREATE" || operation === "UPDATE"),
    validate(request) {
      const { user, object, old, of } = request;
      if (user.groups.includes("system:masters")) return undefined;
      if (old && isOnlyForCollection(object as unknown as KubeObject, old)) return undefined;
      return of === Role || of === ClusterRole ? checkRole(request) : checkBinding(request);
    },
  };
}
