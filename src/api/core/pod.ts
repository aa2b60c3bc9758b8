// Pod: one or more containers that run together on one node. The unit that the scheduler places, a node runs and every
// workload makes; its rules are in pod-rules/, since every pod template shares them.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { podColumns, podRowConditions } from "#api/core/pod-rules/columns.ts";
import { applyPodDefaults } from "#api/core/pod-rules/defaults.ts";
import { validatePodStatusUpdate } from "#api/core/pod-rules/pod-status-validation.ts";
import { validateEphemeralContainersUpdate, validateResize } from "#api/core/pod-rules/pod-subresources.ts";
import { validatePodUpdate } from "#api/core/pod-rules/pod-update.ts";
import { validatePod, validatePodCreate } from "#api/core/pod-rules/pod-validation.ts";
import {
  podChangesGeneration,
  podGraceSeconds,
  preparePodForCreate,
  preparePodForStatusUpdate,
} from "#api/core/pod-rules/prepare.ts";
import { podWarnings } from "#api/core/pod-rules/warnings.ts";
import { Pod as schema } from "#api/core/schema/pod-spec.ts";
import type { Infer } from "#api/schema.ts";
import { keepMetadata } from "#api/meta/status-metadata.ts";

export interface Pod extends Infer<typeof schema> {}
export const Pod = defineKind<Pod>({
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
  returnsDeleted: true,
  scope: "Namespaced",
  shortNames: ["po"],
  categories: ["all"],
  schema,
  subresources: [
    { name: "attach", verbs: ["create", "get"], body: { group: "", version: "v1", kind: "PodAttachOptions" } },
    { name: "binding", verbs: ["create"], body: { group: "", version: "v1", kind: "Binding" } },
    { name: "ephemeralcontainers", verbs: ["get", "patch", "update"] },
    { name: "eviction", verbs: ["create"], body: { group: "policy", version: "v1", kind: "Eviction" } },
    { name: "exec", verbs: ["create", "get"], body: { group: "", version: "v1", kind: "PodExecOptions" } },
    { name: "log", verbs: ["get"] },
    {
      name: "portforward",
      verbs: ["create", "get"],
      body: { group: "", version: "v1", kind: "PodPortForwardOptions" },
    },
    {
      name: "proxy",
      verbs: ["create", "delete", "get", "patch", "update"],
      body: { group: "", version: "v1", kind: "PodProxyOptions" },
    },
    { name: "resize", verbs: ["get", "patch", "update"] },
    statusSubresource,
  ],
  columns: podColumns,
  rowConditions: podRowConditions,
  selectableFields: {
    "spec.nodeName": (pod) => pod.spec.nodeName ?? "",
    "spec.restartPolicy": (pod) => pod.spec.restartPolicy ?? "",
    "spec.schedulerName": (pod) => pod.spec.schedulerName ?? "",
    "spec.serviceAccountName": (pod) => pod.spec.serviceAccountName ?? "",
    "spec.hostNetwork": (pod) => String(pod.spec.hostNetwork ?? false),
    "status.phase": (pod) => pod.status.phase ?? "",
    "status.podIP": (pod) => pod.status.podIPs?.[0]?.ip ?? "",
    "status.podIPs": () => "", // Upstream: a known field that nothing fills.
    "status.nominatedNodeName": (pod) => pod.status.nominatedNodeName ?? "",
  },
  rules: {
    applyDefaults: applyPodDefaults,
    prepareForCreate: preparePodForCreate,
    prepareForStatusUpdate: preparePodForStatusUpdate,
    preparePart: { ephemeralcontainers: keepMetadata, resize: keepMetadata },
    validate: validatePod,
    validateCreate: validatePodCreate,
    validateUpdate: validatePodUpdate,
    validateStatusUpdate: validatePodStatusUpdate,
    validatePart: {
      ephemeralcontainers: (pod, old) => [...validatePod(pod), ...validateEphemeralContainersUpdate(pod, old)],
      resize: (pod, old) => [...validatePod(pod), ...validateResize(pod, old)],
    },
    warnings: podWarnings,
    deletionGraceSeconds: podGraceSeconds,
    changesGeneration: podChangesGeneration,
  },
});
