// Shapes of Scale and of the older autoscaler that watches CPU only.

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

export const ContainerResourceMetricSource = message(
  "io.k8s.api.autoscaling.v1.ContainerResourceMetricSource",
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
    targetAverageUtilization: pointer(
      2,
      int32,
      "Average use to aim for, as a percentage of what the container requested.",
    ),
    targetAverageValue: pointer(3, quantity, "Average use per pod to aim for, as a plain amount."),
    container: required(5, string, "Name of the container to measure."),
  },
);
export interface ContainerResourceMetricSource extends Infer<typeof ContainerResourceMetricSource> {}

export const ContainerResourceMetricStatus = message(
  "io.k8s.api.autoscaling.v1.ContainerResourceMetricStatus",
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
    currentAverageUtilization: pointer(2, int32, "Average use as a percentage of what the container requested."),
    currentAverageValue: required(3, quantity, "Average use per pod as a plain amount."),
    container: required(4, string, "Name of the container that was measured."),
  },
);
export interface ContainerResourceMetricStatus extends Infer<typeof ContainerResourceMetricStatus> {}

export const CrossVersionObjectReference = message(
  "io.k8s.api.autoscaling.v1.CrossVersionObjectReference",
  "Points to an object in the same namespace.",
  {
    kind: required(1, string, "Kind of the object, such as Deployment."),
    name: required(2, string, "Name of the object pointed to."),
    apiVersion: optional(3, string, "API version of the object, such as apps/v1."),
  },
  [],
  { atomic: true },
);
export interface CrossVersionObjectReference extends Infer<typeof CrossVersionObjectReference> {}

export const ExternalMetricSource = message(
  "io.k8s.api.autoscaling.v1.ExternalMetricSource",
  "Target for a metric from outside the cluster.",
  {
    metricName: required(1, string, "Name of the metric to read."),
    metricSelector: pointer(2, LabelSelector, "Picks metric series by label."),
    targetValue: pointer(3, quantity, "Total value to aim for; excludes targetAverageValue."),
    targetAverageValue: pointer(4, quantity, "Value per pod to aim for; excludes targetValue."),
  },
);
export interface ExternalMetricSource extends Infer<typeof ExternalMetricSource> {}

export const ExternalMetricStatus = message(
  "io.k8s.api.autoscaling.v1.ExternalMetricStatus",
  "Last reading of a metric from outside the cluster.",
  {
    metricName: required(1, string, "Name of the metric that was read."),
    metricSelector: pointer(2, LabelSelector, "Label condition that was used to pick the metric series."),
    currentValue: required(3, quantity, "Total value of the metric."),
    currentAverageValue: pointer(4, quantity, "Value divided by the number of pods."),
  },
);
export interface ExternalMetricStatus extends Infer<typeof ExternalMetricStatus> {}

export const HorizontalPodAutoscalerSpec = message(
  "io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerSpec",
  "What to scale, within which limits and for which CPU use.",
  {
    scaleTargetRef: required(1, CrossVersionObjectReference, "The workload whose pod count is adjusted."),
    minReplicas: pointer(2, int32, "Fewest pods to keep; default 1.", { default: 1 }),
    maxReplicas: required(3, int32, "Most pods to run; must not be below minReplicas.", { minimum: 1 }),
    targetCPUUtilizationPercentage: pointer(
      4,
      int32,
      "Average CPU use to aim for, as a percentage of requests; default 80.",
    ),
  },
);
export interface HorizontalPodAutoscalerSpec extends Infer<typeof HorizontalPodAutoscalerSpec> {}

export const HorizontalPodAutoscalerStatus = message(
  "io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerStatus",
  "What the autoscaler last saw and decided.",
  {
    observedGeneration: pointer(1, int64, "Generation of the spec that this status belongs to."),
    lastScaleTime: pointer(2, time, "When the number of pods was last changed; used to avoid rapid swings."),
    currentReplicas: required(3, int32, "Pods that the workload had at the last look."),
    desiredReplicas: required(4, int32, "Pods that the autoscaler wants after its last calculation."),
    currentCPUUtilizationPercentage: pointer(5, int32, "Average CPU use as a percentage of requests; 70 means 70%."),
  },
);
export interface HorizontalPodAutoscalerStatus extends Infer<typeof HorizontalPodAutoscalerStatus> {}

export const HorizontalPodAutoscaler = topLevel(
  "io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler",
  "Changes the pod count of a workload to keep its CPU use near a target.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, HorizontalPodAutoscalerSpec, "What is wanted.", { omitEmpty: true }),
    status: struct(3, HorizontalPodAutoscalerStatus, "What was last observed; written by the system."),
  },
);
export interface HorizontalPodAutoscaler extends Infer<typeof HorizontalPodAutoscaler> {}

export const HorizontalPodAutoscalerCondition = message(
  "io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerCondition",
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

export const ObjectMetricSource = message(
  "io.k8s.api.autoscaling.v1.ObjectMetricSource",
  "Target for a metric that describes one other object.",
  {
    target: required(1, CrossVersionObjectReference, "The object that the metric describes."),
    metricName: required(2, string, "Name of the metric to read."),
    targetValue: required(3, quantity, "Value that the autoscaler aims for."),
    selector: pointer(4, LabelSelector, "Picks metric series by label; absent means by name alone."),
    averageValue: pointer(5, quantity, "Value per pod to aim for, after dividing by the pod count."),
  },
);
export interface ObjectMetricSource extends Infer<typeof ObjectMetricSource> {}

export const PodsMetricSource = message(
  "io.k8s.api.autoscaling.v1.PodsMetricSource",
  "Target for a metric that every pod reports.",
  {
    metricName: required(1, string, "Name of the metric to read."),
    targetAverageValue: required(2, quantity, "Average per pod that the autoscaler aims for."),
    selector: pointer(3, LabelSelector, "Picks metric series by label; absent means by name alone."),
  },
);
export interface PodsMetricSource extends Infer<typeof PodsMetricSource> {}

export const ResourceMetricSource = message(
  "io.k8s.api.autoscaling.v1.ResourceMetricSource",
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
    targetAverageUtilization: pointer(2, int32, "Average use to aim for, as a percentage of what the pods requested."),
    targetAverageValue: pointer(3, quantity, "Average use per pod to aim for, as a plain amount."),
  },
);
export interface ResourceMetricSource extends Infer<typeof ResourceMetricSource> {}

export const MetricSpec = message(
  "io.k8s.api.autoscaling.v1.MetricSpec",
  "One metric and its target, kept in an annotation of the v1 form.",
  {
    type: required(
      1,
      oneOf("Object", "Pods", "Resource", "ContainerResource", "External"),
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

export const ObjectMetricStatus = message(
  "io.k8s.api.autoscaling.v1.ObjectMetricStatus",
  "Last reading of a metric that describes one other object.",
  {
    target: required(1, CrossVersionObjectReference, "The object that the metric describes."),
    metricName: required(2, string, "Name of the metric that was read."),
    currentValue: required(3, quantity, "Latest value of the metric."),
    selector: pointer(4, LabelSelector, "Label condition that was used to pick the metric series."),
    averageValue: pointer(5, quantity, "Latest value divided by the number of pods."),
  },
);
export interface ObjectMetricStatus extends Infer<typeof ObjectMetricStatus> {}

export const PodsMetricStatus = message(
  "io.k8s.api.autoscaling.v1.PodsMetricStatus",
  "Last reading of a metric that every pod reports.",
  {
    metricName: required(1, string, "Name of the metric that was read."),
    currentAverageValue: required(2, quantity, "Average of the metric over all pods."),
    selector: pointer(3, LabelSelector, "Label condition that was used to pick the metric series."),
  },
);
export interface PodsMetricStatus extends Infer<typeof PodsMetricStatus> {}

export const ResourceMetricStatus = message(
  "io.k8s.api.autoscaling.v1.ResourceMetricStatus",
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
    currentAverageUtilization: pointer(2, int32, "Average use as a percentage of what the pods requested."),
    currentAverageValue: required(3, quantity, "Average use per pod as a plain amount."),
  },
);
export interface ResourceMetricStatus extends Infer<typeof ResourceMetricStatus> {}

export const MetricStatus = message(
  "io.k8s.api.autoscaling.v1.MetricStatus",
  "Last reading of one metric, kept in an annotation of the v1 form.",
  {
    type: required(
      1,
      oneOf("Object", "Pods", "Resource", "ContainerResource", "External"),
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
  },
);
export interface MetricStatus extends Infer<typeof MetricStatus> {}

export const ScaleSpec = message("io.k8s.api.autoscaling.v1.ScaleSpec", "How many pods the workload should have.", {
  replicas: optional(1, int32, "Wanted number of pods; 0 if not given.", { default: 0, minimum: 0 }),
});
export interface ScaleSpec extends Infer<typeof ScaleSpec> {}

export const ScaleStatus = message(
  "io.k8s.api.autoscaling.v1.ScaleStatus",
  "How many pods there are now and how to find them.",
  {
    replicas: required(1, int32, "Number of pods that exist now."),
    selector: optional(2, string, "Label query that finds the pods, written as text such as app=web."),
  },
);
export interface ScaleStatus extends Infer<typeof ScaleStatus> {}

export const Scale = topLevel(
  "io.k8s.api.autoscaling.v1.Scale",
  "The replica count of a workload, read and set in the same way for every kind.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, ScaleSpec, "What is wanted."),
    status: struct(3, ScaleStatus, "What was last observed; written by the system."),
  },
);
export interface Scale extends Infer<typeof Scale> {}
