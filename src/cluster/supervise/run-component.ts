// Runs the server or the node as a process: alone on its data directory, with log rotation, the sign that it is
// ready, and an end when its certificates are due, because renewal happens at the start.
import { mkdirSync, rmSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import { createLog, type Log } from "#base/log.ts";
import { keepAlive } from "#base/keep-alive.ts";
import { aborted, deferred, runAll, type Service } from "#base/service.ts";
import { logFile, readyFile, type ComponentName, type Layout } from "#cluster/layout.ts";
import { tryLock } from "#cluster/machine/lock.ts";
import { logRotation } from "./log-files.ts";
import { Problem } from "#cluster/problem.ts";
import { writeWhole } from "#cluster/registry.ts";

export interface ComponentOptions {
  readonly layout: Layout;
  readonly component: ComponentName;
  /** Whose log files this process keeps small. */
  readonly logsOf: readonly ComponentName[];
  /** Milliseconds since the epoch; the process ends then and its loop starts it again. */
  readonly renewAt: number;
  readonly clock: Clock;
  readonly stdout: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

export async function runComponent(
  options: ComponentOptions,
  create: (log: Log) => Promise<Service> | Service,
): Promise<number> {
  const { layout, component, clock, signal } = options;
  using _alive = keepAlive();
  mkdirSync(layout.run, { recursive: true });
  using lock = tryLock(join(layout.run, `${component}.lock`));
  if (!lock)
    throw new Problem(`another ${component} process uses ${layout.dataDir}`, {
      why: "two of them would destroy each other's data",
      remedy: `see what runs: timonier status --name ${layout.name}`,
    });
  const log = createLog({ clock, write: (line) => void options.stdout.write(`${line}\n`), fields: { component } });
  const service = await create(log);
  const mark = readyFile(layout, component);
  const services = [
    service,
    logRotation(
      options.logsOf.map((name) => logFile(layout, name)),
      clock,
    ),
    readyMark(service, mark, clock),
    certificateRenewal(options.renewAt, clock, log),
  ];
  try {
    await runAll(services, signal);
    return 0;
  } catch (error) {
    if (!isRenewal(error)) log.error("the process ends", { error });
    return isRenewal(error) ? 0 : 1;
  } finally {
    rmSync(mark, { force: true });
  }
}

/** The start leaves garbage that an idle process would carry for hours: collecting it once saves about 10 MB. */
const collectAfterMs = 3_000;
function collectGarbage(): void {
  // Only with --expose-gc, which component-program.ts gives; a component that is started by hand does without.
  void globalThis.gc?.({ type: "major", flavor: "last-resort", execution: "async" });
}

/** Writes the file that `up` waits for. */
function readyMark(service: Service, file: string, clock: Clock): Service {
  return {
    name: "ready-mark",
    ready: service.ready,
    async run(signal) {
      const stopped = aborted(signal);
      await Promise.race([service.ready.catch(() => stopped), stopped]);
      if (!signal.aborted) {
        writeWhole(file, `${process.pid}\n`, 0o644);
        flushCompileCache(); // a process that is killed later does not write it
        clock.after(collectAfterMs, collectGarbage);
      }
      await stopped;
    },
  };
}

class RenewalDue extends Error {}
const isRenewal = (error: unknown): boolean => error instanceof Error && error.cause instanceof RenewalDue;

/** Timers of Node reach 24 days at most. */
const longestSleepMs = 86_400_000;

function certificateRenewal(renewAt: number, clock: Clock, log: Log): Service {
  const ready = deferred();
  return {
    name: "certificate-renewal",
    ready: ready.promise,
    async run(signal) {
      ready.resolve();
      const stopped = aborted(signal);
      while (clock.now() < renewAt && !signal.aborted)
        await Promise.race([clock.sleep(Math.min(longestSleepMs, renewAt - clock.now())), stopped]);
      if (signal.aborted) return;
      log.info("certificates are due for renewal", { renewAt: new Date(renewAt).toISOString() });
      throw new RenewalDue("certificates are due");
    },
  };
}
