// The next step of a rollout, as a pure decision: which ReplicaSets to make, size or remove, and the status to
// report. One turn makes one kind of step and then waits for what comes of it; that is what keeps the limits of the
// strategy whatever happens in between.
import { Deployment } from "#api/apps/deployment.ts";
import type { DeploymentStatus } from "#api/apps/deployment-schema.ts";
import { ReplicaSet } from "#api/apps/replica-set.ts";
import { controllerReference } from "#reconcile/owner-references.ts";
import {
  annotationsOfNew,
  byCreation,
  desiredReplicasAnnotation,
  desiredReplicasOf,
  findNew,
  nextRevision,
  maxReplicasAnnotation,
  revisionAnnotation,
  revisionOf,
} from "#controllers/deployment/revision.ts";
import {
  isRollingUpdate,
  maxSurge,
  scaleInProportion,
  shrinkOld,
  sizeOfNew,
  wantedReplicas,
  type Sized,
} from "#controllers/deployment/sizing.ts";
import {
  conditionOf,
  countStatus,
  deadlineCheckMs,
  pauseConditions,
  progressDeadlineMs,
  reasons,
  rolloutStatus,
  wasComplete,
  withCondition,
} from "#controllers/deployment/status.ts";
import { templateHash, templateHashLabel } from "#controllers/deployment/template-hash.ts";

export interface RolloutState {
  readonly deployment: Deployment;
  /** Those the Deployment owns. */
  readonly replicaSets: readonly ReplicaSet[];
  /** Whether pods of this ReplicaSet may still be running; only asked for the strategy Recreate. */
  readonly hasRunningPods: (set: ReplicaSet) => boolean;
  readonly now: number;
}
export type RolloutStep =
  | { readonly type: "create"; readonly set: ReplicaSet }
  /** `set` as it is now, and what is to change. */
  | {
      readonly type: "update";
      readonly set: ReplicaSet;
      readonly replicas: number;
      readonly minReadySeconds: number;
      readonly annotations: Readonly<Record<string, string>>;
    }
  | { readonly type: "delete"; readonly set: ReplicaSet };
export interface RolloutPlan {
  readonly steps: readonly RolloutStep[];
  /** The Deployment's revision annotation. */
  readonly revision?: string;
  readonly status: DeploymentStatus;
  readonly againInMs?: number;
}

/** A ReplicaSet with what the plan makes of it. */
interface Planned extends Sized {
  annotations: Record<string, string>;
  minReadySeconds: number;
  readonly isMade: boolean;
  goes?: boolean;
}
const planned = (set: ReplicaSet, isMade = false): Planned => ({
  set,
  replicas: set.spec.replicas ?? 1,
  annotations: { ...set.metadata.annotations },
  minReadySeconds: set.spec.minReadySeconds ?? 0,
  isMade,
});

export function planRollout(state: RolloutState): RolloutPlan {
  return new Planning(state).plan();
}

class Planning {
  readonly #state: RolloutState;
  readonly #deployment: Deployment;
  readonly #old: Planned[];
  #fresh: Planned | undefined;
  #revision: string | undefined;
  #conditions;

  constructor(state: RolloutState) {
    this.#state = state;
    this.#deployment = state.deployment;
    const fresh = findNew(state.deployment, state.replicaSets);
    this.#old = state.replicaSets.filter((s) => s !== fresh).map((s) => planned(s));
    this.#fresh = fresh && planned(fresh);
    this.#conditions = pauseConditions(state.deployment, state.now);
  }
  plan(): RolloutPlan {
    const d = this.#deployment;
    if (d.metadata.deletionTimestamp) return this.#finish("count");
    if (d.spec.paused || this.#isResized()) {
      this.#syncFresh();
      this.#resize();
      if (d.spec.paused) this.#dropHistory();
      return this.#finish("count");
    }
    if (isRollingUpdate(d)) this.#roll();
    else this.#recreate();
    return this.#finish("rollout");
  }
  get #all(): Planned[] {
    return this.#fresh ? [...this.#old, this.#fresh] : this.#old;
  }
  #active(): Planned[] {
    return this.#all.filter((s) => s.replicas > 0);
  }
  #isResized(): boolean {
    return this.#active().some(({ set }) => {
      const desired = desiredReplicasOf(set);
      return desired !== undefined && desired !== wantedReplicas(this.#deployment);
    });
  }
  /** Gives the new ReplicaSet, where there is one, its revision and annotations. */
  #syncFresh(): void {
    const fresh = this.#fresh;
    if (!fresh) return;
    const revision = nextRevision(this.#old.map((s) => s.set));
    fresh.annotations = annotationsOfNew(this.#deployment, fresh.annotations, revision);
    fresh.minReadySeconds = this.#deployment.spec.minReadySeconds ?? 0;
    this.#revision = fresh.annotations[revisionAnnotation];
    const message = `Found new replica set ${JSON.stringify(fresh.set.metadata.name)}`;
    if (!conditionOf(this.#conditions, "Progressing")) this.#progressing(reasons.found, message);
  }
  #makeFresh(): void {
    if (this.#fresh) return this.#syncFresh();
    const d = this.#deployment;
    const revision = nextRevision(this.#old.map((s) => s.set));
    const set = newReplicaSet(d);
    const fresh = planned(set, true);
    fresh.replicas = sizeOfNew(d, this.#old, 0);
    fresh.annotations = { ...annotationsOfNew(d, undefined, revision), ...sizeAnnotations(d) };
    this.#fresh = fresh;
    this.#revision = String(revision);
    this.#progressing(reasons.created, `Created new replica set ${JSON.stringify(set.metadata.name)}`);
  }
  #progressing(reason: string, message: string): void {
    if (progressDeadlineMs(this.#deployment) === undefined) return;
    const facts = { type: "Progressing", status: "True", reason, message } as const;
    this.#conditions = withCondition(this.#conditions, facts, this.#state.now);
  }
  #roll(): void {
    const d = this.#deployment;
    this.#makeFresh();
    const fresh = this.#fresh!;
    if (fresh.isMade) return;
    const wanted = wantedReplicas(d);
    const size = fresh.replicas > wanted ? wanted : sizeOfNew(d, this.#all, fresh.replicas);
    if (size !== fresh.replicas) return this.#setSize(fresh, size);
    const before = this.#old.map((s) => s.replicas);
    shrinkOld(d, this.#old, fresh);
    const shrunk = this.#old.filter((s, i) => s.replicas !== before[i]);
    for (const sized of shrunk) Object.assign(sized.annotations, sizeAnnotations(d));
    if (shrunk.length === 0 && wasComplete(d)) this.#dropHistory();
  }
  #recreate(): void {
    this.#syncFresh();
    const active = this.#old.filter((s) => s.replicas > 0);
    for (const sized of active) this.#setSize(sized, 0);
    if (active.length > 0 || this.#old.some((s) => this.#state.hasRunningPods(s.set))) return;
    this.#makeFresh();
    this.#setSize(this.#fresh!, wantedReplicas(this.#deployment));
    if (wasComplete(this.#deployment)) this.#dropHistory();
  }
  /** The Deployment's size changed, or it is paused: sizes follow, templates do not. */
  #resize(): void {
    const d = this.#deployment;
    const wanted = wantedReplicas(d);
    const active = this.#active();
    const newestOld = this.#old.toSorted((a, b) => byCreation(b.set, a.set))[0];
    if (active.length < 2) {
      const only = active[0] ?? this.#fresh ?? newestOld;
      if (only) this.#setSize(only, wanted);
      return;
    }
    const fresh = this.#fresh;
    const saturated =
      fresh?.replicas === wanted &&
      desiredReplicasOf(fresh.set) === wanted &&
      (fresh.set.status.availableReplicas ?? 0) === wanted;
    if (saturated) for (const old of this.#old) this.#setSize(old, 0);
    else if (isRollingUpdate(d)) {
      scaleInProportion(d, active);
      for (const sized of active) Object.assign(sized.annotations, sizeAnnotations(d));
    }
  }
  #setSize(sized: Planned, replicas: number): void {
    if (sized.replicas === replicas) return;
    sized.replicas = replicas;
    Object.assign(sized.annotations, sizeAnnotations(this.#deployment));
  }
  #dropHistory(): void {
    const limit = this.#deployment.spec.revisionHistoryLimit;
    if (limit === undefined || limit === 2 ** 31 - 1) return;
    const alive = this.#old.filter((s) => !s.set.metadata.deletionTimestamp);
    const oldestFirst = alive.toSorted(
      (a, b) => Number(revisionOf(a.set) - revisionOf(b.set)) || byCreation(a.set, b.set),
    );
    for (const sized of oldestFirst.slice(0, Math.max(0, alive.length - limit))) {
      const { metadata, status } = sized.set;
      const unseen = (metadata.generation ?? 0) > (status.observedGeneration ?? 0);
      if (sized.replicas === 0 && (status.replicas ?? 0) === 0 && !unseen) sized.goes = true;
    }
  }
  #finish(kind: "count" | "rollout"): RolloutPlan {
    const { deployment, now } = this.#state;
    const counted = countStatus(deployment, this.#all, this.#fresh, this.#conditions, now);
    const status = kind === "count" ? counted : rolloutStatus(deployment, counted, this.#all, this.#fresh, now);
    const againInMs = kind === "count" ? undefined : deadlineCheckMs(deployment, status, now);
    return {
      steps: this.#all.flatMap(stepOf),
      status,
      ...(this.#revision === undefined ? {} : { revision: this.#revision }),
      ...(againInMs === undefined ? {} : { againInMs }),
    };
  }
}

const sizeAnnotations = (d: Deployment): Record<string, string> => ({
  [desiredReplicasAnnotation]: String(wantedReplicas(d)),
  [maxReplicasAnnotation]: String(wantedReplicas(d) + maxSurge(d)),
});

function stepOf(sized: Planned): RolloutStep[] {
  const { set, replicas, annotations, minReadySeconds } = sized;
  if (sized.isMade) {
    const made = {
      ...set,
      metadata: { ...set.metadata, annotations },
      spec: { ...set.spec, replicas, minReadySeconds },
    };
    return [{ type: "create", set: made }];
  }
  if (sized.goes) return [{ type: "delete", set }];
  const present = planned(set);
  const names = new Set([...Object.keys(annotations), ...Object.keys(present.annotations)]);
  const same =
    replicas === present.replicas &&
    minReadySeconds === present.minReadySeconds &&
    [...names].every((name) => annotations[name] === present.annotations[name]);
  return same ? [] : [{ type: "update", set, replicas, minReadySeconds, annotations }];
}

function newReplicaSet(d: Deployment): ReplicaSet {
  const hash = templateHash(d.spec.template, d.status.collisionCount);
  const labels = { ...d.spec.template.metadata.labels, [templateHashLabel]: hash };
  const { matchLabels } = d.spec.selector;
  return {
    apiVersion: "apps/v1",
    kind: ReplicaSet.kind,
    metadata: {
      name: `${d.metadata.name}-${hash}`,
      namespace: d.metadata.namespace!,
      labels,
      ownerReferences: [controllerReference(Deployment, d)],
    },
    spec: {
      minReadySeconds: d.spec.minReadySeconds ?? 0,
      selector: { ...d.spec.selector, matchLabels: { ...matchLabels, [templateHashLabel]: hash } },
      template: { ...d.spec.template, metadata: { ...d.spec.template.metadata, labels } },
    },
    status: { replicas: 0 },
  };
}
