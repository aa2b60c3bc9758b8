// A containerd of a test's own, in a temporary directory and mount namespace, with its own network and cgroups, made of
// the parts that a cluster uses. Everything is gone when it is disposed of. Needs root.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "#base/clock.ts";
import { writeContainerdFiles, containerdCommand } from "#cluster/containerd/containerd.ts";
import { execute } from "#cluster/machine/execute.ts";
import { ensurePauseImage, loadImage } from "#cluster/containerd/images.ts";
import { clusterLayout, type Layout } from "#cluster/layout.ts";
import { parseCgroups, readIfThere } from "#cluster/machine/machine-facts.ts";
import { createMountNamespace, hybridUnified } from "#cluster/containerd/mount-namespace.ts";
import { findProgram } from "#cluster/machine/packages.ts";
import { endProcesses } from "#cluster/machine/processes.ts";
import { releaseHost, shimsOf } from "#cluster/stop.ts";
import { testImageArchive, type TestImage } from "./test-images.ts";

export interface TestContainerd extends AsyncDisposable {
  readonly layout: Layout;
  /** Kills it with SIGKILL. Pods live on. */
  kill(): Promise<void>;
  /** Starts it again; resolves when it answers. */
  start(): Promise<void>;
}

const programs = () => ({
  containerd: process.env["TIMONIER_TEST_CONTAINERD"] ?? findProgram("containerd") ?? "containerd",
  runc: findProgram("runc") ?? "runc",
  crun: findProgram("crun"),
  cni: "/usr/lib/cni",
});

/** Whether this machine can run it. */
export const canRunContainerd = (): boolean =>
  process.getuid?.() === 0 && ["containerd", "runc", "ctr"].every((name) => findProgram(name) !== undefined);

export async function startTestContainerd(options: {
  runtime?: "crun" | "runc";
  images?: readonly TestImage[];
  /** 2 to 11; tests that run side by side need different ones. */
  index?: number;
}): Promise<TestContainerd> {
  const dataDir = mkdtempSync("/tmp/containerd-");
  const layout = clusterLayout({
    format: 1,
    name: dataDir.slice("/tmp/containerd-".length).toLowerCase(),
    index: options.index ?? 11,
    dataDir,
    nodeName: "node",
    apiPort: 0,
    kubeletPort: 0,
    createdAt: 0,
    runtime: options.runtime ?? (process.env["TIMONIER_TEST_RUNTIME"] === "runc" ? "runc" : "crun"),
  });
  const forwarding = readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8");
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const log = openSync(join(dataDir, "containerd.log"), "a");
    const [program, ...args] = containerdCommand(layout, programs());
    child = spawn(program!, args, { stdio: ["ignore", log, log] });
    closeSync(log);
    await untilItAnswers(layout, child);
  };
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child!.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  };
  const dispose = async (): Promise<void> => {
    await kill();
    await endProcesses(shimsOf(layout), 2_000, systemClock);
    await releaseHost(layout, systemClock);
    writeFileSync("/proc/sys/net/ipv4/ip_forward", forwarding);
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    for (const directory of [layout.run, layout.logs, layout.podLogs]) mkdirSync(directory, { recursive: true });
    writeContainerdFiles(layout, programs());
    // Figures of the image store are to be there within a test's time.
    const config = readFileSync(layout.containerd.config, "utf8");
    writeFileSync(layout.containerd.config, config.replace(/^sandbox_image = .*$/m, "$&\nstats_collect_period = 1"));
    const cgroups = parseCgroups(readIfThere("/proc/self/mounts"), readIfThere);
    await createMountNamespace(layout, hybridUnified(cgroups), AbortSignal.timeout(20_000));
    await start();
    const signal = AbortSignal.timeout(60_000);
    await ensurePauseImage(layout, signal);
    for (const image of options.images ?? ["busybox"]) await loadImage(layout, testImageArchive(image), signal);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { layout, kill, start, [Symbol.asyncDispose]: dispose };
}

async function untilItAnswers(layout: Layout, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (child.exitCode !== null)
      throw new Error(`containerd ended: ${readFileSync(join(layout.dataDir, "containerd.log"), "utf8").slice(-2000)}`);
    const outcome = await execute("ctr", ["--address", layout.containerd.socket, "--connect-timeout", "1s", "version"]);
    if (outcome.code === 0) return;
    await sleep(50);
  }
  throw new Error("containerd does not answer");
}
