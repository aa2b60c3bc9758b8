import { test } from "node:test";
import assert from "node:assert/strict";
import { ConfigMap } from "#api/core/config-map.ts";
import { keyOf, type KubeObject } from "#api/kind.ts";
import type { Client } from "#client/client.ts";
import type { ChangeHandler, Informer } from "#client/informer.ts";
import { OwnWrites } from "./own-writes.ts";

const map = (name: string, version: number, more: object = {}): KubeObject => ({
  metadata: { name, namespace: "ns", uid: `uid-${name}`, resourceVersion: String(version), ...more },
});
/** An informer that shows what it is told to show. */
function lateInformer() {
  const objects = new Map<string, KubeObject>();
  const handlers = new Set<ChangeHandler<KubeObject>>();
  const show = (object: KubeObject | undefined, old?: KubeObject): void => {
    const key = keyOf((object ?? old)!);
    const before = objects.get(key);
    if (object) objects.set(key, object);
    else objects.delete(key);
    for (const handler of handlers) handler(object, before ?? old);
  };
  const informer = {
    kind: ConfigMap,
    get: (key: string) => objects.get(key),
    onChange(handler: ChangeHandler<KubeObject>) {
      handlers.add(handler);
      return { [Symbol.dispose]: () => handlers.delete(handler) };
    },
  } as unknown as Informer<KubeObject>;
  return { informer, show };
}
function setUp(answers: { create?: KubeObject; delete?: object }) {
  const { informer, show } = lateInformer();
  const seen: string[] = [];
  let now = 0;
  const writes = new OwnWrites({
    informers: new Map([[ConfigMap, informer]]),
    now: () => now,
    seen: (key) => seen.push(key),
  });
  writes.follow();
  const server = {
    create: () => Promise.resolve(answers.create),
    delete: () => Promise.resolve(answers.delete),
  } as unknown as Client;
  return { writes, show, seen, client: writes.client(server, "k"), pass: (ms: number) => void (now += ms) };
}

test("a key waits until its informer shows what it wrote, and is told then", async () => {
  const { writes, show, seen, client } = setUp({ create: map("a", 7) });
  await client.create(ConfigMap, {});
  assert.equal(writes.isCurrent("k"), false);
  assert.equal(writes.isCurrent("other"), true, "others do not wait");
  show(map("b", 6));
  assert.equal(writes.isCurrent("k"), false);
  show(map("a", 7));
  assert.deepEqual(seen, ["k"]);
  assert.equal(writes.isCurrent("k"), true);
});

test("what came before the answer counts, even when the object has gone again", async () => {
  const { writes, show, client } = setUp({ create: map("a", 7) });
  show(map("a", 7));
  show(undefined, map("a", 7));
  await client.create(ConfigMap, {});
  assert.equal(writes.isCurrent("k"), true);
});

test("a later version of anything of the kind shows that the watch is past it", async () => {
  const { writes, show, client } = setUp({ create: map("a", 7) });
  await client.create(ConfigMap, {});
  show(map("z", 9));
  assert.equal(writes.isCurrent("k"), true);
});

test("a deletion is seen when the object, by its uid, is gone", async () => {
  const { writes, show, seen, client } = setUp({ delete: { kind: "Status" } });
  show(map("a", 3));
  await client.delete(ConfigMap, { namespace: "ns", name: "a" });
  assert.equal(writes.isCurrent("k"), false);
  show(map("a", 12, { uid: "another" }));
  assert.deepEqual(seen, ["k"]);
});

test("an object that lingers is seen with its new version", async () => {
  const { writes, show, client } = setUp({ delete: map("a", 8, { deletionTimestamp: "2026-01-01T00:00:00Z" }) });
  show(map("a", 3));
  await client.delete(ConfigMap, { namespace: "ns", name: "a" });
  assert.equal(writes.isCurrent("k"), false);
  show(map("a", 8, { deletionTimestamp: "2026-01-01T00:00:00Z" }));
  assert.equal(writes.isCurrent("k"), true);
});

test("nobody waits for ever", async () => {
  const { writes, client, pass } = setUp({ create: map("a", 7) });
  await client.create(ConfigMap, {});
  assert.equal(writes.isCurrent("k"), false);
  pass(59_000);
  assert.equal(writes.isCurrent("k"), false);
  pass(2_000);
  assert.equal(writes.isCurrent("k"), true);
});
