import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { agentBench, podManifest } from "./agent.fake.ts";
import type { Pod } from "#node/pod/types.ts";
import type { SandboxConfig } from "#node/runtime/runtime.ts";

const phaseIs = (phase: string) => (pod: Pod) => pod.status?.phase === phase;
const first = (pod: Pod) => pod.status.containerStatuses?.[0];
const waitsFor = (reason: string) => (pod: Pod) => first(pod)?.state.waiting?.reason === reason;
const isReady = (pod: Pod) => pod.status?.conditions?.some((c) => c.type === "Ready" && c.status === "True");
const one = (container: object): object => ({ containers: [{ name: "c", image: "busybox:1", ...container }] });

describe("agent: life of a pod", () => {
  it("runs it and tells so", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest());
    const pod = await bench.untilPod(phaseIs("Running"));
    assert.equal(pod.status.podIP, "10.244.1.2");
    assert.equal(pod.status.hostIP, "192.168.0.1");
    assert.ok(isReady(pod));
    assert.equal(first(pod)?.restartCount, 0);
    assert.match(first(pod)?.containerID ?? "", /^simulated:\/\/container-/);
    const aboutPod = bench.said.filter((e) => !e.startsWith("Node") && !e.startsWith("Starting"));
    assert.deepEqual(
      aboutPod.map((e) => e.split(" in ")[0]),
      [
        'Pulling: Pulling image "busybox:1"',
        'Pulled: Successfully pulled image "busybox:1"',
        "Created: Container created",
        "Started: Container started",
      ],
    );
  });
  it("deletes it after its grace, and leaves nothing behind", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest({}, { annotations: { "simulated.timonier.io/stop-after": "5s" } }));
    const { metadata } = await bench.untilPod(phaseIs("Running"));
    const since = bench.api.clock.now();
    await bench.api.delete("/api/v1/namespaces/ns/pods/p");
    await bench.until(async () => (await bench.pod()) === undefined);
    assert.equal(bench.api.clock.now() - since, 5000);
    await bench.until(async () => bench.agent.list().length === 0);
    assert.deepEqual(await bench.runtime.observe(undefined), { sandboxes: [], containers: [] });
    assert.equal(await bench.files.stat(`/data/pods/${metadata.uid}`), undefined);
    assert.deepEqual(await bench.files.list("/data/log/pods"), []);
    assert.ok(bench.said.includes("Killing: Stopping container c"));
  });
  it("kills what does not stop in time, and sooner when the grace is cut", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest({}, { annotations: { "simulated.timonier.io/stop-after": "1h" } }));
    await bench.untilPod(phaseIs("Running"));
    const since = bench.api.clock.now();
    await bench.api.delete("/api/v1/namespaces/ns/pods/p", { gracePeriodSeconds: 60 });
    await bench.untilPod((pod) => pod.metadata.deletionTimestamp);
    await bench.api.advance(3000);
    await bench.api.delete("/api/v1/namespaces/ns/pods/p", { gracePeriodSeconds: 10 });
    await bench.until(async () => (await bench.pod()) === undefined);
    assert.equal(bench.api.clock.now() - since, 10_000);
    assert.equal(bench.said.filter((e) => e.startsWith("Killing")).length, 1);
  });
  it("a pod that is removed from the API by force is stopped all the same", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest());
    await bench.untilPod(phaseIs("Running"));
    await bench.api.delete("/api/v1/namespaces/ns/pods/p", { gracePeriodSeconds: 0 });
    assert.equal(await bench.pod(), undefined);
    await bench.until(async () => bench.agent.list().length === 0);
    assert.deepEqual(await bench.runtime.observe(undefined), { sandboxes: [], containers: [] });
  });
  it("another pod of the same name may follow at once", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest({}, { annotations: { "simulated.timonier.io/stop-after": "20s" } }));
    const { metadata } = await bench.untilPod(phaseIs("Running"));
    await bench.api.delete("/api/v1/namespaces/ns/pods/p", { gracePeriodSeconds: 0 });
    await bench.create(podManifest());
    const next = await bench.untilPod(phaseIs("Running"));
    assert.notEqual(next.metadata.uid, metadata.uid);
    assert.equal(bench.agent.find("ns", "p")?.pod.metadata.uid, next.metadata.uid);
    await bench.until(async () => bench.agent.list().length === 1);
    assert.equal((await bench.runtime.observe(undefined)).sandboxes.length, 1);
  });
  it("a completed pod keeps its container for the log, and its sandbox stops", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest({ ...one({ command: ["sleep", "3"] }), restartPolicy: "Never" }));
    const pod = await bench.untilPod(phaseIs("Succeeded"));
    assert.equal(first(pod)?.state.terminated?.reason, "Completed");
    await bench.until(async () => (await bench.runtime.observe(undefined)).sandboxes[0]?.ready === false);
    assert.equal((await bench.runtime.observe(undefined)).containers.length, 1);
    const id = first(pod)!.containerID!.replace("simulated://", "");
    assert.match(bench.agent.find("ns", "p")?.logPath(id) ?? "", /^\/data\/log\/pods\/ns_p_.*\/c\/0\.log$/);
    await bench.api.delete("/api/v1/namespaces/ns/pods/p");
    await bench.until(async () => (await bench.pod()) === undefined);
  });
  it("the last status is told before the object goes", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest({}, { finalizers: ["example.com/wait"] }));
    await bench.untilPod(phaseIs("Running"));
    await bench.api.delete("/api/v1/namespaces/ns/pods/p");
    const pod = await bench.untilPod(phaseIs("Failed"));
    assert.equal(first(pod)?.state.terminated?.exitCode, 143);
    await bench.api.advance(60_000);
    assert.ok(await bench.pod());
    await bench.api.merge("/api/v1/namespaces/ns/pods/p", { metadata: { finalizers: null } });
    await bench.until(async () => bench.agent.list().length === 0);
  });
});

describe("agent: races", () => {
  it("a pod that ends while its sandbox is made leaves none behind", async () => {
    await using bench = await agentBench({ sandboxMs: 3000 });
    await bench.create(podManifest());
    await bench.untilPod(waitsFor("ContainerCreating"));
    await bench.api.delete("/api/v1/namespaces/ns/pods/p");
    await bench.until(async () => (await bench.pod()) === undefined);
    await bench.until(async () => bench.agent.list().length === 0);
    await bench.api.advance(60_000);
    assert.deepEqual(await bench.runtime.observe(undefined), { sandboxes: [], containers: [] });
  });
  it("a sandbox that nobody knows is removed when it stirs", async () => {
    await using bench = await agentBench();
    const stray = { podUid: "stray", podName: "s", namespace: "ns", labels: {}, annotations: {}, attempt: 0 };
    await bench.runtime.runSandbox(stray as unknown as SandboxConfig, AbortSignal.timeout(1000));
    await bench.until(async () => (await bench.runtime.observe(undefined)).sandboxes.length === 0);
    await bench.until(async () => bench.agent.list().length === 0);
  });
});

describe("agent: restarts", () => {
  it("a crashing container backs off, longer each time", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest(one({ command: ["false"] })));
    const starts = async (n: number): Promise<number> => {
      await bench.untilPod((pod) => first(pod)?.restartCount === n && waitsFor("CrashLoopBackOff")(pod));
      return bench.api.clock.now();
    };
    const [second, third, fourth] = [await starts(1), await starts(2), await starts(3)];
    assert.deepEqual([third - second, fourth - third], [10_000, 20_000]);
    const pod = (await bench.pod())!;
    assert.equal(pod.status.phase, "Running");
    assert.equal(first(pod)?.lastState.terminated?.exitCode, 1);
    assert.match(first(pod)?.state.waiting?.message ?? "", /^back-off 40s restarting failed container=c pod=p_ns\(/);
    assert.match(bench.said.join("\n"), /\nBackOff: Back-off restarting failed container c in pod p_ns\(/);
    assert.equal((await bench.runtime.observe(undefined)).containers.length, 2);
  });
  it("init containers run in order, sidecars keep running", async () => {
    await using bench = await agentBench();
    await bench.create(
      podManifest({
        initContainers: [
          { name: "one", image: "busybox:1", command: ["sleep", "1"] },
          { name: "side", image: "busybox:1", restartPolicy: "Always" },
          { name: "two", image: "busybox:1", command: ["true"] },
        ],
      }),
    );
    const pod = await bench.untilPod(isReady);
    assert.deepEqual(
      pod.status.initContainerStatuses?.map((s) => [s.name, s.state.terminated?.reason ?? "running"]),
      [
        ["one", "Completed"],
        ["side", "running"],
        ["two", "Completed"],
      ],
    );
    assert.deepEqual(
      (await bench.runtime.observe(undefined)).containers.map((c) => c.name),
      ["one", "side", "two", "c"],
    );
  });
  it("a failed liveness probe restarts the container", async () => {
    let healthy = true;
    await using bench = await agentBench({ exec: () => ({ exitCode: healthy ? 0 : 1 }) });
    const livenessProbe = { exec: { command: ["check"] }, periodSeconds: 5, failureThreshold: 2 };
    await bench.create(podManifest(one({ livenessProbe })));
    await bench.untilPod(isReady);
    healthy = false;
    await bench.untilPod((pod) => first(pod)?.restartCount === 1);
    assert.ok(bench.said.includes("Killing: Container c failed liveness probe, will be restarted"));
    assert.ok(bench.said.includes("Unhealthy: Liveness probe failed: "));
  });
  it("readiness comes and goes with its probe", async () => {
    let healthy = false;
    await using bench = await agentBench({ exec: () => ({ exitCode: healthy ? 0 : 1 }) });
    await bench.create(podManifest(one({ readinessProbe: { exec: { command: ["check"] }, failureThreshold: 1 } })));
    const pod = await bench.untilPod(phaseIs("Running"));
    assert.ok(!isReady(pod));
    healthy = true;
    await bench.untilPod(isReady);
    healthy = false;
    await bench.untilPod((p) => !isReady(p));
  });
  it("a new image replaces the container", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest());
    await bench.untilPod(isReady);
    await bench.api.merge("/api/v1/namespaces/ns/pods/p", {
      spec: { containers: [{ name: "c", image: "busybox:2" }] },
    });
    const pod = await bench.untilPod((p) => first(p)?.image === "busybox:2" && isReady(p));
    assert.equal(first(pod)?.restartCount, 1);
    assert.ok(bench.said.includes("Killing: Container c definition changed, will be restarted"));
  });
  it("a lost sandbox is made anew with another address", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest());
    const before = await bench.untilPod(isReady);
    await bench.runtime.stopSandbox((await bench.runtime.observe(undefined)).sandboxes[0]!.id);
    const after = await bench.untilPod((p) => isReady(p) && first(p)?.restartCount === 1);
    assert.notEqual(after.status.podIP, before.status.podIP);
    assert.ok(bench.said.includes("SandboxChanged: Pod sandbox changed, it will be killed and re-created."));
  });
});

describe("agent: what keeps a container from starting", () => {
  it("an image that cannot be pulled", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest(one({ image: "registry/missing:1" })));
    await bench.untilPod(waitsFor("ErrImagePull"));
    const pod = await bench.untilPod(waitsFor("ImagePullBackOff"));
    assert.equal(pod.status.phase, "Pending");
    assert.match(
      first(pod)?.state.waiting?.message ?? "",
      /^Back-off pulling image "registry\/missing:1": ErrImagePull: /,
    );
    for (const event of [
      "Failed: Error: ErrImagePull",
      "Failed: Error: ImagePullBackOff",
      'BackOff: Back-off pulling image "registry/missing:1"',
    ])
      assert.ok(bench.said.includes(event), event);
  });
  it("does not keep the other containers from starting, nor the pod from ending", async () => {
    await using bench = await agentBench({ pullMs: 60_000 });
    await bench.create(podManifest());
    await bench.untilPod(waitsFor("ContainerCreating"));
    await bench.until(async () => bench.said.some((e) => e.startsWith("Pulling")));
    const since = bench.api.clock.now();
    await bench.api.delete("/api/v1/namespaces/ns/pods/p");
    await bench.until(async () => (await bench.pod()) === undefined);
    assert.equal(bench.api.clock.now(), since);
  });
  it("a program that is not there", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest(one({ command: ["/no/such/program"] })));
    const pod = await bench.untilPod(waitsFor("RunContainerError"));
    assert.match(first(pod)?.state.waiting?.message ?? "", /no such file/);
    await bench.untilPod(waitsFor("CrashLoopBackOff"));
    assert.equal(first((await bench.pod())!)?.lastState.terminated?.reason, "StartError");
  });
  it("a config map that is missing, until it is there", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest(one({ envFrom: [{ configMapRef: { name: "cm" } }] })));
    const pod = await bench.untilPod(waitsFor("CreateContainerConfigError"));
    assert.equal(first(pod)?.state.waiting?.message, 'configmap "cm" not found');
    assert.ok(bench.said.includes('Failed: Error: configmap "cm" not found'));
    const since = bench.api.clock.now();
    await bench.api.create("/api/v1/namespaces/ns/configmaps", {
      metadata: { name: "cm", namespace: "ns" },
      data: { A: "1" },
    });
    await bench.untilPod(isReady);
    assert.ok(bench.api.clock.now() - since < 1000, "it need not wait for the next try");
  });
  it("a volume that cannot be set up, until it can", async () => {
    await using bench = await agentBench();
    const volumes = [{ name: "v", secret: { secretName: "s" } }];
    await bench.create(podManifest({ ...one({ volumeMounts: [{ name: "v", mountPath: "/v" }] }), volumes }));
    await bench.until(async () => bench.said.some((e) => e.startsWith("FailedMount")));
    assert.ok(bench.said.includes('FailedMount: MountVolume.SetUp failed for volume "v" : secret "s" not found'));
    await bench.api.create("/api/v1/namespaces/ns/secrets", { metadata: { name: "s", namespace: "ns" } });
    await bench.untilPod(isReady);
  });
  it("a volume of a kind that this node has not", async () => {
    await using bench = await agentBench();
    const volumes = [{ name: "v", nfs: { server: "s", path: "/" } }];
    await bench.create(podManifest({ ...one({ volumeMounts: [{ name: "v", mountPath: "/v" }] }), volumes }));
    await bench.until(async () => bench.said.some((e) => e.includes("volumes of type nfs are not available")));
    assert.equal((await bench.pod())?.status.phase, "Pending");
  });
  it("a node that cannot take it", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest(one({ resources: { requests: { cpu: "100" } } })));
    const pod = await bench.untilPod(phaseIs("Failed"));
    assert.equal(pod.status.reason, "OutOfcpu");
    assert.equal(
      pod.status.message,
      "Pod was rejected: Node didn't have enough resource: cpu, requested: 100000, used: 0, capacity: 4000",
    );
  });
});

describe("agent: its own restart", () => {
  it("leaves pods running, and goes on with them", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest());
    const before = await bench.untilPod(isReady);
    await bench.stop();
    await bench.start();
    await bench.api.advance(5000);
    const after = (await bench.pod())!;
    assert.equal(first(after)?.containerID, first(before)?.containerID);
    assert.equal(first(after)?.restartCount, 0);
    assert.equal(after.metadata.resourceVersion, before.metadata.resourceVersion);
    const id = first(after)!.containerID!.replace("simulated://", "");
    bench.runtime.exitContainer(id, 1);
    await bench.untilPod((pod) => first(pod)?.restartCount === 1);
  });
  it("notices what ended meanwhile", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest({ ...one({ command: ["sleep", "30"] }), restartPolicy: "Never" }));
    await bench.untilPod(isReady);
    await bench.stop();
    await bench.api.advance(60_000);
    await bench.start();
    await bench.untilPod(phaseIs("Succeeded"));
  });
  it("stops pods that were deleted meanwhile", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest());
    await bench.untilPod(isReady);
    await bench.stop();
    await bench.api.delete("/api/v1/namespaces/ns/pods/p", { gracePeriodSeconds: 0 });
    await bench.files.makeDirectory("/data/pods/left-over/volumes");
    await bench.start();
    await bench.until(async () => (await bench.runtime.observe(undefined)).sandboxes.length === 0);
    await bench.until(async () => (await bench.files.list("/data/pods")).length === 0);
  });
  it("goes on with an end that had begun", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest({}, { annotations: { "simulated.timonier.io/stop-after": "10s" } }));
    await bench.untilPod(isReady);
    await bench.api.delete("/api/v1/namespaces/ns/pods/p");
    await bench.until(async () => bench.said.some((e) => e.startsWith("Killing")));
    await bench.stop();
    await bench.start();
    await bench.until(async () => (await bench.pod()) === undefined);
  });
});

describe("agent: other ends", () => {
  it("the active deadline", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest({ activeDeadlineSeconds: 30 }));
    await bench.untilPod(isReady);
    const pod = await bench.untilPod(phaseIs("Failed"));
    assert.equal(pod.status.reason, "DeadlineExceeded");
    assert.equal(pod.status.message, "Pod was active on the node longer than the specified deadline");
  });
  it("eviction under memory pressure", async () => {
    let available = 2 ** 33;
    const pressure = async () => ({
      memoryAvailableBytes: available,
      diskAvailableBytes: 1e12,
      diskCapacityBytes: 1e12,
      inodes: 100,
      inodesFree: 100,
    });
    await using bench = await agentBench({}, { pressure });
    await bench.create(podManifest());
    await bench.untilPod(isReady);
    available = 1000;
    const pod = await bench.untilPod(phaseIs("Failed"));
    assert.equal(pod.status.reason, "Evicted");
    assert.match(pod.status.message ?? "", /^The node was low on resource: memory\./);
    assert.ok(pod.status.conditions?.some((c) => c.type === "DisruptionTarget"));
    await bench.until(async () =>
      bench.agent.node?.status.conditions?.some((c) => c.type === "MemoryPressure" && c.status === "True"),
    );
  });
  it("preStop runs before the stop signal, postStart before the next container", async () => {
    const ran: string[] = [];
    await using bench = await agentBench({
      exec: (_, command) => {
        ran.push(command.join(" "));
        return { exitCode: 0 };
      },
    });
    const lifecycle = { preStop: { exec: { command: ["bye"] } }, postStart: { exec: { command: ["hi"] } } };
    await bench.create(podManifest(one({ lifecycle })));
    await bench.untilPod(isReady);
    assert.deepEqual(ran, ["hi"]);
    await bench.api.delete("/api/v1/namespaces/ns/pods/p");
    await bench.until(async () => (await bench.pod()) === undefined);
    assert.deepEqual(ran, ["hi", "bye"]);
  });
  it("a failing postStart hook restarts the container", async () => {
    await using bench = await agentBench({ exec: () => ({ exitCode: 1 }) });
    await bench.create(podManifest(one({ lifecycle: { postStart: { exec: { command: ["hi"] } } } })));
    await bench.untilPod((pod) => (first(pod)?.restartCount ?? 0) >= 1);
    assert.ok(bench.said.includes("FailedPostStartHook: PostStartHook failed"));
  });
});
