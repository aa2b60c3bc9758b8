// The roles every cluster starts with, under their well-known names. `read`, `write` and `crud` abbreviate verb sets.
import type { PolicyRule } from "#api/rbac/schema.ts";

const read = ["get", "list", "watch"] as const;
const write = ["create", "delete", "deletecollection", "patch", "update"] as const;
const crud = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"] as const;

const rule = (
  apiGroups: readonly string[],
  resources: readonly string[],
  verbs: readonly string[],
  resourceNames?: readonly string[],
): PolicyRule => ({
  apiGroups,
  resources,
  verbs,
  ...(resourceNames ? { resourceNames } : {}),
});
const paths = (...nonResourceURLs: readonly string[]): PolicyRule => ({ nonResourceURLs, verbs: ["get"] });
const events = rule(["", "events.k8s.io"], ["events"], ["create", "patch", "update"]);
/** Reads and writes one lock in kube-system. */
const lease = (name: string): PolicyRule[] => [
  rule(["coordination.k8s.io"], ["leases"], ["create", "get", "list", "update", "watch", "patch"]),
  rule(["coordination.k8s.io"], ["leases"], ["get", "update"], [name]),
];

const workloads = [
  "daemonsets",
  "deployments",
  "deployments/scale",
  "replicasets",
  "replicasets/scale",
  "statefulsets",
  "statefulsets/scale",
];
const viewed: readonly PolicyRule[] = [
  rule(
    [""],
    [
      "bindings",
      "configmaps",
      "endpoints",
      "events",
      "limitranges",
      "namespaces",
      "namespaces/status",
      "persistentvolumeclaims",
      "persistentvolumeclaims/status",
      "pods",
      "pods/log",
      "pods/status",
      "replicationcontrollers",
      "replicationcontrollers/scale",
      "replicationcontrollers/status",
      "resourcequotas",
      "resourcequotas/status",
      "serviceaccounts",
      "services",
      "services/status",
    ],
    read,
  ),
  rule(["discovery.k8s.io"], ["endpointslices"], read),
  rule(
    ["apps"],
    [
      "controllerrevisions",
      ...workloads,
      "daemonsets/status",
      "deployments/status",
      "replicasets/status",
      "statefulsets/status",
    ],
    read,
  ),
  rule(["autoscaling"], ["horizontalpodautoscalers", "horizontalpodautoscalers/status"], read),
  rule(["batch"], ["cronjobs", "cronjobs/status", "jobs", "jobs/status"], read),
  rule(["policy"], ["poddisruptionbudgets", "poddisruptionbudgets/status"], read),
  rule(["networking.k8s.io"], ["ingresses", "ingresses/status", "networkpolicies"], read),
  rule(["resource.k8s.io"], ["resourceclaims", "resourceclaims/status", "resourceclaimtemplates"], read),
];
const edited: readonly PolicyRule[] = [
  rule([""], ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"], read),
  rule([""], ["serviceaccounts"], ["impersonate"]),
  rule([""], ["pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"], write),
  rule([""], ["pods/eviction"], ["create"]),
  rule(
    [""],
    [
      "configmaps",
      "endpoints",
      "events",
      "persistentvolumeclaims",
      "replicationcontrollers",
      "replicationcontrollers/scale",
      "secrets",
      "serviceaccounts",
      "services",
      "services/proxy",
    ],
    write,
  ),
  rule([""], ["serviceaccounts/token"], ["create"]),
  rule(["apps"], [...workloads, "deployments/rollback"], write),
  rule(["autoscaling"], ["horizontalpodautoscalers"], write),
  rule(["batch"], ["cronjobs", "jobs"], write),
  rule(["policy"], ["poddisruptionbudgets"], write),
  rule(["networking.k8s.io"], ["ingresses", "networkpolicies"], write),
  rule(["coordination.k8s.io"], ["leases"], crud),
  rule(["resource.k8s.io"], ["resourceclaims", "resourceclaimtemplates"], write),
];
const administered: readonly PolicyRule[] = [
  rule(["authorization.k8s.io"], ["localsubjectaccessreviews"], ["create"]),
  rule(["rbac.authorization.k8s.io"], ["rolebindings", "roles"], crud),
];
/** User-facing roles are the union of those that carry their aggregation label. */
export const aggregatedRoles: Readonly<Record<string, readonly string[]>> = {
  admin: ["system:aggregate-to-admin", "system:aggregate-to-edit", "system:aggregate-to-view"],
  edit: ["system:aggregate-to-edit", "system:aggregate-to-view"],
  view: ["system:aggregate-to-view"],
};
/** Which user-facing role a role adds to. */
export const aggregatesTo: Readonly<Record<string, string>> = {
  "system:aggregate-to-admin": "admin",
  "system:aggregate-to-edit": "edit",
  "system:aggregate-to-view": "view",
};

const discoveryPaths = [
  "/api",
  "/api/*",
  "/apis",
  "/apis/*",
  "/healthz",
  "/livez",
  "/openapi",
  "/openapi/*",
  "/readyz",
  "/version",
  "/version/",
];

/** Rules by ClusterRole name. */
export const clusterRoles: Readonly<Record<string, readonly PolicyRule[]>> = {
  "cluster-admin": [rule(["*"], ["*"], ["*"]), { nonResourceURLs: ["*"], verbs: ["*"] }],
  "system:aggregate-to-admin": administered,
  "system:aggregate-to-edit": edited,
  "system:aggregate-to-view": viewed,
  "system:discovery": [paths(...discoveryPaths)],
  "system:public-info-viewer": [paths("/healthz", "/livez", "/readyz", "/version", "/version/")],
  "system:monitoring": [
    paths("/healthz", "/healthz/*", "/livez", "/livez/*", "/metrics", "/metrics/slis", "/readyz", "/readyz/*"),
  ],
  "system:basic-user": [
    rule(["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], ["create"]),
    rule(["authentication.k8s.io"], ["selfsubjectreviews"], ["create"]),
  ],
  "system:auth-delegator": [
    rule(["authentication.k8s.io"], ["tokenreviews"], ["create"]),
    rule(["authorization.k8s.io"], ["subjectaccessreviews"], ["create"]),
  ],
  "system:service-account-issuer-discovery": [
    paths(
      "/.well-known/openid-configuration",
      "/.well-known/openid-configuration/",
      "/openid/v1/jwks",
      "/openid/v1/jwks/",
    ),
  ],
  "system:kubelet-api-admin": [
    rule([""], ["nodes"], ["get", "list", "watch", "proxy"]),
    rule(
      [""],
      ["nodes/log", "nodes/metrics", "nodes/proxy", "nodes/stats", "nodes/configz", "nodes/healthz", "nodes/pods"],
      ["*"],
    ),
  ],
  "system:node-bootstrapper": [
    rule(["certificates.k8s.io"], ["certificatesigningrequests"], ["create", "get", "list", "watch"]),
  ],
  "system:node-problem-detector": [rule([""], ["nodes"], ["get"]), rule([""], ["nodes/status"], ["patch"]), events],
  "system:node-proxier": [
    rule([""], ["endpoints", "services"], ["list", "watch"]),
    rule([""], ["nodes"], read),
    events,
    rule(["discovery.k8s.io"], ["endpointslices"], ["list", "watch"]),
    rule(["networking.k8s.io"], ["servicecidrs"], ["list", "watch"]),
    rule([""], ["namespaces", "pods"], read),
  ],
  "system:kube-dns": [
    rule([""], ["endpoints", "services", "namespaces", "pods"], ["list", "watch"]),
    rule(["discovery.k8s.io"], ["endpointslices"], ["list", "watch"]),
  ],
  "system:kube-scheduler": [
    events,
    ...lease("kube-scheduler"),
    rule(
      [""],
      ["nodes", "namespaces", "persistentvolumeclaims", "persistentvolumes", "replicationcontrollers", "services"],
      read,
    ),
    rule([""], ["pods"], ["delete", "get", "list", "watch"]),
    rule([""], ["bindings", "pods/binding"], ["create"]),
    rule([""], ["pods/status", "persistentvolumeclaims", "persistentvolumes"], ["patch", "update"]),
    rule(["apps"], ["replicasets", "statefulsets"], read),
    rule(["policy"], ["poddisruptionbudgets"], read),
    rule(["scheduling.k8s.io"], ["priorityclasses"], read),
    rule(
      ["storage.k8s.io"],
      ["csidrivers", "csinodes", "csistoragecapacities", "storageclasses", "volumeattachments"],
      read,
    ),
    rule(["resource.k8s.io"], ["deviceclasses", "resourceclaims", "resourceslices"], read),
    rule(["resource.k8s.io"], ["resourceclaims", "resourceclaims/status"], ["patch", "update"]),
    rule(["authentication.k8s.io"], ["tokenreviews"], ["create"]),
    rule(["authorization.k8s.io"], ["subjectaccessreviews"], ["create"]),
  ],
  "system:kube-controller-manager": [
    events,
    ...lease("kube-controller-manager"),
    rule(["*"], ["*"], ["list", "watch"]),
    rule([""], ["secrets", "serviceaccounts"], ["create", "get", "update"]),
    rule([""], ["secrets"], ["delete"]),
    rule([""], ["configmaps", "namespaces"], ["get"]),
    rule([""], ["serviceaccounts/token"], ["create"]),
    rule(["authentication.k8s.io"], ["tokenreviews"], ["create"]),
    rule(["authorization.k8s.io"], ["subjectaccessreviews"], ["create"]),
  ],
  "system:volume-scheduler": [
    rule([""], ["persistentvolumes", "persistentvolumeclaims"], ["get", "list", "patch", "update", "watch"]),
    rule(["storage.k8s.io"], ["storageclasses"], read),
  ],
  "system:certificates.k8s.io:certificatesigningrequests:nodeclient": [
    rule(["certificates.k8s.io"], ["certificatesigningrequests/nodeclient"], ["create"]),
  ],
  "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient": [
    rule(["certificates.k8s.io"], ["certificatesigningrequests/selfnodeclient"], ["create"]),
  ],
};

export interface SubjectRef {
  readonly kind: "User" | "Group" | "ServiceAccount";
  readonly name: string;
  readonly namespace?: string;
}
const group = (name: string): SubjectRef => ({ kind: "Group", name });
const user = (name: string): SubjectRef => ({ kind: "User", name });
/** Subjects by the name of the ClusterRoleBinding, which is that of its role. */
export const clusterRoleBindings: Readonly<Record<string, readonly SubjectRef[]>> = {
  "cluster-admin": [group("system:masters")],
  "system:discovery": [group("system:authenticated")],
  "system:basic-user": [group("system:authenticated")],
  "system:public-info-viewer": [group("system:authenticated"), group("system:unauthenticated")],
  "system:monitoring": [group("system:monitoring")],
  "system:service-account-issuer-discovery": [group("system:serviceaccounts")],
  "system:node-proxier": [user("system:kube-proxy")],
  "system:kube-scheduler": [user("system:kube-scheduler")],
  "system:volume-scheduler": [user("system:kube-scheduler")],
  "system:kube-controller-manager": [user("system:kube-controller-manager")],
  "system:kube-dns": [{ kind: "ServiceAccount", name: "kube-dns", namespace: "kube-system" }],
};
/** Rules by "namespace/name" of a Role, and who holds them. */
export const roles: Readonly<
  Record<string, { readonly rules: readonly PolicyRule[]; readonly subjects: readonly SubjectRef[] }>
> = {
  "kube-system/extension-apiserver-authentication-reader": {
    rules: [rule([""], ["configmaps"], read, ["extension-apiserver-authentication"])],
    subjects: [user("system:kube-controller-manager"), user("system:kube-scheduler")],
  },
};
