// Resources whose official test is about the operations that every resource supports.
import { suite } from "../../support/conformance.ts";
import { supportsAllOperations, type Resource } from "../../support/operations.ts";

const podTemplate = { metadata: { labels: { app: "x" } }, spec: { containers: [{ name: "c", image: "app:1" }] } };
const rule = { operations: ["CREATE"], apiGroups: ["apps"], apiVersions: ["v1"], resources: ["deployments"] };
const conditions = (type: string): object => ({
  conditions: [{ type, status: "False", reason: "Told", message: type, lastTransitionTime: "2026-01-01T00:00:00Z" }],
});
const told = { patch: conditions("Patched"), update: conditions("Updated") };
const claimSpec = { devices: { requests: [{ name: "one", exactly: { deviceClassName: "none.example.com" } }] } };
const event = (_: number, namespace: string): object => ({
  involvedObject: { kind: "Pod", namespace, name: "some" },
  reason: "Told",
  message: "first",
  type: "Normal",
  source: { component: "conformance" },
});
const broadcast = ["255.255.255.255", "fe80::42:1dff:fe84:f9e2", "192.0.2.7"];
const parentRef = { group: "example.com", resource: "hosts", namespace: "a", name: "b" };

const resources: readonly (readonly [behaviour: string, resource: Resource])[] = [
  [
    "API priority and fairness should support FlowSchema API operations",
    {
      apiVersion: "flowcontrol.apiserver.k8s.io/v1",
      plural: "flowschemas",
      kind: "FlowSchema",
      body: {
        spec: {
          matchingPrecedence: 9998,
          priorityLevelConfiguration: { name: "global-default" },
          distinguisherMethod: { type: "ByUser" },
          rules: [
            {
              subjects: [{ kind: "User", user: { name: "nobody-we-know" } }],
              nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
            },
          ],
        },
      },
      patch: { spec: { matchingPrecedence: 9997 } },
      update: { spec: { matchingPrecedence: 9000 } },
      status: told,
      isShared: true,
    },
  ],
  [
    "API priority and fairness should support PriorityLevelConfiguration API operations",
    {
      apiVersion: "flowcontrol.apiserver.k8s.io/v1",
      plural: "prioritylevelconfigurations",
      kind: "PriorityLevelConfiguration",
      body: { spec: { type: "Limited", limited: { nominalConcurrencyShares: 2, limitResponse: { type: "Reject" } } } },
      patch: { spec: { limited: { nominalConcurrencyShares: 4 } } },
      update: { spec: { limited: { nominalConcurrencyShares: 8 } } },
      status: told,
    },
  ],
  [
    "ValidatingAdmissionPolicy should support ValidatingAdmissionPolicy API operations",
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      plural: "validatingadmissionpolicies",
      kind: "ValidatingAdmissionPolicy",
      body: {
        spec: {
          matchConstraints: { resourceRules: [rule] },
          validations: [{ expression: "object.spec.replicas <= 100", messageExpression: "'too many'" }],
        },
      },
      patch: { spec: { failurePolicy: "Ignore" } },
      update: { spec: { validations: [{ expression: "object.spec.replicas <= 99" }] } },
      status: told,
      isShared: true,
    },
  ],
  [
    "ValidatingAdmissionPolicy should support ValidatingAdmissionPolicyBinding API operations",
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      plural: "validatingadmissionpolicybindings",
      kind: "ValidatingAdmissionPolicyBinding",
      body: { spec: { policyName: "nothing.example.com", validationActions: ["Deny"] } },
      patch: { spec: { validationActions: ["Warn"] } },
      update: { spec: { validationActions: ["Audit"] } },
    },
  ],
  [
    "MutatingAdmissionPolicy should support MutatingAdmissionPolicy API operations",
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      plural: "mutatingadmissionpolicies",
      kind: "MutatingAdmissionPolicy",
      body: {
        spec: {
          matchConstraints: { resourceRules: [rule] },
          mutations: [
            {
              patchType: "ApplyConfiguration",
              applyConfiguration: { expression: "Object{spec: Object.spec{replicas: 100}}" },
            },
          ],
          reinvocationPolicy: "Never",
        },
      },
      patch: { spec: { reinvocationPolicy: "IfNeeded" } },
      update: { spec: { reinvocationPolicy: "Never" } },
    },
  ],
  [
    "MutatingAdmissionPolicy should support MutatingAdmissionPolicyBinding API operations",
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      plural: "mutatingadmissionpolicybindings",
      kind: "MutatingAdmissionPolicyBinding",
      body: { spec: { policyName: "nothing.example.com" } },
      patch: { spec: { matchResources: { namespaceSelector: { matchLabels: { a: "b" } } } } },
      update: { spec: { policyName: "other.example.com" } },
    },
  ],
  [
    "CronJob should support CronJob API operations",
    {
      apiVersion: "batch/v1",
      plural: "cronjobs",
      kind: "CronJob",
      namespaced: true,
      body: {
        spec: {
          schedule: "0 0 1 1 *",
          suspend: true,
          jobTemplate: { spec: { template: { spec: { ...podTemplate.spec, restartPolicy: "OnFailure" } } } },
        },
      },
      patch: { spec: { schedule: "1 0 1 1 *" } },
      update: { spec: { schedule: "2 0 1 1 *" } },
      status: {
        patch: { lastScheduleTime: "2026-01-01T00:00:00Z" },
        update: { lastScheduleTime: "2026-01-01T01:00:00Z" },
      },
    },
  ],
  [
    "DisruptionController should update/patch PodDisruptionBudget status",
    {
      apiVersion: "policy/v1",
      plural: "poddisruptionbudgets",
      kind: "PodDisruptionBudget",
      namespaced: true,
      body: { spec: { minAvailable: 1, selector: { matchLabels: { app: "x" } } } },
      patch: { spec: { minAvailable: 2 } },
      update: { spec: { minAvailable: 3 } },
      status: { patch: { disruptedPods: { gone: "2026-01-01T00:00:00Z" } }, update: conditions("Updated") },
      isShared: true,
    },
  ],
  [
    "Events API should ensure that an event can be fetched, patched, deleted, and listed",
    {
      apiVersion: "events.k8s.io/v1",
      plural: "events",
      kind: "Event",
      namespaced: true,
      body: (_, namespace) => ({
        regarding: { kind: "Pod", namespace, name: "some" },
        eventTime: "2026-01-01T00:00:00.000001Z",
        action: "Tell",
        reason: "Told",
        note: "first",
        type: "Normal",
        reportingController: "conformance",
        reportingInstance: "one",
      }),
      patch: { series: { count: 2, lastObservedTime: "2026-01-01T00:00:01.000001Z" } },
      update: { series: { count: 100, lastObservedTime: "2026-01-01T00:00:02.000001Z" } },
    },
  ],
  [
    "Events should manage the lifecycle of an event",
    {
      apiVersion: "v1",
      plural: "events",
      kind: "Event",
      namespaced: true,
      body: event,
      patch: { message: "second" },
      update: { message: "third", count: 3 },
    },
  ],
  [
    "EndpointSlice should support creating EndpointSlice API operations",
    {
      apiVersion: "discovery.k8s.io/v1",
      plural: "endpointslices",
      kind: "EndpointSlice",
      namespaced: true,
      body: { addressType: "IPv4", endpoints: [{ addresses: ["192.0.2.1"] }], ports: [{ name: "http", port: 80 }] },
      patch: { endpoints: [{ addresses: ["192.0.2.2"], conditions: { ready: true } }] },
      update: { ports: [{ name: "web", port: 8080, protocol: "TCP" }] },
    },
  ],
  [
    "Endpoints should test the lifecycle of an Endpoint",
    {
      apiVersion: "v1",
      plural: "endpoints",
      kind: "Endpoints",
      namespaced: true,
      body: { subsets: [{ addresses: [{ ip: "192.0.2.24" }], ports: [{ name: "http", port: 80, protocol: "TCP" }] }] },
      patch: {
        subsets: [{ addresses: [{ ip: "192.0.2.25" }], ports: [{ name: "web", port: 8080, protocol: "TCP" }] }],
      },
      update: { subsets: [{ addresses: [{ ip: "192.0.2.26" }], ports: [{ name: "web", port: 81, protocol: "TCP" }] }] },
    },
  ],
  [
    "Ingress API should support creating Ingress API operations",
    {
      apiVersion: "networking.k8s.io/v1",
      plural: "ingresses",
      kind: "Ingress",
      namespaced: true,
      body: { spec: { defaultBackend: { service: { name: "web", port: { number: 80 } } } } },
      patch: { spec: { rules: [{ host: "one.example.com" }] } },
      update: { spec: { rules: [{ host: "two.example.com" }] } },
      status: {
        patch: { loadBalancer: { ingress: [{ ip: "169.1.1.1" }] } },
        update: { loadBalancer: { ingress: [{ ip: "169.1.1.2" }, { hostname: "lb.example.com" }] } },
      },
    },
  ],
  [
    "IngressClass API should support creating IngressClass API operations",
    {
      apiVersion: "networking.k8s.io/v1",
      plural: "ingressclasses",
      kind: "IngressClass",
      body: { spec: { controller: "example.com/controller" } },
      patch: { spec: { parameters: { apiGroup: "example.com", kind: "P", name: "one", scope: "Cluster" } } },
      update: { spec: { parameters: { kind: "P", name: "two", scope: "Cluster" } } },
    },
  ],
  [
    "ServiceCIDR and IPAddress API should support IPAddress API operations",
    {
      apiVersion: "networking.k8s.io/v1",
      plural: "ipaddresses",
      kind: "IPAddress",
      name: (number) => broadcast[number]!,
      body: { spec: { parentRef } },
      isShared: true,
    },
  ],
  [
    "ServiceCIDR and IPAddress API should support ServiceCIDR API operations",
    {
      apiVersion: "networking.k8s.io/v1",
      plural: "servicecidrs",
      kind: "ServiceCIDR",
      body: (number) => ({ spec: { cidrs: [`203.0.113.${number * 16}/28`] } }),
      status: told,
      isShared: true,
    },
  ],
  [
    "ConfigMap should run through a ConfigMap lifecycle",
    {
      apiVersion: "v1",
      plural: "configmaps",
      kind: "ConfigMap",
      namespaced: true,
      body: { data: { key: "one" } },
      patch: { data: { key: "two", more: "x" } },
      update: { data: { key: "three" }, binaryData: { raw: "AAE=" } },
    },
  ],
  [
    "Lease lease API should be available",
    {
      apiVersion: "coordination.k8s.io/v1",
      plural: "leases",
      kind: "Lease",
      namespaced: true,
      body: {
        spec: {
          holderIdentity: "first",
          leaseDurationSeconds: 30,
          acquireTime: "2026-01-01T00:00:00.000000Z",
          renewTime: "2026-01-01T00:00:05.000000Z",
          leaseTransitions: 0,
        },
      },
      patch: { spec: { holderIdentity: "second", leaseDurationSeconds: 60, leaseTransitions: 1 } },
      update: { spec: { holderIdentity: "third", renewTime: "2026-01-01T00:00:10.500000Z", leaseTransitions: 2 } },
    },
  ],
  [
    "PodTemplates should run the lifecycle of PodTemplates",
    {
      apiVersion: "v1",
      plural: "podtemplates",
      kind: "PodTemplate",
      namespaced: true,
      body: { template: podTemplate },
      patch: { template: { metadata: { labels: { app: "y" } } } },
      update: { template: { spec: { terminationGracePeriodSeconds: 7 } } },
    },
  ],
  [
    "RuntimeClass should support RuntimeClasses API operations",
    {
      apiVersion: "node.k8s.io/v1",
      plural: "runtimeclasses",
      kind: "RuntimeClass",
      body: { handler: "some" },
    },
  ],
  [
    "Secrets should patch a secret",
    {
      apiVersion: "v1",
      plural: "secrets",
      kind: "Secret",
      namespaced: true,
      body: { type: "Opaque", data: { key: "b25l" } },
      patch: { data: { key: "dHdv" } },
      update: { data: { other: "dGhyZWU=" } },
    },
  ],
  [
    "CRUD Tests resource.k8s.io/v1 DeviceClass",
    {
      apiVersion: "resource.k8s.io/v1",
      plural: "deviceclasses",
      kind: "DeviceClass",
      body: { spec: { selectors: [{ cel: { expression: "false" } }] } },
      patch: { spec: { selectors: [{ cel: { expression: "1 == 0" } }] } },
      update: { spec: { selectors: [{ cel: { expression: "2 == 0" } }] } },
    },
  ],
  [
    "CRUD Tests resource.k8s.io/v1 ResourceClaim",
    {
      apiVersion: "resource.k8s.io/v1",
      plural: "resourceclaims",
      kind: "ResourceClaim",
      namespaced: true,
      body: { spec: claimSpec },
      patch: { metadata: { labels: { test: "one" } } },
      update: { metadata: { labels: { test: "two" } } },
      status: { patch: { allocation: {} }, update: { allocation: {} } },
    },
  ],
  [
    "CRUD Tests resource.k8s.io/v1 ResourceClaimTemplate",
    {
      apiVersion: "resource.k8s.io/v1",
      plural: "resourceclaimtemplates",
      kind: "ResourceClaimTemplate",
      namespaced: true,
      body: { spec: { spec: claimSpec } },
      patch: { metadata: { labels: { test: "one" } } },
      update: { metadata: { labels: { test: "two" } } },
    },
  ],
  [
    "CRUD Tests resource.k8s.io/v1 ResourceSlice",
    {
      apiVersion: "resource.k8s.io/v1",
      plural: "resourceslices",
      kind: "ResourceSlice",
      body: {
        spec: {
          driver: "dra.example.com",
          pool: { name: "cluster", generation: 1, resourceSliceCount: 1 },
          nodeName: "no-such-node",
        },
      },
      patch: { spec: { devices: [{ name: "device-0" }] } },
      update: { spec: { devices: [{ name: "device-1" }] } },
    },
  ],
  [
    "LimitRange should list, patch and delete a LimitRange by collection",
    {
      apiVersion: "v1",
      plural: "limitranges",
      kind: "LimitRange",
      namespaced: true,
      body: { spec: { limits: [{ type: "Container", default: { cpu: "500m" }, defaultRequest: { cpu: "50m" } }] } },
      patch: { spec: { limits: [{ type: "Container", default: { cpu: "600m" }, defaultRequest: { cpu: "60m" } }] } },
      update: { spec: { limits: [{ type: "Container", max: { cpu: "2" }, default: { cpu: "1" } }] } },
    },
  ],
  [
    "SchedulerPreemption PriorityClass endpoints verify PriorityClass endpoints can be operated with different HTTP methods",
    {
      apiVersion: "scheduling.k8s.io/v1",
      plural: "priorityclasses",
      kind: "PriorityClass",
      body: { value: 1 },
      patch: { description: "patched" },
      update: { description: "updated" },
    },
  ],
  [
    "CSIInlineVolumes should run through the lifecycle of a CSIDriver",
    {
      apiVersion: "storage.k8s.io/v1",
      plural: "csidrivers",
      kind: "CSIDriver",
      name: (number) => `driver-${number}.example.com`,
      body: { spec: { volumeLifecycleModes: ["Ephemeral"], attachRequired: false } },
      patch: { spec: { requiresRepublish: true } },
      update: { spec: { requiresRepublish: false } },
    },
  ],
  [
    "CSINodes CSI Conformance should run through the lifecycle of a csinode",
    {
      apiVersion: "storage.k8s.io/v1",
      plural: "csinodes",
      kind: "CSINode",
      body: { spec: { drivers: [] } },
      patch: { spec: { drivers: [{ name: "one.example.com", nodeID: "a", allocatable: { count: 3 } }] } },
    },
  ],
  [
    "CSIStorageCapacity should support CSIStorageCapacities API operations",
    {
      apiVersion: "storage.k8s.io/v1",
      plural: "csistoragecapacities",
      kind: "CSIStorageCapacity",
      namespaced: true,
      body: { storageClassName: "some" },
      patch: { capacity: "5Gi" },
      update: { capacity: "6Gi", maximumVolumeSize: "1Gi" },
    },
  ],
  [
    "StorageClasses CSI Conformance should run through the lifecycle of a StorageClass",
    {
      apiVersion: "storage.k8s.io/v1",
      plural: "storageclasses",
      kind: "StorageClass",
      body: { provisioner: "none.example.com", reclaimPolicy: "Delete" },
      patch: { allowVolumeExpansion: true },
      update: { mountOptions: ["noatime"] },
    },
  ],
  [
    "VolumeAttachment Conformance should run through the lifecycle of a VolumeAttachment",
    {
      apiVersion: "storage.k8s.io/v1",
      plural: "volumeattachments",
      kind: "VolumeAttachment",
      body: { spec: { attacher: "none.example.com", source: { persistentVolumeName: "some" }, nodeName: "node-9" } },
      status: { patch: { attached: true }, update: { attached: false, attachmentMetadata: { device: "x" } } },
    },
  ],
  [
    "VolumeAttributesClass should run through the lifecycle of a VolumeAttributesClass",
    {
      apiVersion: "storage.k8s.io/v1",
      plural: "volumeattributesclasses",
      kind: "VolumeAttributesClass",
      body: { driverName: "none.example.com", parameters: { speed: "fast" } },
    },
  ],
  [
    "ResourceQuota should manage the lifecycle of a ResourceQuota",
    {
      apiVersion: "v1",
      plural: "resourcequotas",
      kind: "ResourceQuota",
      namespaced: true,
      body: { spec: { hard: { pods: "5", cpu: "1" } } },
      patch: { spec: { hard: { pods: "6" } } },
      update: { spec: { hard: { pods: "7", memory: "1Gi" } } },
      isShared: true,
    },
  ],
  [
    "ServiceAccounts should run through the lifecycle of a ServiceAccount",
    {
      apiVersion: "v1",
      plural: "serviceaccounts",
      kind: "ServiceAccount",
      namespaced: true,
      body: {},
      patch: { automountServiceAccountToken: false },
      update: { imagePullSecrets: [{ name: "registry" }] },
    },
  ],
];

const { conforms } = suite();
for (const [behaviour, resource] of resources) conforms(behaviour, (world) => supportsAllOperations(world, resource));
