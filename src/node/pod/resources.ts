// What a pod's requests and limits mean on the node: quality of service, CPU shares and quota, memory limits and
// the score by which the kernel chooses whom to kill. Numbers are upstream's.
import { integerValue, milliValue } from "#api/quantity.ts";
import type { ContainerResources } from "#node/runtime/runtime.ts";
import { isSidecar, type Container, type Pod, type PodSpec, type ResourceRequirements } from "./types.ts";

export type QosClass = "Guaranteed" | "Burstable" | "BestEffort";
type Amounts = Readonly<Record<string, string>>;

const periodMicros = 100_000;
const leastQuotaMicros = 1000;
const leastShares = 2;
const mostShares = 262_144;
const systemCritical = 2_000_000_000;

const qosResources = ["cpu", "memory"] as const;
const isSet = (value: string | undefined): value is string => value !== undefined && milliValue(value) > 0;

/** Guaranteed: every container limits CPU and memory to what it requests; BestEffort: none asks for either. */
export function qosClassOf(pod: Pod): QosClass {
  const given = pod.status?.qosClass;
  if (given) return given;
  const { spec } = pod;
  const podLevel = spec.resources && (spec.resources.requests || spec.resources.limits) ? [spec.resources] : undefined;
  const all =
    podLevel ??
    [...(spec.initContainers ?? []), ...spec.containers].map((c): ResourceRequirements => c.resources ?? {});
  let guaranteed = true;
  let bestEffort = true;
  for (const resources of all)
    for (const name of qosResources) {
      const request = resources.requests?.[name];
      const limit = resources.limits?.[name];
      if (isSet(request) || isSet(limit)) bestEffort = false;
      if (!isSet(limit) || (request !== undefined && milliValue(request) !== milliValue(limit))) guaranteed = false;
    }
  return bestEffort ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
}

/** Milli-CPUs or bytes of one resource; a missing request is the limit. */
const amount = (amounts: Amounts | undefined, name: string): number | undefined => {
  const text = amounts?.[name];
  return text === undefined ? undefined : name === "cpu" ? milliValue(text) : integerValue(text);
};
export const requestOf = (resources: ResourceRequirements | undefined, name: string): number =>
  amount(resources?.requests, name) ?? amount(resources?.limits, name) ?? 0;
export const limitOf = (resources: ResourceRequirements | undefined, name: string): number | undefined =>
  amount(resources?.limits, name);

const add = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;

/**
 * What a pod needs as a whole: the main and sidecar containers together, or the largest init container beside the
 * sidecars that run by then, whichever is more; plus overhead.
 */
function total(spec: PodSpec, of: (container: Container) => number | undefined): number | undefined {
  let running: number | undefined = 0;
  let peak = 0;
  let sidecars: number | undefined = 0;
  for (const init of spec.initContainers ?? []) {
    const own = of(init);
    if (isSidecar(init)) sidecars = add(sidecars, own);
    const now = isSidecar(init) ? sidecars : add(sidecars, own);
    if (now === undefined) return undefined;
    peak = Math.max(peak, now);
  }
  for (const container of spec.containers) running = add(running, of(container));
  const all = add(running, sidecars);
  return all === undefined ? undefined : Math.max(all, peak);
}
const overheadOf = (spec: PodSpec, name: string): number => amount(spec.overhead, name) ?? 0;
export function podRequest(spec: PodSpec, name: string): number {
  const own = amount(spec.resources?.requests, name) ?? total(spec, (c) => requestOf(c.resources, name)) ?? 0;
  return own + overheadOf(spec, name);
}
/** Undefined: unlimited, because some container is. */
export function podLimit(spec: PodSpec, name: string): number | undefined {
  const own = amount(spec.resources?.limits, name) ?? total(spec, (c) => limitOf(c.resources, name));
  return own === undefined ? undefined : own + overheadOf(spec, name);
}

export const cpuShares = (milli: number): number =>
  Math.min(mostShares, Math.max(leastShares, Math.floor((milli * 1024) / 1000)));
export const cpuQuota = (milli: number): number =>
  Math.max(leastQuotaMicros, Math.floor((milli * periodMicros) / 1000));
export const cpuPeriod = periodMicros;

/** -997 for Guaranteed and system-critical, 1000 for BestEffort, between for Burstable by its share of memory. */
export function oomScoreAdj(pod: Pod, container: Container, memoryCapacityBytes: number): number {
  if ((pod.spec.priority ?? 0) >= systemCritical) return -997;
  switch (qosClassOf(pod)) {
    case "Guaranteed":
      return -997;
    case "BestEffort":
      return 1000;
    case "Burstable": {
      const request = requestOf(container.resources, "memory");
      const score = 1000 - Math.floor((1000 * request) / Math.max(1, memoryCapacityBytes));
      const sidecar = (pod.spec.initContainers ?? []).some((c) => c.name === container.name && isSidecar(c));
      const floor = 1000 + -997;
      const capped = sidecar ? Math.min(score, leastScoreOfApps(pod, memoryCapacityBytes)) : score;
      return capped < floor ? floor : capped === 1000 ? 999 : capped;
    }
  }
}
/** A sidecar is killed no earlier than the containers it serves. */
const leastScoreOfApps = (pod: Pod, memoryCapacityBytes: number): number =>
  Math.min(
    ...pod.spec.containers.map(
      (c) => 1000 - Math.floor((1000 * requestOf(c.resources, "memory")) / Math.max(1, memoryCapacityBytes)),
    ),
  );

export function containerResources(pod: Pod, container: Container, memoryCapacityBytes: number): ContainerResources {
  const cpuLimit = limitOf(container.resources, "cpu");
  const memoryLimit = limitOf(container.resources, "memory");
  return {
    cpuShares: cpuShares(requestOf(container.resources, "cpu")),
    ...(cpuLimit ? { cpuQuota: cpuQuota(cpuLimit), cpuPeriod: periodMicros } : {}),
    ...(memoryLimit ? { memoryLimitBytes: memoryLimit } : {}),
    oomScoreAdj: oomScoreAdj(pod, container, memoryCapacityBytes),
  };
}
