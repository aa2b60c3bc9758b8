// Counts the pods of a Job. A finished pod's uid is first written into the status as uncounted, then the pod loses its
// finalizer, and only then does it move into the counter: whatever fails in between, it is counted once.
import type { Job } from "#api/batch/job.ts";
import type { Pod } from "#api/core/pod.ts";
import { isFinished, isReady } from "#controllers/pods/pod-state.ts";
import {
  completionIndex,
  countsAsFailed,
  failuresBefore,
  isActive,
  isGoing,
  isTracked,
} from "#controllers/job/job-pods.ts";
import { indexSet, matchFailurePolicy } from "#controllers/job/policies.ts";

/** Most uids that wait in the status at a time. */
const mostUncounted = 500;

export interface Counts {
  readonly active: readonly Pod[];
  readonly ready: number;
  /** Being deleted, and not ended yet. */
  readonly terminating: number;
  readonly succeeded: number;
  readonly failed: number;
  /** For the status: what is in the counters, and what is on its way. */
  readonly counters: { readonly succeeded: number; readonly failed: number };
  readonly uncounted: { readonly succeeded: readonly string[]; readonly failed: readonly string[] };
  readonly completedIndexes: ReadonlySet<number>;
  readonly failedIndexes: ReadonlySet<number>;
  /** By index: the pod that failed last, when another try is due. */
  readonly retries: ReadonlyMap<number, { readonly pod: Pod; readonly failures: number }>;
  /** Counted for the first time. */
  readonly newlySucceeded: readonly Pod[];
  readonly newlyFailed: readonly Pod[];
  /** They may lose their finalizer once the status is written. */
  readonly release: readonly Pod[];
  /** They too, but not before another pod has taken their index: they know how often it failed. */
  readonly held: readonly Pod[];
  /** Finished pods that are not yet in the status. */
  readonly postponed: boolean;
}

export const isIndexed = (job: Job): boolean => job.spec.completionMode === "Indexed";

export function countPods(job: Job, pods: readonly Pod[]): Counts {
  return new Counting(job, pods).run();
}

class Counting {
  readonly #job: Job;
  readonly #pods: readonly Pod[];
  readonly #indexed: boolean;
  readonly #completions: number;
  readonly #perIndex: number | undefined;
  readonly #completed: Set<number>;
  readonly #failedIndexes: Set<number>;
  readonly #uncounted: { succeeded: string[]; failed: string[] } = { succeeded: [], failed: [] };
  readonly #counters: { succeeded: number; failed: number };
  /** Uids in the status. */
  readonly #known = new Set<string>();
  readonly #release: Pod[] = [];
  readonly #newlySucceeded: Pod[] = [];
  readonly #newlyFailed: Pod[] = [];
  #postponed = false;

  constructor(job: Job, pods: readonly Pod[]) {
    this.#job = job;
    this.#pods = pods;
    this.#indexed = isIndexed(job);
    this.#completions = job.spec.completions ?? 0;
    this.#perIndex = this.#indexed ? job.spec.backoffLimitPerIndex : undefined;
    this.#completed = indexSet(job.status.completedIndexes, this.#completions);
    this.#failedIndexes = indexSet(job.status.failedIndexes, this.#completions);
    this.#counters = { succeeded: job.status.succeeded ?? 0, failed: job.status.failed ?? 0 };
  }
  run(): Counts {
    this.#flush();
    for (const pod of this.#pods) if (isTracked(pod)) this.#count(pod);
    const retries = this.#retries();
    const held = new Set([...retries.values()].map((r) => r.pod));
    const active = this.#pods.filter(isActive);
    const indexed = this.#indexed;
    return {
      active,
      ready: active.filter(isReady).length,
      terminating: this.#pods.filter((pod) => isGoing(pod) && !isFinished(pod)).length,
      succeeded: indexed ? this.#completed.size : this.#counters.succeeded + this.#uncounted.succeeded.length,
      failed: this.#counters.failed + this.#uncounted.failed.length,
      counters: { ...this.#counters, ...(indexed ? { succeeded: this.#completed.size } : {}) },
      uncounted: this.#uncounted,
      completedIndexes: this.#completed,
      failedIndexes: this.#failedIndexes,
      retries,
      newlySucceeded: this.#newlySucceeded,
      newlyFailed: this.#newlyFailed,
      release: this.#release.filter((pod) => !held.has(pod)),
      held: this.#release.filter((pod) => held.has(pod)),
      postponed: this.#postponed,
    };
  }
  /** Uids whose pods have lost their finalizer move into the counters. */
  #flush(): void {
    const tracked = new Set(this.#pods.filter(isTracked).map((pod) => pod.metadata.uid!));
    for (const list of ["succeeded", "failed"] as const)
      for (const uid of this.#job.status.uncountedTerminatedPods?.[list] ?? [])
        if (tracked.has(uid)) this.#remember(list, uid);
        else this.#counters[list]++;
  }
  #remember(list: "succeeded" | "failed", uid: string): void {
    this.#uncounted[list].push(uid);
    this.#known.add(uid);
  }
  #count(pod: Pod): void {
    const uid = pod.metadata.uid!;
    if (this.#known.has(uid)) return void this.#release.push(pod);
    const failed = countsAsFailed(pod, this.#job);
    if (!failed && pod.status.phase !== "Succeeded") return;
    if (this.#known.size >= mostUncounted) {
      this.#postponed = true;
      return;
    }
    const index = completionIndex(pod);
    const belongs = !this.#indexed || (index >= 0 && index < this.#completions);
    this.#release.push(pod);
    if (!failed) {
      this.#newlySucceeded.push(pod);
      if (!this.#indexed) this.#remember("succeeded", uid);
      else if (belongs && !this.#failedIndexes.has(index)) this.#completed.add(index);
      return;
    }
    const isIgnored = matchFailurePolicy(this.#job.spec.podFailurePolicy, pod)?.action === "Ignore";
    if (!belongs || isIgnored) return;
    this.#newlyFailed.push(pod);
    this.#remember("failed", uid);
  }
  /** With a limit per index: what became of the indexes whose last pod failed. */
  #retries(): Map<number, { pod: Pod; failures: number }> {
    const retries = new Map<number, { pod: Pod; failures: number }>();
    if (this.#perIndex === undefined) return retries;
    const running = new Set(this.#pods.filter(isActive).map(completionIndex));
    for (const pod of this.#pods) {
      const index = completionIndex(pod);
      if (!isTracked(pod) || !countsAsFailed(pod, this.#job) || index < 0 || index >= this.#completions) continue;
      if (this.#completed.has(index) || this.#failedIndexes.has(index) || running.has(index)) continue;
      const match = matchFailurePolicy(this.#job.spec.podFailurePolicy, pod)?.action;
      const failures = failuresBefore(pod) + (match === "Ignore" ? 0 : 1);
      if (match === "FailIndex" || failures > this.#perIndex) {
        this.#failedIndexes.add(index);
        retries.delete(index);
      } else if (failures >= (retries.get(index)?.failures ?? 0)) retries.set(index, { pod, failures });
    }
    return retries;
  }
}
