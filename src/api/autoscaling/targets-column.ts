// The Targets cell of an autoscaler: for each metric what was last read, and what it should be.
import type { Cell } from "#api/kind.ts";
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from "./schema.ts";

const maxShown = 2;
const unknown = "<unknown>";

export function targetsText({ spec, status }: HorizontalPodAutoscaler): Cell {
  const metrics = spec.metrics ?? [];
  if (metrics.length === 0) return "<none>";
  const texts = metrics.map((metric, i) => metricText(metric, status.currentMetrics?.[i]));
  const shown = texts.slice(0, maxShown).join(", ");
  return texts.length > maxShown ? `${shown} + ${texts.length - maxShown} more...` : shown;
}
function metricText(metric: MetricSpec, last: MetricStatus | undefined): string {
  switch (metric.type) {
    case "External":
      return valueText(metric.external?.target, last?.external?.current);
    case "Object":
      return valueText(metric.object?.target, last?.object?.current);
    case "Pods":
      return `${read(last?.pods?.current, "averageValue")}/${metric.pods?.target.averageValue ?? "0"}`;
    case "Resource":
      return resourceText(metric.resource, last?.resource?.current);
    case "ContainerResource":
      return resourceText(metric.containerResource, last?.containerResource?.current);
    default:
      return "<unknown type>";
  }
}
/** A reading whose part is absent counts as zero, but one that has not been made is unknown. */
const read = (current: MetricValueStatus | undefined, part: "value" | "averageValue"): string =>
  current ? (current[part] ?? "0") : unknown;
function valueText(target: MetricTarget | undefined, current: MetricValueStatus | undefined): string {
  if (target?.averageValue === undefined) return `${read(current, "value")}/${target?.value ?? "0"}`;
  return `${current?.averageValue ?? unknown}/${target.averageValue} (avg)`;
}
function resourceText(
  source: { readonly name: string; readonly target: MetricTarget } | undefined,
  current: MetricValueStatus | undefined,
): string {
  const { averageValue, averageUtilization } = source?.target ?? {};
  const name = source?.name ?? "";
  if (averageValue !== undefined) return `${name}: ${read(current, "averageValue")}/${averageValue}`;
  const percent = (value: number | undefined, none: string): string => (value === undefined ? none : `${value}%`);
  return `${name}: ${percent(current?.averageUtilization, unknown)}/${percent(averageUtilization, "<auto>")}`;
}
