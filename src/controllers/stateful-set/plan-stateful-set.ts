// The next steps of a StatefulSet. With OrderedReady, one step at a time: from the first pod up when pods are missing,
// from the last pod down when there are too many or they are out of date, and each time only when all others are well.
// With Parallel, everything that creates or scales at once.
import type { StatefulSet } from "#api/apps/stateful-set.ts";
import type { Pod } from "#api/core/pod.ts";
import { resolveIntOrPercent } from "#controllers/int-or-percent.ts";
import { isAvailable, isFinished, isReady, nextAvailableInMs } from "#controllers/pods/pod-state.ts";
import { podRevisionLabel } from "#controllers/revisions.ts";
import { hasIdentity, ordinalOf } from "#controllers/stateful-set/pod-identity.ts";

export type SetAction =
  | { readonly type: "create"; readonly ordinal: number; readonly revision: string }
  | { readonly type: "delete"; readonly pod: Pod; readonly why: "scale" | "update" | "finished" }
  /** Gives the pod back the labels that name it. */
  | { readonly type: "label"; readonly pod: Pod };
export interface SetFacts {
  readonly set: StatefulSet;
  readonly pods: readonly Pod[];
  /** Names of the revisions that pods are on, or should be. */
  readonly current: string;
  readonly update: string;
  readonly now: number;
}
export interface SetPlan {
  readonly actions: readonly SetAction[];
  readonly againInMs?: number;
}

export const startOf = (set: StatefulSet): number => set.spec.ordinals?.start ?? 0;
export const wantedOf = (set: StatefulSet): number => set.spec.replicas ?? 1;
export const revisionOf = (pod: Pod): string | undefined => pod.metadata.labels?.[podRevisionLabel];
const isGoing = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
const runsReady = (pod: Pod): boolean => pod.status.phase === "Running" && isReady(pod);
const isWell = (pod: Pod): boolean => runsReady(pod) && !isGoing(pod);

export function planStatefulSet(facts: SetFacts): SetPlan {
  if (facts.set.metadata.deletionTimestamp) return { actions: [] };
  return new Planning(facts).plan();
}

class Planning {
  readonly #facts: SetFacts;
  readonly #ordered: boolean;
  readonly #minReady: number;
  readonly #slots: readonly (Pod | undefined)[];
  /** Pods beyond the wanted ordinals, the highest first. */
  readonly #surplus: readonly Pod[];
  readonly #actions: SetAction[] = [];

  constructor(facts: SetFacts) {
    const { set, pods } = facts;
    this.#facts = facts;
    this.#ordered = set.spec.podManagementPolicy !== "Parallel";
    this.#minReady = set.spec.minReadySeconds ?? 0;
    const start = startOf(set);
    const wanted = wantedOf(set);
    const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod), pod]));
    this.#slots = Array.from({ length: wanted }, (_, i) => byOrdinal.get(start + i));
    this.#surplus = pods
      .filter((pod) => ordinalOf(pod) < start || ordinalOf(pod) >= start + wanted)
      .toSorted((a, b) => ordinalOf(b) - ordinalOf(a));
  }
  plan(): SetPlan {
    const goOn = this.#fill() && this.#shrink();
    const changes = this.#actions.some((a) => a.type !== "label");
    if (goOn && (!changes || !this.#ordered)) this.#update();
    const againInMs = nextAvailableInMs(this.#facts.pods, this.#minReady, this.#facts.now);
    return { actions: this.#actions, ...(againInMs === undefined ? {} : { againInMs }) };
  }
  #available(pod: Pod): boolean {
    return runsReady(pod) && isAvailable(pod, this.#minReady, this.#facts.now);
  }
  /** Makes what is missing; false: nothing more may happen in this turn. */
  #fill(): boolean {
    for (const [index, pod] of this.#slots.entries()) {
      if (!pod) this.#create(index);
      else if (isFinished(pod)) {
        if (!isGoing(pod)) this.#actions.push({ type: "delete", pod, why: "finished" });
      } else {
        if (!isGoing(pod) && !hasIdentity(pod)) this.#actions.push({ type: "label", pod });
        if (!this.#ordered || (!isGoing(pod) && this.#available(pod))) continue;
      }
      if (this.#ordered) return false;
    }
    return true;
  }
  #create(index: number): void {
    const { set, current, update } = this.#facts;
    const { type, rollingUpdate } = set.spec.updateStrategy;
    const staysBehind = type !== "OnDelete" && index < (rollingUpdate?.partition ?? 0);
    this.#actions.push({ type: "create", ordinal: startOf(set) + index, revision: staysBehind ? current : update });
  }
  #shrink(): boolean {
    const all = [...this.#slots.filter((p) => p !== undefined), ...this.#surplus];
    const firstUnwell = all.filter((p) => !isWell(p)).toSorted((a, b) => ordinalOf(a) - ordinalOf(b))[0];
    for (const pod of this.#surplus) {
      if (isGoing(pod)) {
        if (this.#ordered) return false;
        continue;
      }
      const mayCome = !isFinished(pod) && !this.#available(pod);
      if (this.#ordered && mayCome && pod !== firstUnwell) return false;
      this.#actions.push({ type: "delete", pod, why: "scale" });
      if (this.#ordered) return false;
    }
    return true;
  }
  /** Replaces out-of-date pods, the highest ordinals first, as long as few enough are unavailable. */
  #update(): void {
    const { set, update } = this.#facts;
    const { type, rollingUpdate } = set.spec.updateStrategy;
    if (type === "OnDelete") return;
    const share = rollingUpdate?.maxUnavailable ?? 1;
    const most = Math.max(1, resolveIntOrPercent(share, wantedOf(set), "up"));
    const taken = new Set(this.#actions.flatMap((a) => (a.type === "delete" ? [a.pod] : [])));
    const isUp = (pod: Pod | undefined): pod is Pod => pod !== undefined && isWell(pod) && this.#available(pod);
    let mayGo = most - this.#slots.filter((pod) => !isUp(pod)).length;
    const partition = rollingUpdate?.partition ?? 0;
    for (let index = this.#slots.length - 1; index >= partition; index--) {
      const pod = this.#slots[index];
      if (!pod || taken.has(pod)) continue;
      if (revisionOf(pod) === update || isGoing(pod)) {
        if (!isUp(pod) && most === 1) return;
        continue;
      }
      // An out-of-date pod that is not up costs nothing to replace.
      if (isUp(pod) && mayGo-- <= 0) return;
      this.#actions.push({ type: "delete", pod, why: "update" });
      if (most === 1) return;
    }
  }
}

export interface SetStatusFacts extends SetFacts {
  readonly collisionCount: number;
}
export function statefulSetStatus(facts: SetStatusFacts): StatefulSet["status"] {
  const { set, pods, current, update, collisionCount, now } = facts;
  const minReady = set.spec.minReadySeconds ?? 0;
  const created = pods.filter((pod) => pod.status.phase !== undefined);
  const count = (holds: (pod: Pod) => boolean): number => created.filter(holds).length;
  const readyReplicas = count(runsReady);
  const updatedReplicas = count((pod) => !isGoing(pod) && revisionOf(pod) === update);
  const wanted = wantedOf(set);
  const complete =
    set.spec.updateStrategy.type !== "OnDelete" &&
    updatedReplicas === wanted &&
    readyReplicas === wanted &&
    created.length === wanted;
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: created.length,
    readyReplicas,
    availableReplicas: count((pod) => runsReady(pod) && isAvailable(pod, minReady, now)),
    currentReplicas: complete ? updatedReplicas : count((pod) => !isGoing(pod) && revisionOf(pod) === current),
    updatedReplicas,
    currentRevision: complete ? update : current,
    updateRevision: update,
    collisionCount,
    ...(set.status.conditions ? { conditions: set.status.conditions } : {}),
  };
}
