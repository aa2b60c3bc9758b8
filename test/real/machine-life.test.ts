// The life of clusters on a real machine, with components that do nothing but live: two side by side, pods that
// survive the death of everything around them, take-over, stop, failed starts, and removal without a trace.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { systemClock as clock } from "#base/clock.ts";
import { keepAlive } from "#base/keep-alive.ts";
import { silentLog } from "#base/log.ts";
import { systemRandom as random } from "#base/random.ts";
import { ensurePauseImage, listImages, loadImage, removeImage } from "#cluster/containerd/images.ts";
import { componentNames, type ComponentName, type Layout } from "#cluster/layout.ts";
import { findProgram } from "#cluster/machine/packages.ts";
import { pauseArchive, pauseImage } from "#cluster/containerd/pause-image.ts";
import { Problem } from "#cluster/problem.ts";
import { haveEnded } from "#cluster/machine/processes.ts";
import { silentProgress } from "#cluster/progress.ts";
import { removeCluster } from "#cluster/remove.ts";
import { answers, startCluster, type Started } from "#cluster/start.ts";
import { containersOf, shimsOf, stopCluster } from "#cluster/stop.ts";
import { componentStatus, readState } from "#cluster/supervise/supervisor.ts";
import { labels } from "#node/pod/identity.ts";
import { createCriRuntime } from "#node/runtime/cri/runtime.ts";
import { RuntimeError, type ContainerRuntime, type Observed } from "#node/runtime/runtime.ts";
import { isIsolated, raiseLoopback, runIsolated } from "../support/isolated.ts";
import { machineTraces } from "../support/machine-traces.ts";

const canRun = process.getuid?.() === 0 && ["containerd", "runc", "nft"].every((name) => findProgram(name));
if (!canRun) test("life of clusters", { skip: "needs root, containerd, runc and nft" }, () => undefined);
else if (!isIsolated()) test("life of clusters, isolated", () => runIsolated(import.meta.filename));
else describeLife();

/** What runs, once the runtime behind the socket has started: the socket answers a moment before. */
async function observedOnce(runtime: ContainerRuntime, signal: AbortSignal): Promise<Observed> {
  for (;;)
    try {
      return await runtime.observe(undefined, signal);
    } catch (error) {
      if (!(error instanceof RuntimeError && error.code === "Unavailable")) throw error;
      await clock.sleep(20, signal);
    }
}

function describeLife(): void {
  const folder = mkdtempSync(join(tmpdir(), "life-"));
  const home = join(folder, "home");
  const kubeconfig = { path: join(folder, "kube", "config") };
  const compileCache = mkdtempSync(join(tmpdir(), "compile-"));
  const signal = AbortSignal.timeout(120_000);
  // Another run of this test may be at work on the same machine.
  const own = (name: string): string => `${name}-${process.pid}`;
  const traces = () =>
    machineTraces(new RegExp(`timonier/\\w+-${process.pid}|${folder}`), [folder, "/run/containerd", "/var/lib/cni"]);
  const standIn = join(import.meta.dirname, "../support/stand-in-components.ts");
  let alive: Disposable;
  let atFirst: ReturnType<typeof traces>;

  const up = (name: string, apiPort?: number, entry = standIn): Promise<Started> =>
    startCluster({
      ...{ home, kubeconfig, clock, random, signal, progress: silentProgress, waitMs: 20_000 },
      wanted: { name: own(name), ...(apiPort === undefined ? {} : { apiPort }) },
      program: { node: process.execPath, entry: async () => entry, compileCache },
      env: { ...process.env, TIMONIER_HOME: home },
    });
  const stopping = { graceMs: 500, clock, progress: silentProgress };
  const remove = (layout: Layout) => removeCluster(layout, { ...stopping, home, kubeconfig, signal });
  const runtimeOf = (layout: Layout) => createCriRuntime({ socket: layout.containerd.socket, clock, log: silentLog });
  const runPod = (layout: Layout, podName: string, hostPort?: number): Promise<string> =>
    runtimeOf(layout).runSandbox(
      {
        ...{ podUid: podName, podName, namespace: "life", attempt: 0, hostname: podName },
        ...{ hostNetwork: false, hostPID: false, hostIPC: false, shareProcessNamespace: false },
        labels: { [labels.podUid]: podName, [labels.podName]: podName, [labels.podNamespace]: "life" },
        annotations: {},
        logDirectory: join(layout.podLogs, podName),
        portMappings: hostPort ? [{ protocol: "TCP", containerPort: 80, hostPort, hostIP: "" }] : [],
        cgroupParent: `${layout.podsCgroup}/${podName}`,
        sysctls: {},
        runtimeHandler: "",
        security: { privileged: false, supplementalGroups: [] },
      },
      signal,
    );
  const kill = async (layout: Layout, name: ComponentName, which: "loop" | "component"): Promise<void> => {
    const target = readState(layout, name)![which];
    process.kill(target.pid, "SIGKILL");
    assert.ok(await haveEnded([target], 5_000, clock));
  };
  const untilAnotherPid = async (layout: Layout, name: ComponentName, old: number | undefined): Promise<void> => {
    for (let pid = old; pid === old || pid === undefined; pid = componentStatus(layout, name).pid)
      await clock.sleep(10, signal);
  };

  before(() => {
    alive = keepAlive();
    raiseLoopback();
    atFirst = traces();
  });
  after(() => {
    alive[Symbol.dispose]();
    for (const directory of [folder, compileCache]) rmSync(directory, { recursive: true, force: true });
  });

  test("two clusters side by side, healed, stopped, started and removed without a trace", async () => {
    const [{ layout: one }, { layout: two }] = [await up("one"), await up("two")];
    assert.notEqual(one.podCidr, two.podCidr);
    assert.notEqual(one.apiPort, two.apiPort);
    assert.deepEqual(await up("one"), { layout: one, already: true });

    const sandbox = await runPod(one, "pod-one", 8085);
    await runPod(two, "pod-two");
    const podOf = (layout: Layout) => containersOf(layout).map(({ pid, start }) => ({ pid, start }));
    const [podOne, podTwo] = [podOf(one), podOf(two)];
    assert.equal(podOne.length, 1);
    assert.equal(podTwo.length, 1);
    assert.deepEqual(readdirSync(one.containerd.shims).includes("s"), true, "shim sockets are the cluster's own");

    for (const name of componentNames) {
      const { pid } = componentStatus(one, name);
      await kill(one, name, "component");
      await untilAnotherPid(one, name, pid);
      assert.equal(componentStatus(one, name).restarts, 1);
      assert.equal(componentStatus(one, name).lastExit, 137);
    }
    while (!(await answers(one.containerd.socket))) await clock.sleep(10, signal);
    assert.deepEqual(podOf(one), podOne, "the pod was not touched");
    const { sandboxes } = await observedOnce(runtimeOf(one), signal);
    assert.deepEqual(
      sandboxes.map((s) => [s.id, s.ready]),
      [[sandbox, true]],
    );

    for (const name of componentNames) await kill(one, name, "loop");
    assert.deepEqual(
      componentNames.map((name) => componentStatus(one, name).state),
      ["unsupervised", "unsupervised", "unsupervised"],
    );
    assert.equal((await up("one")).already, false);
    assert.deepEqual(
      componentNames.map((name) => componentStatus(one, name).state),
      ["running", "running", "running"],
    );
    assert.deepEqual(podOf(one), podOne, "taking over leaves the pod alone");
    const second = await runPod(one, "pod-more");
    await runtimeOf(one).stopSandbox(sandbox, signal);
    await runtimeOf(one).removeSandbox(sandbox, signal);
    assert.equal(containersOf(one).length, 1);

    await stopCluster(one, stopping);
    assert.equal(shimsOf(one).length, 0);
    assert.deepEqual(podOf(two), podTwo, "the neighbour was not touched");
    assert.equal((await up("one")).already, false);
    const afterStop = (await runtimeOf(one).observe(undefined, signal)).sandboxes;
    assert.deepEqual(
      afterStop.map((s) => [s.id, s.ready]),
      [[second, false]],
      "like after a restart of the machine",
    );
    await runtimeOf(one).stopSandbox(second, signal);
    await runtimeOf(one).removeSandbox(second, signal);
    await runPod(one, "pod-last", 8086);

    await remove(one);
    assert.deepEqual(podOf(two), podTwo);
    await remove(two);
    assert.deepEqual(traces(), atFirst);
  });

  test("everything dies at once, as when the machine loses power", async () => {
    const { layout } = await up("one");
    await runPod(layout, "pod", 8087);
    const all = componentNames.flatMap((name) => [readState(layout, name)!.loop, readState(layout, name)!.component]);
    const everything = [...all, ...shimsOf(layout), ...containersOf(layout)];
    for (const { pid } of everything) process.kill(pid, "SIGKILL");
    assert.ok(await haveEnded(everything, 5_000, clock));
    assert.equal((await up("one")).already, false);
    await runPod(layout, "pod-2");
    await remove(layout);
    assert.deepEqual(traces(), atFirst);
  });

  test("starts that fail say why and leave nothing", async (t) => {
    const squatter = createServer().listen(7443, "127.0.0.1");
    await once(squatter, "listening");
    t.after(() => squatter.close());
    await assert.rejects(
      up("three", 7443),
      (error: Problem) => error instanceof Problem && /port 7443/.test(error.why),
    );

    const broken = join(compileCache, "broken.ts");
    writeFileSync(broken, 'process.stderr.write("this component is broken\\n");\nprocess.exitCode = 7;\n');
    await assert.rejects(up("three", undefined, broken), (error: Problem) => {
      assert.match(error.message, /component "(server|node)" does not start/);
      assert.match(error.why, /with code 7/);
      assert.match(error.why, /this component is broken/);
      return true;
    });
    rmSync(broken);
    rmSync(join(tmpdir(), `timonier-${own("three")}-logs`), { recursive: true });

    const foreign = join(home, own("three"));
    mkdirSync(foreign, { recursive: true });
    writeFileSync(join(foreign, "letter.txt"), "mine");
    await assert.rejects(up("three"), /cannot become a data directory/);
    assert.equal(readFileSync(join(foreign, "letter.txt"), "utf8"), "mine");
    assert.equal(existsSync(join(home, "clusters.json")), false);
    rmSync(home, { recursive: true });
    assert.deepEqual(traces(), atFirst);
  });

  test("images: plain and compressed archives, broken ones, removal and return of the sandbox image", async (t) => {
    const { layout } = await up("one");
    t.after(() => remove(layout));
    const archive = await pauseArchive("amd64");
    const file = (name: string, content: Uint8Array): string => {
      const path = join(compileCache, name);
      writeFileSync(path, content);
      return path;
    };
    const names = async (): Promise<string[]> => (await listImages(layout, signal)).map((image) => image.name);
    assert.deepEqual(await names(), [pauseImage]);
    await removeImage(layout, pauseImage, signal);
    assert.deepEqual(await names(), []);
    for (const [name, content] of [
      ["plain.tar", archive],
      ["packed.tar.gz", gzipSync(archive)],
      ["packed.tar.zst", zstdCompressSync(archive)],
    ] as const)
      assert.deepEqual(await loadImage(layout, file(name, content), signal), [pauseImage], name);
    await removeImage(layout, pauseImage, signal);
    await ensurePauseImage(layout, signal);
    assert.deepEqual(await names(), [pauseImage]);
    for (const [name, content, why] of [
      ["cut.tar", archive.subarray(0, 530), /EOF|expected number/],
      ["noise.tar", Buffer.alloc(100_000, 7), /invalid tar header/],
      ["cut.tar.gz", gzipSync(archive).subarray(0, 400), /unexpected end of file/],
    ] as const)
      await assert.rejects(
        loadImage(layout, file(name, content), signal),
        (error: Problem) => why.test(error.why),
        name,
      );
    await assert.rejects(
      removeImage(layout, "nothing", signal),
      /there is no image docker.io\/library\/nothing:latest/,
    );
  });

  test("a damaged data directory is said, not overwritten", async () => {
    const { layout } = await up("one");
    await stopCluster(layout, stopping);
    rmSync(join(layout.pki, "ca.key"));
    await assert.rejects(up("one"), /data directory is damaged/);
    assert.ok(existsSync(layout.recordFile));
    writeFileSync(layout.recordFile, "{");
    await assert.rejects(up("one"), /data directory is damaged/);
    await remove(layout);
    assert.deepEqual(traces(), atFirst);
  });
}
