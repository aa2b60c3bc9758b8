import { test } from "node:test";
import assert from "node:assert/strict";
import { ConfigMap } from "#api/core/config-map.ts";
import type { KubeObject } from "#api/kind.ts";
import { OwnerGraph } from "./owner-graph.ts";
import { planCollection, type OwnerState } from "./plan-collection.ts";

interface Shape {
  owners?: Record<string, OwnerState>;
  going?: boolean;
  finalizers?: string[];
}
const object = (uid: string, s: Shape = {}): KubeObject => ({
  metadata: {
    name: uid,
    uid,
    ...(s.going ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
    ...(s.finalizers ? { finalizers: s.finalizers } : {}),
    ownerReferences: Object.keys(s.owners ?? {}).map((owner) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      name: owner,
      uid: owner,
      blockOwnerDeletion: true,
    })),
  },
});
const waiting: Shape = { going: true, finalizers: ["foregroundDeletion"] };
const cases: [string, Shape, dependents: Shape[], expected: string][] = [
  ["no owners", {}, [], "keep"],
  ["an owner", { owners: { a: "solid" } }, [], "keep"],
  ["no owner left", { owners: { a: "absent" } }, [], "delete Background"],
  ["one of two left", { owners: { a: "absent", b: "solid" } }, [], "forget a"],
  ["one solid, one waiting", { owners: { a: "waiting", b: "solid" } }, [], "forget a"],
  ["the owner waits", { owners: { a: "waiting" } }, [], "delete Background"],
  ["the owner waits, and it has dependents itself", { owners: { a: "waiting" } }, [{}], "delete Foreground"],
  ["the owner is one of its dependents", { owners: { a: "waiting" } }, [waiting], "delete Foreground unblock"],
  ["it asked for its dependents to stay", { owners: { a: "absent" }, finalizers: ["orphan"] }, [], "delete Orphan"],
  [
    "it asked to wait for its dependents",
    { owners: { a: "absent" }, finalizers: ["foregroundDeletion"] },
    [],
    "delete Foreground",
  ],
  ["going already", { owners: { a: "absent" }, going: true }, [], "keep"],
  ["going with its dependents, one is left", waiting, [{ owners: { x: "waiting" } }], "wait 1"],
  [
    "going with its dependents, which is going with its own",
    waiting,
    [{ ...waiting, owners: { x: "waiting" } }],
    "wait 0",
  ],
  ["going with its dependents, none left", waiting, [], "finish"],
];
for (const [name, shape, shapes, expected] of cases)
  test(`collection: ${name}`, () => {
    const dependents = shapes.map((s, i) => object(`d${i}`, s));
    const plan = planCollection({
      object: object("x", shape),
      stateOf: (r) => shape.owners![r.uid]!,
      dependents,
      blocking: dependents.filter((d) => d.metadata.ownerReferences!.length > 0),
    });
    const text =
      plan.type === "delete"
        ? `delete ${plan.policy}${plan.unblock ? " unblock" : ""}`
        : plan.type === "forgetOwners"
          ? `forget ${[...plan.uids].join()}`
          : plan.type === "wait"
            ? `wait ${plan.for.length}`
            : plan.type;
    assert.equal(text, expected);
  });

test("the graph names the suspects of each change", () => {
  const graph = new OwnerGraph();
  const see = (now: KubeObject | undefined, old?: KubeObject) => {
    const { collect, orphan } = graph.observe(ConfigMap, now, old);
    return [[...collect].toSorted().join(), [...orphan].join()];
  };
  const child = object("child", { owners: { parent: "solid" } });
  const parent = object("parent");
  assert.deepEqual(see(child), ["child", ""], "its owner has not been seen");
  assert.deepEqual(see(parent), ["", ""]);
  const second = object("second", { owners: { parent: "solid" } });
  assert.deepEqual(see(second), ["", ""], "its owner is there");
  const inForeground = object("parent", waiting);
  assert.deepEqual(see(inForeground, parent), ["child,parent,second", ""]);
  assert.deepEqual(
    graph
      .blocking("parent")
      .map((n) => n.uid)
      .toSorted(),
    ["child", "second"],
  );
  assert.deepEqual(see(undefined, second), ["parent", ""], "the owner waits for it");
  const freed = object("child");
  assert.deepEqual(see(freed, child), ["parent", ""]);
  assert.deepEqual(graph.dependents("parent"), []);
  assert.deepEqual(see(object("o", { going: true, finalizers: ["orphan"] })), ["", "o"]);
  const late = object("late", { owners: { o: "solid" } });
  see(late);
  assert.deepEqual(see(undefined, object("o")), ["late", ""]);
  const again = object("again", { owners: { o: "solid" } });
  assert.deepEqual(see(again), ["again", ""], "an owner that has gone");
  const remade = { metadata: { ...again.metadata, uid: "again2", ownerReferences: [] } };
  assert.deepEqual(see(remade, again), ["", ""], "another object of the same name");
  assert.equal(graph.node("again"), undefined);
});
