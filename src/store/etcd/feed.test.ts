import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { VirtualClock } from "#base/clock.fake.ts";
import { silentLog } from "#base/log.ts";
import { EtcdFeed } from "./feed.ts";
import type { EventBatch } from "./history.ts";
import { etcdKeys } from "./keys.ts";
import { Compacted, type Batch } from "#store/store.ts";

const events = (upTo: number, key?: string): EventBatch => ({
  upTo,
  changes: key === undefined ? [] : [{ key, revision: upTo, value: Buffer.from(key) }],
  isProgress: false,
});
const progress = (upTo: number): EventBatch => ({ upTo, changes: [], isProgress: true });

/** A feed whose etcd plays `connections`, one after the other; each ends in an error, the last one waits. */
function feedOf(connections: readonly (readonly (EventBatch | Error)[])[]) {
  const clock = new VirtualClock();
  const startedAt: number[] = [];
  let fences = 0;
  const history = {
    async *events(after: number, signal: AbortSignal): AsyncGenerator<EventBatch> {
      startedAt.push(after);
      for (const step of connections[startedAt.length - 1] ?? [])
        if (step instanceof Error) throw step;
        else yield step;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  };
  const client = { call: async () => ({ header: { revision: ++fences } }) as never };
  const stop = new AbortController();
  const feed = new EtcdFeed({ client, history, keys: etcdKeys("/t"), clock, log: silentLog }, 10);
  const seen: Batch[] = [];
  const reading = (async () => {
    for await (const batch of feed.hub.follow("", 10, stop.signal)) seen.push(batch);
  })();
  const running = feed.run(stop.signal);
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await turn();
    while (clock.runNext(clock.now() + 10_000)) await turn();
  };
  const end = async (): Promise<void> => {
    stop.abort();
    await Promise.all([running, reading.catch(() => undefined)]);
  };
  return { feed, seen, reading, startedAt, settle, end, fences: () => fences };
}

test("a broken watch goes on where it stopped", async () => {
  const run = feedOf([
    [events(11, "a"), events(12), new Error("broken")],
    [new Error("still broken")],
    [events(15, "b")],
  ]);
  await run.settle();
  assert.deepEqual(run.startedAt, [10, 12, 12]);
  assert.deepEqual(
    run.seen.flatMap((batch) => batch.changes.map((c) => c.key)),
    ["a", "b"],
  );
  assert.equal(run.seen.at(-1)!.upTo, 15);
  await run.end();
});

test("progress moves the watchers but is no event that history could deliver", async () => {
  const run = feedOf([[events(11, "a"), progress(20)]]);
  await run.settle();
  assert.deepEqual([run.feed.hub.revision, run.feed.lastEvent, run.seen.at(-1)!.upTo], [20, 11, 20]);
  await run.end();
});

test("when history is gone, watchers are cut off and the watch starts over", async () => {
  const run = feedOf([[events(11, "a"), new Compacted(11, 30)], [events(31, "b")]]);
  await Promise.all([run.settle(), assert.rejects(run.reading, Compacted)]);
  assert.deepEqual(run.startedAt, [10, 30]);
  assert.deepEqual([run.feed.hub.revision, run.feed.lastEvent], [31, 31]);
  await run.end();
});

test("the fence is written only when the watch does not get there on its own", async () => {
  const quick = feedOf([[events(11, "a")]]);
  quick.feed.reach(11);
  await quick.settle();
  assert.equal(quick.fences(), 0);
  await quick.end();
  const stuck = feedOf([[events(11, "a")]]);
  for (const revision of [12, 13, 12]) stuck.feed.reach(revision);
  await stuck.settle();
  assert.equal(stuck.fences(), 1);
  await stuck.end();
});
