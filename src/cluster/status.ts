// What a cluster is doing, read from its run directory and /proc, and asked of its API.
import { isApiReady } from "#cluster/access/api-access.ts";
import { componentNames, type Layout } from "./layout.ts";
import { shimsOf } from "./stop.ts";
import { componentStatus, type ComponentStatus } from "#cluster/supervise/supervisor.ts";

export interface ClusterStatus {
  readonly name: string;
  readonly state: "running" | "degraded" | "stopped";
  readonly version: string;
  readonly kubernetesVersion: string;
  readonly nodeVersion: string;
  readonly endpoints: { readonly api: string; readonly kubelet: string; readonly containerd: string };
  readonly apiReady: boolean;
  readonly context: string;
  readonly dataDir: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly runtime: string;
  readonly pods: number;
  readonly components: readonly ComponentStatus[];
}

export interface Versions {
  readonly version: string;
  readonly kubernetesVersion: string;
  readonly nodeVersion: string;
}

export async function clusterStatus(layout: Layout, versions: Versions, signal: AbortSignal): Promise<ClusterStatus> {
  const components = componentNames.map((name) => componentStatus(layout, name));
  const server = components.find((component) => component.name === "server");
  const apiReady = server?.pid !== undefined && (await isApiReady(layout, signal));
  return {
    name: layout.name,
    state: overallState(components, apiReady),
    ...versions,
    endpoints: {
      api: `https://127.0.0.1:${layout.apiPort}`,
      kubelet: `https://127.0.0.1:${layout.kubeletPort}`,
      containerd: `unix://${layout.containerd.socket}`,
    },
    apiReady,
    context: layout.context,
    dataDir: layout.dataDir,
    podCidr: layout.podCidr,
    serviceCidr: layout.serviceCidr,
    runtime: layout.runtime,
    pods: shimsOf(layout).length,
    components,
  };
}

export function overallState(components: readonly ComponentStatus[], apiReady: boolean): ClusterStatus["state"] {
  if (components.every((component) => component.state === "stopped")) return "stopped";
  return apiReady && components.every((c) => c.state === "running" && c.ready) ? "running" : "degraded";
}
