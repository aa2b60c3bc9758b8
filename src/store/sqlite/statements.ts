// Every SQL statement of the store, prepared once, behind typed functions. The type of a row follows from the columns,
// which SQLite checks (the tables are STRICT) and TypeScript cannot: hence the casts, here and nowhere else.
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { Revision } from "#store/store.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type Row<T> = T | undefined;

export interface VersionRow {
  readonly revision: Revision;
  readonly value: Bytes;
}
export interface CurrentRow extends VersionRow {
  readonly deleted: number;
}
export interface RangeRow {
  readonly key: string;
  readonly revision: Revision;
  /** Null when the newest version is not the one to show. */
  readonly value: Bytes | null;
}
export interface ChangeRow {
  readonly revision: Revision;
  readonly key: string;
  /** Null: deleted. */
  readonly value: Bytes | null;
  /** Null: nothing stood there. */
  readonly previous: Revision | null;
  readonly previousValue: Bytes | null;
}
export interface SupersedingRow {
  readonly revision: Revision;
  readonly key: string;
  readonly previous: Revision;
  readonly deleted: number;
}

export type Statements = ReturnType<typeof prepareStatements>;
export const prepareStatements = (db: DatabaseSync) => ({
  ...metaStatements(db),
  ...keyStatements(db),
  ...rangeStatements(db),
  ...writeStatements(db),
});

/** In SQLite every blob comes after every text: this is the end of a range that has none. */
const noEnd = new Uint8Array(1);
const bound = (end: string | undefined): SQLInputValue => end ?? noEnd;

type Counter = "page_count" | "page_size" | "freelist_count";

function metaStatements(db: DatabaseSync) {
  const meta = db.prepare("SELECT value FROM meta WHERE name = ?");
  const setMeta = db.prepare("INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value");
  const newest = db.prepare("SELECT max(revision) AS revision FROM log");
  const counters = {
    page_count: db.prepare("PRAGMA page_count"),
    page_size: db.prepare("PRAGMA page_size"),
    freelist_count: db.prepare("PRAGMA freelist_count"),
  };
  return {
    /** 0 when it was never set. */
    meta: (name: "oldest" | "cleaned"): number => (meta.get(name) as Row<{ value: number }>)?.value ?? 0,
    setMeta: (name: "oldest" | "cleaned", value: number): void => void setMeta.run(name, value),
    /** 0 when the log is empty. */
    newestRevision: (): Revision => (newest.get() as unknown as { revision: number | null }).revision ?? 0,
    counter: (name: Counter): number => (counters[name].get() as Record<Counter, number>)[name],
  };
}

function keyStatements(db: DatabaseSync) {
  const newest = db.prepare("SELECT revision FROM current WHERE key = ?");
  const current = db.prepare(`
    SELECT current.revision, current.deleted, log.value
    FROM current JOIN log ON log.revision = current.revision WHERE current.key = ?`);
  const version = db.prepare("SELECT revision, value FROM log WHERE revision = ? AND deleted = 0");
  const previous = db.prepare("SELECT previous FROM log WHERE revision = ?");
  return {
    /** The revision of the key's newest version, which may be its deletion; 0: it was never there. */
    newestOf: (key: string): Revision => (newest.get(key) as Row<{ revision: number }>)?.revision ?? 0,
    current: (key: string) => current.get(key) as Row<CurrentRow>,
    /** Absent for a deletion, and for a revision that compaction has removed. */
    version: (revision: Revision) => version.get(revision) as Row<VersionRow>,
    /** The version before; 0: there is none. */
    previous: (revision: Revision): Revision => (previous.get(revision) as Row<{ previous: number }>)?.previous ?? 0,
  };
}

function rangeStatements(db: DatabaseSync) {
  const range = db.prepare(`
    SELECT c.key, c.revision, log.value
    FROM current AS c LEFT JOIN log ON log.revision = c.revision AND log.revision <= ?
    WHERE c.key >= ? AND c.key < ? AND (c.deleted = 0 OR c.revision > ?) ORDER BY c.key`);
  const settled = db.prepare(
    "SELECT count(*) AS count FROM current WHERE key >= ? AND key < ? AND deleted = 0 AND revision <= ?",
  );
  const unsettled = db.prepare("SELECT revision FROM current WHERE key >= ? AND key < ? AND revision > ?");
  const changes = db.prepare(`
    SELECT log.revision, log.key, log.value, old.revision AS previous, old.value AS previousValue
    FROM log LEFT JOIN log AS old ON old.revision = log.previous AND old.deleted = 0
    WHERE log.revision > ? AND log.revision <= ? AND log.key >= ? AND log.key < ? ORDER BY log.revision`);
  return {
    /** Keys that may have had a value at `at`, in order. */
    range: (start: string, end: string | undefined, at: Revision) =>
      range.iterate(at, start, bound(end), at) as Iterable<unknown> as Iterable<RangeRow>,
    /** How many keys have not changed since `at` and are there. */
    countSettled: (start: string, end: string | undefined, at: Revision): number =>
      (settled.get(start, bound(end), at) as { count: number }).count,
    /** The newest versions of the keys that have changed since `at`. */
    unsettled: (start: string, end: string | undefined, at: Revision) =>
      unsettled.all(start, bound(end), at) as unknown as { revision: Revision }[],
    changes: (after: Revision, upTo: Revision, start: string, end: string | undefined) =>
      changes.iterate(after, upTo, start, bound(end)) as Iterable<unknown> as Iterable<ChangeRow>,
  };
}

function writeStatements(db: DatabaseSync) {
  const append = db.prepare("INSERT INTO log (revision, key, previous, deleted, value) VALUES (?, ?, ?, ?, ?)");
  const point = db.prepare(`
    INSERT INTO current VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET revision = excluded.revision, deleted = excluded.deleted`);
  const superseding = db.prepare(`
    SELECT revision, key, previous, deleted FROM log WHERE revision > ? AND revision <= ? ORDER BY revision LIMIT ?`);
  const remove = db.prepare("DELETE FROM log WHERE revision = ?");
  const unpoint = db.prepare("DELETE FROM current WHERE key = ? AND revision = ?");
  return {
    /** Without a value: a deletion. */
    append(row: { revision: Revision; key: string; previous: Revision; value: Bytes | undefined }): void {
      const deleted = row.value ? 0 : 1;
      append.run(row.revision, row.key, row.previous, deleted, row.value ?? null);
      point.run(row.key, row.revision, deleted);
    },
    superseding: (after: Revision, upTo: Revision, limit: number) =>
      superseding.all(after, upTo, limit) as unknown as SupersedingRow[],
    /** How many rows went (0 or 1). */
    remove: (revision: Revision): number => Number(remove.run(revision).changes),
    /** Forgets a key that was deleted at `revision` and has not come back. */
    forget: (key: string, revision: Revision): void => void unpoint.run(key, revision),
  };
}
