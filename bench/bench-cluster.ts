// A cluster for benchmarks, brought up by the launcher under a name of its own, and a client with its administrator's key.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { createClient } from "#client/api-client.ts";
import type { Client } from "#client/client.ts";
import { createHttpTransport } from "#client/http-transport.ts";

const root = join(import.meta.dirname, "..");
const name = "bench";

export interface BenchCluster extends AsyncDisposable {
  readonly dataDir: string;
  /** performance.now() at which `up` was called. */
  readonly calledAt: number;
  /** Waits for the API; a client with all rights. */
  client(): Promise<Client>;
  pidOf(component: "server" | "node" | "containerd"): number;
}
async function launcher(...args: readonly string[]): Promise<void> {
  const child = spawn(join(root, "timonier"), args, { stdio: ["ignore", "ignore", "inherit"] });
  const [code] = (await once(child, "exit")) as [number];
  if (code !== 0) throw new Error(`timonier ${args.join(" ")} ended with ${code}`);
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function whenReady(dataDir: string): Promise<Client> {
  const pki = join(dataDir, "pki");
  const record = join(dataDir, "cluster.json");
  for (;;) {
    try {
      const { apiPort } = JSON.parse(readFileSync(record, "utf8")) as { apiPort: number };
      const pem = (file: string): string => readFileSync(join(pki, file), "utf8");
      const address = {
        server: `https://127.0.0.1:${apiPort}`,
        ca: pem("ca.crt"),
        cert: pem("admin.crt"),
        key: pem("admin.key"),
        userAgent: "bench",
      };
      const client = createClient(createHttpTransport(address, systemClock));
      await client.raw("GET", "/readyz?verbose").catch((error: Error) => {
        if (!/not JSON/.test(error.message)) throw error;
      });
      return client;
    } catch {
      await pause(5); // not there yet
    }
  }
}

/** `up` runs on while the caller measures; `warm`: certificates, database and bundle exist from an earlier start. */
export async function startBenchCluster(options: { warm: boolean }): Promise<BenchCluster> {
  const dataDir = join(mkdtempSync(join(tmpdir(), "timonier-bench-")), "data");
  const home = { KUBECONFIG: join(dataDir, "../kubeconfig") };
  Object.assign(process.env, home);
  const up = ["up", "--name", name, "--data-dir", dataDir];
  if (options.warm) {
    await launcher(...up);
    await launcher("down", "--name", name);
  }
  const calledAt = performance.now();
  const running = launcher(...up);
  running.catch(() => undefined); // awaited when the cluster is disposed of
  return {
    dataDir,
    calledAt,
    client: () => whenReady(dataDir),
    pidOf: (component) => Number(readFileSync(join(dataDir, "run", `${component}.ready`), "utf8")),
    async [Symbol.asyncDispose]() {
      await running;
      await launcher("delete", "--name", name);
      rmSync(join(dataDir, ".."), { recursive: true, force: true });
    },
  };
}
