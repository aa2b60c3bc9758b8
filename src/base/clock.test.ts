import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { VirtualClock } from "./clock.fake.ts";

test("timers fire in the order of their time, then of their setting; stopped ones never", () => {
  const timer = fc.record({ delayMs: fc.nat(20), isStopped: fc.boolean() });
  fc.assert(
    fc.property(fc.array(timer, { maxLength: 40 }), fc.nat(20), (timers, untilMs) => {
      const clock = new VirtualClock(0);
      const fired: number[] = [];
      const set = timers.map(({ delayMs }, i) =>
        clock.after(delayMs, () => {
          assert.equal(clock.now(), delayMs);
          fired.push(i);
        }),
      );
      for (const [i, { isStopped }] of timers.entries()) if (isStopped) set[i]!.stop();
      while (clock.runNext(untilMs));
      const due = timers.map((t, i) => ({ ...t, i })).filter((t) => !t.isStopped && t.delayMs <= untilMs);
      assert.deepEqual(
        fired,
        due.toSorted((a, b) => a.delayMs - b.delayMs).map((t) => t.i),
      );
      assert.equal(clock.pending, timers.filter((t) => !t.isStopped).length - due.length);
    }),
  );
});

test("a moment is all timers of one time, without those that they set", () => {
  const clock = new VirtualClock(0);
  const fired: string[] = [];
  clock.after(5, () => {
    fired.push("a");
    clock.after(0, () => fired.push("c"));
  });
  clock.after(5, () => {
    stopped.stop();
    fired.push("b");
  });
  const stopped = clock.after(5, () => fired.push("stopped"));
  clock.after(6, () => fired.push("d"));
  assert.equal(clock.runMoment(10), true);
  assert.deepEqual(fired, ["a", "b"]);
  assert.equal(clock.runMoment(5), true);
  assert.deepEqual(fired, ["a", "b", "c"]);
  assert.equal(clock.runMoment(5), false);
  assert.equal(clock.now(), 5);
});

test("time is told in whole milliseconds, and no timer fires too early", () => {
  const clock = new VirtualClock(1000);
  let firedAt = 0;
  clock.after(2.3, () => (firedAt = clock.now()));
  while (clock.runNext(Infinity));
  assert.equal(firedAt, 1003);
});
