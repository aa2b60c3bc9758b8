// Processes by pid and start time, read from /proc. A pid alone is not an identity: the kernel gives it out again.
import { readdirSync } from "node:fs";
import type { Clock } from "#base/clock.ts";
import { readIfThere } from "./machine-facts.ts";

export interface ProcessId {
  readonly pid: number;
  /** Clock ticks since boot at which it started; 0 is never one. */
  readonly start: number;
}

interface ProcessStat {
  readonly parent: number;
  readonly state: string;
  readonly start: number;
}

export function parseStat(text: string): ProcessStat | undefined {
  // The name in parentheses may hold anything, so count from its end: state is the third field of the manual.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (fields.length < 20) return undefined;
  return { state: fields[0]!, parent: Number(fields[1]), start: Number(fields[19]) };
}

const statOf = (pid: number): ProcessStat | undefined =>
  pid > 0 ? parseStat(readIfThere(`/proc/${pid}/stat`)) : undefined;

/** A zombie counts as gone. */
export function isAlive(process: ProcessId): boolean {
  const stat = statOf(process.pid);
  return stat !== undefined && stat.start === process.start && stat.state !== "Z";
}

export const processId = (pid: number): ProcessId => ({ pid, start: statOf(pid)?.start ?? 0 });

const ticksPerSecond = 100;
/** Milliseconds since the epoch at which a process started. */
export function startedAt(process: ProcessId): number {
  const boot = Number(/^btime (\d+)$/m.exec(readIfThere("/proc/stat"))?.[1] ?? 0);
  return Math.round(boot * 1000 + (process.start * 1000) / ticksPerSecond);
}

export function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readIfThere(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

export interface RunningProcess extends ProcessId {
  readonly parent: number;
  readonly args: readonly string[];
}

/** Every process of the machine. */
export function allProcesses(): readonly RunningProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const pid = Number(name);
      const stat = statOf(pid);
      if (!stat || stat.state === "Z") return [];
      return [{ pid, start: stat.start, parent: stat.parent, args: readIfThere(`/proc/${pid}/cmdline`).split("\0") }];
    });
}

/** Sends the signal unless the process is gone already. */
export function signalProcess(target: ProcessId, signal: NodeJS.Signals): void {
  if (!isAlive(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

const askAgainMs = 10;

/** Whether all of them ended within `limitMs`. The kernel tells nobody but the parent, so this one asks. */
export async function haveEnded(
  processes: readonly ProcessId[],
  limitMs: number,
  clock: Clock,
  signal?: AbortSignal,
): Promise<boolean> {
  const end = clock.monotonic() + limitMs;
  while (processes.some(isAlive)) {
    if (clock.monotonic() >= end) return false;
    await clock.sleep(askAgainMs, signal);
  }
  return true;
}

/** SIGTERM, and SIGKILL for those that live on after `graceMs`. */
export async function endProcesses(processes: readonly ProcessId[], graceMs: number, clock: Clock): Promise<void> {
  for (const process of processes) signalProcess(process, "SIGTERM");
  if (await haveEnded(processes, graceMs, clock)) return;
  for (const process of processes) signalProcess(process, "SIGKILL");
  await haveEnded(processes, 5_000, clock);
}
