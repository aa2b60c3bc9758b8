// The store on an etcd cluster, for several servers. etcd's revisions are the store's; compare-and-swap is a
// transaction on a key's modification revision.
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { StoreClosed } from "./errors.ts";
import { createEtcdClient, type EtcdClient, type EtcdTls } from "#store/etcd/client.ts";
import { EtcdFeed, writeFence } from "#store/etcd/feed.ts";
import { EtcdHistory, isCompacted } from "#store/etcd/history.ts";
import { etcdKeys, type EtcdKeys } from "#store/etcd/keys.ts";
import { compareEqual, compareModRevision, type RangeRequest, type TxnRequest } from "#store/etcd/proto.ts";
import { watchFrom, type WatchLimits } from "./hub.ts";
import { keyAfter, listStart } from "./keys.ts";
import { listInPieces, type Piece, type PieceRequest } from "./list-pieces.ts";
import {
  type Batch,
  type Commit,
  type Entry,
  type ListOptions,
  type Page,
  type Revision,
  type Store,
} from "./store.ts";

export interface EtcdStoreOptions {
  /** Such as "https://10.0.0.1:2379"; the first is used until it fails. */
  readonly endpoints: readonly string[];
  readonly tls?: EtcdTls;
  /** Under which the store's keys lie. */
  readonly prefix?: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly watchLimits?: WatchLimits;
}

/** One message has at most this many entries, so that decoding it does not hold up everything else. */
const pieceEntries = 1_000;

/** Throws StoreUnavailable when no endpoint answers. */
export async function openEtcdStore(options: EtcdStoreOptions): Promise<Store> {
  const { clock, log, watchLimits } = options;
  const keys = etcdKeys(options.prefix ?? "/timonier");
  const client = await createEtcdClient(options);
  try {
    const start = await writeFence(client, keys);
    const history = new EtcdHistory(client, keys);
    const feed = new EtcdFeed({ client, history, keys, clock, log, watchLimits }, start);
    log.info("store opened", { endpoints: options.endpoints, revision: start });
    return new EtcdStore(client, history, feed, keys);
  } catch (error) {
    client.close();
    throw error;
  }
}

class EtcdStore implements Store {
  readonly #client: EtcdClient;
  readonly #history: EtcdHistory;
  readonly #feed: EtcdFeed;
  readonly #keys: EtcdKeys;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;

  constructor(client: EtcdClient, history: EtcdHistory, feed: EtcdFeed, keys: EtcdKeys) {
    this.#client = client;
    this.#history = history;
    this.#feed = feed;
    this.#keys = keys;
    this.#running = feed.run(this.#closing.signal);
  }

  async get(key: string, at?: Revision): Promise<{ readonly entry?: Entry; readonly revision: Revision }> {
    this.#mustBeOpen();
    if (at === 0) return this.#beforeAll({ revision: 0 });
    const reply = await this.#read({ key: this.#keys.toEtcd(key) }, at);
    const [kv] = reply.kvs;
    return kv ? { entry: this.#history.toEntry(kv), revision: reply.revision } : { revision: reply.revision };
  }

  async list(prefix: string, options: ListOptions = {}): Promise<Page> {
    this.#mustBeOpen();
    const { limit, at } = options;
    if (at === 0) return this.#beforeAll({ entries: [], revision: 0, more: false, remaining: 0 });
    const start = listStart(prefix, options.from);
    return listInPieces((request) => this.#listPiece(prefix, request), { start, limit, at });
  }

  put(key: string, value: Uint8Array, expected: Revision): Promise<Commit> {
    return this.#commit(key, expected, { requestPut: { key: this.#keys.toEtcd(key), value } });
  }

  async delete(key: string, expected: Revision): Promise<Commit> {
    if (expected !== 0) return this.#commit(key, expected, { requestDeleteRange: { key: this.#keys.toEtcd(key) } });
    // What does not exist cannot be deleted, but the comparison with 0 would succeed.
    const { entry } = await this.get(key);
    return entry ? { ok: false, current: entry } : { ok: false };
  }

  async *watch(prefix: string, after: Revision, signal: AbortSignal): AsyncGenerator<Batch> {
    this.#mustBeOpen();
    const either = AbortSignal.any([signal, this.#closing.signal]);
    await this.#history.mustBeReadable(after);
    yield* watchFrom({
      hub: this.#feed.hub,
      prefix,
      after,
      signal,
      behind: (position) => position < this.#feed.lastEvent,
      read: (position) => this.#readHistory(prefix, position, either),
    });
  }

  async compact(before: Revision): Promise<void> {
    this.#mustBeOpen();
    if (before < 1) return;
    try {
      await this.#client.call("KV/Compact", { revision: before });
    } catch (error) {
      if (!isCompacted(error)) throw await this.#history.translate(error, before);
    }
  }

  async revision(): Promise<Revision> {
    this.#mustBeOpen();
    const revision = await this.#history.newest();
    this.#feed.reach(revision);
    return revision;
  }

  async sizeBytes(): Promise<number> {
    this.#mustBeOpen();
    return (await this.#client.call("Maintenance/Status", {})).dbSize;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new StoreClosed());
    this.#feed.hub.close(new StoreClosed());
    await this.#running;
    this.#client.close();
  }

  #mustBeOpen(): void {
    this.#closing.signal.throwIfAborted();
  }

  /** What there was before the first revision: nothing, if that is still known. */
  async #beforeAll<T>(nothing: T): Promise<T> {
    await this.#history.mustBeReadable(0);
    return nothing;
  }

  async #read(request: RangeRequest, at: Revision | undefined) {
    const reply = await this.#history.range(at === undefined ? request : { ...request, revision: at });
    const revision = at ?? reply.header.revision;
    this.#feed.reach(revision);
    return { ...reply, revision };
  }

  async #listPiece(prefix: string, request: PieceRequest): Promise<Piece> {
    const limit = Math.min(request.limit, pieceEntries);
    const reply = await this.#read({ ...this.#keys.range(prefix, request.start), limit }, request.at);
    const entries = reply.kvs.map((kv) => this.#history.toEntry(kv));
    const piece = { entries, revision: reply.revision, remaining: reply.count - entries.length };
    return reply.more ? { ...piece, next: keyAfter(entries.at(-1)!.key) } : piece;
  }

  async #commit(key: string, expected: Revision, operation: TxnRequest["success"][number]): Promise<Commit> {
    this.#mustBeOpen();
    const etcdKey = this.#keys.toEtcd(key);
    const reply = await this.#client.call("KV/Txn", {
      compare: [{ result: compareEqual, target: compareModRevision, key: etcdKey, modRevision: expected }],
      success: [operation],
      failure: [{ requestRange: { key: etcdKey } }],
    });
    const { revision } = reply.header;
    this.#feed.reach(revision);
    if (reply.succeeded) return { ok: true, revision };
    const current = reply.responses[0]?.responseRange?.kvs[0];
    return current ? { ok: false, current: this.#history.toEntry(current) } : { ok: false };
  }

  /** The next piece of the past: it has an event, for `position` lies before the last one. */
  async #readHistory(prefix: string, position: Revision, signal: AbortSignal): Promise<Batch> {
    for await (const { upTo, changes } of this.#history.events(position, signal))
      return { upTo, changes: changes.filter((change) => change.key.startsWith(prefix)) };
    this.#mustBeOpen();
    return { upTo: position, changes: [] };
  }
}
