// One watch: what it has selected and not yet sent. The buffer is bounded; a watcher that falls behind is ended, and its
// client starts again from the last revision that it has seen.
import { bookmark, createFrame, errorFrame } from "./frame.ts";
import { ApiError } from "#api/errors.ts";
import { CacheEvent, type Matches, type Version } from "./history.ts";
import type { WatchFrame } from "#server/pipeline.ts";
import type { StoredObject } from "./stored-object.ts";
import type { Revision } from "#store/store.ts";

export interface Selection {
  readonly version: Version;
  /** "" for all namespaces. */
  readonly namespace: string;
  /** Absent: everything; tested on the served version. */
  readonly matches?: Matches;
  /** Field values that every selected object has, by which events find their watchers (metadata.name, spec.nodeName). */
  readonly exact?: Readonly<Record<string, string>>;
}
export interface WatcherOptions extends Selection {
  readonly bookmarks: boolean;
  /** How many frames may wait, not counting the objects of the start. */
  readonly limit: number;
  /** How many bytes of stored objects may wait, not counting the start; absent: 64 MiB. */
  readonly limitBytes?: number;
}

type Batch = IteratorResult<readonly WatchFrame[], undefined>;
const over: Batch = { done: true, value: undefined };

const waitingBytes = 64 * 1024 * 1024;

const inNamespace = (key: string, namespace: string): boolean =>
  namespace === "" || (key.startsWith(namespace) && key[namespace.length] === "/");

/** Whether an object is selected. */
export function selects(selection: Selection, stored: StoredObject): boolean {
  if (!inNamespace(stored.key, selection.namespace)) return false;
  return !selection.matches || selection.matches(selection.version.encode(stored).object);
}

export class Watcher {
  readonly options: WatcherOptions;
  /** Events wait here as they are where they must be converted before they can be seen. */
  #queue: (WatchFrame | CacheEvent)[] = [];
  /** Waits for the next batch. */
  #reader: ((batch: Batch) => void) | undefined;
  #ended = false;
  /** What waits of events; what there was at the start is the cache's own and costs nothing. */
  #waiting = 0;
  #waitingBytes = 0;
  /** What the client knows. */
  #told: Revision = 0;

  constructor(options: WatcherOptions) {
    this.options = options;
  }
  get ended(): boolean {
    return this.#ended;
  }
  /**
   * Adds an event as this watcher sees it: an object that enters the selection is added, one that leaves is deleted. True
   * when there is something to `wake` it for.
   */
  offer(event: CacheEvent): boolean {
    if (this.options.version.prepare) {
      const isConcerned = inNamespace(event.stored.key, this.options.namespace);
      if (isConcerned) this.#push(event, event.revision, event.stored.sizeBytes);
      return isConcerned;
    }
    const type = this.#seenAs(event);
    if (type) this.#push(event.frame(this.options.version, type), event.revision, event.stored.sizeBytes);
    return type !== undefined;
  }
  #seenAs(event: CacheEvent): CacheEvent["type"] | undefined {
    if (!this.options.matches) return inNamespace(event.stored.key, this.options.namespace) ? event.type : undefined;
    // Where objects are converted by somebody else, only what may be shown is.
    const previous = this.options.version.prepare ? event.left : event.previous;
    const before = previous !== undefined && event.previous !== undefined && selects(this.options, previous);
    const after = event.type !== "DELETED" && selects(this.options, event.stored);
    if (after) return before ? "MODIFIED" : "ADDED";
    return before ? "DELETED" : undefined;
  }
  /** The objects there are at the start. */
  begin(objects: Iterable<StoredObject>, revision: Revision): void {
    const { version } = this.options;
    for (const stored of objects)
      this.#queue.push(
        version.prepare ? new CacheEvent("ADDED", stored, undefined, 0) : createFrame("ADDED", version.encode(stored)),
      );
    this.#told = revision;
    this.wake();
  }
  /** The client has seen everything up to `revision`. */
  beginAfter(revision: Revision): void {
    this.#told = revision;
  }
  #push(frame: WatchFrame | CacheEvent, revision: Revision, sizeBytes = 0): void {
    if (this.#ended) return;
    this.#queue.push(frame);
    this.#waiting++;
    this.#waitingBytes += sizeBytes;
    this.#told = revision;
    const { limit, limitBytes = waitingBytes } = this.options;
    if (this.#waiting > limit || this.#waitingBytes > limitBytes) {
      this.#queue = [];
      this.end();
    }
  }
  /** A bookmark at `revision`, unless the client knows as much already. */
  mark(revision: Revision, endsInitialEvents = false): void {
    if (!endsInitialEvents && (!this.options.bookmarks || revision <= this.#told)) return;
    this.#push(bookmark(this.options.version, revision, endsInitialEvents), revision);
    this.wake();
  }
  /** No more frames; those that wait are still sent. */
  end(): void {
    this.#ended = true;
    this.wake();
  }
  /** What has gathered goes out, when somebody waits for it. */
  wake(): void {
    const reader = this.#reader;
    if (!reader || (this.#queue.length === 0 && !this.#ended)) return;
    this.#reader = undefined;
    if (this.#queue.length === 0) return reader(over);
    const value = this.#queue as WatchFrame[];
    this.#queue = [];
    this.#waiting = 0;
    this.#waitingBytes = 0;
    reader({ done: false, value });
  }
  /** Everything that has gathered, batch by batch, until the end; for one reader. `left` is called when it is over. */
  frames(left: () => void = () => undefined): AsyncIterableIterator<readonly WatchFrame[]> {
    if (this.options.version.prepare) return this.#converted(left);
    // By hand: a generator makes several promises of each batch, and there are many watchers.
    const next = (): Promise<Batch> => {
      const { promise, resolve } = Promise.withResolvers<Batch>();
      this.#reader = (batch) => {
        if (batch.done) left();
        resolve(batch);
      };
      this.wake();
      return promise;
    };
    const frames: AsyncIterableIterator<readonly WatchFrame[]> = {
      next,
      return() {
        left();
        return Promise.resolve(over);
      },
      [Symbol.asyncIterator]: () => frames,
    };
    return frames;
  }
  async *#converted(left: () => void): AsyncGenerator<readonly WatchFrame[]> {
    try {
      for (;;) {
        const batch = await new Promise<Batch>((resolve) => {
          this.#reader = resolve;
          this.wake();
        });
        if (batch.done) return;
        const frames = await this.#seen(batch.value);
        if (frames.length > 0) yield frames;
      }
    } finally {
      left();
    }
  }
  /** What this watcher sees of events once they are converted; when they cannot be, the watch ends with that error. */
  async #seen(batch: readonly (WatchFrame | CacheEvent)[]): Promise<readonly WatchFrame[]> {
    const { version, matches } = this.options;
    const events = batch.filter((item) => item instanceof CacheEvent);
    try {
      await version.prepare!(events.flatMap((e) => (matches && e.previous ? [e.stored, e.left!] : [e.stored])));
    } catch (error) {
      this.#queue = [];
      this.end();
      const failure = error instanceof ApiError ? error : new ApiError("InternalError", String(error));
      return [errorFrame(failure.toStatus())];
    }
    return batch.flatMap((item) => {
      if (!(item instanceof CacheEvent)) return [item];
      const type = this.#seenAs(item);
      return type ? [item.frame(version, type)] : [];
    });
  }
}
