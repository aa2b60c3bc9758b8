// The log files of the components. Processes append to them for as long as they run, so a file that has grown too
// large is copied aside and emptied in place: every writer goes on at the new end.
import { copyFileSync, existsSync, renameSync, statSync, truncateSync } from "node:fs";
import type { Clock } from "#base/clock.ts";
import { deferred, type Service } from "#base/service.ts";

export interface RotationLimits {
  readonly sizeBytes: number;
  /** How many old files stay: name.1 (the newest) and so on. */
  readonly kept: number;
}
export const logLimits: RotationLimits = { sizeBytes: 10 << 20, kept: 3 };

const intervalMs = 10 * 60_000;

export type RotationStep =
  | { readonly do: "rename"; readonly from: string; readonly to: string }
  | { readonly do: "copy"; readonly from: string; readonly to: string }
  | { readonly do: "empty"; readonly file: string };

/** `exists` tells which old files there are. No steps while the file is small enough. */
export function planRotation(
  file: string,
  sizeBytes: number,
  limits: RotationLimits,
  exists: (path: string) => boolean,
): readonly RotationStep[] {
  if (sizeBytes <= limits.sizeBytes) return [];
  const steps: RotationStep[] = [];
  for (let i = limits.kept - 1; i >= 1; i--)
    if (exists(`${file}.${i}`)) steps.push({ do: "rename", from: `${file}.${i}`, to: `${file}.${i + 1}` });
  if (limits.kept > 0) steps.push({ do: "copy", from: file, to: `${file}.1` });
  return [...steps, { do: "empty", file }];
}

export function rotate(file: string, limits: RotationLimits): void {
  if (!existsSync(file)) return;
  for (const step of planRotation(file, statSync(file).size, limits, existsSync)) {
    if (step.do === "rename") renameSync(step.from, step.to);
    else if (step.do === "copy") copyFileSync(step.from, step.to);
    else truncateSync(step.file);
  }
}

/** Keeps the files within the limits: one look every ten minutes. */
export function logRotation(files: readonly string[], clock: Clock, limits = logLimits): Service {
  const ready = deferred();
  return {
    name: "log-rotation",
    ready: ready.promise,
    async run(signal) {
      ready.resolve();
      while (!signal.aborted) {
        for (const file of files) rotate(file, limits);
        await clock.sleep(intervalMs, signal).catch(() => undefined); // only the signal ends it early
      }
    },
  };
}

/** The last lines of a text, without the newline at its end. */
export function lastLines(text: string, count: number): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return count > 0 ? lines.slice(-count) : [];
}
