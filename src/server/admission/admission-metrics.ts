// How long admission takes, as a whole and by plugin, under upstream's names.
import type { Clock } from "#base/clock.ts";
import type { Metrics } from "#base/metrics.ts";

export type AdmissionStep = "admit" | "validate";
/** Notes one part of admission that has ended. */
export interface AdmissionTimer {
  start(): number;
  /** `plugin`: "" for the step as a whole. */
  end(start: number, step: AdmissionStep, operation: string, plugin: string, isRejected: boolean): void;
}

const buckets = [0.005, 0.025, 0.1, 0.5, 1, 2.5];

export function admissionMetrics(metrics: Metrics, clock: Clock): AdmissionTimer {
  const steps = metrics.histogram(
    "apiserver_admission_step_admission_duration_seconds",
    "Time of one half of admission.",
    buckets,
  );
  const plugins = metrics.histogram(
    "apiserver_admission_controller_admission_duration_seconds",
    "Time of one admission plugin.",
    buckets,
  );
  const known = new Map<string, (seconds: number) => void>();
  return {
    start: () => clock.monotonic(),
    end(start, step, operation, plugin, isRejected) {
      const key = `${plugin} ${step} ${operation} ${isRejected}`;
      let observe = known.get(key);
      if (!observe) {
        const labels = { operation, rejected: String(isRejected), type: step };
        observe = plugin ? plugins.of({ name: plugin, ...labels }) : steps.of(labels);
        known.set(key, observe);
      }
      observe((clock.monotonic() - start) / 1000);
    },
  };
}
