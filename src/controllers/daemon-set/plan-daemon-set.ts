// The next steps of a DaemonSet: one pod on each node that should have one, none elsewhere; and, when the template has
// changed, old pods replaced within the limits of the update strategy.
import type { DaemonSet } from "#api/apps/daemon-set.ts";
import type { Node } from "#api/core/node.ts";
import type { Pod } from "#api/core/pod.ts";
import { resolveIntOrPercent } from "#controllers/int-or-percent.ts";
import { eligibility, nodeOf } from "#controllers/daemon-set/daemon-pod.ts";
import { isAvailable, isReady, nextAvailableInMs } from "#controllers/pods/pod-state.ts";
import { podRevisionLabel } from "#controllers/revisions.ts";

export interface DaemonFacts {
  readonly set: DaemonSet;
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  /** Of the present template. */
  readonly hash: string;
  readonly now: number;
}
export interface DaemonPlan {
  /** Nodes that get a pod. */
  readonly create: readonly string[];
  readonly remove: readonly Pod[];
  /** Pods that ended on their own and are replaced. */
  readonly finished: readonly Pod[];
  readonly status: DaemonSet["status"];
  readonly againInMs?: number;
}

interface OnNode {
  readonly name: string;
  readonly runs: boolean;
  readonly stays: boolean;
  /** Oldest first, those that are going included. */
  readonly pods: readonly Pod[];
}
const isGoing = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
const age = (pod: Pod): string => pod.metadata.creationTimestamp ?? "";
/** A pod that has its node goes before one that is only meant for it. */
const oldestFirst = (a: Pod, b: Pod): number =>
  Number(!a.spec.nodeName) - Number(!b.spec.nodeName) ||
  age(a).localeCompare(age(b)) ||
  a.metadata.name!.localeCompare(b.metadata.name!);

export function planDaemonSet(facts: DaemonFacts): DaemonPlan {
  const { set, nodes, pods, now } = facts;
  const byNode = Map.groupBy(pods, (pod) => nodeOf(pod) ?? "");
  const here = nodes.map((node): OnNode => {
    const name = node.metadata.name!;
    return { name, ...eligibility(set, node), pods: (byNode.get(name) ?? []).toSorted(oldestFirst) };
  });
  const known = new Set(here.map((n) => n.name));
  // Pods of nodes that are gone are the pod garbage collector's, unless they wait for such a node.
  const stranded = pods.filter((pod) => !pod.spec.nodeName && !known.has(nodeOf(pod) ?? "") && !isGoing(pod));
  const status = statusOf(facts, here);
  const againInMs = nextAvailableInMs(pods, set.spec.minReadySeconds ?? 0, now);
  const rest = { status, ...(againInMs === undefined ? {} : { againInMs }) };
  if (set.metadata.deletionTimestamp) return { create: [], remove: [], finished: [], ...rest };
  const placed = place(facts, here);
  const remove = [...placed.remove, ...stranded];
  const changes = placed.create.length + remove.length + placed.finished.length > 0;
  if (changes || set.spec.updateStrategy.type === "OnDelete") return { ...placed, remove, ...rest };
  const updated = limitsOf(set, status.desiredNumberScheduled).surge > 0 ? surge(facts, here) : roll(facts, here);
  return { ...updated, finished: [], ...rest };
}

function place({ set, hash, now }: DaemonFacts, here: readonly OnNode[]) {
  const create: string[] = [];
  const remove: Pod[] = [];
  const finished: Pod[] = [];
  const mayHaveTwo = limitsOf(set, here.filter((n) => n.runs).length).surge > 0;
  for (const node of here) {
    const present = node.pods.filter((pod) => !isGoing(pod));
    if (node.runs && node.pods.length === 0) create.push(node.name);
    else if (!node.stays) remove.push(...present);
    else {
      const ended = present.filter((p) => p.status.phase === "Failed" || p.status.phase === "Succeeded");
      finished.push(...ended);
      const running = present.filter((p) => !ended.includes(p));
      if (!mayHaveTwo) remove.push(...running.slice(1));
      else {
        const fresh = running.filter((p) => isUpdated(p, hash));
        const old = running.filter((p) => !isUpdated(p, hash));
        remove.push(...fresh.slice(1), ...old.slice(1));
        const minReady = set.spec.minReadySeconds ?? 0;
        if (fresh[0] && old[0] && !isReady(old[0]) && isAvailable(fresh[0], minReady, now)) remove.push(old[0]);
      }
    }
  }
  return { create, remove, finished };
}
const isUpdated = (pod: Pod, hash: string): boolean => pod.metadata.labels?.[podRevisionLabel] === hash;

function limitsOf(set: DaemonSet, desired: number): { unavailable: number; surge: number } {
  const { maxUnavailable = 1, maxSurge = 0 } = set.spec.updateStrategy.rollingUpdate ?? {};
  const surge = resolveIntOrPercent(maxSurge, desired, "up");
  const unavailable = resolveIntOrPercent(maxUnavailable, desired, "up");
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}
/** The old and the new pod of a node; undefined when there are several of one sort. */
function pairOf(node: OnNode, hash: string): { fresh: Pod | undefined; old: Pod | undefined } | undefined {
  const present = node.pods.filter((pod) => !isGoing(pod));
  const fresh = present.filter((pod) => isUpdated(pod, hash));
  const old = present.filter((pod) => !isUpdated(pod, hash));
  return fresh.length > 1 || old.length > 1 ? undefined : { fresh: fresh[0], old: old[0] };
}

/** Removes old pods, as many as may be missing; those that do not serve anyway at once. */
function roll({ set, hash, now }: DaemonFacts, here: readonly OnNode[]): { create: string[]; remove: Pod[] } {
  const minReady = set.spec.minReadySeconds ?? 0;
  const desired = here.filter((n) => n.runs).length;
  const useless: Pod[] = [];
  const candidates: Pod[] = [];
  let unavailable = 0;
  for (const node of here) {
    if (node.pods.length === 0) continue;
    const pair = pairOf(node, hash);
    const { fresh, old } = pair ?? {};
    if (old && !fresh) {
      if (isAvailable(old, minReady, now)) candidates.push(old);
      else {
        useless.push(old);
        unavailable++;
      }
    } else if (!fresh || old || !isAvailable(fresh, minReady, now)) unavailable++;
  }
  const mayGo = Math.max(0, limitsOf(set, desired).unavailable - unavailable);
  return { create: [], remove: [...useless, ...candidates.slice(0, mayGo)] };
}

/** Puts new pods beside old ones, as many as may be extra, and removes the old when the new serve. */
function surge({ set, hash, now }: DaemonFacts, here: readonly OnNode[]): { create: string[]; remove: Pod[] } {
  const minReady = set.spec.minReadySeconds ?? 0;
  const desired = here.filter((n) => n.runs).length;
  const atOnce: string[] = [];
  const candidates: string[] = [];
  const remove: Pod[] = [];
  let extra = 0;
  for (const node of here) {
    if (node.pods.length === 0) continue;
    const pair = pairOf(node, hash);
    if (!pair) {
      extra++;
      continue;
    }
    const { fresh, old } = pair;
    if (!old) continue;
    if (!fresh) {
      if (node.runs) (isAvailable(old, minReady, now) ? candidates : atOnce).push(node.name);
    } else if (isAvailable(fresh, minReady, now)) remove.push(old);
    else extra++;
  }
  const mayCome = Math.max(0, limitsOf(set, desired).surge - extra);
  return { create: [...atOnce, ...candidates.slice(0, mayCome)], remove };
}

function statusOf({ set, hash, now }: DaemonFacts, here: readonly OnNode[]): DaemonSet["status"] {
  const minReady = set.spec.minReadySeconds ?? 0;
  const wanted = here.filter((n) => n.runs);
  const served = wanted.flatMap((n) => n.pods[0] ?? []);
  const numberAvailable = served.filter((pod) => isAvailable(pod, minReady, now)).length;
  const { collisionCount, conditions } = set.status;
  return {
    desiredNumberScheduled: wanted.length,
    currentNumberScheduled: served.length,
    numberMisscheduled: here.filter((n) => !n.runs && n.pods.length > 0).length,
    numberReady: served.filter(isReady).length,
    updatedNumberScheduled: served.filter((pod) => isUpdated(pod, hash)).length,
    numberAvailable,
    numberUnavailable: wanted.length - numberAvailable,
    observedGeneration: set.metadata.generation ?? 0,
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions ? { conditions } : {}),
  };
}
