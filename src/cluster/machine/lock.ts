// A lock that the kernel frees when its holder dies, however it dies. Node has no flock, but SQLite locks its files
// with fcntl, so an empty database in an exclusive transaction is such a lock.
import { chmodSync, existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const busy = 5;

/** `waitMs`: how long to wait (blocking) for another holder. Undefined when it is held by someone else. */
export function tryLock(path: string, waitMs = 0): Disposable | undefined {
  const isNew = !existsSync(path);
  const database = new DatabaseSync(path, { timeout: waitMs });
  // By name: to open and close the file here would free every lock this process has on it (POSIX).
  if (isNew) chmodSync(path, 0o600);
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === busy) return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}
