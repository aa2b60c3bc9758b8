// Seeded choices: the same seed makes the same requests, so that what a run finds can be run again.
import { seededRandom } from "#base/random.ts";

export class Chance {
  readonly #random;
  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }
  /** In [0, 1). */
  next(): number {
    return this.#random.next();
  }
  /** A whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }
  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.next() * n < 1;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
  /** One of the values, each as often as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T {
    let at = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of choices) if ((at -= weight) < 0) return value;
    return choices.at(-1)![1];
  }
  bytes(length: number): Uint8Array {
    return this.#random.bytes(length);
  }
}
