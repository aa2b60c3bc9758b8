// How much the node and its containers use, as one picture for the summary and the metrics.
import { readFile, statfs } from "node:fs/promises";
import type { Clock } from "#base/clock.ts";
import type { ContainerRuntime, ContainerUsage } from "#node/runtime/runtime.ts";
import type { Pod } from "#node/pod/types.ts";

export interface NodeUsage {
  readonly timestampMs: number;
  readonly bootedAtMs: number;
  /** Nanoseconds of CPU since boot. */
  readonly cpuNanoseconds: number;
  readonly memoryCapacityBytes: number;
  readonly memoryAvailableBytes: number;
  readonly memoryUsageBytes: number;
  readonly memoryRssBytes: number;
}
export interface FilesystemUsage {
  readonly capacityBytes: number;
  readonly availableBytes: number;
  readonly usedBytes: number;
  readonly inodes: number;
  readonly inodesFree: number;
}
export interface MeasuredContainer extends ContainerUsage {
  /** Since the last look; undefined at the first. */
  readonly cpuNanoCores: number | undefined;
}
export interface MeasuredPod {
  readonly pod: Pod;
  readonly containers: readonly MeasuredContainer[];
}
export interface Measured {
  readonly node: NodeUsage & { readonly cpuNanoCores: number | undefined };
  readonly fs: FilesystemUsage;
  readonly imageFs: FilesystemUsage & { readonly imagesBytes: number };
  readonly pods: readonly MeasuredPod[];
}

const ticksPerSecond = 100;

/** Out of /proc/stat and /proc/meminfo. Pure. */
export function nodeUsage(stat: string, meminfo: string, timestampMs: number): NodeUsage {
  const fields = /^cpu +(.*)$/m.exec(stat)?.[1]?.split(" ").map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields;
  const ticks = user + nice + system + irq + softirq + steal;
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}: +(\\d+) kB`, "m").exec(meminfo)?.[1] ?? 0);
  const capacity = kilobytes("MemTotal") * 1024;
  return {
    timestampMs,
    bootedAtMs: Number(/^btime (\d+)$/m.exec(stat)?.[1] ?? 0) * 1000,
    cpuNanoseconds: Math.round((ticks / ticksPerSecond) * 1e9),
    memoryCapacityBytes: capacity,
    memoryAvailableBytes: kilobytes("MemAvailable") * 1024,
    memoryUsageBytes: capacity - kilobytes("MemFree") * 1024,
    memoryRssBytes: kilobytes("AnonPages") * 1024,
  };
}

/** CPU rates from one look to the next. */
interface Look {
  readonly at: number;
  readonly total: number;
  readonly rate: number | undefined;
}
class Rates {
  #last = new Map<string, Look>();

  /** Nanoseconds a second. */
  look(
    samples: readonly { readonly key: string; readonly at: number; readonly total: number }[],
  ): (number | undefined)[] {
    const next = new Map<string, Look>();
    const rates = samples.map(({ key, at, total }) => {
      const last = this.#last.get(key);
      const seconds = last ? (at - last.at) / 1000 : 0;
      const rate = last && seconds > 0 ? Math.max(0, Math.round((total - last.total) / seconds)) : last?.rate;
      next.set(key, last && seconds <= 0 ? last : { at, total, rate });
      return rate;
    });
    this.#last = next;
    return rates;
  }
}

export interface UsageOptions {
  readonly runtime: Pick<ContainerRuntime, "stats" | "imageFsUsage">;
  readonly pods: () => readonly Pod[];
  /** A directory on the filesystem that pods use. */
  readonly podsDir: string;
  readonly clock: Clock;
}

export function createUsage({
  runtime,
  pods,
  podsDir,
  clock,
}: UsageOptions): (signal: AbortSignal) => Promise<Measured> {
  const rates = new Rates();
  return async (signal) => {
    const [stat, meminfo, fs, images, containers] = await Promise.all([
      readFile("/proc/stat", "utf8"),
      readFile("/proc/meminfo", "utf8"),
      filesystemUsage(podsDir),
      runtime.imageFsUsage(signal),
      runtime.stats(undefined, signal),
    ]);
    const node = nodeUsage(stat, meminfo, clock.now());
    const imageFs = images.mountpoint ? await filesystemUsage(images.mountpoint).catch(() => fs) : fs;
    const [nodeRate, ...containerRates] = rates.look([
      { key: "", at: node.timestampMs, total: node.cpuNanoseconds },
      ...containers.map((c) => ({ key: c.containerId, at: c.timestampMs, total: c.cpuNanoseconds })),
    ]);
    const measured = containers.map((c, i) => ({ ...c, cpuNanoCores: containerRates[i] }));
    const byPod = Map.groupBy(measured, (c) => c.podUid);
    return {
      node: { ...node, cpuNanoCores: nodeRate },
      fs,
      imageFs: { ...imageFs, imagesBytes: images.usedBytes },
      pods: pods().flatMap((pod) => {
        const own = byPod.get(pod.metadata.uid ?? "");
        return own ? [{ pod, containers: own }] : [];
      }),
    };
  };
}

async function filesystemUsage(path: string): Promise<FilesystemUsage> {
  const { blocks, bavail, bfree, bsize, files, ffree } = await statfs(path);
  return {
    capacityBytes: blocks * bsize,
    availableBytes: bavail * bsize,
    usedBytes: (blocks - bfree) * bsize,
    inodes: files,
    inodesFree: ffree,
  };
}
