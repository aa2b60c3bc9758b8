// Runs numbered pods, each with its own name and its own claims.
import { ControllerRevision } from "#api/apps/controller-revision.ts";
import { StatefulSet } from "#api/apps/stateful-set.ts";
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { Pod } from "#api/core/pod.ts";
import { isReason } from "#api/errors.ts";
import { deepEqual } from "#api/json.ts";
import { matchesLabels } from "#api/selectors.ts";
import { defineController, watching, type Turn } from "#reconcile/controller.ts";
import { candidates, claim, ownersOf } from "#reconcile/owner-references.ts";
import { isNamespaceTerminating, messageOf } from "#controllers/pods/pod-control.ts";
import { podChangeMatters } from "#controllers/pods/pod-state.ts";
import {
  ensureRevision,
  listRevisions,
  podRevisionLabel,
  templateOf,
  truncateHistory,
} from "#controllers/revisions.ts";
import { allow, tellEvents } from "#controllers/rules.ts";
import {
  claimOwners,
  claimsFor,
  identityPatch,
  isNamedAfter,
  ordinalOf,
  podName,
  statefulPod,
  type Versioned,
} from "#controllers/stateful-set/pod-identity.ts";
import {
  planStatefulSet,
  startOf,
  statefulSetStatus,
  wantedOf,
  type SetAction,
} from "#controllers/stateful-set/plan-stateful-set.ts";
import { writeStatus } from "#controllers/write-status.ts";

const selects = (set: StatefulSet, pod: Pod): boolean =>
  isNamedAfter(set, pod) && matchesLabels(set.spec.selector, pod.metadata.labels);

export const statefulSetController = defineController({
  name: "statefulset-controller",
  rules: [
    allow("list watch get", "", "pods"),
    allow("create delete get patch update", "", "pods"),
    allow("get list watch", "apps", "statefulsets"),
    allow("update", "apps", "statefulsets/status", "statefulsets/finalizers"),
    allow("create delete get list patch update watch", "apps", "controllerrevisions"),
    allow("create get list watch update delete", "", "persistentvolumeclaims"),
    tellEvents,
  ],
  for: StatefulSet,
  watches: [watching(Pod, (pod, cache) => ownersOf(pod, cache(StatefulSet), selects), podChangeMatters)],
  owns: [ControllerRevision],
  reads: [PersistentVolumeClaim],
  async reconcile(set, turn) {
    const now = turn.clock.now();
    const pods = await claim({
      client: turn.client,
      ownerKind: StatefulSet,
      owner: set,
      kind: Pod,
      objects: candidates(turn.cache(Pod), set),
      matches: (pod) => selects(set, pod),
      signal: turn.signal,
    });
    const revisions = await listRevisions(StatefulSet, set, turn);
    const ensured = await ensureRevision(StatefulSet, set, revisions, set.status.collisionCount ?? 0, turn);
    const update = ensured.revision.metadata.name!;
    const behind = revisions.find((r) => r.metadata.name === set.status.currentRevision);
    const current = behind?.metadata.name ?? update;
    const facts = { set, pods, current, update, now };
    const plan = planStatefulSet(facts);
    const versions = new Map<string, Versioned>([
      [update, { revision: update, template: templateOf(ensured.revision) }],
      [current, { revision: current, template: templateOf(behind ?? ensured.revision) }],
    ]);
    let failure: { readonly error: unknown } | undefined;
    try {
      await keepClaimOwners(set, pods, turn);
      for (const action of plan.actions) await carryOut(action, set, versions, turn);
    } catch (error) {
      if (!isNamespaceTerminating(error)) failure = { error };
    }
    const status = statefulSetStatus({ ...facts, collisionCount: ensured.collisionCount });
    await writeStatus(turn, StatefulSet, set, status);
    if (failure) throw failure.error;
    const inUse = pods.flatMap((pod) => pod.metadata.labels?.[podRevisionLabel] ?? []);
    const known = [...revisions.filter((r) => r.metadata.uid !== ensured.revision.metadata.uid), ensured.revision];
    await truncateHistory(known, new Set([...inUse, current, update]), set.spec.revisionHistoryLimit ?? 10, turn);
    return plan.againInMs === undefined ? undefined : { againInMs: plan.againInMs };
  },
});

async function carryOut(
  action: SetAction,
  set: StatefulSet,
  versions: ReadonlyMap<string, Versioned>,
  turn: Turn,
): Promise<void> {
  if (action.type === "create") return create(set, versions.get(action.revision)!, action.ordinal, turn);
  const { name = "", namespace = "", uid } = action.pod.metadata;
  if (action.type === "label") {
    const patch = { type: "merge", patch: identityPatch(action.pod) } as const;
    await turn.client.patch(Pod, { namespace, name }, patch, { signal: turn.signal });
    return;
  }
  if (action.why === "finished") {
    const failed = action.pod.status.phase === "Failed";
    const [type, reason, word] = failed
      ? (["Warning", "RecreatingFailedPod", "failed"] as const)
      : (["Normal", "RecreatingTerminatedPod", "terminated"] as const);
    const message = `StatefulSet ${turn.key} is recreating ${word} Pod ${name}`;
    turn.events.event(set, type, reason, message, { kind: StatefulSet });
  }
  try {
    await turn.client.delete(Pod, { namespace, name }, { preconditions: { uid: uid! }, signal: turn.signal });
    tell(turn, set, "delete", name);
  } catch (error) {
    if (isReason(error, "NotFound", "Conflict")) return;
    tell(turn, set, "delete", name, error);
    throw error;
  }
}

async function create(set: StatefulSet, version: Versioned, ordinal: number, turn: Turn): Promise<void> {
  const name = podName(set, ordinal);
  try {
    await createClaims(set, ordinal, turn);
    await turn.client.create(Pod, statefulPod(set, version, ordinal), { signal: turn.signal });
    tell(turn, set, "create", name);
  } catch (error) {
    if (!isNamespaceTerminating(error)) tell(turn, set, "create", name, error);
    throw error;
  }
}
async function createClaims(set: StatefulSet, ordinal: number, turn: Turn): Promise<void> {
  for (const wanted of claimsFor(set, ordinal)) {
    const { name, namespace } = wanted.metadata!;
    const present = turn.cache(PersistentVolumeClaim).get(`${namespace}/${name}`);
    if (present?.metadata.deletionTimestamp) throw new Error(`pvc ${name} is being deleted`);
    if (present) continue;
    const ownerReferences = claimOwners(set, undefined, false);
    const metadata = { ...wanted.metadata, ...(ownerReferences.length > 0 ? { ownerReferences } : {}) };
    try {
      await turn.client.create(PersistentVolumeClaim, { ...wanted, metadata }, { signal: turn.signal });
    } catch (error) {
      if (isReason(error, "AlreadyExists")) continue;
      throw error;
    }
    const message = `create Claim ${name} Pod ${podName(set, ordinal)} in StatefulSet ${set.metadata.name} success`;
    turn.events.event(set, "Normal", "SuccessfulCreate", message, { kind: StatefulSet });
  }
}
/** Claims follow the set's retention policy: its own references on them come and go, others' stay. */
async function keepClaimOwners(set: StatefulSet, pods: readonly Pod[], turn: Turn): Promise<void> {
  const policy = set.spec.persistentVolumeClaimRetentionPolicy;
  if (!policy || set.metadata.deletionTimestamp) return;
  const start = startOf(set);
  for (const pod of pods) {
    const ordinal = ordinalOf(pod);
    const isSurplus = ordinal < start || ordinal >= start + wantedOf(set);
    for (const { metadata } of claimsFor(set, ordinal)) {
      const claimed = turn.cache(PersistentVolumeClaim).get(`${set.metadata.namespace}/${metadata!.name}`);
      if (!claimed || claimed.metadata.deletionTimestamp) continue;
      const owners = claimed.metadata.ownerReferences ?? [];
      const others = owners.filter(
        (r) => r.uid !== set.metadata.uid && !(r.kind === "Pod" && r.name === pod.metadata.name),
      );
      const ownerReferences = [...others, ...claimOwners(set, pod, isSurplus)];
      if (deepEqual(owners, ownerReferences)) continue;
      const changed = { ...claimed, metadata: { ...claimed.metadata, ownerReferences } };
      await turn.client.update(PersistentVolumeClaim, changed, { signal: turn.signal });
    }
  }
}

function tell(turn: Turn, set: StatefulSet, verb: "create" | "delete", pod: string, error?: unknown): void {
  const head = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name}`;
  const word = verb === "create" ? "Create" : "Delete";
  if (error === undefined)
    turn.events.event(set, "Normal", `Successful${word}`, `${head} successful`, { kind: StatefulSet });
  else if (!turn.signal.aborted)
    turn.events.event(set, "Warning", `Failed${word}`, `${head} failed error: ${messageOf(error)}`, {
      kind: StatefulSet,
    });
}
