// Metrics and their readings, between the shapes of autoscaling/v1 and v2. The fields of the v1 shapes stand in the
// order in which they are written into annotations.
import { isZeroQuantity } from "#api/quantity.ts";
import type {
  MetricIdentifier,
  MetricSpec as Spec,
  MetricStatus as Reading,
  MetricTarget,
} from "#api/autoscaling/schema.ts";
import type { MetricSpec, MetricStatus } from "./schema.ts";

/** The part that v1 has a field for. */
export const cpuUse = ({ type, resource }: Spec): number | undefined =>
  type === "Resource" && resource?.name === "cpu" ? resource.target.averageUtilization : undefined;

const given = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
const identifier = (name: string | undefined, selector: MetricIdentifier["selector"] | undefined): MetricIdentifier =>
  given({ name: name ?? "", selector }) as MetricIdentifier;
const useTarget = (use: number | undefined, value: string | undefined): MetricTarget =>
  given({
    type: use === undefined ? "AverageValue" : "Utilization",
    averageValue: value,
    averageUtilization: use,
  }) as MetricTarget;

export function fromSpec({ type, object, pods, resource, containerResource, external }: Spec): MetricSpec {
  return given({
    type,
    object:
      object &&
      given({
        target: object.describedObject,
        metricName: object.metric.name,
        targetValue: object.target.value ?? "0",
        selector: object.metric.selector,
        averageValue: object.target.averageValue,
      }),
    pods:
      pods &&
      given({
        metricName: pods.metric.name,
        targetAverageValue: pods.target.averageValue ?? "0",
        selector: pods.metric.selector,
      }),
    resource:
      resource &&
      given({
        name: resource.name,
        targetAverageUtilization: resource.target.averageUtilization,
        targetAverageValue: resource.target.averageValue,
      }),
    containerResource:
      containerResource &&
      given({
        name: containerResource.name,
        targetAverageUtilization: containerResource.target.averageUtilization,
        targetAverageValue: containerResource.target.averageValue,
        container: containerResource.container,
      }),
    external:
      external &&
      given({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        targetValue: external.target.value,
        targetAverageValue: external.target.averageValue,
      }),
  }) as MetricSpec;
}
export function toSpec({ type, object, pods, resource, containerResource, external }: MetricSpec): Spec {
  return given({
    type,
    object: object && {
      describedObject: object.target,
      target: given({
        type: object.averageValue === undefined ? "Value" : "AverageValue",
        value:
          object.averageValue === undefined || !isZeroQuantity(object.targetValue) ? object.targetValue : undefined,
        averageValue: object.averageValue,
      }),
      metric: identifier(object.metricName, object.selector),
    },
    pods: pods && {
      metric: identifier(pods.metricName, pods.selector),
      target: { type: "AverageValue", averageValue: pods.targetAverageValue },
    },
    resource: resource && {
      name: resource.name,
      target: useTarget(resource.targetAverageUtilization, resource.targetAverageValue),
    },
    containerResource: containerResource && {
      name: containerResource.name,
      target: useTarget(containerResource.targetAverageUtilization, containerResource.targetAverageValue),
      container: containerResource.container,
    },
    external: external && {
      metric: identifier(external.metricName, external.metricSelector),
      target: given({
        type: external.targetValue === undefined ? "AverageValue" : "Value",
        value: external.targetValue,
        averageValue: external.targetAverageValue,
      }),
    },
  }) as Spec;
}

export function fromReading({ type, object, pods, resource, containerResource, external }: Reading): MetricStatus {
  return given({
    type,
    object:
      object &&
      given({
        target: object.describedObject,
        metricName: object.metric.name,
        currentValue: object.current.value ?? "0",
        selector: object.metric.selector,
        averageValue: object.current.averageValue,
      }),
    pods:
      pods &&
      given({
        metricName: pods.metric.name,
        currentAverageValue: pods.current.averageValue ?? "0",
        selector: pods.metric.selector,
      }),
    resource:
      resource &&
      given({
        name: resource.name,
        currentAverageUtilization: resource.current.averageUtilization,
        currentAverageValue: resource.current.averageValue ?? "0",
      }),
    containerResource:
      containerResource &&
      given({
        name: containerResource.name,
        currentAverageUtilization: containerResource.current.averageUtilization,
        currentAverageValue: containerResource.current.averageValue ?? "0",
        container: containerResource.container,
      }),
    external:
      external &&
      given({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        currentValue: external.current.value ?? "0",
        currentAverageValue: external.current.averageValue,
      }),
  }) as MetricStatus;
}
export function toReading({ type, object, pods, resource, containerResource, external }: MetricStatus): Reading {
  return given({
    type,
    object: object && {
      metric: identifier(object.metricName, object.selector),
      current: given({ value: object.currentValue, averageValue: object.averageValue }),
      describedObject: object.target,
    },
    pods: pods && {
      metric: identifier(pods.metricName, pods.selector),
      current: { averageValue: pods.currentAverageValue },
    },
    resource: resource && {
      name: resource.name,
      current: given({
        averageValue: resource.currentAverageValue,
        averageUtilization: resource.currentAverageUtilization,
      }),
    },
    containerResource: containerResource && {
      name: containerResource.name,
      current: given({
        averageValue: containerResource.currentAverageValue,
        averageUtilization: containerResource.currentAverageUtilization,
      }),
      container: containerResource.container,
    },
    external: external && {
      metric: identifier(external.metricName, external.metricSelector),
      current: given({ value: external.currentValue, averageValue: external.currentAverageValue }),
    },
  }) as Reading;
}
