// `timonier logs`: the log files of the components, the end of each or as they grow. With several components every
// line carries its component's name.
import { closeSync, existsSync, fstatSync, openSync, readSync, watch } from "node:fs";
import { basename } from "node:path";
import { componentNames, logFile, type ComponentName, type Layout } from "#cluster/layout.ts";
import { lastLines } from "#cluster/supervise/log-files.ts";
import { homeDirectory, openCluster } from "#cluster/open.ts";
import { Problem } from "#cluster/problem.ts";
import type { Invocation } from "./command.ts";
import { clusterOptions, lineCount, withOptions, type ClusterOptions } from "./options.ts";
import { throughSudo } from "./root.ts";

interface LogsOptions extends ClusterOptions {
  readonly follow?: true;
  readonly tail: number;
}

export const run = (invocation: Invocation): Promise<number> =>
  withOptions<LogsOptions>(
    invocation,
    "logs",
    (command) =>
      clusterOptions(command)
        .description("Prints the logs of the components. Those of pods: kubectl logs.")
        .argument("[component]", `${componentNames.join(", ")} (default: all)`)
        .option("-f, --follow", "go on as the logs grow")
        .option("--tail <lines>", "how many lines of each to begin with", lineCount, 50),
    (options, [component]) => logs(invocation, options, component),
  );

async function logs(invocation: Invocation, options: LogsOptions, component: string | undefined): Promise<number> {
  const need = { command: "logs", reason: "the logs may hold names of secrets", addKubeconfig: false };
  const elsewhere = await throughSudo(invocation, need);
  if (elsewhere !== undefined) return elsewhere;
  const { stdout, signal } = invocation;
  const layout = openCluster(homeDirectory(invocation.env), options);
  const chosen = componentNames.filter((name) => component === undefined || name === component);
  if (chosen.length === 0)
    throw new Problem(`there is no component "${component}"`, {
      why: `a cluster has: ${componentNames.join(", ")}`,
      remedy: "name one of them, or none for all",
    });
  const width = chosen.length > 1 ? Math.max(...chosen.map((name) => name.length)) : 0;
  const print = (name: ComponentName, lines: readonly string[]): void => {
    const prefix = width > 0 ? `${name.padEnd(width)} | ` : "";
    if (lines.length > 0) stdout.write(lines.map((line) => `${prefix}${line}\n`).join(""));
  };
  const tails = chosen.map((name) => new LogTail(logFile(layout, name)));
  chosen.forEach((name, i) => print(name, lastLines(tails[i]!.read(), options.tail)));
  if (options.follow) await follow(layout, chosen, tails, print, signal);
  return 0;
}

/** A file that grows, and starts over when it was rotated. */
export class LogTail {
  readonly #path: string;
  #offset = 0;
  /** An unfinished last line. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  /** What came since the last call, in whole lines. */
  read(): string {
    if (!existsSync(this.#path)) return "";
    const file = openSync(this.#path, "r");
    try {
      const { size } = fstatSync(file);
      if (size < this.#offset) this.#offset = 0;
      const fresh = Buffer.alloc(size - this.#offset);
      const count = readSync(file, fresh, 0, fresh.length, this.#offset);
      this.#offset += count;
      const all = Buffer.concat([this.#rest, fresh.subarray(0, count)]);
      const end = all.lastIndexOf(0x0a) + 1;
      this.#rest = all.subarray(end);
      return all.toString("utf8", 0, end);
    } finally {
      closeSync(file);
    }
  }
}

function follow(
  layout: Layout,
  names: readonly ComponentName[],
  tails: readonly LogTail[],
  print: (name: ComponentName, lines: readonly string[]) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = watch(layout.logs, { signal }, (_event, file) => {
      const at = names.findIndex((name) => basename(logFile(layout, name)) === file);
      if (at >= 0) print(names[at]!, lastLines(tails[at]!.read(), Number.POSITIVE_INFINITY));
    });
    watcher.once("close", resolve).once("error", reject);
  });
}
