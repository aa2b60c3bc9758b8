import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Hub, watchFrom } from "./hub.ts";
import { Compacted, type Batch, type Change } from "./store.ts";

const put = (revision: number, key = "a"): Change => ({ key, revision, value: Buffer.from(`${revision}`) });
const never = new AbortController().signal;
const revisions = (batch: Batch | void): number[] => batch!.changes.map((c) => c.revision);

test("a watcher that is ahead of the hub gets only what it has not seen", async () => {
  const hub = new Hub(5);
  const ahead = hub.follow("", 7, never);
  const first = ahead.next();
  hub.publish([put(6)], 6);
  hub.publish([put(7), put(8)], 8);
  assert.deepEqual(revisions((await first).value), [8]);
});

test("what gathers while nobody reads comes as one batch", async () => {
  const hub = new Hub(1);
  const feed = hub.follow("a", 1, never);
  const first = feed.next();
  hub.publish([put(2)], 2);
  await first;
  hub.publish([put(3), put(4, "b")], 4);
  hub.publish([put(5)], 6);
  const batch = (await feed.next()).value;
  assert.deepEqual([revisions(batch), batch!.upTo], [[3, 5], 6]);
});

test("progress without changes is told once a turn", async () => {
  const hub = new Hub(1);
  const seen: number[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const batch of hub.follow("none", 1, stop.signal)) seen.push(batch.upTo);
  })();
  for (let revision = 2; revision <= 10; revision++) {
    hub.publish([put(revision)], revision);
    await Promise.resolve();
  }
  assert.deepEqual(seen, []);
  await turn();
  assert.deepEqual(seen, [10]);
  stop.abort();
  await reading;
});

test("one who does not read is cut off, the others are not", async () => {
  const hub = new Hub(1, { changes: 2, bytes: 1_000 });
  const slow = hub.follow("", 1, never);
  const quick = hub.follow("", 1, never);
  const both = Promise.all([slow.next(), quick.next()]);
  hub.publish([put(2)], 2);
  await both;
  for (const revision of [3, 4, 5]) {
    const next = quick.next();
    hub.publish([put(revision)], revision);
    assert.deepEqual(revisions((await next).value), [revision]);
  }
  await assert.rejects(slow.next(), (error) => error instanceof Compacted && error.asked === 2 && error.oldest === 5);
});

test("history is read until the present is reached, whatever happens meanwhile", async () => {
  const hub = new Hub(4);
  const log = [put(2), put(3), put(4)];
  const publish = (revision: number): void => {
    log.push(put(revision));
    hub.publish([put(revision)], revision);
  };
  const watch = watchFrom({
    hub,
    prefix: "",
    after: 1,
    signal: never,
    behind: (position) => position < hub.revision,
    read: async (position) => {
      if (hub.revision < 8) publish(hub.revision + 1);
      await turn();
      return { upTo: position + 1, changes: log.filter((c) => c.revision === position + 1) };
    },
  });
  const seen: number[] = [];
  for await (const batch of watch) {
    seen.push(...revisions(batch));
    if (seen.at(-1) === 8) setImmediate(() => publish(9));
    if (seen.at(-1) === 9) break;
  }
  assert.deepEqual(seen, [2, 3, 4, 5, 6, 7, 8, 9]);
});

test("closing ends watchers, also those that come later", async () => {
  const hub = new Hub(1);
  const waiting = hub.follow("", 1, never).next();
  hub.close(new Error("closed"));
  await assert.rejects(waiting, /closed/);
  await assert.rejects(hub.follow("", 1, never).next(), /closed/);
});
