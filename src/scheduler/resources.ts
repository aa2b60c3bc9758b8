// Amounts of resources as plain numbers: CPU in thousandths, everything else in whole units (bytes, pieces). What a
// pod asks for follows the rule for init and sidecar containers.
import type { Pod } from "#api/core/pod.ts";
import { integerValue, milliValue } from "#api/quantity.ts";

/** Integers of Number precision suffice: 2^53 bytes are 9 PB. */
export interface Resources {
  milliCpu: number;
  memory: number;
  ephemeralStorage: number;
  /** Extended resources, huge pages and the like; created when first needed. */
  others?: Map<string, number>;
}
type Quantities = Readonly<Record<string, string>>;

export const noResources = (): Resources => ({ milliCpu: 0, memory: 0, ephemeralStorage: 0 });

// Clusters use few different quantities; parsing each once makes this a lookup. Emptied when full.
const mostRemembered = 10_000;
function remembered(parse: (text: string) => number): (text: string) => number {
  const known = new Map<string, number>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      value = parse(text);
      if (known.size >= mostRemembered) known.clear();
      known.set(text, value);
    }
    return value;
  };
}
const milli = remembered(milliValue);
const whole = remembered(integerValue);

export function resourcesOf(quantities: Quantities | undefined): Resources {
  const result = noResources();
  for (const name in quantities) set(result, name, quantities[name]!);
  return result;
}
function set(to: Resources, name: string, quantity: string): void {
  if (name === "cpu") to.milliCpu = milli(quantity);
  else if (name === "memory") to.memory = whole(quantity);
  else if (name === "ephemeral-storage") to.ephemeralStorage = whole(quantity);
  else if (name !== "pods") (to.others ??= new Map()).set(name, whole(quantity));
}
export const podLimitOf = (quantities: Quantities | undefined): number => whole(quantities?.["pods"] ?? "0");

export function add(to: Resources, more: Resources, sign: 1 | -1 = 1): void {
  to.milliCpu += sign * more.milliCpu;
  to.memory += sign * more.memory;
  to.ephemeralStorage += sign * more.ephemeralStorage;
  if (!more.others) return;
  to.others ??= new Map();
  for (const [name, amount] of more.others) to.others.set(name, (to.others.get(name) ?? 0) + sign * amount);
}
/** Raises each amount to at least that of `other`. */
export function raise(to: Resources, other: Resources): void {
  to.milliCpu = Math.max(to.milliCpu, other.milliCpu);
  to.memory = Math.max(to.memory, other.memory);
  to.ephemeralStorage = Math.max(to.ephemeralStorage, other.ephemeralStorage);
  if (!other.others) return;
  to.others ??= new Map();
  for (const [name, amount] of other.others) to.others.set(name, Math.max(to.others.get(name) ?? 0, amount));
}

type Container = Pod["spec"]["containers"][number];
/** What is in force on the node may exceed the spec while a resize is under way. */
function requestsOf(container: Container, pod: Pod): Resources {
  const requests = resourcesOf(container.resources?.requests);
  if (!pod.spec.nodeName) return requests;
  const statuses = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])];
  const status = statuses.find((s) => s.name === container.name);
  if (status?.resources?.requests) raise(requests, resourcesOf(status.resources.requests));
  if (status?.allocatedResources) raise(requests, resourcesOf(status.allocatedResources));
  return requests;
}

/**
 * What a pod needs at its greediest moment: its containers together with its sidecars, or one of its init containers
 * with the sidecars started before it; plus the overhead of its runtime. `defaults` stands in for requests of a
 * container that has none.
 */
export function podRequests(pod: Pod, defaults?: (requests: Resources) => void): Resources {
  const of = (container: Container): Resources => {
    const requests = requestsOf(container, pod);
    defaults?.(requests);
    return requests;
  };
  const sum = noResources();
  for (const container of pod.spec.containers) add(sum, of(container));
  const sidecars = noResources();
  const peak = noResources();
  for (const container of pod.spec.initContainers ?? []) {
    const requests = of(container);
    if (container.restartPolicy === "Always") {
      add(sum, requests);
      add(sidecars, requests);
      raise(peak, sidecars);
    } else {
      add(requests, sidecars);
      raise(peak, requests);
    }
  }
  raise(sum, peak);
  for (const [name, quantity] of Object.entries(pod.spec.resources?.requests ?? {})) set(sum, name, quantity);
  if (pod.spec.overhead) add(sum, resourcesOf(pod.spec.overhead));
  return sum;
}
