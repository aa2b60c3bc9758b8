// What every store does, whatever lies beneath: one suite, run by memory.test.ts, sqlite.test.ts and etcd.test.ts.
// Nothing here depends on absolute revisions or on their having no gaps, for an etcd is shared.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { StoreClosed } from "./errors.ts";
import { watchContract } from "./store-watch.contract.ts";
import { modelContract } from "./store-model.contract.ts";
import { bytes, must, text } from "./store-steps.fake.ts";
import { Compacted, FutureRevision, type Entry, type Store } from "./store.ts";

export interface ContractOptions {
  /** How many random sequences are compared with the model. */
  readonly runs?: number;
}

/** `open` gives an empty store, which the suite closes. */
export function storeContract(name: string, open: () => Promise<Store>, options: ContractOptions = {}): void {
  describe(name, { timeout: 120_000 }, () => {
    describe("reads and writes", () => writeContract(open));
    describe("lists", () => listContract(open));
    describe("history", () => historyContract(open));
    describe("watches", () => watchContract(open));
    describe("follows the model", () => modelContract(open, options.runs ?? 50));
  });
}

const keysOf = (entries: readonly Entry[]): string[] => entries.map((e) => e.key);

function writeContract(open: () => Promise<Store>): void {
  test("an empty store has a revision, but nothing else", async () => {
    await using store = await open();
    const revision = await store.revision();
    assert.ok(revision > 0);
    assert.deepEqual(await store.get("a"), { revision });
    assert.deepEqual(await store.list(""), { entries: [], revision, more: false, remaining: 0 });
  });

  test("a key is created, changed, deleted and created again, each at a newer revision", async () => {
    await using store = await open();
    const created = await must(store.put("a", bytes("1"), 0));
    const changed = await must(store.put("a", bytes("2"), created));
    assert.deepEqual(text((await store.get("a")).entry), ["a", "2", changed]);
    const deleted = await must(store.delete("a", changed));
    assert.deepEqual(await store.get("a"), { revision: deleted });
    const again = await must(store.put("a", bytes("3"), 0));
    assert.deepEqual(text((await store.get("a")).entry), ["a", "3", again]);
    assert.ok(created < changed && changed < deleted && deleted < again);
    assert.equal(await store.revision(), again);
  });

  test("a conflict is a value that shows what stands there, and changes nothing", async () => {
    await using store = await open();
    const standing = await must(store.put("a", bytes("1"), 0));
    for (const attempt of [
      store.put("a", bytes("2"), 0),
      store.put("a", bytes("2"), standing - 1),
      store.put("a", bytes("2"), standing + 1),
      store.delete("a", 0),
      store.delete("a", standing + 1),
    ]) {
      const commit = await attempt;
      assert.ok(!commit.ok);
      assert.deepEqual(text(commit.current), ["a", "1", standing]);
    }
    assert.deepEqual(await store.put("b", bytes("2"), standing), { ok: false });
    assert.deepEqual(await store.delete("b", standing), { ok: false });
    assert.deepEqual(await store.delete("b", 0), { ok: false });
    assert.equal(await store.revision(), standing);
  });

  test("values come back byte for byte", async () => {
    await using store = await open();
    const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);
    const values = [
      new Uint8Array(0),
      everyByte,
      everyByte.subarray(10, 20),
      Buffer.from("a piece of Node's pool"),
      new Uint8Array(1_000_000).fill(7),
    ];
    for (const [i, value] of values.entries()) await must(store.put(`v${i}`, value, 0));
    const { entries } = await store.list("v");
    assert.equal(entries.length, values.length);
    for (const [i, value] of values.entries()) {
      assert.equal(Buffer.compare(entries[i]!.value, value), 0);
      assert.equal(Buffer.compare((await store.get(`v${i}`)).entry!.value, value), 0);
    }
  });

  test("of many who write one key at once, one wins", async () => {
    await using store = await open();
    let expected = 0;
    for (let round = 0; round < 5; round++) {
      const attempts = Array.from({ length: 20 }, (_, i) => store.put("a", bytes(`${round}-${i}`), expected));
      const commits = await Promise.all(attempts);
      const winners = commits.flatMap((c, i) => (c.ok ? [{ i, revision: c.revision }] : []));
      assert.equal(winners.length, 1);
      const [{ i, revision }] = winners as [(typeof winners)[0]];
      assert.deepEqual(text((await store.get("a")).entry), ["a", `${round}-${i}`, revision]);
      for (const commit of commits) assert.ok(commit.ok || commit.current!.revision === revision);
      expected = revision;
    }
  });

  test("counting with retries loses nothing", async () => {
    await using store = await open();
    const increment = async (): Promise<void> => {
      for (;;) {
        const { entry } = await store.get("n");
        const next = bytes(String(Number(entry ? text(entry)[1] : 0) + 1));
        if ((await store.put("n", next, entry?.revision ?? 0)).ok) return;
      }
    };
    await Promise.all(Array.from({ length: 12 }, increment));
    assert.equal(text((await store.get("n")).entry)[1], "12");
  });

  test("writes of many keys at once all get revisions of their own", async () => {
    await using store = await open();
    const keys = Array.from({ length: 200 }, (_, i) => `k${i}`);
    const revisions = await Promise.all(keys.map((key) => must(store.put(key, bytes(key), 0))));
    assert.equal(new Set(revisions).size, keys.length);
    const { entries } = await store.list("k");
    assert.deepEqual(new Map(entries.map((e) => [e.key, e.revision])), new Map(keys.map((k, i) => [k, revisions[i]])));
  });

  test("a closed store refuses", async () => {
    const store = await open();
    await must(store.put("a", bytes("1"), 0));
    await store[Symbol.asyncDispose]();
    await assert.rejects(store.get("a"), StoreClosed);
    await assert.rejects(store.list(""), StoreClosed);
    await assert.rejects(store.put("a", bytes("1"), 0), StoreClosed);
    await assert.rejects(store.delete("a", 1), StoreClosed);
    await assert.rejects(store.compact(1), StoreClosed);
    await assert.rejects(store.revision(), StoreClosed);
    await store[Symbol.asyncDispose]();
  });

  test("its size grows with what is written", async () => {
    await using store = await open();
    for (let i = 0; i < 30; i++) await must(store.put(`big${i}`, new Uint8Array(100_000).fill(i), 0));
    assert.ok((await store.sizeBytes()) > 1_000_000);
  });
}

function listContract(open: () => Promise<Store>): void {
  test("keys are in the order of their UTF-8 bytes", async () => {
    await using store = await open();
    const keys = ["a", "a/", "a/b", "a0", "b", "~", "é", "\ud7ff", "\uffee", "\u{1f600}", "\u{10ffff}"];
    for (const key of keys.toReversed()) await must(store.put(key, bytes(key), 0));
    assert.deepEqual(keysOf((await store.list("")).entries), keys);
  });

  test("a prefix is text, not a folder", async () => {
    await using store = await open();
    for (const key of ["a", "a/", "a/b", "a/b/c", "a0", "b", "\ud7ff", "\ue000", "\u{10ffff}x"])
      await must(store.put(key, bytes(""), 0));
    const table: [string, string[]][] = [
      ["a", ["a", "a/", "a/b", "a/b/c", "a0"]],
      ["a/", ["a/", "a/b", "a/b/c"]],
      ["a/b/c", ["a/b/c"]],
      ["a/b/c/", []],
      ["\ud7ff", ["\ud7ff"]],
      ["\u{10ffff}", ["\u{10ffff}x"]],
    ];
    for (const [prefix, keys] of table) assert.deepEqual(keysOf((await store.list(prefix)).entries), keys);
  });

  test("pages show one revision while others write", async () => {
    await using store = await open();
    const keys = Array.from({ length: 25 }, (_, i) => `p/${String(i).padStart(2, "0")}`);
    for (const key of keys) await must(store.put(key, bytes("old"), 0));
    await must(store.put("q", bytes("beyond the prefix"), 0));
    let page = await store.list("p/", { limit: 10 });
    const seen = [...page.entries];
    const remaining = [page.remaining];
    while (page.more) {
      const last = page.entries.at(-1)!;
      await must(store.put(last.key, bytes("new"), last.revision));
      await must(store.put(`${last.key}-new`, bytes("new"), 0));
      const next = (await store.get(keys[seen.length]!)).entry!;
      await must(store.delete(next.key, next.revision));
      page = await store.list("p/", { at: page.revision, from: `${last.key}\0`, limit: 10 });
      seen.push(...page.entries);
      remaining.push(page.remaining);
    }
    assert.deepEqual(keysOf(seen), keys);
    assert.ok(seen.every((entry) => text(entry)[1] === "old"));
    assert.deepEqual(remaining, [15, 5, 0]);
  });

  test("a page that is exactly full says that nothing follows; no limit means all", async () => {
    await using store = await open();
    for (const key of ["a1", "a2", "a3", "b"]) await must(store.put(key, bytes(key), 0));
    const shape = async (limit?: number): Promise<unknown[]> => {
      const page = await store.list("a", limit === undefined ? {} : { limit });
      return [page.entries.length, page.more, page.remaining];
    };
    assert.deepEqual(await shape(2), [2, true, 1]);
    assert.deepEqual(await shape(3), [3, false, 0]);
    assert.deepEqual(await shape(9), [3, false, 0]);
    assert.deepEqual(await shape(0), [3, false, 0]);
    assert.deepEqual(await shape(), [3, false, 0]);
    assert.deepEqual(keysOf((await store.list("a", { from: "a2" })).entries), ["a2", "a3"]);
  });

  test("thousands of keys come in one list", async () => {
    await using store = await open();
    const keys = Array.from({ length: 2_500 }, (_, i) => `k${String(i).padStart(5, "0")}`);
    await Promise.all(keys.map((key) => must(store.put(key, bytes(key.repeat(10)), 0))));
    const page = await store.list("k");
    assert.deepEqual(keysOf(page.entries), keys);
    assert.ok(page.entries.every((e) => text(e)[1] === e.key.repeat(10)));
    const part = await store.list("k", { limit: 2_200 });
    assert.deepEqual([part.entries.length, part.more, part.remaining], [2_200, true, 300]);
  });
}

function historyContract(open: () => Promise<Store>): void {
  test("the past can be read", async () => {
    await using store = await open();
    const empty = await store.revision();
    const r1 = await must(store.put("a", bytes("1"), 0));
    const r2 = await must(store.put("b", bytes("2"), 0));
    const r3 = await must(store.put("a", bytes("3"), r1));
    const r4 = await must(store.delete("b", r2));
    const r5 = await must(store.put("b", bytes("5"), 0));
    const table: [number, [string, string, number][]][] = [
      [empty, []],
      [r1, [["a", "1", r1]]],
      [r2, [["a", "1", r1], ["b", "2", r2]]], // prettier-ignore
      [r3, [["a", "3", r3], ["b", "2", r2]]], // prettier-ignore
      [r4, [["a", "3", r3]]],
      [r5, [["a", "3", r3], ["b", "5", r5]]], // prettier-ignore
    ];
    for (const [at, expected] of table) {
      const page = await store.list("", { at });
      assert.equal(page.revision, at);
      assert.deepEqual(page.entries.map(text), expected);
      for (const key of ["a", "b"]) {
        const found = await store.get(key, at);
        assert.equal(found.revision, at);
        assert.deepEqual(found.entry && text(found.entry), expected.find(([k]) => k === key)); // prettier-ignore
      }
    }
  });

  test("compaction forgets the past and keeps the present", async () => {
    await using store = await open();
    const r1 = await must(store.put("a", bytes("1"), 0));
    const r2 = await must(store.put("b", bytes("2"), 0));
    const r3 = await must(store.put("a", bytes("3"), r1));
    const r4 = await must(store.delete("b", r2));
    await store.compact(r3);
    await store.compact(r1);
    const isCompacted = (error: unknown): boolean =>
      error instanceof Compacted && error.asked === r2 && error.oldest === r3;
    await assert.rejects(store.get("a", r2), isCompacted);
    await assert.rejects(store.list("", { at: r2 }), isCompacted);
    await assert.rejects(store.watch("", r2, new AbortController().signal)[Symbol.asyncIterator]().next(), isCompacted);
    assert.deepEqual((await store.list("", { at: r3 })).entries.map(text), [["a", "3", r3], ["b", "2", r2]]); // prettier-ignore
    assert.deepEqual((await store.list("")).entries.map(text), [["a", "3", r3]]);
    await store.compact(r4);
    assert.deepEqual((await store.list("")).entries.map(text), [["a", "3", r3]]);
    assert.ok((await store.revision()) >= r4); // other tests may share the server
    const r5 = await must(store.put("b", bytes("5"), 0));
    assert.ok(r5 > r4);
    assert.deepEqual((await store.list("", { at: r4 })).entries.map(text), [["a", "3", r3]]);
  });

  test("the future cannot be read", async () => {
    await using store = await open();
    const newest = await must(store.put("a", bytes("1"), 0));
    const isFuture = (error: unknown): boolean =>
      error instanceof FutureRevision && error.asked === newest + 100 && error.newest === newest;
    await assert.rejects(store.get("a", newest + 100), isFuture);
    await assert.rejects(store.list("", { at: newest + 100 }), isFuture);
    await assert.rejects(store.compact(newest + 100), isFuture);
    const watch = store.watch("", newest + 100, new AbortController().signal);
    await assert.rejects(watch[Symbol.asyncIterator]().next(), isFuture);
  });
}
