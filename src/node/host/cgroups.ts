// Control groups of pods: one for each pod, below one for each quality of service. Runtimes make the groups of
// containers inside, and what is missing above, but they never remove a pod's: the agent does, in every hierarchy.
import type { HostFiles } from "./host-files.ts";
import {
  cpuPeriod,
  cpuQuota,
  cpuShares,
  podLimit,
  podRequest,
  qosClassOf,
  type QosClass,
} from "#node/pod/resources.ts";
import { uidOf, type Pod } from "#node/pod/types.ts";

export interface Cgroups {
  /** The path of a pod's group, as runtimes want it. */
  path(pod: Pod): string;
  /** Makes the pod's group with its limits; answers its path. */
  ensurePod(pod: Pod): Promise<string>;
  /** Removes the pod's groups, those of its containers included. Nothing when there are none. */
  removePod(uid: string): Promise<void>;
  /** Shares of the groups above, by what the pods in them ask for. */
  balance(pods: readonly Pod[]): Promise<void>;
  /** Uids of pods that have groups. */
  list(): Promise<string[]>;
}
const classPath: Readonly<Record<QosClass, string>> = {
  Guaranteed: "",
  Burstable: "/burstable",
  BestEffort: "/besteffort",
};
const mount = "/sys/fs/cgroup";

/** `root`: path of the node's groups below the hierarchy's root, for example "/kubepods". */
export const podCgroup = (root: string, pod: Pod): string => `${root}${classPath[qosClassOf(pod)]}/pod${uidOf(pod)}`;

interface Limits {
  readonly cpuShares: number;
  readonly cpuQuota: number | undefined;
  readonly memoryBytes: number | undefined;
}
export function podLimits(pod: Pod): Limits {
  const cpu = podLimit(pod.spec, "cpu");
  const memory = podLimit(pod.spec, "memory");
  return {
    cpuShares: cpuShares(podRequest(pod.spec, "cpu")),
    cpuQuota: cpu ? cpuQuota(cpu) : undefined,
    memoryBytes: memory || undefined,
  };
}
/** Shares (2 to 262144) as a weight (1 to 10000). */
export const cpuWeight = (shares: number): number => 1 + Math.floor(((shares - 2) * 9999) / 262_142);

/** Control files and their contents, by hierarchy: "" is the unified one. */
export function controlFiles(limits: Limits, version: 1 | 2): { controller: string; file: string; value: string }[] {
  const { cpuShares: shares, cpuQuota: quota, memoryBytes: memory } = limits;
  if (version === 2)
    return [
      { controller: "", file: "cpu.weight", value: String(cpuWeight(shares)) },
      { controller: "", file: "cpu.max", value: `${quota ?? "max"} ${cpuPeriod}` },
      { controller: "", file: "memory.max", value: String(memory ?? "max") },
    ];
  return [
    { controller: "cpu", file: "cpu.shares", value: String(shares) },
    { controller: "cpu", file: "cpu.cfs_quota_us", value: String(quota ?? -1) },
    { controller: "memory", file: "memory.limit_in_bytes", value: String(memory ?? -1) },
  ];
}

class KernelCgroups implements Cgroups {
  readonly #files: HostFiles;
  readonly #root: string;
  readonly #version: 1 | 2;
  /** Directories of the hierarchies; one in version 2. */
  readonly #hierarchies: readonly string[];
  #balanced = "";

  constructor(files: HostFiles, root: string, version: 1 | 2, hierarchies: readonly string[]) {
    this.#files = files;
    this.#root = root;
    this.#version = version;
    this.#hierarchies = hierarchies;
  }
  #directory(controller: string): string | undefined {
    if (this.#version === 2) return this.#hierarchies[0];
    return this.#hierarchies.find((h) =>
      h
        .slice(mount.length + 1)
        .split(",")
        .includes(controller),
    );
  }
  async #make(path: string): Promise<void> {
    const wanted = this.#version === 2 ? [""] : ["cpu", "memory"];
    for (const controller of wanted) {
      const directory = this.#directory(controller);
      if (directory === undefined) continue;
      if (this.#version === 2) await this.#delegate(directory, path);
      await this.#files.makeDirectory(directory + path);
    }
  }
  /** Version 2: a group's controllers must be switched on in each group above it. */
  async #delegate(directory: string, path: string): Promise<void> {
    const above = path.split("/").slice(1, -1);
    for (let depth = 0; depth <= above.length; depth++) {
      const at =
        directory +
        above
          .slice(0, depth)
          .map((p) => `/${p}`)
          .join("");
      await this.#files.makeDirectory(at);
      for (const controller of ["cpu", "memory", "pids"])
        await this.#write(`${at}/cgroup.subtree_control`, `+${controller}`);
    }
  }
  /** A limit that the kernel does not take (absent controller, no rights) is not worth a pod. */
  async #write(path: string, value: string): Promise<boolean> {
    try {
      await this.#files.writeControl(path, value);
      return true;
    } catch {
      return false; // told by the files themselves; the pod runs without this limit
    }
  }
  async #limit(path: string, limits: Limits): Promise<void> {
    for (const { controller, file, value } of controlFiles(limits, this.#version)) {
      const directory = this.#directory(controller);
      if (directory !== undefined) await this.#write(`${directory}${path}/${file}`, value);
    }
  }
  path(pod: Pod): string {
    return podCgroup(this.#root, pod);
  }
  async ensurePod(pod: Pod): Promise<string> {
    const path = this.path(pod);
    await this.#make(path);
    await this.#limit(path, podLimits(pod));
    return path;
  }
  async removePod(uid: string): Promise<void> {
    for (const hierarchy of this.#hierarchies)
      for (const above of Object.values(classPath)) await this.#remove(`${hierarchy}${this.#root}${above}/pod${uid}`);
  }
  async #remove(directory: string): Promise<void> {
    const facts = await this.#files.stat(directory);
    if (facts?.type !== "directory") return;
    for (const name of await this.#files.list(directory)) {
      const inner = `${directory}/${name}`;
      if ((await this.#files.lstat(inner))?.type === "directory") await this.#remove(inner);
    }
    await this.#files.removeDirectory(directory);
  }
  async balance(pods: readonly Pod[]): Promise<void> {
    const burstable = pods.filter((pod) => qosClassOf(pod) === "Burstable");
    const milli = burstable.reduce((sum, pod) => sum + podRequest(pod.spec, "cpu"), 0);
    const key = String(milli);
    if (key === this.#balanced) return;
    this.#balanced = key;
    for (const [path, shares] of [
      [classPath.Burstable, cpuShares(milli)],
      [classPath.BestEffort, 2],
    ] as const) {
      await this.#make(`${this.#root}${path}`);
      await this.#limit(`${this.#root}${path}`, { cpuShares: shares, cpuQuota: undefined, memoryBytes: undefined });
    }
  }
  async list(): Promise<string[]> {
    const found = new Set<string>();
    for (const hierarchy of this.#hierarchies)
      for (const above of Object.values(classPath))
        for (const name of await this.#files.list(`${hierarchy}${this.#root}${above}`))
          if (name.startsWith("pod")) found.add(name.slice(3));
    return [...found];
  }
}
/** Finds out which version the machine has; without any, groups are names only. */
export async function createCgroups(files: HostFiles, root: string): Promise<Cgroups> {
  const controllers = await files.readFile(`${mount}/cgroup.controllers`, 4096);
  if (controllers && Buffer.from(controllers).includes("memory")) return new KernelCgroups(files, root, 2, [mount]);
  const hierarchies: string[] = [];
  for (const name of await files.list(mount)) {
    const directory = `${mount}/${name}`;
    const isOwn =
      (await files.lstat(directory))?.type === "directory" && (await files.stat(`${directory}/cgroup.procs`));
    if (isOwn) hierarchies.push(directory);
  }
  return hierarchies.length > 0 ? new KernelCgroups(files, root, 1, hierarchies) : namedCgroups(root);
}
/** Groups in name only: for simulated nodes. */
export const namedCgroups = (root: string): Cgroups => ({
  path: (pod) => podCgroup(root, pod),
  ensurePod: async (pod) => podCgroup(root, pod),
  removePod: async () => undefined,
  balance: async () => undefined,
  list: async () => [],
});
