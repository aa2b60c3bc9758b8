import { test } from "node:test";
import assert from "node:assert/strict";
import { VirtualClock } from "#base/clock.fake.ts";
import { runWorkers, WorkQueue } from "./work-queue.ts";

const turns = async (n = 20): Promise<void> => {
  for (let i = 0; i < n; i++) await new Promise((resolve) => setImmediate(resolve));
};

test("a key waits once, and again after it was added while being worked on", () => {
  const queue = new WorkQueue({ name: "q", clock: new VirtualClock() });
  queue.add("a");
  queue.add("b");
  queue.add("a");
  assert.equal(queue.take(), "a");
  assert.equal(queue.take(), "b");
  assert.equal(queue.take(), undefined);
  queue.add("a");
  queue.add("a");
  assert.equal(queue.take(), undefined, "a is still being worked on");
  queue.done("b");
  assert.equal(queue.take(), undefined, "b was not added again");
  queue.done("a");
  assert.equal(queue.take(), "a");
  queue.done("a");
  assert.equal(queue.take(), undefined);
});

test("of several delays the shortest counts, and an immediate add cancels them", () => {
  const clock = new VirtualClock();
  const queue = new WorkQueue({ name: "q", clock });
  queue.addAfter("a", 100);
  queue.addAfter("a", 50);
  queue.addAfter("a", 80);
  queue.addAfter("b", 60);
  const start = clock.now();
  const arrivals: string[] = [];
  while (clock.runNext(start + 1000)) {
    for (let key = queue.take(); key; key = queue.take()) {
      arrivals.push(`${key}@${clock.now() - start}`);
      queue.done(key);
    }
  }
  assert.deepEqual(arrivals, ["a@50", "b@60"]);
  queue.addAfter("a", 100);
  queue.add("a");
  assert.equal(queue.take(), "a");
  queue.done("a");
  assert.equal(clock.runNext(start + 5000) && queue.take(), undefined);
});

test("retries back off from 5 ms to 1000 s until the key succeeds", () => {
  const clock = new VirtualClock();
  const queue = new WorkQueue({ name: "q", clock });
  const delays: number[] = [];
  for (let i = 0; i < 20; i++) {
    const before = clock.now();
    queue.retry("a");
    clock.runNext(Number.MAX_SAFE_INTEGER);
    delays.push(clock.now() - before);
    queue.done(queue.take()!);
  }
  assert.deepEqual(delays.slice(0, 5), [5, 10, 20, 40, 80]);
  assert.equal(delays.at(-1), 1_000_000);
  assert.equal(queue.failures("a"), 20);
  queue.forget("a");
  assert.equal(queue.failures("a"), 0);
});

test("workers keep to their number, never share a key, and finish their turns when stopped", async () => {
  const queue = new WorkQueue({ name: "q", clock: new VirtualClock() });
  const stop = new AbortController();
  const running = new Set<string>();
  const finish: (() => void)[] = [];
  let most = 0;
  const worked: string[] = [];
  const done = runWorkers(
    queue,
    {
      concurrency: 2,
      failed: () => assert.fail(),
      work: async (key) => {
        assert.ok(!running.has(key), `${key} twice at once`);
        running.add(key);
        most = Math.max(most, running.size);
        await new Promise<void>((resolve) => finish.push(resolve));
        running.delete(key);
        worked.push(key);
        return { finished: true };
      },
    },
    stop.signal,
  );
  for (const key of ["a", "b", "c"]) queue.add(key);
  await turns();
  assert.deepEqual([...running], ["a", "b"]);
  queue.add("a");
  finish.shift()!();
  await turns();
  assert.deepEqual([...running], ["b", "c"]);
  finish.shift()!();
  await turns();
  assert.deepEqual([...running], ["c", "a"]);
  queue.add("d");
  stop.abort();
  await turns();
  for (const f of finish) f();
  await done;
  assert.equal(most, 2);
  assert.deepEqual(worked, ["a", "b", "c", "a"]);
});

test("a failed turn is tried again, an unfinished one is not counted", async () => {
  const clock = new VirtualClock();
  const queue = new WorkQueue({ name: "q", clock });
  const stop = new AbortController();
  const failures: number[] = [];
  const outcomes = ["fail", "fail", "held", "fail", "ok", "fail"];
  const done = runWorkers(
    queue,
    {
      concurrency: 1,
      failed: (_key, _error, n) => failures.push(n),
      work: async (key) => {
        const outcome = outcomes.shift();
        if (outcome === "fail") throw new Error("no");
        if (outcome === "held") queue.addAfter(key, 1);
        return outcome === "ok" ? { finished: true, againInMs: 10 } : { finished: outcome !== "held" };
      },
    },
    stop.signal,
  );
  queue.add("a");
  await turns();
  while (clock.runNext(clock.now() + 60_000)) await turns(3);
  assert.deepEqual(failures, [1, 2, 3, 1]);
  stop.abort();
  await done;
});
