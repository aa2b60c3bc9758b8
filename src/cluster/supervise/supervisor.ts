// Starts, watches and ends the loops of supervise.sh, one for each component. The loops outlive the terminal and this
// process; what is known of them lies in the run directory, so no process has to be asked.
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, watch } from "node:fs";
import type { Clock } from "#base/clock.ts";
import { lastLines } from "./log-files.ts";
import { logFile, readyFile, stateFile, type ComponentName, type Layout } from "#cluster/layout.ts";
import { readIfThere } from "#cluster/machine/machine-facts.ts";
import { Problem } from "#cluster/problem.ts";
import {
  endProcesses,
  isAlive,
  residentBytes,
  signalProcess,
  startedAt,
  type ProcessId,
} from "#cluster/machine/processes.ts";

export interface LoopState {
  readonly loop: ProcessId;
  /** pid 0: it does not run at the moment. */
  readonly component: ProcessId;
  readonly restarts: number;
  /** Exit code of the last run that ended. */
  readonly lastExit?: number;
}

export function parseState(text: string): LoopState | undefined {
  const [loop, loopStart, pid, start, restarts, last] = text.trim().split(" ");
  if (last === undefined) return undefined;
  return {
    loop: { pid: Number(loop), start: Number(loopStart) },
    component: { pid: Number(pid), start: Number(start) },
    restarts: Number(restarts),
    ...(last === "-" ? {} : { lastExit: Number(last) }),
  };
}

export const readState = (layout: Pick<Layout, "run">, component: ComponentName): LoopState | undefined =>
  parseState(readIfThere(stateFile(layout, component)));

export interface ComponentStatus {
  readonly name: ComponentName;
  /** "unsupervised": it runs, but its loop was killed. */
  readonly state: "running" | "restarting" | "unsupervised" | "stopped";
  readonly ready: boolean;
  readonly pid?: number;
  /** Milliseconds since the epoch. */
  readonly since?: number;
  readonly restarts: number;
  readonly lastExit?: number;
  readonly memoryBytes?: number;
}

export function componentStatus(layout: Pick<Layout, "run">, name: ComponentName): ComponentStatus {
  const state = readState(layout, name);
  if (!state) return { name, state: "stopped", ready: false, restarts: 0 };
  const [supervised, runs] = [isAlive(state.loop), isAlive(state.component)];
  const past = { restarts: state.restarts, ...(state.lastExit === undefined ? {} : { lastExit: state.lastExit }) };
  if (!runs) return { name, state: supervised ? "restarting" : "stopped", ready: false, ...past };
  const { pid } = state.component;
  return {
    name,
    state: supervised ? "running" : "unsupervised",
    ready: name === "containerd" || existsSync(readyFile(layout, name)),
    pid,
    since: startedAt(state.component),
    memoryBytes: residentBytes(pid),
    ...past,
  };
}

export interface LoopOptions {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute cgroup directories the loop moves into. */
  readonly cgroups: readonly string[];
}

const script = readFileSync(new URL("./supervise.sh", import.meta.url), "utf8");

/** Starts the loop of a component in a session of its own. A component that lost its loop is ended first. */
export async function startLoop(
  layout: Layout,
  component: ComponentName,
  options: LoopOptions,
  clock: Clock,
): Promise<void> {
  const old = readState(layout, component);
  if (old && isAlive(old.loop)) return;
  if (old && isAlive(old.component)) await endProcesses([old.component], 5_000, clock);
  for (const directory of [layout.run, layout.logs]) mkdirSync(directory, { recursive: true, mode: 0o755 });
  // What an earlier loop left must not be taken for news of this one.
  for (const file of [readyFile(layout, component), stateFile(layout, component)]) rmSync(file, { force: true });
  const log = openSync(logFile(layout, component), "a", 0o600);
  const args = ["-c", script, "supervise", layout.run, component, ...options.command];
  const child = spawn("/bin/sh", args, {
    cwd: "/",
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...options.env, CGROUPS: options.cgroups.join(" ") },
  });
  closeSync(log);
  // From its first note on, the loop is known to whoever wants to stop it.
  const over = new AbortController();
  const started = new Promise<void>((resolve, reject) => {
    child.once("error", reject).once("exit", () => resolve()); // it gave way to another loop
  }).finally(() => over.abort());
  const noted = (async () => {
    for await (const __ of changes(layout.run, over.signal))
      if (readState(layout, component)?.loop.pid === child.pid) return over.abort();
  })();
  await Promise.race([started, noted]);
  child.unref();
}

/** Ends the loop and its component; kills what does not end within `graceMs`. */
export async function stopLoop(
  layout: Pick<Layout, "run">,
  component: ComponentName,
  graceMs: number,
  clock: Clock,
): Promise<void> {
  const state = readState(layout, component);
  if (!state) return;
  await endProcesses(isAlive(state.loop) ? [state.loop] : [state.component], graceMs, clock);
  // A loop that had to be killed may have left its component, or started another one meanwhile.
  const rest = readState(layout, component);
  await endProcesses(rest ? [state.component, rest.component] : [state.component], 0, clock);
}

/** Ends the component and has its loop start it again without delay. */
export function restartComponent(layout: Pick<Layout, "run">, component: ComponentName): void {
  const state = readState(layout, component);
  if (state) signalProcess(state.loop, "SIGUSR1");
}

const mostStarts = 3;

/**
 * Waits until `isReady`, asking whenever something changes in the run directory. Throws Problem with the end of the
 * component's log when it keeps failing or its time is up.
 */
export async function waitUntilReady(
  layout: Layout,
  component: ComponentName,
  options: { readonly limitMs: number; readonly clock: Clock; readonly signal: AbortSignal },
  isReady: () => Promise<boolean> | boolean = () => existsSync(readyFile(layout, component)),
): Promise<void> {
  const { clock, limitMs } = options;
  const late = new AbortController();
  using _timer = clock.after(limitMs, () => late.abort());
  const signal = AbortSignal.any([options.signal, late.signal]);
  for await (const __ of changes(layout.run, signal)) {
    if (await isReady()) return;
    const state = readState(layout, component);
    if (!state || state.restarts < mostStarts) continue;
    throw failure(layout, component, `it ended ${state.restarts} times, the last time with code ${state.lastExit}`);
  }
  options.signal.throwIfAborted();
  throw failure(layout, component, `it was not ready after ${Math.round(limitMs / 1000)} seconds`);
}

function failure(layout: Layout, component: ComponentName, why: string): Problem {
  const tail = lastLines(readIfThere(logFile(layout, component)), 12);
  return new Problem(`the component "${component}" does not start`, {
    why: [why, ...tail.map((line) => `| ${line.slice(0, 400)}`)].join("\n"),
    remedy: `see its log: timonier logs ${component} --name ${layout.name}`,
  });
}

/** Yields once at the beginning and after each change of a directory's entries; ends with the signal. */
async function* changes(directory: string, signal: AbortSignal): AsyncGenerator<void> {
  let wake = Promise.withResolvers<void>();
  const watcher = watch(directory, () => wake.resolve());
  const stop = (): void => wake.resolve();
  signal.addEventListener("abort", stop);
  try {
    while (!signal.aborted) {
      yield;
      await wake.promise;
      wake = Promise.withResolvers<void>();
    }
  } finally {
    signal.removeEventListener("abort", stop);
    watcher.close();
  }
}
