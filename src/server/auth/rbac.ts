// The RBAC authorizer: an index from subjects to their rules, rebuilt when a role or binding has changed, so that a
// request costs a few Map look-ups. Why something is allowed is put into words only for who wants to know.
import { ClusterRoleBinding } from "#api/rbac/cluster-role-binding.ts";
import { ClusterRole } from "#api/rbac/cluster-role.ts";
import { RoleBinding } from "#api/rbac/role-binding.ts";
import { Role } from "#api/rbac/role.ts";
import type { PolicyRule, RoleRef, Subject } from "#api/rbac/schema.ts";
import type { AnyKind } from "#api/kind.ts";
import { ruleAllows, type Attributes } from "#server/auth/rbac-rules.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import type { UserInfo } from "#server/pipeline.ts";

type Binding = RoleBinding | ClusterRoleBinding;
export interface Grant {
  /** "" holds everywhere. */
  readonly namespace: string;
  /** Undefined: there is no such role. */
  readonly rules: readonly PolicyRule[] | undefined;
  readonly binding: Binding;
  readonly subject: Subject;
}
const sources: readonly AnyKind[] = [Role, ClusterRole, RoleBinding, ClusterRoleBinding];

/** A key for the index: users and service accounts share one space, groups have their own. */
function subjectKey(subject: Subject, bindingNamespace: string): string {
  if (subject.kind === "Group") return `group:${subject.name}`;
  if (subject.kind === "ServiceAccount")
    return `user:system:serviceaccount:${subject.namespace || bindingNamespace}:${subject.name}`;
  return `user:${subject.name}`;
}

const quoted = JSON.stringify;
/** The binding by which somebody may do something, in upstream's words. */
export function grantText({ namespace, binding, subject }: Grant): string {
  const { name } = binding.metadata;
  const head = namespace ? `RoleBinding ${quoted(`${name}/${namespace}`)}` : `ClusterRoleBinding ${quoted(name)}`;
  const who = subject.kind === "ServiceAccount" ? `${subject.name}/${subject.namespace || namespace}` : subject.name;
  return `RBAC: allowed by ${head} of ${binding.roleRef.kind} ${quoted(binding.roleRef.name)} to ${subject.kind} ${quoted(who)}`;
}

export class Rbac {
  readonly #objects: StoredObjects;
  #grants = new Map<string, Grant[]>();
  #builtFrom = "";

  constructor(objects: StoredObjects) {
    this.#objects = objects;
  }
  /** What allows the request, or undefined. */
  grantFor(user: UserInfo, asked: Attributes): Grant | undefined {
    for (const grant of this.#grantsOf(user)) {
      if (grant.namespace !== "" && grant.namespace !== asked.namespace) continue;
      if (grant.rules?.some((rule) => ruleAllows(rule, asked))) return grant;
    }
    return undefined;
  }
  /** Of the roles that are bound to the user there, those that do not exist, each in a sentence. */
  missingRoles(user: UserInfo, inNamespace: string): string[] {
    const names = new Set<string>();
    for (const { namespace, rules, binding } of this.#grantsOf(user)) {
      if (rules || (namespace !== "" && namespace !== inNamespace)) continue;
      const { kind, name } = binding.roleRef;
      names.add(`${kind.toLowerCase()}.rbac.authorization.k8s.io ${quoted(name)} not found`);
    }
    return [...names];
  }
  /** All rules a user holds in a namespace ("": those that hold everywhere). */
  rulesFor(user: UserInfo, namespace: string): PolicyRule[] {
    return [...this.#grantsOf(user)]
      .filter((g) => g.namespace === "" || g.namespace === namespace)
      .flatMap((g) => g.rules ?? []);
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
  #add(binding: Binding, namespace: string): void {
    const rules = this.rulesOf(binding.roleRef, namespace);
    for (const subject of binding.subjects ?? []) {
      const key = subjectKey(subject, namespace);
      const grant = { namespace, rules, binding, subject };
      const known = this.#grants.get(key);
      if (known) known.push(grant);
      else this.#grants.set(key, [grant]);
    }
  }
}
