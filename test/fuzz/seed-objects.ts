// One small object of every kind that the server accepts, as the start of mutations. A kind without one here is made from
// its schema alone; a test says which are refused.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { apiVersionOf, type AnyKind } from "#api/kind.ts";
import { handlerKey } from "#server/dispatch.ts";
import { previewBodies } from "./preview-seeds.ts";

type Body = Readonly<Record<string, unknown>>;
const labels = { app: "a" };
const selector = { matchLabels: labels };
const container = {
  name: "c",
  image: "nginx:1",
  ports: [{ containerPort: 80, name: "http" }],
  env: [{ name: "A", value: "1" }],
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "128Mi" } },
  readinessProbe: { httpGet: { path: "/", port: "http" } },
  volumeMounts: [{ name: "v", mountPath: "/v" }],
};
const podSpec = { containers: [container], volumes: [{ name: "v", emptyDir: {} }] };
const template = { metadata: { labels }, spec: podSpec };
const rule = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] };
/** Matches no object, so that requests meet no webhook and no policy that fails. */
const matchNothing = { namespaceSelector: { matchLabels: { none: "none" } } };
const webhooks = [
  {
    name: "w.example.com",
    admissionReviewVersions: ["v1"],
    sideEffects: "None",
    failurePolicy: "Ignore",
    clientConfig: { url: "https://127.0.0.1:1/" },
    rules: [rule],
    ...matchNothing,
  },
];
const policyMatch = { matchConstraints: { resourceRules: [rule], ...matchNothing } };
const quantity = { storage: "1Gi" };
const signingRequest = readFileSync(join(import.meta.dirname, "corpus/request.csr"), "utf8");

/** By "<plural>[.<group>]" or, for one version, "<plural>.<version>.<group>". */
const bodies: Readonly<Record<string, Body>> = {
  bindings: { target: { kind: "Node", name: "n" } },
  configmaps: { data: { a: "1" }, binaryData: { b: "AAE=" } },
  endpoints: { subsets: [{ addresses: [{ ip: "10.0.0.1" }], ports: [{ port: 80 }] }] },
  events: { involvedObject: { kind: "Pod", namespace: "default", name: "a" }, reason: "Started", count: 1 },
  limitranges: { spec: { limits: [{ type: "Container", default: { cpu: "1" }, min: { cpu: "10m" } }] } },
  namespaces: {},
  nodes: { spec: { podCIDR: "10.1.0.0/24", taints: [{ key: "a", value: "b", effect: "NoSchedule" }] } },
  persistentvolumeclaims: { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: quantity } } },
  persistentvolumes: { spec: { accessModes: ["ReadWriteOnce"], capacity: quantity, hostPath: { path: "/a" } } },
  pods: { metadata: { labels }, spec: podSpec },
  podtemplates: { template },
  replicationcontrollers: { spec: { replicas: 1, selector: labels, template } },
  resourcequotas: { spec: { hard: { pods: "1000", "requests.cpu": "1000" } } },
  secrets: { type: "Opaque", data: { a: "AAE=" }, stringData: { b: "x" } },
  serviceaccounts: { automountServiceAccountToken: false },
  services: { spec: { selector: labels, ports: [{ name: "http", port: 80, targetPort: "http" }] } },
  "apiservices.apiregistration.k8s.io": {
    metadata: { name: "v1.a.example.com" },
    spec: { group: "a.example.com", version: "v1", groupPriorityMinimum: 100, versionPriority: 10 },
  },
  "controllerrevisions.apps": { revision: 1, data: { a: 1 } },
  "daemonsets.apps": { spec: { selector, template } },
  "deployments.apps": { spec: { replicas: 1, selector, template } },
  "replicasets.apps": { spec: { replicas: 1, selector, template } },
  "statefulsets.apps": { spec: { serviceName: "a", replicas: 1, selector, template } },
  "events.events.k8s.io": {
    eventTime: "2026-01-01T00:00:00.000000Z",
    regarding: { kind: "Pod", namespace: "default", name: "a" },
    reason: "Started",
    action: "Start",
    type: "Normal",
    reportingController: "example.com/a",
    reportingInstance: "a-1",
  },
  "tokenreviews.authentication.k8s.io": { spec: { token: "a.b.c" } },
  "localsubjectaccessreviews.authorization.k8s.io": {
    spec: { user: "u", resourceAttributes: { namespace: "default", verb: "get", resource: "pods" } },
  },
  "selfsubjectaccessreviews.authorization.k8s.io": {
    spec: { resourceAttributes: { namespace: "default", verb: "get", resource: "pods" } },
  },
  "selfsubjectrulesreviews.authorization.k8s.io": { spec: { namespace: "default" } },
  "subjectaccessreviews.authorization.k8s.io": {
    spec: { user: "u", groups: ["g"], nonResourceAttributes: { path: "/a", verb: "get" } },
  },
  "horizontalpodautoscalers.autoscaling": {
    spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "a" }, minReplicas: 1, maxReplicas: 3 },
  },
  "cronjobs.batch": {
    spec: {
      schedule: "*/5 * * * *",
      jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: "Never" } } } },
    },
  },
  "jobs.batch": { spec: { template: { spec: { ...podSpec, restartPolicy: "Never" } } } },
  "certificatesigningrequests.certificates.k8s.io": {
    spec: {
      request: Buffer.from(signingRequest).toString("base64"),
      signerName: "example.com/a",
      usages: ["client auth"],
    },
  },
  "ingressclasses.networking.k8s.io": { spec: { controller: "example.com/a" } },
  "ingresses.networking.k8s.io": {
    spec: {
      rules: [
        {
          host: "a.example.com",
          http: {
            paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "a", port: { number: 80 } } } }],
          },
        },
      ],
    },
  },
  "ipaddresses.networking.k8s.io": {
    metadata: { name: "10.9.0.1" },
    spec: { parentRef: { resource: "services", namespace: "default", name: "a" } },
  },
  "networkpolicies.networking.k8s.io": {
    spec: { podSelector: selector, ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }] },
  },
  "servicecidrs.networking.k8s.io": { spec: { cidrs: ["10.97.0.0/16"] } },
  "poddisruptionbudgets.policy": { spec: { minAvailable: 1, selector } },
  "clusterrolebindings.rbac.authorization.k8s.io": {
    subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "u" }],
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
  },
  "clusterroles.rbac.authorization.k8s.io": {
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
  },
  "rolebindings.rbac.authorization.k8s.io": {
    subjects: [{ kind: "ServiceAccount", namespace: "default", name: "default" }],
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "a" },
  },
  "roles.rbac.authorization.k8s.io": { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
  "csidrivers.storage.k8s.io": { spec: { attachRequired: false } },
  "csinodes.storage.k8s.io": { spec: { drivers: [{ name: "a.example.com", nodeID: "n", topologyKeys: ["zone"] }] } },
  "csistoragecapacities.storage.k8s.io": { storageClassName: "a", capacity: "1Gi" },
  "storageclasses.storage.k8s.io": { provisioner: "example.com/a", parameters: { a: "b" } },
  "volumeattachments.storage.k8s.io": {
    spec: { attacher: "a.example.com", source: { persistentVolumeName: "a" }, nodeName: "n" },
  },
  "volumeattributesclasses.storage.k8s.io": { driverName: "a.example.com", parameters: { a: "b" } },
  "mutatingadmissionpolicies.admissionregistration.k8s.io": {
    spec: {
      ...policyMatch,
      reinvocationPolicy: "Never",
      mutations: [
        { patchType: "JSONPatch", jsonPatch: { expression: '[JSONPatch{op: "test", path: "/kind", value: "Pod"}]' } },
      ],
    },
  },
  "mutatingadmissionpolicybindings.admissionregistration.k8s.io": { spec: { policyName: "a" } },
  "mutatingwebhookconfigurations.admissionregistration.k8s.io": { webhooks },
  "validatingadmissionpolicies.admissionregistration.k8s.io": {
    spec: { ...policyMatch, validations: [{ expression: "object.metadata.name != 'x'", message: "no" }] },
  },
  "validatingadmissionpolicybindings.admissionregistration.k8s.io": {
    spec: { policyName: "a", validationActions: ["Deny"] },
  },
  "validatingwebhookconfigurations.admissionregistration.k8s.io": { webhooks },
  "customresourcedefinitions.apiextensions.k8s.io": {
    metadata: { name: "things.fuzz.example.com" },
    spec: {
      group: "fuzz.example.com",
      scope: "Namespaced",
      names: { plural: "things", singular: "thing", kind: "Thing", listKind: "ThingList", shortNames: ["th"] },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          subresources: { status: {}, scale: { specReplicasPath: ".spec.n", statusReplicasPath: ".status.n" } },
          additionalPrinterColumns: [{ name: "N", type: "integer", jsonPath: ".spec.n" }],
          selectableFields: [{ jsonPath: ".spec.s" }],
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: {
                spec: {
                  type: "object",
                  required: ["n"],
                  properties: {
                    n: { type: "integer", minimum: 0, default: 1 },
                    s: { type: "string", pattern: "^[a-z]*$" },
                    free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
                    list: {
                      type: "array",
                      "x-kubernetes-list-type": "map",
                      "x-kubernetes-list-map-keys": ["k"],
                      items: { type: "object", required: ["k"], properties: { k: { type: "string" } } },
                    },
                  },
                  "x-kubernetes-validations": [{ rule: "self.n < 100", message: "too many" }],
                },
                status: { type: "object", properties: { n: { type: "integer" } } },
              },
            },
          },
        },
      ],
    },
  },
  "things.fuzz.example.com": { spec: { n: 2, s: "a", free: { a: [1] }, list: [{ k: "a" }] } },
  "priorityclasses.scheduling.k8s.io": { value: 1000 },
  "leases.coordination.k8s.io": {
    spec: { holderIdentity: "a", leaseDurationSeconds: 15, renewTime: "2026-01-01T00:00:00.000000Z" },
  },
  "runtimeclasses.node.k8s.io": { handler: "runc" },
  "endpointslices.discovery.k8s.io": {
    metadata: { labels: { "kubernetes.io/service-name": "a" } },
    addressType: "IPv4",
    endpoints: [{ addresses: ["10.0.0.1"], conditions: { ready: true } }],
    ports: [{ name: "http", port: 80 }],
  },
  "flowschemas.flowcontrol.apiserver.k8s.io": {
    spec: {
      priorityLevelConfiguration: { name: "global-default" },
      matchingPrecedence: 9000,
      rules: [
        {
          subjects: [{ kind: "User", user: { name: "nobody" } }],
          resourceRules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"], namespaces: ["default"] }],
        },
      ],
    },
  },
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": {
    spec: {
      type: "Limited",
      limited: { nominalConcurrencyShares: 1, limitResponse: { type: "Reject" } },
    },
  },
  "deviceclasses.resource.k8s.io": {
    spec: { selectors: [{ cel: { expression: "device.driver == 'a.example.com'" } }] },
  },
  "resourceclaims.resource.k8s.io": {
    spec: { devices: { requests: [{ name: "r", exactly: { deviceClassName: "a" } }] } },
  },
  "resourceclaimtemplates.resource.k8s.io": {
    spec: { spec: { devices: { requests: [{ name: "r", exactly: { deviceClassName: "a" } }] } } },
  },
  "resourceslices.resource.k8s.io": {
    spec: {
      driver: "a.example.com",
      nodeName: "n",
      pool: { name: "p", generation: 1, resourceSliceCount: 1 },
      devices: [{ name: "d", attributes: { a: { string: "b" } }, capacity: { memory: { value: "1Gi" } } }],
    },
  },
};

/** Bodies of subresources that are of a kind of their own. */
export const subresourceBodies: Readonly<Record<string, Body>> = {
  binding: { apiVersion: "v1", kind: "Binding", target: { kind: "Node", name: "n" } },
  eviction: { apiVersion: "policy/v1", kind: "Eviction" },
  scale: { apiVersion: "autoscaling/v1", kind: "Scale", spec: { replicas: 2 } },
  token: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 600 } },
};

/** An object of the kind under `name`; undefined: there is none by hand. Reviews of rights have no metadata. */
export function seedObject(kind: AnyKind, name: string): Record<string, unknown> | undefined {
  const key = handlerKey(kind);
  const body = previewBodies[`${kind.version}/${key}`] ?? bodies[key] ?? previewBodies[key];
  if (!body) return undefined;
  if (kind.group === "authorization.k8s.io") return { apiVersion: apiVersionOf(kind), kind: kind.kind, ...body };
  const { metadata, ...rest } = body as { metadata?: Body };
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { name, ...metadata }, ...rest };
}
