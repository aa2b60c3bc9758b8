// The store's operations on an open database, all synchronous: the thread does one after the other.
import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import {
  pack,
  unpack,
  type ChangesReply,
  type ChangesRequest,
  type CleanReply,
  type EntryReply,
  type PageReply,
  type PageRequest,
  type WriteReply,
  type WriteRequest,
} from "./protocol.ts";
import { keyAfter } from "#store/keys.ts";
import { prepareStatements, type ChangeRow, type Statements, type VersionRow } from "./statements.ts";
import { Compacted, FutureRevision, type Revision } from "#store/store.ts";

/** One request occupies the thread for at most about this much, so that writes get their turn in between. */
const pageRows = 1_000;
const pageBytes = 256 * 1024;
const changesRevisions = 2_000;
const cleanRows = 200;
const vacuumPages = 200;
/** Free pages are kept for new writes up to this share of the file. */
const freeShare = 0.25;
/** As in etcd, the empty store is at revision 1, for 0 means none. */
const firstRevision = 1;

export class Database {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #run: Statements;
  #newest: Revision;
  #oldest: Revision;
  /** Compaction has removed what was superseded up to here. */
  #cleaned: Revision;
  #vacuumed = false;

  constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
    this.#run = prepareStatements(db);
    this.#oldest = this.#run.meta("oldest");
    this.#cleaned = this.#run.meta("cleaned");
    this.#newest = Math.max(this.#run.newestRevision(), firstRevision);
  }

  get revision(): Revision {
    return this.#newest;
  }
  get unclean(): boolean {
    return this.#cleaned < this.#cleanable();
  }

  get(key: string, at: Revision | undefined): EntryReply {
    const revision = this.#readable(at);
    const found = this.#versionAt(this.#run.newestOf(key), revision);
    return found ? { revision, found } : { revision };
  }

  page(request: PageRequest): PageReply {
    const revision = this.#readable(request.at);
    const keys: string[] = [];
    const revisions: number[] = [];
    const values: Uint8Array[] = [];
    let size = 0;
    let next: string | undefined;
    for (const row of this.#run.range(request.start, request.end, revision)) {
      const found = row.value ? { ...row, value: row.value } : this.#versionAt(row.revision, revision);
      if (!found) continue;
      keys.push(row.key);
      revisions.push(found.revision);
      values.push(found.value);
      size += found.value.length;
      next = keyAfter(row.key);
      if (keys.length === request.limit || keys.length === pageRows || size >= pageBytes) break;
      next = undefined;
    }
    const isFull = keys.length === request.limit && next !== undefined;
    const remaining = isFull ? this.#count(next!, request.end, revision) : 0;
    return {
      revision,
      keys,
      revisions: Float64Array.from(revisions),
      values: pack(values),
      remaining,
      ...(next !== undefined && (!isFull || remaining > 0) && { next }),
    };
  }

  /** The next changes after `after`; at least one revision, at most a window of them. */
  changes(request: ChangesRequest): ChangesReply {
    this.#readable(request.after);
    let upTo = Math.min(request.after + changesRevisions, this.#newest);
    const rows: ChangeRow[] = [];
    let size = 0;
    for (const row of this.#run.changes(request.after, upTo, request.start, request.end)) {
      rows.push(row);
      size += (row.value?.length ?? 0) + (row.previousValue?.length ?? 0);
      if (size < pageBytes) continue;
      upTo = row.revision;
      break;
    }
    return {
      upTo,
      keys: rows.map((row) => row.key),
      revisions: Float64Array.from(rows, (row) => row.revision),
      values: pack(rows.map((row) => row.value)),
      previousRevisions: Float64Array.from(rows, (row) => row.previous ?? 0),
      previousValues: pack(rows.map((row) => row.previousValue)),
    };
  }

  /** All of them in one transaction, which is durable when this returns. */
  write(request: WriteRequest): WriteReply {
    const { keys, expected } = request;
    const values = unpack(request.values);
    const revisions = new Float64Array(keys.length);
    const standing = new Float64Array(keys.length);
    const standingValues: (Uint8Array | undefined)[] = [];
    let newest = this.#newest;
    this.#transaction(() => {
      for (const [i, key] of keys.entries()) {
        const value = values[i];
        const current = this.#run.current(key);
        const live = current?.deleted === 0 ? current : undefined;
        standing[i] = live?.revision ?? 0;
        standingValues.push(live?.value);
        if (standing[i] !== expected[i] || (!value && !live)) continue;
        revisions[i] = ++newest;
        this.#run.append({ revision: newest, key, previous: current?.revision ?? 0, value });
      }
    });
    this.#newest = newest;
    return { revisions, standing, standingValues: pack(standingValues) };
  }

  /** From now on the past before `before` is refused; `clean` removes it piece by piece. */
  compact(before: Revision): undefined {
    if (before > this.#newest) throw new FutureRevision(before, this.#newest);
    if (before <= this.#oldest) return undefined;
    this.#transaction(() => this.#run.setMeta("oldest", before));
    this.#oldest = before;
    return undefined;
  }

  /** Removes a piece of what compaction gave up. Invariant: a row goes only when the row that supersedes it stays. */
  clean(): CleanReply {
    const upTo = this.#cleanable();
    if (this.#cleaned >= upTo) return { removed: 0, done: this.#vacuum() };
    let removed = 0;
    let cleaned = upTo;
    this.#transaction(() => {
      const rows = this.#run.superseding(this.#cleaned, upTo, cleanRows);
      for (const row of rows) {
        if (row.previous) removed += this.#run.remove(row.previous);
        if (!row.deleted) continue;
        removed += this.#run.remove(row.revision);
        this.#run.forget(row.key, row.revision);
      }
      if (rows.length === cleanRows) cleaned = rows.at(-1)!.revision;
      this.#run.setMeta("cleaned", cleaned);
    });
    this.#cleaned = cleaned;
    return { removed, done: false };
  }

  sizeBytes(): number {
    const log = statSync(`${this.#path}-wal`, { throwIfNoEntry: false });
    return this.#run.counter("page_count") * this.#run.counter("page_size") + (log?.size ?? 0);
  }

  close(): undefined {
    this.#db.close();
    return undefined;
  }

  /** The newest revision is remembered by its row alone, so that row is left for a later compaction. */
  #cleanable(): Revision {
    return Math.min(this.#oldest, this.#newest - 1);
  }

  /** Gives surplus free pages back to the file system; true when there is nothing left to give. */
  #vacuum(): boolean {
    const surplus = this.#run.counter("freelist_count") - this.#run.counter("page_count") * freeShare;
    if (surplus >= vacuumPages) this.#db.exec(`PRAGMA incremental_vacuum(${vacuumPages})`);
    // Only a checkpoint shortens the file itself, and the write-ahead log with it.
    else if (this.#vacuumed) this.#db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#vacuumed = surplus >= vacuumPages;
    return !this.#vacuumed;
  }

  #readable(at: Revision | undefined): Revision {
    if (at === undefined) return this.#newest;
    if (at < this.#oldest) throw new Compacted(at, this.#oldest);
    if (at > this.#newest) throw new FutureRevision(at, this.#newest);
    return at;
  }

  /** Follows a key's chain from its newest version to the one that stood at `at`. */
  #versionAt(newest: Revision, at: Revision): VersionRow | undefined {
    let revision = newest;
    while (revision > at) revision = this.#run.previous(revision);
    return revision === 0 ? undefined : this.#run.version(revision);
  }

  #count(start: string, end: string | undefined, at: Revision): number {
    let count = this.#run.countSettled(start, end, at);
    for (const row of this.#run.unsettled(start, end, at)) if (this.#versionAt(row.revision, at)) count++;
    return count;
  }

  #transaction(work: () => void): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }
}
