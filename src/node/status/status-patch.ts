// The difference between the status that the API has and the one it should have, as a strategic merge patch. Only the
// node's own fields and conditions are in it, so that others' stay as they are even when they change meanwhile.
import { deepEqual } from "#api/json.ts";
import type { PodCondition, PodStatus } from "#node/pod/types.ts";
import { passingConditions } from "./conditions.ts";

const ownFields = [
  "observedGeneration",
  "phase",
  "reason",
  "message",
  "hostIP",
  "podIP",
  "startTime",
  "qosClass",
  "initContainerStatuses",
  "containerStatuses",
  "ephemeralContainerStatuses",
] as const satisfies readonly (keyof PodStatus)[];
/** Lists that patches merge by address: to be replaced whole. */
const addressFields = ["hostIPs", "podIPs"] as const;

/** Undefined: nothing differs. */
export function statusPatch(has: PodStatus, wants: PodStatus): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {};
  for (const field of ownFields) if (!deepEqual(has[field], wants[field])) patch[field] = wants[field] ?? null;
  for (const field of addressFields)
    if (!deepEqual(has[field], wants[field]) && wants[field])
      patch[field] = has[field]?.length ? [{ $patch: "replace" }, ...wants[field]] : wants[field];
  const conditions = (wants.conditions ?? []).filter(
    (condition) =>
      !deepEqual(
        has.conditions?.find((c) => c.type === condition.type),
        condition,
      ),
  );
  const over = (has.conditions ?? []).filter(
    ({ type }) => passingConditions.includes(type) && !wants.conditions?.some((c) => c.type === type),
  );
  const removed = over.map(({ type }) => ({ $patch: "delete", type }));
  if (conditions.length + removed.length > 0) patch["conditions"] = [...conditions.map(withoutGaps), ...removed];
  return Object.keys(patch).length > 0 ? patch : undefined;
}
/** A condition that has lost its reason or message must lose it in the API too. */
const withoutGaps = (condition: PodCondition): object => ({ reason: null, message: null, ...condition });

/** Whether a patch speaks of everything that another one speaks of. */
export function covers(patch: Record<string, unknown>, other: Record<string, unknown>): boolean {
  const typesIn = (p: Record<string, unknown>): string[] =>
    ((p["conditions"] ?? []) as readonly PodCondition[]).map((c) => c.type);
  const types = new Set(typesIn(patch));
  return Object.keys(other).every((key) => key in patch) && typesIn(other).every((type) => types.has(type));
}
