// Shapes of the autoscaler that adjusts pod counts by any kind of metric.

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

export const MetricTarget = message(
  "io.k8s.api.autoscaling.v2.MetricTarget",
  "The value that a metric should settle at.",
  {
    type: required(
      1,
      known("Utilization", "Value", "AverageValue"),
      "Which field holds the target: Utilization a percentage, Value a total, AverageValue an amount per pod.",
    ),
    value: pointer(2, quantity, "Total value to aim for."),
    averageValue: pointer(3, quantity, "Average per pod to aim for, as a plain amount."),
    averageUtilization: pointer(
      4,
      int32,
      "Average use to aim for, as a percentage of requests; only for resource metrics.",
    ),
  },
);
export interface MetricTarget extends Infer<typeof MetricTarget> {}

export const ContainerResourceMetricSource = message(
  "io.k8s.api.autoscaling.v2.ContainerResourceMetricSource",
  "Target for CPU or memory use of one container in each pod.",
  {
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
      "Resource to measure, such as cpu or memory.",
    ),
    target: required(2, MetricTarget, "Amount or percentage of use to aim for."),
    container: required(3, string, "Name of the container to measure."),
  },
);
export interface ContainerResourceMetricSource extends Infer<typeof ContainerResourceMetricSource> {}

export const MetricValueStatus = message(
  "io.k8s.api.autoscaling.v2.MetricValueStatus",
  "A measured value in whichever forms apply.",
  {
    value: pointer(1, quantity, "Total value that was measured."),
    averageValue: pointer(2, quantity, "Average per pod that was measured."),
    averageUtilization: pointer(3, int32, "Average use as a percentage of requests; only for resource metrics."),
  },
);
export interface MetricValueStatus extends Infer<typeof MetricValueStatus> {}

export const ContainerResourceMetricStatus = message(
  "io.k8s.api.autoscaling.v2.ContainerResourceMetricStatus",
  "Last reading of CPU or memory use of one container.",
  {
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
      "Resource that was measured, such as cpu or memory.",
    ),
    current: required(2, MetricValueStatus, "The value that was last read."),
    container: required(3, string, "Name of the container that was measured."),
  },
);
export interface ContainerResourceMetricStatus extends Infer<typeof ContainerResourceMetricStatus> {}

export const CrossVersionObjectReference = message(
  "io.k8s.api.autoscaling.v2.CrossVersionObjectReference",
  "Points to an object in the same namespace.",
  {
    kind: required(1, string, "Kind of the object, such as Deployment."),
    name: required(2, string, "Name of the object pointed to."),
    apiVersion: optional(3, string, "API version of the object, such as apps/v1."),
  },
);
export interface CrossVersionObjectReference extends Infer<typeof CrossVersionObjectReference> {}

export const MetricIdentifier = message(
  "io.k8s.api.autoscaling.v2.MetricIdentifier",
  "Names a metric and narrows it down by labels.",
  {
    name: required(1, string, "Name of the metric as its source offers it."),
    selector: pointer(2, LabelSelector, "Picks metric series by label; absent means by name alone."),
  },
);
export interface MetricIdentifier extends Infer<typeof MetricIdentifier> {}

export const ExternalMetricSource = message(
  "io.k8s.api.autoscaling.v2.ExternalMetricSource",
  "Target for a metric from outside the cluster, such as a queue length.",
  {
    metric: required(1, MetricIdentifier, "Name and labels of the metric to read."),
    target: required(2, MetricTarget, "Value the autoscaler aims for."),
  },
);
export interface ExternalMetricSource extends Infer<typeof ExternalMetricSource> {}

export const ExternalMetricStatus = message(
  "io.k8s.api.autoscaling.v2.ExternalMetricStatus",
  "Last reading of a metric from outside the cluster.",
  {
    metric: required(1, MetricIdentifier, "Name and labels of the metric that was read."),
    current: required(2, MetricValueStatus, "The value that was last read."),
  },
);
export interface ExternalMetricStatus extends Infer<typeof ExternalMetricStatus> {}

export const HPAScalingPolicy = message(
  "io.k8s.api.autoscaling.v2.HPAScalingPolicy",
  "One speed limit: how much the pod count may change within a period.",
  {
    type: required(
      1,
      known("Pods", "Percent"),
      "Unit of value: Pods is a count, Percent is relative to the present pod count.",
    ),
    value: required(2, int32, "Largest change allowed per period; must be above zero."),
    periodSeconds: required(3, int32, "Length of the period in seconds, from 1 to 1800."),
  },
);
export interface HPAScalingPolicy extends Infer<typeof HPAScalingPolicy> {}

export const HPAScalingRules = message(
  "io.k8s.api.autoscaling.v2.HPAScalingRules",
  "How fast the pod count may change in one direction.",
  {
    stabilizationWindowSeconds: pointer(
      3,
      int32,
      "Seconds of past advice to consider before acting, up to 3600; default 0 up, 300 down.",
    ),
    selectPolicy: pointer(
      1,
      known("Max", "Min", "Disabled"),
      "Which policy counts: Max (default) the largest change, Min the smallest, Disabled forbids this direction.",
      { default: "Max" },
    ),
    policies: optional(
      2,
      atomicList(HPAScalingPolicy),
      "Speed limits for this direction; built-in ones are used if not given.",
    ),
    tolerance: pointer(
      4,
      quantity,
      "How far a metric may stray from its target before scaling, as a fraction; usually 0.1.",
    ),
  },
);
export interface HPAScalingRules extends Infer<typeof HPAScalingRules> {}

export const ObjectMetricSource = message(
  "io.k8s.api.autoscaling.v2.ObjectMetricSource",
  "Target for a metric that describes one other object, such as an Ingress.",
  {
    describedObject: required(1, CrossVersionObjectReference, "The object that the metric describes."),
    target: required(2, MetricTarget, "Value the autoscaler aims for."),
    metric: required(3, MetricIdentifier, "Name and labels of the metric to read."),
  },
);
export interface ObjectMetricSource extends Infer<typeof ObjectMetricSource> {}

export const PodsMetricSource = message(
  "io.k8s.api.autoscaling.v2.PodsMetricSource",
  "Target for a metric that every pod reports.",
  {
    metric: required(1, MetricIdentifier, "Name and labels of the metric to read."),
    target: required(2, MetricTarget, "Average per pod to aim for; type must be AverageValue."),
  },
);
export interface PodsMetricSource extends Infer<typeof PodsMetricSource> {}

export const ResourceMetricSource = message(
  "io.k8s.api.autoscaling.v2.ResourceMetricSource",
  "Target for CPU or memory use of whole pods.",
  {
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
      "Resource to measure, such as cpu or memory.",
    ),
    target: required(2, MetricTarget, "Amount or percentage of use to aim for."),
  },
);
export interface ResourceMetricSource extends Infer<typeof ResourceMetricSource> {}

export const MetricSpec = message(
  "io.k8s.api.autoscaling.v2.MetricSpec",
  "One metric to watch and the value it should have.",
  {
    type: required(
      1,
      known("Object", "Pods", "Resource", "ContainerResource", "External"),
      "Which of the fields below is filled in.",
    ),
    object: pointer(2, ObjectMetricSource, "Metric that describes some other object, such as an Ingress."),
    pods: pointer(3, PodsMetricSource, "Metric that each pod reports, averaged over all of them."),
    resource: pointer(4, ResourceMetricSource, "CPU or memory use of whole pods."),
    containerResource: pointer(7, ContainerResourceMetricSource, "CPU or memory use of one container in each pod."),
    external: pointer(5, ExternalMetricSource, "Metric from outside the cluster, such as a queue length."),
  },
);
export interface MetricSpec extends Infer<typeof MetricSpec> {}

export const HorizontalPodAutoscalerBehavior = message(
  "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior",
  "Tunes how fast scaling goes up and down.",
  {
    scaleUp: pointer(1, HPAScalingRules, "Rules for adding pods; by default doubling or 4 pods every 15 seconds."),
    scaleDown: pointer(
      2,
      HPAScalingRules,
      "Rules for removing pods; by default acts on the highest advice of the last 300 seconds.",
    ),
  },
);
export interface HorizontalPodAutoscalerBehavior extends Infer<typeof HorizontalPodAutoscalerBehavior> {}

export const HorizontalPodAutoscalerSpec = message(
  "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec",
  "What to scale, within which limits and by which metrics.",
  {
    scaleTargetRef: required(1, CrossVersionObjectReference, "The workload whose pod count is adjusted."),
    minReplicas: pointer(2, int32, "Fewest pods to keep; default 1.", { default: 1 }),
    maxReplicas: required(3, int32, "Most pods to run; must not be below minReplicas.", { minimum: 1 }),
    metrics: optional(
      4,
      atomicList(MetricSpec),
      "Metrics to watch, the one asking for most pods wins; default is 80% CPU use.",
      {
        default: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } },
        ],
      },
    ),
    behavior: pointer(
      5,
      HorizontalPodAutoscalerBehavior,
      "Limits on how fast the pod count changes; built-in limits if not given.",
    ),
  },
);
export interface HorizontalPodAutoscalerSpec extends Infer<typeof HorizontalPodAutoscalerSpec> {}

export const ObjectMetricStatus = message(
  "io.k8s.api.autoscaling.v2.ObjectMetricStatus",
  "Last reading of a metric that describes one other object.",
  {
    metric: required(1, MetricIdentifier, "Name and labels of the metric that was read."),
    current: required(2, MetricValueStatus, "The value that was last read."),
    describedObject: required(3, CrossVersionObjectReference, "The object that the metric describes."),
  },
);
export interface ObjectMetricStatus extends Infer<typeof ObjectMetricStatus> {}

export const PodsMetricStatus = message(
  "io.k8s.api.autoscaling.v2.PodsMetricStatus",
  "Last reading of a metric that every pod reports.",
  {
    metric: required(1, MetricIdentifier, "Name and labels of the metric that was read."),
    current: required(2, MetricValueStatus, "The value that was last read."),
  },
);
export interface PodsMetricStatus extends Infer<typeof PodsMetricStatus> {}

export const ResourceMetricStatus = message(
  "io.k8s.api.autoscaling.v2.ResourceMetricStatus",
  "Last reading of CPU or memory use over whole pods.",
  {
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
      "Resource that was measured, such as cpu or memory.",
    ),
    current: required(2, MetricValueStatus, "The value that was last read."),
  },
);
export interface ResourceMetricStatus extends Infer<typeof ResourceMetricStatus> {}

export const MetricStatus = message("io.k8s.api.autoscaling.v2.MetricStatus", "Last reading of one watched metric.", {
  type: required(
    1,
    known("Object", "Pods", "Resource", "ContainerResource", "External"),
    "Which of the fields below holds the reading.",
  ),
  object: pointer(2, ObjectMetricStatus, "Reading that describes some other object, such as an Ingress."),
  pods: pointer(3, PodsMetricStatus, "Reading averaged over the pods being scaled."),
  resource: pointer(4, ResourceMetricStatus, "CPU or memory use averaged over whole pods."),
  containerResource: pointer(
    7,
    ContainerResourceMetricStatus,
    "CPU or memory use of one container, averaged over the pods.",
  ),
  external: pointer(5, ExternalMetricStatus, "Reading from outside the cluster, such as a queue length."),
});
export interface MetricStatus extends Infer<typeof MetricStatus> {}

export const HorizontalPodAutoscalerCondition = message(
  "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerCondition",
  "One fact about the autoscaler that is true, false or unknown.",
  {
    type: required(
      1,
      known("ScalingActive", "AbleToScale", "ScalingLimited", "ScaledToZero"),
      "What the fact is about, such as ScalingActive, AbleToScale or ScalingLimited.",
    ),
    status: required(2, known("True", "False", "Unknown"), "Whether the fact holds: True, False or Unknown."),
    lastTransitionTime: optional(3, time, "When the status last changed from one value to another.", { always: true }),
    reason: optional(4, string, "Why the status is as it is, in one CamelCase word."),
    message: optional(5, string, "Explanation of the status for people; may be empty."),
  },
);
export interface HorizontalPodAutoscalerCondition extends Infer<typeof HorizontalPodAutoscalerCondition> {}

export const HorizontalPodAutoscalerStatus = message(
  "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerStatus",
  "What the autoscaler last saw and decided.",
  {
    observedGeneration: pointer(1, int64, "Generation of the spec that this status belongs to."),
    lastScaleTime: pointer(2, time, "When the number of pods was last changed; used to avoid rapid swings."),
    currentReplicas: optional(3, int32, "Pods that the workload had at the last look."),
    desiredReplicas: required(4, int32, "Pods that the autoscaler wants after its last calculation."),
    currentMetrics: optional(5, atomicList(MetricStatus), "Latest readings of the watched metrics.", { always: true }),
    conditions: optional(
      6,
      mapList(HorizontalPodAutoscalerCondition, "type"),
      "Notable facts, such as whether scaling works or has hit a limit.",
      { patch: "merge", patchKey: "type" },
    ),
  },
);
export interface HorizontalPodAutoscalerStatus extends Infer<typeof HorizontalPodAutoscalerStatus> {}

export const HorizontalPodAutoscaler = topLevel(
  "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler",
  "Changes the pod count of a workload to keep chosen metrics near their targets.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, HorizontalPodAutoscalerSpec, "What is wanted.", { omitEmpty: true }),
    status: struct(3, HorizontalPodAutoscalerStatus, "What was last observed; written by the system."),
  },
);
export interface HorizontalPodAutoscaler extends Infer<typeof HorizontalPodAutoscaler> {}
