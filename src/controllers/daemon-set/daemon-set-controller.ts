// Runs a pod on every node that should have one.
import { ControllerRevision } from "#api/apps/controller-revision.ts";
import { DaemonSet } from "#api/apps/daemon-set.ts";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { deepEqual } from "#api/json.ts";
import { keyOf } from "#api/kind.ts";
import { matchesLabels } from "#api/selectors.ts";
import { defineController, watching, type Controller, type Turn } from "#reconcile/controller.ts";
import { candidates, claim, ownersOf } from "#reconcile/owner-references.ts";
import { daemonPod, nodeOf } from "#controllers/daemon-set/daemon-pod.ts";
import { planDaemonSet } from "#controllers/daemon-set/plan-daemon-set.ts";
import {
  all,
  createPod,
  deletePod,
  isNamespaceTerminating,
  mostAtOnce,
  slowStart,
} from "#controllers/pods/pod-control.ts";
import { podChangeMatters } from "#controllers/pods/pod-state.ts";
import {
  ensureRevision,
  listRevisions,
  podRevisionLabel,
  revisionHash,
  templateOf,
  truncateHistory,
} from "#controllers/revisions.ts";
import { allow, tellEvents } from "#controllers/rules.ts";
import { writeStatus } from "#controllers/write-status.ts";

const selects = (set: DaemonSet, pod: Pod): boolean => matchesLabels(set.spec.selector, pod.metadata.labels);
const firstBackOffMs = 1_000;
const longestBackOffMs = 15 * 60_000;

export function createDaemonSetController(): Controller<DaemonSet> {
  const patience = new Patience();
  return defineController({
    name: "daemon-set-controller",
    rules: [
      allow("get list watch", "apps", "daemonsets"),
      allow("update", "apps", "daemonsets/status", "daemonsets/finalizers"),
      allow("list watch", "", "nodes"),
      allow("list watch create delete patch", "", "pods"),
      allow("create delete get list patch update watch", "apps", "controllerrevisions"),
      tellEvents,
    ],
    for: DaemonSet,
    watches: [
      watching(Pod, (pod, cache) => ownersOf(pod, cache(DaemonSet), selects), podChangeMatters),
      watching(Node, (_node, cache) => cache(DaemonSet).list().map(keyOf), nodeMatters),
    ],
    owns: [ControllerRevision],
    async reconcile(set, turn) {
      const now = turn.clock.now();
      const pods = await claim({
        client: turn.client,
        ownerKind: DaemonSet,
        owner: set,
        kind: Pod,
        objects: candidates(turn.cache(Pod), set),
        matches: (pod) => selects(set, pod),
        signal: turn.signal,
      });
      const revisions = await listRevisions(DaemonSet, set, turn);
      const { revision, collisionCount } = await ensureRevision(
        DaemonSet,
        set,
        revisions,
        set.status.collisionCount ?? 0,
        turn,
      );
      const hash = revisionHash(revision);
      const plan = planDaemonSet({ set, nodes: turn.cache(Node).list(), pods, hash, now });
      const later = patience.split(set, plan.finished, now);
      for (const pod of later.due) tellFinished(set, pod, turn);
      const template = templateOf(revision);
      let failure: { readonly error: unknown } | undefined;
      try {
        await all([...plan.remove, ...later.due].slice(0, mostAtOnce).map((pod) => deletePod(turn, set, pod)));
        const nodes = plan.create.slice(0, mostAtOnce);
        await slowStart(nodes.length, (i) => createPod(turn, set, daemonPod(set, template, hash, nodes[i]!)));
      } catch (error) {
        if (!isNamespaceTerminating(error)) failure = { error };
      }
      const status = { ...plan.status, ...(collisionCount > 0 ? { collisionCount } : {}) };
      await writeStatus(turn, DaemonSet, set, status);
      if (failure) throw failure.error;
      const hashes = new Set(pods.flatMap((pod) => pod.metadata.labels?.[podRevisionLabel] ?? []));
      const live = revisions.filter((r) => hashes.has(revisionHash(r))).map((r) => r.metadata.name!);
      await truncateHistory(
        revisions,
        new Set([...live, revision.metadata.name!]),
        set.spec.revisionHistoryLimit ?? 10,
        turn,
      );
      const againInMs = Math.min(plan.againInMs ?? Infinity, later.againInMs ?? Infinity);
      return againInMs === Infinity ? undefined : { againInMs };
    },
  });
}

function nodeMatters(node: Node | undefined, old: Node | undefined): boolean {
  if (!node || !old) return true;
  return !deepEqual(node.metadata.labels, old.metadata.labels) || !deepEqual(node.spec.taints, old.spec.taints);
}
function tellFinished(set: DaemonSet, pod: Pod, turn: Turn): void {
  const failed = pod.status.phase === "Failed";
  const [type, reason, word, what] = failed
    ? (["Warning", "FailedDaemonPod", "failed", "kill"] as const)
    : (["Normal", "SucceededDaemonPod", "succeeded", "delete"] as const);
  const message = `Found ${word} daemon pod ${keyOf(pod)} on node ${nodeOf(pod)}, will try to ${what} it`;
  turn.events.event(set, type, reason, message, { kind: DaemonSet });
}

/** A pod that keeps failing on a node is replaced more and more slowly. */
class Patience {
  readonly #failures = new Map<string, { readonly count: number; readonly until: number }>();
  split(set: DaemonSet, finished: readonly Pod[], now: number): { due: Pod[]; againInMs?: number } {
    for (const [key, { until }] of this.#failures) if (until + longestBackOffMs < now) this.#failures.delete(key);
    const due: Pod[] = [];
    let againInMs: number | undefined;
    for (const pod of finished) {
      const key = `${set.metadata.uid}/${nodeOf(pod)}`;
      const { count = 0, until = 0 } = this.#failures.get(key) ?? {};
      if (pod.status.phase !== "Failed" || until <= now) {
        due.push(pod);
        const delay = Math.min(firstBackOffMs * 2 ** count, longestBackOffMs);
        if (pod.status.phase === "Failed") this.#failures.set(key, { count: count + 1, until: now + delay });
      } else againInMs = Math.min(againInMs ?? Infinity, until - now);
    }
    return { due, ...(againInMs === undefined ? {} : { againInMs }) };
  }
}
