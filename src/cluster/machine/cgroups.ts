// The cluster's directory in every cgroup hierarchy of the machine, version 1 and 2: made before the first process
// moves in, and taken away with whatever still runs inside.
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import type { Layout } from "#cluster/layout.ts";
import { readIfThere, type CgroupFacts } from "./machine-facts.ts";
import { haveEnded, processId, signalProcess } from "./processes.ts";

/** Mount points of all hierarchies, each once. */
export const hierarchies = (facts: CgroupFacts): readonly string[] => [
  ...new Set([...Object.values(facts.v1), ...(facts.v2 ? [facts.v2.path] : [])]),
];

/** A cpuset of version 1 takes no process before its CPUs are set, and the system processes need none. */
const systemHierarchies = (facts: CgroupFacts): readonly string[] =>
  hierarchies(facts).filter((path) => path !== facts.v1["cpuset"]);

/**
 * Makes the directories that the system processes (loops, server, node, containerd) move into, which takes them out of
 * the login session that may end before they do. Returns those that could be made.
 */
export function createSystemCgroups(layout: Layout, facts: CgroupFacts): readonly string[] {
  const version2 = facts.v2?.path;
  return systemHierarchies(facts).flatMap((hierarchy) => {
    const directory = join(hierarchy, layout.systemCgroup);
    try {
      mkdirSync(directory, { recursive: true });
      if (hierarchy === version2) delegateControllers(hierarchy, layout, facts.v2?.controllers ?? []);
    } catch (error) {
      if (!refusals.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
      return []; // a hierarchy that takes no groups (read-only, or not ours) is left alone
    }
    return [directory];
  });
}

const refusals = ["EACCES", "EPERM", "EROFS", "EINVAL", "EBUSY", "ENOENT", "EOPNOTSUPP"];

/** Version 2: controllers must be switched on from the root down to the parent of the pods' group. */
function delegateControllers(hierarchy: string, layout: Layout, controllers: readonly string[]): void {
  const wanted = ["cpu", "cpuset", "memory", "pids", "io", "hugetlb"].filter((name) => controllers.includes(name));
  mkdirSync(join(hierarchy, layout.podsCgroup), { recursive: true });
  const parts = layout.podsCgroup.split("/").filter(Boolean);
  for (let depth = 0; depth <= parts.length; depth++) {
    const file = join(hierarchy, ...parts.slice(0, depth), "cgroup.subtree_control");
    for (const name of wanted) writeFileSync(file, `+${name}`);
  }
}

/** All groups below a directory, deepest first, itself last. */
function groupsBelow(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  const children = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...children.flatMap((entry) => groupsBelow(join(directory, entry.name))), directory];
}

/** Kills what runs in the group `path` and below, in every hierarchy, and removes the directories. */
export async function removeCgroups(path: string, facts: CgroupFacts, clock: Clock): Promise<void> {
  const groups = hierarchies(facts).flatMap((hierarchy) => groupsBelow(join(hierarchy, path)));
  const inside = groups.flatMap((group) => readIfThere(join(group, "cgroup.procs")).split("\n").filter(Boolean));
  const processes = [...new Set(inside)].map((pid) => processId(Number(pid)));
  for (const process of processes) signalProcess(process, "SIGKILL");
  await haveEnded(processes, 5_000, clock);
  for (const group of groups) removeGroup(group);
  // The directory of all clusters goes with the last one.
  const parent = path.slice(0, path.lastIndexOf("/"));
  if (parent !== "") for (const hierarchy of hierarchies(facts)) removeGroup(join(hierarchy, parent));
}

function removeGroup(group: string): void {
  try {
    rmdirSync(group);
  } catch (error) {
    // Gone already, or still used by another cluster.
    if (!["ENOENT", "ENOTEMPTY", "EBUSY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
