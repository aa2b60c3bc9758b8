// Revisions of a pod template, kept as ControllerRevisions, by which StatefulSets and DaemonSets update and roll back.
import { ControllerRevision } from "#api/apps/controller-revision.ts";
import { isReason } from "#api/errors.ts";
import { deepEqual } from "#api/json.ts";
import type { Kind, KubeObject } from "#api/kind.ts";
import type { PodTemplateSpec } from "#api/core/schema/pod-spec.ts";
import { matchesLabels } from "#api/selectors.ts";
import type { LabelSelector } from "#api/meta/schema.ts";
import type { Turn } from "#reconcile/controller.ts";
import { candidates, claim, controllerReference } from "#reconcile/owner-references.ts";
import { fnv32a, safeText, stableText } from "#controllers/deployment/template-hash.ts";

const hashLabel = "controller.kubernetes.io/hash";
export const podRevisionLabel = "controller-revision-hash";

type Owner = KubeObject & { readonly spec: { readonly selector: LabelSelector; readonly template: PodTemplateSpec } };

/** What a revision holds: a patch that puts the template back, as `kubectl rollout undo` applies it. */
const dataOf = (template: PodTemplateSpec) => ({ spec: { template: { ...template, $patch: "replace" } } });
/** Upstream: members are sorted, and clients compare the text. */
const sorted = <T>(value: T): T => JSON.parse(stableText(value)) as T;
export function templateOf(revision: ControllerRevision): PodTemplateSpec {
  const { $patch: _, ...template } = (revision.data as ReturnType<typeof dataOf>).spec.template;
  return template;
}
const hashOf = (template: PodTemplateSpec, collisions: number): string =>
  safeText(fnv32a(`${stableText(dataOf(template))}${collisions > 0 ? collisions : ""}`));
export const revisionHash = (revision: ControllerRevision): string => revision.metadata.labels?.[hashLabel] ?? "";

const byAge = (a: ControllerRevision, b: ControllerRevision): number =>
  a.revision - b.revision ||
  (a.metadata.creationTimestamp ?? "").localeCompare(b.metadata.creationTimestamp ?? "") ||
  a.metadata.name!.localeCompare(b.metadata.name!);

/** The owner's revisions, oldest first; orphans that match are adopted. */
export async function listRevisions<T extends Owner>(
  kind: Kind<T>,
  owner: T,
  turn: Turn,
): Promise<ControllerRevision[]> {
  const found = await claim({
    client: turn.client,
    ownerKind: kind,
    owner,
    kind: ControllerRevision,
    objects: candidates(turn.cache(ControllerRevision), owner),
    matches: (revision) => matchesLabels(owner.spec.selector, revision.metadata.labels),
    signal: turn.signal,
  });
  return found.toSorted(byAge);
}

export interface CurrentRevision {
  readonly revision: ControllerRevision;
  readonly collisionCount: number;
}
/** The revision of the present template, made, or made the newest again, when need be. */
export async function ensureRevision<T extends Owner>(
  kind: Kind<T>,
  owner: T,
  revisions: readonly ControllerRevision[],
  collisionCount: number,
  turn: Turn,
): Promise<CurrentRevision> {
  const data = sorted(dataOf(owner.spec.template));
  const newest = revisions.at(-1);
  const equal = revisions.findLast((r) => deepEqual(r.data, data));
  if (equal && equal === newest) return { revision: equal, collisionCount };
  const number = (newest?.revision ?? 0) + 1;
  if (equal) {
    const changed = { ...equal, revision: number };
    return { revision: await turn.client.update(ControllerRevision, changed, { signal: turn.signal }), collisionCount };
  }
  for (let collisions = collisionCount; ; collisions++) {
    const hash = hashOf(owner.spec.template, collisions);
    const { name: ownerName = "", namespace = "" } = owner.metadata;
    const name = `${ownerName}-${hash}`;
    const metadata = {
      name,
      namespace,
      labels: { ...owner.spec.template.metadata.labels, [hashLabel]: hash, [podRevisionLabel]: hash },
      ...(owner.metadata.annotations ? { annotations: owner.metadata.annotations } : {}),
      ownerReferences: [controllerReference(kind, owner)],
    };
    try {
      const revision = await turn.client.create(
        ControllerRevision,
        { metadata, data, revision: number },
        { signal: turn.signal },
      );
      return { revision, collisionCount: collisions };
    } catch (error) {
      if (!isReason(error, "AlreadyExists")) throw error;
      const taken = await turn.client.get(ControllerRevision, { namespace, name }, { signal: turn.signal });
      const ours = taken.metadata.ownerReferences?.some((r) => r.uid === owner.metadata.uid);
      if (ours && deepEqual(taken.data, data)) return { revision: taken, collisionCount: collisions };
    }
  }
}

/** Deletes the oldest revisions beyond the limit; those in `live` stay. */
export async function truncateHistory(
  revisions: readonly ControllerRevision[],
  live: ReadonlySet<string>,
  limit: number,
  turn: Turn,
): Promise<void> {
  const idle = revisions.filter((r) => !live.has(r.metadata.name!));
  for (const revision of idle.slice(0, Math.max(0, idle.length - limit))) {
    const { name = "", namespace = "" } = revision.metadata;
    await turn.client
      .delete(ControllerRevision, { namespace, name }, { signal: turn.signal })
      .catch((error: unknown) => {
        if (!isReason(error, "NotFound")) throw error;
      });
  }
}
