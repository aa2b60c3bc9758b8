// Revisions: which ReplicaSet is the one of the present template, and the annotations by which kubectl shows and
// undoes a rollout.
import type { Deployment } from "#api/apps/deployment.ts";
import type { ReplicaSet } from "#api/apps/replica-set.ts";
import { sameTemplate } from "#controllers/deployment/template-hash.ts";

const prefix = "deployment.kubernetes.io/";
export const revisionAnnotation = `${prefix}revision`;
export const revisionHistoryAnnotation = `${prefix}revision-history`;
export const desiredReplicasAnnotation = `${prefix}desired-replicas`;
export const maxReplicasAnnotation = `${prefix}max-replicas`;
/** Annotations of the Deployment that its ReplicaSets do not take over. */
const ownAnnotations = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  "deprecated.deployment.rollback.to",
]);
const longestHistory = 2000;

type Annotations = Readonly<Record<string, string>>;
const number = (annotations: Annotations | undefined, name: string): number | undefined => {
  const value = annotations?.[name];
  return value !== undefined && /^-?\d+$/.test(value) ? Number(value) : undefined;
};
/** Revisions are 64-bit numbers, which a restored or moved Deployment may have used up to any height. */
const revisionIn = (annotations: Annotations | undefined): bigint | undefined => {
  const value = annotations?.[revisionAnnotation];
  return value !== undefined && /^-?\d{1,19}$/.test(value) ? BigInt(value) : undefined;
};
export const revisionOf = (object: { metadata: { annotations?: Annotations } }): bigint =>
  revisionIn(object.metadata.annotations) ?? 0n;
/** The spec.replicas of the Deployment when the ReplicaSet was last sized. */
export const desiredReplicasOf = (set: ReplicaSet): number | undefined =>
  number(set.metadata.annotations, desiredReplicasAnnotation);
export const maxReplicasOf = (set: ReplicaSet): number | undefined =>
  number(set.metadata.annotations, maxReplicasAnnotation);

/** Oldest first. */
export const byCreation = (a: ReplicaSet, b: ReplicaSet): number =>
  (a.metadata.creationTimestamp ?? "").localeCompare(b.metadata.creationTimestamp ?? "") ||
  a.metadata.name!.localeCompare(b.metadata.name!);

/** The ReplicaSet of the present template; of several, which a crash may leave, always the oldest. */
export const findNew = (deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined =>
  [...sets].sort(byCreation).find((set) => sameTemplate(set.spec.template, deployment.spec.template));

export const nextRevision = (sets: readonly ReplicaSet[]): bigint =>
  sets.map(revisionOf).reduce((highest, revision) => (revision > highest ? revision : highest), 0n) + 1n;

/** What the new ReplicaSet's annotations should be; `revision` is one more than the highest of the old ones. */
export function annotationsOfNew(deployment: Deployment, present: Annotations | undefined, revision: bigint) {
  const annotations: Record<string, string> = { ...present };
  for (const [name, value] of Object.entries(deployment.metadata.annotations ?? {}))
    if (!ownAnnotations.has(name)) annotations[name] = value;
  const text = annotations[revisionAnnotation];
  const old = revisionIn(annotations);
  if (text && old === undefined) return annotations; // somebody's own text: left alone
  if ((old ?? 0n) >= revision) return annotations;
  annotations[revisionAnnotation] = String(revision);
  if (text !== undefined) {
    const history = extendHistory(annotations[revisionHistoryAnnotation] ?? "", text);
    if (history !== undefined) annotations[revisionHistoryAnnotation] = history;
  }
  return annotations;
}
/** The revisions a ReplicaSet had before a rollback made it the newest again; the oldest go when there are too many. */
function extendHistory(history: string, revision: string): string | undefined {
  if (!history) return revision;
  const revisions = [...history.split(","), revision];
  while (revisions.length > 1 && revisions.join(",").length > longestHistory) revisions.shift();
  const text = revisions.join(",");
  return text.length <= longestHistory ? text : undefined;
}
