// Watches over nodes: marks silent ones, taints them by their conditions, and takes their pods out of service. While no
// node at all is ready the fault is probably on this side, and no pod is driven away.
import { Lease } from "#api/coordination/lease.ts";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { isReason } from "#api/errors.ts";
import { formatTime } from "#api/time.ts";
import { defineController, watching, type CacheOf, type Controller, type Turn } from "#reconcile/controller.ts";
import {
  evictionRate,
  hear,
  isEvicting,
  planNodeHealth,
  planTaints,
  readyCondition,
  type Heard,
} from "#controllers/node/plan-node-health.ts";
import { isReady } from "#controllers/pods/pod-state.ts";
import { allow, tellEvents } from "#controllers/rules.ts";
import { writeStatus } from "#controllers/write-status.ts";

const leaseNamespace = "kube-node-lease";
const zoneLabel = "topology.kubernetes.io/zone";
const recheckMs = 5_000;

export const podsOnNode = (cache: CacheOf): ((node: string) => readonly Pod[]) =>
  cache(Pod).index("node", (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []));

export function createNodeLifecycleController(): Controller<Node> {
  const heardOf = new Map<string, Heard>();
  const evictions = new Pace();
  return defineController({
    name: "node-controller",
    rules: [
      allow("get list watch update delete patch", "", "nodes"),
      allow("patch update", "", "nodes/status"),
      allow("get list watch update delete patch", "", "pods"),
      allow("patch update", "", "pods/status"),
      allow("get list watch create", "coordination.k8s.io", "leases"),
      tellEvents,
    ],
    for: Node,
    watches: [watching(Lease, ({ metadata }) => (metadata.namespace === leaseNamespace ? [metadata.name!] : []))],
    reads: [Pod],
    async reconcile(node, turn) {
      const now = turn.clock.now();
      const lease = turn.cache(Lease).get(`${leaseNamespace}/${node.metadata.name}`);
      const id = `${turn.key}/${node.metadata.uid}`;
      const heard = hear(heardOf.get(id), node, lease, now);
      heardOf.set(id, heard);
      const health = planNodeHealth(node, heard, now);
      const conditions = health.conditions ?? node.status.conditions ?? [];
      const told = await writeStatus(turn, Node, node, { ...node.status, conditions });
      const ready = readyCondition(told)?.status;
      const evicting =
        ready !== undefined && ready !== "True" && (isEvicting(node) || evictions.allows(rateFor(node, turn), now));
      const taints = planTaints(told, conditions, evicting && anyReady(turn), now);
      if (taints) await writeTaints(told, taints, turn);
      if (heard.ready === "True" && ready !== "True") await markNotReady(told, turn);
      heardOf.set(id, { ...heard, ready });
      const recheck = ready !== undefined && ready !== "True" && !evicting ? { againInMs: recheckMs } : undefined;
      return recheck ?? (health.againInMs === undefined ? undefined : { againInMs: health.againInMs });
    },
    async gone(key) {
      for (const id of heardOf.keys()) if (id.startsWith(`${key}/`)) heardOf.delete(id);
    },
  });
}

const isNodeReady = (node: Node): boolean => readyCondition(node)?.status === "True";
const anyReady = (turn: Turn): boolean => turn.cache(Node).list().some(isNodeReady);
function rateFor(node: Node, turn: Turn): number {
  const zone = (n: Node): string | undefined => n.metadata.labels?.[zoneLabel];
  const same = turn
    .cache(Node)
    .list()
    .filter((n) => zone(n) === zone(node));
  const ready = same.filter(isNodeReady).length;
  return evictionRate({ ready, notReady: same.length - ready });
}

async function writeTaints(node: Node, taints: Node["spec"]["taints"], turn: Turn): Promise<void> {
  const { name = "", resourceVersion } = node.metadata;
  const patch = { metadata: { resourceVersion }, spec: { taints } };
  await turn.client.patch(Node, { name }, { type: "merge", patch }, { signal: turn.signal });
}

/** Pods of a node that is not ready get no traffic. */
async function markNotReady(node: Node, turn: Turn): Promise<void> {
  const { name = "" } = node.metadata;
  turn.events.event(node, "Normal", "NodeNotReady", `Node ${name} status is now: NodeNotReady`, { kind: Node });
  const lastTransitionTime = formatTime(turn.clock.now());
  await Promise.all(
    podsOnNode(turn.cache)(name)
      .filter(isReady)
      .map(async (pod) => {
        const key = { namespace: pod.metadata.namespace!, name: pod.metadata.name! };
        const condition = { type: "Ready", status: "False", lastTransitionTime };
        const patch = { metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } };
        turn.events.event(pod, "Warning", "NodeNotReady", "Node is not ready", { kind: Pod });
        try {
          const options = { subresource: "status", signal: turn.signal };
          await turn.client.patch(Pod, key, { type: "strategic", patch }, options);
        } catch (error) {
          if (!isReason(error, "NotFound", "Conflict")) throw error;
        }
      }),
  );
}

/** So many a second, one at a time. */
class Pace {
  #next = 0;
  allows(perSecond: number, now: number): boolean {
    if (perSecond === 0 || now < this.#next) return false;
    this.#next = now + 1000 / perSecond;
    return true;
  }
}
