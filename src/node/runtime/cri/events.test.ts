import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { silentLog } from "#base/log.ts";
import { RuntimeError, type RuntimeEvent } from "#node/runtime/runtime.ts";
import type { Channel } from "./channel.ts";
import { EventQueue } from "./event-queue.ts";
import { runtimeEvents } from "./events.ts";
import { encode } from "./message.ts";
import { containerState, methods, taskEvent } from "./messages.ts";

test("the queue holds each pod once, and everything instead of all", async () => {
  const queue = new EventQueue();
  const stop = new AbortController();
  for (const pod of ["a", "b", "a"]) queue.push(pod);
  const taken = queue.take(stop.signal);
  assert.deepEqual((await taken.next()).value, { podUid: "a" });
  assert.deepEqual((await taken.next()).value, { podUid: "b" });
  queue.push("c");
  queue.push();
  assert.deepEqual((await taken.next()).value, {});
  const next = taken.next();
  stop.abort();
  assert.equal((await next).done, true);
});

type Pushed = { readonly topic: string; readonly event: { readonly value: Uint8Array } } | Error;
/** A runtime as far as events need it: streams that a test feeds, and containers whose state it sets. */
class FakeRuntime {
  readonly states = new Map<string, { state: number; reason?: string }>();
  readonly clock = new VirtualClock();
  name = "containerd";
  down = false;
  #feed: ((item: Pushed) => void) | undefined;
  subscriptions = 0;
  /** How often a container's status was asked for. */
  asked = 0;

  readonly channel = {
    call: async (method: { path: string }, request: { containerId?: string }) => {
      if (this.down) throw new RuntimeError("Unavailable", "down");
      if (method === methods.version) return { runtimeName: this.name };
      if (method === methods.containerStatus) {
        this.asked++;
        const found = this.states.get(request.containerId!);
        if (!found) throw new RuntimeError("NotFound", "gone");
        return { status: { reason: "", labels: { "io.kubernetes.pod.uid": "pod-1" }, ...found } };
      }
      throw new RuntimeError("NotFound", "gone");
    },
    stream: async (_method: unknown, _request: unknown, signal: AbortSignal) => {
      this.subscriptions++;
      return this.#items(signal);
    },
  } as unknown as Channel;

  async *#items(signal: AbortSignal): AsyncGenerator<Pushed> {
    for (;;) {
      const { promise, resolve, reject } = Promise.withResolvers<Pushed>();
      this.#feed = resolve;
      signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
      const item = await promise;
      if (item instanceof Error) throw item;
      yield item;
    }
  }
  task(topic: string, containerId: string, id = containerId): void {
    this.#feed!({ topic, event: { value: encode(taskEvent, { containerId, id }) } });
  }
  fail(): void {
    this.#feed!(new RuntimeError("Unavailable", "lost"));
  }
  events(signal: AbortSignal): AsyncIterator<RuntimeEvent> {
    const source = { channel: this.channel, clock: this.clock, log: silentLog, pods: new Map<string, string>() };
    return runtimeEvents(source, signal);
  }
  /** Lets promises settle, then runs the timers that are due within `ms`. */
  async pass(ms = 0): Promise<void> {
    const until = this.clock.now() + ms;
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.clock.runNext(until));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("an end is told once the runtime shows it; ends of exec processes are not told", async () => {
  const runtime = new FakeRuntime();
  const stop = new AbortController();
  const events = runtime.events(stop.signal);
  assert.deepEqual((await events.next()).value, {});
  runtime.states.set("c", { state: containerState.running });
  await runtime.pass();
  runtime.task("/tasks/exit", "c", "some-exec");
  await runtime.pass();
  assert.equal(runtime.asked, 0);
  runtime.task("/tasks/exit", "c");
  let told: RuntimeEvent | undefined;
  void events.next().then(({ value }) => (told = value as RuntimeEvent));
  await runtime.pass(20);
  assert.equal(told, undefined);
  runtime.states.set("c", { state: containerState.exited });
  await runtime.pass(100);
  assert.deepEqual(told, { podUid: "pod-1" });
  stop.abort();
});

test("a container that ends before it is shown to run is told of when it is shown to have ended", async () => {
  const runtime = new FakeRuntime();
  const stop = new AbortController();
  const events = runtime.events(stop.signal);
  assert.deepEqual((await events.next()).value, {});
  await runtime.pass(1000);
  assert.deepEqual((await events.next()).value, {});
  runtime.states.set("c", { state: containerState.created });
  runtime.task("/tasks/exit", "c");
  let told: RuntimeEvent | undefined;
  void events.next().then(({ value }) => (told = value as RuntimeEvent));
  for (const state of [containerState.created, containerState.running]) {
    runtime.states.set("c", { state });
    await runtime.pass(100);
    assert.equal(told, undefined);
  }
  await runtime.pass(5000);
  runtime.states.set("c", { state: containerState.exited });
  await runtime.pass(1000);
  assert.deepEqual(told, { podUid: "pod-1" });
  stop.abort();
});

test("an OOM kill waits for its reason", async () => {
  const runtime = new FakeRuntime();
  const stop = new AbortController();
  const events = runtime.events(stop.signal);
  await events.next();
  runtime.states.set("c", { state: containerState.exited, reason: "Error" });
  await runtime.pass();
  runtime.task("/tasks/oom", "c");
  let told: RuntimeEvent | undefined;
  void events.next().then(({ value }) => (told = value as RuntimeEvent));
  await runtime.pass(10);
  assert.equal(told, undefined);
  runtime.states.set("c", { state: containerState.exited, reason: "OOMKilled" });
  await runtime.pass(100);
  assert.deepEqual(told, { podUid: "pod-1" });
  stop.abort();
});

test("after a loss it subscribes again and says that anything may have changed", async () => {
  const runtime = new FakeRuntime();
  const stop = new AbortController();
  const events = runtime.events(stop.signal);
  await events.next();
  await runtime.pass(1000);
  assert.deepEqual((await events.next()).value, {});
  runtime.down = true;
  runtime.fail();
  let told: RuntimeEvent | undefined;
  void events.next().then(({ value }) => (told = value as RuntimeEvent));
  await runtime.pass(30_000);
  assert.equal(told, undefined);
  runtime.down = false;
  await runtime.pass(6000);
  assert.deepEqual([told, runtime.subscriptions], [{}, 2]);
  stop.abort();
});
