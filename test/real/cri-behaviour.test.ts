// What only a real runtime shows: streams with half-close, texts of failures, OOM kills, users of images, and a
// containerd that is killed and comes back.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { systemClock } from "#base/clock.ts";
import { silentLog } from "#base/log.ts";
import { removeWithMounts } from "#node/host/host-files.ts";
import { realFiles } from "#node/host/real-files.ts";
import { createCriRuntime } from "#node/runtime/cri/runtime.ts";
import { RuntimeError, type ContainerRuntime } from "#node/runtime/runtime.ts";
import { canRunContainerd, startTestContainerd, type TestContainerd } from "../support/containerd.ts";
import { createPods, type TestPods } from "../support/cri-pods.ts";

const all = { stdin: true, stdout: true, stderr: true, tty: false };

describe("CRI behaviour", { skip: canRunContainerd() ? false : "needs root, containerd and runc" }, () => {
  const signal = AbortSignal.timeout(100_000);
  let containerd: TestContainerd;
  let runtime: ContainerRuntime;
  let pods: TestPods;
  before(async () => {
    containerd = await startTestContainerd({ index: 10 });
    runtime = createCriRuntime({ socket: containerd.layout.containerd.socket, clock: systemClock, log: silentLog });
    pods = createPods(runtime, containerd.layout, signal);
  });
  after(() => containerd[Symbol.asyncDispose]());

  it("exec: standard input ends, output goes on, the exit code arrives", async () => {
    const { container } = await pods.run(["sleep", "1000"]);
    const process = await runtime.exec(container, ["sh", "-c", "sort; echo done >&2; exit 4"], all, signal);
    process.stdin!.write("b\n");
    process.stdin!.end("a\n");
    const [out, err] = await Promise.all([text(process.stdout!), text(process.stderr!)]);
    assert.deepEqual([out, err, await process.done], ["a\nb\n", "done\n", 4]);
  });
  it("exec: 20 MB through cat", async () => {
    const { container } = await pods.run(["sleep", "1000"]);
    const process = await runtime.exec(container, ["cat"], { ...all, stderr: false }, signal);
    process.stdin!.end(Buffer.alloc(20_000_000, "x"));
    let got = 0;
    for await (const chunk of process.stdout!) got += chunk.length;
    assert.deepEqual([got, await process.done], [20_000_000, 0]);
  });
  it("exec: a terminal has a size", async () => {
    const { container } = await pods.run(["sleep", "1000"]);
    const process = await runtime.exec(container, ["sh"], { ...all, tty: true }, signal);
    process.resize(133, 41);
    process.stdin!.write("while [ \"$(stty size)\" = '0 0' ]; do :; done; stty size; exit\n");
    const said = await text(process.stdout!);
    assert.match(said, /^41 133\r$/m);
    assert.equal(await process.done, 0);
  });
  it("exec: a program that is not there is told in the runtime's words", async () => {
    const { container } = await pods.run(["sleep", "1000"]);
    const process = await runtime.exec(container, ["/no/such"], all, signal);
    await assert.rejects(process.done, (error: RuntimeError) => {
      assert.equal(error.code, "Unknown");
      assert.match(error.message, /^failed to exec in container: .*\/no\/such/);
      return true;
    });
  });
  it("exec: a container that does not exist is NotFound", async () => {
    await assert.rejects(runtime.exec("nope", ["true"], all, signal), { code: "NotFound" });
  });
  it("attach: input reaches the container's own process", async () => {
    const { container } = await pods.run(["sh", "-c", "read line; echo got $line; sleep 1000"], { stdin: true });
    const process = await runtime.attach(container, { ...all, stderr: false }, signal);
    process.stdin!.write("hello\n");
    for await (const chunk of process.stdout!) {
      assert.equal(Buffer.from(chunk).toString(), "got hello\n");
      break;
    }
  });
  it("port-forward: reaches a port of the pod, and tells when there is none", async () => {
    const { sandbox } = await pods.run(["sh", "-c", "while :; do echo hi | nc -l -p 7000; done"]);
    const read = async (): Promise<string> => text(await runtime.portForward(sandbox, 7000, signal));
    let said = "";
    for (let i = 0; i < 100 && said === ""; i++) said = await read().catch(() => "");
    assert.equal(said, "hi\n");
    await assert.rejects(async () => text(await runtime.portForward(sandbox, 7999, signal)), /connection refused/);
  });
  it("logs are in the runtime's format", async () => {
    const { container, podUid } = await pods.run(["sh", "-c", "echo out; echo err >&2"]);
    const ended = await pods.ended(podUid, container);
    assert.match(
      readFileSync(ended.logPath, "utf8"),
      /^\S+Z stdout F out\n\S+Z stderr F err\n$|^\S+Z stderr F err\n\S+Z stdout F out\n$/,
    );
  });
  it("a container above its memory limit is OOMKilled", async () => {
    const { container, podUid } = await pods.run(["sh", "-c", "x=a; while :; do x=$x$x; done"], {
      resources: { memoryLimitBytes: 32 << 20, oomScoreAdj: 900 },
    });
    const ended = await pods.ended(podUid, container, (c) => c.reason === "OOMKilled");
    assert.deepEqual([ended.reason, ended.exitCode], ["OOMKilled", 137]);
  });
  it("images tell their user", async () => {
    assert.equal((await runtime.imageStatus("registry.k8s.io/pause:3.10.1", signal))?.uid, 65535);
    assert.equal((await runtime.imageStatus("busybox", signal))?.uid, undefined);
  });
  it("the files of an image can be mounted, until they are released", async () => {
    const { layout } = containerd;
    const path = `${layout.dataDir}/shown`;
    const mounts = await runtime.imageMounts("busybox", "volume:test", signal);
    assert.deepEqual(await runtime.imageMounts("busybox", "volume:test", signal), mounts);
    for (const mount of mounts) await realFiles.mount(path, mount);
    assert.match(readFileSync(`${path}/etc/passwd`, "utf8"), /^root:/);
    await assert.rejects(realFiles.writeFile(`${path}/new`, ""), /read-only/);
    await removeWithMounts(realFiles, path);
    await runtime.releaseImage("volume:test", signal);
    await runtime.releaseImage("volume:test", signal);
    await assert.rejects(runtime.imageMounts("nothing/like:this", "volume:other", signal), { code: "NotFound" });
  });
  it("failures are told without the names of the layers between", async () => {
    await assert.rejects(runtime.startContainer("nope", signal), (error: RuntimeError) => {
      assert.equal(error.code, "NotFound");
      assert.doesNotMatch(error.message, /rpc error|NOT_FOUND/);
      return true;
    });
    const { sandbox, config } = await pods.run(["sleep", "1000"]);
    const container = { ...pods.container(config, ["/no/such"]), name: "other" };
    const id = await runtime.createContainer(sandbox, container, config, signal);
    await assert.rejects(runtime.startContainer(id, signal), /no such file|not found/);
    const found = (await runtime.observe(config.podUid, signal)).containers.find((c) => c.id === id)!;
    assert.deepEqual([found.state, found.exitCode, found.reason], ["exited", 128, "StartError"]);
  });
  it("a killed containerd comes back: pods run on, events go on, calls work", async () => {
    const { container, podUid } = await pods.run(["sleep", "1000"]);
    const stop = new AbortController();
    const events = runtime.events(AbortSignal.any([stop.signal, signal]))[Symbol.asyncIterator]();
    for (let i = 0; i < 2; i++) assert.deepEqual((await events.next()).value, {});
    await containerd.kill();
    await assert.rejects(runtime.version(signal), {
      code: "Unavailable",
      message: /^connect \w+ \S+sock$|^Connection dropped$/,
    });
    await containerd.start();
    assert.deepEqual((await events.next()).value, {});
    const before = (await runtime.observe(podUid, signal)).containers.find((c) => c.id === container)!;
    assert.equal(before.state, "running");
    await runtime.stopContainer(container, 0, signal);
    for (;;) {
      const { value } = await events.next();
      if (value!.podUid === podUid) break;
    }
    stop.abort();
  });
});
