// PodTopologyLabels: a pod that comes to a node gets the node's zone and region as labels, where it has none of its own.
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import type { Draft } from "#api/schema.ts";
import type { Registry } from "#server/registry.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./admission.ts";

const topologyLabels = ["topology.kubernetes.io/zone", "topology.kubernetes.io/region"];

interface Binding {
  readonly target?: { readonly kind?: string; readonly name?: string };
}
/** The node that the pod, or the binding, names. */
function nodeNameOf({ object, subresource }: AdmissionRequest): string {
  if (subresource === "") return (object as Draft<Pod>).spec?.nodeName ?? "";
  const { kind, name = "" } = (object as Binding).target ?? {};
  return kind === undefined || kind === "Node" ? name : "";
}

export const podTopologyLabels = (registry: Registry): AdmissionPlugin => ({
  name: "PodTopologyLabels",
  concerns: ({ of, operation, subresource }) =>
    of === Pod && operation === "CREATE" && (subresource === "" || subresource === "binding"),
  admit(request) {
    const name = nodeNameOf(request);
    const labels = name ? registry.get(Node, name)?.metadata.labels : undefined;
    if (!labels) return;
    const metadata = (request.object!.metadata ??= {});
    for (const key of topologyLabels)
      if (labels[key] !== undefined && metadata.labels?.[key] === undefined)
        metadata.labels = { ...metadata.labels, [key]: labels[key] };
  },
});
