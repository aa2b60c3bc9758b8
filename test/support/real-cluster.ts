// A real cluster for a test: `./timonier up` under a name of its own, with its data, kubeconfig and images, and its
// complete removal at the end.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { clusterNameOf, folderPrefix, leftovers } from "./leftovers.ts";
import { startTestRegistry } from "./registry.ts";
import { testImageArchive, type TestImage } from "./test-images.ts";
import { helmPath, kubectlPath, root, type HelmRelease, type KubectlRelease } from "./tools.ts";

const run = promisify(execFile);
const outputLimitBytes = 64 << 20;

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
/** Runs a program to its end, whatever its exit code. */
export async function execute(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: string; timeoutMs?: number } = {},
): Promise<Outcome> {
  const running = run(command, [...args], {
    env: { ...process.env, ...options.env },
    maxBuffer: outputLimitBytes,
    timeout: options.timeoutMs ?? 120_000,
  });
  running.child.stdin?.on("error", () => undefined); // the program may end before it reads
  running.child.stdin?.end(options.input ?? "");
  try {
    return { code: 0, ...(await running) };
  } catch (error) {
    const failed = error as { code?: number | string; stdout?: string; stderr?: string; message: string };
    return {
      code: typeof failed.code === "number" ? failed.code : 255,
      stdout: failed.stdout ?? "",
      stderr: failed.stderr || failed.message,
    };
  }
}

export interface RealCluster extends AsyncDisposable {
  readonly name: string;
  readonly dataDir: string;
  readonly kubeconfig: string;
  readonly folder: string;
  /** Runs ./timonier with the cluster's name. */
  timonier(...args: readonly string[]): Promise<Outcome>;
  /** Throws with kubectl's own words when it fails. */
  kubectl(...args: readonly string[]): Promise<string>;
  /** kubectl of a release, with its exit code; `input` is its standard input. */
  kubectlOf(release: KubectlRelease, args: readonly string[], input?: string): Promise<Outcome>;
  /** A kubectl that goes on running; kill it when done. */
  kubectlProcess(args: readonly string[], release?: KubectlRelease): ChildProcess;
  helm(...args: readonly string[]): Promise<Outcome>;
  helmOf(major: HelmRelease, args: readonly string[]): Promise<Outcome>;
  apply(manifest: string): Promise<string>;
  load(...images: readonly TestImage[]): Promise<void>;
  /** Lets nodes pull these images under their stock names. */
  serve(...images: readonly TestImage[]): Promise<void>;
}

async function removeLeftovers(): Promise<void> {
  for (const { name, dataDir, folder } of leftovers()) {
    const { code, stderr } = await execute(join(root, "timonier"), ["delete", "--name", name, "--data-dir", dataDir]);
    if (code !== 0) throw new Error(`a killed test left the cluster "${name}" behind: ${stderr}`);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The cluster is called `prefix` and this process's id: what a killed run left behind is in nobody's way. */
export async function startRealCluster(
  prefix: string,
  options: { images?: readonly TestImage[]; pulled?: readonly TestImage[] } = {},
): Promise<RealCluster> {
  const name = clusterNameOf(prefix);
  await removeLeftovers();
  const registry = await startTestRegistry();
  const folder = mkdtempSync(folderPrefix);
  const dataDir = join(folder, "data");
  const kubeconfig = join(folder, "kubeconfig");
  const env = { KUBECONFIG: kubeconfig, HOME: folder };
  const launcher = join(root, "timonier");
  const timonier = (command: string, ...args: readonly string[]): Promise<Outcome> =>
    execute(launcher, [command, ...args, "--name", name], { env, timeoutMs: 300_000 });
  const cluster: RealCluster = {
    name,
    dataDir,
    kubeconfig,
    folder,
    timonier: (...args) => timonier(args[0]!, ...args.slice(1)),
    async kubectl(...args) {
      const outcome = await cluster.kubectlOf("35", args);
      if (outcome.code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${outcome.stderr.trim()}`);
      return outcome.stdout;
    },
    kubectlOf: (release, args, input) =>
      execute(kubectlPath(release), args, { env, ...(input === undefined ? {} : { input }) }),
    kubectlProcess: (args, release = "35") =>
      spawn(kubectlPath(release), [...args], { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] }),
    helm: (...args) => execute(helmPath(), args, { env }),
    helmOf: (major, args) => execute(helmPath(major), args, { env }),
    async apply(manifest) {
      const file = join(folder, "manifest.yaml");
      writeFileSync(file, manifest);
      return cluster.kubectl("apply", "-f", file);
    },
    async load(...images) {
      for (const image of images) {
        const loaded = await timonier("image", "load", testImageArchive(image));
        if (loaded.code !== 0) throw new Error(`image load ${image}: ${loaded.stderr || loaded.stdout}`);
      }
    },
    async serve(...images) {
      for (const image of images) await registry.add(testImageArchive(image));
      registry.serveAll(join(dataDir, "containerd", "certs.d"));
    },
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      const gone = await timonier("delete");
      rmSync(folder, { recursive: true, force: true });
      if (gone.code !== 0) throw new Error(`timonier delete: ${gone.stderr || gone.stdout}`);
    },
  };
  const up = await execute(launcher, ["up", "--name", name, "--data-dir", dataDir], { env, timeoutMs: 300_000 });
  if (up.code !== 0) {
    await timonier("delete");
    await registry[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`timonier up: ${up.stderr || up.stdout}`);
  }
  await cluster.load(...(options.images ?? []));
  await cluster.serve(...(options.pulled ?? []));
  return cluster;
}

/** Asks again until `probe` gives a value, for what the outside world shows only when asked. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  timeoutMs = 60_000,
): Promise<T> {
  const until = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < until) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value as T;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause: last });
}
