import { test } from "node:test";
import assert from "node:assert/strict";
import type { Pod } from "#api/core/pod.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { decisionPlugins } from "./plugins/all.ts";
import { SchedulingQueue } from "./queue.ts";
import { node, pod } from "./scheduler.fake.ts";
import { Snapshot } from "./snapshot.ts";

function setUp(pods: Pod[] = []) {
  const clock = new VirtualClock();
  const queue = new SchedulingQueue({ clock, plugins: decisionPlugins, snapshot: new Snapshot() });
  for (const p of pods) queue.set(p);
  const pass = (ms: number): void => {
    const until = clock.now() + ms;
    while (clock.runNext(until));
    clock.moveTo(until);
  };
  const popNames = (): string[] => {
    const names: string[] = [];
    for (let q = queue.pop(); q; q = queue.pop()) names.push(q.facts.pod.metadata.name!);
    return names;
  };
  return { clock, queue, pass, popNames };
}
const fit = new Set(["NodeResourcesFit"]);

test("important pods first, then in the order of arrival", () => {
  const { queue, popNames, pass } = setUp();
  for (const [name, priority] of [
    ["a", 0],
    ["b", 0],
    ["c", 5],
    ["d", 0],
  ] as const) {
    queue.set(pod(name, { priority }));
    pass(1);
  }
  assert.deepEqual(popNames(), ["c", "a", "b", "d"]);
});

test("a refused pod waits for a change that its plugins care for, and backs off first", () => {
  const { queue, pass } = setUp([pod("p", { cpu: "2" })]);
  queue.refused(queue.pop()!, fit);
  queue.changed({ of: "node", object: node("small", { cpu: "1" }) });
  assert.equal(queue.counts.unschedulable, 1, "a node that is too small does not help");
  queue.changed({ of: "namespace" });
  assert.equal(queue.counts.unschedulable, 1);
  queue.changed({ of: "node", object: node("large") });
  assert.deepEqual(queue.counts, { active: 0, backoff: 1, unschedulable: 0, gated: 0 });
  pass(999);
  assert.equal(queue.pop(), undefined);
  pass(1);
  assert.equal(queue.pop()?.attempts, 2);
});

test("back-off doubles from one to ten seconds, and none is due when it has passed while waiting", () => {
  const { queue, pass, clock } = setUp([pod("p", { cpu: "2" })]);
  const waits: number[] = [];
  for (let i = 0; i < 7; i++) {
    queue.refused(queue.pop()!, fit);
    const since = clock.now();
    queue.changed({ of: "assignedPod", old: pod("x", { on: "n" }) });
    while (queue.counts.active === 0) pass(500);
    waits.push(clock.now() - since);
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
  queue.refused(queue.pop()!, fit);
  pass(60_000);
  queue.changed({ of: "assignedPod", old: pod("x", { on: "n" }) });
  assert.equal(queue.counts.active, 1);
});

test("nothing waits longer than five minutes", () => {
  const { queue, pass, popNames } = setUp([pod("p"), pod("q")]);
  for (let q = queue.pop(); q; q = queue.pop()) queue.refused(q, fit);
  pass(299_000);
  assert.deepEqual(popNames(), []);
  pass(1_000);
  assert.deepEqual(popNames(), ["p", "q"]);
});

test("gates keep a pod aside until its owner removes the last", () => {
  const gated = (names: string[], generation: number): Pod =>
    pod("p", { spec: { schedulingGates: names.map((name) => ({ name })) }, metadata: { generation } });
  const { queue, popNames, pass } = setUp([gated(["a", "b"], 1)]);
  assert.equal(queue.counts.gated, 1);
  queue.set(gated(["b"], 2));
  queue.changed({ of: "node", object: node("n") });
  pass(600_000);
  assert.deepEqual(popNames(), []);
  queue.set(gated([], 3));
  assert.deepEqual(popNames(), ["p"]);
});

test("what the scheduler writes to the pod's status does not wake it, a change of its spec does", () => {
  const { queue } = setUp([pod("p", { metadata: { generation: 1 } })]);
  queue.refused(queue.pop()!, fit);
  queue.set(pod("p", { metadata: { generation: 1, labels: {} }, status: { conditions: [] } }));
  assert.equal(queue.counts.unschedulable, 1);
  queue.set(pod("p", { metadata: { generation: 2 } }));
  assert.equal(queue.counts.unschedulable, 0);
});

test("a pod that is gone does not come back", () => {
  const { queue, pass } = setUp([pod("p"), pod("q")]);
  const p = queue.pop()!;
  queue.delete("p");
  queue.failed(p);
  queue.refused(p, fit);
  queue.delete("q");
  pass(1_000_000);
  assert.deepEqual(queue.counts, { active: 0, backoff: 0, unschedulable: 0, gated: 0 });
});

test("a failed binding is tried again after its back-off", () => {
  const { queue, pass } = setUp([pod("p")]);
  queue.failed(queue.pop()!);
  assert.equal(queue.counts.backoff, 1);
  pass(1000);
  assert.equal(queue.pop()?.attempts, 2);
});
