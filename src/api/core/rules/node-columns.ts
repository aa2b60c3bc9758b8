// What `kubectl get nodes` shows.
import type { Column } from "#api/kind.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import type { Node } from "#api/core/schema/node.ts";

const rolePrefix = "node-role.kubernetes.io/";
const roleLabel = "kubernetes.io/role";

function statusCell({ spec, status }: Node): string {
  const ready = (status.conditions ?? []).findLast((condition) => condition.type === "Ready");
  const word = !ready ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady";
  return spec.unschedulable ? `${word},SchedulingDisabled` : word;
}
/** Roles by label, in order. */
export function nodeRoles(node: Node): string[] {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(rolePrefix) && key !== rolePrefix) roles.add(key.slice(rolePrefix.length));
    else if (key === roleLabel && value) roles.add(value);
  }
  return [...roles].toSorted();
}
const address = (node: Node, type: string): string =>
  node.status.addresses?.find((known) => known.type === type)?.address ?? "<none>";
const kernelCell = ({ status: { nodeInfo } }: Node): string =>
  (nodeInfo.kernelVersion || "<unknown>") + (nodeInfo.architecture ? ` (${nodeInfo.architecture})` : "");

export const nodeColumns: readonly Column<Node>[] = [
  nameColumn,
  textColumn("Status", "Whether the node is ready, and takes new pods.", statusCell),
  textColumn("Roles", "Roles that the node's labels give it.", (node) => nodeRoles(node).join(",") || "<none>"),
  ageColumn,
  textColumn("Version", "Version of the node agent.", ({ status }) => status.nodeInfo.kubeletVersion),
  textColumn("Internal-IP", "Address within the cluster.", (node) => address(node, "InternalIP"), 1),
  textColumn("External-IP", "Address outside the cluster.", (node) => address(node, "ExternalIP"), 1),
  textColumn("OS-Image", "Operating system.", ({ status }) => status.nodeInfo.osImage || "<unknown>", 1),
  textColumn("Kernel-Version", "Version of the kernel, and the architecture.", kernelCell, 1),
  textColumn(
    "Container-Runtime",
    "Container runtime and its version.",
    ({ status }) => status.nodeInfo.containerRuntimeVersion || "<unknown>",
    1,
  ),
];
