// The RBAC authorizer: an index from subjects to their rules, rebuilt when a role or binding has changed, so that a
// request costs a few Map look-ups.
import { ClusterRoleBinding } from "#api/rbac/cluster-role-binding.ts";
import { ClusterRole } from "#api/rbac/cluster-role.ts";
import { RoleBinding } from "#api/rbac/role-binding.ts";
import { Role } from "#api/rbac/role.ts";
import type { PolicyRule, RoleRef, Subject } from "#api/rbac/schema.ts";
import type { AnyKind } from "#api/kind.ts";
import { ruleAllows, type Attributes } from "#server/auth/rbac-rules.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import type { UserInfo } from "#server/pipeline.ts";

interface Grant {
  /** "" holds everywhere. */
  readonly namespace: string;
  readonly rules: readonly PolicyRule[];
}
const sources: readonly AnyKind[] = [Role, ClusterRole, RoleBinding, ClusterRoleBinding];

/** A key for the index: users and service accounts share one space, groups have their own. */
function subjectKey(subject: Subject, bindingNamespace: string): string {
  if (subject.kind === "Group") return `group:${subject.name}`;
  if (subject.kind === "ServiceAccount")
    return `user:system:serviceaccount:${subject.namespace || bindingNamespace}:${subject.name}`;
  return `user:${subject.name}`;
}

export class Rbac {
  readonly #objects: StoredObjects;
  #grants = new Map<string, Grant[]>();
  #builtFrom = "";

  constructor(objects: StoredObjects) {
    this.#objects = objects;
  }
  /** Why the request is allowed, or undefined. */
  allows(user: UserInfo, asked: Attributes): boolean {
    for (const grant of this.#grantsOf(user)) {
      if (grant.namespace !== "" && grant.namespace !== asked.namespace) continue;
      if (grant.rules.some((rule) => ruleAllows(rule, asked))) return true;
    }
    return false;
  }
  /** All rules a user holds in a namespace ("": those that hold everywhere). */
  rulesFor(user: UserInfo, namespace: string): PolicyRule[] {
    return [...this.#grantsOf(user)]
      .filter((g) => g.namespace === "" || g.namespace === namespace)
      .flatMap((g) => g.rules);
  }
  /** The rules that a reference stands for; undefined when the role does not exist. */
  rulesOf(ref: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
    if (ref.kind === "ClusterRole") {
      const role = this.#objects.get(ClusterRole, ref.name);
      return role && (role.rules ?? []);
    }
    const role = this.#objects.get(Role, `${namespace}/${ref.name}`);
    return role && (role.rules ?? []);
  }
  *#grantsOf(user: UserInfo): Iterable<Grant> {
    this.#refresh();
    yield* this.#grants.get(`user:${user.name}`) ?? [];
    for (const group of user.groups) yield* this.#grants.get(`group:${group}`) ?? [];
  }
  #refresh(): void {
    const now = sources.map((kind) => this.#objects.version(kind)).join("/");
    if (now === this.#builtFrom) return;
    this.#builtFrom = now;
    this.#grants = new Map();
    for (const binding of this.#objects.list(ClusterRoleBinding)) this.#add(binding, "");
    for (const binding of this.#objects.list(RoleBinding)) this.#add(binding, binding.metadata.namespace ?? "");
  }
  #add(binding: RoleBinding | ClusterRoleBinding, namespace: string): void {
    const rules = this.rulesOf(binding.roleRef, namespace);
    if (!rules?.length) return;
    for (const subject of binding.subjects ?? []) {
      const key = subjectKey(subject, namespace);
      const known = this.#grants.get(key);
      if (known) known.push({ namespace, rules });
      else this.#grants.set(key, [{ namespace, rules }]);
    }
  }
}
