import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { DaemonSet } from "#api/apps/daemon-set.ts";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { addNode, createWorld, type World } from "#controllers/world.fake.ts";
import { createDaemonSetController } from "./daemon-set-controller.ts";
import { planDaemonSet } from "./plan-daemon-set.ts";

interface NodeShape {
  taint?: string;
  labels?: Record<string, string>;
}
const node = (name: string, s: NodeShape = {}): Node =>
  ({
    metadata: { name, labels: s.labels ?? {} },
    spec: s.taint ? { taints: [{ key: s.taint.split(":")[0], effect: s.taint.split(":")[1] }] } : {},
    status: {},
  }) as unknown as Node;
/** "a": up and new on node a; "old", "!" not ready, "~" going, "x" failed. */
const pod = (text: string, i: number): Pod => {
  const [name = "", ...flags] = text.split(".");
  const on = (flag: string): boolean => flags.includes(flag);
  return {
    metadata: {
      name: `p${i}`,
      creationTimestamp: `2026-01-01T00:00:0${i}Z`,
      labels: { "controller-revision-hash": on("old") ? "old" : "new" },
      ...(on("~") ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
    },
    spec: { nodeName: name },
    status: {
      phase: on("x") ? "Failed" : "Running",
      conditions: [{ type: "Ready", status: on("!") || on("x") ? "False" : "True" }],
    },
  } as unknown as Pod;
};
const set = (spec: object = {}): DaemonSet =>
  ({
    metadata: { name: "ds", namespace: "ns", uid: "D" },
    spec: { template: { metadata: {}, spec: { containers: [] } }, updateStrategy: { type: "RollingUpdate" }, ...spec },
    status: {},
  }) as unknown as DaemonSet;
const rolling = (maxUnavailable: number | string, maxSurge: number | string = 0) => ({
  updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable, maxSurge } },
});
const four = ["a", "b", "c", "d"].map((n) => node(n));
const plan = (spec: object, nodes: Node[], pods: string[]) => {
  const p = planDaemonSet({ set: set(spec), nodes, pods: pods.map(pod), hash: "new", now: 0 });
  const on = (list: readonly Pod[]): string => list.map((x) => `-${x.spec.nodeName}`).join(" ");
  return [p.create.map((n) => `+${n}`).join(" "), on(p.remove), on(p.finished)].filter(Boolean).join(" ");
};

describe("steps of a DaemonSet", () => {
  const selector = { template: { metadata: {}, spec: { containers: [], nodeSelector: { disk: "ssd" } } } };
  const cases: [string, object, Node[], string[], string][] = [
    ["one on each node", {}, four, ["b"], "+a +c +d"],
    ["complete", {}, four, ["a", "b", "c", "d"], ""],
    ["a going pod is waited for", {}, four, ["a.~", "b", "c", "d"], ""],
    ["only where the selector matches", selector, [node("a"), node("b", { labels: { disk: "ssd" } })], [], "+b"],
    ["not where it matches no longer", selector, [node("a")], ["a"], "-a"],
    ["not on tainted nodes", {}, [node("a", { taint: "team:NoSchedule" })], [], ""],
    ["but those that are there stay", {}, [node("a", { taint: "team:NoSchedule" })], ["a"], ""],
    ["unless they must not", {}, [node("a", { taint: "team:NoExecute" })], ["a"], "-a"],
    [
      "what a node may suffer is tolerated",
      {},
      [node("a", { taint: "node.kubernetes.io/not-ready:NoExecute" })],
      [],
      "+a",
    ],
    ["of two on a node the younger goes", {}, [node("a")], ["a", "a"], "-a"],
    ["failed pods are replaced", {}, [node("a")], ["a.x"], "-a"],
    ["an update removes one at a time", {}, four, ["a.old", "b.old", "c.old", "d.old"], "-a"],
    ["and waits for the new one", {}, four, ["a.!", "b.old", "c.old", "d.old"], ""],
    ["old pods that do not serve go at once", {}, four, ["a.old.!", "b.old.!", "c.old", "d.old"], "-a -b"],
    ["as many as may be missing", rolling("50%"), four, ["a.old", "b.old", "c.old", "d.old"], "-a -b"],
    ["a going pod counts as missing", rolling(2), four, ["a.~.old", "b.old", "c.old", "d.old"], "-b"],
    ["with surge new ones come first", rolling(0, 2), four, ["a.old", "b.old", "c.old", "d.old"], "+a +b"],
    ["old ones go when the new serve", rolling(0, 2), four, ["a.old", "a", "b.old", "b.!", "c.old", "d.old"], "+c -a"],
    ["on deletion only", { updateStrategy: { type: "OnDelete" } }, four, ["a.old", "b.old", "c", "d"], ""],
  ];
  for (const [name, spec, nodes, pods, expected] of cases)
    test(name, () => assert.equal(plan(spec, nodes, pods), expected));
  test("the status counts nodes", () => {
    const tainted = node("e", { taint: "team:NoSchedule" });
    const pods = ["a", "b.old", "c.!", "e"].map(pod);
    const { status } = planDaemonSet({ set: set(), nodes: [...four, tainted], pods, hash: "new", now: 0 });
    assert.deepEqual(
      [
        status.desiredNumberScheduled,
        status.currentNumberScheduled,
        status.numberMisscheduled,
        status.numberReady,
        status.updatedNumberScheduled,
        status.numberAvailable,
        status.numberUnavailable,
      ],
      [4, 3, 1, 2, 2, 2, 2],
    );
  });
});

const key = { namespace: "default", name: "agent" };
const template = (image: string) => ({
  metadata: { labels: { app: "agent" } },
  spec: { containers: [{ name: "c", image }] },
});
const placed = async (world: World): Promise<string[]> =>
  (await world.client.list(Pod)).items.map((p) => `${p.spec.nodeName} ${p.spec.containers[0]!.image}`).toSorted();

test("each node has its pod, placed by the scheduler; new nodes get theirs, updates replace all", async () => {
  await using world = await createWorld({ controllers: [createDaemonSetController()] });
  const spec = { selector: { matchLabels: { app: "agent" } }, template: template("v1") };
  await world.client.create(DaemonSet, { metadata: key, spec });
  await world.settle();
  assert.deepEqual(await placed(world), ["n1 v1", "n2 v1"]);
  await addNode(world.client, "n3", world.clock.now());
  await world.client.patch(Node, { name: "n3" }, { type: "merge", patch: { spec: { unschedulable: true } } });
  await world.settle();
  assert.deepEqual(await placed(world), ["n1 v1", "n2 v1", "n3 v1"]);
  await world.client.patch(DaemonSet, key, { type: "strategic", patch: { spec: { template: template("v2") } } });
  await world.settle();
  assert.deepEqual(await placed(world), ["n1 v2", "n2 v2", "n3 v2"]);
  const { status } = await world.client.get(DaemonSet, key);
  assert.deepEqual([status.desiredNumberScheduled, status.numberReady, status.updatedNumberScheduled], [3, 3, 3]);
  await world.client.patch(DaemonSet, key, {
    type: "strategic",
    patch: { spec: { template: { spec: { nodeSelector: { "kubernetes.io/hostname": "n2" } } } } },
  });
  await world.settle();
  assert.deepEqual(await placed(world), ["n2 v2"]);
});

test("a pod that fails is made anew, more and more slowly", async () => {
  await using world = await createWorld({ controllers: [createDaemonSetController()], nodes: ["n1"] });
  const spec = { selector: { matchLabels: { app: "agent" } }, template: template("v1") };
  await world.client.create(DaemonSet, { metadata: key, spec });
  await world.settle();
  let made = 0;
  world.informers.informer(Pod).onChange((pod, old) => void (pod && !old && made++));
  for (let i = 0; i < 20; i++) {
    const [current] = (await world.client.list(Pod)).items;
    const name = { namespace: "default", name: current!.metadata.name! };
    const patch = { type: "merge", patch: { status: { phase: "Failed" } } } as const;
    await world.client.patch(Pod, name, patch, { subresource: "status" });
    await world.settle(1000);
  }
  assert.ok(made >= 4 && made <= 7, `${made} pods in 20 s`);
  assert.ok(
    (await world.events()).some((e) =>
      /^FailedDaemonPod: Found failed daemon pod default\/agent-\w+ on node n1, will try to kill it$/.test(e),
    ),
  );
});
