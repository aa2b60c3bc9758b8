import { test } from "node:test";
import assert from "node:assert/strict";
import { ConfigMap } from "#api/core/config-map.ts";
import { Namespace } from "#api/core/namespace.ts";
import { kinds } from "#api/kinds.ts";
import { createWorld, type World } from "#controllers/world.fake.ts";
import { createGarbageCollector } from "./garbage-collector.ts";

const start = (): Promise<World> => createWorld({ controllers: [createGarbageCollector(kinds)], runsPods: false });
interface Owner {
  readonly of: ConfigMap;
  readonly uid?: string;
  readonly block?: boolean;
}
const reference = ({ of, uid, block }: Owner) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  name: of.metadata.name!,
  uid: uid ?? of.metadata.uid!,
  ...(block ? { blockOwnerDeletion: true } : {}),
});
const make = (world: World, name: string, owners: Owner[] = [], finalizers: string[] = [], namespace = "default") =>
  world.client.create(ConfigMap, {
    metadata: { name, namespace, finalizers, ownerReferences: owners.map(reference) },
  });
const names = async (world: World): Promise<string> =>
  (await world.client.list(ConfigMap)).items
    .filter((m) => m.metadata.namespace !== "kube-system") // the server has some of its own
    .map((m) => `${m.metadata.name}${m.metadata.deletionTimestamp ? "!" : ""}`)
    .toSorted()
    .join(" ");
const remove = (world: World, name: string, propagationPolicy?: "Orphan" | "Background" | "Foreground") =>
  world.client.delete(ConfigMap, { namespace: "default", name }, propagationPolicy ? { propagationPolicy } : {});
const release = (world: World, name: string) =>
  world.client.patch(
    ConfigMap,
    { namespace: "default", name },
    { type: "merge", patch: { metadata: { finalizers: null } } },
  );

test("in the background dependents follow, generation after generation", async () => {
  await using world = await start();
  const a = await make(world, "a");
  const b = await make(world, "b", [{ of: a }]);
  await make(world, "c", [{ of: b }]);
  await world.settle();
  assert.equal(await names(world), "a b c");
  await remove(world, "a");
  await world.settle();
  assert.equal(await names(world), "");
});

test("in the foreground the owner waits for those that block it, and only for those", async () => {
  await using world = await start();
  const a = await make(world, "a");
  await make(world, "blocking", [{ of: a, block: true }], ["example.com/hold"]);
  await make(world, "free", [{ of: a }], ["example.com/hold"]);
  await world.settle();
  await remove(world, "a", "Foreground");
  await world.settle();
  assert.equal(await names(world), "a! blocking! free!");
  await release(world, "blocking");
  await world.settle();
  assert.equal(await names(world), "free!");
});

test("orphans stay and forget their owner", async () => {
  await using world = await start();
  const a = await make(world, "a");
  await make(world, "b", [{ of: a }]);
  await world.settle();
  await remove(world, "a", "Orphan");
  await world.settle();
  assert.equal(await names(world), "b");
  const b = await world.client.get(ConfigMap, { namespace: "default", name: "b" });
  assert.deepEqual(b.metadata.ownerReferences ?? [], []);
});

test("one owner of two gone: the dependent stays and forgets it, unless the other goes as well", async () => {
  await using world = await start();
  const [a, b] = [await make(world, "a"), await make(world, "b")];
  await make(world, "c", [{ of: a }, { of: b, block: true }]);
  await world.settle();
  await remove(world, "a", "Foreground");
  await world.settle();
  assert.equal(await names(world), "b c");
  const c = await world.client.get(ConfigMap, { namespace: "default", name: "c" });
  assert.deepEqual(
    c.metadata.ownerReferences?.map((r) => r.name),
    ["b"],
  );
  await remove(world, "b", "Foreground");
  await world.settle();
  assert.equal(await names(world), "");
});

test("an owner of another uid, kind or namespace is none", async () => {
  await using world = await start();
  const a = await make(world, "a");
  await world.client.create(Namespace, { metadata: { name: "other" } });
  await make(world, "uid", [{ of: a, uid: "11111111-1111-1111-1111-111111111111" }]);
  await make(world, "namespace", [{ of: a }], [], "other");
  const wrong = { ...reference({ of: a }), kind: "Secret" };
  await world.client.create(ConfigMap, {
    metadata: { name: "kind", namespace: "default", ownerReferences: [wrong] },
  });
  await world.settle();
  assert.equal(await names(world), "a");
});

test("two that own each other go together in the foreground", async () => {
  await using world = await start();
  const a = await make(world, "a");
  const b = await make(world, "b", [{ of: a, block: true }]);
  const ownerReferences = [reference({ of: b, block: true })];
  await world.client.patch(
    ConfigMap,
    { namespace: "default", name: "a" },
    { type: "merge", patch: { metadata: { ownerReferences } } },
  );
  await world.settle();
  assert.equal(await names(world), "a b");
  await remove(world, "a", "Foreground");
  await world.settle();
  assert.equal(await names(world), "");
});
