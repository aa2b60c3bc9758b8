// The mount namespace that containerd and the node process of a cluster share. It is pinned to a file, so that a
// restarted process comes back into the same one and finds the mounts of its pods.
//
// Inside, /run/containerd and /var/lib/cni are the cluster's own (two containerds would meet there), the root is
// shared (for mount propagation to pods), and an empty cgroup v2 tree beside v1 is hidden, because crun refuses that
// mixture. Mounts of the host still arrive; those made inside do not leave.
import { mkdirSync } from "node:fs";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { execute } from "#cluster/machine/execute.ts";
import type { Layout } from "#cluster/layout.ts";
import { readIfThere, type CgroupFacts } from "#cluster/machine/machine-facts.ts";
import { Problem } from "#cluster/problem.ts";

/** Mount points below a directory, deepest first, from the text of /proc/self/mounts. */
export function mountsBelow(mounts: string, directory: string): readonly string[] {
  return mounts
    .split("\n")
    .map((line) => unescapeMount(line.split(" ")[1] ?? ""))
    .filter((path) => path === directory || path.startsWith(`${directory}/`))
    .toReversed();
}

/** The kernel writes blanks and backslashes of paths as octal numbers. */
const unescapeMount = (path: string): string =>
  path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)));

export const hasMountNamespace = (layout: Layout): boolean =>
  mountsBelow(readIfThere("/proc/self/mounts"), layout.mountNamespace).length > 0;

/** The mount point of a cgroup v2 tree that lies beside v1 hierarchies. */
export const hybridUnified = (cgroups: CgroupFacts): string | undefined =>
  Object.keys(cgroups.v1).length > 0 ? cgroups.v2?.path : undefined;

/** Paths come as arguments, so that none is read as shell text. */
const prepare = `
set -e
pin=$1 shims=$2 cni_cache=$3 unified=$4
pins=\${pin%/*}
mountpoint -q "$pins" || mount --bind "$pins" "$pins"
mount --make-private "$pins"
: >"$pin"
exec unshare --mount="$pin" --propagation slave sh -ec '
  mount --bind "$1" /run/containerd
  mount --bind "$2" /var/lib/cni
  if [ "$3" ]; then umount "$3"; fi
  mount --make-rshared /
' prepare "$shims" "$cni_cache" "$unified"
`;

/** `hide`: a mount point to take away inside. Does nothing when the namespace exists. */
export async function createMountNamespace(
  layout: Layout,
  hide: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (hasMountNamespace(layout)) return;
  const { shims, cniCache } = layout.containerd;
  for (const directory of [dirname(layout.mountNamespace), "/run/containerd", "/var/lib/cni", shims, cniCache])
    mkdirSync(directory, { recursive: true, mode: 0o711 });
  const command = ["sh", "-c", prepare, "prepare", layout.mountNamespace, shims, cniCache, hide ?? ""];
  let outcome = await execute("env", command, { signal });
  // The kernel pins only a namespace whose number is above that of the one it is pinned in, and each CPU counts on its
  // own: inside a container or service with a namespace of its own, another CPU may have to make it.
  for (let cpu = 0; outcome.code !== 0 && /Invalid argument/.test(outcome.stderr) && cpu < cpus().length; cpu++)
    outcome = await execute("taskset", ["--cpu-list", String(cpu), ...command], { signal });
  if (outcome.code === 0) return;
  await removeMountNamespace(layout);
  throw new Problem("the mount namespace of the cluster could not be made", {
    why: outcome.stderr.trim() || `the preparing shell ended with code ${outcome.code}`,
    remedy: "this needs full root rights: inside a container, run it privileged",
  });
}

/** Lets go of the namespace, and unmounts whatever else is mounted below the data directory. */
export async function removeMountNamespace(layout: Layout): Promise<void> {
  const points = mountsBelow(readIfThere("/proc/self/mounts"), layout.dataDir);
  for (const point of points) {
    const outcome = await execute("umount", [point]);
    if (outcome.code !== 0) await execute("umount", ["--lazy", point]);
  }
}
