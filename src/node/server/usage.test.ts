import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import type { ContainerUsage } from "#node/runtime/runtime.ts";
import type { Pod } from "#node/pod/types.ts";
import { cadvisorMetrics, resourceMetrics } from "./resource-metrics.ts";
import { summary } from "./summary.ts";
import { createUsage, nodeUsage, type Measured } from "./usage.ts";

const stat = "cpu  100 10 50 9999 7 1 2 3 0 0\ncpu0 1 2 3\nbtime 1767225600\n";
const meminfo =
  "MemTotal:        1000 kB\nMemFree:          200 kB\nMemAvailable:     600 kB\nAnonPages:        150 kB\n";

test("the node's own use, from what the kernel tells", () =>
  assert.deepEqual(nodeUsage(stat, meminfo, 5), {
    timestampMs: 5,
    bootedAtMs: 1_767_225_600_000,
    cpuNanoseconds: 1_660_000_000,
    memoryCapacityBytes: 1_024_000,
    memoryAvailableBytes: 614_400,
    memoryUsageBytes: 819_200,
    memoryRssBytes: 153_600,
  }));

const pod = {
  metadata: { name: "p", namespace: "n", uid: "u" },
  spec: { containers: [] },
  status: {
    startTime: "2026-01-01T00:00:00Z",
    containerStatuses: [{ name: "c", state: { running: { startedAt: "2026-01-01T00:00:01Z" } } }],
  },
} as unknown as Pod;
const used = (name: string, cpuNanoseconds: number, timestampMs: number): ContainerUsage => ({
  containerId: `id-${name}`,
  name,
  podUid: "u",
  timestampMs,
  cpuNanoseconds,
  memoryWorkingSetBytes: 10,
  memoryUsageBytes: 20,
  memoryRssBytes: 5,
  writableLayerBytes: 7,
});

test("rates come from one look to the next; unknown pods are left out", async () => {
  let stats: ContainerUsage[] = [used("c", 1e9, 1000), { ...used("x", 1, 1), podUid: "other" }];
  const look = createUsage({
    runtime: {
      stats: async () => stats,
      imageFsUsage: async () => ({ usedBytes: 9, mountpoint: "" }),
    },
    pods: () => [pod],
    podsDir: tmpdir(),
    clock: new VirtualClock(),
  });
  const signal = AbortSignal.timeout(5000);
  const rates = async () => (await look(signal)).pods.map((p) => p.containers.map((c) => c.cpuNanoCores));
  assert.deepEqual(await rates(), [[undefined]]);
  stats = [used("c", 2e9, 3000)];
  assert.deepEqual(await rates(), [[500_000_000]]);
  assert.deepEqual(await rates(), [[500_000_000]], "no new figures, no new rate");
});

const disk = { capacityBytes: 100, availableBytes: 60, usedBytes: 40, inodes: 10, inodesFree: 4 };
const measured: Measured = {
  node: { ...nodeUsage(stat, meminfo, Date.UTC(2026, 0, 1)), cpuNanoCores: 3 },
  fs: disk,
  imageFs: { ...disk, imagesBytes: 9 },
  pods: [
    {
      pod,
      containers: [
        { ...used("c", 1e9, Date.UTC(2026, 0, 1)), cpuNanoCores: 4 },
        { ...used("d", 2e9, Date.UTC(2026, 0, 1)), cpuNanoCores: 5 },
      ],
    },
  ],
};

test("the summary", () => {
  const time = "2026-01-01T00:00:00Z";
  const made = summary("node-1", measured) as { node: Record<string, unknown>; pods: Record<string, unknown>[] };
  assert.deepEqual(made.node["cpu"], { time, usageNanoCores: 3, usageCoreNanoSeconds: 1_660_000_000 });
  assert.deepEqual(made.node["memory"], {
    time,
    availableBytes: 614_400,
    usageBytes: 819_200,
    workingSetBytes: 409_600,
    rssBytes: 153_600,
  });
  assert.deepEqual(made.node["fs"], {
    time,
    availableBytes: 60,
    capacityBytes: 100,
    usedBytes: 40,
    inodesFree: 4,
    inodes: 10,
    inodesUsed: 6,
  });
  const [one] = made.pods;
  assert.deepEqual(one!["podRef"], { name: "p", namespace: "n", uid: "u" });
  assert.deepEqual(one!["cpu"], { time, usageNanoCores: 9, usageCoreNanoSeconds: 3e9 });
  assert.deepEqual(one!["memory"], { time, usageBytes: 40, workingSetBytes: 20, rssBytes: 10 });
  const [container] = one!["containers"] as Record<string, unknown>[];
  assert.equal(container!["startTime"], "2026-01-01T00:00:01Z");
  assert.equal((container!["rootfs"] as Record<string, unknown>)["usedBytes"], 7);
});

test("resource metrics", () => {
  const lines = resourceMetrics(measured).split("\n");
  for (const line of [
    'container_cpu_usage_seconds_total{container="c",namespace="n",pod="p"} 1 1767225600000',
    'pod_cpu_usage_seconds_total{namespace="n",pod="p"} 3 1767225600000',
    'pod_memory_working_set_bytes{namespace="n",pod="p"} 20 1767225600000',
    "node_cpu_usage_seconds_total 1.66 1767225600000",
    "node_memory_working_set_bytes 409600 1767225600000",
    "# TYPE container_cpu_usage_seconds_total counter",
    "resource_scrape_error 0",
  ])
    assert.ok(lines.includes(line), line);
});

test("container metrics", () => {
  const lines = cadvisorMetrics(measured, 2).split("\n");
  for (const line of [
    'container_cpu_usage_seconds_total{container="d",cpu="total",id="id-d",namespace="n",pod="p"} 2 1767225600000',
    'container_memory_working_set_bytes{container="c",id="id-c",namespace="n",pod="p"} 10 1767225600000',
    "machine_cpu_cores 2 1767225600000",
  ])
    assert.ok(lines.includes(line), line);
});
