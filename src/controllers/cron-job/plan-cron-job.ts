// Whether a CronJob starts a Job now, and which old ones go.
import { parseCron } from "#api/batch/cron.ts";
import type { CronJob } from "#api/batch/cron-job.ts";
import type { Job } from "#api/batch/job.ts";
import { parseTime } from "#api/time.ts";
import { nextTime } from "#controllers/cron-job/next-time.ts";
import { isJobFinished } from "#controllers/job/plan-job.ts";

const mostMissed = 100;

export interface DueTimes {
  /** The latest time that has passed without a start. */
  readonly due?: number;
  readonly tooMany: boolean;
  readonly next?: number;
}
/** Throws CronError. */
export function dueTimes(cronJob: CronJob, now: number): DueTimes {
  const { schedule: text, timeZone, startingDeadlineSeconds } = cronJob.spec;
  const schedule = parseCron(text);
  const zone = timeZone ?? schedule.timeZone;
  const { lastScheduleTime } = cronJob.status;
  const since = parseTime(lastScheduleTime ?? cronJob.metadata.creationTimestamp!);
  const deadline = startingDeadlineSeconds === undefined ? -Infinity : now - startingDeadlineSeconds * 1000;
  let due: number | undefined;
  let missed = 0;
  let next = nextTime(schedule, Math.max(since, deadline), zone);
  while (next !== undefined && next <= now && missed <= mostMissed) {
    due = next;
    missed++;
    next = nextTime(schedule, next, zone);
  }
  if (missed > mostMissed) {
    // Far behind: the latest time is looked for backwards, in ever larger steps, instead of through all of them.
    for (let step = 60_000; due === undefined || due < now - step; step *= 2) {
      const found = latestBetween(cronJob, now - step, now);
      if (found !== undefined) {
        due = found;
        break;
      }
    }
    next = nextTime(schedule, now, zone);
  }
  return {
    tooMany: missed > mostMissed,
    ...(due === undefined ? {} : { due }),
    ...(next === undefined ? {} : { next }),
  };
}
function latestBetween(cronJob: CronJob, from: number, to: number): number | undefined {
  const schedule = parseCron(cronJob.spec.schedule);
  const zone = cronJob.spec.timeZone ?? schedule.timeZone;
  let latest: number | undefined;
  for (let at = nextTime(schedule, from, zone); at !== undefined && at <= to; at = nextTime(schedule, at, zone))
    latest = at;
  return latest;
}

export const endOf = (job: Job): "Complete" | "Failed" | undefined =>
  isJobFinished(job)
    ? job.status.conditions?.some((c) => c.type === "Complete" && c.status === "True")
      ? "Complete"
      : "Failed"
    : undefined;

/** Finished Jobs beyond the limits, the oldest first. */
export function surplusJobs(cronJob: CronJob, jobs: readonly Job[]): Job[] {
  const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cronJob.spec;
  const started = (job: Job): string => job.status.startTime ?? job.metadata.creationTimestamp ?? "";
  const of = (end: "Complete" | "Failed", limit: number): Job[] => {
    const found = jobs.filter((job) => endOf(job) === end && !job.metadata.deletionTimestamp);
    const oldestFirst = found.toSorted(
      (a, b) => started(a).localeCompare(started(b)) || a.metadata.name!.localeCompare(b.metadata.name!),
    );
    return oldestFirst.slice(0, Math.max(0, found.length - limit));
  };
  return [...of("Complete", successfulJobsHistoryLimit), ...of("Failed", failedJobsHistoryLimit)];
}
/** The same for the same time, so that a time is never served twice. */
export const jobNameFor = (cronJob: CronJob, at: number): string =>
  `${cronJob.metadata.name}-${Math.floor(at / 60_000)}`;
