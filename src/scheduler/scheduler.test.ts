import { test } from "node:test";
import assert from "node:assert/strict";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { PriorityClass } from "#api/scheduling/priority-class.ts";
import { addNode, createWorld, type World } from "#controllers/world.fake.ts";

const makePod = (world: World, name: string, cpu: string, spec: object = {}) =>
  world.client.create(Pod, {
    metadata: { name, namespace: "default" },
    spec: { containers: [{ name: "c", image: "i", resources: { requests: { cpu } } }], ...spec },
  });
const get = (world: World, name: string) => world.client.get(Pod, { namespace: "default", name });
const scheduled = (pod: Pod) => pod.status.conditions?.find((c) => c.type === "PodScheduled");

test("a pod that fits nowhere says why, and gets its node as soon as there is one", async () => {
  await using world = await createWorld({ controllers: [], nodes: ["n1"] });
  await makePod(world, "large", "12");
  await world.settle();
  const waiting = await get(world, "large");
  const message =
    "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
  assert.deepEqual(
    [scheduled(waiting)?.status, scheduled(waiting)?.reason, scheduled(waiting)?.message],
    ["False", "Unschedulable", message],
  );
  assert.ok((await world.events()).includes(`FailedScheduling: ${message}`));
  await addNode(world.client, "n2", world.clock.now());
  await world.settle(3000);
  assert.equal((await get(world, "large")).spec.nodeName, undefined, "n2 is as small");
  const status = { allocatable: { cpu: "16", memory: "16Gi", pods: "110" } };
  await world.client.patch(Node, { name: "n2" }, { type: "merge", patch: { status } }, { subresource: "status" });
  await world.settle(5000);
  assert.equal((await get(world, "large")).spec.nodeName, "n2");
});

test("gates, other schedulers and pods that are going are left alone", async () => {
  await using world = await createWorld({ controllers: [], nodes: ["n1"] });
  await makePod(world, "gated", "1", { schedulingGates: [{ name: "example.com/wait" }] });
  await makePod(world, "other", "1", { schedulerName: "mine" });
  await world.settle();
  assert.equal((await get(world, "gated")).spec.nodeName, undefined);
  assert.equal((await get(world, "other")).spec.nodeName, undefined);
  const patch = { type: "merge", patch: { spec: { schedulingGates: null } } } as const;
  await world.client.patch(Pod, { namespace: "default", name: "gated" }, patch);
  await world.settle();
  assert.equal((await get(world, "gated")).spec.nodeName, "n1");
});

test("an important pod takes the place of others, and says whose", async () => {
  await using world = await createWorld({ controllers: [], nodes: ["n1"] });
  await world.client.create(PriorityClass, { metadata: { name: "high" }, value: 1000 });
  await makePod(world, "a", "4");
  await makePod(world, "b", "4");
  await world.settle();
  const high = await makePod(world, "high", "3", { priorityClassName: "high" });
  await world.settle(100);
  const nominated = await get(world, "high");
  assert.equal(nominated.status.nominatedNodeName, "n1");
  await world.settle(5000);
  assert.equal((await get(world, "high")).spec.nodeName, "n1");
  const left = (await world.client.list(Pod)).items.map((p) => p.metadata.name);
  assert.equal(left.length, 2);
  assert.ok((await world.events()).some((e) => e === `Preempted: Preempted by pod ${high.metadata.uid} on node n1`));
});

test("two hundred pods fill twenty nodes evenly", async () => {
  const nodes = Array.from({ length: 20 }, (_, i) => `n${i}`);
  await using world = await createWorld({ controllers: [], nodes });
  for (let i = 0; i < 200; i++) await makePod(world, `p${i}`, "100m");
  await world.settle();
  const perNode = new Map<string, number>();
  for (const pod of (await world.client.list(Pod)).items)
    perNode.set(pod.spec.nodeName ?? "none", (perNode.get(pod.spec.nodeName ?? "none") ?? 0) + 1);
  assert.deepEqual([...new Set(perNode.values())], [10]);
});
