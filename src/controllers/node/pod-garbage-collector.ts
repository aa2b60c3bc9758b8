// Removes pods that nobody else will: of nodes that are gone, deleted before they got a node, on nodes that are out of
// service for good, and finished ones when there are too many.
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { isReason } from "#api/errors.ts";
import { keyOf } from "#api/kind.ts";
import { formatTime } from "#api/time.ts";
import { defineController, watching, type Controller, type Turn } from "#reconcile/controller.ts";
import { podsOnNode } from "#controllers/node/node-lifecycle-controller.ts";
import { readyCondition } from "#controllers/node/plan-node-health.ts";
import { isFinished } from "#controllers/pods/pod-state.ts";
import { allow } from "#controllers/rules.ts";

const mostFinished = 12_500;
/** A node may come back, or the cache may be late. */
const quarantineMs = 40_000;
const outOfService = "node.kubernetes.io/out-of-service";

export function createPodGarbageCollector({ most = mostFinished }: { most?: number } = {}): Controller<Pod> {
  /** Since when a node is missing. */
  const missing = new Map<string, number>();
  return defineController({
    name: "pod-garbage-collector",
    rules: [
      allow("list watch delete", "", "pods"),
      allow("patch", "", "pods/status"),
      allow("get list watch", "", "nodes"),
    ],
    for: Pod,
    matters: (pod, old) =>
      pod !== undefined &&
      (!old ||
        pod.spec.nodeName !== old.spec.nodeName ||
        pod.metadata.deletionTimestamp !== old.metadata.deletionTimestamp ||
        isFinished(pod) !== isFinished(old)),
    watches: [watching(Node, (node, cache) => podsOnNode(cache)(node.metadata.name!).map(keyOf), nodeMatters)],
    async reconcile(pod, turn) {
      const { nodeName } = pod.spec;
      if (isFinished(pod)) await limitFinished(most, turn);
      if (!nodeName) {
        if (pod.metadata.deletionTimestamp) await removeNow(pod, turn);
        return;
      }
      const node = turn.cache(Node).get(nodeName);
      if (node) {
        missing.delete(nodeName);
        if (pod.metadata.deletionTimestamp && isOutOfService(node))
          await fail(pod, "DeletionByPodGC", "PodGC: node is out of service", turn);
        return;
      }
      const now = turn.clock.now();
      const since = missing.get(nodeName) ?? now;
      missing.set(nodeName, since);
      if (now < since + quarantineMs) return { againInMs: since + quarantineMs - now };
      if (await exists(nodeName, turn)) return;
      if (podsOnNode(turn.cache)(nodeName).length <= 1) missing.delete(nodeName);
      await fail(pod, "DeletionByPodGC", "PodGC: node no longer exists", turn);
      return;
    },
  });
}

const isOutOfService = (node: Node): boolean =>
  readyCondition(node)?.status !== "True" && (node.spec.taints ?? []).some((t) => t.key === outOfService);
const nodeMatters = (node: Node | undefined, old: Node | undefined): boolean =>
  !node || !old || isOutOfService(node) !== isOutOfService(old);

async function exists(name: string, turn: Turn): Promise<boolean> {
  try {
    await turn.client.get(Node, { name }, { signal: turn.signal });
    return true;
  } catch (error) {
    if (isReason(error, "NotFound")) return false;
    throw error;
  }
}
/** Says that the pod failed before it goes, so that its owner counts it right. */
async function fail(pod: Pod, reason: string, message: string, turn: Turn): Promise<void> {
  const { name = "", namespace = "", uid } = pod.metadata;
  if (!isFinished(pod)) {
    const condition = {
      type: "DisruptionTarget",
      status: "True",
      reason,
      message,
      lastTransitionTime: formatTime(turn.clock.now()),
    };
    const patch = { metadata: { uid }, status: { phase: "Failed", conditions: [condition] } };
    try {
      const options = { subresource: "status", signal: turn.signal };
      await turn.client.patch(Pod, { name, namespace }, { type: "strategic", patch }, options);
    } catch (error) {
      if (!isReason(error, "NotFound", "Conflict")) throw error;
      return;
    }
  }
  await removeNow(pod, turn);
}
async function removeNow(pod: Pod, turn: Turn): Promise<void> {
  const { name = "", namespace = "", uid } = pod.metadata;
  const options = { gracePeriodSeconds: 0, preconditions: { uid: uid! }, signal: turn.signal };
  try {
    await turn.client.delete(Pod, { name, namespace }, options);
  } catch (error) {
    if (!isReason(error, "NotFound", "Conflict")) throw error;
  }
}
async function limitFinished(most: number, turn: Turn): Promise<void> {
  const finished = turn.cache(Pod).index("finished", (pod) => (isFinished(pod) ? ["yes"] : []))("yes");
  if (finished.length <= most) return;
  const made = (pod: Pod): string => pod.metadata.creationTimestamp ?? "";
  const oldest = finished.toSorted((a, b) => (made(a) < made(b) ? -1 : 1)).slice(0, finished.length - most);
  for (const pod of oldest) await removeNow(pod, turn);
}
