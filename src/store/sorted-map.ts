// A map in key order. Two levels (an array of short sorted runs) keep an insertion among 100,000 keys at a few
// microseconds, where one array would move everything behind it.
import { compareKeys } from "./keys.ts";

const longestRun = 512;

interface Run<V> {
  readonly keys: string[];
  readonly values: V[];
}

/** The first index of `length` for which `isAtOrAfter` holds; `length` when there is none. */
function firstIndex(length: number, isAtOrAfter: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAtOrAfter(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export class SortedMap<V> {
  readonly #runs: Run<V>[] = [];
  readonly #byKey = new Map<string, V>();

  get size(): number {
    return this.#byKey.size;
  }
  get(key: string): V | undefined {
    return this.#byKey.get(key);
  }
  /** Adds a key that is not in the map yet. */
  add(key: string, value: V): void {
    this.#byKey.set(key, value);
    const found = this.#runAt(key);
    const run = this.#runs[found] ?? this.#runs.at(-1) ?? this.#firstRun();
    const index = firstIndex(run.keys.length, (i) => compareKeys(run.keys[i]!, key) >= 0);
    run.keys.splice(index, 0, key);
    run.values.splice(index, 0, value);
    if (run.keys.length <= longestRun) return;
    const half = longestRun >>> 1;
    const tail = { keys: run.keys.splice(half), values: run.values.splice(half) };
    this.#runs.splice(this.#runs.indexOf(run) + 1, 0, tail);
  }
  delete(key: string): void {
    if (!this.#byKey.delete(key)) return;
    const found = this.#runAt(key);
    const run = this.#runs[found]!;
    const index = firstIndex(run.keys.length, (i) => compareKeys(run.keys[i]!, key) >= 0);
    run.keys.splice(index, 1);
    run.values.splice(index, 1);
    if (run.keys.length === 0) this.#runs.splice(found, 1);
  }
  /** In order, from `start` (inclusive). The map must not change while this is read. */
  *from(start: string): Generator<readonly [string, V]> {
    for (let r = this.#runAt(start); r < this.#runs.length; r++) {
      const { keys, values } = this.#runs[r]!;
      const first = firstIndex(keys.length, (i) => compareKeys(keys[i]!, start) >= 0);
      for (let i = first; i < keys.length; i++) yield [keys[i]!, values[i]!];
    }
  }
  /** The first run that ends at or after `key`. */
  #runAt(key: string): number {
    return firstIndex(this.#runs.length, (i) => compareKeys(this.#runs[i]!.keys.at(-1)!, key) >= 0);
  }
  #firstRun(): Run<V> {
    const run: Run<V> = { keys: [], values: [] };
    this.#runs.push(run);
    return run;
  }
}
