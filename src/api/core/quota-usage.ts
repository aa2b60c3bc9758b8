// What an object counts for in a ResourceQuota, by the names that quotas use. Used when an object is admitted and when
// the use of a namespace is summed up.
import type { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import type { Pod } from "#api/core/pod.ts";
import { podLimits, podRequests } from "#api/core/pod-rules/pod-resources.ts";
import { isExtendedResource, isHugePages } from "#api/core/pod-rules/resource-names.ts";
import type { ResourceQuota } from "#api/core/resource-quota.ts";
import type { Service } from "#api/core/service.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { addQuantity } from "#api/quantity.ts";
import { parseTime } from "#api/time.ts";

export type Usage = Record<string, string>;
/** Kinds that quotas count under their plural alone. */
const plainlyCounted = new Set(["configmaps", "secrets", "replicationcontrollers", "resourcequotas"]);
const storageSuffix = ".storageclass.storage.k8s.io/";

/** count/deployments.apps and so on: any kind can be counted like that. */
export const countName = (kind: { group: string; plural: string }): string =>
  `count/${kind.plural}${kind.group ? `.${kind.group}` : ""}`;

export function addUsage(sum: Usage, more: Readonly<Usage>): Usage {
  for (const [name, amount] of Object.entries(more))
    sum[name] = Object.hasOwn(sum, name) ? addQuantity(sum[name]!, amount) : amount;
  return sum;
}

export function usageOf(kind: AnyKind, object: KubeObject, now: number): Usage {
  const usage: Usage = { [countName(kind)]: "1" };
  if (kind.group !== "") return usage;
  if (plainlyCounted.has(kind.plural)) usage[kind.plural] = "1";
  if (kind.plural === "pods") return { ...usage, ...podUsage(object as Pod, now) };
  if (kind.plural === "services") return { ...usage, ...serviceUsage(object as Service) };
  if (kind.plural === "persistentvolumeclaims") return { ...usage, ...claimUsage(object as PersistentVolumeClaim) };
  return usage;
}

/** A pod that has ended, or should have, uses nothing any more. */
function isOver({ metadata, status }: Pod, now: number): boolean {
  if (status.phase === "Succeeded" || status.phase === "Failed") return true;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  return (
    deletionTimestamp !== undefined && deletionGracePeriodSeconds !== undefined && parseTime(deletionTimestamp) < now
  );
}
function podUsage(pod: Pod, now: number): Usage {
  if (isOver(pod, now)) return {};
  const usage: Usage = { pods: "1" };
  for (const [name, amount] of Object.entries(podRequests(pod.spec))) {
    if (isBasic(name)) usage[name] = amount;
    if (isBasic(name) || isHugePages(name) || isExtendedResource(name)) usage[`requests.${name}`] = amount;
    if (isHugePages(name)) usage[name] = amount;
  }
  for (const [name, amount] of Object.entries(podLimits(pod.spec))) if (isBasic(name)) usage[`limits.${name}`] = amount;
  return usage;
}
const isBasic = (name: string): boolean => name === "cpu" || name === "memory" || name === "ephemeral-storage";

function serviceUsage({ spec }: Service): Usage {
  const usage: Usage = { services: "1" };
  const ports = spec.ports ?? [];
  if (spec.type === "NodePort") usage["services.nodeports"] = String(ports.length);
  if (spec.type !== "LoadBalancer") return usage;
  usage["services.loadbalancers"] = "1";
  const allocated =
    spec.allocateLoadBalancerNodePorts === false ? ports.filter((p) => p.nodePort).length : ports.length;
  usage["services.nodeports"] = String(allocated);
  return usage;
}
function claimUsage({ spec, metadata }: PersistentVolumeClaim): Usage {
  const usage: Usage = { persistentvolumeclaims: "1" };
  const storage = spec.resources?.requests?.["storage"];
  const storageClass = spec.storageClassName ?? metadata.annotations?.["volume.beta.kubernetes.io/storage-class"];
  if (storage) usage["requests.storage"] = storage;
  if (!storageClass) return usage;
  usage[`${storageClass}${storageSuffix}persistentvolumeclaims`] = "1";
  if (storage) usage[`${storageClass}${storageSuffix}requests.storage`] = storage;
  return usage;
}

interface Scope {
  readonly name: string;
  readonly operator: string;
  readonly values: readonly string[];
}
const scopesOf = ({ spec }: ResourceQuota): Scope[] => [
  ...(spec.scopes ?? []).map((name) => ({ name, operator: "Exists", values: [] })),
  ...(spec.scopeSelector?.matchExpressions ?? []).map((e) => ({
    name: e.scopeName,
    operator: e.operator,
    values: e.values ?? [],
  })),
];
/** Whether a quota applies to an object; scopes are about pods, so a quota with scopes counts nothing else. */
export function isInScope(quota: ResourceQuota, kind: AnyKind, object: KubeObject): boolean {
  const scopes = scopesOf(quota);
  if (scopes.length === 0) return true;
  if (kind.plural === "pods" && kind.group === "") return scopes.every((scope) => podInScope(scope, object as Pod));
  if (kind.plural !== "persistentvolumeclaims") return false;
  const classes = attributesClassesOf(object as PersistentVolumeClaim);
  const isMatch = (scope: Scope): boolean =>
    classes.length === 0 ? matches(scope, undefined) : classes.some((name) => matches(scope, name));
  return scopes.every((scope) => scope.name === "VolumeAttributesClass" && isMatch(scope));
}
/** The classes that a claim has, is to have, or is on its way to. */
export function attributesClassesOf({ spec, status }: PersistentVolumeClaim): string[] {
  const names = [
    spec.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ];
  return [...new Set(names.flatMap((name) => name || []))].toSorted();
}
/** Such pods end by themselves in time: one of the scopes that a pod may come into later. */
export const isTerminating = ({ spec }: Pod): boolean =>
  spec.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds >= 0;
function podInScope(scope: Scope, pod: Pod): boolean {
  const { priorityClassName, affinity } = pod.spec;
  switch (scope.name) {
    case "Terminating":
      return isTerminating(pod);
    case "NotTerminating":
      return !isTerminating(pod);
    case "BestEffort":
      return isBestEffort(pod);
    case "NotBestEffort":
      return !isBestEffort(pod);
    case "PriorityClass":
      return matches(scope, priorityClassName);
    case "CrossNamespacePodAffinity":
      return [affinity?.podAffinity, affinity?.podAntiAffinity].some((a) =>
        [
          ...(a?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
          ...(a?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((t) => t.podAffinityTerm),
        ].some((t) => (t.namespaces ?? []).length > 0 || t.namespaceSelector !== undefined),
      );
    default:
      return false;
  }
}
function matches({ operator, values }: Scope, value: string | undefined): boolean {
  switch (operator) {
    case "Exists":
      return Boolean(value);
    case "DoesNotExist":
      return !value;
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    default:
      return false;
  }
}
function isBestEffort(pod: Pod): boolean {
  if (pod.status?.qosClass) return pod.status.qosClass === "BestEffort";
  const amounts = { ...podRequests(pod.spec), ...podLimits(pod.spec) };
  return amounts["cpu"] === undefined && amounts["memory"] === undefined;
}
