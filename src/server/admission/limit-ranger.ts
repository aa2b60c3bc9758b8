// LimitRanger: containers that say nothing of their size get the defaults of the namespace, and what is too small, too
// large or too elastic for it is refused.
import { member } from "#api/json.ts";
import { LimitRange } from "#api/core/limit-range.ts";
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { Pod } from "#api/core/pod.ts";
import { podLimits, podRequests } from "#api/core/pod-rules/pod-resources.ts";
import type { LimitRangeItem } from "#api/core/schema/quota.ts";
import { compareQuantity, isZeroQuantity, toNumber } from "#api/quantity.ts";
import type { Draft } from "#api/schema.ts";
import type { Registry } from "#server/registry.ts";
import { concernsOnly, type AdmissionPlugin, type AdmissionRequest } from "./admission.ts";
import { refuse } from "./refuse.ts";

type Amounts = Readonly<Record<string, string>>;
type PodSpec = NonNullable<Draft<Pod>["spec"]>;
type Container = NonNullable<NonNullable<PodSpec["containers"]>[number]>;

const annotation = "kubernetes.io/limit-ranger";

/** Of several ranges the later ones win, as upstream lays them over one another. */
function defaultsOf(ranges: readonly LimitRange[]): { readonly limits: Amounts; readonly requests: Amounts } {
  const items = ranges.flatMap((r) => r.spec.limits ?? []).filter((item) => item.type === "Container");
  return {
    limits: Object.assign({}, ...items.map((item) => item.default ?? {})) as Amounts,
    requests: Object.assign({}, ...items.map((item) => item.defaultRequest ?? {})) as Amounts,
  };
}

/** Adds what is missing; tells the names of what was added. */
function fill(container: Container, part: "limits" | "requests", defaults: Amounts): string[] {
  const given = (container.resources ??= {})[part] ?? {};
  const missing = Object.keys(defaults).filter((name) => member(given, name) === undefined);
  if (missing.length === 0) return [];
  container.resources[part] = { ...given, ...Object.fromEntries(missing.map((name) => [name, defaults[name]!])) };
  return missing.toSorted();
}

function applyDefaults(pod: Draft<Pod>, ranges: readonly LimitRange[]): void {
  const { limits, requests } = defaultsOf(ranges);
  const notes: string[] = [];
  const spec = pod.spec ?? {};
  for (const [list, word] of [
    ["containers", "container"],
    ["initContainers", "init container"],
  ] as const)
    for (const container of (spec[list] ?? []) as Container[]) {
      const asked = fill(container, "requests", requests);
      const bounded = fill(container, "limits", limits);
      if (asked.length > 0) notes.push(`${asked.join(", ")} request for ${word} ${container.name}`);
      if (bounded.length > 0) notes.push(`${bounded.join(", ")} limit for ${word} ${container.name}`);
    }
  if (notes.length === 0) return;
  const metadata = (pod.metadata ??= {});
  metadata.annotations = { ...metadata.annotations, [annotation]: `LimitRanger plugin set: ${notes.join("; ")}` };
}

interface Size {
  readonly requests: Amounts;
  readonly limits: Amounts;
}
function* findings(item: LimitRangeItem, { requests, limits }: Size, isBounded = true): Generator<string> {
  const { type } = item;
  for (const [name, least] of Object.entries(item.min ?? {})) {
    const head = `minimum ${name} usage per ${type} is ${least}`;
    const [request, limit] = [member(requests, name), member(limits, name)];
    if (request === undefined) yield `${head}.  No request is specified`;
    else if (compareQuantity(request, least) < 0) yield `${head}, but request is ${request}`;
    else if (limit !== undefined && compareQuantity(limit, least) < 0) yield `${head}, but limit is ${limit}`;
  }
  for (const [name, most] of Object.entries(item.max ?? {})) {
    const head = `maximum ${name} usage per ${type} is ${most}`;
    const [request, limit] = [member(requests, name), member(limits, name)];
    if (isBounded && limit === undefined) yield `${head}.  No limit is specified`;
    else if (limit !== undefined && compareQuantity(limit, most) > 0) yield `${head}, but limit is ${limit}`;
    else if (request !== undefined && compareQuantity(request, most) > 0) yield `${head}, but request is ${request}`;
  }
  for (const [name, most] of Object.entries(item.maxLimitRequestRatio ?? {})) {
    const head = `${name} max limit to request ratio per ${type} is ${most}`;
    const [request, limit] = [member(requests, name), member(limits, name)];
    if (request === undefined || isZeroQuantity(request)) yield `${head}, but no request is specified or request is 0`;
    else if (limit === undefined || isZeroQuantity(limit)) yield `${head}, but no limit is specified or limit is 0`;
    else if (toNumber(limit) / toNumber(request) > toNumber(most))
      yield `${head}, but provided ratio is ${(toNumber(limit) / toNumber(request)).toFixed(6)}`;
  }
}

const sizeOf = (container: Container): Size => ({
  requests: (container.resources?.requests ?? {}) as Amounts,
  limits: (container.resources?.limits ?? {}) as Amounts,
});
function* podFindings(pod: Pod, item: LimitRangeItem): Generator<string> {
  const containers = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])] as unknown as Container[];
  if (item.type === "Container") for (const container of containers) yield* findings(item, sizeOf(container));
  else if (item.type === "Pod") yield* findings(item, { requests: podRequests(pod.spec), limits: podLimits(pod.spec) });
}
function* claimFindings(claim: PersistentVolumeClaim, item: LimitRangeItem): Generator<string> {
  const requests = (claim.spec.resources?.requests ?? {}) as Amounts;
  if (item.type === "PersistentVolumeClaim") yield* findings(item, { requests, limits: {} }, false);
}

export function limitRanger(registry: Registry): AdmissionPlugin {
  const rangesOf = (request: AdmissionRequest): LimitRange[] => [...registry.list(LimitRange, request.namespace)];
  const isPod = concernsOnly(Pod, "CREATE");
  const isClaim = concernsOnly(PersistentVolumeClaim, "CREATE", "UPDATE");
  return {
    name: "LimitRanger",
    concerns: (request) => isPod(request) || isClaim(request),
    admit(request) {
      if (isPod(request)) applyDefaults(request.object as Draft<Pod>, rangesOf(request));
    },
    validate(request) {
      const found = rangesOf(request)
        .flatMap((range) => range.spec.limits ?? [])
        .flatMap((item) =>
          isPod(request)
            ? [...podFindings(request.object as unknown as Pod, item)]
            : [...claimFindings(request.object as unknown as PersistentVolumeClaim, item)],
        );
      if (found.length === 0) return;
      throw refuse(request, found.length === 1 ? found[0]! : `[${[...new Set(found)].join(", ")}]`);
    },
  };
}
