// The recent events of one resource, in revision order, so that a watch can start in the past. Bounded by count, size and
// age; `since` says from which revision on it is complete.
import type { KubeObject } from "#api/kind.ts";
import { createFrame } from "./frame.ts";
import type { EncodedObject, WatchFrame } from "#server/pipeline.ts";
import type { Revision } from "#store/store.ts";
import type { StoredObject } from "./stored-object.ts";

/** How an object of storage appears in one served version. */
export interface Version {
  /** "apps/v1", and the kind, for bookmarks. */
  readonly apiVersion: string;
  readonly kind: string;
  encode(stored: StoredObject): EncodedObject;
  /** Where objects must be converted by somebody else before `encode`: does so; undefined when nothing is missing. */
  readonly prepare?: (stored: Iterable<StoredObject>) => Promise<void> | undefined;
}

export class CacheEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  /** The object after the change; the last one, with the deletion's revision, when it was deleted. */
  readonly stored: StoredObject;
  readonly previous: StoredObject | undefined;
  /** Monotonic milliseconds. */
  readonly at: number;
  /** Of the object after the change, as it was when the event came. */
  readonly sizeBytes: number;
  #left: StoredObject | undefined;
  readonly #frames: { readonly version: Version; readonly frame: WatchFrame }[] = [];

  constructor(type: CacheEvent["type"], stored: StoredObject, previous: StoredObject | undefined, at: number) {
    this.type = type;
    this.stored = stored;
    this.previous = previous;
    this.at = at;
    this.sizeBytes = stored.sizeBytes;
  }
  get revision(): Revision {
    return this.stored.revision;
  }
  /** What a watcher is shown whose selection the object leaves: how it was, at the revision of the change. */
  get left(): StoredObject | undefined {
    return this.type === "DELETED" ? this.stored : (this.#left ??= this.previous?.at(this.revision));
  }
  frame(version: Version, type: CacheEvent["type"]): WatchFrame {
    const made = this.#frames.find((f) => f.version === version && f.frame.type === type);
    if (made) return made.frame;
    const shown = type === "DELETED" ? this.left! : this.stored;
    const frame = createFrame(type, version.encode(shown));
    this.#frames.push({ version, frame });
    return frame;
  }
}

export interface HistoryLimits {
  readonly events: number;
  /** Of stored objects; the newest event stays, however large. */
  readonly bytes: number;
  readonly ageMs: number;
}
export const historyLimits: HistoryLimits = { events: 8192, bytes: 64 * 1024 * 1024, ageMs: 5 * 60_000 };

export class History {
  readonly #limits: HistoryLimits;
  #events: CacheEvent[] = [];
  #first = 0;
  #bytes = 0;
  /** Every event after this revision is kept. */
  since: Revision;

  constructor(since: Revision, limits: HistoryLimits = historyLimits) {
    this.since = since;
    this.#limits = limits;
  }
  get size(): number {
    return this.#events.length - this.#first;
  }
  add(event: CacheEvent): void {
    this.#events.push(event);
    this.#bytes += event.sizeBytes;
    this.expire(event.at);
    const { events, bytes } = this.#limits;
    while (this.size > events || (this.#bytes > bytes && this.size > 1)) this.#drop();
  }
  /** Drops what is too old at `now` (monotonic milliseconds). */
  expire(now: number): void {
    while (this.size > 0 && this.#events[this.#first]!.at < now - this.#limits.ageMs) this.#drop();
  }
  /** Forgets everything; complete from `since` on. */
  reset(since: Revision): void {
    this.#events = [];
    this.#first = 0;
    this.#bytes = 0;
    this.since = since;
  }
  /** The events after `revision`, which must not be less than `since`. */
  after(revision: Revision): readonly CacheEvent[] {
    let low = this.#first;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#events[middle]!.revision > revision) high = middle;
      else low = middle + 1;
    }
    return this.#events.slice(low);
  }
  #drop(): void {
    const event = this.#events[this.#first]!;
    this.since = event.revision;
    this.#bytes -= event.sizeBytes;
    this.#events[this.#first++] = undefined as never;
    if (this.#first < 1024 || this.#first < this.#events.length / 2) return;
    this.#events = this.#events.slice(this.#first);
    this.#first = 0;
  }
}

export type Matches = (object: KubeObject) => boolean;
