// Events: what a component did to an object, told to people. Repeats are counted instead of written again. Events are
// written one after another in the order they were told, from a bounded queue that never holds up the teller.
import { ApiError, isReason } from "#api/errors.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { apiVersionOf } from "#api/kind.ts";
import { Event } from "#api/core/event.ts";
import { formatTime } from "#api/time.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Client } from "#client/client.ts";
import { EventCorrelator, type CountedEvent } from "#reconcile/event-correlator.ts";

export interface EventOptions {
  /** The part of the object that is meant, for example spec.containers{web}. */
  readonly fieldPath?: string;
  /** The kind of the object, for an object that does not carry it. */
  readonly kind?: AnyKind;
}
export interface EventRecorder {
  /** Never throws and never waits: an event that cannot be written is dropped and logged. */
  event(about: KubeObject, type: "Normal" | "Warning", reason: string, message: string, options?: EventOptions): void;
}
export interface EventRecorderParts {
  readonly client: Client;
  /** Who tells, for example "deployment-controller". */
  readonly component: string;
  /** The node the component runs on, if it belongs to one. */
  readonly host?: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Ends the writing; what waits is dropped. */
  readonly signal?: AbortSignal;
}
export interface FlushingRecorder extends EventRecorder {
  /** Resolves once everything told so far is written or dropped. */
  flush(): Promise<void>;
}

const longestQueue = 1000;
const longestMessage = 1024;
const attempts = 6;
const firstRetryMs = 1000;

export function createEventRecorder(parts: EventRecorderParts): FlushingRecorder {
  const { clock, log, signal } = parts;
  const correlator = new EventCorrelator();
  const queue: CountedEvent[] = [];
  let draining: Promise<void> | undefined;
  let dropped = 0;

  const drain = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = signal?.aborted ? undefined : queue.shift())
      await writeOrDrop(parts, next);
    queue.length = 0;
    if (dropped > 0) log.warn("events were dropped because too many waited", { dropped });
    dropped = 0;
    draining = undefined;
  };
  return {
    event(about, type, reason, message, options = {}) {
      if (signal?.aborted) return;
      const reference = referenceTo(about, options);
      const text = message.length > longestMessage ? message.slice(0, longestMessage) : message;
      const source = { component: parts.component, ...(parts.host ? { host: parts.host } : {}) };
      const counted = correlator.count({ about: reference, source, type, reason, message: text }, clock.now());
      if (!counted) return;
      if (queue.length >= longestQueue) dropped++;
      else queue.push(counted);
      draining ??= Promise.resolve().then(drain);
    },
    async flush() {
      await draining;
    },
  };
}

function referenceTo(about: KubeObject, options: EventOptions) {
  const { name = "", namespace, uid, resourceVersion } = about.metadata;
  const kind = about.kind ?? options.kind?.kind ?? "";
  const apiVersion = about.apiVersion ?? (options.kind ? apiVersionOf(options.kind) : "");
  return {
    ...(kind ? { kind } : {}),
    ...(namespace ? { namespace } : {}),
    name,
    ...(uid ? { uid } : {}),
    ...(apiVersion ? { apiVersion } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
    ...(options.fieldPath ? { fieldPath: options.fieldPath } : {}),
  };
}

async function writeOrDrop(parts: EventRecorderParts, event: CountedEvent): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write(parts, event);
    } catch (error) {
      if (parts.signal?.aborted) return;
      // A namespace that is going away takes no new events; nobody misses them.
      if (isReason(error, "Forbidden", "NotFound")) {
        parts.log.debug("event was refused", { reason: event.reason, about: event.about.name, error });
        return;
      }
      const final = error instanceof ApiError && error.code < 500 && error.reason !== "TooManyRequests";
      if (final || attempt >= attempts) {
        parts.log.warn("event could not be written", { reason: event.reason, about: event.about.name, error });
        return;
      }
    }
    const delayMs = firstRetryMs * 2 ** (attempt - 1) * (0.5 + parts.random.next());
    await parts.clock.sleep(delayMs, parts.signal).catch(() => undefined);
  }
}

async function write(parts: EventRecorderParts, event: CountedEvent): Promise<void> {
  const { client } = parts;
  const namespace = event.about.namespace ?? "default";
  const lastTimestamp = formatTime(event.lastAt);
  const options = parts.signal ? { signal: parts.signal } : {};
  if (event.record.name) {
    const patch = { count: event.count, lastTimestamp, message: event.message };
    try {
      await client.patch(Event, { namespace, name: event.record.name }, { type: "strategic", patch }, options);
      return;
    } catch (error) {
      if (!isReason(error, "NotFound")) throw error; // the old one has expired: write a new one
    }
  }
  const nanos = BigInt(event.lastAt) * 1_000_000n + BigInt(Math.floor(parts.random.next() * 1e6));
  const name = `${event.about.name}.${nanos.toString(16)}`;
  await client.create(
    Event,
    {
      metadata: { name, namespace },
      involvedObject: event.about,
      reason: event.reason,
      message: event.message,
      source: event.source,
      firstTimestamp: formatTime(event.firstAt),
      lastTimestamp,
      count: event.count,
      type: event.type,
      reportingComponent: event.source.component,
      reportingInstance: event.source.host ?? "",
    },
    options,
  );
  event.record.name = name;
}
