// What the main thread and the database's thread say to each other. Values travel packed into one transferred buffer,
// numbers in typed arrays: cloning thousands of small objects would cost more than SQLite itself.
import { StoreDamaged, StoreLocked } from "#store/errors.ts";
import { Compacted, FutureRevision, type Revision } from "#store/store.ts";

/** Optional byte strings, one behind the other. */
export interface Packed {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** -1: there is none. */
  readonly lengths: Int32Array<ArrayBuffer>;
}

export type Request =
  | { readonly do: "get"; readonly key: string; readonly at?: Revision }
  | PageRequest
  | ChangesRequest
  | WriteRequest
  | { readonly do: "compact"; readonly before: Revision }
  | { readonly do: "clean" }
  | { readonly do: "size" }
  | { readonly do: "close" };

export interface PageRequest {
  readonly do: "page";
  readonly start: string;
  /** Exclusive; absent: no end. */
  readonly end?: string;
  readonly at?: Revision;
  readonly limit: number;
}
export interface ChangesRequest {
  readonly do: "changes";
  readonly start: string;
  readonly end?: string;
  readonly after: Revision;
}
/** Writes that are committed together; one without a value deletes. */
export interface WriteRequest {
  readonly do: "write";
  readonly keys: readonly string[];
  readonly expected: Float64Array<ArrayBuffer>;
  readonly values: Packed;
}

export interface EntryReply {
  readonly revision: Revision;
  readonly found?: { readonly revision: Revision; readonly value: Uint8Array<ArrayBuffer> };
}
export interface PageReply {
  readonly revision: Revision;
  readonly keys: readonly string[];
  readonly revisions: Float64Array<ArrayBuffer>;
  readonly values: Packed;
  /** Where to go on; absent: the listing is complete. */
  readonly next?: string;
  /** How many follow; counted only when the limit was reached. */
  readonly remaining: number;
}
export interface ChangesReply {
  readonly upTo: Revision;
  readonly keys: readonly string[];
  readonly revisions: Float64Array<ArrayBuffer>;
  readonly values: Packed;
  readonly previousRevisions: Float64Array<ArrayBuffer>;
  readonly previousValues: Packed;
}
export interface WriteReply {
  /** For each write its revision; 0: it met a conflict. */
  readonly revisions: Float64Array<ArrayBuffer>;
  /** What stood at the key before; 0: nothing. */
  readonly standing: Float64Array<ArrayBuffer>;
  readonly standingValues: Packed;
}
export interface CleanReply {
  readonly removed: number;
  readonly done: boolean;
}
export interface Replies {
  get: EntryReply;
  page: PageReply;
  changes: ChangesReply;
  write: WriteReply;
  compact: undefined;
  clean: CleanReply;
  size: number;
  close: undefined;
}

/** The first message says how opening went; then every request is answered, in order. */
export type Answer =
  | { readonly ok: true; readonly result: Replies[keyof Replies] | Opened }
  | { readonly ok: false; readonly error: WireError };
export interface Opened {
  readonly revision: Revision;
  /** Whether an earlier compaction has rows left to remove. */
  readonly unclean: boolean;
}
export interface ThreadOptions {
  readonly path: string;
}

export function pack(values: readonly (Uint8Array | null | undefined)[]): Packed {
  const lengths = Int32Array.from(values, (value) => value?.length ?? -1);
  let total = 0;
  for (const length of lengths) total += Math.max(length, 0);
  const bytes = new Uint8Array(total);
  let offset = 0;
  for (const value of values) {
    if (!value) continue;
    bytes.set(value, offset);
    offset += value.length;
  }
  return { bytes, lengths };
}

/** Views of the packed bytes, not copies. */
export function unpack(packed: Packed): (Uint8Array<ArrayBuffer> | undefined)[] {
  let offset = 0;
  return Array.from(packed.lengths, (length) => {
    if (length < 0) return undefined;
    const start = offset;
    offset += length;
    return packed.bytes.subarray(start, offset);
  });
}

/** Errors that callers tell apart keep their class across threads. */
export type WireError =
  | { readonly kind: "compacted" | "future"; readonly asked: Revision; readonly bound: Revision }
  | { readonly kind: "locked"; readonly path: string }
  | { readonly kind: "damaged"; readonly path: string; readonly reason: string }
  | { readonly kind: "other"; readonly message: string };

export function toWire(error: unknown, path: string): WireError {
  if (error instanceof Compacted) return { kind: "compacted", asked: error.asked, bound: error.oldest };
  if (error instanceof FutureRevision) return { kind: "future", asked: error.asked, bound: error.newest };
  const message = error instanceof Error ? error.message : String(error);
  // SQLite's result codes; extended ones carry more in the upper bits.
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
  if (code === 5 || code === 6) return { kind: "locked", path };
  if (code === 11 || code === 26) return { kind: "damaged", path, reason: message };
  if (error instanceof StoreDamaged) return { kind: "damaged", path, reason: error.reason };
  return { kind: "other", message: `the database ${path} failed: ${message}` };
}

export function fromWire(error: WireError): Error {
  switch (error.kind) {
    case "compacted":
      return new Compacted(error.asked, error.bound);
    case "future":
      return new FutureRevision(error.asked, error.bound);
    case "locked":
      return new StoreLocked(error.path);
    case "damaged":
      return new StoreDamaged(error.path, error.reason);
    case "other":
      return new Error(error.message);
  }
}
