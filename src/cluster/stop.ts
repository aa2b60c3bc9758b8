// Stops a cluster: the node process first, so that nothing starts pods again, then the pods, containerd and the
// server, then everything the kernel holds for it (mounts, table, bridge, groups). Data stays.
import type { Clock } from "#base/clock.ts";
import { removeCgroups } from "#cluster/machine/cgroups.ts";
import { execute } from "#cluster/machine/execute.ts";
import type { Layout } from "./layout.ts";
import { nftTables } from "#cluster/machine/machine-before.ts";
import { parseCgroups, readIfThere } from "#cluster/machine/machine-facts.ts";
import { removeMountNamespace } from "#cluster/containerd/mount-namespace.ts";
import { removePortMappings } from "#cluster/containerd/port-mappings.ts";
import {
  allProcesses,
  endProcesses,
  haveEnded,
  signalProcess,
  type RunningProcess,
} from "#cluster/machine/processes.ts";
import type { Progress } from "./progress.ts";
import { componentStatus, stopLoop } from "#cluster/supervise/supervisor.ts";

export interface StopOptions {
  /** How long containers get between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  readonly clock: Clock;
  readonly progress: Progress;
}

const componentGraceMs = 10_000;
const shimGraceMs = 2_000;

/** containerd's shims of this cluster: one for each pod. They live on when containerd ends. */
export const shimsOf = (layout: Layout, processes = allProcesses()): readonly RunningProcess[] =>
  processes.filter(({ args }) => /containerd-shim/.test(args[0] ?? "") && args.includes(layout.containerd.socket));

/** The first process of every container. */
export function containersOf(layout: Layout, processes = allProcesses()): readonly RunningProcess[] {
  const shims = new Set(shimsOf(layout, processes).map((shim) => shim.pid));
  return processes.filter((process) => shims.has(process.parent));
}

/** The first process of a pid namespace ignores SIGTERM unless it catches it: to wait for it would be in vain. */
function catchesTerm(pid: number): boolean {
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readIfThere(`/proc/${pid}/status`))?.[1] ?? "0";
  return (BigInt(`0x${caught}`) & (1n << 14n)) !== 0n;
}

const isPause = (process: RunningProcess): boolean => process.args[0] === "/pause";

async function stopContainers(layout: Layout, { graceMs, clock }: StopOptions): Promise<number> {
  const containers = containersOf(layout);
  const work = containers.filter((process) => !isPause(process));
  const patient = work.filter((process) => catchesTerm(process.pid));
  for (const process of work) signalProcess(process, patient.includes(process) ? "SIGTERM" : "SIGKILL");
  await haveEnded(patient, graceMs, clock);
  for (const process of containersOf(layout)) signalProcess(process, "SIGKILL");
  // containerd writes down how they ended, and ends the shims.
  const shims = shimsOf(layout);
  const attended = componentStatus(layout, "containerd").pid !== undefined;
  await haveEnded(shims, attended ? shimGraceMs : 0, clock);
  return work.length;
}

export async function stopComponents(layout: Layout, options: StopOptions): Promise<void> {
  const { clock, progress } = options;
  const running = (name: "containerd" | "server" | "node"): boolean =>
    componentStatus(layout, name).state !== "stopped";
  if (running("node"))
    await progress.step("stopping the node process", () => stopLoop(layout, "node", componentGraceMs, clock));
  const server = running("server")
    ? progress.step("stopping the server", () => stopLoop(layout, "server", componentGraceMs, clock))
    : Promise.resolve();
  if (shimsOf(layout).length > 0)
    await progress.step("stopping the pods", async (report) => {
      report("waiting for containers");
      await stopContainers(layout, options);
    });
  if (running("containerd"))
    await progress.step("stopping containerd", () => stopLoop(layout, "containerd", componentGraceMs, clock));
  await endProcesses(shimsOf(layout), 0, clock);
  await server;
}

/** Takes back what the cluster has in the kernel. Everything of it can be made again at the next start. */
export async function releaseHost(layout: Layout, clock: Clock): Promise<void> {
  await removeCgroups(layout.cgroup, parseCgroups(readIfThere("/proc/self/mounts"), readIfThere), clock);
  await removeMountNamespace(layout);
  await execute("ip", ["link", "delete", layout.bridge]); // fails when there is none
  await removeTables(layout);
  await removePortMappings(layout.bridge);
}

/** Tables named after the cluster's, alone or with an ending behind a hyphen, underscore or dot. */
export const isOwnTable = (layout: Pick<Layout, "nftTable">, name: string): boolean =>
  name === layout.nftTable || ["-", "_", "."].some((mark) => name.startsWith(`${layout.nftTable}${mark}`));

async function removeTables(layout: Layout): Promise<void> {
  const own = (await nftTables()).filter((table) => isOwnTable(layout, table.name));
  if (own.length === 0) return;
  const commands = own.map((table) => `delete table ${table.family} ${table.name}\n`);
  await execute("nft", ["-f", "-"], { input: commands.join("") });
}

export async function stopCluster(layout: Layout, options: StopOptions): Promise<{ readonly wasRunning: boolean }> {
  const components = (["containerd", "server", "node"] as const).map((name) => componentStatus(layout, name).state);
  const wasRunning = components.some((state) => state !== "stopped") || shimsOf(layout).length > 0;
  await stopComponents(layout, options);
  await options.progress.step("releasing mounts, network and control groups", () => releaseHost(layout, options.clock));
  return { wasRunning };
}
