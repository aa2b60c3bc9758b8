// Finds the cluster a command speaks of, or creates its record: the name, the directory and the addresses it keeps
// for its life. Everything that a record needs from the machine is passed in or read here.
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import type { Clock } from "#base/clock.ts";
import {
  clusterLayout,
  defaultHome,
  defaultName,
  isClusterName,
  longestDataDirBytes,
  type ClusterRecord,
  type Layout,
} from "./layout.ts";
import type { FeatureSettings } from "#server/features/settings.ts";
import type { MachineBefore } from "#cluster/machine/machine-before.ts";
import { isRouted, type MachineFacts } from "#cluster/machine/machine-facts.ts";
import { Problem } from "./problem.ts";
import { allocate, readRecord, readRegistry, updateRegistry, writeRecord } from "./registry.ts";

export interface ClusterChoice {
  /** Absent: the one in `dataDir`, else "default". */
  readonly name?: string;
  readonly dataDir?: string;
}
interface Named {
  readonly name: string;
  readonly dataDir: string;
}

/** Where the registry lies, and data directories by default. */
export const homeDirectory = (env: NodeJS.ProcessEnv): string => env["TIMONIER_HOME"] ?? defaultHome;

/** The name and the directory that are meant. Throws Problem when they contradict the registry. */
export function chooseCluster(home: string, choice: ClusterChoice, registry = readRegistry(home)): Named {
  const asked = choice.dataDir === undefined ? undefined : resolve(choice.dataDir);
  const resident = registry.clusters.find((cluster) => cluster.dataDir === asked)?.name;
  const name = choice.name ?? resident ?? (asked && readRecord(asked)?.name) ?? defaultName;
  if (!isClusterName(name))
    throw new Problem(`"${name}" cannot be the name of a cluster`, {
      why: "a name has up to 40 small letters, digits and hyphens, and begins and ends with a letter or digit",
      remedy: "choose another name",
    });
  const known = registry.clusters.find((cluster) => cluster.name === name)?.dataDir;
  if (asked !== undefined && known !== undefined && known !== asked)
    throw new Problem(`the cluster "${name}" has another data directory`, {
      why: `it is ${known}, not ${asked}`,
      remedy: "leave out --data-dir, or give the new cluster another name with --name",
    });
  return { name, dataDir: asked ?? known ?? join(home, name) };
}

/** Undefined when there is no such cluster. */
export function findCluster(home: string, choice: ClusterChoice): Layout | undefined {
  const { dataDir } = chooseCluster(home, choice);
  const record = readRecord(dataDir);
  if (record) return clusterLayout(record);
  refuseRemains(dataDir);
  return undefined;
}

/** Like findCluster, for commands that need one. */
export function openCluster(home: string, choice: ClusterChoice): Layout {
  const layout = findCluster(home, choice);
  if (layout) return layout;
  const { name } = chooseCluster(home, choice);
  const others = readRegistry(home).clusters.map((cluster) => cluster.name);
  throw new Problem(`there is no cluster "${name}"`, {
    why: others.length === 0 ? "this machine has none" : `this machine has: ${others.join(", ")}`,
    remedy:
      others.length === 0
        ? "create one: timonier up"
        : `name one of them with --name, or create it: timonier up --name ${name}`,
  });
}

/** Like openCluster, but a cluster whose record is lost or damaged is known by the registry, enough to remove it. */
export function openForRemoval(home: string, choice: ClusterChoice): Layout {
  try {
    return openCluster(home, choice);
  } catch (error) {
    const registry = readRegistry(home);
    const entry = registry.clusters.find((cluster) =>
      choice.name === undefined && choice.dataDir !== undefined
        ? cluster.dataDir === resolve(choice.dataDir)
        : cluster.name === (choice.name ?? defaultName),
    );
    if (!entry) throw error;
    return clusterLayout({ format: 1, ...entry, nodeName: nodeNameOf(hostname()), createdAt: 0, runtime: "runc" });
  }
}

/** A directory without a record is used only when it is empty: nothing of anybody is overwritten, or later deleted. */
function refuseRemains(dataDir: string): void {
  if (!existsSync(dataDir)) return;
  const entries = readdirSync(dataDir);
  if (entries.length === 0) return;
  if (entries.includes("pki") || entries.includes("db"))
    throw new Problem("the data directory is damaged", {
      why: `${join(dataDir, "cluster.json")} is missing, although the directory holds a cluster`,
      remedy: `restore the file from a backup, or remove the directory: rm -r ${dataDir}`,
    });
  throw new Problem(`${dataDir} cannot become a data directory`, {
    why: `it is not empty (${entries.slice(0, 5).join(", ")}), and holds no cluster`,
    remedy: "choose an empty or new directory with --data-dir",
  });
}

export interface NewCluster extends ClusterChoice {
  readonly apiPort?: number;
  readonly features?: FeatureSettings;
}

/** Enters a new cluster into the registry and writes its record. `before` counts when it is the first. */
export function createCluster(
  home: string,
  wanted: NewCluster,
  facts: Pick<MachineFacts, "listening" | "routes">,
  clock: Clock,
  before: MachineBefore,
): Layout {
  let record: ClusterRecord | undefined;
  updateRegistry(home, (registry) => {
    const chosen = chooseCluster(home, wanted, registry);
    refuseLongPath(chosen.dataDir);
    const taken = {
      ports: new Set(facts.listening.map((socket) => socket.port)),
      routed: (prefix: string) => isRouted(facts.routes, prefix),
    };
    const others = registry.clusters.filter((cluster) => cluster.name !== chosen.name);
    const entry = allocate({ ...registry, clusters: others }, { ...wanted, ...chosen }, taken);
    record = { format: 1, ...entry, nodeName: nodeNameOf(hostname()), createdAt: clock.now(), runtime: "runc" };
    if (wanted.features) record = { ...record, features: wanted.features };
    return { ...registry, before: registry.before ?? before, clusters: [...others, entry] };
  });
  mkdirSync(record!.dataDir, { recursive: true, mode: 0o755 });
  writeRecord(record!);
  return clusterLayout(record!);
}

/** Writes changed facts of a cluster to its record and the registry. */
export function changeCluster(
  home: string,
  layout: Layout,
  change: Partial<Pick<ClusterRecord, "apiPort" | "runtime" | "features">> & { readonly kubeconfig?: string },
): Layout {
  const { kubeconfig, ...recorded } = change;
  const record: ClusterRecord = { ...recordOf(layout), ...recorded };
  updateRegistry(home, (registry) => ({
    ...registry,
    clusters: registry.clusters.map((entry) =>
      entry.name === layout.name
        ? { ...entry, apiPort: record.apiPort, ...(kubeconfig === undefined ? {} : { kubeconfig }) }
        : entry,
    ),
  }));
  writeRecord(record);
  return clusterLayout(record);
}

const recordOf = (layout: Layout): ClusterRecord => ({
  format: layout.format,
  name: layout.name,
  index: layout.index,
  dataDir: layout.dataDir,
  nodeName: layout.nodeName,
  apiPort: layout.apiPort,
  kubeletPort: layout.kubeletPort,
  createdAt: layout.createdAt,
  runtime: layout.runtime,
  ...(layout.features ? { features: layout.features } : {}),
});

/** A host name in the form of a node's: small letters, nothing that a label could not hold. */
export const nodeNameOf = (host: string): string =>
  host
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, "-")
    .replaceAll(/^[.-]+|[.-]+$/g, "")
    .slice(0, 63) || "node";

function refuseLongPath(dataDir: string): void {
  if (Buffer.byteLength(dataDir) <= longestDataDirBytes) return;
  throw new Problem("the path of the data directory is too long", {
    why: `${dataDir} has ${Buffer.byteLength(dataDir)} bytes, and paths of sockets below it may have 107`,
    remedy: `choose one of at most ${longestDataDirBytes} bytes with --data-dir`,
  });
}
