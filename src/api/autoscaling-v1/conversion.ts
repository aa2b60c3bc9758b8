// Between the two forms of an autoscaler. What v1 has no field for goes through annotations as JSON: metrics, readings
// and conditions in the shapes of v1, limits on speed with the names of Go. Text there that cannot be read is ignored.
import { ApiError } from "#api/errors.ts";
import { decodeMessage } from "#api/decode.ts";
import type { Message } from "#api/schema.ts";
import { HorizontalPodAutoscalerBehavior as behaviorSchema } from "#api/autoscaling/schema.ts";
import type {
  HorizontalPodAutoscaler as Stored,
  HorizontalPodAutoscalerBehavior,
  HorizontalPodAutoscalerCondition,
} from "#api/autoscaling/schema.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import {
  type HorizontalPodAutoscaler,
  HorizontalPodAutoscalerCondition as conditionSchema,
  MetricSpec as metricSchema,
  MetricStatus as readingSchema,
} from "./schema.ts";
import { cpuUse, fromReading, fromSpec, toReading, toSpec } from "./metric-conversion.ts";

const domain = "autoscaling.alpha.kubernetes.io";
const names = {
  metrics: `${domain}/metrics`,
  behavior: `${domain}/behavior`,
  readings: `${domain}/current-metrics`,
  conditions: `${domain}/conditions`,
} as const;
export const specAnnotations: readonly string[] = [names.metrics, names.behavior];
export const statusAnnotations: readonly string[] = [names.readings, names.conditions];
const all = [
  ...specAnnotations,
  ...statusAnnotations,
  `${domain}/scale-down-tolerance`,
  `${domain}/scale-up-tolerance`,
];
const defaultCpuUse = 80;

type Annotations = Readonly<Record<string, string>>;
const without = (annotations: Annotations | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(annotations ?? {}).filter(([name]) => !all.includes(name)));
/** The annotations of an object, those of `taken` from another one. */
export function copyAnnotations(
  taken: readonly string[],
  now: Annotations | undefined,
  old: Annotations | undefined,
): Record<string, string> | undefined {
  if (!now && !old) return undefined;
  const kept = Object.entries(now ?? {}).filter(([name]) => !taken.includes(name));
  return Object.fromEntries([...kept, ...Object.entries(old ?? {}).filter(([name]) => taken.includes(name))]);
}
const metadataWith = <M extends { readonly annotations?: Annotations }>(
  metadata: M,
  annotations: Record<string, string>,
): M => {
  const { annotations: _annotations, ...rest } = metadata;
  return { ...rest, ...(Object.keys(annotations).length > 0 && { annotations }) } as unknown as M;
};
const given = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

export function fromStored(stored: Stored): HorizontalPodAutoscaler {
  const { spec, status } = stored;
  const metrics = spec.metrics ?? [];
  const others = metrics.filter((metric) => cpuUse(metric) === undefined).map(fromSpec);
  const readings = (status.currentMetrics ?? []).map(fromReading);
  const conditions = status.conditions ?? [];
  const annotations = without(stored.metadata.annotations);
  if (others.length > 0) annotations[names.metrics] = JSON.stringify(others);
  if (readings.length > 0) annotations[names.readings] = JSON.stringify(readings);
  if (spec.behavior) annotations[names.behavior] = JSON.stringify(goStruct(behaviorSchema, spec.behavior));
  if (conditions.length > 0) annotations[names.conditions] = JSON.stringify(conditions.map(inOrder));
  const cpu = (status.currentMetrics ?? []).flatMap(({ type, resource }) =>
    type === "Resource" && resource?.name === "cpu" ? [resource.current.averageUtilization] : [],
  );
  return {
    kind: "HorizontalPodAutoscaler",
    apiVersion: "autoscaling/v1",
    metadata: metadataWith(stored.metadata, annotations),
    spec: given({
      scaleTargetRef: spec.scaleTargetRef,
      minReplicas: spec.minReplicas,
      maxReplicas: spec.maxReplicas,
      targetCPUUtilizationPercentage: metrics.map(cpuUse).find((use) => use !== undefined),
    }),
    status: given({
      observedGeneration: status.observedGeneration,
      lastScaleTime: status.lastScaleTime,
      currentReplicas: status.currentReplicas ?? 0,
      desiredReplicas: status.desiredReplicas,
      currentCPUUtilizationPercentage: cpu.findLast((use) => use !== undefined),
    }),
  } as HorizontalPodAutoscaler;
}
const inOrder = (condition: HorizontalPodAutoscalerCondition): object => {
  const { type, status, lastTransitionTime = null, reason, message } = condition;
  return given({ type, status, lastTransitionTime, reason: reason || undefined, message: message || undefined });
};

export function toStored(object: HorizontalPodAutoscaler): Stored {
  const { spec, status } = object;
  const { annotations = {} } = object.metadata;
  const use = spec.targetCPUUtilizationPercentage;
  const readUse = status.currentCPUUtilizationPercentage;
  const others = readList(annotations[names.metrics], metricSchema)?.map(toSpec) ?? [];
  const metrics = [...others, ...(use === undefined ? [] : [cpuMetric(use)])];
  const readings = readList(annotations[names.readings], readingSchema)?.map(toReading);
  const conditions = readList(annotations[names.conditions], conditionSchema);
  return {
    kind: "HorizontalPodAutoscaler",
    apiVersion: "autoscaling/v2",
    metadata: metadataWith(object.metadata, without(annotations)),
    spec: given({
      scaleTargetRef: spec.scaleTargetRef,
      minReplicas: spec.minReplicas,
      maxReplicas: spec.maxReplicas,
      metrics: metrics.length > 0 ? metrics : [cpuMetric(defaultCpuUse)],
      behavior: readBehavior(annotations[names.behavior]),
    }),
    status: given({
      observedGeneration: status.observedGeneration,
      lastScaleTime: status.lastScaleTime,
      currentReplicas: status.currentReplicas,
      desiredReplicas: status.desiredReplicas,
      currentMetrics: readings ?? (readUse === undefined ? undefined : [cpuReading(readUse)]),
      conditions,
    }),
  } as Stored;
}
const cpuMetric = (averageUtilization: number) => ({
  type: "Resource",
  resource: { name: "cpu", target: { type: "Utilization", averageUtilization } },
});
const cpuReading = (averageUtilization: number) => ({
  type: "Resource",
  resource: { name: "cpu", current: { averageUtilization } },
});

function readJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
function decoded<T>(schema: Message<T>, value: unknown): T | undefined {
  try {
    return decodeMessage(schema, value, { unknownFields: "ignore" }).draft as T;
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
function readList<T>(text: string | undefined, schema: Message<T>): readonly T[] | undefined {
  const list = readJson(text);
  if (!Array.isArray(list)) return undefined;
  const items = list.map((item) => decoded(schema, item));
  return items.every((item) => item !== undefined) ? items : undefined;
}
function readBehavior(text: string | undefined): HorizontalPodAutoscalerBehavior | undefined {
  const behavior = decoded(behaviorSchema, withJsonNames(readJson(text)));
  return behavior && Object.keys(behavior).length > 0 ? behavior : undefined;
}
/** Names as Go writes them begin with a capital. */
function withJsonNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withJsonNames);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name.slice(0, 1).toLowerCase() + name.slice(1), withJsonNames(part)]),
  );
}
