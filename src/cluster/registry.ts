// Which clusters this machine has: clusters.json beside their data directories. It gives every cluster an index and
// ports that no other has, and remembers what the machine was like before the first one came.
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tryLock } from "#cluster/machine/lock.ts";
import { mostClusters, type ClusterRecord } from "./layout.ts";
import type { MachineBefore } from "#cluster/machine/machine-before.ts";
import { messageOf, Problem } from "./problem.ts";

export interface RegistryEntry {
  readonly name: string;
  readonly index: number;
  readonly dataDir: string;
  readonly apiPort: number;
  readonly kubeletPort: number;
  /** The file that got the cluster's context. */
  readonly kubeconfig?: string;
}
export interface Registry {
  readonly clusters: readonly RegistryEntry[];
  readonly before?: MachineBefore;
}

export interface Wanted {
  readonly name: string;
  readonly dataDir: string;
  /** Absent: the first free one from 6443. */
  readonly apiPort?: number;
}
export interface Taken {
  /** Ports that something on this machine listens on. */
  readonly ports: ReadonlySet<number>;
  /** Whether the machine already routes addresses of this /16 ("10.244") elsewhere. */
  readonly routed: (prefix: string) => boolean;
}

const firstFree = (from: number, step: number, taken: (port: number) => boolean): number => {
  for (let port = from; port < 65_536; port += step) if (!taken(port)) return port;
  throw new Problem("no free port is left", { why: `every port from ${from} is taken`, remedy: "close some programs" });
};

/** The entry for a new cluster. Throws Problem when the name, the directory or all address ranges are taken. */
export function allocate(registry: Registry, wanted: Wanted, taken: Taken): RegistryEntry {
  const neighbour = registry.clusters.find((c) => c.dataDir === wanted.dataDir && c.name !== wanted.name);
  if (neighbour)
    throw new Problem(`the data directory ${wanted.dataDir} belongs to another cluster`, {
      why: `the cluster "${neighbour.name}" keeps its data there`,
      remedy: "choose another directory with --data-dir",
    });
  const used = new Set(registry.clusters.map((c) => c.index));
  const index = Array.from({ length: mostClusters }, (_, i) => i).find(
    (i) => !used.has(i) && !taken.routed(`10.${244 + i}`) && !taken.routed(`10.${96 + i}`),
  );
  if (index === undefined)
    throw new Problem("no address range is free for another cluster", {
      why: `this machine has ${used.size} clusters, and its routes cover the other ranges from 10.244.0.0/16 to 10.255.0.0/16`,
      remedy: "delete a cluster that you no longer need: timonier delete --name <name>",
    });
  const reserved = new Set(registry.clusters.flatMap((c) => [c.apiPort, c.kubeletPort]));
  const busy = (port: number): boolean => reserved.has(port) || taken.ports.has(port);
  return {
    name: wanted.name,
    dataDir: wanted.dataDir,
    index,
    apiPort: wanted.apiPort ?? firstFree(6443, 1, busy),
    kubeletPort: firstFree(10_250, 10, busy),
  };
}

export const registryFile = (home: string): string => join(home, "clusters.json");

export function readRegistry(home: string): Registry {
  const file = registryFile(home);
  if (!existsSync(file)) return { clusters: [] };
  return readJson<Registry>(file, "the list of clusters", "restore the file, or remove it when no cluster is left");
}

/** Runs `change` while no other process changes the registry, and writes what it returns. */
export function updateRegistry(home: string, change: (registry: Registry) => Registry): Registry {
  mkdirSync(home, { recursive: true, mode: 0o755 });
  using lock = tryLock(join(home, "clusters.lock"), 5_000);
  if (!lock)
    throw new Problem("the list of clusters is locked", {
      why: `another timonier process has held ${join(home, "clusters.lock")} for five seconds`,
      remedy: "wait for it, or end it",
    });
  const next = change(readRegistry(home));
  writeWhole(registryFile(home), `${JSON.stringify(next, undefined, 2)}\n`, 0o644);
  return next;
}

/** Removes the registry's own files once no cluster is left; other files of the directory stay. */
export function forgetRegistry(home: string): void {
  for (const name of ["clusters.json", "clusters.lock"]) rmSync(join(home, name), { force: true });
}

export const recordFile = (dataDir: string): string => join(dataDir, "cluster.json");

export function readRecord(dataDir: string): ClusterRecord | undefined {
  const file = recordFile(dataDir);
  if (!existsSync(file)) return undefined;
  const remedy = "restore the file from a backup, or remove the cluster: timonier delete";
  const record = readJson<ClusterRecord>(file, "the data directory", remedy);
  if (record.format !== 1)
    throw new Problem(`the data directory ${dataDir} was written by another version of Timonier`, {
      why: `${file} has format ${String(record.format)}, this program knows format 1`,
      remedy: "use the version that wrote it",
    });
  // A directory that was moved or copied still describes itself.
  return { ...record, dataDir };
}

export const writeRecord = (record: ClusterRecord): void =>
  writeWhole(recordFile(record.dataDir), `${JSON.stringify(record, undefined, 2)}\n`, 0o644);

function readJson<T>(file: string, what: string, remedy: string): T {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch (error) {
    throw new Problem(`${what} is damaged`, { why: `${file} cannot be read: ${messageOf(error)}`, remedy });
  }
}

/** Readers see the old content or the new, never a part. */
export function writeWhole(file: string, content: string | Uint8Array, mode: number): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, content, { mode });
  chmodSync(temporary, mode);
  renameSync(temporary, file);
}
