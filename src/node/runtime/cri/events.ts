// Changes in pods, as the runtime tells them. containerd's own event service is preferred to GetContainerEvents: it
// exists in 1.6, tells of OOM kills, and does not divide the events among its subscribers as 1.7 does. Its events come
// before the runtime interface shows the change, so each is held until that does.
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { labels } from "#node/pod/identity.ts";
import type { RuntimeEvent } from "#node/runtime/runtime.ts";
import { unlessGone, type Channel } from "./channel.ts";
import { EventQueue } from "./event-queue.ts";
import { decode, type Value } from "./message.ts";
import { containerState, methods, sandboxState, taskEvent } from "./messages.ts";

export interface EventSource {
  readonly channel: Channel;
  readonly clock: Clock;
  readonly log: Log;
  /** The pod of each container and sandbox that is known. */
  readonly pods: PodsById;
}

/** Container and sandbox ids with the uid of their pod. */
export type PodsById = Map<string, string>;

const reconnectMs = { first: 100, most: 5000 };
/** After a connection everything is announced twice, because the first may overtake the subscription. */
const secondLookMs = 250;
/** A busy runtime may take long to show what it has told; `total` is when nobody waits for it any more. */
const confirmMs = { first: 2, most: 1000, total: 30_000 };
const oomReason = "OOMKilled";

/** Never ends until aborted. */
export async function* runtimeEvents(source: EventSource, signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
  const queue = new EventQueue();
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const following = follow(source, queue, both);
  try {
    yield* queue.take(both);
  } finally {
    stop.abort();
    await following;
  }
}

async function follow(source: EventSource, queue: EventQueue, signal: AbortSignal): Promise<void> {
  const { clock, log } = source;
  let delayMs = reconnectMs.first;
  let lost = false;
  while (!signal.aborted) {
    try {
      const version = await source.channel.call(methods.version, {}, { signal, deadline: clock.now() + 10_000 });
      const subscribe = version.runtimeName === "containerd" ? taskEvents : interfaceEvents;
      const end = await subscribe(source, queue, signal, () => {
        if (lost) log.info("events of the container runtime are back");
        lost = false;
        delayMs = reconnectMs.first;
      });
      if (end) throw end;
    } catch (error) {
      if (signal.aborted) return;
      if (!lost) log.warn("events of the container runtime are lost", { error });
      lost = true;
    }
    await clock.sleep(delayMs, signal).catch(() => undefined);
    delayMs = Math.min(delayMs * 2, reconnectMs.most);
  }
}

type Subscribe = (
  source: EventSource,
  queue: EventQueue,
  signal: AbortSignal,
  subscribed: () => void,
) => Promise<Error | void>;

function announce({ clock }: EventSource, queue: EventQueue): Disposable {
  queue.push();
  return clock.after(secondLookMs, () => queue.push());
}

const taskEvents: Subscribe = async (source, queue, signal, subscribed) => {
  const topics = ["exit", "oom"].map((name) => `namespace==k8s.io,topic=="/tasks/${name}"`);
  const events = await source.channel.stream(methods.subscribe, { filters: topics }, signal);
  subscribed();
  using _ = announce(source, queue);
  for await (const { topic, event } of events) {
    const task = decode(taskEvent, event?.value ?? new Uint8Array());
    // The end of a process of an exec, such as a probe, changes nothing of the container.
    if (topic === "/tasks/exit" && task.id !== task.containerId) continue;
    void confirmed(source, task.containerId, topic, signal).then(
      (podUid) => podUid !== undefined && queue.push(podUid),
      (error: unknown) => {
        if (signal.aborted) return;
        source.log.warn("a container's change could not be looked up", { container: task.containerId, error });
        queue.push();
      },
    );
  }
  return new Error("the runtime ended the stream of events");
};

/** The pod of a container or sandbox, once the runtime interface shows what the event told; undefined when it is gone. */
async function confirmed(
  source: EventSource,
  id: string,
  topic: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const since = source.clock.now();
  for (let delayMs = confirmMs.first; ; delayMs = Math.min(delayMs * 2, confirmMs.most)) {
    const found = await lookUp(source, id, signal);
    if (!found) return source.pods.get(id);
    const shown = topic === "/tasks/oom" ? found.reason === oomReason || !found.ended : found.ended;
    if (shown || source.clock.now() - since >= confirmMs.total) return found.podUid;
    await source.clock.sleep(delayMs, signal);
  }
}

interface Found {
  readonly podUid: string;
  readonly ended: boolean;
  readonly reason: string;
}
async function lookUp({ channel, clock }: EventSource, id: string, signal: AbortSignal): Promise<Found | undefined> {
  const options = { signal, deadline: clock.now() + 10_000 };
  const container = await unlessGone(channel.call(methods.containerStatus, { containerId: id }, options));
  if (container?.status) {
    const { state, reason, labels: found } = container.status;
    // A process may end before the runtime interface shows that it began.
    const ended = state !== containerState.running && state !== containerState.created;
    return { podUid: found[labels.podUid] ?? "", ended, reason };
  }
  const sandbox = await unlessGone(channel.call(methods.podSandboxStatus, { podSandboxId: id }, options));
  if (!sandbox?.status) return undefined;
  const { metadata, state } = sandbox.status;
  return { podUid: metadata?.uid ?? "", ended: state !== sandboxState.ready, reason: "" };
}

const interfaceEvents: Subscribe = async (source, queue, signal, subscribed) => {
  const events = await source.channel.stream(methods.getContainerEvents, {}, signal);
  subscribed();
  using _ = announce(source, queue);
  for await (const event of events) queue.push(podOf(source, event));
  return new Error("the runtime ended the stream of events");
};
const podOf = (source: EventSource, event: Value<typeof methods.getContainerEvents.answer>): string | undefined =>
  event.podSandboxStatus?.metadata?.uid ?? source.pods.get(event.containerId);
