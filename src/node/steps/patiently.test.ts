import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { patiently } from "./patiently.ts";
import type { PodWork } from "./pod-work.ts";

function bench() {
  const clock = new VirtualClock();
  const work = { parts: { clock, signal: new AbortController().signal } } as unknown as PodWork;
  const giveUp = new AbortController();
  const done = Promise.withResolvers<string>();
  let isCut = false;
  const result = patiently(work, giveUp.signal, (signal) => {
    signal.addEventListener("abort", () => {
      isCut = true;
      done.reject(signal.reason);
    });
    return done.promise;
  });
  return { clock, giveUp, done, result, isCut: () => isCut };
}

test("what is given up comes to its end all the same", async () => {
  const { clock, giveUp, done, result, isCut } = bench();
  giveUp.abort(new Error("not wanted any more"));
  clock.moveTo(clock.now() + 5_000);
  assert.equal(isCut(), false);
  done.resolve("made");
  assert.equal(await result, "made");
  assert.equal(clock.runNext(clock.now() + 60_000), false, "no timer is left");
});

test("but not for ever", async () => {
  const { clock, giveUp, result } = bench();
  giveUp.abort(new Error("not wanted any more"));
  while (clock.runNext(clock.now() + 10_000));
  await assert.rejects(result, /not wanted any more/);
});

test("and not where it is given up already", async () => {
  const work = { parts: { clock: new VirtualClock(), signal: new AbortController().signal } } as unknown as PodWork;
  await assert.rejects(
    patiently(work, AbortSignal.abort(new Error("late")), () => Promise.resolve()),
    /late/,
  );
});
