// The two servers of the API benchmark, each as it is meant to be run: ours from a bundle, as `up` starts it but without
// nodes; upstream's with an etcd of its own on the same disk. Both trust the same kind of administrator's certificate.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { freePort } from "#base/free-port.fake.ts";
import { systemRandom } from "#base/random.ts";
import { clusterLayout, type Layout } from "#cluster/layout.ts";
import { ensureCertificates } from "#cluster/pki/certificates.ts";
import { makeBundle } from "#cluster/program/bundle.ts";
import { componentCommand, componentEnvironment } from "#cluster/program/component-program.ts";
import { writeRecord } from "#cluster/registry.ts";
import { certificateNames } from "#cluster/start.ts";
import { connectLoad, type LoadTarget } from "./api-load.ts";
import type { UpstreamPrograms } from "./api-upstream.ts";

export interface BenchServer extends AsyncDisposable {
  readonly name: string;
  readonly target: LoadTarget;
  /** Of all its processes together. */
  residentMb(): number;
  cpuSeconds(): number;
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const patienceMs = 60_000;

async function newLayout(): Promise<Layout> {
  const folder = mkdtempSync(join(tmpdir(), "timonier-bench-"));
  const layout = clusterLayout({
    format: 1,
    name: "bench",
    index: 0,
    dataDir: join(folder, "data"),
    nodeName: "node-1",
    apiPort: await freePort(),
    kubeletPort: 0,
    createdAt: systemClock.now(),
    runtime: "runc",
  });
  for (const directory of [layout.run, layout.logs, layout.db]) mkdirSync(directory, { recursive: true });
  await ensureCertificates(layout.pki, certificateNames(layout), { clock: systemClock, random: systemRandom });
  return layout;
}
function targetOf(layout: Layout): LoadTarget {
  const pem = (file: string): string => readFileSync(join(layout.pki, file), "utf8");
  return { port: layout.apiPort, keys: { ca: pem("ca.crt"), cert: pem("admin.crt"), key: pem("admin.key") } };
}

/** Ticks of 10 ms, in user and kernel mode. */
function ticks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
const resident = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1000;
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

class Running implements BenchServer {
  readonly name: string;
  readonly target: LoadTarget;
  readonly #layout: Layout;
  readonly #children: ChildProcess[] = [];

  constructor(name: string, layout: Layout) {
    this.name = name;
    this.#layout = layout;
    this.target = targetOf(layout);
  }
  start(command: readonly string[], env: NodeJS.ProcessEnv): void {
    const [program, ...args] = command;
    const log = openSync(join(this.#layout.logs, `${this.#children.length}.log`), "w");
    this.#children.push(spawn(program!, args, { env, stdio: ["ignore", log, log] }));
  }
  async ready(): Promise<this> {
    for (let waited = 0; waited < patienceMs; waited += 100) {
      const dead = this.#children.find(({ exitCode }) => exitCode !== null);
      if (dead) throw new Error(`${dead.spawnfile} ended with ${dead.exitCode}, see ${this.#layout.logs}`);
      try {
        const connection = await connectLoad(this.target);
        const code = await connection.ask({ method: "GET", path: "/readyz" });
        connection.close();
        if (code === 200) return this;
      } catch {
        // It does not listen yet.
      }
      await pause(100);
    }
    throw new Error(`${this.name} is not ready after ${patienceMs} ms, see ${this.#layout.logs}`);
  }
  get pid(): number {
    return this.#children.at(-1)!.pid!;
  }
  residentMb(): number {
    return sum(this.#children.map(({ pid }) => resident(pid!)));
  }
  cpuSeconds(): number {
    return sum(this.#children.map(({ pid }) => ticks(pid!))) / 100;
  }
  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.toReversed()) {
      if (child.exitCode !== null) continue;
      const exit = once(child, "exit");
      child.kill("SIGTERM");
      await exit;
    }
    rmSync(join(this.#layout.dataDir, ".."), { recursive: true });
  }
}

/** BENCH_NODE: another program in Node's place, for a profiler. */
export async function startOurs(root: string): Promise<BenchServer> {
  const layout = await newLayout();
  writeRecord(layout);
  const cache = join(root, ".cache/bench");
  mkdirSync(cache, { recursive: true });
  const bundle = await makeBundle({ root, cache, clock: systemClock });
  const program = {
    node: process.env["BENCH_NODE"] ?? process.execPath,
    entry: join(bundle, "main.js"),
    compileCache: join(cache, "compile"),
  };
  const running = new Running("timonier", layout);
  const env = { ...componentEnvironment(process.env, program), TIMONIER_HOME: layout.dataDir };
  running.start(componentCommand(layout, "server", program), env);
  return running.ready();
}

export async function startUpstream({ apiServer, etcd }: UpstreamPrograms): Promise<BenchServer> {
  const layout = await newLayout();
  const running = new Running("kube-apiserver", layout);
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const quiet = ["--log-level", "error"];
  running.start(
    [
      ...[etcd, "--name", "only", "--data-dir", layout.db, "--initial-cluster", `only=${peer}`, ...quiet],
      ...["--listen-client-urls", endpoint, "--advertise-client-urls", endpoint, "--quota-backend-bytes", "8589934592"],
      ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer],
    ],
    process.env,
  );
  const pki = (file: string): string => join(layout.pki, file);
  const flags = {
    "secure-port": layout.apiPort,
    "bind-address": "127.0.0.1",
    "etcd-servers": endpoint,
    "cert-dir": layout.run,
    "tls-cert-file": pki("apiserver.crt"),
    "tls-private-key-file": pki("apiserver.key"),
    "client-ca-file": pki("ca.crt"),
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "service-account-key-file": pki("sa.pub"),
    "service-account-signing-key-file": pki("sa.key"),
    "service-cluster-ip-range": layout.serviceCidr,
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
  };
  running.start([apiServer, ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)], process.env);
  return running.ready();
}
