import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { agentBench, podManifest } from "#node/agent.fake.ts";

const phaseIs = (phase: string) => (pod: { status?: { phase?: string } }) => pod.status?.phase === phase;

describe("agent: life of a pod", () => {
  it("runs it and tells so", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest());
    const pod = await bench.untilPod(phaseIs("Running"));
    assert.equal(pod.status.podIP, "10.244.1.2");
    assert.equal(pod.status.hostIP, "192.168.0.1");
    assert.equal(pod.status.conditions?.find((c) => c.type === "Ready")?.status, "True");
    assert.equal(pod.status.containerStatuses?.[0]?.restartCount, 0);
    assert.match(pod.status.containerStatuses?.[0]?.containerID ?? "", /^simulated:\/\/container-/);
    assert.deepEqual(
      bench.said.filter((e) => !e.startsWith("Node") && !e.startsWith("Starting")).map((e) => e.split(" in ")[0]),
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
    await bench.create(podManifest());
    const { metadata } = await bench.untilPod(phaseIs("Running"));
    await bench.api.delete("/api/v1/namespaces/ns/pods/p");
    await bench.until(async () => (await bench.pod()) === undefined);
    await bench.until(async () => bench.agent.list().length === 0);
    assert.deepEqual(await bench.runtime.observe(undefined), { sandboxes: [], containers: [] });
    assert.equal(await bench.files.stat(`/data/pods/${metadata.uid}`), undefined);
    assert.deepEqual(await bench.files.list("/data/log/pods"), []);
    assert.ok(bench.said.includes("Killing: Stopping container c"));
  });
});
