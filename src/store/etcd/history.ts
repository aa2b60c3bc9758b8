// What the present and the past of an etcd are made of: reads at a revision, and batches of events after one.
import type { EtcdClient } from "./client.ts";
import type { EtcdKeys } from "./keys.ts";
import {
  eventDelete,
  type Event,
  type KeyValue,
  type RangeRequest,
  type RangeResponse,
  type WatchRequest,
} from "./proto.ts";
import { Compacted, FutureRevision, type Batch, type Change, type Entry, type Revision } from "#store/store.ts";

export const isCompacted = (error: unknown): boolean =>
  error instanceof Error && error.message.includes("required revision has been compacted");
const isFuture = (error: unknown): boolean =>
  error instanceof Error && error.message.includes("required revision is a future revision");

export interface EventBatch extends Batch {
  /** No event: etcd says how far the watch has come. (An event of the fence is one, though no change.) */
  readonly isProgress: boolean;
}

export class EtcdHistory {
  readonly #client: EtcdClient;
  readonly #keys: EtcdKeys;

  constructor(client: EtcdClient, keys: EtcdKeys) {
    this.#client = client;
    this.#keys = keys;
  }

  /** A linearizable read. */
  async range(request: RangeRequest): Promise<RangeResponse> {
    try {
      return await this.#client.call("KV/Range", request);
    } catch (error) {
      throw await this.translate(error, request.revision ?? 0);
    }
  }

  async newest(): Promise<Revision> {
    return (await this.range({ key: this.#keys.fence, countOnly: true })).header.revision;
  }

  /** Throws Compacted or FutureRevision when the state at `revision` cannot be read. */
  async mustBeReadable(revision: Revision): Promise<void> {
    // For etcd 0 means the newest; the oldest that it ever has is 1.
    await this.range({ key: this.#keys.fence, countOnly: true, revision: Math.max(revision, 1) });
  }

  /** etcd's errors about revisions as the store's, with the numbers that etcd leaves out. */
  async translate(error: unknown, asked: Revision): Promise<unknown> {
    if (isFuture(error)) return new FutureRevision(asked, await this.newest());
    if (!isCompacted(error)) return error;
    // Only the refusal of a watch names the oldest revision.
    for await (const response of this.#client.watch(this.#watchRequest(asked), new AbortController().signal))
      if (response.compactRevision > 0) return new Compacted(asked, response.compactRevision);
      else if (!response.created) break;
    return error;
  }

  /**
   * Changes of all keys after `after`, without end. Throws Compacted when some of them are gone, StoreUnavailable when
   * the connection breaks.
   */
  async *events(after: Revision, signal: AbortSignal): AsyncGenerator<EventBatch> {
    let position = after;
    for await (const response of this.#client.watch(this.#watchRequest(after + 1), signal)) {
      if (response.canceled) {
        if (response.compactRevision > 0) throw new Compacted(position, response.compactRevision);
        throw new Error(`etcd ended a watch: ${response.cancelReason}`);
      }
      if (response.created) continue;
      // etcd accepts a watch from the very revision it has compacted to, and may then leave out a deletion there.
      if (position === after) await this.mustBeReadable(Math.max(after, 1));
      const changes = response.events.flatMap((event) => this.#toChange(event, position));
      position = response.events.at(-1)?.kv.modRevision ?? response.header.revision;
      yield { upTo: position, changes, isProgress: response.events.length === 0 };
    }
  }

  #watchRequest(startRevision: Revision): WatchRequest {
    return { createRequest: { ...this.#keys.all, startRevision, progressNotify: true, prevKv: true } };
  }

  toEntry(kv: KeyValue): Entry {
    return { key: this.#keys.fromEtcd(kv.key)!, value: kv.value, revision: kv.modRevision };
  }

  #toChange(event: Event, position: Revision): Change[] {
    const { kv, prevKv } = event;
    const key = this.#keys.fromEtcd(kv.key);
    if (key === undefined) return [];
    const isDelete = event.type === eventDelete;
    const hadValue = isDelete || kv.createRevision < kv.modRevision;
    // etcd sends what it still has; compaction may have taken the previous value in the meantime.
    if (hadValue && !prevKv) throw new Compacted(position, kv.modRevision);
    const previous = prevKv ? { previous: this.toEntry(prevKv) } : {};
    return [{ key, revision: kv.modRevision, ...(!isDelete && { value: kv.value }), ...previous }];
  }
}
