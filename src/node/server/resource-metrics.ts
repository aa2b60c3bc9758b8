// /metrics/resource and /metrics/cadvisor: the use of containers, pods and the node as Prometheus text, under the names
// that autoscalers and dashboards ask for. Pure.
import { labelText } from "#base/metrics.ts";
import type { Measured, MeasuredContainer, MeasuredPod } from "./usage.ts";

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly atMs: number;
}
function family(name: string, type: "counter" | "gauge", help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return "";
  const lines = samples.map(({ labels, value, atMs }) => `${name}${labelText(labels)} ${value} ${atMs}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

type Of<T> = (item: T) => number;
const seconds: Of<{ readonly cpuNanoseconds: number }> = (c) => c.cpuNanoseconds / 1e9;
const workingSet: Of<{ readonly memoryWorkingSetBytes: number }> = (c) => c.memoryWorkingSetBytes;

const podLabels = ({ pod }: MeasuredPod) => ({
  namespace: pod.metadata.namespace ?? "",
  pod: pod.metadata.name ?? "",
});
const ofContainers = (pods: readonly MeasuredPod[], value: Of<MeasuredContainer>): Sample[] =>
  pods.flatMap((pod) =>
    pod.containers.map((c) => ({
      labels: { container: c.name, ...podLabels(pod) },
      value: value(c),
      atMs: c.timestampMs,
    })),
  );
const ofPods = (pods: readonly MeasuredPod[], value: Of<MeasuredContainer>): Sample[] =>
  pods.map((pod) => ({
    labels: podLabels(pod),
    value: pod.containers.reduce((sum, c) => sum + value(c), 0),
    atMs: Math.max(...pod.containers.map((c) => c.timestampMs)),
  }));

export function resourceMetrics({ node, pods }: Measured): string {
  const ofNode = (value: number): Sample[] => [{ labels: {}, value, atMs: node.timestampMs }];
  const nodeWorkingSet = Math.max(0, node.memoryCapacityBytes - node.memoryAvailableBytes);
  return [
    family(
      "container_cpu_usage_seconds_total",
      "counter",
      "CPU time of the container in core-seconds",
      ofContainers(pods, seconds),
    ),
    family(
      "container_memory_working_set_bytes",
      "gauge",
      "Working set of the container in bytes",
      ofContainers(pods, workingSet),
    ),
    family("node_cpu_usage_seconds_total", "counter", "CPU time of the node in core-seconds", ofNode(seconds(node))),
    family("node_memory_working_set_bytes", "gauge", "Working set of the node in bytes", ofNode(nodeWorkingSet)),
    family("pod_cpu_usage_seconds_total", "counter", "CPU time of the pod in core-seconds", ofPods(pods, seconds)),
    family("pod_memory_working_set_bytes", "gauge", "Working set of the pod in bytes", ofPods(pods, workingSet)),
    "# HELP resource_scrape_error 1 when the figures could not be had\n",
    "# TYPE resource_scrape_error gauge\nresource_scrape_error 0\n",
  ].join("");
}

/** The few of cAdvisor's metrics that dashboards for containers are built on. */
export function cadvisorMetrics({ node, pods }: Measured, cpus: number): string {
  const samples = (value: Of<MeasuredContainer>, more = {}): Sample[] =>
    pods.flatMap((pod) =>
      pod.containers.map((c) => ({
        labels: { container: c.name, ...more, id: c.containerId, ...podLabels(pod) },
        value: value(c),
        atMs: c.timestampMs,
      })),
    );
  const machine = (value: number): Sample[] => [{ labels: {}, value, atMs: node.timestampMs }];
  return [
    family(
      "container_cpu_usage_seconds_total",
      "counter",
      "CPU time used in seconds",
      samples(seconds, { cpu: "total" }),
    ),
    family("container_memory_working_set_bytes", "gauge", "Working set in bytes", samples(workingSet)),
    family(
      "container_memory_usage_bytes",
      "gauge",
      "Memory in use, with caches, in bytes",
      samples((c) => c.memoryUsageBytes),
    ),
    family(
      "container_memory_rss",
      "gauge",
      "Anonymous memory in bytes",
      samples((c) => c.memoryRssBytes),
    ),
    family(
      "container_fs_usage_bytes",
      "gauge",
      "Size of the writable layer in bytes",
      samples((c) => c.writableLayerBytes),
    ),
    family("machine_cpu_cores", "gauge", "Number of logical CPUs", machine(cpus)),
    family("machine_memory_bytes", "gauge", "Memory of the machine in bytes", machine(node.memoryCapacityBytes)),
  ].join("");
}
