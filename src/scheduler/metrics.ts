// What the scheduler measures, under upstream's names.
import type { Metrics } from "#base/metrics.ts";

export interface SchedulerMetrics {
  attempt(result: "scheduled" | "unschedulable" | "error", seconds: number): void;
  /** A pod got its node, so many decisions and seconds after it first came. */
  scheduled(attempts: number, seconds: number): void;
  pending(counts: { active: number; backoff: number; unschedulable: number; gated: number }): void;
}
const profile = "default-scheduler";
const attemptBuckets = [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 5e-2, 0.1, 1];
const waitBuckets = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800];

export function schedulerMetrics(metrics: Metrics): SchedulerMetrics {
  const attempts = metrics.counter("scheduler_schedule_attempts_total", "Decisions on pods, by their outcome.");
  const duration = metrics.histogram(
    "scheduler_scheduling_attempt_duration_seconds",
    "How long a decision took.",
    attemptBuckets,
  );
  const tries = metrics.histogram(
    "scheduler_pod_scheduling_attempts",
    "Decisions until a pod got its node.",
    [1, 2, 4, 8, 16],
  );
  const wait = metrics.histogram(
    "scheduler_pod_scheduling_sli_duration_seconds",
    "Time until a pod got its node.",
    waitBuckets,
  );
  const pending = metrics.gauge("scheduler_pending_pods", "Pods without a node, by the queue they wait in.");
  return {
    attempt(result, seconds) {
      attempts.add({ profile, result });
      duration.observe({ profile, result }, seconds);
    },
    scheduled(count, seconds) {
      tries.observe({}, count);
      wait.observe({}, seconds);
    },
    pending(counts) {
      for (const [queue, count] of Object.entries(counts)) pending.set({ queue }, count);
    },
  };
}
