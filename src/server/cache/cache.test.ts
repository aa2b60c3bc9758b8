import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { KubeObject } from "#api/kind.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { silentLog } from "#base/log.ts";
import { settle } from "#server/api-server.fake.ts";
import { createMemoryStore } from "#store/memory.ts";
import { Compacted, type Store } from "#store/store.ts";
import type { Version } from "./history.ts";
import { Storage } from "./storage.ts";
import { storedForm, StoredObject } from "./stored-object.ts";
import { WatchCache } from "./watch-cache.ts";

const asStored: Version = { apiVersion: "v1", kind: "Thing", encode: (stored) => stored };
const thing = (name: string, app: string): KubeObject =>
  ({ kind: "Thing", apiVersion: "v1", metadata: { name, labels: { app } } }) as KubeObject;

test("the version is spliced in and can be cut out again", () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(json, json, fc.integer({ min: 1 }), (metadata, rest, revision) => {
      delete metadata["resourceVersion"];
      const object = { ...rest, kind: "Thing", apiVersion: "v1", metadata } as unknown as KubeObject;
      const { value } = storedForm(object);
      const stored = new StoredObject("k", revision, value);
      const parsed = JSON.parse(Buffer.from(stored.bytes).toString()) as KubeObject;
      assert.equal(parsed.metadata.resourceVersion, String(revision));
      assert.deepEqual(Buffer.from(stored.value), Buffer.from(value));
      assert.deepEqual(stored.object, parsed);
      const later = stored.at(revision + 1);
      assert.equal(later.object.metadata.resourceVersion, String(revision + 1));
    }),
  );
});

type Step =
  | { readonly type: "put"; readonly name: string; readonly app: string }
  | { readonly type: "delete"; readonly name: string }
  | { readonly type: "watch"; readonly back: number; readonly app: string };
const names = fc.constantFrom("a", "b", "c", "d");
const apps = fc.constantFrom("x", "y");
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant("put" as const), name: names, app: apps }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("delete" as const), name: names }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("watch" as const), back: fc.nat(6), app: apps }) },
  ),
  { maxLength: 40 },
);

/** What a client knows that follows a selection. */
interface Follower {
  readonly app: string;
  readonly known: Map<string, string>;
  readonly frames: AsyncIterator<readonly { type: string; encoded: { object: KubeObject } }[]>;
}

test("whoever follows a selection from any moment ends with the present", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const stop = new AbortController();
      const storage = new Storage({ store: createMemoryStore(), clock: new VirtualClock(), log: silentLog });
      await storage.load();
      const running = storage.follow(stop.signal);
      const cache = storage.cache("", "things");
      /** The selected objects at each revision. */
      const past: Map<string, string>[] = [];
      const model = new Map<string, string>();
      const note = (): void => void (past[storage.revision] = new Map(model));
      const followers: Follower[] = [];
      note();
      for (const step of all) {
        if (step.type === "watch") {
          const revision = Math.max(cache.since, storage.revision - step.back);
          const known = new Map([...(past[revision] ?? [])].filter(([, app]) => app === step.app));
          const matches = (object: KubeObject): boolean => object.metadata.labels?.["app"] === step.app;
          const options = { version: asStored, namespace: "", matches, bookmarks: false, limit: 1000 };
          const watcher = cache.watch(options, { type: "after", revision }, storage.revision);
          followers.push({ app: step.app, known, frames: watcher.frames() });
          continue;
        }
        const current = await storage.read(cache, step.name);
        if (step.type === "put") {
          await storage.put(cache, step.name, thing(step.name, step.app), current?.revision ?? 0);
          model.set(step.name, step.app);
        } else if (current) {
          await storage.delete(cache, current);
          model.delete(step.name);
        }
        await storage.catchUp(stop.signal);
        note();
      }
      assert.deepEqual(
        Array.from(cache.list(), (o) => [o.key, o.object.metadata.labels?.["app"]]),
        [...model].toSorted(([a], [b]) => (a < b ? -1 : 1)),
      );
      stop.abort();
      await running;
      for (const { app, known, frames } of followers) {
        for (let batch = await frames.next(); !batch.done; batch = await frames.next())
          for (const { type, encoded } of batch.value) {
            const { name } = encoded.object.metadata;
            const isKnown = known.has(name!);
            assert.equal(type === "ADDED", !isKnown, `${type} ${name}`);
            if (type === "DELETED") known.delete(name!);
            else known.set(name!, app);
          }
        assert.deepEqual([...known].toSorted(), [...model].filter(([, a]) => a === app).toSorted());
      }
    }),
    { numRuns: 150 },
  );
});

test("an object that this process wrote is not parsed again", async () => {
  const stop = new AbortController();
  const storage = new Storage({ store: createMemoryStore(), clock: new VirtualClock(), log: silentLog });
  await storage.load();
  const running = storage.follow(stop.signal);
  const cache = storage.cache("", "things");
  const written = await storage.put(cache, "a", thing("a", "x"), 0);
  await storage.catchUp(stop.signal);
  assert.ok(written.ok);
  assert.equal(cache.get("a"), written.stored);
  assert.deepEqual(await storage.put(cache, "a", thing("a", "y"), 0), { ok: false, current: written.stored });
  stop.abort();
  await running;
});

test("a slow watcher is ended, and so is every watcher when the store's history is lost", async () => {
  const store = createMemoryStore();
  let isLost = false;
  /** The store as it is, except that its history can get lost. */
  const forgetful: Store = Object.create(store, {
    watch: {
      value: async function* (prefix: string, after: number, signal: AbortSignal) {
        for await (const batch of store.watch(prefix, after, signal)) {
          if (isLost) {
            isLost = false;
            throw new Compacted(after, batch.upTo);
          }
          yield batch;
        }
      },
    },
    ...Object.fromEntries(
      (["get", "put", "list", "delete", "revision"] as const).map((name) => [name, { value: store[name].bind(store) }]),
    ),
  });
  const stop = new AbortController();
  const storage = new Storage({ store: forgetful, clock: new VirtualClock(), log: silentLog });
  await storage.load();
  const running = storage.follow(stop.signal);
  const cache = storage.cache("", "things");
  const options = { version: asStored, namespace: "", bookmarks: false };
  const slow = cache.watch({ ...options, limit: 2 }, { type: "after", revision: storage.revision }, storage.revision);
  const other = cache.watch({ ...options, limit: 99 }, { type: "after", revision: storage.revision }, storage.revision);
  for (const name of ["a", "b", "c"]) await storage.put(cache, name, thing(name, "x"), 0);
  await storage.catchUp(stop.signal);
  assert.deepEqual([slow.ended, other.ended], [true, false]);
  isLost = true;
  await storage.put(cache, "d", thing("d", "x"), 0);
  await storage.catchUp(stop.signal);
  await settle();
  assert.equal(other.ended, true);
  assert.deepEqual(
    Array.from(cache.list(), (o) => o.key),
    ["a", "b", "c", "d"],
  );
  assert.equal(cache.since, storage.revision);
  stop.abort();
  await running;
});

/** A cache of one resource; an object is of about `sizeBytes`. */
function bareCache(bytes: number): {
  cache: WatchCache;
  put: (revision: number, name: string, sizeBytes: number) => void;
} {
  const limits = { events: 100, bytes, ageMs: 60_000 };
  const cache = new WatchCache({ prefix: "/r/", since: 1, clock: new VirtualClock(), limits });
  const put = (revision: number, name: string, sizeBytes: number): void => {
    const { value } = storedForm({ ...thing(name, "x"), data: "x".repeat(sizeBytes) } as KubeObject);
    cache.apply({ key: `/r/${name}`, revision, value }, undefined);
  };
  return { cache, put };
}

test("the history is bounded by the bytes it holds", () => {
  const { cache, put } = bareCache(10_000);
  for (let revision = 2; revision <= 9; revision++) put(revision, "a", 3_000);
  assert.equal(cache.since, 6);
  put(10, "a", 50_000);
  assert.equal(cache.since, 9);
});

test("what there is at the start does not count against a watcher; what it leaves lying does", async () => {
  const { cache, put } = bareCache(1_000_000);
  for (let i = 0; i < 20; i++) put(i + 2, `n${i}`, 100);
  const options = { version: asStored, namespace: "", bookmarks: true, limit: 5, limitBytes: 10_000 };
  const first = cache.watch(options, { type: "present", endWithBookmark: true }, 21);
  assert.equal(first.ended, false);
  const batch = await first.frames().next();
  assert.equal((batch.value as readonly unknown[]).length, 21);
  for (let i = 0; i < 5; i++) put(30 + i, "n1", 100);
  assert.equal(first.ended, false);
  put(40, "n1", 10_000);
  assert.equal(first.ended, true);
  const second = cache.watch(options, { type: "after", revision: 40 }, 40);
  for (let i = 0; i < 6; i++) put(50 + i, "n1", 100);
  assert.equal(second.ended, true);
});
