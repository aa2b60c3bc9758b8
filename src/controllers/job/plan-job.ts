// The next steps of a Job.
//
//   running ──enough succeeded──► SuccessCriteriaMet ──all pods have ended and are counted──► Complete
//      │
//      └────too many failed, too late──► FailureTarget ──all pods have ended and are counted──► Failed
import type { Job } from "#api/batch/job.ts";
import type { JobCondition, JobStatus } from "#api/batch/job-schema.ts";
import type { Pod } from "#api/core/pod.ts";
import { formatTime, parseTime } from "#api/time.ts";
import { compareForDeletion } from "#controllers/pods/deletion-order.ts";
import { mostAtOnce } from "#controllers/pods/pod-control.ts";
import { countPods, isIndexed, type Counts } from "#controllers/job/count-pods.ts";
import { completionIndex, countsAsFailed, endedAt, isTracked, type Wanted } from "#controllers/job/job-pods.ts";
import { indexText, matchFailurePolicy, matchSuccessPolicy } from "#controllers/job/policies.ts";

const firstBackOffMs = 10_000;
const longestBackOffMs = 600_000;

/** Failures since the last success; remembered between turns. */
export interface BackOff {
  readonly failures: number;
  readonly lastAt: number;
}
export interface JobFacts {
  readonly job: Job;
  readonly pods: readonly Pod[];
  readonly backOff: BackOff;
  readonly now: number;
}
export interface JobPlan {
  readonly status: JobStatus;
  readonly backOff: BackOff;
  readonly create: readonly Wanted[];
  /** Pods that are not wanted: they go and are not counted. */
  readonly remove: readonly Pod[];
  /** Pods of a Job that has ended: they go, and are counted when they have. */
  readonly stop: readonly Pod[];
  /** Pods that lose their finalizer once the status is written. */
  readonly release: readonly Pod[];
  readonly events: readonly {
    readonly type: "Normal" | "Warning";
    readonly reason: string;
    readonly message: string;
  }[];
  readonly againInMs?: number;
}
interface Why {
  readonly reason: string;
  readonly message: string;
}
type ConditionFacts = Pick<JobCondition, "type" | "status"> & { readonly reason: string; readonly message: string };

export const isJobFinished = (job: Job): boolean =>
  job.status.conditions?.some((c) => (c.type === "Complete" || c.type === "Failed") && c.status === "True") ?? false;

export const planJob = (facts: JobFacts): JobPlan => new Planning(facts).plan();

class Planning {
  readonly #job: Job;
  readonly #pods: readonly Pod[];
  readonly #now: number;
  readonly #counts: Counts;
  readonly #backOff: BackOff;
  readonly #events: { type: "Normal" | "Warning"; reason: string; message: string }[] = [];
  #conditions: readonly JobCondition[];
  #startTime: string | undefined;
  #completionTime: string | undefined;
  #againInMs: number | undefined;

  constructor({ job, pods, backOff, now }: JobFacts) {
    this.#job = job;
    this.#pods = pods;
    this.#now = now;
    this.#counts = countPods(job, pods);
    this.#backOff = nextBackOff(backOff, this.#counts);
    this.#conditions = job.status.conditions ?? [];
    this.#startTime = job.status.startTime;
    this.#completionTime = job.status.completionTime;
  }
  plan(): JobPlan {
    const { spec } = this.#job;
    if (this.#startTime === undefined && !spec.suspend) this.#startTime = formatTime(this.#now);
    const end = this.#end();
    if (end) return this.#finish(end);
    this.#suspendOrResume();
    const { create, remove } = spec.suspend ? { create: [], remove: this.#counts.active } : this.#scale();
    return this.#result({ create, remove, stop: [] });
  }
  #result(parts: Pick<JobPlan, "create" | "remove" | "stop">): JobPlan {
    return {
      ...parts,
      status: this.#status(),
      backOff: this.#backOff,
      release: this.#counts.release,
      events: this.#events,
      ...(this.#againInMs === undefined ? {} : { againInMs: this.#againInMs }),
    };
  }
  #again(inMs: number): void {
    this.#againInMs = Math.min(this.#againInMs ?? Infinity, Math.max(0, inMs));
  }
  #has(type: string): JobCondition | undefined {
    return this.#conditions.find((c) => c.type === type && c.status === "True");
  }
  #set(facts: ConditionFacts): void {
    const time = formatTime(this.#now);
    const rest = this.#conditions.filter((c) => c.type !== facts.type);
    this.#conditions = [...rest, { ...facts, lastProbeTime: time, lastTransitionTime: time }];
  }

  /** Why the Job is to end, if it is: the condition that says so is set already, or is now. */
  #end(): ConditionFacts | undefined {
    const known = this.#has("FailureTarget") ?? this.#has("SuccessCriteriaMet");
    if (known) return { type: known.type, status: "True", reason: known.reason ?? "", message: known.message ?? "" };
    const fails = (why: Why | undefined) => why && { type: "FailureTarget", status: "True" as const, ...why };
    const succeeds = (why: Why | undefined) => why && { type: "SuccessCriteriaMet", status: "True" as const, ...why };
    const found =
      fails(this.#failure()) ??
      succeeds(this.#policyMet()) ??
      fails(this.#indexesFailed()) ??
      succeeds(this.#completed());
    if (found) this.#set(found);
    return found;
  }
  #failure(): Why | undefined {
    const { spec } = this.#job;
    const { failed, failedIndexes, active } = this.#counts;
    for (const pod of this.#pods) {
      if (!isTracked(pod) || !countsAsFailed(pod, this.#job)) continue;
      const match = matchFailurePolicy(spec.podFailurePolicy, pod);
      if (match?.action === "FailJob") return { reason: "PodFailurePolicy", message: match.message };
    }
    if (failed > (spec.backoffLimit ?? 6) || restartedTooOften(this.#job, active))
      return { reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit" };
    if (spec.activeDeadlineSeconds !== undefined && this.#startTime !== undefined && !spec.suspend) {
      const left = parseTime(this.#startTime) + spec.activeDeadlineSeconds * 1000 - this.#now;
      if (left <= 0) return { reason: "DeadlineExceeded", message: "Job was active longer than specified deadline" };
      this.#again(left);
    }
    if (spec.maxFailedIndexes !== undefined && failedIndexes.size > spec.maxFailedIndexes) {
      const message = "Job has exceeded the specified maximal number of failed indexes";
      return { reason: "MaxFailedIndexesExceeded", message };
    }
    return undefined;
  }
  #policyMet(): Why | undefined {
    const message = isIndexed(this.#job)
      ? matchSuccessPolicy(this.#job.spec, this.#counts.completedIndexes)
      : undefined;
    return message === undefined ? undefined : { reason: "SuccessPolicy", message };
  }
  /** Every index has succeeded or failed for good, and some have failed. */
  #indexesFailed(): Why | undefined {
    const { failedIndexes, succeeded, active } = this.#counts;
    const open = (this.#job.spec.completions ?? 0) - succeeded - failedIndexes.size;
    if (failedIndexes.size === 0 || open > 0 || active.length > 0) return undefined;
    return { reason: "FailedIndexes", message: "Job has failed indexes" };
  }
  #completed(): Why | undefined {
    const { spec } = this.#job;
    const { succeeded, active } = this.#counts;
    if (active.length > 0 || spec.suspend) return undefined;
    const enough = spec.completions === undefined ? succeeded > 0 : succeeded >= spec.completions;
    return enough ? { reason: "CompletionsReached", message: "Reached expected number of succeeded pods" } : undefined;
  }
  /** Stops what runs; when all have ended and are counted, the Job has ended. */
  #finish({ type, reason, message }: ConditionFacts): JobPlan {
    const { active, terminating, uncounted, postponed, release, held } = this.#counts;
    const uncountedYet = uncounted.succeeded.length + uncounted.failed.length + release.length + held.length;
    const waiting = postponed || uncountedYet > 0;
    if (active.length === 0 && terminating === 0 && !waiting) {
      const success = type === "SuccessCriteriaMet";
      this.#set({ type: success ? "Complete" : "Failed", status: "True", reason, message });
      if (success) this.#completionTime = formatTime(this.#now);
      this.#events.push(
        success
          ? { type: "Normal", reason: "Completed", message: "Job completed" }
          : { type: "Warning", reason, message },
      );
    }
    return { ...this.#result({ create: [], remove: [], stop: active }), release: [...release, ...held] };
  }

  #suspendOrResume(): void {
    const suspended = this.#has("Suspended");
    if (this.#job.spec.suspend && !suspended) {
      this.#set({ type: "Suspended", status: "True", reason: "JobSuspended", message: "Job suspended" });
      this.#startTime = undefined;
      this.#events.push({ type: "Normal", reason: "Suspended", message: "Job suspended" });
    } else if (!this.#job.spec.suspend && suspended) {
      this.#set({ type: "Suspended", status: "False", reason: "JobResumed", message: "Job resumed" });
      this.#startTime = formatTime(this.#now);
      this.#events.push({ type: "Normal", reason: "Resumed", message: "Job resumed" });
    }
  }

  #scale(): Pick<JobPlan, "create" | "remove"> {
    const { spec } = this.#job;
    const { active, succeeded, terminating, failedIndexes } = this.#counts;
    const parallelism = spec.parallelism ?? 1;
    const open = spec.completions === undefined ? Infinity : spec.completions - succeeded - failedIndexes.size;
    // Without a number of completions, the first success means that no more pods are started.
    const wanted =
      spec.completions === undefined && succeeded > 0 ? active.length : Math.max(0, Math.min(parallelism, open));
    const surplus = this.#surplus(wanted);
    if (surplus.length > 0) return { create: [], remove: surplus.slice(0, mostAtOnce) };
    const blocked = spec.podReplacementPolicy === "Failed" ? terminating : 0;
    if (this.#job.metadata.deletionTimestamp) return { create: [], remove: [] };
    const missing = Math.min(wanted - active.length - blocked, mostAtOnce);
    if (missing <= 0) return { create: [], remove: [] };
    if (spec.backoffLimitPerIndex === undefined || !isIndexed(this.#job)) {
      const wait =
        this.#backOff.failures > 0 ? this.#backOff.lastAt + backOffMs(this.#backOff.failures) - this.#now : 0;
      if (wait > 0) {
        this.#again(wait);
        return { create: [], remove: [] };
      }
    }
    const create = isIndexed(this.#job) ? this.#missingIndexes(missing) : Array.from({ length: missing }, () => ({}));
    return { create, remove: [] };
  }
  /** Pods of an index that has one already, or needs none, go first. */
  #surplus(wanted: number): Pod[] {
    const { active, completedIndexes, failedIndexes } = this.#counts;
    const sorted = active.toSorted((a, b) => compareForDeletion(a, b, () => 0, this.#now));
    if (!isIndexed(this.#job)) return sorted.slice(0, Math.max(0, active.length - wanted));
    const taken = new Set<number>();
    const useless: Pod[] = [];
    const useful: Pod[] = [];
    for (const pod of sorted.toReversed()) {
      const index = completionIndex(pod);
      const outside = index < 0 || index >= (this.#job.spec.completions ?? 0);
      if (outside || taken.has(index) || completedIndexes.has(index) || failedIndexes.has(index)) useless.push(pod);
      else useful.push(pod);
      taken.add(index);
    }
    const byIndex = useful.toSorted((a, b) => completionIndex(b) - completionIndex(a));
    return [...useless, ...byIndex.slice(0, Math.max(0, useful.length - wanted))];
  }
  #missingIndexes(count: number): Wanted[] {
    const { active, completedIndexes, failedIndexes, retries } = this.#counts;
    const perIndex = this.#job.spec.backoffLimitPerIndex !== undefined;
    const going =
      this.#job.spec.podReplacementPolicy === "Failed"
        ? this.#pods.filter((p) => !countsAsFailed(p, this.#job) && p.status.phase !== "Succeeded")
        : active;
    const taken = new Set(going.map(completionIndex));
    const result: Wanted[] = [];
    for (let index = 0; index < (this.#job.spec.completions ?? 0) && result.length < count; index++) {
      if (taken.has(index) || completedIndexes.has(index) || failedIndexes.has(index)) continue;
      const retry = retries.get(index);
      const wait = retry && retry.failures > 0 ? endedAt(retry.pod) + backOffMs(retry.failures) - this.#now : 0;
      if (wait > 0) this.#again(wait);
      else result.push({ index, ...(perIndex ? { failures: retry?.failures ?? 0 } : {}) });
    }
    return result;
  }

  #status(): JobStatus {
    const { counters, uncounted, completedIndexes, failedIndexes, active, ready, terminating } = this.#counts;
    const indexed = isIndexed(this.#job);
    return {
      conditions: this.#conditions,
      ...(this.#startTime === undefined ? {} : { startTime: this.#startTime }),
      ...(this.#completionTime === undefined ? {} : { completionTime: this.#completionTime }),
      active: active.length,
      ready,
      terminating,
      succeeded: counters.succeeded,
      failed: counters.failed,
      ...(indexed ? { completedIndexes: indexText(completedIndexes) } : {}),
      ...(indexed && this.#job.spec.backoffLimitPerIndex !== undefined
        ? { failedIndexes: indexText(failedIndexes) }
        : {}),
      uncountedTerminatedPods: uncounted,
    };
  }
}

const backOffMs = (failures: number): number => Math.min(firstBackOffMs * 2 ** (failures - 1), longestBackOffMs);
function nextBackOff(before: BackOff, { newlySucceeded, newlyFailed }: Counts): BackOff {
  const lastSuccess = Math.max(-Infinity, ...newlySucceeded.map(endedAt));
  const since = newlyFailed.map(endedAt).filter((at) => at > lastSuccess);
  const failures = (newlySucceeded.length > 0 ? 0 : before.failures) + since.length;
  return { failures, lastAt: Math.max(before.lastAt, ...since) };
}

/** Pods that are restarted in place fail without ending; their restarts count as failures. */
function restartedTooOften({ spec }: Job, active: readonly Pod[]): boolean {
  if (spec.template.spec.restartPolicy !== "OnFailure") return false;
  let restarts = 0;
  for (const pod of active)
    for (const { restartCount } of [
      ...(pod.status.initContainerStatuses ?? []),
      ...(pod.status.containerStatuses ?? []),
    ])
      restarts += restartCount;
  const limit = spec.backoffLimit ?? 6;
  return limit === 0 ? restarts > 0 : restarts >= limit;
}
