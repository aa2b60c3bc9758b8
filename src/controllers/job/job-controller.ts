// Runs Jobs. The order of writes in a turn is the safety: first the status, which names the finished pods, then their
// finalizers, then new pods.
import { Job } from "#api/batch/job.ts";
import { Pod } from "#api/core/pod.ts";
import { isReason } from "#api/errors.ts";
import { matchesLabels } from "#api/selectors.ts";
import { defineController, watching, type CacheOf, type Controller, type Turn } from "#reconcile/controller.ts";
import { candidates, claim, controllerOf, ownersOf, refersTo } from "#reconcile/owner-references.ts";
import { isTracked, jobPod, trackingFinalizer } from "#controllers/job/job-pods.ts";
import { isJobFinished, planJob, type BackOff } from "#controllers/job/plan-job.ts";
import { all, createPod, deletePod, isNamespaceTerminating, slowStart } from "#controllers/pods/pod-control.ts";
import { podChangeMatters } from "#controllers/pods/pod-state.ts";
import { allow, tellEvents } from "#controllers/rules.ts";
import { writeStatus } from "#controllers/write-status.ts";

const selects = (job: Job, pod: Pod): boolean => matchesLabels(job.spec.selector, pod.metadata.labels);
const ours = "kubernetes.io/job-controller";
/** No Job can have this name: it stands for pods that lost their Job but not their finalizer. */
const lost = "~lost";

export function createJobController(): Controller<Job> {
  const backOffs = new Map<string, BackOff>();
  return defineController({
    name: "job-controller",
    rules: [
      allow("get list watch update patch", "batch", "jobs"),
      allow("update", "batch", "jobs/status", "jobs/finalizers"),
      allow("create delete list watch patch", "", "pods"),
      tellEvents,
    ],
    for: Job,
    watches: [
      watching(
        Pod,
        jobsOf,
        (pod, old) => podChangeMatters(pod, old) || (!!pod && !!old && isTracked(pod) !== isTracked(old)),
      ),
    ],
    async reconcile(job, turn) {
      if ((job.spec.managedBy ?? ours) !== ours) return;
      const pods = await claim({
        client: turn.client,
        ownerKind: Job,
        owner: job,
        kind: Pod,
        objects: candidates(turn.cache(Pod), job),
        matches: (pod) => selects(job, pod),
        signal: turn.signal,
      });
      const uid = job.metadata.uid!;
      if (isJobFinished(job)) {
        backOffs.delete(uid);
        return release(pods.filter(isTracked), turn);
      }
      const plan = planJob({
        job,
        pods,
        backOff: backOffs.get(uid) ?? { failures: 0, lastAt: 0 },
        now: turn.clock.now(),
      });
      const told = await writeStatus(turn, Job, job, plan.status);
      backOffs.set(uid, plan.backOff);
      for (const { type, reason, message } of plan.events) turn.events.event(job, type, reason, message, { kind: Job });
      await release([...plan.release, ...plan.remove.filter(isTracked)], turn);
      await all([...plan.remove, ...plan.stop].map((pod) => deletePod(turn, job, pod)));
      try {
        await slowStart(plan.create.length, (i) => createPod(turn, told, jobPod(job, plan.create[i]!)));
      } catch (error) {
        if (!isNamespaceTerminating(error)) throw error;
      }
      return plan.againInMs === undefined ? undefined : { againInMs: plan.againInMs };
    },
    async gone(key, turn) {
      const [namespace = ""] = key.split("/");
      const suspects = turn
        .cache(Pod)
        .list(namespace)
        .filter((pod) => isTracked(pod) && !jobOf(pod, turn.cache));
      const freed: Pod[] = [];
      for (const pod of suspects) if (await isLost(pod, turn)) freed.push(pod);
      await release(freed, turn);
    },
  });
}

function* jobsOf(pod: Pod, cache: CacheOf): Iterable<string> {
  yield* ownersOf(pod, cache(Job), selects);
  if (isTracked(pod) && !jobOf(pod, cache)) yield `${pod.metadata.namespace}/${lost}`;
}
function jobOf(pod: Pod, cache: CacheOf): Job | undefined {
  const owner = controllerOf(pod);
  if (!owner || !refersTo(owner, Job)) return undefined;
  const job = cache(Job).get(`${pod.metadata.namespace}/${owner.name}`);
  return job?.metadata.uid === owner.uid ? job : undefined;
}
/** Asks the server: the cache may not know a new Job yet. */
async function isLost(pod: Pod, turn: Turn): Promise<boolean> {
  const owner = controllerOf(pod);
  if (!owner || !refersTo(owner, Job)) return true;
  const key = { namespace: pod.metadata.namespace!, name: owner.name };
  try {
    return (await turn.client.get(Job, key, { signal: turn.signal })).metadata.uid !== owner.uid;
  } catch (error) {
    if (isReason(error, "NotFound")) return true;
    throw error;
  }
}

async function release(pods: readonly Pod[], turn: Turn): Promise<void> {
  await all(
    pods.map(async (pod) => {
      const { name = "", namespace = "", uid } = pod.metadata;
      const patch = { metadata: { uid, "$deleteFromPrimitiveList/finalizers": [trackingFinalizer] } };
      try {
        await turn.client.patch(Pod, { namespace, name }, { type: "strategic", patch }, { signal: turn.signal });
      } catch (error) {
        if (!isReason(error, "NotFound", "Conflict")) throw error;
      }
    }),
  );
}
