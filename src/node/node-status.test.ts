import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "#api/core/node.ts";
import { agentBench, podManifest } from "./agent.fake.ts";
import { simulatedHostFacts } from "#node/host/host-facts.ts";
import { allocatableOf, capacityOf, labelPatch, newNode, nodeStatusPatch, type NodeFacts } from "./node-status.ts";

const facts: NodeFacts = {
  name: "n1",
  host: simulatedHostFacts,
  addresses: ["192.168.0.1"],
  mostPods: 110,
  ephemeralBytes: 100 * 2 ** 30,
  labels: { zone: "a" },
  kubeletVersion: "v1.36.0",
  runtimeVersion: "containerd://1.7.0",
  runtimeHandlers: ["runc"],
  kubeletPort: 10_250,
  notReady: "",
  pressures: { memory: false, disk: false, pids: false },
  images: [],
};
const now = Date.UTC(2026, 0, 1);
const fresh = newNode(facts, "10.244.1.0/24", now) as Node;

describe("node status", () => {
  it("tells capacity, and less as allocatable", () => {
    assert.deepEqual(capacityOf(facts), {
      cpu: "4",
      memory: "16Gi",
      "ephemeral-storage": "100Gi",
      pods: "110",
      "hugepages-2Mi": "0",
    });
    assert.equal(allocatableOf(facts)["memory"], "16284Mi");
    assert.equal(allocatableOf(facts)["ephemeral-storage"], String(90 * 2 ** 30));
  });
  it("registers with labels, addresses, range and conditions", () => {
    assert.equal(fresh.metadata.labels?.["kubernetes.io/hostname"], "n1");
    assert.equal(fresh.metadata.labels?.["zone"], "a");
    assert.equal(fresh.spec.podCIDR, "10.244.1.0/24");
    assert.deepEqual(fresh.status.addresses, [
      { type: "InternalIP", address: "192.168.0.1" },
      { type: "Hostname", address: "n1" },
    ]);
    assert.deepEqual(
      fresh.status.conditions?.map((c) => `${c.type}=${c.status} ${c.reason}`),
      [
        "MemoryPressure=False KubeletHasSufficientMemory",
        "DiskPressure=False KubeletHasNoDiskPressure",
        "PIDPressure=False KubeletHasSufficientPID",
        "Ready=True KubeletReady",
      ],
    );
  });
  it("has nothing to say while nothing changes, but its heartbeat", () => {
    assert.equal(nodeStatusPatch(fresh, facts, false, now + 60_000), undefined);
    const beat = nodeStatusPatch(fresh, facts, true, now + 60_000) as Partial<Node["status"]>;
    assert.deepEqual(Object.keys(beat), ["conditions"]);
    assert.equal(beat.conditions?.[3]?.lastHeartbeatTime, "2026-01-01T00:01:00Z");
    assert.equal(beat.conditions?.[3]?.lastTransitionTime, "2026-01-01T00:00:00Z");
  });
  it("makes resources of others allocatable, and puts its own back", () => {
    const node: Node = {
      ...fresh,
      status: {
        ...fresh.status,
        capacity: { ...fresh.status.capacity, cpu: "99", "example.com/dongle": "4" },
        allocatable: { ...fresh.status.allocatable, "example.com/old": "1" },
      },
    };
    assert.deepEqual(nodeStatusPatch(node, facts, false, now), {
      capacity: { cpu: "4" },
      allocatable: { "example.com/dongle": "4", "example.com/old": null },
    });
  });
  it("equal amounts in other words are no change", () => {
    const capacity = { ...fresh.status.capacity, memory: String(16 * 2 ** 30), cpu: "4000m" };
    assert.equal(nodeStatusPatch({ ...fresh, status: { ...fresh.status, capacity } }, facts, false, now), undefined);
  });
  it("turns not ready with the reason", () => {
    const patch = nodeStatusPatch(fresh, { ...facts, notReady: "no network" }, false, now) as Partial<Node["status"]>;
    const ready = patch.conditions?.find((c) => c.type === "Ready");
    assert.deepEqual([ready?.status, ready?.reason, ready?.message], ["False", "KubeletNotReady", "no network"]);
  });
  it("adds the labels that an existing node lacks", () => {
    assert.equal(labelPatch(fresh, facts), undefined);
    assert.deepEqual(labelPatch(fresh, { ...facts, labels: { zone: "b" } }), { metadata: { labels: { zone: "b" } } });
  });
});

describe("agent: its node", () => {
  const nodeUrl = "/api/v1/nodes/n1";
  const leaseUrl = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1";
  it("registers and renews its lease", async () => {
    await using bench = await agentBench();
    const node = await bench.api.get(nodeUrl);
    assert.equal(node.status.nodeInfo.containerRuntimeVersion, "simulated://1.0.0");
    await bench.api.advance(0);
    const before = await bench.api.get(leaseUrl);
    assert.equal(before.spec.holderIdentity, "n1");
    assert.equal(before.metadata.ownerReferences[0].uid, node.metadata.uid);
    await bench.api.advance(10_000);
    const after = await bench.api.get(leaseUrl);
    assert.equal(Date.parse(after.spec.renewTime) - Date.parse(before.spec.renewTime), 10_000);
  });
  it("writes its status every five minutes, and at once when it changes", async () => {
    await using bench = await agentBench();
    await bench.api.advance(20_000);
    const version = async (): Promise<string> => (await bench.api.get(nodeUrl)).metadata.resourceVersion;
    const quiet = await version();
    await bench.api.advance(200_000);
    assert.equal(await version(), quiet);
    await bench.api.advance(100_000);
    assert.notEqual(await version(), quiet);
    bench.runtime.networkProblem = "cni plugin not initialized";
    await bench.api.advance(10_000);
    const ready = (await bench.api.get(nodeUrl)).status.conditions.find((c: { type: string }) => c.type === "Ready");
    assert.equal(ready.message, "container runtime network not ready: cni plugin not initialized");
    assert.ok(bench.said.includes("NodeNotReady: Node n1 status is now: NodeNotReady"));
  });
  it("lists the images that it has pulled", async () => {
    await using bench = await agentBench();
    await bench.create(podManifest());
    await bench.until(async () => {
      const { images } = (await bench.api.get(nodeUrl)).status;
      return images?.[0]?.names.includes("busybox:1");
    });
  });
  it("takes up a resource that somebody adds", async () => {
    await using bench = await agentBench();
    await bench.api.ask(
      "PATCH",
      `${nodeUrl}/status`,
      { status: { capacity: { "example.com/dongle": "4" } } },
      { contentType: "application/merge-patch+json" },
    );
    await bench.until(async () => (await bench.api.get(nodeUrl)).status.allocatable["example.com/dongle"] === "4");
    await bench.api.advance(600_000);
    assert.equal((await bench.api.get(nodeUrl)).status.capacity["example.com/dongle"], "4");
  });
  it("keeps what a node that was there before has", async () => {
    await using bench = await agentBench();
    await bench.api.merge(nodeUrl, { metadata: { labels: { mine: "1", "kubernetes.io/os": "other" } } });
    await bench.stop();
    await bench.start();
    const { labels } = (await bench.api.get(nodeUrl)).metadata;
    assert.deepEqual([labels.mine, labels["kubernetes.io/os"]], ["1", "linux"]);
  });
});
