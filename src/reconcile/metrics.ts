// The series of work queues, under the names that Kubernetes' own controllers use.
import type { Metrics } from "#base/metrics.ts";
import type { WorkQueueMetrics } from "#reconcile/work-queue.ts";

const buckets = [1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100];

export function workQueueMetrics(metrics: Metrics): WorkQueueMetrics {
  const adds = metrics.counter("workqueue_adds_total", "Keys added to a work queue.");
  const depth = metrics.gauge("workqueue_depth", "Keys that wait in a work queue.");
  const retries = metrics.counter("workqueue_retries_total", "Keys that were put back after a failure.");
  const waited = metrics.histogram("workqueue_queue_duration_seconds", "How long keys waited.", buckets);
  const worked = metrics.histogram("workqueue_work_duration_seconds", "How long turns took.", buckets);
  return {
    added: (name) => adds.add({ name }),
    depth: (name, keys) => depth.set({ name }, keys),
    retried: (name) => retries.add({ name }),
    started: (name, seconds) => waited.observe({ name }, seconds),
    finished: (name, seconds) => worked.observe({ name }, seconds),
  };
}
