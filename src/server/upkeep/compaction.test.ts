import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { silentLog } from "#base/log.ts";
import { compactHistory } from "./compaction.ts";

test("history is forgotten when it is five minutes old, and not before", async () => {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const compacted: string[] = [];
  const start = clock.now();
  let fails = false;
  const minutes = (): number => Math.floor((clock.now() - start) / 60_000);
  const store = {
    // As if there was one change a minute for seven minutes.
    revision: async () => 1 + Math.min(minutes(), 7),
    compact: async (before: number) => {
      if (fails) throw new Error("busy");
      compacted.push(`${minutes()}: ${before}`);
    },
  };
  const running = compactHistory({ store, clock, log: silentLog }, stop.signal);
  const pass = async (until: number): Promise<void> => {
    while (minutes() < until) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!clock.runNext(start + until * 60_000)) clock.moveTo(start + until * 60_000);
    }
    await new Promise((resolve) => setImmediate(resolve));
  };
  await pass(4);
  assert.deepEqual(compacted, []);
  await pass(6);
  assert.deepEqual(compacted, ["5: 1", "6: 2"]);
  fails = true;
  await pass(7);
  fails = false;
  await pass(20);
  assert.deepEqual(compacted.slice(2), ["8: 4", "9: 5", "10: 6", "11: 7", "12: 8"], "what is over is not done again");
  stop.abort();
  await running;
});
