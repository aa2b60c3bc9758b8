// Rules for roles and for what binds them to people, groups and ServiceAccounts.
import { type FieldError, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import type { Column, KubeObject } from "#api/kind.ts";
import { isDnsSubdomain, isPathSegment } from "#api/names.ts";
import type { Draft } from "#api/schema.ts";
import { invalidEach, sameValue, supported } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import type { PolicyRule, RoleRef, Subject } from "./schema.ts";

export const rbacGroup = "rbac.authorization.k8s.io";

export function validatePolicyRule(found: FieldError[], field: string, rule: PolicyRule, namespaced: boolean): void {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs: urls = [] } = rule;
  if (verbs.length === 0) found.push(requiredValue(`${field}.verbs`, "verbs must contain at least one value"));
  if (urls.length > 0) {
    const refuse = (why: string): void => void found.push(invalidValue(`${field}.nonResourceURLs`, urls, why));
    if (namespaced) refuse("namespaced rules cannot apply to non-resource URLs");
    if (apiGroups.length + resources.length + resourceNames.length > 0)
      refuse("rules cannot apply to both regular resources and non-resource URLs");
    return;
  }
  if (apiGroups.length === 0)
    found.push(requiredValue(`${field}.apiGroups`, "resource rules must supply at least one api group"));
  if (resources.length === 0)
    found.push(requiredValue(`${field}.resources`, "resource rules must supply at least one resource"));
}

interface BindingFields extends KubeObject {
  readonly roleRef: RoleRef;
  readonly subjects?: readonly Subject[];
}
/** Clients may leave out the API group where there is only one. */
export function applyBindingDefaults(draft: Draft<BindingFields>): void {
  const ref = (draft.roleRef ??= {});
  ref.apiGroup ||= rbacGroup;
  for (const subject of draft.subjects ?? [])
    if (subject?.kind === "User" || subject?.kind === "Group") subject.apiGroup ||= rbacGroup;
}
export function validateBinding({ roleRef, subjects = [] }: BindingFields, namespaced: boolean): FieldError[] {
  const found: FieldError[] = [];
  const { apiGroup, kind, name } = roleRef;
  supported(found, "roleRef.apiGroup", apiGroup, [rbacGroup]);
  supported(found, "roleRef.kind", kind, namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"]);
  if (!name) found.push(requiredValue("roleRef.name"));
  else invalidEach(found, "roleRef.name", name, isPathSegment(name));
  for (const [i, subject] of subjects.entries()) validateSubject(found, `subjects[${i}]`, subject, namespaced);
  return found;
}
function validateSubject(found: FieldError[], at: string, subject: Subject, namespaced: boolean): void {
  const { kind, name, apiGroup = "", namespace } = subject;
  if (!name) found.push(requiredValue(`${at}.name`));
  if (kind === "ServiceAccount") {
    if (name) invalidEach(found, `${at}.name`, name, isDnsSubdomain(name));
    if (apiGroup) found.push(notSupported(`${at}.apiGroup`, apiGroup, [""]));
    if (!namespaced && !namespace) found.push(requiredValue(`${at}.namespace`));
  } else if (kind === "User" || kind === "Group") supported(found, `${at}.apiGroup`, apiGroup, [rbacGroup]);
  else found.push(notSupported(`${at}.kind`, kind, ["ServiceAccount", "User", "Group"]));
}
/** What a binding grants does not change; to grant something else is another binding. */
export function validateBindingUpdate(object: BindingFields, old: BindingFields): FieldError[] {
  if (sameValue(object.roleRef, old.roleRef)) return [];
  const { apiGroup, kind, name } = object.roleRef;
  return [invalidValue("roleRef", { APIGroup: apiGroup, Kind: kind, Name: name }, "cannot change roleRef")];
}

const ofKind =
  (kind: string, text: (subject: Subject) => string) =>
  ({ subjects = [] }: BindingFields): string =>
    subjects
      .filter((subject) => subject.kind === kind)
      .map(text)
      .join(", ");
export const bindingColumns: readonly Column<BindingFields>[] = [
  nameColumn,
  textColumn("Role", "Role that is granted.", ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
  ageColumn,
  textColumn(
    "Users",
    "Users it is granted to.",
    ofKind("User", ({ name }) => name),
    1,
  ),
  textColumn(
    "Groups",
    "Groups it is granted to.",
    ofKind("Group", ({ name }) => name),
    1,
  ),
  textColumn(
    "ServiceAccounts",
    "ServiceAccounts it is granted to.",
    ofKind("ServiceAccount", ({ name, namespace }) => `${namespace ?? ""}/${name}`),
    1,
  ),
];
