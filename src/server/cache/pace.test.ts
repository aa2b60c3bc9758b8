import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { Pace } from "./pace.ts";

function watchers(count: number) {
  const clock = new VirtualClock();
  const pace = new Pace(clock);
  let woken = 0;
  const all = Array.from({ length: count }, () => ({ wake: () => void woken++ }));
  const event = (concerned = all): void => {
    for (const watcher of concerned) pace.add(watcher);
    pace.go();
  };
  return { all, clock, event, woken: () => woken };
}

test("few watchers are told at once of every event", () => {
  const { event, woken } = watchers(49);
  for (let i = 1; i <= 3; i++) {
    event();
    assert.equal(woken(), 49 * i);
  }
});

test("many are told of the first event at once, and of those soon after together", () => {
  const { all, clock, event, woken } = watchers(1_000);
  event();
  assert.equal(woken(), 1_000);
  event();
  event(all.slice(0, 1));
  assert.equal(woken(), 1_000);
  assert.equal(clock.runNext(clock.now() + 19), false);
  assert.equal(clock.runNext(clock.now() + 20), true);
  assert.equal(woken(), 2_000);
  assert.equal(clock.runNext(Infinity), false);
  clock.moveTo(clock.now() + 100);
  event();
  assert.equal(woken(), 3_000);
});

test("an event that concerns few does not wait because others are many", () => {
  const { all, event, woken } = watchers(1_000);
  event();
  event(all.slice(0, 1));
  assert.equal(woken(), 1_001);
});
