// Deletes Jobs a while after they have ended, where they ask for it.
import { Job } from "#api/batch/job.ts";
import { isReason } from "#api/errors.ts";
import { parseTime } from "#api/time.ts";
import { defineController } from "#reconcile/controller.ts";
import { allow, tellEvents } from "#controllers/rules.ts";

export const ttlAfterFinishedController = defineController({
  name: "ttl-after-finished-controller",
  rules: [allow("get list watch delete", "batch", "jobs"), tellEvents],
  for: Job,
  async reconcile(job, turn) {
    const ttl = job.spec.ttlSecondsAfterFinished;
    const end = job.status.conditions?.find(
      (c) => (c.type === "Complete" || c.type === "Failed") && c.status === "True",
    );
    if (ttl === undefined || !end?.lastTransitionTime || job.metadata.deletionTimestamp) return;
    const left = parseTime(end.lastTransitionTime) + ttl * 1000 - turn.clock.now();
    if (left > 0) return { againInMs: left };
    const { name = "", namespace = "", uid, resourceVersion } = job.metadata;
    // The version too: whoever prolongs the time at the last moment is heard.
    const preconditions = { uid: uid!, resourceVersion: resourceVersion! };
    const options = { propagationPolicy: "Foreground", preconditions, signal: turn.signal } as const;
    await turn.client.delete(Job, { namespace, name }, options).catch((error: unknown) => {
      if (!isReason(error, "NotFound")) throw error;
    });
    return;
  },
});
