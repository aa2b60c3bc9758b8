// Wire types of batch/job.

import {
  type Infer,
  atomicList,
  bool,
  int32,
  int64,
  known,
  message,
  oneOf,
  optional,
  pointer,
  required,
  setList,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { PodTemplateSpec } from "#api/core/schema/pod-spec.ts";
import { ObjectReference } from "#api/core/schema/reference.ts";
import { LabelSelector, ObjectMeta } from "#api/meta/schema.ts";

export const PodFailurePolicyOnExitCodesRequirement = message(
  "io.k8s.api.batch.v1.PodFailurePolicyOnExitCodesRequirement",
  "",
  {
    containerName: pointer(1, string, ""),
    operator: required(2, oneOf("In", "NotIn"), ""),
    values: required(3, setList(int32), ""),
  },
);
export interface PodFailurePolicyOnExitCodesRequirement extends Infer<typeof PodFailurePolicyOnExitCodesRequirement> {}

export const PodFailurePolicyOnPodConditionsPattern = message(
  "io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern",
  "",
  {
    type: required(
      1,
      known(
        "ContainersReady",
        "Initialized",
        "Ready",
        "PodScheduled",
        "DisruptionTarget",
        "PodReadyToStartContainers",
        "PodResizePending",
        "PodResizeInProgress",
        "AllContainersRestarting",
      ),
      "",
    ),
    status: optional(2, known("True", "False", "Unknown"), "What was last observed; written by the system.", {
      always: true,
    }),
  },
);
export interface PodFailurePolicyOnPodConditionsPattern extends Infer<typeof PodFailurePolicyOnPodConditionsPattern> {}

export const PodFailurePolicyRule = message("io.k8s.api.batch.v1.PodFailurePolicyRule", "", {
  action: required(1, oneOf("FailJob", "FailIndex", "Ignore", "Count"), ""),
  onExitCodes: pointer(2, PodFailurePolicyOnExitCodesRequirement, ""),
  onPodConditions: optional(3, atomicList(PodFailurePolicyOnPodConditionsPattern), ""),
});
export interface PodFailurePolicyRule extends Infer<typeof PodFailurePolicyRule> {}

export const PodFailurePolicy = message("io.k8s.api.batch.v1.PodFailurePolicy", "", {
  rules: required(1, atomicList(PodFailurePolicyRule), ""),
});
export interface PodFailurePolicy extends Infer<typeof PodFailurePolicy> {}

export const SuccessPolicyRule = message("io.k8s.api.batch.v1.SuccessPolicyRule", "", {
  succeededIndexes: pointer(1, string, ""),
  succeededCount: pointer(2, int32, ""),
});
export interface SuccessPolicyRule extends Infer<typeof SuccessPolicyRule> {}

export const SuccessPolicy = message("io.k8s.api.batch.v1.SuccessPolicy", "", {
  rules: required(1, atomicList(SuccessPolicyRule), ""),
});
export interface SuccessPolicy extends Infer<typeof SuccessPolicy> {}

export const JobSpec = message("io.k8s.api.batch.v1.JobSpec", "", {
  parallelism: pointer(1, int32, ""),
  completions: pointer(2, int32, ""),
  activeDeadlineSeconds: pointer(3, int64, ""),
  podFailurePolicy: pointer(11, PodFailurePolicy, ""),
  successPolicy: pointer(16, SuccessPolicy, ""),
  backoffLimit: pointer(7, int32, ""),
  backoffLimitPerIndex: pointer(12, int32, ""),
  maxFailedIndexes: pointer(13, int32, ""),
  selector: pointer(4, LabelSelector, ""),
  manualSelector: pointer(5, bool, ""),
  template: required(6, PodTemplateSpec, ""),
  ttlSecondsAfterFinished: pointer(8, int32, ""),
  completionMode: pointer(9, oneOf("NonIndexed", "Indexed"), ""),
  suspend: pointer(10, bool, ""),
  podReplacementPolicy: pointer(14, oneOf("TerminatingOrFailed", "Failed"), ""),
  managedBy: pointer(15, string, ""),
});
export interface JobSpec extends Infer<typeof JobSpec> {}

export const JobTemplateSpec = message("io.k8s.api.batch.v1.JobTemplateSpec", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, JobSpec, "What is wanted."),
});
export interface JobTemplateSpec extends Infer<typeof JobTemplateSpec> {}

export const CronJobSpec = message("io.k8s.api.batch.v1.CronJobSpec", "", {
  schedule: required(1, string, ""),
  timeZone: pointer(8, string, ""),
  startingDeadlineSeconds: pointer(2, int64, ""),
  concurrencyPolicy: optional(3, oneOf("Allow", "Forbid", "Replace"), ""),
  suspend: pointer(4, bool, ""),
  jobTemplate: required(5, JobTemplateSpec, ""),
  successfulJobsHistoryLimit: pointer(6, int32, ""),
  failedJobsHistoryLimit: pointer(7, int32, ""),
});
export interface CronJobSpec extends Infer<typeof CronJobSpec> {}

export const CronJobStatus = message("io.k8s.api.batch.v1.CronJobStatus", "", {
  active: optional(1, atomicList(ObjectReference), ""),
  lastScheduleTime: pointer(4, time, ""),
  lastSuccessfulTime: pointer(5, time, ""),
});
export interface CronJobStatus extends Infer<typeof CronJobStatus> {}

export const CronJob = topLevel("io.k8s.api.batch.v1.CronJob", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, CronJobSpec, "What is wanted.", { omitEmpty: true }),
  status: struct(3, CronJobStatus, "What was last observed; written by the system."),
});
export interface CronJob extends Infer<typeof CronJob> {}

export const JobCondition = message("io.k8s.api.batch.v1.JobCondition", "", {
  type: required(1, known("Suspended", "Complete", "Failed", "FailureTarget", "SuccessCriteriaMet"), ""),
  status: required(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
  lastProbeTime: optional(3, time, ""),
  lastTransitionTime: optional(4, time, ""),
  reason: optional(5, string, ""),
  message: optional(6, string, ""),
});
export interface JobCondition extends Infer<typeof JobCondition> {}

export const UncountedTerminatedPods = message("io.k8s.api.batch.v1.UncountedTerminatedPods", "", {
  succeeded: optional(1, setList(string), ""),
  failed: optional(2, setList(string), ""),
});
export interface UncountedTerminatedPods extends Infer<typeof UncountedTerminatedPods> {}

export const JobStatus = message("io.k8s.api.batch.v1.JobStatus", "", {
  conditions: optional(1, atomicList(JobCondition), "", { patch: "merge", patchKey: "type" }),
  startTime: pointer(2, time, ""),
  completionTime: pointer(3, time, ""),
  active: optional(4, int32, ""),
  succeeded: optional(5, int32, ""),
  failed: optional(6, int32, ""),
  terminating: pointer(11, int32, ""),
  completedIndexes: optional(7, string, ""),
  failedIndexes: pointer(10, string, ""),
  uncountedTerminatedPods: pointer(8, UncountedTerminatedPods, ""),
  ready: pointer(9, int32, ""),
});
export interface JobStatus extends Infer<typeof JobStatus> {}

export const Job = topLevel("io.k8s.api.batch.v1.Job", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, JobSpec, "What is wanted."),
  status: struct(3, JobStatus, "What was last observed; written by the system."),
});
export interface Job extends Infer<typeof Job> {}
