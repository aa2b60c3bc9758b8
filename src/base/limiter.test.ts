import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as tick } from "node:timers/promises";
import { Limiter } from "#base/limiter.ts";

const signal = new AbortController().signal;

describe("limiter", () => {
  it("runs no more than its limit, in order", async () => {
    const limiter = new Limiter(2);
    const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
    const started: number[] = [];
    const all = gates.map((gate, i) =>
      limiter.run(async () => {
        started.push(i);
        await gate.promise;
      }, signal),
    );
    await tick();
    assert.deepEqual(started, [0, 1]);
    assert.equal(limiter.queued, 2);
    gates[1]!.resolve();
    await all[1];
    await tick();
    assert.deepEqual(started, [0, 1, 2]);
    for (const gate of gates) gate.resolve();
    await Promise.all(all);
    assert.deepEqual(started, [0, 1, 2, 3]);
  });
  it("lets a waiting one be given up, and frees the place of a failed one", async () => {
    const limiter = new Limiter(1);
    const gate = Promise.withResolvers<void>();
    const first = limiter.run(() => gate.promise, signal);
    const stop = new AbortController();
    const second = limiter.run(async () => assert.fail("ran"), stop.signal);
    stop.abort(new Error("enough"));
    await assert.rejects(second, { message: "enough" });
    gate.reject(new Error("broken"));
    await assert.rejects(first, { message: "broken" });
    assert.equal(await limiter.run(async () => 7, signal), 7);
  });
});
