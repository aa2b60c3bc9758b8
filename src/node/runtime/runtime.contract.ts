// What every container runtime must do, simulated or real. A runtime that passes can carry the agent.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { annotations, labels } from "#node/pod/identity.ts";
import {
  RuntimeError,
  type ContainerConfig,
  type ContainerRuntime,
  type ObservedContainer,
  type SandboxConfig,
} from "./runtime.ts";

export interface RuntimeUnderTest extends AsyncDisposable {
  readonly runtime: ContainerRuntime;
  /** An image with sh, sleep, echo, true and false that can be pulled or is present. */
  readonly image: string;
  /** An image that cannot be pulled. */
  readonly missingImage: string;
  /** What this runtime needs of sandboxes: log directory, cgroup parent … */
  readonly sandbox: Partial<SandboxConfig>;
}
const waitMs = 20_000;
let serial = 0;

function sandboxOf(test: RuntimeUnderTest, more: Partial<SandboxConfig> = {}): SandboxConfig {
  const podUid = `contract-${process.pid}-${++serial}`;
  return {
    podUid,
    podName: `pod-${serial}`,
    namespace: "contract",
    attempt: 0,
    hostname: `pod-${serial}`,
    hostNetwork: false,
    hostPID: false,
    hostIPC: false,
    shareProcessNamespace: false,
    labels: { [labels.podUid]: podUid, [labels.podName]: `pod-${serial}`, [labels.podNamespace]: "contract" },
    annotations: { "example.com/note": "kept" },
    logDirectory: "/var/log/contract",
    portMappings: [],
    cgroupParent: "",
    sysctls: {},
    runtimeHandler: "",
    security: { privileged: false, supplementalGroups: [] },
    ...test.sandbox,
    ...more,
  };
}
const containerOf = (
  sandbox: SandboxConfig,
  imageRef: string,
  command: readonly string[],
  name = "c",
): ContainerConfig => ({
  name,
  attempt: 0,
  imageRef,
  image: imageRef,
  command,
  args: [],
  workingDir: "",
  env: [{ name: "A", value: "1" }],
  mounts: [],
  devices: [],
  labels: { [labels.podUid]: sandbox.podUid, [labels.containerName]: name },
  annotations: { [annotations.restartCount]: "0", [annotations.hash]: "abc" },
  logPath: `${name}/0.log`,
  stdin: false,
  stdinOnce: false,
  tty: false,
  resources: { oomScoreAdj: 500, cpuShares: 10 },
  security: {
    privileged: false,
    readOnlyRootfs: false,
    noNewPrivileges: false,
    addCapabilities: [],
    dropCapabilities: [],
    supplementalGroups: [],
    procMount: "Default",
    pidMode: "container",
  },
});

/** Registers the suite; `make` is called once. */
export function runtimeContract(name: string, make: () => Promise<RuntimeUnderTest>): void {
  describe(`runtime contract: ${name}`, () => {
    let test: RuntimeUnderTest;
    let imageRef = "";
    const signal = AbortSignal.timeout(120_000);
    const made: string[] = [];
    before(async () => {
      test = await make();
      imageRef = await test.runtime.pullImage(test.image, undefined, undefined, signal);
    });
    after(async () => {
      for (const id of made) {
        await test.runtime.stopSandbox(id, signal);
        await test.runtime.removeSandbox(id, signal);
      }
      await test[Symbol.asyncDispose]();
    });
    const run = async (more?: Partial<SandboxConfig>): Promise<{ id: string; config: SandboxConfig }> => {
      const config = sandboxOf(test, more);
      const id = await test.runtime.runSandbox(config, signal);
      made.push(id);
      return { id, config };
    };
    const launch = async (
      command: readonly string[],
      name = "c",
    ): Promise<{ id: string; podUid: string; sandbox: string }> => {
      const { id: sandbox, config } = await run();
      const id = await test.runtime.createContainer(
        sandbox,
        containerOf(config, imageRef, command, name),
        config,
        signal,
      );
      await test.runtime.startContainer(id, signal);
      return { id, podUid: config.podUid, sandbox };
    };
    const find = async (podUid: string, id: string): Promise<ObservedContainer> => {
      const { containers } = await test.runtime.observe(podUid, signal);
      return containers.find((c) => c.id === id) ?? assert.fail(`container ${id} is not reported`);
    };
    /** Looks after each event of the pod until the container is as wanted. */
    const until = async (podUid: string, id: string, state: ObservedContainer["state"]): Promise<ObservedContainer> => {
      const stop = new AbortController();
      const both = AbortSignal.any([stop.signal, AbortSignal.timeout(waitMs)]);
      const events = test.runtime.events(both)[Symbol.asyncIterator]();
      try {
        let next = events.next();
        for (;;) {
          const found = await find(podUid, id);
          if (found.state === state) return found;
          const { done } = await next;
          assert.ok(!done && !both.aborted, `no event brought ${id} to ${state}`);
          next = events.next();
        }
      } finally {
        stop.abort();
      }
    };

    it("says what it is and whether it can work", async () => {
      assert.ok((await test.runtime.version(signal)).version);
      const status = await test.runtime.status(signal);
      assert.deepEqual([status.runtimeReady, status.networkReady], [true, true]);
    });
    it("makes a sandbox with an address and keeps its labels", async () => {
      const { id, config } = await run();
      const { sandboxes } = await test.runtime.observe(config.podUid, signal);
      const found = sandboxes.find((s) => s.id === id)!;
      assert.equal(found.ready, true);
      assert.match(found.ips[0] ?? "", /^[0-9a-f.:]+$/);
      assert.equal(found.podName, config.podName);
      assert.equal(found.labels[labels.podUid], config.podUid);
      assert.equal(found.annotations["example.com/note"], "kept");
    });
    it("runs a container and tells what it was made from", async () => {
      const { id, podUid } = await launch(["sleep", "1000"]);
      const found = await find(podUid, id);
      assert.equal(found.state, "running");
      assert.equal(found.name, "c");
      assert.equal(found.annotations[annotations.hash], "abc");
      assert.ok(found.startedAt >= found.createdAt);
      assert.ok(found.imageRef);
    });
    it("reports each end with its code", async () => {
      for (const [command, code, reason] of [
        [["true"], 0, "Completed"],
        [["sh", "-c", "exit 3"], 3, "Error"],
      ] as const) {
        const { id, podUid } = await launch(command);
        const found = await until(podUid, id, "exited");
        assert.deepEqual([found.exitCode, found.reason], [code, reason]);
        assert.ok(found.finishedAt >= found.startedAt);
      }
    });
    it("refuses a program that is not there, and reports the container as ended", async () => {
      const { id: sandbox, config } = await run();
      const container = containerOf(config, imageRef, ["/no/such/program"]);
      const id = await test.runtime.createContainer(sandbox, container, config, signal);
      await assert.rejects(test.runtime.startContainer(id, signal), RuntimeError);
      const found = await until(config.podUid, id, "exited");
      assert.notEqual(found.exitCode, 0);
    });
    it("stops a container, and again without complaint", async () => {
      const { id, podUid } = await launch(["sleep", "1000"]);
      await test.runtime.stopContainer(id, 0, signal);
      assert.equal((await find(podUid, id)).state, "exited");
      await test.runtime.stopContainer(id, 0, signal);
    });
    it("removes what is gone without complaint", async () => {
      const { id, podUid, sandbox } = await launch(["sleep", "1000"]);
      await test.runtime.stopContainer(id, 0, signal);
      await test.runtime.removeContainer(id, signal);
      await test.runtime.removeContainer(id, signal);
      await test.runtime.stopSandbox(sandbox, signal);
      await test.runtime.stopSandbox(sandbox, signal);
      await test.runtime.removeSandbox(sandbox, signal);
      await test.runtime.removeSandbox(sandbox, signal);
      assert.deepEqual(await test.runtime.observe(podUid, signal), { sandboxes: [], containers: [] });
    });
    it("a stopped sandbox is not ready and its containers have ended", async () => {
      const { id, podUid, sandbox } = await launch(["sleep", "1000"]);
      await test.runtime.stopSandbox(sandbox, signal);
      assert.equal((await test.runtime.observe(podUid, signal)).sandboxes[0]?.ready, false);
      assert.equal((await until(podUid, id, "exited")).exitCode, 137);
    });
    it("executes a command and gives its output and code", async () => {
      const { id } = await launch(["sleep", "1000"]);
      const said = await test.runtime.execSync(id, ["echo", "hello"], 10_000, signal);
      assert.deepEqual([said.exitCode, Buffer.from(said.stdout).toString()], [0, "hello\n"]);
      assert.equal((await test.runtime.execSync(id, ["false"], 10_000, signal)).exitCode, 1);
    });
    it("cuts off a command that takes too long", async () => {
      const { id } = await launch(["sleep", "1000"]);
      await assert.rejects(
        test.runtime.execSync(id, ["sleep", "100"], 1000, signal),
        (error: unknown) => error instanceof RuntimeError && error.code === "DeadlineExceeded",
      );
    });
    it("knows its images", async () => {
      const facts = await test.runtime.imageStatus(test.image, signal);
      assert.ok(facts && facts.sizeBytes > 0);
      assert.ok((await test.runtime.listImages(signal)).some((i) => i.id === facts.id));
      assert.equal(await test.runtime.imageStatus(test.missingImage, signal), undefined);
    });
    it("says why an image cannot be pulled", async () => {
      await assert.rejects(test.runtime.pullImage(test.missingImage, undefined, undefined, signal), RuntimeError);
    });
    it("changes resources and reports use", async () => {
      const { id, podUid } = await launch(["sleep", "1000"]);
      await test.runtime.updateResources(id, { cpuShares: 20, oomScoreAdj: 500 }, signal);
      const [usage] = await test.runtime.stats(podUid, signal);
      assert.equal(usage?.containerId, id);
      assert.ok((await test.runtime.imageFsUsage(signal)).usedBytes > 0);
    });
    it("reports one pod or all", async () => {
      const one = await launch(["sleep", "1000"]);
      const other = await launch(["sleep", "1000"]);
      assert.deepEqual(
        (await test.runtime.observe(one.podUid, signal)).containers.map((c) => c.id),
        [one.id],
      );
      const all = (await test.runtime.observe(undefined, signal)).containers.map((c) => c.id);
      assert.ok(all.includes(one.id) && all.includes(other.id));
    });
  });
}
