import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryStore } from "./memory.ts";
import { storeContract } from "./store.contract.ts";
import { bytes, must } from "./store-steps.fake.ts";
import { Compacted } from "./store.ts";

storeContract("memory store", async () => createMemoryStore(), { runs: 200 });

test("history beyond the limit is compacted on its own", async () => {
  await using store = createMemoryStore({ historyLimit: 3 });
  const revisions: number[] = [];
  for (let i = 0; i < 6; i++) revisions.push(await must(store.put("a", bytes(String(i)), revisions.at(-1) ?? 0)));
  await assert.rejects(store.get("a", revisions[1]), Compacted);
  assert.equal(Buffer.from((await store.get("a", revisions[2])).entry!.value).toString(), "2");
});

test("what is compacted no longer takes space", async () => {
  await using store = createMemoryStore();
  const used = async (): Promise<number> => store.sizeBytes();
  let revision = 0;
  for (let i = 0; i < 10; i++) revision = await must(store.put("a", new Uint8Array(100), revision));
  assert.equal(await used(), 10 * 101);
  await store.compact(revision);
  assert.equal(await used(), 101);
  revision = await must(store.delete("a", revision));
  await store.compact(revision);
  assert.equal(await used(), 0);
});

test("a watcher that falls behind is cut off", async () => {
  await using store = createMemoryStore({ watchLimits: { changes: 3, bytes: 1_000 } });
  const slow = store.watch("", await store.revision(), new AbortController().signal)[Symbol.asyncIterator]();
  const first = slow.next();
  await must(store.put("a", bytes("1"), 0));
  assert.equal((await first).value?.changes.length, 1);
  for (let i = 0; i < 4; i++) await must(store.put(`b${i}`, bytes("1"), 0));
  await assert.rejects(slow.next(), Compacted);
});

test("a watcher that falls behind by bytes is cut off too", async () => {
  await using store = createMemoryStore({ watchLimits: { changes: 1_000, bytes: 1_000 } });
  const slow = store.watch("", await store.revision(), new AbortController().signal)[Symbol.asyncIterator]();
  const first = slow.next();
  await must(store.put("a", new Uint8Array(2), 0));
  await first;
  await must(store.put("b", new Uint8Array(2_000), 0));
  await assert.rejects(slow.next(), Compacted);
});
