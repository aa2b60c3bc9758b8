// One watch on all of the store's keys feeds all local watchers. It survives broken connections by starting again
// where it stopped.
//
// Progress: others may use the same etcd, so that its newest revision need not be a change of ours. When a revision
// was seen that the watch does not reach on its own, the fence is written: its event comes after everything before it.
// (etcd's own answer to a progress request may overtake events in versions before 3.4.25 and 3.5.8.)
import type { Clock, Timer } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { EtcdClient } from "./client.ts";
import type { EtcdHistory } from "./history.ts";
import type { EtcdKeys } from "./keys.ts";
import { Hub, type WatchLimits } from "#store/hub.ts";
import { Compacted, type Revision } from "#store/store.ts";

const fenceAfterMs = 50;
const firstRetryMs = 50;
const longestRetryMs = 5_000;

export interface EtcdFeedOptions {
  readonly client: Pick<EtcdClient, "call">;
  readonly history: Pick<EtcdHistory, "events">;
  readonly keys: EtcdKeys;
  readonly clock: Clock;
  readonly log: Log;
  readonly watchLimits?: WatchLimits | undefined;
}

/** Writes the fence; everything at or before the returned revision precedes the fence's event. */
export async function writeFence(client: Pick<EtcdClient, "call">, keys: EtcdKeys): Promise<Revision> {
  return (await client.call("KV/Put", { key: keys.fence, value: new Uint8Array(0) })).header.revision;
}

export class EtcdFeed {
  readonly hub: Hub;
  readonly #options: EtcdFeedOptions;
  /** The newest revision at which there was an event; between it and the hub's revision there is none. */
  #lastEvent: Revision;
  #awaited: Revision = 0;
  #fenceTimer: Timer | undefined;

  /** `start`: the revision of a fence. */
  constructor(options: EtcdFeedOptions, start: Revision) {
    this.#options = options;
    this.#lastEvent = start;
    this.hub = new Hub(start, options.watchLimits);
  }

  get lastEvent(): Revision {
    return this.#lastEvent;
  }

  /** Somebody has seen `revision`: the watchers must be told that they have reached it. */
  reach(revision: Revision): void {
    this.#awaited = Math.max(this.#awaited, revision);
    if (this.#fenceTimer || this.hub.revision >= revision) return;
    const { clock, client, keys, log } = this.#options;
    this.#fenceTimer = clock.after(fenceAfterMs, () => {
      this.#fenceTimer = undefined;
      if (this.hub.revision >= this.#awaited) return;
      writeFence(client, keys).catch((error: unknown) => log.warn("etcd fence not written", { error }));
    });
  }

  /** Until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    let retryMs = firstRetryMs;
    while (!signal.aborted) {
      const before = this.hub.revision;
      const error = await this.#follow(signal);
      if (signal.aborted) break;
      log.warn("etcd watch broken, starting again", { error, revision: this.hub.revision });
      if (error instanceof Compacted) this.#startOver(error);
      retryMs = this.hub.revision > before ? firstRetryMs : Math.min(retryMs * 2, longestRetryMs);
      await clock.sleep(retryMs, signal).catch(() => undefined);
    }
    this.#fenceTimer?.stop();
  }

  /** Why the watch ended. */
  async #follow(signal: AbortSignal): Promise<unknown> {
    try {
      for await (const { upTo, changes, isProgress } of this.#options.history.events(this.hub.revision, signal)) {
        if (!isProgress) this.#lastEvent = upTo;
        this.hub.publish(changes, upTo);
      }
      return new Error("etcd ended the watch");
    } catch (error) {
      return error;
    }
  }

  /** What lies between is lost: watchers list again, and the watch goes on from the oldest that is kept. */
  #startOver(error: Compacted): void {
    this.hub.cutOff(error);
    this.hub.publish([], error.oldest);
    this.#lastEvent = error.oldest;
  }
}
