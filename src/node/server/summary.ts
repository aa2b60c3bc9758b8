// /stats/summary: the node's use and its pods' in the shape of the stats API v1alpha1. Pure.
import type { FilesystemUsage, Measured, MeasuredContainer, MeasuredPod } from "./usage.ts";

const time = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
const rate = (cpuNanoCores: number | undefined) => (cpuNanoCores === undefined ? {} : { usageNanoCores: cpuNanoCores });

const filesystem = (at: string, fs: FilesystemUsage, usedBytes = fs.usedBytes) => ({
  time: at,
  availableBytes: fs.availableBytes,
  capacityBytes: fs.capacityBytes,
  usedBytes,
  inodesFree: fs.inodesFree,
  inodes: fs.inodes,
  inodesUsed: fs.inodes - fs.inodesFree,
});

const sum = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((total, item) => total + value(item), 0);

function containerSummary(container: MeasuredContainer, startedAt: string | undefined, imageFs: FilesystemUsage) {
  const at = time(container.timestampMs);
  return {
    name: container.name,
    startTime: startedAt ?? null,
    cpu: { time: at, ...rate(container.cpuNanoCores), usageCoreNanoSeconds: container.cpuNanoseconds },
    memory: {
      time: at,
      usageBytes: container.memoryUsageBytes,
      workingSetBytes: container.memoryWorkingSetBytes,
      rssBytes: container.memoryRssBytes,
    },
    rootfs: filesystem(at, imageFs, container.writableLayerBytes),
  };
}

function podSummary({ pod, containers }: MeasuredPod, imageFs: FilesystemUsage) {
  const started = new Map((pod.status.containerStatuses ?? []).map((s) => [s.name, s.state?.running?.startedAt]));
  const at = time(Math.max(...containers.map((c) => c.timestampMs)));
  const rates = containers.map((c) => c.cpuNanoCores);
  return {
    podRef: { name: pod.metadata.name, namespace: pod.metadata.namespace, uid: pod.metadata.uid },
    startTime: pod.status.startTime ?? null,
    containers: containers.map((c) => containerSummary(c, started.get(c.name), imageFs)),
    cpu: {
      time: at,
      ...(rates.every((r) => r !== undefined) ? { usageNanoCores: sum(rates, (r) => r) } : {}),
      usageCoreNanoSeconds: sum(containers, (c) => c.cpuNanoseconds),
    },
    memory: {
      time: at,
      usageBytes: sum(containers, (c) => c.memoryUsageBytes),
      workingSetBytes: sum(containers, (c) => c.memoryWorkingSetBytes),
      rssBytes: sum(containers, (c) => c.memoryRssBytes),
    },
  };
}

export function summary(nodeName: string, { node, fs, imageFs, pods }: Measured): object {
  const at = time(node.timestampMs);
  return {
    node: {
      nodeName,
      startTime: time(node.bootedAtMs),
      cpu: { time: at, ...rate(node.cpuNanoCores), usageCoreNanoSeconds: node.cpuNanoseconds },
      memory: {
        time: at,
        availableBytes: node.memoryAvailableBytes,
        usageBytes: node.memoryUsageBytes,
        workingSetBytes: Math.max(0, node.memoryCapacityBytes - node.memoryAvailableBytes),
        rssBytes: node.memoryRssBytes,
      },
      fs: filesystem(at, fs),
      runtime: { imageFs: filesystem(at, imageFs, imageFs.imagesBytes) },
    },
    pods: pods.map((pod) => podSummary(pod, imageFs)),
  };
}
