// Where a pod goes: filters, then scores, as one synchronous decision over the snapshot. Of many nodes only a sample is
// looked at, starting where the last decision stopped, so that every node gets its turn.
import type { Random } from "#base/random.ts";
import type { AnyPlugin, Attempt, Failure, Scorer, Trial, Verdict } from "#scheduler/framework.ts";
import { incurable } from "#scheduler/framework.ts";
import type { NodeState } from "#scheduler/node-state.ts";
import type { PodFacts } from "#scheduler/pod-facts.ts";
import type { Snapshot } from "#scheduler/snapshot.ts";

export type Decision =
  | { readonly type: "node"; readonly node: NodeState; readonly evaluated: number; readonly feasible: number }
  | { readonly type: "none"; readonly failure: Failure; readonly attempt: Attempt };
export interface ScheduleOptions {
  readonly plugins: readonly AnyPlugin[];
  readonly random: Random;
  /** Where the next decision starts; moved on by each. */
  readonly cursor: { next: number };
  /** 1 to 100; absent: fewer the more nodes there are. */
  readonly percentageOfNodesToScore?: number;
}

const leastSample = 100;
/** How many fitting nodes are enough. */
export function sampleSize(nodes: number, percentage?: number): number {
  if (nodes < leastSample) return nodes;
  const share = percentage ?? Math.max(5, 50 - Math.floor(nodes / 125));
  return share >= 100 ? nodes : Math.max(leastSample, Math.floor((nodes * share) / 100));
}

interface ActiveFilter {
  readonly plugin: AnyPlugin;
  readonly state: unknown;
}

export function scheduleOne(pod: PodFacts, snapshot: Snapshot, options: ScheduleOptions): Decision {
  const filters: ActiveFilter[] = [];
  const attempt: Attempt = { snapshot, tryOut: (node) => trial(pod, node, filters) };
  const totalNodes = snapshot.nodes.length;
  let onlyNodes: ReadonlySet<string> | undefined;
  const narrowing: string[] = [];
  for (const plugin of options.plugins) {
    if (!plugin.prepare) {
      if (plugin.filter) filters.push({ plugin, state: undefined });
      continue;
    }
    const prepared = plugin.prepare(pod, snapshot);
    if (prepared.type === "reject") {
      const failure = { totalNodes, verdicts: new Map(), rejected: prepared.verdict, plugins: new Set([plugin.name]) };
      return { type: "none", failure, attempt };
    }
    if (prepared.type === "skip") continue;
    if (plugin.filter) filters.push({ plugin, state: prepared.state });
    if (!prepared.onlyNodes) continue;
    narrowing.push(plugin.name);
    const named = prepared.onlyNodes;
    onlyNodes = onlyNodes ? new Set([...onlyNodes].filter((n) => named.has(n))) : named;
  }
  const search = new Search(pod, snapshot, filters, options);
  const nominated = snapshot.nominationOf(pod.uid);
  const nominatedNode = nominated === undefined ? undefined : snapshot.node(nominated);
  if (nominatedNode && search.check(nominatedNode))
    return { type: "node", node: nominatedNode, evaluated: 1, feasible: 1 };
  const candidates = onlyNodes ? [...onlyNodes].flatMap((name) => snapshot.node(name) ?? []) : snapshot.nodes;
  const feasible = search.run(candidates, onlyNodes === undefined);
  const best = pick(pod, feasible, snapshot, options);
  if (best) return { type: "node", node: best, evaluated: search.evaluated, feasible: feasible.length };
  const left = totalNodes - candidates.length;
  const leftOut = {
    count: left,
    verdict: incurable(`node(s) didn't satisfy plugin(s) [${narrowing.toSorted().join(" ")}]`),
  };
  const plugins = new Set(left > 0 ? [...search.plugins, ...narrowing] : search.plugins);
  const failure = { totalNodes, verdicts: search.verdicts, plugins, ...(left > 0 ? { leftOut } : {}) };
  return { type: "none", failure, attempt };
}

class Search {
  readonly verdicts = new Map<NodeState, Verdict>();
  readonly plugins = new Set<string>();
  evaluated = 0;
  readonly #pod: PodFacts;
  readonly #snapshot: Snapshot;
  readonly #filters: readonly ActiveFilter[];
  readonly #options: ScheduleOptions;

  constructor(pod: PodFacts, snapshot: Snapshot, filters: readonly ActiveFilter[], options: ScheduleOptions) {
    this.#pod = pod;
    this.#snapshot = snapshot;
    this.#filters = filters;
    this.#options = options;
  }
  run(nodes: readonly NodeState[], sample: boolean): NodeState[] {
    const { cursor, percentageOfNodesToScore } = this.#options;
    const feasible: NodeState[] = [];
    const enough = sample ? sampleSize(nodes.length, percentageOfNodesToScore) : nodes.length;
    const start = sample && nodes.length > 0 ? cursor.next % nodes.length : 0;
    let looked = 0;
    while (looked < nodes.length && feasible.length < enough) {
      const node = nodes[(start + looked) % nodes.length]!;
      looked++;
      if (this.check(node)) feasible.push(node);
    }
    if (sample) cursor.next = start + looked;
    return feasible;
  }
  /** Notes why not. */
  check(node: NodeState): boolean {
    this.evaluated++;
    const found = this.#withNominated(node) ?? firstRefusal(this.#pod, node, this.#filters);
    if (!found) return true;
    this.verdicts.set(node, found.verdict);
    this.plugins.add(found.plugin);
    return false;
  }
  /** The pod must also fit when those that wait for room on the node, and are no less important, have got it. */
  #withNominated(node: NodeState) {
    if (!this.#snapshot.hasNominations) return undefined;
    const before = [...this.#snapshot.nominatedTo(node.name)].filter(
      (other) => other.uid !== this.#pod.uid && other.priority >= this.#pod.priority,
    );
    if (before.length === 0) return undefined;
    const tried = trial(this.#pod, node, this.#filters);
    for (const other of before) tried.add(other);
    return tried.firstRefusal();
  }
}

interface Refusal {
  readonly plugin: string;
  readonly verdict: Verdict;
}
function firstRefusal(pod: PodFacts, node: NodeState, filters: readonly ActiveFilter[]): Refusal | undefined {
  for (const { plugin, state } of filters) {
    const verdict = plugin.filter!(pod, node, state);
    if (verdict) return { plugin: plugin.name, verdict };
  }
  return undefined;
}

function trial(
  pod: PodFacts,
  real: NodeState,
  filters: readonly ActiveFilter[],
): Trial & { firstRefusal(): Refusal | undefined } {
  const node = real.copy();
  const own = filters.map(({ plugin, state }) => ({ plugin, state: plugin.copyState?.(state) ?? state }));
  const count = (other: PodFacts, sign: 1 | -1): void => {
    if (sign === 1) node.addPod(other);
    else node.removePod(other);
    for (const { plugin, state } of own) plugin.countPod?.(state, pod, other, node, sign);
  };
  const first = (): Refusal | undefined => firstRefusal(pod, node, own);
  return {
    node,
    add: (p) => count(p, 1),
    remove: (p) => count(p, -1),
    refusal: () => first()?.verdict,
    firstRefusal: first,
  };
}

/** The node with the most points; among equals, chance decides. */
function pick(
  pod: PodFacts,
  nodes: readonly NodeState[],
  snapshot: Snapshot,
  { plugins, random }: ScheduleOptions,
): NodeState | undefined {
  if (nodes.length < 2) return nodes[0];
  const totals = scoreNodes(pod, nodes, snapshot, plugins);
  let best = 0;
  let equals = 1;
  for (let i = 1; i < nodes.length; i++) {
    if (totals[i]! > totals[best]!) {
      best = i;
      equals = 1;
    } else if (totals[i] === totals[best] && random.next() < 1 / ++equals) best = i;
  }
  return nodes[best];
}
export function scoreNodes(
  pod: PodFacts,
  nodes: readonly NodeState[],
  snapshot: Snapshot,
  plugins: readonly AnyPlugin[],
): number[] {
  const totals: number[] = Array.from({ length: nodes.length }, () => 0);
  for (const { score } of plugins) {
    const scorer = score as Scorer<unknown> | undefined;
    const context = scorer?.prepare(pod, nodes, snapshot);
    if (!scorer || context === undefined) continue;
    const scores: number[] = [];
    for (const node of nodes) scores.push(scorer.score(pod, node, context));
    scorer.normalize?.(scores, pod, nodes, context);
    for (let i = 0; i < totals.length; i++) totals[i]! += scorer.weight * scores[i]!;
  }
  return totals;
}

/** Scales so that the highest becomes 100; `reverse`: the highest becomes 0. */
export function normalizeToHighest(scores: number[], reverse = false): void {
  let highest = 0;
  for (const score of scores) highest = Math.max(highest, score);
  for (let i = 0; i < scores.length; i++) {
    const scaled = highest === 0 ? 0 : Math.floor((100 * scores[i]!) / highest);
    scores[i] = reverse ? 100 - scaled : scaled;
  }
}

/** The text of the FailedScheduling event, as people and tests know it. */
export function failureMessage(failure: Failure, afterwards = ""): string {
  if (failure.totalNodes === 0) return "no nodes available to schedule pods";
  const head = `0/${failure.totalNodes} nodes are available:`;
  const tail = afterwards ? ` ${afterwards}` : "";
  if (failure.rejected) return `${head} ${failure.rejected.reasons.join(", ")}.${tail}`;
  const counts = new Map<string, number>();
  const count = (verdict: Verdict, nodes: number): void => {
    for (const reason of verdict.reasons) counts.set(reason, (counts.get(reason) ?? 0) + nodes);
  };
  for (const verdict of failure.verdicts.values()) count(verdict, 1);
  if (failure.leftOut) count(failure.leftOut.verdict, failure.leftOut.count);
  const texts = [...counts].map(([reason, n]) => `${n} ${reason}`).toSorted();
  return `${head}${texts.length > 0 ? ` ${texts.join(", ")}.` : ""}${tail}`;
}
