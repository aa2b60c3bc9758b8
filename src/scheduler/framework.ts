// The moments at which a plugin takes part in placing a pod. A plugin implements any of them; they are called in this
// order. Everything up to `reserve` is synchronous and decides from the snapshot alone.
import type { Namespace } from "#api/core/namespace.ts";
import type { Node } from "#api/core/node.ts";
import type { Pod } from "#api/core/pod.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Client } from "#client/client.ts";
import type { InformerSet } from "#client/informer.ts";
import type { EventRecorder } from "#reconcile/event-recorder.ts";
import type { NodeState } from "#scheduler/node-state.ts";
import type { PodFacts } from "#scheduler/pod-facts.ts";
import type { Snapshot } from "#scheduler/snapshot.ts";

/** Why a pod does not fit a node. */
export interface Verdict {
  /** As people read them in "0/3 nodes are available: 2 Insufficient cpu." */
  readonly reasons: readonly string[];
  /** Removing pods from the node may change it. */
  readonly curable: boolean;
}
export const curable = (...reasons: readonly string[]): Verdict => ({ reasons, curable: true });
export const incurable = (...reasons: readonly string[]): Verdict => ({ reasons, curable: false });

/** What a plugin worked out about a pod before the nodes are looked at. */
export type Prepared<S> =
  /** The plugin has nothing to say about this pod. */
  | { readonly type: "skip" }
  | { readonly type: "ready"; readonly state: S; readonly onlyNodes?: ReadonlySet<string> }
  /** No node will do. */
  | { readonly type: "reject"; readonly verdict: Verdict };
export const skip = { type: "skip" } as const;
export const ready = <S>(state: S): Prepared<S> => ({ type: "ready", state });

/** Something changed in the cluster. `object` absent: gone; `old` absent: new. */
export type ClusterChange =
  | { readonly of: "node"; readonly object?: Node; readonly old?: Node }
  /** A pod that is on a node, or was. */
  | { readonly of: "assignedPod"; readonly object?: Pod; readonly old?: Pod }
  | { readonly of: "namespace"; readonly object?: Namespace; readonly old?: Namespace }
  /** Volumes, claims, storage classes and what else volume plugins look at. */
  | { readonly of: "storage" };
type ChangeOf<K extends ClusterChange["of"]> = Extract<ClusterChange, { readonly of: K }>;
/** Which changes may help a pod that this plugin turned away. */
export type WakeOn = {
  readonly [K in ClusterChange["of"]]?: (pod: PodFacts, change: ChangeOf<K>, snapshot: Snapshot) => boolean;
};

/** Points from 0 to 100 for each node that fits; more is better. */
export interface Scorer<C> {
  readonly weight: number;
  /** Undefined: all nodes are alike to this plugin. */
  prepare(pod: PodFacts, nodes: readonly NodeState[], snapshot: Snapshot): C | undefined;
  score(pod: PodFacts, node: NodeState, context: C): number;
  /** Brings the scores of all nodes to 0 … 100, in place. */
  normalize?(scores: number[], pod: PodFacts, nodes: readonly NodeState[], context: C): void;
}

/** S: what `prepare` hands to `filter`. */
export interface SchedulerPlugin<S = unknown, C = unknown> {
  readonly name: string;
  readonly wakeOn?: WakeOn;
  /** Once the plugin has read what it needs; no pod is placed before. */
  readonly synced?: Promise<void>;
  /** A reason to keep the pod out of scheduling altogether for now. */
  gate?(pod: PodFacts): string | undefined;
  prepare?(pod: PodFacts, snapshot: Snapshot): Prepared<S>;
  filter?(pod: PodFacts, node: NodeState, state: S): Verdict | undefined;
  /** For a state that counts pods: a copy to try things on, and what a pod that comes (1) or goes (-1) changes. */
  copyState?(state: S): S;
  countPod?(state: S, pod: PodFacts, other: PodFacts, node: NodeState, sign: 1 | -1): void;
  readonly score?: Scorer<C>;
  /** Sets aside what the pod will take on the node; disposed when the binding is over, well or not. */
  reserve?(pod: PodFacts, nodeName: string): Disposable | undefined;
  /** Holds the binding until it resolves; a rejection cancels it. */
  permit?(pod: PodFacts, nodeName: string, signal: AbortSignal): Promise<void> | undefined;
  /** Prepares the binding; undefined when there is nothing to prepare. */
  beforeBind?(pod: PodFacts, nodeName: string, signal: AbortSignal): Promise<void> | undefined;
  /** Tries to make room. */
  whenNoneFit?(pod: PodFacts, failure: Failure, attempt: Attempt): NoneFit;
}
// Plugins of different state types in one list.
// eslint-disable-next-line
export type AnyPlugin = SchedulerPlugin<any, any>;

/** What plugins that act or read more than the snapshot are made from. */
export interface PluginParts {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly snapshot: Snapshot;
  readonly events: EventRecorder;
  readonly schedulerName: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Why no node took the pod. */
export interface Failure {
  readonly totalNodes: number;
  readonly verdicts: ReadonlyMap<NodeState, Verdict>;
  /** Set when a plugin turned the pod away before the nodes were looked at. */
  readonly rejected?: Verdict;
  /** Set for the nodes that were left out because a plugin named others. */
  readonly leftOut?: { readonly count: number; readonly verdict: Verdict };
  /** The plugins that said no. */
  readonly plugins: ReadonlySet<string>;
}
/** What a plugin needs to try placements out. */
export interface Attempt {
  readonly snapshot: Snapshot;
  /** Filters a node as it would be without (and with) certain pods. */
  tryOut(node: NodeState): Trial;
}
/** A node to try things on; the real one stays as it is. */
export interface Trial {
  readonly node: NodeState;
  add(pod: PodFacts): void;
  remove(pod: PodFacts): void;
  /** Why the pod does not fit now, if it does not. */
  refusal(): Verdict | undefined;
}
/** `message` explains to people; `nominate` names the node where room is being made by `act`, null: there is none. */
export interface NoneFit {
  readonly message: string;
  readonly nominate?: string | null;
  readonly act?: (signal: AbortSignal) => Promise<void>;
}
