// Wire types of autoscaling.

import {
  type Infer,
  atomicList,
  int32,
  int64,
  known,
  mapList,
  message,
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

export const MetricTarget = message("io.k8s.api.autoscaling.v2.MetricTarget", "", {
  type: required(1, known("Utilization", "Value", "AverageValue"), ""),
  value: pointer(2, quantity, ""),
  averageValue: pointer(3, quantity, ""),
  averageUtilization: pointer(4, int32, ""),
});
export interface MetricTarget extends Infer<typeof MetricTarget> {}

export const ContainerResourceMetricSource = message("io.k8s.api.autoscaling.v2.ContainerResourceMetricSource", "", {
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
  target: required(2, MetricTarget, ""),
  container: required(3, string, ""),
});
export interface ContainerResourceMetricSource extends Infer<typeof ContainerResourceMetricSource> {}

export const MetricValueStatus = message("io.k8s.api.autoscaling.v2.MetricValueStatus", "", {
  value: pointer(1, quantity, ""),
  averageValue: pointer(2, quantity, ""),
  averageUtilization: pointer(3, int32, ""),
});
export interface MetricValueStatus extends Infer<typeof MetricValueStatus> {}

export const ContainerResourceMetricStatus = message("io.k8s.api.autoscaling.v2.ContainerResourceMetricStatus", "", {
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
  current: required(2, MetricValueStatus, ""),
  container: required(3, string, ""),
});
export interface ContainerResourceMetricStatus extends Infer<typeof ContainerResourceMetricStatus> {}

export const CrossVersionObjectReference = message("io.k8s.api.autoscaling.v2.CrossVersionObjectReference", "", {
  kind: required(1, string, ""),
  name: required(2, string, ""),
  apiVersion: optional(3, string, ""),
});
export interface CrossVersionObjectReference extends Infer<typeof CrossVersionObjectReference> {}

export const MetricIdentifier = message("io.k8s.api.autoscaling.v2.MetricIdentifier", "", {
  name: required(1, string, ""),
  selector: pointer(2, LabelSelector, ""),
});
export interface MetricIdentifier extends Infer<typeof MetricIdentifier> {}

export const ExternalMetricSource = message("io.k8s.api.autoscaling.v2.ExternalMetricSource", "", {
  metric: required(1, MetricIdentifier, ""),
  target: required(2, MetricTarget, ""),
});
export interface ExternalMetricSource extends Infer<typeof ExternalMetricSource> {}

export const ExternalMetricStatus = message("io.k8s.api.autoscaling.v2.ExternalMetricStatus", "", {
  metric: required(1, MetricIdentifier, ""),
  current: required(2, MetricValueStatus, ""),
});
export interface ExternalMetricStatus extends Infer<typeof ExternalMetricStatus> {}

export const HPAScalingPolicy = message("io.k8s.api.autoscaling.v2.HPAScalingPolicy", "", {
  type: required(1, known("Pods", "Percent"), ""),
  value: required(2, int32, ""),
  periodSeconds: required(3, int32, ""),
});
export interface HPAScalingPolicy extends Infer<typeof HPAScalingPolicy> {}

export const HPAScalingRules = message("io.k8s.api.autoscaling.v2.HPAScalingRules", "", {
  stabilizationWindowSeconds: pointer(3, int32, ""),
  selectPolicy: pointer(1, known("Max", "Min", "Disabled"), ""),
  policies: optional(2, atomicList(HPAScalingPolicy), ""),
  tolerance: pointer(4, quantity, ""),
});
export interface HPAScalingRules extends Infer<typeof HPAScalingRules> {}

export const ObjectMetricSource = message("io.k8s.api.autoscaling.v2.ObjectMetricSource", "", {
  describedObject: required(1, CrossVersionObjectReference, ""),
  target: required(2, MetricTarget, ""),
  metric: required(3, MetricIdentifier, ""),
});
export interface ObjectMetricSource extends Infer<typeof ObjectMetricSource> {}

export const PodsMetricSource = message("io.k8s.api.autoscaling.v2.PodsMetricSource", "", {
  metric: required(1, MetricIdentifier, ""),
  target: required(2, MetricTarget, ""),
});
export interface PodsMetricSource extends Infer<typeof PodsMetricSource> {}

export const ResourceMetricSource = message("io.k8s.api.autoscaling.v2.ResourceMetricSource", "", {
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
  target: required(2, MetricTarget, ""),
});
export interface ResourceMetricSource extends Infer<typeof ResourceMetricSource> {}

export const MetricSpec = message("io.k8s.api.autoscaling.v2.MetricSpec", "", {
  type: required(1, known("Object", "Pods", "Resource", "ContainerResource", "External"), ""),
  object: pointer(2, ObjectMetricSource, ""),
  pods: pointer(3, PodsMetricSource, ""),
  resource: pointer(4, ResourceMetricSource, ""),
  containerResource: pointer(7, ContainerResourceMetricSource, ""),
  external: pointer(5, ExternalMetricSource, ""),
});
export interface MetricSpec extends Infer<typeof MetricSpec> {}

export const HorizontalPodAutoscalerBehavior = message(
  "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior",
  "",
  {
    scaleUp: pointer(1, HPAScalingRules, ""),
    scaleDown: pointer(2, HPAScalingRules, ""),
  },
);
export interface HorizontalPodAutoscalerBehavior extends Infer<typeof HorizontalPodAutoscalerBehavior> {}

export const HorizontalPodAutoscalerSpec = message("io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec", "", {
  scaleTargetRef: required(1, CrossVersionObjectReference, ""),
  minReplicas: pointer(2, int32, ""),
  maxReplicas: required(3, int32, "", { minimum: 1 }),
  metrics: optional(4, atomicList(MetricSpec), ""),
  behavior: pointer(5, HorizontalPodAutoscalerBehavior, ""),
});
export interface HorizontalPodAutoscalerSpec extends Infer<typeof HorizontalPodAutoscalerSpec> {}

export const ObjectMetricStatus = message("io.k8s.api.autoscaling.v2.ObjectMetricStatus", "", {
  metric: required(1, MetricIdentifier, ""),
  current: required(2, MetricValueStatus, ""),
  describedObject: required(3, CrossVersionObjectReference, ""),
});
export interface ObjectMetricStatus extends Infer<typeof ObjectMetricStatus> {}

export const PodsMetricStatus = message("io.k8s.api.autoscaling.v2.PodsMetricStatus", "", {
  metric: required(1, MetricIdentifier, ""),
  current: required(2, MetricValueStatus, ""),
});
export interface PodsMetricStatus extends Infer<typeof PodsMetricStatus> {}

export const ResourceMetricStatus = message("io.k8s.api.autoscaling.v2.ResourceMetricStatus", "", {
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
  current: required(2, MetricValueStatus, ""),
});
export interface ResourceMetricStatus extends Infer<typeof ResourceMetricStatus> {}

export const MetricStatus = message("io.k8s.api.autoscaling.v2.MetricStatus", "", {
  type: required(1, known("Object", "Pods", "Resource", "ContainerResource", "External"), ""),
  object: pointer(2, ObjectMetricStatus, ""),
  pods: pointer(3, PodsMetricStatus, ""),
  resource: pointer(4, ResourceMetricStatus, ""),
  containerResource: pointer(7, ContainerResourceMetricStatus, ""),
  external: pointer(5, ExternalMetricStatus, ""),
});
export interface MetricStatus extends Infer<typeof MetricStatus> {}

export const HorizontalPodAutoscalerCondition = message(
  "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerCondition",
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

export const HorizontalPodAutoscalerStatus = message("io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerStatus", "", {
  observedGeneration: pointer(1, int64, ""),
  lastScaleTime: pointer(2, time, ""),
  currentReplicas: optional(3, int32, ""),
  desiredReplicas: required(4, int32, ""),
  currentMetrics: optional(5, atomicList(MetricStatus), "", { always: true }),
  conditions: optional(6, mapList(HorizontalPodAutoscalerCondition, "type"), "", { patch: "merge", patchKey: "type" }),
});
export interface HorizontalPodAutoscalerStatus extends Infer<typeof HorizontalPodAutoscalerStatus> {}

export const HorizontalPodAutoscaler = topLevel("io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, HorizontalPodAutoscalerSpec, "What is wanted.", { omitEmpty: true }),
  status: struct(3, HorizontalPodAutoscalerStatus, "What was last observed; written by the system."),
});
export interface HorizontalPodAutoscaler extends Infer<typeof HorizontalPodAutoscaler> {}
