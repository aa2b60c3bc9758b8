// The latest comings and goings of pods on nodes, in order, so that what was counted before can be brought up to date
// instead of being counted again. Bounded: who asks for more than is kept has to count.
import type { NodeState } from "#scheduler/node-state.ts";
import type { PodFacts } from "#scheduler/pod-facts.ts";

export interface Move {
  readonly pod: PodFacts;
  readonly node: NodeState;
  /** 1: it came, -1: it went. */
  readonly sign: 1 | -1;
}
const most = 4096;

export class Moves {
  #kept: Move[] = [];
  #dropped = 0;

  /** How many there have been. */
  get count(): number {
    return this.#dropped + this.#kept.length;
  }
  add(move: Move): void {
    this.#kept.push(move);
    if (this.#kept.length < 2 * most) return;
    this.#dropped += this.#kept.length - most;
    this.#kept = this.#kept.slice(-most);
  }
  /** Those after the first `count`; undefined when they are no longer all there. */
  after(count: number): readonly Move[] | undefined {
    if (count < this.#dropped) return undefined;
    return count === this.count ? [] : this.#kept.slice(count - this.#dropped);
  }
}
