// What a plugin has counted for one pod serves the next pod like it: the counts are kept, and brought up to date by the
// pods that came and went meanwhile. A change of nodes or namespaces makes them worthless.
import type { NodeState } from "#scheduler/node-state.ts";
import type { PodFacts } from "#scheduler/pod-facts.ts";
import type { Snapshot } from "#scheduler/snapshot.ts";

export interface Counting<S> {
  /** Counts everything. The result may depend on no more of the pod than its `likeness`. */
  make(pod: PodFacts, snapshot: Snapshot): S;
  /** A pod came to the node (1) or left it (-1). */
  count(state: S, pod: PodFacts, other: PodFacts, node: NodeState, sign: 1 | -1): void;
}
interface Entry<S> {
  readonly state: S;
  readonly layout: number;
  /** Moves that are counted in. */
  moves: number;
}
/** Kinds of pods that counts are kept for. */
const mostEntries = 32;

export class KeptCounts<S> {
  readonly #counting: Counting<S>;
  readonly #bySnapshot = new WeakMap<Snapshot, Map<string, Entry<S>>>();

  constructor(counting: Counting<S>) {
    this.#counting = counting;
  }
  /** Shared by all who ask: not to be changed but through a copy. */
  of(pod: PodFacts, snapshot: Snapshot): S {
    let entries = this.#bySnapshot.get(snapshot);
    if (!entries) this.#bySnapshot.set(snapshot, (entries = new Map()));
    const entry = this.#current(entries.get(pod.likeness), pod, snapshot) ?? this.#fresh(pod, snapshot);
    entries.delete(pod.likeness);
    entries.set(pod.likeness, entry);
    if (entries.size > mostEntries) entries.delete(entries.keys().next().value!);
    return entry.state;
  }
  #fresh(pod: PodFacts, snapshot: Snapshot): Entry<S> {
    return { state: this.#counting.make(pod, snapshot), layout: snapshot.layout, moves: snapshot.moves.count };
  }
  #current(entry: Entry<S> | undefined, pod: PodFacts, snapshot: Snapshot): Entry<S> | undefined {
    if (entry?.layout !== snapshot.layout) return undefined;
    const moves = snapshot.moves.after(entry.moves);
    if (!moves) return undefined;
    for (const { pod: other, node, sign } of moves) this.#counting.count(entry.state, pod, other, node, sign);
    entry.moves += moves.length;
    return entry;
  }
}
