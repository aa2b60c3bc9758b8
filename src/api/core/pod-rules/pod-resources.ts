// What a pod as a whole asks for and may use. Main containers run together; init containers one after another, beside
// the sidecars started before them; so the sum and the largest step compete, and the greater wins.
import { member } from "#api/json.ts";
import type { Draft } from "#api/schema.ts";
import { addQuantity, compareQuantity } from "#api/quantity.ts";
import type { PodSpec } from "#api/core/schema/pod-spec.ts";
import { isHugePages, isOvercommitAllowed } from "./resource-names.ts";

export type Amounts = Record<string, string>;
type Part = "requests" | "limits";
type ReadonlyAmounts = Readonly<Record<string, string | undefined>>;

export function addAmounts(sum: Amounts, more: ReadonlyAmounts | undefined): Amounts {
  for (const [name, amount] of Object.entries(more ?? {}))
    if (amount !== undefined) sum[name] = Object.hasOwn(sum, name) ? addQuantity(sum[name]!, amount) : amount;
  return sum;
}
export function maxAmounts(most: Amounts, other: ReadonlyAmounts): Amounts {
  for (const [name, amount] of Object.entries(other))
    if (amount !== undefined && (!Object.hasOwn(most, name) || compareQuantity(amount, most[name]!) > 0))
      most[name] = amount;
  return most;
}

/** Containers as they are stored, or as drafts. */
interface Runs {
  readonly resources?:
    | { readonly requests?: ReadonlyAmounts | undefined; readonly limits?: ReadonlyAmounts | undefined }
    | undefined;
  readonly restartPolicy?: string | undefined;
}
type Containers = readonly (Runs | undefined)[];
interface HasContainers {
  readonly containers?: Containers | undefined;
  readonly initContainers?: Containers | undefined;
}
/** What the containers need together at the worst moment. */
export function aggregateContainers(spec: HasContainers, part: Part): Amounts {
  const sum: Amounts = {};
  const sidecars: Amounts = {};
  const worstStep: Amounts = {};
  for (const container of spec.containers ?? []) addAmounts(sum, container?.resources?.[part]);
  for (const container of spec.initContainers ?? []) {
    const amounts = container?.resources?.[part];
    if (container?.restartPolicy === "Always") {
      addAmounts(sum, amounts);
      maxAmounts(worstStep, addAmounts(sidecars, amounts));
    } else maxAmounts(worstStep, addAmounts(addAmounts({}, amounts), sidecars));
  }
  return maxAmounts(sum, worstStep);
}

export const isPodLevelResource = (name: string): boolean => name === "cpu" || name === "memory" || isHugePages(name);

/** Requests of the whole pod, overhead included: what a scheduler sets aside. */
export function podRequests(spec: PodSpec): Amounts {
  const requests = aggregateContainers(spec, "requests");
  for (const [name, amount] of Object.entries(spec.resources?.requests ?? {}))
    if (isPodLevelResource(name)) requests[name] = amount;
  return addAmounts(requests, spec.overhead);
}
/** Limits of the whole pod; overhead counts only where there is a limit. */
export function podLimits(spec: PodSpec): Amounts {
  const limits = aggregateContainers(spec, "limits");
  for (const [name, amount] of Object.entries(spec.resources?.limits ?? {}))
    if (isPodLevelResource(name)) limits[name] = amount;
  for (const [name, amount] of Object.entries(spec.overhead ?? {})) {
    const limit = member(limits, name);
    if (limit !== undefined && compareQuantity(limit, "0") !== 0) limits[name] = addQuantity(limit, amount);
  }
  return limits;
}

/** Fills in requests and limits of the pod as a whole from its containers, where the pod gives some at all. */
export function defaultPodLevelResources(spec: Draft<PodSpec>): void {
  const resources = spec.resources;
  if (!resources) return;
  const given = (amounts: object | undefined): boolean => Object.keys(amounts ?? {}).length > 0;
  if (!given(resources.limits) && !given(resources.requests)) return;
  const limits: Amounts = addAmounts({}, resources.limits);
  for (const [name, amount] of Object.entries(aggregateContainers(spec, "limits")))
    if (isHugePages(name) && resources.requests?.[name] === undefined) limits[name] ??= amount;
  if (!given(limits)) return;
  resources.limits = limits;
  const requests: Amounts = addAmounts({}, resources.requests);
  for (const [name, amount] of Object.entries(aggregateContainers(spec, "requests")))
    if (isPodLevelResource(name) && isOvercommitAllowed(name)) requests[name] ??= amount;
  for (const [name, amount] of Object.entries(limits)) if (isPodLevelResource(name)) requests[name] ??= amount;
  if (given(requests)) resources.requests = requests;
}
