// Whether a node is still there, and how it is to be marked. What counts is when this controller last heard something
// new from the node, never the times that the node writes, so clocks may differ.
//
//   lease or status renewed ──► heard ──50 s of silence──► Ready Unknown, taint unreachable, its pods not ready
import type { Lease } from "#api/coordination/lease.ts";
import type { Node } from "#api/core/node.ts";
import type { NodeCondition } from "#api/core/schema/node.ts";
import type { Taint } from "#api/core/schema/node-selector.ts";
import { formatTime, parseTime } from "#api/time.ts";

const graceMs = 50_000;
/** For a node whose kubelet has never reported. */
const startUpGraceMs = 60_000;

const prefix = "node.kubernetes.io/";
const notReady = `${prefix}not-ready`;
const unreachable = `${prefix}unreachable`;
/** Conditions that taint while they are true. */
const pressures: Readonly<Record<string, string>> = {
  MemoryPressure: `${prefix}memory-pressure`,
  DiskPressure: `${prefix}disk-pressure`,
  PIDPressure: `${prefix}pid-pressure`,
  NetworkUnavailable: `${prefix}network-unavailable`,
};
const silentConditions = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

/** What was last heard of a node. */
export interface Heard {
  readonly renewed: string;
  readonly heartbeat: string;
  /** When it was heard, in milliseconds since 1970. */
  readonly at: number;
  /** The status of Ready that was last acted upon. */
  readonly ready?: string | undefined;
}
export const readyCondition = (node: Node): NodeCondition | undefined =>
  node.status.conditions?.find((c) => c.type === "Ready");

export function hear(before: Heard | undefined, node: Node, lease: Lease | undefined, now: number): Heard {
  const renewed = lease?.spec.renewTime ?? "";
  const ready = readyCondition(node);
  // A silent node's own condition, which this controller wrote, is no sign of life.
  const heartbeat = ready?.status === "Unknown" && before ? before.heartbeat : (ready?.lastHeartbeatTime ?? "");
  if (before && before.renewed === renewed && before.heartbeat === heartbeat) return before;
  const created = node.metadata.creationTimestamp;
  const at = !before && !ready && !renewed && created ? parseTime(created) : now;
  return { renewed, heartbeat, at, ready: before?.ready };
}

export interface NodeHealth {
  /** The conditions as they should be, when they are to change. */
  readonly conditions?: readonly NodeCondition[];
  /** When to look again; undefined: at the next sign of life. */
  readonly againInMs?: number;
}
export function planNodeHealth(node: Node, heard: Heard, now: number): NodeHealth {
  const patience = readyCondition(node) ? graceMs : startUpGraceMs;
  const silentAt = heard.at + patience;
  if (now < silentAt) return { againInMs: silentAt - now };
  const conditions = [...(node.status.conditions ?? [])];
  let changed = false;
  for (const type of silentConditions) {
    const at = conditions.findIndex((c) => c.type === type);
    const known = conditions[at];
    if (known?.status === "Unknown") continue;
    changed = true;
    const time = formatTime(now);
    const facts: NodeCondition = known
      ? {
          ...known,
          status: "Unknown",
          reason: "NodeStatusUnknown",
          message: "Kubelet stopped posting node status.",
          lastTransitionTime: time,
        }
      : {
          type,
          status: "Unknown",
          reason: "NodeStatusNeverUpdated",
          message: "Kubelet never posted node status.",
          lastHeartbeatTime: node.metadata.creationTimestamp ?? time,
          lastTransitionTime: time,
        };
    if (known) conditions[at] = facts;
    else conditions.push(facts);
  }
  return changed ? { conditions } : {};
}

/** The taints a node should have, given its conditions; others' taints stay. */
export function planTaints(
  node: Node,
  conditions: readonly NodeCondition[],
  mayEvict: boolean,
  now: number,
): readonly Taint[] | undefined {
  const ready = conditions.find((c) => c.type === "Ready")?.status;
  const health = ready === "False" ? notReady : ready === "Unknown" ? unreachable : undefined;
  const wanted: Taint[] = [];
  const want = (key: string, effect: Taint["effect"], timeAdded?: string): void =>
    void wanted.push({ key, effect, ...(timeAdded ? { timeAdded } : {}) });
  if (health) want(health, "NoSchedule");
  for (const [type, key] of Object.entries(pressures))
    if (conditions.some((c) => c.type === type && c.status === "True")) want(key, "NoSchedule");
  if (node.spec.unschedulable) want(`${prefix}unschedulable`, "NoSchedule");
  if (health && mayEvict) want(health, "NoExecute", formatTime(now));
  const current = node.spec.taints ?? [];
  const kept = current.filter((taint) => !isOurs(taint) || wanted.some((w) => same(w, taint)));
  const added = wanted.filter((w) => !current.some((taint) => same(w, taint)));
  return kept.length === current.length && added.length === 0 ? undefined : [...kept, ...added];
}
const ours = new Set([notReady, unreachable, `${prefix}unschedulable`, ...Object.values(pressures)]);
function isOurs({ key, effect }: Taint): boolean {
  if (effect === "NoExecute") return key === notReady || key === unreachable;
  return effect === "NoSchedule" && ours.has(key);
}
const same = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;
/** Whether the node's pods are being driven away for its health. */
export const isEvicting = (node: Node): boolean =>
  (node.spec.taints ?? []).some((t) => t.effect === "NoExecute" && isOurs(t));

/** How many nodes a second may begin to drive their pods away, given how many of the same zone are in trouble. */
export function evictionRate(zone: { readonly ready: number; readonly notReady: number }): number {
  const total = zone.ready + zone.notReady;
  const partial = zone.notReady > 2 && zone.notReady / total >= 0.55 && zone.ready > 0;
  if (!partial) return 0.1;
  return total > 50 ? 0.01 : 0;
}
