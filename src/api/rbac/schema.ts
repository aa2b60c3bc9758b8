// Wire types of rbac.

import { type Infer, atomicList, message, optional, pointer, required, string, struct, topLevel } from "#api/schema.ts";
import { LabelSelector, ObjectMeta } from "#api/meta/schema.ts";

export const AggregationRule = message("io.k8s.api.rbac.v1.AggregationRule", "", {
  clusterRoleSelectors: optional(1, atomicList(LabelSelector), ""),
});
export interface AggregationRule extends Infer<typeof AggregationRule> {}

export const PolicyRule = message("io.k8s.api.rbac.v1.PolicyRule", "", {
  verbs: required(1, atomicList(string), ""),
  apiGroups: optional(2, atomicList(string), ""),
  resources: optional(3, atomicList(string), ""),
  resourceNames: optional(4, atomicList(string), ""),
  nonResourceURLs: optional(5, atomicList(string), ""),
});
export interface PolicyRule extends Infer<typeof PolicyRule> {}

export const ClusterRole = topLevel("io.k8s.api.rbac.v1.ClusterRole", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  rules: optional(2, atomicList(PolicyRule), "", { always: true }),
  aggregationRule: pointer(3, AggregationRule, ""),
});
export interface ClusterRole extends Infer<typeof ClusterRole> {}

export const Subject = message(
  "io.k8s.api.rbac.v1.Subject",
  "",
  {
    kind: required(1, string, ""),
    apiGroup: optional(2, string, ""),
    name: required(3, string, ""),
    namespace: optional(4, string, ""),
  },
  [],
  { atomic: true },
);
export interface Subject extends Infer<typeof Subject> {}

export const RoleRef = message(
  "io.k8s.api.rbac.v1.RoleRef",
  "",
  {
    apiGroup: optional(1, string, "", { always: true }),
    kind: required(2, string, ""),
    name: required(3, string, ""),
  },
  [],
  { atomic: true },
);
export interface RoleRef extends Infer<typeof RoleRef> {}

export const ClusterRoleBinding = topLevel("io.k8s.api.rbac.v1.ClusterRoleBinding", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  subjects: optional(2, atomicList(Subject), ""),
  roleRef: required(3, RoleRef, ""),
});
export interface ClusterRoleBinding extends Infer<typeof ClusterRoleBinding> {}

export const Role = topLevel("io.k8s.api.rbac.v1.Role", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  rules: optional(2, atomicList(PolicyRule), "", { always: true }),
});
export interface Role extends Infer<typeof Role> {}

export const RoleBinding = topLevel("io.k8s.api.rbac.v1.RoleBinding", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  subjects: optional(2, atomicList(Subject), ""),
  roleRef: required(3, RoleRef, ""),
});
export interface RoleBinding extends Infer<typeof RoleBinding> {}
