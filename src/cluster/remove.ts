// Removes a cluster with all its traces: what stop.ts releases, and then its data, its place in the registry, and what
// the machine did not have before its first cluster.
import { existsSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Clock } from "#base/clock.ts";
import {
  changeKubeconfig,
  isEmpty,
  removeContext,
  type Kubeconfig,
  type KubeconfigFile,
} from "#cluster/access/kubeconfig.ts";
import type { Layout } from "./layout.ts";
import { removeIfEmpty, restoreMachine } from "#cluster/machine/machine-before.ts";
import { readIfThere } from "#cluster/machine/machine-facts.ts";
import { mountsBelow } from "#cluster/containerd/mount-namespace.ts";
import { Problem } from "./problem.ts";
import { forgetRegistry, readRegistry, updateRegistry, type Registry } from "./registry.ts";
import { stopCluster, type StopOptions } from "./stop.ts";

export interface RemoveOptions extends StopOptions {
  readonly home: string;
  /** Whose context is taken out; the file named at the last `up` is remembered too. */
  readonly kubeconfig: KubeconfigFile;
  readonly signal: AbortSignal;
}

export async function removeCluster(layout: Layout, options: RemoveOptions): Promise<void> {
  const { home, progress, clock } = options;
  await stopCluster(layout, options);
  await progress.step(`removing ${layout.dataDir}`, () => removeData(layout));
  const remembered = readRegistry(home).clusters.find((entry) => entry.name === layout.name)?.kubeconfig;
  const files = new Map([options.kubeconfig, ...(remembered ? [{ path: remembered }] : [])].map((f) => [f.path, f]));
  for (const file of files.values())
    if (existsSync(file.path)) await withoutContext(file, layout.context, clock, options.signal);
  for (const folder of new Set([...files.keys()].map((path) => dirname(path))))
    if (basename(folder) === ".kube") removeIfEmpty(folder);
  const registry = updateRegistry(home, (old) => without(old, layout.name));
  rmSync(join(home, `${layout.name}.lock`), { force: true });
  if (registry.clusters.length > 0) return;
  if (registry.before) await restoreMachine(registry.before);
  forgetRegistry(home);
  rmSync(join(home, ".cache"), { recursive: true, force: true });
  removeIfEmpty(home);
}

const without = (registry: Registry, name: string): Registry => ({
  ...registry,
  clusters: registry.clusters.filter((entry) => entry.name !== name),
});

function removeData(layout: Layout): void {
  const left = mountsBelow(readIfThere("/proc/self/mounts"), layout.dataDir);
  if (left.length > 0)
    throw new Problem(`${layout.dataDir} cannot be removed`, {
      why: `something is still mounted below it: ${left.join(", ")}`,
      remedy: "unmount it, then run this command again",
    });
  rmSync(layout.dataDir, { recursive: true, force: true });
}

async function withoutContext(file: KubeconfigFile, context: string, clock: Clock, signal: AbortSignal): Promise<void> {
  const change = (config: Kubeconfig): Kubeconfig | undefined => {
    if (![config.clusters, config.users, config.contexts].flat().some((entry) => entry?.name === context))
      return config;
    const rest = removeContext(config, context);
    return isEmpty(rest) ? undefined : rest;
  };
  await changeKubeconfig(file, change, clock, signal);
}
