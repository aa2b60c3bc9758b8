// What the scheduler knows of the cluster. It is changed in place by what the informers tell and by the scheduler's own
// assumptions; decisions are synchronous, so each sees one consistent state without copying it.
import type { Namespace } from "#api/core/namespace.ts";
import type { Node } from "#api/core/node.ts";
import type { Pod } from "#api/core/pod.ts";
import { deepEqual } from "#api/json.ts";
import { Moves } from "#scheduler/moves.ts";
import { NodeState } from "#scheduler/node-state.ts";
import { PodFacts } from "#scheduler/pod-facts.ts";

interface Placed {
  readonly facts: PodFacts;
  readonly node: NodeState;
}
const noLabels: Readonly<Record<string, string>> = {};
const nowhere: ReadonlyMap<NodeState, number> = new Map();

export class Snapshot {
  /** Nodes that exist, in the order in which they became known. */
  readonly nodes: NodeState[] = [];
  readonly #byName = new Map<string, NodeState>();
  readonly #pods = new Map<string, Placed>();
  readonly #assumed = new Set<string>();
  /** Pods that wait for room to be made on a node. */
  readonly #nominated = new Map<string, Map<string, PodFacts>>();
  readonly #nominations = new Map<string, string>();
  readonly #namespaces = new Map<string, Namespace>();
  readonly #imageNodes = new Map<string, number>();
  readonly nodesWithAffinityPods = new Set<NodeState>();
  readonly nodesWithRequiredAntiAffinityPods = new Set<NodeState>();
  #softTaintedNodes = 0;
  /** Uid of a controller → nodes with its pods → how many that are not being deleted. */
  readonly #byOwner = new Map<string, Map<NodeState, number>>();
  /** Moves when nodes come or go, and when labels or taints of nodes or labels of namespaces change. */
  layout = 0;
  readonly moves = new Moves();

  /** The node, when it exists. */
  node(name: string): NodeState | undefined {
    const state = this.#byName.get(name);
    return state?.node ? state : undefined;
  }
  get anySoftTaints(): boolean {
    return this.#softTaintedNodes > 0;
  }
  /** Where the pods of a controller are. */
  podsOfOwner(uid: string): ReadonlyMap<NodeState, number> {
    return this.#byOwner.get(uid) ?? nowhere;
  }
  /** How many nodes have an image. */
  nodesWithImage(image: string): number {
    return this.#imageNodes.get(image) ?? 0;
  }
  namespaceLabels(name: string): Readonly<Record<string, string>> {
    return this.#namespaces.get(name)?.metadata.labels ?? noLabels;
  }
  get namespaces(): ReadonlyMap<string, Namespace> {
    return this.#namespaces;
  }
  setNamespace(name: string, namespace: Namespace | undefined): void {
    if (!deepEqual(this.#namespaces.get(name)?.metadata.labels, namespace?.metadata.labels)) this.layout++;
    if (namespace) this.#namespaces.set(name, namespace);
    else this.#namespaces.delete(name);
  }
  setNode(name: string, node: Node | undefined): void {
    const state = this.#stateOf(name);
    if (!isLaidOutAs(state.node, node)) this.layout++;
    this.#countNode(state, -1);
    if (node && !state.node) this.nodes.push(state);
    if (!node && state.node) this.nodes.splice(this.nodes.indexOf(state), 1);
    state.setNode(node);
    this.#countNode(state, 1);
    this.#dropIfEmpty(state);
  }
  #countNode(state: NodeState, sign: 1 | -1): void {
    if (state.softTaints.length > 0) this.#softTaintedNodes += sign;
    for (const image of state.images.keys()) {
      const count = (this.#imageNodes.get(image) ?? 0) + sign;
      if (count > 0) this.#imageNodes.set(image, count);
      else this.#imageNodes.delete(image);
    }
  }
  /** A pod that is bound to a node and not finished. It ends the assumption about it, if there was one. */
  setPod(pod: Pod): void {
    this.#assumed.delete(pod.metadata.uid!);
    this.#place(new PodFacts(pod), pod.spec.nodeName!);
  }
  removePod(uid: string): void {
    this.#assumed.delete(uid);
    this.#remove(uid);
  }
  /** Counts a pod as being on a node before the server knows. */
  assume(facts: PodFacts, nodeName: string): void {
    this.#assumed.add(facts.uid);
    this.#place(facts, nodeName);
  }
  /** The binding failed. */
  forget(uid: string): void {
    if (this.#assumed.delete(uid)) this.#remove(uid);
  }
  isAssumed(uid: string): boolean {
    return this.#assumed.has(uid);
  }
  /** The pod waits for room on the node, or no longer does. */
  nominate(facts: PodFacts, nodeName: string | undefined): void {
    const before = this.#nominations.get(facts.uid);
    if (before !== undefined) {
      const pods = this.#nominated.get(before);
      if (pods?.delete(facts.uid) && pods.size === 0) this.#nominated.delete(before);
      this.#nominations.delete(facts.uid);
    }
    if (!nodeName) return;
    this.#nominations.set(facts.uid, nodeName);
    const pods = this.#nominated.get(nodeName);
    if (pods) pods.set(facts.uid, facts);
    else this.#nominated.set(nodeName, new Map([[facts.uid, facts]]));
  }
  nominationOf(uid: string): string | undefined {
    return this.#nominations.get(uid);
  }
  nominatedTo(nodeName: string): Iterable<PodFacts> {
    return this.#nominated.get(nodeName)?.values() ?? [];
  }
  get hasNominations(): boolean {
    return this.#nominations.size > 0;
  }
  #place(facts: PodFacts, nodeName: string): void {
    const before = this.#pods.get(facts.uid);
    const stays = before?.node.name === nodeName;
    if (before && !stays) this.#remove(facts.uid);
    else if (before) this.#countOwner(before, -1);
    const node = this.#stateOf(nodeName);
    node.addPod(facts);
    this.#countOwner({ facts, node }, 1);
    this.#pods.set(facts.uid, { facts, node });
    this.#indexAffinity(node);
    if (before && stays && facts.countsAs(before.facts)) return;
    if (before && stays) this.moves.add({ pod: before.facts, node, sign: -1 });
    this.moves.add({ pod: facts, node, sign: 1 });
  }
  #remove(uid: string): void {
    const placed = this.#pods.get(uid);
    if (!placed) return;
    this.#pods.delete(uid);
    placed.node.removePod(placed.facts);
    this.#countOwner(placed, -1);
    this.#indexAffinity(placed.node);
    this.moves.add({ pod: placed.facts, node: placed.node, sign: -1 });
    this.#dropIfEmpty(placed.node);
  }
  #countOwner({ facts, node }: Placed, sign: 1 | -1): void {
    const { owner } = facts;
    if (owner === undefined || facts.pod.metadata.deletionTimestamp) return;
    const nodes = this.#byOwner.get(owner) ?? new Map<NodeState, number>();
    const count = (nodes.get(node) ?? 0) + sign;
    if (count > 0) nodes.set(node, count);
    else nodes.delete(node);
    if (nodes.size > 0) this.#byOwner.set(owner, nodes);
    else this.#byOwner.delete(owner);
  }
  #indexAffinity(node: NodeState): void {
    if (node.affinityPods.size > 0) this.nodesWithAffinityPods.add(node);
    else this.nodesWithAffinityPods.delete(node);
    if (node.requiredAntiAffinityPods.size > 0) this.nodesWithRequiredAntiAffinityPods.add(node);
    else this.nodesWithRequiredAntiAffinityPods.delete(node);
  }
  #stateOf(name: string): NodeState {
    let state = this.#byName.get(name);
    if (!state) this.#byName.set(name, (state = new NodeState(name)));
    return state;
  }
  #dropIfEmpty(state: NodeState): void {
    if (!state.node && state.pods.size === 0) this.#byName.delete(state.name);
  }
}

const isLaidOutAs = (a: Node | undefined, b: Node | undefined): boolean =>
  (a === undefined) === (b === undefined) &&
  deepEqual(a?.metadata.labels, b?.metadata.labels) &&
  deepEqual(a?.spec.taints, b?.spec.taints);
