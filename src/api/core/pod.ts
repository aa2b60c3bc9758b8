// The Pod kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { Pod as schema } from "#api/core/schema/pod-spec.ts";
import type { Infer } from "#api/schema.ts";

export interface Pod extends Infer<typeof schema> {}
export const Pod = defineKind<Pod>({
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
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
});
