// Brings a cluster of this machine up, from whatever state it is in to three ready components. What runs is left
// alone, what lost its loop is taken over, and a start that fails leaves nothing half-made.
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:net";
import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import { isApiReady, waitForNode } from "#cluster/access/api-access.ts";
import { ensureCertificates, type CertificateNames } from "#cluster/pki/certificates.ts";
import { createSystemCgroups } from "#cluster/machine/cgroups.ts";
import {
  componentCommand,
  componentEnvironment,
  installProgram,
  type ComponentProgram,
} from "#cluster/program/component-program.ts";
import { containerdCommand, writeContainerdFiles } from "#cluster/containerd/containerd.ts";
import type { KubeconfigFile } from "#cluster/access/kubeconfig.ts";
import { componentNames, type ComponentName, type Layout } from "./layout.ts";
import { tryLock } from "#cluster/machine/lock.ts";
import { hostAddresses, machineFacts, type MachineFacts } from "#cluster/machine/machine-facts.ts";
import {
  createMountNamespace,
  hasMountNamespace,
  hybridUnified,
  removeMountNamespace,
} from "#cluster/containerd/mount-namespace.ts";
import { refuseOtherFeatures } from "./features.ts";
import { changeCluster, chooseCluster, findCluster, type NewCluster } from "./open.ts";
import { checkMachine, containerdPrograms, provideCluster, providePackages } from "./prepare.ts";
import { messageOf, Problem } from "./problem.ts";
import type { Progress } from "./progress.ts";
import { removeCluster } from "./remove.ts";
import { probeRuntime } from "#cluster/containerd/runtime-probe.ts";
import { shimsOf, stopCluster } from "./stop.ts";
import { componentStatus, startLoop, waitUntilReady } from "#cluster/supervise/supervisor.ts";

export interface StartOptions {
  readonly home: string;
  readonly wanted: NewCluster;
  readonly program: {
    readonly node: string;
    /** main.js of a bundle (it is copied into the data directory) or src/main.ts. */
    readonly entry: () => Promise<string>;
    readonly compileCache: string;
  };
  readonly env: NodeJS.ProcessEnv;
  /** How long each component may take to become ready. 0: do not wait for the node. */
  readonly waitMs: number;
  readonly kubeconfig: KubeconfigFile;
  readonly clock: Clock;
  readonly random: Random;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}
export interface Started {
  readonly layout: Layout;
  /** Nothing was changed. */
  readonly already: boolean;
}

export const isRunning = (layout: Layout): boolean =>
  componentNames.every((name) => {
    const { state, ready } = componentStatus(layout, name);
    return state === "running" && ready;
  });

/** One command at a time may start, stop or delete a cluster. */
export function lockCluster(home: string, name: string): Disposable {
  mkdirSync(home, { recursive: true, mode: 0o755 });
  const lock = tryLock(join(home, `${name}.lock`));
  if (lock) return lock;
  throw new Problem(`another command is at work on the cluster "${name}"`, {
    why: "it is being started, stopped or deleted",
    remedy: "wait until that command has ended",
  });
}

export async function startCluster(options: StartOptions): Promise<Started> {
  const { home, wanted, progress, signal } = options;
  const { name, dataDir } = chooseCluster(home, wanted);
  const found = findCluster(home, wanted);
  if (found && isRunning(found)) {
    refuseOtherFeatures(found, wanted.features);
    return { layout: found, already: true };
  }
  using _lock = lockCluster(home, name);
  const facts = await progress.step("checking the machine", () => {
    const read = machineFacts(dataDir);
    for (const warning of checkMachine(read, found, wanted.apiPort))
      progress.note(`${warning.what}: ${warning.remedy}`);
    return read;
  });
  await providePackages(!found, progress, signal);
  const layout = await provideCluster(home, found, wanted, facts, options.clock);
  try {
    return { layout: await bringUp(layout, !found, facts, options), already: false };
  } catch (error) {
    throw await cleanedUp(layout, !found, options, error);
  }
}

/** Puts the machine back to where it was before this start, and says where the logs are. */
async function cleanedUp(layout: Layout, isNew: boolean, options: StartOptions, error: unknown): Promise<unknown> {
  const { progress, clock } = options;
  progress.note(isNew ? "the start failed: removing what was made" : "the start failed: stopping the cluster");
  const stop = { graceMs: 2_000, clock, progress };
  const kept = join(tmpdir(), `timonier-${layout.name}-logs`);
  if (isNew && existsSync(layout.logs)) {
    rmSync(kept, { recursive: true, force: true });
    cpSync(layout.logs, kept, { recursive: true });
    progress.note(`the logs of this start are kept in ${kept}`);
  }
  try {
    const { home, kubeconfig } = options;
    if (isNew) await removeCluster(layout, { ...stop, home, kubeconfig, signal: new AbortController().signal });
    else await stopCluster(layout, stop);
  } catch (failure) {
    progress.note(
      `not everything could be put back (${messageOf(failure)}); try: timonier delete --name ${layout.name}`,
    );
  }
  if (!(error instanceof Problem) || !isNew) return error;
  // The log that the remedy speaks of has moved.
  const remedy = error.remedy.replace(/^see (its|the) log.*: timonier logs (\w+).*$/, `see its log: ${kept}/$2.log`);
  return new Problem(error.message, { why: error.why, remedy }, { cause: error.cause });
}

/** What a cluster needs before its first process, and what a restart of the machine or a crash left behind. */
async function clearRemains(layout: Layout): Promise<boolean> {
  const isIdle =
    !hasMountNamespace(layout) &&
    shimsOf(layout).length === 0 &&
    componentNames.every((name) => componentStatus(layout, name).state === "stopped");
  if (!isIdle) return false;
  await removeMountNamespace(layout);
  for (const directory of [layout.run, layout.containerd.state, layout.containerd.shims])
    rmSync(directory, { recursive: true, force: true });
  return true;
}

export const certificateNames = (layout: Layout): CertificateNames => ({
  nodeName: layout.nodeName,
  hostName: hostname(),
  hostAddresses: hostAddresses(/^timonier\d*$/),
  apiAddresses: [layout.apiServiceIp, layout.gateway],
  clusterDomain: layout.clusterDomain,
});

async function bringUp(created: Layout, isNew: boolean, facts: MachineFacts, options: StartOptions): Promise<Layout> {
  const { progress, clock, random, signal } = options;
  const isIdle = await clearRemains(created);
  for (const directory of [created.run, created.logs, created.db, created.pods, created.podLogs])
    mkdirSync(directory, { recursive: true, mode: 0o755 });
  const cgroups = createSystemCgroups(created, facts.cgroups);
  const entry = await options.program.entry();
  const program: ComponentProgram = entry.endsWith(".ts")
    ? { ...options.program, entry }
    : installProgram(created, options.program.node, entry, isIdle);
  const env = componentEnvironment(options.env, program);
  const start = (layout: Layout, name: ComponentName, command: readonly string[]): Promise<void> =>
    startLoop(layout, name, { command, env, cgroups }, clock);
  const certificates = progress.step("certificates", () =>
    ensureCertificates(created.pki, certificateNames(created), { clock, random }),
  );
  const serverStarted = certificates.then(() => start(created, "server", componentCommand(created, "server", program)));
  const containerdStarted = startContainerd(created, isNew, facts, options, start);
  // Neither may go on while the other's failure is being cleaned up.
  await Promise.allSettled([containerdStarted, serverStarted]);
  const [layout] = await Promise.all([containerdStarted, serverStarted]);
  await start(layout, "node", componentCommand(layout, "node", program));
  await together(signal, [
    (both) => progress.step("containerd", () => waitForContainerd(layout, { ...options, signal: both })),
    (both) => progress.step("API server", () => waitForApi(layout, { ...options, signal: both })),
    async (both) => {
      if (options.waitMs === 0) return;
      await progress.step("node", () => waitForNodeProcess(layout, { ...options, signal: both }));
    },
  ]);
  return layout;
}

/** Side by side; the first failure ends the others and is thrown once they have ended. */
async function together(
  signal: AbortSignal,
  waits: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  let first: { readonly error: unknown } | undefined;
  await Promise.all(
    waits.map((wait) =>
      wait(both).catch((error: unknown) => {
        first ??= { error };
        failed.abort(error);
      }),
    ),
  );
  if (first) throw first.error;
  signal.throwIfAborted();
}

async function startContainerd(
  created: Layout,
  isNew: boolean,
  facts: MachineFacts,
  { home, progress, signal }: StartOptions,
  start: (layout: Layout, name: ComponentName, command: readonly string[]) => Promise<void>,
): Promise<Layout> {
  const programs = containerdPrograms();
  await createMountNamespace(created, programs.crun && hybridUnified(facts.cgroups), signal);
  let layout = created;
  if (isNew && programs.crun !== undefined) {
    const said = await probeRuntime(created, programs.crun, signal);
    if (said === undefined) layout = changeCluster(home, created, { runtime: "crun" });
    else progress.note(`crun does not work here, containers will run with runc: ${said}`);
  }
  if (layout.runtime === "crun" && programs.crun === undefined)
    layout = changeCluster(home, layout, { runtime: "runc" });
  writeContainerdFiles(layout, programs);
  await start(layout, "containerd", containerdCommand(layout, programs));
  return layout;
}

/** Whether something accepts connections on a UNIX socket. */
export function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once("connect", () => resolve(true)).once("error", () => resolve(false));
    connection.once("connect", () => connection.destroy());
  });
}

export const waitForContainerd = (
  layout: Layout,
  { waitMs, clock, signal }: Pick<StartOptions, "waitMs" | "clock" | "signal">,
): Promise<void> =>
  waitUntilReady(layout, "containerd", { limitMs: waitMs || defaultWaitMs, clock, signal }, () =>
    answers(layout.containerd.socket),
  );

export const defaultWaitMs = 60_000;

async function waitForApi(layout: Layout, { waitMs, clock, signal }: StartOptions): Promise<void> {
  await waitUntilReady(layout, "server", { limitMs: waitMs || defaultWaitMs, clock, signal });
  if (await isApiReady(layout, signal)) return;
  throw new Problem("the API server does not answer as ready", {
    why: `https://127.0.0.1:${layout.apiPort}/readyz gave no 200`,
    remedy: `see its log: timonier logs server --name ${layout.name}`,
  });
}

async function waitForNodeProcess(layout: Layout, { waitMs, clock, signal }: StartOptions): Promise<void> {
  await waitUntilReady(layout, "node", { limitMs: waitMs, clock, signal });
  await waitForNode(layout, { limitMs: waitMs, clock, signal });
}
