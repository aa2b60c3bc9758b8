// Deployments and ReplicaSets for tests, and a small model of what ReplicaSets do between two turns of a rollout.
import type { Deployment } from "#api/apps/deployment.ts";
import type { DeploymentSpec } from "#api/apps/deployment-schema.ts";
import type { ReplicaSet } from "#api/apps/replica-set.ts";
import { formatTime } from "#api/time.ts";
import { planRollout, type RolloutPlan } from "./plan-rollout.ts";

export const start = Date.UTC(2026, 0, 1);
const template = (image: string, hash?: string) => ({
  metadata: { labels: { app: "web", ...(hash ? { "pod-template-hash": hash } : {}) } },
  spec: { containers: [{ name: "c", image, resources: {} }] },
});

export function deployment(
  image: string,
  spec: Partial<DeploymentSpec> = {},
  status: Partial<Deployment["status"]> = {},
): Deployment {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "ns", uid: "D", generation: 1 },
    spec: {
      replicas: 10,
      selector: { matchLabels: { app: "web" } },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      ...spec,
      template: template(image),
    },
    status,
  } as Deployment;
}

export interface SetShape {
  readonly replicas: number;
  /** Default: all. */
  readonly available?: number;
  readonly revision?: number;
  /** Default: that of the Deployment's size 10 with a surge of 3. */
  readonly desired?: number;
  readonly max?: number;
  readonly age?: number;
  readonly annotations?: Record<string, string>;
}
export function replicaSet(image: string, shape: SetShape): ReplicaSet {
  const { replicas, available = replicas, revision = 1, desired = 10, max = 13, age = 0 } = shape;
  const name = `web-${image}`;
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name,
      namespace: "ns",
      uid: name,
      generation: 1,
      creationTimestamp: formatTime(start - age * 1000),
      annotations: {
        "deployment.kubernetes.io/revision": String(revision),
        "deployment.kubernetes.io/desired-replicas": String(desired),
        "deployment.kubernetes.io/max-replicas": String(max),
        ...shape.annotations,
      },
    },
    spec: { replicas, selector: {}, template: template(image, image) },
    status: { replicas, availableReplicas: available, readyReplicas: available, observedGeneration: 1 },
  } as ReplicaSet;
}

/** What a turn makes of the world: sizes by image, and the rest of the plan. */
export function planned(d: Deployment, sets: readonly ReplicaSet[], now = start, running = false) {
  const plan = planRollout({ deployment: d, replicaSets: sets, hasRunningPods: () => running, now });
  return { plan, sizes: sizesAfter(sets, plan) };
}
export const imageOf = (set: ReplicaSet): string => set.spec.template.spec.containers[0]!.image!;
function sizesAfter(sets: readonly ReplicaSet[], plan: RolloutPlan): Record<string, number> {
  const sizes = Object.fromEntries(sets.map((s) => [imageOf(s), s.spec.replicas!]));
  for (const step of plan.steps) {
    if (step.type === "delete") delete sizes[imageOf(step.set)];
    else sizes[imageOf(step.set)] = step.type === "create" ? step.set.spec.replicas! : step.replicas;
  }
  return sizes;
}

/** A world in which plans are carried out and pods become available one by one, or break. */
export class RolloutModel {
  deployment: Deployment;
  sets = new Map<string, ReplicaSet>();
  now = start;
  constructor(d: Deployment) {
    this.deployment = d;
  }
  turn(): RolloutPlan {
    const plan = planRollout({
      deployment: this.deployment,
      replicaSets: [...this.sets.values()],
      hasRunningPods: (set) => (set.status.replicas ?? 0) > 0,
      now: this.now,
    });
    for (const step of plan.steps) this.#apply(step);
    const annotations = { ...this.deployment.metadata.annotations };
    if (plan.revision !== undefined) annotations["deployment.kubernetes.io/revision"] = plan.revision;
    this.deployment = {
      ...this.deployment,
      metadata: { ...this.deployment.metadata, annotations },
      status: plan.status,
    };
    this.now += 1000;
    return plan;
  }
  #apply(step: RolloutPlan["steps"][number]): void {
    const image = imageOf(step.set);
    if (step.type === "delete") this.sets.delete(image);
    else if (step.type === "create") {
      const metadata = { ...step.set.metadata, uid: image, creationTimestamp: formatTime(this.now), generation: 1 };
      this.sets.set(image, { ...step.set, metadata });
    } else {
      const { replicas, minReadySeconds, annotations } = step;
      const metadata = { ...step.set.metadata, annotations };
      this.sets.set(image, { ...step.set, metadata, spec: { ...step.set.spec, replicas, minReadySeconds } });
    }
  }
  /** The ReplicaSets have as many pods as they should; those of `broken` images never become available. */
  pods(broken: (image: string) => boolean, becomeAvailable: (missing: number) => number): void {
    for (const [image, set] of this.sets) {
      const replicas = set.spec.replicas!;
      const before = Math.min(set.status.availableReplicas ?? 0, replicas);
      const available = broken(image) ? 0 : before + Math.min(replicas - before, becomeAvailable(replicas - before));
      const status = { replicas, availableReplicas: available, readyReplicas: available, observedGeneration: 1 };
      this.sets.set(image, { ...set, status });
    }
  }
  get total(): number {
    return [...this.sets.values()].reduce((n, s) => n + s.spec.replicas!, 0);
  }
  get available(): number {
    return [...this.sets.values()].reduce((n, s) => n + (s.status.availableReplicas ?? 0), 0);
  }
  sizes(): Record<string, number> {
    return Object.fromEntries([...this.sets].map(([image, s]) => [image, s.spec.replicas!]));
  }
}
