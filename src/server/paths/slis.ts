// /metrics/slis: the outcomes of the health checks as metrics, under upstream's names, apart from the others so that they
// can be looked at often.
import { Metrics } from "#base/metrics.ts";
import type { PathHandler } from "#server/dispatch.ts";
import { metricsPath } from "./metrics.ts";
import type { ObserveCheck } from "./health.ts";

export interface HealthSlis {
  readonly observe: ObserveCheck;
  readonly path: PathHandler;
}
export function createHealthSlis(): HealthSlis {
  const metrics = new Metrics();
  const latest = metrics.gauge("kubernetes_healthcheck", "Whether a health check succeeded when it was last made.");
  const total = metrics.counter("kubernetes_healthchecks_total", "Health checks that were made, by their outcome.");
  return {
    observe(name, type, isFine) {
      latest.set({ name, type }, isFine ? 1 : 0);
      total.add({ name, status: isFine ? "success" : "error", type });
    },
    path: metricsPath(metrics, "/metrics/slis"),
  };
}
