// What the scheduler measures; the names of the series are upstream's (scheduler_schedule_attempts_total and so on).

export interface SchedulerMetrics {
  attempt(result: "scheduled" | "unschedulable" | "error", seconds: number): void;
  /** A pod got its node, so many decisions and seconds after it first came. */
  scheduled(attempts: number, seconds: number): void;
  pending(counts: { active: number; backoff: number; unschedulable: number; gated: number }): void;
}
