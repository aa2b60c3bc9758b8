// Starts Jobs when their time has come.
import { CronError } from "#api/batch/cron.ts";
import { CronJob } from "#api/batch/cron-job.ts";
import { Job } from "#api/batch/job.ts";
import type { CronJobStatus } from "#api/batch/job-schema.ts";
import { isReason } from "#api/errors.ts";
import { formatTime, parseTime } from "#api/time.ts";
import { defineController, type Turn } from "#reconcile/controller.ts";
import { byController, controllerOf, controllerReference } from "#reconcile/owner-references.ts";
import { dueTimes, endOf, jobNameFor, surplusJobs, type DueTimes } from "#controllers/cron-job/plan-cron-job.ts";
import { isNamespaceTerminating, messageOf } from "#controllers/pods/pod-control.ts";
import { allow, tellEvents } from "#controllers/rules.ts";
import { writeStatus } from "#controllers/write-status.ts";

export const cronJobController = defineController({
  name: "cronjob-controller",
  rules: [
    allow("get list watch update", "batch", "cronjobs"),
    allow("create delete get list patch update watch", "batch", "jobs"),
    allow("update", "batch", "cronjobs/status", "cronjobs/finalizers"),
    allow("delete list", "", "pods"),
    tellEvents,
  ],
  for: CronJob,
  owns: [Job],
  async reconcile(cronJob, turn) {
    const now = turn.clock.now();
    const jobs = byController(turn.cache(Job))(cronJob.metadata.uid!);
    for (const job of surplusJobs(cronJob, jobs)) await remove(cronJob, job, turn);
    let status = follow(cronJob, jobs, turn);
    if (cronJob.metadata.deletionTimestamp || cronJob.spec.suspend) {
      await writeStatus(turn, CronJob, cronJob, status);
      return;
    }
    let times: DueTimes;
    try {
      times = dueTimes(cronJob, now);
    } catch (error) {
      if (!(error instanceof CronError)) throw error;
      const message = `unparseable schedule: ${JSON.stringify(cronJob.spec.schedule)} : ${messageOf(error)}`;
      tell(turn, cronJob, "Warning", "UnparseableSchedule", message);
      return;
    }
    if (times.tooMany) {
      const message = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew";
      tell(turn, cronJob, "Warning", "TooManyMissedTimes", message);
    }
    if (times.due !== undefined) status = await start(cronJob, times.due, status, turn);
    await writeStatus(turn, CronJob, cronJob, status);
    return times.next === undefined ? undefined : { againInMs: Math.max(0, times.next - now) + 100 };
  },
});

const tell = (turn: Turn, about: CronJob, type: "Normal" | "Warning", reason: string, message: string): void =>
  turn.events.event(about, type, reason, message, { kind: CronJob });
const referenceTo = ({ metadata }: Job) => ({
  kind: Job.kind,
  apiVersion: "batch/v1",
  namespace: metadata.namespace!,
  name: metadata.name!,
  uid: metadata.uid!,
  resourceVersion: metadata.resourceVersion!,
});

/** Brings the list of active Jobs up to date. */
function follow(cronJob: CronJob, jobs: readonly Job[], turn: Turn): CronJobStatus {
  const active = [...(cronJob.status.active ?? [])];
  let { lastSuccessfulTime } = cronJob.status;
  for (const job of jobs) {
    const at = active.findIndex((r) => r.uid === job.metadata.uid);
    const end = endOf(job);
    if (at < 0 && !end) active.push(referenceTo(job));
    if (at >= 0 && end) {
      active.splice(at, 1);
      tell(turn, cronJob, "Normal", "SawCompletedJob", `Saw completed job: ${job.metadata.name}, condition: ${end}`);
    }
    const { completionTime } = job.status;
    if (end === "Complete" && completionTime && (!lastSuccessfulTime || completionTime > lastSuccessfulTime))
      lastSuccessfulTime = completionTime;
  }
  const present = active.filter((reference) => {
    if (jobs.some((job) => job.metadata.uid === reference.uid)) return true;
    tell(turn, cronJob, "Normal", "MissingJob", `Active job went missing: ${reference.name}`);
    return false;
  });
  return { ...cronJob.status, active: present, ...(lastSuccessfulTime ? { lastSuccessfulTime } : {}) };
}

async function start(cronJob: CronJob, due: number, status: CronJobStatus, turn: Turn): Promise<CronJobStatus> {
  const { startingDeadlineSeconds, concurrencyPolicy } = cronJob.spec;
  const now = turn.clock.now();
  if (startingDeadlineSeconds !== undefined && due + startingDeadlineSeconds * 1000 < now) {
    const time = new Date(due).toUTCString().replace("GMT", "+0000");
    tell(turn, cronJob, "Warning", "MissSchedule", `Missed scheduled time to start a job: ${time}`);
    return status;
  }
  const { lastScheduleTime } = cronJob.status;
  if (lastScheduleTime !== undefined && parseTime(lastScheduleTime) >= due) return status;
  if (concurrencyPolicy === "Forbid" && (status.active ?? []).length > 0) {
    const message = "Not starting job because prior execution is running and concurrency policy is Forbid";
    tell(turn, cronJob, "Normal", "JobAlreadyActive", message);
    return status;
  }
  let active = status.active ?? [];
  if (concurrencyPolicy === "Replace") {
    for (const job of byController(turn.cache(Job))(cronJob.metadata.uid!))
      if (active.some((r) => r.uid === job.metadata.uid)) await remove(cronJob, job, turn);
    active = [];
  }
  const job = await create(cronJob, due, turn);
  if (!job) return { ...status, active };
  const known = active.some((r) => r.uid === job.metadata.uid) || endOf(job) !== undefined;
  return { ...status, active: known ? active : [...active, referenceTo(job)], lastScheduleTime: formatTime(due) };
}

async function create(cronJob: CronJob, due: number, turn: Turn): Promise<Job | undefined> {
  const { namespace = "" } = cronJob.metadata;
  const { metadata, spec } = cronJob.spec.jobTemplate;
  const name = jobNameFor(cronJob, due);
  const annotations = { ...metadata.annotations, "batch.kubernetes.io/cronjob-scheduled-timestamp": formatTime(due) };
  const ownerReferences = [controllerReference(CronJob, cronJob)];
  const wanted = { metadata: { name, namespace, labels: metadata.labels ?? {}, annotations, ownerReferences }, spec };
  try {
    const job = await turn.client.create(Job, wanted, { signal: turn.signal });
    tell(turn, cronJob, "Normal", "SuccessfulCreate", `Created job ${name}`);
    return job;
  } catch (error) {
    if (isNamespaceTerminating(error)) return undefined;
    if (isReason(error, "AlreadyExists")) {
      const job = await turn.client.get(Job, { namespace, name }, { signal: turn.signal });
      if (controllerOf(job)?.uid === cronJob.metadata.uid) return job; // an earlier turn made it
    }
    tell(turn, cronJob, "Warning", "FailedCreate", `Error creating job: ${messageOf(error)}`);
    throw error;
  }
}

async function remove(cronJob: CronJob, job: Job, turn: Turn): Promise<void> {
  const { name = "", namespace = "", uid } = job.metadata;
  const options = { propagationPolicy: "Background", preconditions: { uid: uid! }, signal: turn.signal } as const;
  try {
    await turn.client.delete(Job, { namespace, name }, options);
    tell(turn, cronJob, "Normal", "SuccessfulDelete", `Deleted job ${name}`);
  } catch (error) {
    if (isReason(error, "NotFound", "Conflict")) return;
    tell(turn, cronJob, "Warning", "FailedDelete", `Deleted job: ${messageOf(error)}`);
    throw error;
  }
}
