import { test } from "node:test";
import assert from "node:assert/strict";
import { Lease } from "#api/coordination/lease.ts";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { formatMicroTime } from "#api/time.ts";
import { createWorld, type World } from "#controllers/world.fake.ts";
import { createNodeIpamController } from "./node-ipam-controller.ts";
import { createNodeLifecycleController } from "./node-lifecycle-controller.ts";
import { createPodGarbageCollector } from "./pod-garbage-collector.ts";
import { createTaintEvictionController } from "./taint-eviction-controller.ts";

const start = (): Promise<World> =>
  createWorld({
    controllers: [
      createNodeLifecycleController(),
      createTaintEvictionController(),
      createPodGarbageCollector({ most: 2 }),
      createNodeIpamController({ clusterCidrs: ["10.244.0.0/16"] }),
    ],
  });
const makePod = (world: World, name: string, nodeName?: string, spec: object = {}) =>
  world.client.create(Pod, {
    metadata: { name, namespace: "default" },
    spec: { containers: [{ name: "c", image: "i" }], ...(nodeName ? { nodeName } : {}), ...spec },
  });
const names = async (world: World): Promise<string[]> =>
  (await world.client.list(Pod)).items.map((p) => p.metadata.name!).toSorted();
async function renew(world: World, name: string): Promise<void> {
  const renewTime = formatMicroTime(world.clock.now());
  const key = { namespace: "kube-node-lease", name };
  await world.client
    .patch(Lease, key, { type: "merge", patch: { spec: { renewTime } } })
    .catch(() => world.client.create(Lease, { metadata: key, spec: { holderIdentity: name, renewTime } }));
}
const taintsOf = async (world: World, name: string): Promise<string[]> =>
  ((await world.client.get(Node, { name })).spec.taints ?? []).map(
    (t) => `${t.key.replace("node.kubernetes.io/", "")}:${t.effect}`,
  );

test("a node that falls silent loses its traffic, then its pods, and gets both back", async () => {
  await using world = await start();
  await makePod(world, "a", "n1");
  await makePod(world, "patient", "n1", { tolerations: [{ operator: "Exists" }] });
  await makePod(world, "b", "n2");
  for (let i = 0; i < 7; i++) {
    await renew(world, "n2");
    if (i < 2) await renew(world, "n1");
    await world.settle(10_000);
  }
  const silent = await world.client.get(Node, { name: "n1" });
  assert.equal(silent.status.conditions?.find((c) => c.type === "Ready")?.status, "Unknown");
  assert.deepEqual(await taintsOf(world, "n1"), ["unreachable:NoSchedule", "unreachable:NoExecute"]);
  assert.deepEqual(await taintsOf(world, "n2"), []);
  const a = await world.client.get(Pod, { namespace: "default", name: "a" });
  assert.equal(a.status.conditions?.find((c) => c.type === "Ready")?.status, "False");
  for (let i = 0; i < 31; i++) {
    await renew(world, "n2");
    await world.settle(10_000);
  }
  assert.deepEqual(await names(world), ["b", "patient"]);
  const events = await world.events();
  assert.ok(events.includes("TaintManagerEviction: Marking for deletion Pod default/a"), events.join("\n"));
  assert.ok(events.includes("NodeNotReady: Node n1 status is now: NodeNotReady"), events.join("\n"));
  const time = new Date(world.clock.now()).toISOString().replace(/\.\d+/, "");
  const ready = { type: "Ready", status: "True", lastHeartbeatTime: time, lastTransitionTime: time };
  await world.client.patch(
    Node,
    { name: "n1" },
    { type: "strategic", patch: { status: { conditions: [ready] } } },
    { subresource: "status" },
  );
  await renew(world, "n1");
  await world.settle();
  assert.deepEqual(await taintsOf(world, "n1"), []);
});

test("when all nodes fall silent, none is emptied", async () => {
  await using world = await start();
  await makePod(world, "a", "n1");
  await world.settle(700_000);
  assert.deepEqual(await taintsOf(world, "n1"), ["unreachable:NoSchedule"]);
  assert.deepEqual(await names(world), ["a"]);
});

test("a toleration for a while, and a taint that is taken back in time", async () => {
  await using world = await start();
  const tolerations = [{ key: "k", operator: "Exists", effect: "NoExecute", tolerationSeconds: 20 }];
  await makePod(world, "a", "n1", { tolerations });
  await makePod(world, "b", "n2", { tolerations });
  await makePod(world, "c", "n2");
  await world.settle();
  const set = (name: string, taints: object[]) =>
    world.client.patch(Node, { name }, { type: "merge", patch: { spec: { taints } } });
  for (const name of ["n1", "n2"]) await set(name, [{ key: "k", effect: "NoExecute" }]);
  await world.settle(10_000);
  assert.deepEqual(await names(world), ["a", "b"]);
  await set("n1", []);
  await world.settle(15_000);
  assert.deepEqual(await names(world), ["a"]);
  assert.ok((await world.events()).includes("TaintManagerEviction: Cancelling deletion of Pod default/a"));
});

test("pods of a node that is gone go too, after a while; finished ones only when there are too many", async () => {
  await using world = await start();
  await makePod(world, "a", "n1");
  await world.settle();
  for (const name of ["f1", "f2", "f3"]) {
    await makePod(world, name, "n2");
    await world.settle(1000);
    const patch = { type: "merge", patch: { status: { phase: "Succeeded" } } } as const;
    await world.client.patch(Pod, { namespace: "default", name }, patch, { subresource: "status" });
    await world.settle(1000);
  }
  assert.deepEqual(await names(world), ["a", "f2", "f3"]);
  await world.client.delete(Node, { name: "n1" });
  await world.settle(30_000);
  assert.deepEqual(await names(world), ["a", "f2", "f3"]);
  await world.settle(20_000);
  assert.deepEqual(await names(world), ["f2", "f3"]);
});

test("each node gets its own part of the pod network", async () => {
  await using world = await start();
  const parts = (await world.client.list(Node)).items.map((n) => [n.spec.podCIDR, n.spec.podCIDRs]);
  assert.deepEqual(parts, [
    ["10.244.0.0/24", ["10.244.0.0/24"]],
    ["10.244.1.0/24", ["10.244.1.0/24"]],
  ]);
});
