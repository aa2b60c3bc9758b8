// What the official conformance tests ask of many resources holds for the others, too: the whole life of three objects.
import { suite } from "../support/conformance.ts";
import { supportsAllOperations, type Resource } from "../support/operations.ts";

const selector = { matchLabels: { app: "x" } };
const containers = [{ name: "c", image: "app:1" }];
const template = { metadata: { labels: { app: "x" } }, spec: { containers } };
const conditions = (type: string): object => ({
  conditions: [{ type, status: "False", reason: "Told", message: type, lastTransitionTime: "2026-01-01T00:00:00Z" }],
});
const told = { patch: conditions("Patched"), update: conditions("Updated") };
const subjects = [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "somebody" }];
const rules = (verb: string): object => ({ rules: [{ apiGroups: [""], resources: ["pods"], verbs: [verb] }] });
const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" };
const hook = {
  name: "hook.example.com",
  clientConfig: { url: "https://127.0.0.1:1/" },
  rules: [{ operations: ["CREATE"], apiGroups: ["none.example.com"], apiVersions: ["v1"], resources: ["things"] }],
  sideEffects: "None",
  admissionReviewVersions: ["v1"],
};
const scaled = (metric: number): object => ({
  metrics: [
    { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: metric } } },
  ],
});
const workload = { selector, template, replicas: 0 };
const rbac = "rbac.authorization.k8s.io/v1";
const group = (number: number): string => `group-${number}.example.com`;

const resources: readonly Resource[] = [
  {
    apiVersion: "v1",
    plural: "pods",
    kind: "Pod",
    namespaced: true,
    body: { spec: { containers, schedulingGates: [{ name: "example.com/never" }], terminationGracePeriodSeconds: 0 } },
    patch: { metadata: { labels: { more: "yes" } } },
    update: { spec: { activeDeadlineSeconds: 60 } },
    status: { patch: { message: "patched" }, update: { message: "updated", reason: "Told" } },
  },
  {
    apiVersion: "v1",
    plural: "services",
    kind: "Service",
    namespaced: true,
    body: { spec: { type: "LoadBalancer", ports: [{ port: 80 }], selector: { app: "x" } } },
    patch: { spec: { sessionAffinity: "ClientIP" } },
    update: { spec: { publishNotReadyAddresses: true } },
    status: {
      patch: { loadBalancer: { ingress: [{ hostname: "one.example.com" }] }, ...conditions("Patched") },
      update: conditions("Updated"),
    },
  },
  {
    apiVersion: "v1",
    plural: "replicationcontrollers",
    kind: "ReplicationController",
    namespaced: true,
    body: { spec: { replicas: 0, template, selector: { app: "x" } } },
    patch: { spec: { minReadySeconds: 1 } },
    update: { spec: { minReadySeconds: 2 } },
    status: told,
    isShared: true,
  },
  {
    apiVersion: "v1",
    plural: "persistentvolumes",
    kind: "PersistentVolume",
    body: {
      spec: {
        capacity: { storage: "1Gi" },
        accessModes: ["ReadWriteOnce"],
        storageClassName: "none",
        hostPath: { path: "/none" },
      },
    },
    patch: { spec: { capacity: { storage: "2Gi" } } },
    update: { spec: { mountOptions: ["noatime"] } },
    status: { patch: { message: "patched" }, update: { message: "updated" } },
    isShared: true,
  },
  {
    apiVersion: "v1",
    plural: "persistentvolumeclaims",
    kind: "PersistentVolumeClaim",
    namespaced: true,
    body: {
      spec: { accessModes: ["ReadWriteOnce"], storageClassName: "none", resources: { requests: { storage: "1Gi" } } },
    },
    status: told,
    isShared: true,
  },
  {
    apiVersion: "apps/v1",
    plural: "deployments",
    kind: "Deployment",
    namespaced: true,
    body: { spec: workload },
    patch: { spec: { paused: true } },
    update: { spec: { minReadySeconds: 2 } },
    status: told,
    isShared: true,
  },
  {
    apiVersion: "apps/v1",
    plural: "replicasets",
    kind: "ReplicaSet",
    namespaced: true,
    body: { spec: workload },
    patch: { spec: { minReadySeconds: 1 } },
    update: { spec: { minReadySeconds: 2 } },
    status: told,
    isShared: true,
  },
  {
    apiVersion: "apps/v1",
    plural: "statefulsets",
    kind: "StatefulSet",
    namespaced: true,
    body: { spec: { ...workload, serviceName: "none" } },
    patch: { spec: { minReadySeconds: 1 } },
    update: { spec: { minReadySeconds: 2 } },
    status: told,
    isShared: true,
  },
  {
    apiVersion: "apps/v1",
    plural: "daemonsets",
    kind: "DaemonSet",
    namespaced: true,
    body: { spec: { selector, template } },
    patch: { spec: { minReadySeconds: 1 } },
    update: { spec: { minReadySeconds: 2 } },
    status: told,
    isShared: true,
  },
  {
    apiVersion: "apps/v1",
    plural: "controllerrevisions",
    kind: "ControllerRevision",
    namespaced: true,
    body: { revision: 1, data: { spec: { any: ["thing"] } } },
    patch: { revision: 2 },
    update: { revision: 3 },
  },
  {
    apiVersion: "batch/v1",
    plural: "jobs",
    kind: "Job",
    namespaced: true,
    body: { spec: { suspend: true, template: { spec: { containers, restartPolicy: "Never" } } } },
    patch: { spec: { parallelism: 2 } },
    update: { spec: { activeDeadlineSeconds: 60 } },
    status: told,
    isShared: true,
  },
  {
    apiVersion: "autoscaling/v2",
    plural: "horizontalpodautoscalers",
    kind: "HorizontalPodAutoscaler",
    namespaced: true,
    body: {
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "none" },
        maxReplicas: 3,
        ...scaled(50),
      },
    },
    patch: { spec: { maxReplicas: 4 } },
    update: { spec: scaled(60) },
    status: told,
    isShared: true,
  },
  {
    apiVersion: "autoscaling/v1",
    plural: "horizontalpodautoscalers",
    kind: "HorizontalPodAutoscaler",
    namespaced: true,
    body: {
      spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "none" }, maxReplicas: 3 },
    },
    patch: { spec: { maxReplicas: 4 } },
    update: { spec: { targetCPUUtilizationPercentage: 70 } },
  },
  {
    apiVersion: "networking.k8s.io/v1",
    plural: "networkpolicies",
    kind: "NetworkPolicy",
    namespaced: true,
    body: { spec: { podSelector: selector, policyTypes: ["Ingress"] } },
    patch: { spec: { ingress: [{ ports: [{ port: 80, protocol: "TCP" }] }] } },
    update: { spec: { policyTypes: ["Ingress", "Egress"] } },
  },
  {
    apiVersion: rbac,
    plural: "roles",
    kind: "Role",
    namespaced: true,
    body: rules("get"),
    patch: rules("list"),
    update: rules("watch"),
  },
  {
    apiVersion: rbac,
    plural: "clusterroles",
    kind: "ClusterRole",
    body: rules("get"),
    patch: rules("list"),
    update: rules("watch"),
  },
  {
    apiVersion: rbac,
    plural: "rolebindings",
    kind: "RoleBinding",
    namespaced: true,
    body: { roleRef },
    patch: { subjects },
  },
  {
    apiVersion: rbac,
    plural: "clusterrolebindings",
    kind: "ClusterRoleBinding",
    body: { roleRef },
    patch: { subjects },
  },
  ...(["Validating", "Mutating"] as const).map((kind): Resource => ({
    apiVersion: "admissionregistration.k8s.io/v1",
    plural: `${kind.toLowerCase()}webhookconfigurations`,
    kind: `${kind}WebhookConfiguration`,
    body: { webhooks: [hook] },
    patch: { webhooks: [{ ...hook, timeoutSeconds: 3 }] },
    update: { webhooks: [{ ...hook, timeoutSeconds: 4 }] },
  })),
  {
    apiVersion: "apiregistration.k8s.io/v1",
    plural: "apiservices",
    kind: "APIService",
    name: (number) => `v1.${group(number)}`,
    body: (number) => ({
      spec: {
        group: group(number),
        version: "v1",
        groupPriorityMinimum: 100,
        versionPriority: 10,
        insecureSkipTLSVerify: true,
        service: { namespace: "default", name: "none" },
      },
    }),
    patch: { spec: { versionPriority: 11 } },
    update: { spec: { groupPriorityMinimum: 101 } },
    status: told,
    isShared: true,
  },
  {
    apiVersion: "apiextensions.k8s.io/v1",
    plural: "customresourcedefinitions",
    kind: "CustomResourceDefinition",
    name: (number) => `things.${group(number)}`,
    body: (number) => ({
      spec: {
        group: group(number),
        scope: "Cluster",
        names: { plural: "things", kind: "Thing" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
      },
    }),
    patch: { spec: { names: { shortNames: ["th"] } } },
    update: { spec: { names: { categories: ["all"] } } },
    status: told,
    isShared: true,
  },
];

const { conforms } = suite();
for (const resource of resources)
  conforms(`${resource.apiVersion} ${resource.plural} support all operations`, (world) =>
    supportsAllOperations(world, resource),
  );
