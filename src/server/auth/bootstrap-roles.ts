// The roles every cluster starts with, under their well-known names and with upstream's very rules: people compare them,
// and tools look them up.
import type { PolicyRule } from "#api/rbac/schema.ts";
import { allow, crud, events, paths, read, write } from "./policy-rules.ts";

/** Rules by ClusterRole name. */
export const clusterRoles: Readonly<Record<string, readonly PolicyRule[]>> = {
  "cluster-admin": [allow("*", "*", "*"), paths("*", "*")],
  "system:aggregate-to-admin": [
    allow("create", "authorization.k8s.io", "localsubjectaccessreviews"),
    allow(crud, "rbac.authorization.k8s.io", "rolebindings roles"),
  ],
  "system:aggregate-to-edit": [
    allow(read, "core", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy"),
    allow("impersonate", "core", "serviceaccounts"),
    allow(write, "core", "pods pods/attach pods/exec pods/portforward pods/proxy"),
    allow("create", "core", "pods/eviction"),
    allow(
      write,
      "core",
      "configmaps persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy",
    ),
    allow("create", "core", "serviceaccounts/token"),
    allow(write, "core events.k8s.io", "events"),
    allow(
      write,
      "apps",
      "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale",
    ),
    allow(write, "autoscaling", "horizontalpodautoscalers"),
    allow(write, "batch", "cronjobs jobs"),
    allow(
      write,
      "extensions",
      "daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale",
    ),
    allow(write, "policy", "poddisruptionbudgets"),
    allow(write, "networking.k8s.io", "ingresses networkpolicies"),
    allow(crud, "coordination.k8s.io", "leases"),
    allow(write, "resource.k8s.io", "resourceclaims resourceclaimtemplates"),
  ],
  "system:aggregate-to-view": [
    allow(
      read,
      "core",
      "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status",
    ),
    allow(
      read,
      "core",
      "bindings limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status",
    ),
    allow(read, "core", "namespaces"),
    allow(read, "core events.k8s.io", "events"),
    allow(read, "discovery.k8s.io", "endpointslices"),
    allow(
      read,
      "apps",
      "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status",
    ),
    allow(read, "autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
    allow(read, "batch", "cronjobs cronjobs/status jobs jobs/status"),
    allow(
      read,
      "extensions",
      "daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale",
    ),
    allow(read, "policy", "poddisruptionbudgets poddisruptionbudgets/status"),
    allow(read, "networking.k8s.io", "ingresses ingresses/status networkpolicies"),
    allow(read, "resource.k8s.io", "resourceclaims resourceclaims/status resourceclaimtemplates"),
  ],
  "system:auth-delegator": [
    allow("create", "authentication.k8s.io", "tokenreviews"),
    allow("create", "authorization.k8s.io", "subjectaccessreviews"),
  ],
  "system:basic-user": [
    allow("create", "authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews"),
    allow("create", "authentication.k8s.io", "selfsubjectreviews"),
  ],
  "system:certificates.k8s.io:certificatesigningrequests:nodeclient": [
    allow("create", "certificates.k8s.io", "certificatesigningrequests/nodeclient"),
  ],
  "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient": [
    allow("create", "certificates.k8s.io", "certificatesigningrequests/selfnodeclient"),
  ],
  "system:certificates.k8s.io:kube-apiserver-client-approver": [
    allow("approve", "certificates.k8s.io", "signers", "kubernetes.io/kube-apiserver-client"),
  ],
  "system:certificates.k8s.io:kube-apiserver-client-kubelet-approver": [
    allow("approve", "certificates.k8s.io", "signers", "kubernetes.io/kube-apiserver-client-kubelet"),
  ],
  "system:certificates.k8s.io:kubelet-serving-approver": [
    allow("approve", "certificates.k8s.io", "signers", "kubernetes.io/kubelet-serving"),
  ],
  "system:certificates.k8s.io:legacy-unknown-approver": [
    allow("approve", "certificates.k8s.io", "signers", "kubernetes.io/legacy-unknown"),
  ],
  "system:discovery": [
    paths("get", "/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/"),
  ],
  "system:heapster": [allow(read, "core", "events namespaces nodes pods"), allow(read, "extensions", "deployments")],
  "system:kube-aggregator": [allow(read, "core", "endpoints services")],
  "system:kube-controller-manager": [
    events,
    allow("create", "coordination.k8s.io", "leases"),
    allow("get update", "coordination.k8s.io", "leases", "kube-controller-manager"),
    allow("create", "core", "secrets serviceaccounts"),
    allow("delete", "core", "secrets"),
    allow("get", "core", "configmaps namespaces secrets serviceaccounts"),
    allow("update", "core", "secrets serviceaccounts"),
    allow("create", "authentication.k8s.io", "tokenreviews"),
    allow("create", "authorization.k8s.io", "subjectaccessreviews"),
    allow("list watch", "*", "*"),
    allow("create", "core", "serviceaccounts/token"),
  ],
  "system:kube-dns": [allow("list watch", "core", "endpoints services")],
  "system:kube-scheduler": [
    events,
    allow("create", "coordination.k8s.io", "leases"),
    allow("get list update watch", "coordination.k8s.io", "leases", "kube-scheduler"),
    allow(crud, "coordination.k8s.io", "leasecandidates"),
    allow(read, "core", "nodes"),
    allow("delete get list watch", "core", "pods"),
    allow("create", "core", "bindings pods/binding"),
    allow("patch update", "core", "pods/status"),
    allow(read, "core", "replicationcontrollers services"),
    allow(read, "apps extensions", "replicasets"),
    allow(read, "apps", "statefulsets"),
    allow(read, "policy", "poddisruptionbudgets"),
    allow(read, "core", "persistentvolumeclaims persistentvolumes"),
    allow("create", "authentication.k8s.io", "tokenreviews"),
    allow("create", "authorization.k8s.io", "subjectaccessreviews"),
    allow(read, "storage.k8s.io", "csinodes"),
    allow(read, "storage.k8s.io", "volumeattachments"),
    allow(read, "core", "namespaces"),
    allow(read, "storage.k8s.io", "csidrivers"),
    allow(read, "storage.k8s.io", "csistoragecapacities"),
    allow(read, "resource.k8s.io", "deviceclasses"),
    allow("get list patch update watch", "resource.k8s.io", "resourceclaims"),
    allow("get list patch update watch", "resource.k8s.io", "resourceclaims/status"),
    allow("update", "core", "pods/finalizers"),
    allow(read, "resource.k8s.io", "resourceslices"),
    allow("create delete", "resource.k8s.io", "resourceclaims"),
    allow("patch update", "resource.k8s.io", "resourceclaims/binding"),
  ],
  "system:kubelet-api-admin": [
    allow(read, "core", "nodes"),
    allow("proxy", "core", "nodes"),
    allow("*", "core", "nodes/log nodes/metrics nodes/proxy nodes/stats"),
    allow("*", "core", "nodes/configz nodes/healthz nodes/pods"),
  ],
  "system:monitoring": [
    paths("get", "/flagz /healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/* /statusz"),
    allow("get", "core", "nodes/metrics"),
  ],
  "system:node": [
    allow("create", "authentication.k8s.io", "tokenreviews"),
    allow("create", "authorization.k8s.io", "localsubjectaccessreviews subjectaccessreviews"),
    allow(read, "core", "services"),
    allow("create get list watch", "core", "nodes"),
    allow("patch update", "core", "nodes/status"),
    allow("patch update", "core", "nodes"),
    events,
    allow(read, "core", "pods"),
    allow("create delete", "core", "pods"),
    allow("patch update", "core", "pods/status"),
    allow("create", "core", "pods/eviction"),
    allow(read, "core", "configmaps secrets"),
    allow("get", "core", "persistentvolumeclaims persistentvolumes"),
    allow("get", "core", "endpoints"),
    allow("create get list watch", "certificates.k8s.io", "certificatesigningrequests"),
    allow("create delete get patch update", "coordination.k8s.io", "leases"),
    allow("get", "storage.k8s.io", "volumeattachments"),
    allow("create", "core", "serviceaccounts/token"),
    allow("get patch update", "core", "persistentvolumeclaims/status"),
    allow(read, "storage.k8s.io", "csidrivers"),
    allow("create delete get patch update", "storage.k8s.io", "csinodes"),
    allow(read, "node.k8s.io", "runtimeclasses"),
    allow("get", "resource.k8s.io", "resourceclaims"),
    allow("deletecollection", "resource.k8s.io", "resourceslices"),
    allow("get", "core", "serviceaccounts"),
  ],
  "system:node-bootstrapper": [allow("create get list watch", "certificates.k8s.io", "certificatesigningrequests")],
  "system:node-problem-detector": [allow("get", "core", "nodes"), allow("patch", "core", "nodes/status"), events],
  "system:node-proxier": [
    allow("list watch", "core", "endpoints services"),
    allow(read, "core", "nodes"),
    events,
    allow("list watch", "networking.k8s.io", "servicecidrs"),
    allow("list watch", "discovery.k8s.io", "endpointslices"),
  ],
  "system:persistent-volume-provisioner": [
    allow("create delete get list watch", "core", "persistentvolumes"),
    allow("get list update watch", "core", "persistentvolumeclaims"),
    allow(read, "storage.k8s.io", "storageclasses"),
    allow("watch", "core", "events"),
    events,
  ],
  "system:public-info-viewer": [paths("get", "/healthz /livez /readyz /version /version/")],
  "system:service-account-issuer-discovery": [
    paths(
      "get",
      "/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/",
    ),
  ],
  "system:volume-scheduler": [
    allow("get list patch update watch", "core", "persistentvolumes"),
    allow(read, "storage.k8s.io", "storageclasses"),
    allow("get list patch update watch", "core", "persistentvolumeclaims"),
  ],
  // Of this program: the node process answers names for its pods, and is kube-proxy as well.
  "timonier:node-network": [allow("get list watch", "core", "namespaces pods")],
  // Its scheduler looks priority classes up.
  "timonier:scheduler": [allow(read, "scheduling.k8s.io", "priorityclasses")],
};

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

export interface SubjectRef {
  readonly kind: "User" | "Group" | "ServiceAccount";
  readonly name: string;
  readonly namespace?: string;
}
const group = (name: string): SubjectRef => ({ kind: "Group", name });
const user = (name: string): SubjectRef => ({ kind: "User", name });
const account = (name: string): SubjectRef => ({ kind: "ServiceAccount", name, namespace: "kube-system" });
/** Subjects by the name of the ClusterRoleBinding, which is that of its role. */
export const clusterRoleBindings: Readonly<Record<string, readonly SubjectRef[]>> = {
  "cluster-admin": [group("system:masters")],
  "system:discovery": [group("system:authenticated")],
  "system:basic-user": [group("system:authenticated")],
  "system:public-info-viewer": [group("system:authenticated"), group("system:unauthenticated")],
  "system:monitoring": [group("system:monitoring")],
  "system:service-account-issuer-discovery": [group("system:serviceaccounts")],
  // Nodes have their rights from the node authorizer; who wants them for others adds a subject.
  "system:node": [],
  "system:node-proxier": [user("system:kube-proxy")],
  "system:kube-scheduler": [user("system:kube-scheduler")],
  "system:volume-scheduler": [user("system:kube-scheduler")],
  "system:kube-controller-manager": [user("system:kube-controller-manager")],
  "system:kube-dns": [account("kube-dns")],
  "timonier:node-network": [user("system:kube-proxy")],
  "timonier:scheduler": [user("system:kube-scheduler")],
};

export interface NamespacedRole {
  /** "namespace/name". */
  readonly key: string;
  readonly rules: readonly PolicyRule[];
  readonly subjects: readonly SubjectRef[];
  /** Where the binding is not called as the role is. */
  readonly bindingName?: string;
}
const locks = [
  allow("create get list update watch", "coordination.k8s.io", "leases"),
  allow("create get list update watch", "coordination.k8s.io", "leasecandidates"),
];
export const roles: readonly NamespacedRole[] = [
  {
    key: "kube-system/extension-apiserver-authentication-reader",
    rules: [allow(read, "core", "configmaps", "extension-apiserver-authentication")],
    subjects: [user("system:kube-controller-manager"), user("system:kube-scheduler")],
    bindingName: "system::extension-apiserver-authentication-reader",
  },
  {
    key: "kube-system/system:controller:bootstrap-signer",
    rules: [allow(read, "core", "secrets")],
    subjects: [account("bootstrap-signer")],
  },
  {
    key: "kube-system/system:controller:cloud-provider",
    rules: [allow("create get list watch", "core", "configmaps")],
    subjects: [account("cloud-provider")],
  },
  {
    key: "kube-system/system:controller:token-cleaner",
    rules: [allow("delete get list watch", "core", "secrets"), events],
    subjects: [account("token-cleaner")],
  },
  {
    key: "kube-system/system::leader-locking-kube-controller-manager",
    rules: locks,
    subjects: [
      user("system:kube-controller-manager"),
      account("kube-controller-manager"),
      account("leader-election-controller"),
    ],
  },
  {
    key: "kube-system/system::leader-locking-kube-scheduler",
    rules: locks,
    subjects: [user("system:kube-scheduler"), account("kube-scheduler")],
  },
  {
    key: "kube-public/system:controller:bootstrap-signer",
    rules: [allow(read, "core", "configmaps"), allow("update", "core", "configmaps", "cluster-info"), events],
    subjects: [account("bootstrap-signer")],
  },
];
