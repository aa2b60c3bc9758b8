// The embedded store: one SQLite file, one process, its own thread. A write is acknowledged when its transaction is on
// disk. This side keeps what needs no database: the commit queue and the watchers, which are fed from the commits.
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { CommitQueue, type Write } from "#store/sqlite/commit-queue.ts";
import { StoreClosed } from "./errors.ts";
import { Hub, watchFrom, type WatchLimits } from "./hub.ts";
import { listStart, prefixEnd } from "./keys.ts";
import { listInPieces } from "./list-pieces.ts";
import { Connection } from "#store/sqlite/connection.ts";
import { pack, unpack, type ChangesReply, type Opened } from "#store/sqlite/protocol.ts";
import {
  FutureRevision,
  type Batch,
  type Change,
  type Commit,
  type Entry,
  type ListOptions,
  type Page,
  type Revision,
  type Store,
} from "./store.ts";

export interface SqliteStoreOptions {
  /** The database file; it and its folder are created when they are missing. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The thread's entry, where the program is a bundle and sqlite-thread.ts one of its outputs. */
  readonly threadUrl?: URL;
  readonly watchLimits?: WatchLimits;
}

/** Between two pieces of cleaning, so that compaction takes a fraction of the disk's time and writes the rest. */
const cleanPauseMs = 10;

/** Throws StoreLocked when the file is in use, StoreDamaged when it is not a database. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path } = options;
  const connection = new Connection(options.threadUrl ?? new URL("./sqlite-thread.ts", import.meta.url), { path });
  const opened = await connection.opened();
  options.log.info("store opened", { path, revision: opened.revision });
  return new SqliteStore(connection, opened, options);
}

const rangeOf = (prefix: string): { end?: string } => {
  const end = prefixEnd(prefix);
  return end === undefined ? {} : { end };
};

class SqliteStore implements Store {
  readonly #connection: Connection;
  readonly #hub: Hub;
  readonly #queue = new CommitQueue((writes) => this.#commit(writes));
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #closing = new AbortController();
  #cleaning: Promise<void> | undefined;

  constructor(connection: Connection, opened: Opened, options: SqliteStoreOptions) {
    this.#connection = connection;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#hub = new Hub(opened.revision, options.watchLimits);
    void connection.exited.then(() => this.#ended());
    if (opened.unclean) this.#cleaning = this.#clean();
  }

  async get(key: string, at?: Revision): Promise<{ readonly entry?: Entry; readonly revision: Revision }> {
    this.#mustBeOpen();
    const { revision, found } = await this.#connection.ask({ do: "get", key, ...(at !== undefined && { at }) });
    return found ? { entry: { key, value: found.value, revision: found.revision }, revision } : { revision };
  }

  async list(prefix: string, options: ListOptions = {}): Promise<Page> {
    this.#mustBeOpen();
    const { limit, at } = options;
    const range = rangeOf(prefix);
    return listInPieces(
      async (request) => {
        const reply = await this.#connection.ask({ do: "page", ...range, ...request });
        const values = unpack(reply.values);
        const entries = reply.keys.map((key, i) => ({ key, value: values[i]!, revision: reply.revisions[i]! }));
        return { ...reply, entries };
      },
      { start: listStart(prefix, options.from), limit, at },
    );
  }

  put(key: string, value: Uint8Array, expected: Revision): Promise<Commit> {
    return this.#write({ key, value, expected });
  }

  delete(key: string, expected: Revision): Promise<Commit> {
    return this.#write({ key, expected });
  }

  async *watch(prefix: string, after: Revision, signal: AbortSignal): AsyncGenerator<Batch> {
    this.#mustBeOpen();
    if (after > this.#hub.revision) throw new FutureRevision(after, this.#hub.revision);
    yield* watchFrom({
      hub: this.#hub,
      prefix,
      after,
      signal,
      behind: (position) => position < this.#hub.revision,
      read: async (position) => {
        const request = { do: "changes", start: prefix, ...rangeOf(prefix), after: position } as const;
        return toBatch(await this.#connection.ask(request));
      },
    });
  }

  async compact(before: Revision): Promise<void> {
    this.#mustBeOpen();
    await this.#connection.ask({ do: "compact", before });
    this.#cleaning ??= this.#clean();
  }

  async revision(): Promise<Revision> {
    this.#mustBeOpen();
    return this.#hub.revision;
  }

  async sizeBytes(): Promise<number> {
    this.#mustBeOpen();
    return this.#connection.ask({ do: "size" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const isFirst = !this.#closing.signal.aborted;
    this.#closing.abort(new StoreClosed());
    this.#hub.close(new StoreClosed());
    await this.#cleaning;
    await this.#queue.drained();
    if (isFirst) await this.#connection.close();
    else await this.#connection.exited;
  }

  #mustBeOpen(): void {
    this.#closing.signal.throwIfAborted();
    if (this.#connection.end) throw this.#connection.end;
  }

  #ended(): void {
    const { end } = this.#connection;
    if (!end || this.#closing.signal.aborted) return;
    this.#log.error("store failed", { error: end });
    this.#hub.close(end);
  }

  async #write(write: Write): Promise<Commit> {
    this.#mustBeOpen();
    return this.#queue.add(write);
  }

  async #commit(writes: readonly Write[]): Promise<Commit[]> {
    const values = pack(writes.map((write) => write.value));
    const expected = Float64Array.from(writes, (write) => write.expected);
    const keys = writes.map((write) => write.key);
    const reply = await this.#connection.ask({ do: "write", keys, expected, values }, [values.bytes.buffer]);
    const standingValues = unpack(reply.standingValues);
    const changes: Change[] = [];
    const commits = writes.map(({ key, value }, i): Commit => {
      const revision = reply.revisions[i]!;
      const before = standingValues[i];
      const standing = before && { key, value: before, revision: reply.standing[i]! };
      if (revision === 0) return standing ? { ok: false, current: standing } : { ok: false };
      changes.push({ key, revision, ...(value && { value }), ...(standing && { previous: standing }) });
      return { ok: true, revision };
    });
    if (changes.length > 0) this.#hub.publish(changes, changes.at(-1)!.revision);
    return commits;
  }

  /** Removes what compaction gave up, in small pieces. Ends early when the store is closed; the next start goes on. */
  async #clean(): Promise<void> {
    const { signal } = this.#closing;
    let removed = 0;
    try {
      for (let done = false; !done;) {
        const reply = await this.#connection.ask({ do: "clean" });
        ({ done } = reply);
        removed += reply.removed;
        if (!done) await this.#clock.sleep(cleanPauseMs, signal);
      }
      this.#log.debug("store compacted", { removed });
    } catch (error) {
      if (!signal.aborted) this.#log.error("store compaction failed", { error });
    }
    this.#cleaning = undefined;
  }
}

function toBatch(reply: ChangesReply): Batch {
  const values = unpack(reply.values);
  const previousValues = unpack(reply.previousValues);
  const changes = reply.keys.map((key, i): Change => {
    const value = values[i];
    const before = previousValues[i];
    const previous = before && { key, value: before, revision: reply.previousRevisions[i]! };
    return { key, revision: reply.revisions[i]!, ...(value && { value }), ...(previous && { previous }) };
  });
  return { upTo: reply.upTo, changes };
}
