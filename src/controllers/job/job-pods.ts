// Pods of a Job. Each carries a finalizer until it is counted, so that none is counted twice or lost.
import { Job } from "#api/batch/job.ts";
import type { Pod } from "#api/core/pod.ts";
import { parseTime } from "#api/time.ts";
import type { Given } from "#api/schema.ts";
import { controllerReference } from "#reconcile/owner-references.ts";
import { isFinished, podCondition } from "#controllers/pods/pod-state.ts";
import { podFromTemplate } from "#controllers/pods/pod-control.ts";

export const trackingFinalizer = "batch.kubernetes.io/job-tracking";
const indexKey = "batch.kubernetes.io/job-completion-index";
const failuresKey = "batch.kubernetes.io/job-index-failure-count";

export const isTracked = (pod: Pod): boolean => pod.metadata.finalizers?.includes(trackingFinalizer) ?? false;
export const isGoing = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
/** -1 for a pod that has none. */
export function completionIndex(pod: Pod): number {
  const text = pod.metadata.annotations?.[indexKey] ?? "";
  return /^\d+$/.test(text) ? Number(text) : -1;
}
/** How often its index had failed before it was made. */
export const failuresBefore = (pod: Pod): number => Number(pod.metadata.annotations?.[failuresKey] ?? 0);
/** Unless only failed pods are replaced, one that is being deleted counts as failed: it may never get to say so. */
export const countsAsFailed = (pod: Pod, job: Job): boolean =>
  pod.status.phase === "Failed" ||
  (job.spec.podReplacementPolicy !== "Failed" && isGoing(pod) && pod.status.phase !== "Succeeded");
export const isActive = (pod: Pod): boolean => !isFinished(pod) && !isGoing(pod);

/** When it ended, as well as can be told. */
export function endedAt(pod: Pod): number {
  const ends = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])].flatMap(
    (c) => c.state?.terminated?.finishedAt ?? [],
  );
  if (ends.length > 0) return Math.max(...ends.map(parseTime));
  const { deletionTimestamp, creationTimestamp } = pod.metadata;
  const time = podCondition(pod, "Ready")?.lastTransitionTime ?? deletionTimestamp ?? creationTimestamp;
  return time === undefined ? 0 : parseTime(time);
}

export interface Wanted {
  readonly index?: number;
  /** How often the index has failed; set when failures are counted per index. */
  readonly failures?: number;
}
export function jobPod(job: Job, { index, failures }: Wanted): Given<Pod> {
  const { template } = job.spec;
  const pod = podFromTemplate(template, job, controllerReference(Job, job));
  const finalizers = [...(template.metadata.finalizers ?? []), trackingFinalizer];
  if (index === undefined) return { ...pod, metadata: { ...pod.metadata, finalizers } };
  const name = job.metadata.name!;
  const variable = {
    name: "JOB_COMPLETION_INDEX",
    valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${indexKey}']` } },
  };
  type Containers = typeof template.spec.containers;
  const withIndex = (containers: Containers): Containers =>
    containers.map((c) =>
      c.env?.some((e) => e.name === variable.name) ? c : { ...c, env: [...(c.env ?? []), variable] },
    );
  const { initContainers, containers } = template.spec;
  const annotations = {
    ...template.metadata.annotations,
    [indexKey]: String(index),
    ...(failures === undefined ? {} : { [failuresKey]: String(failures) }),
  };
  return {
    metadata: {
      ...pod.metadata,
      generateName: `${name}-${index}-`,
      labels: { ...template.metadata.labels, [indexKey]: String(index) },
      annotations,
      finalizers,
    },
    spec: {
      ...template.spec,
      hostname: `${name}-${index}`,
      containers: withIndex(containers),
      ...(initContainers ? { initContainers: withIndex(initContainers) } : {}),
    },
  };
}
