// Node pressure: when memory or disk runs out, which pod has to go. Pure; thresholds and the order of victims are
// upstream's: those above their requests first, then the lowest priority, then the largest excess.
import { podRequest, qosClassOf } from "#node/pod/resources.ts";
import { containersOf, isTerminal, uidOf, type Pod } from "#node/pod/types.ts";
import type { PodEnd } from "#node/plan/types.ts";
import type { ContainerUsage } from "#node/runtime/runtime.ts";
import { quantityOf } from "#api/quantity.ts";

export interface NodePressure {
  readonly memoryAvailableBytes: number;
  readonly diskAvailableBytes: number;
  readonly diskCapacityBytes: number;
  readonly inodesFree: number;
  readonly inodes: number;
}
export type Signal = "memory.available" | "nodefs.available" | "nodefs.inodesFree";
const leastMemoryBytes = 100 * 2 ** 20;
const leastDiskPart = 0.1;
const leastInodesPart = 0.05;
const systemCritical = 2_000_000_000;

/** Signals below their threshold. */
export function pressureSignals(pressure: NodePressure): Signal[] {
  const signals: Signal[] = [];
  if (pressure.memoryAvailableBytes < leastMemoryBytes) signals.push("memory.available");
  if (pressure.diskAvailableBytes < pressure.diskCapacityBytes * leastDiskPart) signals.push("nodefs.available");
  if (pressure.inodes > 0 && pressure.inodesFree < pressure.inodes * leastInodesPart) signals.push("nodefs.inodesFree");
  return signals;
}
interface Candidate {
  readonly pod: Pod;
  readonly usedBytes: number;
  readonly requestedBytes: number;
}
const priorityOf = (pod: Pod): number => pod.spec.priority ?? 0;
/** Positive: `b` goes first. */
function order(a: Candidate, b: Candidate): number {
  const exceeds = (c: Candidate): number => Number(c.usedBytes > c.requestedBytes);
  return (
    exceeds(b) - exceeds(a) ||
    priorityOf(a.pod) - priorityOf(b.pod) ||
    b.usedBytes - b.requestedBytes - (a.usedBytes - a.requestedBytes)
  );
}
const names: Readonly<Record<Signal, string>> = {
  "memory.available": "memory",
  "nodefs.available": "ephemeral-storage",
  "nodefs.inodesFree": "inodes",
};
function endOf({ pod, usedBytes, requestedBytes }: Candidate, signal: Signal, available: number): PodEnd {
  const resource = names[signal];
  const binary = (bytes: number): string => quantityOf(Math.floor(bytes / 1024) * 1024, "BinarySI");
  const threshold = signal === "memory.available" ? `${binary(leastMemoryBytes)}, available: ${binary(available)}` : "";
  const container = containersOf(pod.spec).find((c) => c.role === "app")?.container.name ?? "";
  const excess =
    usedBytes > requestedBytes && signal === "memory.available"
      ? ` Container ${container} was using ${binary(usedBytes)}, request is ${binary(requestedBytes)}, has larger consumption of ${resource}. `
      : "";
  const message = `The node was low on resource: ${resource}. ${threshold ? `Threshold quantity: ${threshold}.` : ""}${excess}`;
  return { reason: "Evicted", message: message.trimEnd(), graceSeconds: 0 };
}
/** The pod to evict for this pressure, and with what words; undefined: none may be. */
export function choosePod(
  pods: readonly Pod[],
  usage: readonly ContainerUsage[],
  pressure: NodePressure,
): { readonly pod: Pod; readonly end: PodEnd; readonly signal: Signal } | undefined {
  const [signal] = pressureSignals(pressure);
  if (signal === undefined) return undefined;
  const isMemory = signal === "memory.available";
  const resource = isMemory ? "memory" : "ephemeral-storage";
  const candidates = pods
    .filter(
      (pod) =>
        priorityOf(pod) < systemCritical &&
        !isTerminal(pod.status?.phase) &&
        pod.metadata.deletionTimestamp === undefined &&
        !(isMemory && qosClassOf(pod) === "Guaranteed" && pod.spec.priorityClassName?.startsWith("system-")),
    )
    .map((pod): Candidate => {
      const own = usage.filter((u) => u.podUid === uidOf(pod));
      const used = own.reduce((sum, u) => sum + (isMemory ? u.memoryWorkingSetBytes : u.writableLayerBytes), 0);
      return { pod, usedBytes: used, requestedBytes: podRequest(pod.spec, resource) };
    });
  const victim = candidates.toSorted(order)[0];
  return victim && { pod: victim.pod, end: endOf(victim, signal, pressure.memoryAvailableBytes), signal };
}
