// What can be wrong with a store as a whole. Each says what happened and what to do next; `path` lets callers name it.

/** The store has been closed, by its owner or by a failure that `cause` tells. */
export class StoreClosed extends Error {
  constructor(cause?: unknown) {
    super(cause === undefined ? "the store is closed" : "the store has failed", cause === undefined ? {} : { cause });
  }
}

/** Another process, or another store of this one, has the database open. */
export class StoreLocked extends Error {
  readonly path: string;
  constructor(path: string) {
    super(`the database ${path} is in use by another process; stop that one first, or choose another data directory`);
    this.path = path;
  }
}

/** The file is not a usable database. */
export class StoreDamaged extends Error {
  readonly path: string;
  readonly reason: string;
  constructor(path: string, reason: string) {
    super(`the database ${path} cannot be used: ${reason}; restore it from a backup, or move it away to start empty`);
    this.path = path;
    this.reason = reason;
  }
}

/** More is waiting to be written than the store is willing to hold. Nothing was written; try again later. */
export class StoreOverloaded extends Error {
  constructor() {
    super("too many writes are waiting for the store");
  }
}

/** No server of the store could be reached, or it did not answer. A write that was under way may have happened. */
export class StoreUnavailable extends Error {
  constructor(endpoints: readonly string[], reason: string) {
    super(`etcd at ${endpoints.join(", ")} does not answer: ${reason}`);
  }
}
