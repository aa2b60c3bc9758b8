// The part of the store's suite about watches: every change once, in order, from any revision that is kept.
import assert from "node:assert/strict";
import { test } from "node:test";
import { StoreClosed } from "./errors.ts";
import { bytes, change, changesUpTo, must, readUpTo } from "./store-steps.fake.ts";
import type { Revision, Store } from "./store.ts";

export function watchContract(open: () => Promise<Store>): void {
  test("a change shows what stood there before", async () => {
    await using store = await open();
    const after = await store.revision();
    const r1 = await must(store.put("a/1", bytes("1"), 0));
    await must(store.put("b/1", bytes("not asked for"), 0));
    const r2 = await must(store.put("a/1", bytes("2"), r1));
    const r3 = await must(store.delete("a/1", r2));
    const r4 = await must(store.put("a/1", bytes("4"), 0));
    const changes = await changesUpTo(store, { prefix: "a/", after, until: r4 });
    assert.deepEqual(changes.map(change), [
      [r1, "a/1", "1", undefined],
      [r2, "a/1", "2", "1"],
      [r3, "a/1", undefined, "2"],
      [r4, "a/1", "4", undefined],
    ]);
    assert.deepEqual(
      changes.map((c) => c.previous?.revision),
      [undefined, r1, r2, undefined],
    );
  });

  test("changes arrive as they happen, and the past is the same as the present", async () => {
    await using store = await open();
    const after = await store.revision();
    const stop = new AbortController();
    const live = store.watch("a", after, stop.signal)[Symbol.asyncIterator]();
    let revision = 0;
    for (let i = 0; i < 5; i++) {
      const next = live.next();
      revision = await must(store.put("a", bytes(String(i)), revision));
      const step = await next;
      assert.ok(!step.done);
      assert.deepEqual(step.value.changes.map(change), [
        [revision, "a", String(i), i === 0 ? undefined : String(i - 1)],
      ]);
    }
    stop.abort();
    const past = await changesUpTo(store, { prefix: "a", after, until: revision });
    assert.deepEqual(
      past.map((c) => Buffer.from(c.value!).toString()),
      ["0", "1", "2", "3", "4"],
    );
  });

  test("changes elsewhere are told as progress", async () => {
    await using store = await open();
    const after = await store.revision();
    const stop = new AbortController();
    const live = store.watch("a/", after, stop.signal);
    const watched = readUpTo(live, { after, until: after + 1 });
    const elsewhere = await must(store.put("b/1", bytes("1"), 0));
    assert.deepEqual(await watched, []);
    assert.deepEqual(await changesUpTo(store, { prefix: "a/", after, until: elsewhere }), []);
    stop.abort();
  });

  test("a watch can start at a revision that was just written", async () => {
    await using store = await open();
    let previous = await must(store.put("a", bytes("0"), 0));
    for (let i = 1; i <= 10; i++) {
      const stop = new AbortController();
      const step = store.watch("a", previous, stop.signal)[Symbol.asyncIterator]().next();
      const revision = await must(store.put("a", bytes(String(i)), previous));
      const batch = (await step).value as { changes: Parameters<typeof change>[0][] };
      assert.deepEqual(batch.changes.map(change), [[revision, "a", String(i), String(i - 1)]]);
      stop.abort();
      previous = revision;
    }
  });

  test("watches that start anywhere during a storm of writes miss nothing and repeat nothing", async () => {
    await using store = await open();
    const start = await store.revision();
    const revisions: Revision[] = [];
    const writer = async (name: string): Promise<void> => {
      let mine = 0;
      for (let i = 0; i < 40; i++) {
        mine = await must(store.put(`storm/${name}`, bytes(`${name}${i}`), mine));
        revisions.push(mine);
      }
    };
    const stop = new AbortController();
    const watches: { after: Revision; read: ReturnType<typeof store.watch> }[] = [];
    const watchFromHere = (after: Revision): number =>
      watches.push({ after, read: store.watch("storm/", after, stop.signal) });
    watchFromHere(start);
    const early = changesUpTo(store, { prefix: "storm/", after: start, until: start + 100 });
    const names = Array.from({ length: 10 }, (_, i) => `w${i}`);
    const writing = names.map(async (name, i) => {
      await writer(name);
      watchFromHere(i % 2 === 0 ? start : revisions[revisions.length >> 1]!);
    });
    await Promise.all([early, ...writing]);
    revisions.sort((a, b) => a - b);
    const until = revisions.at(-1)!;
    for (const { after, read } of watches) {
      const seen = await readUpTo(read, { after, until });
      assert.deepEqual(
        seen.map((c) => c.revision),
        revisions.filter((r) => r > after),
      );
    }
    stop.abort();
  });

  test("a watch ends quietly when it is aborted", async () => {
    await using store = await open();
    const after = await store.revision();
    assert.equal((await store.watch("", after, AbortSignal.abort())[Symbol.asyncIterator]().next()).done, true);

    const stop = new AbortController();
    const waiting = store.watch("", after, stop.signal)[Symbol.asyncIterator]();
    const step = waiting.next();
    await must(store.put("a", bytes("1"), 0));
    assert.equal((await step).done, false);
    const last = waiting.next();
    stop.abort();
    // Progress that was already on its way may come first.
    let end = await last;
    while (!end.done) end = await waiting.next();
    assert.equal((await waiting.next()).done, true);
  });

  test("a watch can be left", async () => {
    await using store = await open();
    const after = await store.revision();
    await must(store.put("a", bytes("1"), 0));
    for await (const batch of store.watch("", after, new AbortController().signal)) {
      assert.equal(batch.changes.length, 1);
      break;
    }
    await must(store.put("b", bytes("1"), 0));
  });

  test("closing the store ends its watches with an error", async () => {
    const store = await open();
    const after = await store.revision();
    const watch = store.watch("", after, new AbortController().signal)[Symbol.asyncIterator]();
    const first = watch.next();
    await must(store.put("a", bytes("1"), 0));
    await first;
    const drained = (async () => {
      for (;;) if ((await watch.next()).done) return;
    })();
    await Promise.all([store[Symbol.asyncDispose](), assert.rejects(drained, StoreClosed)]);
  });
}
