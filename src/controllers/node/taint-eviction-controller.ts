// Deletes pods from nodes with NoExecute taints that they do not tolerate, or no longer: a toleration may hold for a
// number of seconds only.
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import type { Taint, Toleration } from "#api/core/schema/node-selector.ts";
import { tolerates } from "#api/core/taints.ts";
import { isReason } from "#api/errors.ts";
import { deepEqual } from "#api/json.ts";
import { keyOf } from "#api/kind.ts";
import { formatTime, parseTime } from "#api/time.ts";
import { defineController, watching, type Controller, type Turn } from "#reconcile/controller.ts";
import { podsOnNode } from "#controllers/node/node-lifecycle-controller.ts";
import { isFinished } from "#controllers/pods/pod-state.ts";
import { allow, tellEvents } from "#controllers/rules.ts";

const noExecute = (node: Node | undefined): readonly Taint[] =>
  (node?.spec.taints ?? []).filter((t) => t.effect === "NoExecute");

/** When a pod has to go, in milliseconds since 1970; undefined: it may stay. `seenAt`: when the taints were noticed. */
export function planEviction(
  tolerations: readonly Toleration[],
  taints: readonly Taint[],
  seenAt: number,
): number | undefined {
  let goAt = Infinity;
  for (const taint of taints) {
    const matching = tolerations.filter((t) => tolerates(t, taint));
    if (matching.length === 0) return 0;
    const since = taint.timeAdded === undefined ? seenAt : parseTime(taint.timeAdded);
    for (const { tolerationSeconds } of matching)
      if (tolerationSeconds !== undefined) goAt = Math.min(goAt, since + 1000 * Math.max(0, tolerationSeconds));
  }
  return goAt === Infinity ? undefined : goAt;
}

export function createTaintEvictionController(): Controller<Pod> {
  /** Pods that will have to go, and since when that is known. */
  const marked = new Map<string, { readonly uid: string; readonly since: number }>();
  return defineController({
    name: "taint-eviction-controller",
    rules: [
      allow("get list watch", "", "nodes"),
      allow("get list watch delete", "", "pods"),
      allow("patch", "", "pods/status"),
      tellEvents,
    ],
    for: Pod,
    matters: (pod, old) =>
      !pod || !old || pod.spec.nodeName !== old.spec.nodeName || !deepEqual(pod.spec.tolerations, old.spec.tolerations),
    watches: [
      watching(
        Node,
        (node, cache) => podsOnNode(cache)(node.metadata.name!).map(keyOf),
        (node, old) => !deepEqual(noExecute(node), noExecute(old)),
      ),
    ],
    concurrency: 8,
    async reconcile(pod, turn) {
      if (!pod.spec.nodeName || pod.metadata.deletionTimestamp || isFinished(pod)) return;
      const now = turn.clock.now();
      const uid = pod.metadata.uid!;
      const known = marked.get(turn.key);
      const since = known?.uid === uid ? known.since : now;
      const taints = noExecute(turn.cache(Node).get(pod.spec.nodeName));
      const goAt = taints.length === 0 ? undefined : planEviction(pod.spec.tolerations ?? [], taints, since);
      if (goAt === undefined) {
        if (marked.delete(turn.key) && known?.uid === uid)
          turn.events.event(pod, "Normal", "TaintManagerEviction", `Cancelling deletion of Pod ${turn.key}`, {
            kind: Pod,
          });
        return;
      }
      marked.set(turn.key, { uid, since });
      if (goAt > now) return { againInMs: goAt - now };
      await evict(pod, turn);
      marked.delete(turn.key);
      return;
    },
    async gone(key) {
      marked.delete(key);
    },
  });
}

async function evict(pod: Pod, turn: Turn): Promise<void> {
  const { name = "", namespace = "", uid } = pod.metadata;
  turn.events.event(pod, "Normal", "TaintManagerEviction", `Marking for deletion Pod ${turn.key}`, { kind: Pod });
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    reason: "DeletionByTaintManager",
    message: "Taint manager: deleting due to NoExecute taint",
    lastTransitionTime: formatTime(turn.clock.now()),
  };
  const patch = { metadata: { uid }, status: { conditions: [condition] } };
  try {
    const options = { subresource: "status", signal: turn.signal };
    await turn.client.patch(Pod, { name, namespace }, { type: "strategic", patch }, options);
    await turn.client.delete(Pod, { name, namespace }, { preconditions: { uid: uid! }, signal: turn.signal });
  } catch (error) {
    if (!isReason(error, "NotFound", "Conflict")) throw error;
  }
}
