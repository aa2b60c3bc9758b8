// The quality-of-service class of a pod: Guaranteed when every container is held to exactly what it reserved,
// BestEffort when nothing is reserved at all, else Burstable.
import type { Draft } from "#api/schema.ts";
import { compareQuantity } from "#api/quantity.ts";
import type { PodSpec } from "#api/core/schema/pod-spec.ts";
import { type Amounts, addAmounts, isPodLevelResource } from "./pod-resources.ts";

export type QosClass = "Guaranteed" | "Burstable" | "BestEffort";
type Requirements = Draft<NonNullable<PodSpec["resources"]>>;

const counted = (amounts: Readonly<Record<string, string | undefined>> | undefined): Amounts => {
  const result: Amounts = {};
  for (const name of ["cpu", "memory"]) {
    const amount = amounts?.[name];
    if (amount !== undefined && compareQuantity(amount, "0") > 0) result[name] = amount;
  }
  return result;
};

export function qosClassOf(spec: Draft<PodSpec>): QosClass {
  const podLevel = spec.resources;
  const named = Object.keys({ ...podLevel?.requests, ...podLevel?.limits });
  const holders: (Requirements | undefined)[] = named.some(isPodLevelResource)
    ? [podLevel]
    : [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((container) => container?.resources);
  const requests: Amounts = {};
  const limits: Amounts = {};
  let allLimited = true;
  for (const holder of holders) {
    addAmounts(requests, counted(holder?.requests));
    const limited = counted(holder?.limits);
    addAmounts(limits, limited);
    if (!limited["cpu"] || !limited["memory"]) allLimited = false;
  }
  const names = Object.keys(requests);
  if (names.length === 0 && Object.keys(limits).length === 0) return "BestEffort";
  const equal = names.every(
    (name) => limits[name] !== undefined && compareQuantity(limits[name], requests[name]!) === 0,
  );
  return allLimited && equal && names.length === Object.keys(limits).length ? "Guaranteed" : "Burstable";
}
