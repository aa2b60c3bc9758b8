// Shapes of Job and CronJob, which run pods until their work is done.

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
  "Matches a failed pod by the exit codes of its containers.",
  {
    containerName: pointer(1, string, "Container to check; absent checks every container, init containers included."),
    operator: required(2, oneOf("In", "NotIn"), "In matches if the code is listed; NotIn matches if it is not."),
    values: required(3, setList(int32), "Exit codes to compare with; at most 255, and 0 cannot be used with In."),
  },
);
export interface PodFailurePolicyOnExitCodesRequirement extends Infer<typeof PodFailurePolicyOnExitCodesRequirement> {}

export const PodFailurePolicyOnPodConditionsPattern = message(
  "io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern",
  "A pod condition to look for on a failed pod.",
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
      "Type of the pod condition that must be present.",
    ),
    status: optional(
      2,
      known("True", "False", "Unknown"),
      "Status the condition must have: True (default), False or Unknown.",
      { always: true, default: "True" },
    ),
  },
);
export interface PodFailurePolicyOnPodConditionsPattern extends Infer<typeof PodFailurePolicyOnPodConditionsPattern> {}

export const PodFailurePolicyRule = message(
  "io.k8s.api.batch.v1.PodFailurePolicyRule",
  "One reaction to pods that failed in a certain way.",
  {
    action: required(
      1,
      oneOf("FailJob", "FailIndex", "Ignore", "Count"),
      "What to do: fail the Job, fail the index, ignore it, or count as a retry.",
    ),
    onExitCodes: pointer(
      2,
      PodFailurePolicyOnExitCodesRequirement,
      "Matches by container exit codes; excludes onPodConditions.",
    ),
    onPodConditions: optional(
      3,
      atomicList(PodFailurePolicyOnPodConditionsPattern),
      "Matches if any of these pod conditions is found; excludes onExitCodes.",
    ),
  },
);
export interface PodFailurePolicyRule extends Infer<typeof PodFailurePolicyRule> {}

export const PodFailurePolicy = message(
  "io.k8s.api.batch.v1.PodFailurePolicy",
  "Ordered rules on how to react when a pod of the Job fails.",
  {
    rules: required(
      1,
      atomicList(PodFailurePolicyRule),
      "Rules tried in order, first match wins; at most 20, and others count as retries.",
    ),
  },
);
export interface PodFailurePolicy extends Infer<typeof PodFailurePolicy> {}

export const SuccessPolicyRule = message(
  "io.k8s.api.batch.v1.SuccessPolicyRule",
  "One way for an Indexed Job to count as successful early.",
  {
    succeededIndexes: pointer(1, string, "Indexes that must succeed, written like 1,3-5; alone it needs all of them."),
    succeededCount: pointer(
      2,
      int32,
      "How many indexes must succeed, counted among succeededIndexes if that is given.",
    ),
  },
);
export interface SuccessPolicyRule extends Infer<typeof SuccessPolicyRule> {}

export const SuccessPolicy = message(
  "io.k8s.api.batch.v1.SuccessPolicy",
  "Rules that let an Indexed Job succeed early.",
  {
    rules: required(
      1,
      atomicList(SuccessPolicyRule),
      "Rules tried in order; the first one met ends the Job, at most 20.",
    ),
  },
);
export interface SuccessPolicy extends Infer<typeof SuccessPolicy> {}

export const JobSpec = message(
  "io.k8s.api.batch.v1.JobSpec",
  "The work to do, how often, how parallel, and when to give up.",
  {
    parallelism: pointer(1, int32, "Most pods to run at the same time; default 1, and 0 holds the Job."),
    completions: pointer(2, int32, "How many pods must succeed; if absent, one success finishes the whole Job."),
    activeDeadlineSeconds: pointer(
      3,
      int64,
      "Seconds the Job may run before it is stopped as failed; retries included.",
    ),
    podFailurePolicy: pointer(
      11,
      PodFailurePolicy,
      "Rules on how to react to particular pod failures; needs restartPolicy Never.",
    ),
    successPolicy: pointer(16, SuccessPolicy, "Rules that let an Indexed Job succeed before all indexes are done."),
    backoffLimit: pointer(7, int32, "Retries before the Job is given up as failed; default 6."),
    backoffLimitPerIndex: pointer(
      12,
      int32,
      "Retries allowed for each index of an Indexed Job before that index fails.",
    ),
    maxFailedIndexes: pointer(
      13,
      int32,
      "How many indexes may fail before the whole Job fails; needs backoffLimitPerIndex.",
    ),
    selector: pointer(4, LabelSelector, "Labels of the Job's pods; normally filled in by the system, so leave it out."),
    manualSelector: pointer(
      5,
      bool,
      "If true, you choose labels and selector yourself and must keep them unique; default false.",
    ),
    template: required(6, PodTemplateSpec, "Blueprint of the pods; restartPolicy must be Never or OnFailure."),
    ttlSecondsAfterFinished: pointer(
      8,
      int32,
      "Seconds to keep the Job after it ends; absent keeps it, 0 deletes at once.",
    ),
    completionMode: pointer(
      9,
      oneOf("NonIndexed", "Indexed"),
      "NonIndexed (default) treats pods alike; Indexed gives each a number starting at 0.",
    ),
    suspend: pointer(10, bool, "If true, no pods run, and active ones are deleted; default false."),
    podReplacementPolicy: pointer(
      14,
      oneOf("TerminatingOrFailed", "Failed"),
      "When to replace a pod: as soon as it is terminating, or only once it has failed.",
    ),
    managedBy: pointer(15, string, "Controller in charge of this Job; absent means the built-in one."),
  },
);
export interface JobSpec extends Infer<typeof JobSpec> {}

export const JobTemplateSpec = message(
  "io.k8s.api.batch.v1.JobTemplateSpec",
  "Blueprint of a Job that a CronJob starts.",
  {
    metadata: struct(1, ObjectMeta, "Labels and annotations copied to each new Job."),
    spec: struct(2, JobSpec, "Settings of each new Job."),
  },
);
export interface JobTemplateSpec extends Infer<typeof JobTemplateSpec> {}

export const CronJobSpec = message("io.k8s.api.batch.v1.CronJobSpec", "When to start Jobs and what they look like.", {
  schedule: required(1, string, "Times to start, in cron form: minute, hour, day of month, month, day of week."),
  timeZone: pointer(
    8,
    string,
    "Time zone of the schedule, such as Europe/Paris; absent means the controller's own zone.",
  ),
  startingDeadlineSeconds: pointer(
    2,
    int64,
    "Seconds by which a start may be late before it is skipped; absent means no limit.",
  ),
  concurrencyPolicy: optional(
    3,
    oneOf("Allow", "Forbid", "Replace"),
    "If the last Job still runs: Allow (default) another, Forbid skips, Replace stops the old one.",
    { default: "Allow" },
  ),
  suspend: pointer(4, bool, "If true, no further Jobs are started; running ones go on. Default false.", {
    default: false,
  }),
  jobTemplate: required(5, JobTemplateSpec, "Blueprint of the Jobs that are started."),
  successfulJobsHistoryLimit: pointer(6, int32, "How many successful Jobs to keep for inspection; default 3.", {
    default: 3,
  }),
  failedJobsHistoryLimit: pointer(7, int32, "How many failed Jobs to keep for inspection; default 1.", { default: 1 }),
});
export interface CronJobSpec extends Infer<typeof CronJobSpec> {}

export const CronJobStatus = message("io.k8s.api.batch.v1.CronJobStatus", "What the CronJob has started and when.", {
  active: optional(1, atomicList(ObjectReference), "Jobs of this CronJob that are running now."),
  lastScheduleTime: pointer(4, time, "When a Job was last started on schedule."),
  lastSuccessfulTime: pointer(5, time, "When a Job last finished with success."),
});
export interface CronJobStatus extends Infer<typeof CronJobStatus> {}

export const CronJob = topLevel("io.k8s.api.batch.v1.CronJob", "Starts a Job at regular times given by a schedule.", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: required(2, CronJobSpec, "What is wanted.", { omitEmpty: true }),
  status: struct(3, CronJobStatus, "What was last observed; written by the system."),
});
export interface CronJob extends Infer<typeof CronJob> {}

export const JobCondition = message(
  "io.k8s.api.batch.v1.JobCondition",
  "One fact about a Job that is true, false or unknown.",
  {
    type: required(
      1,
      known("Suspended", "Complete", "Failed", "FailureTarget", "SuccessCriteriaMet"),
      "What the fact is about, such as Complete, Failed or Suspended.",
    ),
    status: required(2, known("True", "False", "Unknown"), "Whether the fact holds: True, False or Unknown."),
    lastProbeTime: optional(3, time, "When this condition was last looked at.", { always: true }),
    lastTransitionTime: optional(4, time, "When the status last changed from one value to another.", { always: true }),
    reason: optional(5, string, "Why the status is as it is, in one CamelCase word."),
    message: optional(6, string, "Explanation of the status for people; may be empty."),
  },
);
export interface JobCondition extends Infer<typeof JobCondition> {}

export const UncountedTerminatedPods = message(
  "io.k8s.api.batch.v1.UncountedTerminatedPods",
  "Finished pods waiting to be counted, so that none is counted twice.",
  {
    succeeded: optional(1, setList(string), "Unique identifiers of successful pods not yet counted."),
    failed: optional(2, setList(string), "Unique identifiers of failed pods not yet counted."),
  },
);
export interface UncountedTerminatedPods extends Infer<typeof UncountedTerminatedPods> {}

export const JobStatus = message("io.k8s.api.batch.v1.JobStatus", "How far the Job has come and how its pods fared.", {
  conditions: optional(1, atomicList(JobCondition), "Notable facts, such as Complete, Failed or Suspended.", {
    patch: "merge",
    patchKey: "type",
  }),
  startTime: pointer(2, time, "When the Job began; set again after it is resumed."),
  completionTime: pointer(3, time, "When the Job finished with success; absent otherwise."),
  active: optional(4, int32, "Pods that are pending or running and not being deleted."),
  succeeded: optional(5, int32, "Pods that ended with success."),
  failed: optional(6, int32, "Pods that ended with failure."),
  terminating: pointer(11, int32, "Pods that are being deleted but have not stopped yet."),
  completedIndexes: optional(7, string, "Indexes that succeeded, written like 1,3-5; only for Indexed Jobs."),
  failedIndexes: pointer(
    10,
    string,
    "Indexes that failed for good, written like 1,3-5; only with backoffLimitPerIndex.",
  ),
  uncountedTerminatedPods: pointer(
    8,
    UncountedTerminatedPods,
    "Finished pods that are not yet added to the counters; bookkeeping of the controller.",
  ),
  ready: pointer(9, int32, "Active pods that pass their readiness checks."),
});
export interface JobStatus extends Infer<typeof JobStatus> {}

export const Job = topLevel(
  "io.k8s.api.batch.v1.Job",
  "Runs pods until a given number of them have finished with success.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, JobSpec, "What is wanted."),
    status: struct(3, JobStatus, "What was last observed; written by the system."),
  },
);
export interface Job extends Infer<typeof Job> {}
