// What makes a pod of a StatefulSet this one and no other: its name with its ordinal, its labels, its claims.
import { StatefulSet } from "#api/apps/stateful-set.ts";
import type { Pod } from "#api/core/pod.ts";
import type { PodTemplateSpec } from "#api/core/schema/pod-spec.ts";
import type { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import type { OwnerReference } from "#api/meta/schema.ts";
import type { Given } from "#api/schema.ts";
import { controllerReference } from "#reconcile/owner-references.ts";
import { podFromTemplate } from "#controllers/pods/pod-control.ts";
import { podRevisionLabel } from "#controllers/revisions.ts";

const nameLabel = "statefulset.kubernetes.io/pod-name";
const indexLabel = "apps.kubernetes.io/pod-index";

const parts = (pod: Pod): RegExpExecArray | null => /^(.*)-(\d+)$/.exec(pod.metadata.name!);
/** -1 for a pod whose name has none. */
export const ordinalOf = (pod: Pod): number => Number(parts(pod)?.[2] ?? -1);
export const isNamedAfter = (set: StatefulSet, pod: Pod): boolean => parts(pod)?.[1] === set.metadata.name;
export const podName = (set: StatefulSet, ordinal: number): string => `${set.metadata.name}-${ordinal}`;
export const claimName = (set: StatefulSet, template: string, ordinal: number): string =>
  `${template}-${podName(set, ordinal)}`;

const identityLabels = (name: string, ordinal: number): Record<string, string> => ({
  [nameLabel]: name,
  [indexLabel]: String(ordinal),
});
export const hasIdentity = (pod: Pod): boolean => pod.metadata.labels?.[nameLabel] === pod.metadata.name;
export const identityPatch = (pod: Pod): object => ({
  metadata: { uid: pod.metadata.uid, labels: identityLabels(pod.metadata.name!, ordinalOf(pod)) },
});

export interface Versioned {
  readonly template: PodTemplateSpec;
  readonly revision: string;
}
export function statefulPod(set: StatefulSet, { template, revision }: Versioned, ordinal: number): Given<Pod> {
  const name = podName(set, ordinal);
  const pod = podFromTemplate(template, set, controllerReference(StatefulSet, set));
  const claims = (set.spec.volumeClaimTemplates ?? []).map((t) => ({
    name: t.metadata.name!,
    persistentVolumeClaim: { claimName: claimName(set, t.metadata.name!, ordinal) },
  }));
  const volumes = (template.spec.volumes ?? []).filter((v) => !claims.some((c) => c.name === v.name));
  const labels = { ...template.metadata.labels, ...identityLabels(name, ordinal), [podRevisionLabel]: revision };
  const { generateName: _, ...metadata } = pod.metadata as Record<string, unknown>;
  return {
    metadata: { ...metadata, name, labels },
    spec: {
      ...template.spec,
      hostname: name,
      ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
      ...(claims.length + volumes.length > 0 ? { volumes: [...volumes, ...claims] } : {}),
    },
  };
}

/** The claims that the pod of an ordinal needs. */
export const claimsFor = (set: StatefulSet, ordinal: number): Given<PersistentVolumeClaim>[] =>
  (set.spec.volumeClaimTemplates ?? []).map((t) => ({
    metadata: {
      name: claimName(set, t.metadata.name!, ordinal),
      namespace: set.metadata.namespace!,
      labels: { ...t.metadata.labels, ...set.spec.selector.matchLabels },
      ...(t.metadata.annotations ? { annotations: t.metadata.annotations } : {}),
    },
    spec: t.spec,
  }));

/** Who, if anybody, owns a claim, by the set's policy on what happens to claims when pods or the set go. */
export function claimOwners(set: StatefulSet, pod: Pod | undefined, isSurplus: boolean): readonly OwnerReference[] {
  const { whenDeleted = "Retain", whenScaled = "Retain" } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  const reference = { ...controllerReference(StatefulSet, set) };
  const ofSet: OwnerReference[] = whenDeleted === "Delete" ? [{ ...reference, blockOwnerDeletion: true }] : [];
  if (whenScaled !== "Delete" || !isSurplus || !pod) return ofSet;
  const { name = "", uid = "" } = pod.metadata;
  return [{ apiVersion: "v1", kind: "Pod", name, uid, controller: true, blockOwnerDeletion: true }];
}
