// Pods near or far from other pods. What existing pods demand of newcomers counts as much as what the newcomer demands.
import type { Pod } from "#api/core/pod.ts";
import { deepEqual } from "#api/json.ts";
import { matchesLabels } from "#api/selectors.ts";
import { curable, incurable, ready, skip, type SchedulerPlugin } from "#scheduler/framework.ts";
import { KeptCounts } from "#scheduler/kept-counts.ts";
import type { NodeState } from "#scheduler/node-state.ts";
import { PodFacts, type AffinityTerm } from "#scheduler/pod-facts.ts";
import type { Snapshot } from "#scheduler/snapshot.ts";

const noAffinity = incurable("node(s) didn't match pod affinity rules");
const antiAffinity = curable("node(s) didn't match pod anti-affinity rules");
const existingAntiAffinity = curable("node(s) didn't satisfy existing pods anti-affinity rules");
/** Upstream: what a required affinity of an existing pod is worth to a newcomer that matches it. */
const hardAffinityWeight = 1;

/** Numbers by topology key and value. */
class Areas {
  readonly #counts = new Map<string, Map<string, number>>();
  isEmpty(): boolean {
    return this.#counts.size === 0;
  }
  add(key: string, node: NodeState, by: number): void {
    const value = node.labels[key];
    if (value === undefined) return;
    const values = this.#counts.get(key) ?? new Map<string, number>();
    const count = (values.get(value) ?? 0) + by;
    if (count === 0) values.delete(value);
    else values.set(value, count);
    if (values.size > 0) this.#counts.set(key, values);
    else this.#counts.delete(key);
  }
  of(key: string, node: NodeState): number {
    const value = node.labels[key];
    return value === undefined ? 0 : (this.#counts.get(key)?.get(value) ?? 0);
  }
  /** The sum over all keys for the areas that the node is in. */
  sum(node: NodeState): number {
    let sum = 0;
    for (const key of this.#counts.keys()) sum += this.of(key, node);
    return sum;
  }
  anyAbove(node: NodeState): boolean {
    for (const key of this.#counts.keys()) if (this.of(key, node) > 0) return true;
    return false;
  }
  copy(): Areas {
    const copy = new Areas();
    for (const [key, values] of this.#counts) copy.#counts.set(key, new Map(values));
    return copy;
  }
}
interface State {
  readonly snapshot: Snapshot;
  /** Existing pods that all required terms of the newcomer match. */
  readonly wanted: Areas;
  readonly unwanted: Areas;
  /** Existing pods that want nothing like the newcomer near them. */
  readonly refusing: Areas;
}

function matches(term: AffinityTerm, pod: Pod, snapshot: Snapshot): boolean {
  const namespace = pod.metadata.namespace!;
  const near =
    term.namespaces.has(namespace) ||
    (term.namespaceSelector !== undefined &&
      matchesLabels(term.namespaceSelector, snapshot.namespaceLabels(namespace)));
  return near && matchesLabels(term.selector, pod.metadata.labels);
}
const matchesAll = (terms: readonly AffinityTerm[], pod: Pod, snapshot: Snapshot): boolean =>
  terms.length > 0 && terms.every((term) => matches(term, pod, snapshot));

function countPod({ snapshot, ...areas }: State, pod: PodFacts, other: PodFacts, node: NodeState, sign: 1 | -1): void {
  const { requiredAffinity, requiredAntiAffinity } = pod.terms;
  if (matchesAll(requiredAffinity, other.pod, snapshot))
    for (const term of requiredAffinity) areas.wanted.add(term.topologyKey, node, sign);
  for (const term of requiredAntiAffinity)
    if (matches(term, other.pod, snapshot)) areas.unwanted.add(term.topologyKey, node, sign);
  if (!other.hasPodAffinity) return;
  for (const term of other.terms.requiredAntiAffinity)
    if (matches(term, pod.pod, snapshot)) areas.refusing.add(term.topologyKey, node, sign);
}

function stateOf(pod: PodFacts, snapshot: Snapshot): State {
  const { requiredAffinity, requiredAntiAffinity } = pod.terms;
  const state: State = { snapshot, wanted: new Areas(), unwanted: new Areas(), refusing: new Areas() };
  const demands = requiredAffinity.length + requiredAntiAffinity.length > 0;
  for (const node of demands ? snapshot.nodes : snapshot.nodesWithRequiredAntiAffinityPods)
    for (const other of demands ? node.pods.values() : node.requiredAntiAffinityPods)
      countPod(state, pod, other, node, 1);
  return state;
}
const keptStates = new KeptCounts<State>({ make: stateOf, count: countPod });

interface Wishes {
  readonly snapshot: Snapshot;
  readonly areas: Areas;
}
function countWishes({ snapshot, areas }: Wishes, pod: PodFacts, other: PodFacts, node: NodeState, sign: 1 | -1): void {
  const add = (terms: readonly AffinityTerm[], of: PodFacts, by: number, weight?: number): void => {
    for (const term of terms)
      if (matches(term, of.pod, snapshot)) areas.add(term.topologyKey, node, sign * by * (weight ?? term.weight));
  };
  if (pod.hasPodAffinity) {
    add(pod.terms.preferredAffinity, other, 1);
    add(pod.terms.preferredAntiAffinity, other, -1);
  }
  if (!other.hasPodAffinity) return;
  add(other.terms.preferredAffinity, pod, 1);
  add(other.terms.preferredAntiAffinity, pod, -1);
  add(other.terms.requiredAffinity, pod, 1, hardAffinityWeight);
}
const keptWishes = new KeptCounts<Wishes>({
  make(pod, snapshot) {
    const wishes = { snapshot, areas: new Areas() };
    const { preferredAffinity, preferredAntiAffinity } = pod.terms;
    const hasOwn = preferredAffinity.length + preferredAntiAffinity.length > 0;
    for (const node of hasOwn ? snapshot.nodes : snapshot.nodesWithAffinityPods)
      for (const other of hasOwn ? node.pods.values() : node.affinityPods) countWishes(wishes, pod, other, node, 1);
    return wishes;
  },
  count: countWishes,
});

export const interPodAffinity: SchedulerPlugin<State, Areas> = {
  name: "InterPodAffinity",
  wakeOn: {
    assignedPod: (pod, { object, old }, snapshot) =>
      (!object || !old || !deepEqual(object.metadata.labels, old.metadata.labels)) &&
      [object, old].some((other) => other && concerns(pod, new PodFacts(other), snapshot)),
    node: (_pod, { object, old }) => !deepEqual(object?.metadata.labels, old?.metadata.labels),
    namespace: () => true,
  },
  prepare(pod, snapshot) {
    const { requiredAffinity, requiredAntiAffinity } = pod.terms;
    const demands = requiredAffinity.length + requiredAntiAffinity.length > 0;
    if (!demands && snapshot.nodesWithRequiredAntiAffinityPods.size === 0) return skip;
    const state = keptStates.of(pod, snapshot);
    return demands || !state.refusing.isEmpty() ? ready(state) : skip;
  },
  filter(pod, node, { snapshot, wanted, unwanted, refusing }) {
    const { requiredAffinity, requiredAntiAffinity } = pod.terms;
    if (requiredAffinity.some((term) => node.labels[term.topologyKey] === undefined)) return noAffinity;
    // The first pod of a group that wants to be together may go anywhere.
    const isFirst = wanted.isEmpty() && matchesAll(requiredAffinity, pod.pod, snapshot);
    if (!isFirst && requiredAffinity.some((term) => wanted.of(term.topologyKey, node) <= 0)) return noAffinity;
    if (requiredAntiAffinity.some((term) => unwanted.of(term.topologyKey, node) > 0)) return antiAffinity;
    return refusing.anyAbove(node) ? existingAntiAffinity : undefined;
  },
  copyState: (state) => ({
    ...state,
    wanted: state.wanted.copy(),
    unwanted: state.unwanted.copy(),
    refusing: state.refusing.copy(),
  }),
  countPod,
  score: {
    weight: 2,
    prepare(pod, _nodes, snapshot) {
      if (!pod.hasPodAffinity && snapshot.nodesWithAffinityPods.size === 0) return undefined;
      const { areas } = keptWishes.of(pod, snapshot);
      return areas.isEmpty() ? undefined : areas;
    },
    score: (_pod, node, areas) => areas.sum(node),
    normalize(scores) {
      let [low, high] = [Infinity, -Infinity];
      for (const score of scores) {
        low = Math.min(low, score);
        high = Math.max(high, score);
      }
      const range = high - low;
      for (let i = 0; i < scores.length; i++)
        scores[i] = range > 0 ? Math.floor((100 * (scores[i]! - low)) / range) : 0;
    },
  },
};

function concerns(pod: PodFacts, other: PodFacts, snapshot: Snapshot): boolean {
  const { requiredAffinity, requiredAntiAffinity } = pod.terms;
  return (
    [...requiredAffinity, ...requiredAntiAffinity].some((term) => matches(term, other.pod, snapshot)) ||
    other.terms.requiredAntiAffinity.some((term) => matches(term, pod.pod, snapshot))
  );
}
