// Wire types of autoscaling-v1.

import {
  type Infer,
  int32,
  int64,
  known,
  message,
  oneOf,
  optional,
  pointer,
  quantity,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { LabelSelector, ObjectMeta } from "#api/meta/schema.ts";

export const ContainerResourceMetricSource = message("io.k8s.api.autoscaling.v1.ContainerResourceMetricSource", "", {
  name: required(
    1,
    known(
      "cpu",
      "memory",
      "storage",
      "ephemeral-storage",
      "pods",
      "services",
      "replicationcontrollers",
      "resourcequotas",
      "secrets",
      "configmaps",
      "persistentvolumeclaims",
      "services.nodeports",
      "services.loadbalancers",
      "requests.cpu",
      "requests.memory",
      "requests.storage",
      "requests.ephemeral-storage",
      "limits.cpu",
      "limits.memory",
      "limits.ephemeral-storage",
    ),
    "",
  ),
  targetAverageUtilization: pointer(2, int32, ""),
  targetAverageValue: pointer(3, quantity, ""),
  container: required(5, string, ""),
});
export interface ContainerResourceMetricSource extends Infer<typeof ContainerResourceMetricSource> {}

export const ContainerResourceMetricStatus = message("io.k8s.api.autoscaling.v1.ContainerResourceMetricStatus", "", {
  name: required(
    1,
    known(
      "cpu",
      "memory",
      "storage",
      "ephemeral-storage",
      "pods",
      "services",
      "replicationcontrollers",
      "resourcequotas",
      "secrets",
      "configmaps",
      "persistentvolumeclaims",
      "services.nodeports",
      "services.loadbalancers",
      "requests.cpu",
      "requests.memory",
      "requests.storage",
      "requests.ephemeral-storage",
      "limits.cpu",
      "limits.memory",
      "limits.ephemeral-storage",
    ),
    "",
  ),
  currentAverageUtilization: pointer(2, int32, ""),
  currentAverageValue: required(3, quantity, ""),
  container: required(4, string, ""),
});
export interface ContainerResourceMetricStatus extends Infer<typeof ContainerResourceMetricStatus> {}

export const CrossVersionObjectReference = message(
  "io.k8s.api.autoscaling.v1.CrossVersionObjectReference",
  "",
  {
    kind: required(1, string, ""),
    name: required(2, string, ""),
    apiVersion: optional(3, string, ""),
  },
  [],
  { atomic: true },
);
export interface CrossVersionObjectReference extends Infer<typeof CrossVersionObjectReference> {}

export const ExternalMetricSource = message("io.k8s.api.autoscaling.v1.ExternalMetricSource", "", {
  metricName: required(1, string, ""),
  metricSelector: pointer(2, LabelSelector, ""),
  targetValue: pointer(3, quantity, ""),
  targetAverageValue: pointer(4, quantity, ""),
});
export interface ExternalMetricSource extends Infer<typeof ExternalMetricSource> {}

export const ExternalMetricStatus = message("io.k8s.api.autoscaling.v1.ExternalMetricStatus", "", {
  metricName: required(1, string, ""),
  metricSelector: pointer(2, LabelSelector, ""),
  currentValue: required(3, quantity, ""),
  currentAverageValue: pointer(4, quantity, ""),
});
export interface ExternalMetricStatus extends Infer<typeof ExternalMetricStatus> {}

export const HorizontalPodAutoscalerSpec = message("io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerSpec", "", {
  scaleTargetRef: required(1, CrossVersionObjectReference, ""),
  minReplicas: pointer(2, int32, ""),
  maxReplicas: required(3, int32, "", { minimum: 1 }),
  targetCPUUtilizationPercentage: pointer(4, int32, ""),
});
export interface HorizontalPodAutoscalerSpec extends Infer<typeof HorizontalPodAutoscalerSpec> {}

export const HorizontalPodAutoscalerStatus = message("io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerStatus", "", {
  observedGeneration: pointer(1, int64, ""),
  lastScaleTime: pointer(2, time, ""),
  currentReplicas: required(3, int32, ""),
  desiredReplicas: required(4, int32, ""),
  currentCPUUtilizationPercentage: pointer(5, int32, ""),
});
export interface HorizontalPodAutoscalerStatus extends Infer<typeof HorizontalPodAutoscalerStatus> {}

export const HorizontalPodAutoscaler = topLevel("io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, HorizontalPodAutoscalerSpec, "What is wanted.", { omitEmpty: true }),
  status: struct(3, HorizontalPodAutoscalerStatus, "What was last observed; written by the system."),
});
export interface HorizontalPodAutoscaler extends Infer<typeof HorizontalPodAutoscaler> {}

export const HorizontalPodAutoscalerCondition = message(
  "io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerCondition",
  "",
  {
    type: required(1, known("ScalingActive", "AbleToScale", "ScalingLimited", "ScaledToZero"), ""),
    status: required(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
    lastTransitionTime: optional(3, time, ""),
    reason: optional(4, string, ""),
    message: optional(5, string, ""),
  },
);
export interface HorizontalPodAutoscalerCondition extends Infer<typeof HorizontalPodAutoscalerCondition> {}

export const ObjectMetricSource = message("io.k8s.api.autoscaling.v1.ObjectMetricSource", "", {
  target: required(1, CrossVersionObjectReference, ""),
  metricName: required(2, string, ""),
  targetValue: required(3, quantity, ""),
  selector: pointer(4, LabelSelector, ""),
  averageValue: pointer(5, quantity, ""),
});
export interface ObjectMetricSource extends Infer<typeof ObjectMetricSource> {}

export const PodsMetricSource = message("io.k8s.api.autoscaling.v1.PodsMetricSource", "", {
  metricName: required(1, string, ""),
  targetAverageValue: required(2, quantity, ""),
  selector: pointer(3, LabelSelector, ""),
});
export interface PodsMetricSource extends Infer<typeof PodsMetricSource> {}

export const ResourceMetricSource = message("io.k8s.api.autoscaling.v1.ResourceMetricSource", "", {
  name: required(
    1,
    known(
      "cpu",
      "memory",
      "storage",
      "ephemeral-storage",
      "pods",
      "services",
      "replicationcontrollers",
      "resourcequotas",
      "secrets",
      "configmaps",
      "persistentvolumeclaims",
      "services.nodeports",
      "services.loadbalancers",
      "requests.cpu",
      "requests.memory",
      "requests.storage",
      "requests.ephemeral-storage",
      "limits.cpu",
      "limits.memory",
      "limits.ephemeral-storage",
    ),
    "",
  ),
  targetAverageUtilization: pointer(2, int32, ""),
  targetAverageValue: pointer(3, quantity, ""),
});
export interface ResourceMetricSource extends Infer<typeof ResourceMetricSource> {}

export const MetricSpec = message("io.k8s.api.autoscaling.v1.MetricSpec", "", {
  type: required(1, oneOf("Object", "Pods", "Resource", "ContainerResource", "External"), ""),
  object: pointer(2, ObjectMetricSource, ""),
  pods: pointer(3, PodsMetricSource, ""),
  resource: pointer(4, ResourceMetricSource, ""),
  containerResource: pointer(7, ContainerResourceMetricSource, ""),
  external: pointer(5, ExternalMetricSource, ""),
});
export interface MetricSpec extends Infer<typeof MetricSpec> {}

export const ObjectMetricStatus = message("io.k8s.api.autoscaling.v1.ObjectMetricStatus", "", {
  target: required(1, CrossVersionObjectReference, ""),
  metricName: required(2, string, ""),
  currentValue: required(3, quantity, ""),
  selector: pointer(4, LabelSelector, ""),
  averageValue: pointer(5, quantity, ""),
});
export interface ObjectMetricStatus extends Infer<typeof ObjectMetricStatus> {}

export const PodsMetricStatus = message("io.k8s.api.autoscaling.v1.PodsMetricStatus", "", {
  metricName: required(1, string, ""),
  currentAverageValue: required(2, quantity, ""),
  selector: pointer(3, LabelSelector, ""),
});
export interface PodsMetricStatus extends Infer<typeof PodsMetricStatus> {}

export const ResourceMetricStatus = message("io.k8s.api.autoscaling.v1.ResourceMetricStatus", "", {
  name: required(
    1,
    known(
      "cpu",
      "memory",
      "storage",
      "ephemeral-storage",
      "pods",
      "services",
      "replicationcontrollers",
      "resourcequotas",
      "secrets",
      "configmaps",
      "persistentvolumeclaims",
      "services.nodeports",
      "services.loadbalancers",
      "requests.cpu",
      "requests.memory",
      "requests.storage",
      "requests.ephemeral-storage",
      "limits.cpu",
      "limits.memory",
      "limits.ephemeral-storage",
    ),
    "",
  ),
  currentAverageUtilization: pointer(2, int32, ""),
  currentAverageValue: required(3, quantity, ""),
});
export interface ResourceMetricStatus extends Infer<typeof ResourceMetricStatus> {}

export const MetricStatus = message("io.k8s.api.autoscaling.v1.MetricStatus", "", {
  type: required(1, oneOf("Object", "Pods", "Resource", "ContainerResource", "External"), ""),
  object: pointer(2, ObjectMetricStatus, ""),
  pods: pointer(3, PodsMetricStatus, ""),
  resource: pointer(4, ResourceMetricStatus, ""),
  containerResource: pointer(7, ContainerResourceMetricStatus, ""),
  external: pointer(5, ExternalMetricStatus, ""),
});
export interface MetricStatus extends Infer<typeof MetricStatus> {}

export const ScaleSpec = message("io.k8s.api.autoscaling.v1.ScaleSpec", "", {
  replicas: optional(1, int32, "", { default: 0, minimum: 0 }),
});
export interface ScaleSpec extends Infer<typeof ScaleSpec> {}

export const ScaleStatus = message("io.k8s.api.autoscaling.v1.ScaleStatus", "", {
  replicas: required(1, int32, ""),
  selector: optional(2, string, ""),
});
export interface ScaleStatus extends Infer<typeof ScaleStatus> {}

export const Scale = topLevel("io.k8s.api.autoscaling.v1.Scale", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, ScaleSpec, "What is wanted."),
  status: struct(3, ScaleStatus, "What was last observed; written by the system."),
});
export interface Scale extends Infer<typeof Scale> {}
