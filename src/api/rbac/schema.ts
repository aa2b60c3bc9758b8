// Shapes of roles and role bindings, which say who may do what.

import { type Infer, atomicList, message, optional, pointer, required, string, struct, topLevel } from "#api/schema.ts";
import { LabelSelector, ObjectMeta } from "#api/meta/schema.ts";

export const AggregationRule = message(
  "io.k8s.api.rbac.v1.AggregationRule",
  "Picks the cluster roles whose rules are merged into this one.",
  {
    clusterRoleSelectors: optional(
      1,
      atomicList(LabelSelector),
      "Label selectors; a cluster role that matches any one of them is merged in.",
    ),
  },
);
export interface AggregationRule extends Infer<typeof AggregationRule> {}

export const PolicyRule = message(
  "io.k8s.api.rbac.v1.PolicyRule",
  "Allows a set of actions on a set of resources or URL paths.",
  {
    verbs: required(1, atomicList(string), "Allowed actions such as get, list, watch, create or delete; * allows all."),
    apiGroups: optional(
      2,
      atomicList(string),
      "API groups the resources belong to; an empty string means the core group, * means all.",
    ),
    resources: optional(
      3,
      atomicList(string),
      "Resource names in plural, such as pods or pods/log; * covers all of them.",
    ),
    resourceNames: optional(
      4,
      atomicList(string),
      "Limits the rule to objects with these names; empty means any name.",
    ),
    nonResourceURLs: optional(
      5,
      atomicList(string),
      "URL paths outside the resource API, such as /healthz; only works in a ClusterRole.",
    ),
  },
);
export interface PolicyRule extends Infer<typeof PolicyRule> {}

export const ClusterRole = topLevel(
  "io.k8s.api.rbac.v1.ClusterRole",
  "A named set of permissions that can be granted cluster-wide or in single namespaces.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    rules: optional(2, atomicList(PolicyRule), "What the role allows; there are no rules that forbid.", {
      always: true,
    }),
    aggregationRule: pointer(
      3,
      AggregationRule,
      "Fills rules automatically from other cluster roles; rules written by hand are then overwritten.",
    ),
  },
);
export interface ClusterRole extends Infer<typeof ClusterRole> {}

export const Subject = message(
  "io.k8s.api.rbac.v1.Subject",
  "One user, group or service account that receives a role.",
  {
    kind: required(1, string, "Sort of receiver: User, Group or ServiceAccount."),
    apiGroup: optional(
      2,
      string,
      "API group of the kind: rbac.authorization.k8s.io for users and groups, empty for service accounts.",
    ),
    name: required(3, string, "Name of the user, group or service account; users and groups are not API objects."),
    namespace: optional(4, string, "Where the service account lives; must be empty for users and groups."),
  },
  [],
  { atomic: true },
);
export interface Subject extends Infer<typeof Subject> {}

export const RoleRef = message(
  "io.k8s.api.rbac.v1.RoleRef",
  "Points to the role that a binding grants.",
  {
    apiGroup: optional(1, string, "API group of the role; rbac.authorization.k8s.io if not given.", {
      always: true,
      default: "rbac.authorization.k8s.io",
    }),
    kind: required(2, string, "Role or ClusterRole; a ClusterRoleBinding accepts only ClusterRole."),
    name: required(3, string, "Name of the role; a Role is looked up in the binding's own namespace."),
  },
  [],
  { atomic: true },
);
export interface RoleRef extends Infer<typeof RoleRef> {}

export const ClusterRoleBinding = topLevel(
  "io.k8s.api.rbac.v1.ClusterRoleBinding",
  "Grants a ClusterRole to users, groups or service accounts in all namespaces.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    subjects: optional(2, atomicList(Subject), "Who receives the role's permissions across the whole cluster."),
    roleRef: required(3, RoleRef, "The ClusterRole being granted; cannot be changed later."),
  },
);
export interface ClusterRoleBinding extends Infer<typeof ClusterRoleBinding> {}

export const Role = topLevel("io.k8s.api.rbac.v1.Role", "A named set of permissions that is valid in one namespace.", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  rules: optional(2, atomicList(PolicyRule), "What the role allows in its namespace; there are no rules that forbid.", {
    always: true,
  }),
});
export interface Role extends Infer<typeof Role> {}

export const RoleBinding = topLevel(
  "io.k8s.api.rbac.v1.RoleBinding",
  "Grants a role to users, groups or service accounts within one namespace.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    subjects: optional(2, atomicList(Subject), "Who receives the role's permissions in this namespace."),
    roleRef: required(3, RoleRef, "The Role or ClusterRole being granted; cannot be changed later."),
  },
);
export interface RoleBinding extends Infer<typeof RoleBinding> {}
