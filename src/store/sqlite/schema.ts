// Opens the database file: lock, settings, tables.
// `log` has every change, and its `previous` chains the versions of a key. `current` has the newest revision of each
// key, of deleted ones until compaction. So "newest by key" and listings walk `current`, the past is reached along the
// chains, watches walk `log`, and no further index has to be written.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreDamaged } from "#store/errors.ts";

/** Marks the file as ours ("Timo"), and the layout of its tables. */
const applicationId = 0x54696d6f;
const layoutVersion = 1;

const tables = `
  CREATE TABLE log (
    revision INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    previous INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    value BLOB
  ) STRICT;
  CREATE TABLE current (
    key TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    deleted INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${layoutVersion};
`;

/**
 * Exclusive locking keeps every other process (and every other connection of this one) out for as long as the
 * database is open; the kernel drops the lock when the process dies. Nothing else here may open and close the file:
 * closing any descriptor of it would drop the process's locks.
 */
const lock = "PRAGMA locking_mode = EXCLUSIVE";
/** Only for an empty file: set again, the second one would be a write at every start, which a full disk refuses. */
const form = `
  PRAGMA page_size = 8192;
  PRAGMA auto_vacuum = INCREMENTAL;
`;
const settings = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -8000;
  PRAGMA temp_store = MEMORY;
  PRAGMA journal_size_limit = 16777216;
`;

const numberOf = (db: DatabaseSync, pragma: string): number =>
  Number(Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);

/** Values in the store are secrets: the file is its owner's alone, and SQLite gives its companions the same mode. */
function createFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, "wx", 0o600));
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
}

/** Whether the tables have yet to be made. A file that is not ours is left as it is. */
function isNew(db: DatabaseSync, path: string): boolean {
  if (numberOf(db, "schema_version") === 0) return true;
  if (numberOf(db, "application_id") !== applicationId)
    throw new StoreDamaged(path, "it was written by another program");
  if (numberOf(db, "user_version") > layoutVersion)
    throw new StoreDamaged(path, "it was written by a newer version of this program");
  return false;
}

/** Throws StoreDamaged for a file that is not ours, SQLite's own errors for a locked or damaged one. */
export function openDatabase(path: string): DatabaseSync {
  if (!existsSync(path)) createFile(path);
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec(lock);
    const isEmpty = isNew(db, path);
    if (isEmpty) db.exec(form);
    db.exec(settings);
    if (isEmpty) db.exec(`BEGIN IMMEDIATE; ${tables}; COMMIT`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
