// Spreads pods over areas of the cluster: as the pod demands or wishes, and, when it says nothing, the pods of one
// controller over nodes and zones.
import { firstUntolerated } from "#api/core/taints.ts";
import type { TopologySpreadConstraint } from "#api/core/schema/node-selector.ts";
import { deepEqual } from "#api/json.ts";
import { matchesLabels, requirementsOf, type LabelRequirement } from "#api/selectors.ts";
import { curable, incurable, ready, skip, type SchedulerPlugin } from "#scheduler/framework.ts";
import { KeptCounts } from "#scheduler/kept-counts.ts";
import type { NodeState } from "#scheduler/node-state.ts";
import type { PodFacts } from "#scheduler/pod-facts.ts";
import type { Snapshot } from "#scheduler/snapshot.ts";

const skewed = curable("node(s) didn't match pod topology spread constraints");
const unlabelled = incurable("node(s) didn't match pod topology spread constraints (missing required label)");
const hostname = "kubernetes.io/hostname";
const zone = "topology.kubernetes.io/zone";

interface Constraint {
  readonly key: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selector: readonly LabelRequirement[];
  readonly honoursTaints: boolean;
  readonly honoursAffinity: boolean;
}
function constraintsOf(pod: PodFacts, when: TopologySpreadConstraint["whenUnsatisfiable"]): Constraint[] {
  return (pod.pod.spec.topologySpreadConstraints ?? [])
    .filter((c) => c.whenUnsatisfiable === when)
    .map((c) => ({
      key: c.topologyKey,
      maxSkew: c.maxSkew,
      minDomains: c.minDomains ?? 1,
      selector: selectorOf(c, pod),
      honoursTaints: c.nodeTaintsPolicy === "Honor",
      honoursAffinity: c.nodeAffinityPolicy !== "Ignore",
    }));
}
function selectorOf({ labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint, { pod }: PodFacts) {
  const own = matchLabelKeys.flatMap((key): LabelRequirement[] => {
    const value = pod.metadata.labels?.[key];
    return value === undefined ? [] : [{ key, operator: "=", values: [value] }];
  });
  // Without a selector no pod matches: a requirement that nothing meets stands for that.
  const given = labelSelector ? requirementsOf(labelSelector) : [{ key: "", operator: "in" as const, values: [] }];
  return [...given, ...own];
}
const counts = (constraint: Constraint, pod: PodFacts, other: PodFacts): boolean =>
  other.pod.metadata.namespace === pod.pod.metadata.namespace &&
  !other.pod.metadata.deletionTimestamp &&
  matchesLabels(constraint.selector, other.pod.metadata.labels);
function countOn(node: NodeState, constraint: Constraint, pod: PodFacts): number {
  let count = 0;
  for (const other of node.pods.values()) if (counts(constraint, pod, other)) count++;
  return count;
}
const isEligible = (node: NodeState, pod: PodFacts, { honoursAffinity, honoursTaints }: Constraint): boolean =>
  (!honoursAffinity || pod.requiredNodes?.(node.labels, node.name) !== false) &&
  (!honoursTaints || firstUntolerated(pod.tolerations, node.hardTaints) === undefined);

class Demand {
  readonly constraint: Constraint;
  /** Matching pods in each area that could take the pod. */
  readonly #areas: Map<string, number>;
  #least: number | undefined;
  constructor(constraint: Constraint, areas: ReadonlyMap<string, number> = new Map()) {
    this.constraint = constraint;
    this.#areas = new Map(areas);
  }
  add(area: string, by: number): void {
    this.#areas.set(area, this.of(area) + by);
    this.#least = undefined;
  }
  of(area: string): number {
    return this.#areas.get(area) ?? 0;
  }
  /** In the emptiest area; none while there are fewer areas than asked for. */
  get least(): number {
    if (this.#areas.size < Math.max(1, this.constraint.minDomains)) return 0;
    return (this.#least ??= this.#areas.values().reduce((a, b) => Math.min(a, b)));
  }
  copy(): Demand {
    return new Demand(this.constraint, this.#areas);
  }
}
type State = readonly Demand[];
const hasAllKeys = (node: NodeState, demands: State): boolean =>
  demands.every(({ constraint: { key } }) => node.labels[key] !== undefined);

function demandsOf(pod: PodFacts, snapshot: Snapshot): State {
  const constraints = constraintsOf(pod, "DoNotSchedule");
  const demands = constraints.map((constraint) => new Demand(constraint));
  if (demands.length === 0) return demands;
  for (const node of snapshot.nodes) {
    if (!hasAllKeys(node, demands)) continue;
    for (const demand of demands) {
      const { constraint } = demand;
      if (isEligible(node, pod, constraint)) demand.add(node.labels[constraint.key]!, countOn(node, constraint, pod));
    }
  }
  return demands;
}
function countPod(demands: State, pod: PodFacts, other: PodFacts, node: NodeState, sign: 1 | -1): void {
  if (!hasAllKeys(node, demands)) return;
  for (const demand of demands) {
    const { constraint } = demand;
    if (counts(constraint, pod, other) && isEligible(node, pod, constraint))
      demand.add(node.labels[constraint.key]!, sign);
  }
}
const keptDemands = new KeptCounts<State>({ make: demandsOf, count: countPod });

/** What the scores of the nodes are made of. */
interface Wishes {
  readonly needsAllKeys: boolean;
  readonly wishes: readonly {
    readonly key: string;
    readonly maxSkew: number;
    readonly weight: number;
    readonly count: (node: NodeState) => number;
  }[];
}
/** Areas of more nodes weigh less for each pod, so that zones and nodes can be compared. */
const weightOf = (areas: number): number => Math.log(areas + 2);
function areasOf(nodes: readonly NodeState[], key: string): number {
  if (key === hostname) return nodes.length;
  return new Set(nodes.map((n) => n.labels[key]).filter((v) => v !== undefined)).size;
}
/** Matching pods by area, for one wish. */
interface Tally {
  readonly constraint: Constraint;
  readonly byArea: Map<string, number>;
}
/** Where a pod is counted; every node counts for itself, eligible or not. */
function areaOf(node: NodeState, pod: PodFacts, constraint: Constraint): string | undefined {
  if (constraint.key === hostname) return node.name;
  return isEligible(node, pod, constraint) ? node.labels[constraint.key] : undefined;
}
const keptTallies = new KeptCounts<readonly Tally[]>({
  make(pod, snapshot) {
    const tallies = constraintsOf(pod, "ScheduleAnyway").map((constraint) => ({ constraint, byArea: new Map() }));
    for (const node of snapshot.nodes)
      for (const { constraint, byArea } of tallies) {
        const area = areaOf(node, pod, constraint);
        if (area !== undefined) byArea.set(area, (byArea.get(area) ?? 0) + countOn(node, constraint, pod));
      }
    return tallies;
  },
  count(tallies, pod, other, node, sign) {
    for (const { constraint, byArea } of tallies) {
      const area = node.node && counts(constraint, pod, other) ? areaOf(node, pod, constraint) : undefined;
      if (area !== undefined) byArea.set(area, (byArea.get(area) ?? 0) + sign);
    }
  },
});
function wishesOf(pod: PodFacts, nodes: readonly NodeState[], snapshot: Snapshot): Wishes | undefined {
  if (!pod.pod.spec.topologySpreadConstraints?.length) return defaultWishes(pod, nodes, snapshot);
  const tallies = keptTallies.of(pod, snapshot);
  if (tallies.length === 0) return undefined;
  const complete = nodes.filter((n) => tallies.every((t) => n.labels[t.constraint.key] !== undefined));
  const wishes = tallies.map(({ constraint: { key, maxSkew }, byArea }) => ({
    key,
    maxSkew,
    weight: weightOf(areasOf(complete, key)),
    count: (n: NodeState) => byArea.get(key === hostname ? n.name : n.labels[key]!) ?? 0,
  }));
  return { needsAllKeys: true, wishes };
}
/** Upstream spreads by what Services and controllers select; a pod's controller stands for that here. */
function defaultWishes(pod: PodFacts, nodes: readonly NodeState[], snapshot: Snapshot): Wishes | undefined {
  if (pod.owner === undefined) return undefined;
  const placed = snapshot.podsOfOwner(pod.owner);
  if (placed.size === 0) return undefined;
  const perNode = (n: NodeState): number => placed.get(n) ?? 0;
  const wishes = [{ key: hostname, maxSkew: 3, weight: weightOf(nodes.length), count: perNode }];
  const zones = areasOf(nodes, zone);
  if (zones > 0) {
    const totals = new Map<string, number>();
    for (const [node, count] of placed) {
      const area = node.labels[zone];
      if (area !== undefined) totals.set(area, (totals.get(area) ?? 0) + count);
    }
    const perZone = (n: NodeState): number => totals.get(n.labels[zone]!) ?? 0;
    wishes.push({ key: zone, maxSkew: 5, weight: weightOf(zones), count: perZone });
  }
  return { needsAllKeys: false, wishes };
}
const left = -1;

export const podTopologySpread: SchedulerPlugin<State, Wishes> = {
  name: "PodTopologySpread",
  wakeOn: {
    assignedPod: (pod, { object, old }) =>
      (object ?? old)!.metadata.namespace === pod.pod.metadata.namespace &&
      (!object ||
        !old ||
        !deepEqual(object.metadata.labels, old.metadata.labels) ||
        object.metadata.deletionTimestamp !== old.metadata.deletionTimestamp),
    node: (_pod, { object, old }) =>
      !deepEqual(object?.metadata.labels, old?.metadata.labels) || !deepEqual(object?.spec.taints, old?.spec.taints),
  },
  prepare(pod, snapshot) {
    if (!pod.pod.spec.topologySpreadConstraints?.length) return skip;
    const demands = keptDemands.of(pod, snapshot);
    return demands.length > 0 ? ready(demands) : skip;
  },
  filter(pod, node, demands) {
    for (const demand of demands) {
      const { key, selector, maxSkew } = demand.constraint;
      const area = node.labels[key];
      if (area === undefined) return unlabelled;
      const own = matchesLabels(selector, pod.pod.metadata.labels) ? 1 : 0;
      if (demand.of(area) + own - demand.least > maxSkew) return skewed;
    }
    return undefined;
  },
  copyState: (demands) => demands.map((d) => d.copy()),
  countPod,
  score: {
    weight: 2,
    prepare: wishesOf,
    score(_pod, node, { needsAllKeys, wishes }) {
      let score = 0;
      for (const { key, maxSkew, weight, count } of wishes) {
        if (node.labels[key] !== undefined) score += count(node) * weight + (maxSkew - 1);
        else if (needsAllKeys) return left;
      }
      return Math.round(score);
    },
    normalize(scores) {
      let [low, high] = [Infinity, 0];
      for (const score of scores) {
        if (score === left) continue;
        low = Math.min(low, score);
        high = Math.max(high, score);
      }
      for (let i = 0; i < scores.length; i++) {
        const score = scores[i]!;
        scores[i] = score === left ? 0 : high === 0 ? 100 : Math.floor((100 * (high + low - score)) / high);
      }
    },
  },
};
