// Group commit: while one commit is under way, writes gather; all that have gathered go into the next one.
import { StoreOverloaded } from "#store/errors.ts";
import type { Commit, Revision } from "#store/store.ts";

export interface Write {
  readonly key: string;
  /** Absent: delete. */
  readonly value?: Uint8Array;
  readonly expected: Revision;
}

/** Commits all, or throws and commits none. The results are in the order of the writes. */
export type CommitTogether = (writes: readonly Write[]) => Promise<readonly Commit[]>;

const groupWrites = 500;
const groupBytes = 4 * 1024 * 1024;
const queueWrites = 20_000;
const queueBytes = 128 * 1024 * 1024;

interface Waiting extends PromiseWithResolvers<Commit> {
  readonly write: Write;
}
const sizeOf = (write: Write): number => write.value?.length ?? 0;

export class CommitQueue {
  readonly #commit: CommitTogether;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #running: Promise<void> | undefined;

  constructor(commit: CommitTogether) {
    this.#commit = commit;
  }
  add(write: Write): Promise<Commit> {
    if (this.#waiting.length >= queueWrites || this.#bytes + sizeOf(write) > queueBytes)
      return Promise.reject(new StoreOverloaded());
    const waiting = { write, ...Promise.withResolvers<Commit>() };
    this.#waiting.push(waiting);
    this.#bytes += sizeOf(write);
    this.#running ??= this.#run();
    return waiting.promise;
  }
  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    await this.#running;
  }
  async #run(): Promise<void> {
    // Writes of the same turn of the event loop belong to the first group already.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      try {
        const commits = await this.#commit(group.map((waiting) => waiting.write));
        for (const [i, waiting] of group.entries()) waiting.resolve(commits[i]!);
      } catch (error) {
        for (const waiting of group) waiting.reject(error);
      }
    }
    this.#running = undefined;
  }
  #takeGroup(): Waiting[] {
    let bytes = 0;
    let length = 0;
    while (length < Math.min(this.#waiting.length, groupWrites) && (length === 0 || bytes < groupBytes))
      bytes += sizeOf(this.#waiting[length++]!.write);
    this.#bytes -= bytes;
    return this.#waiting.splice(0, length);
  }
}
