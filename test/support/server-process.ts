// A server process of its own on loopback, for tests and benchmarks that must not share their event loop with the server.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ServerKeys {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}
export interface ServerProcess extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  readonly folder: string;
  /** Of the administrator. */
  readonly keys: ServerKeys;
  /** Undefined while it runs. */
  readonly exitCode: number | undefined;
  /** Bytes in memory, after a collection of garbage. */
  memory(): Promise<NodeJS.MemoryUsage>;
  residentBytes(): number;
  /** Lines of its log at the levels warn and error. */
  log(): string[];
}
export interface ServerProcessOptions {
  /** Where its files go; absent: a folder that is removed at the end. */
  readonly folder?: string;
  /** File of the embedded database; absent: everything is in memory. */
  readonly database?: string;
  /** For node, besides those that a server process has. */
  readonly flags?: readonly string[];
}
/** As component-program.ts starts it. */
const engineFlags = ["--v8-pool-size=1", "--expose-gc"];

async function started(child: ChildProcess): Promise<{ port: number; pki: string }> {
  const exited = once(child, "exit").then(([code]) => {
    throw new Error(`the server process ended with ${code}`);
  });
  const [message] = (await Promise.race([once(child, "message"), exited])) as [{ port: number; pki: string }];
  exited.catch(() => undefined); // it is over when the test is
  return message;
}

export async function startServerProcess(options: ServerProcessOptions = {}): Promise<ServerProcess> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "timonier-server-"));
  const child = fork(join(import.meta.dirname, "server-process-main.ts"), [folder, options.database ?? "memory"], {
    execArgv: [...engineFlags, ...(options.flags ?? [])],
    env: { ...process.env, MALLOC_ARENA_MAX: "1" },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  let exitCode: number | undefined;
  child.once("exit", (code, signal) => (exitCode = code ?? (signal ? -1 : 0)));
  const { port, pki } = await started(child);
  const pem = (file: string): string => readFileSync(join(pki, file), "utf8");
  const status = (): string => readFileSync(`/proc/${child.pid}/status`, "utf8");
  return {
    port,
    pid: child.pid!,
    folder,
    keys: { ca: pem("ca.crt"), cert: pem("admin.crt"), key: pem("admin.key") },
    get exitCode() {
      return exitCode;
    },
    async memory() {
      child.send("collect");
      const [{ memory }] = (await once(child, "message")) as [{ memory: NodeJS.MemoryUsage }];
      return memory;
    },
    residentBytes: () => Number(/VmRSS:\s+(\d+)/.exec(status())![1]) * 1024,
    log: () => readFileSync(join(folder, "server.log"), "utf8").split("\n").filter(Boolean),
    async [Symbol.asyncDispose]() {
      if (exitCode === undefined) {
        const exit = once(child, "exit");
        child.disconnect();
        await exit;
      }
      if (!options.folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}
