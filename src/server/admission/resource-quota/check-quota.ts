// Whether quotas have room for what a request would use. Pure: from quotas, object and what stood before to what is to
// be added to each quota, or to the sentence of a refusal.
import { member } from "#api/json.ts";
import type { Pod } from "#api/core/pod.ts";
import { isExtendedResource, isHugePages } from "#api/core/pod-rules/resource-names.ts";
import { addUsage, countName, isInScope, isTerminating, usageOf, type Usage } from "#api/core/quota-usage.ts";
import type { ResourceQuota } from "#api/core/resource-quota.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { canonicalQuantity, compareQuantity, isZeroQuantity, subtractQuantity } from "#api/quantity.ts";

export interface QuotaRequest {
  readonly of: AnyKind;
  readonly subresource: string;
  readonly operation: string;
  readonly object: KubeObject;
  readonly old: KubeObject | undefined;
  /** Milliseconds: pods that should be gone use nothing. */
  readonly now: number;
}
/** A quota, and what is used of it at the moment. */
export interface QuotaState {
  readonly quota: ResourceQuota;
  readonly used: Readonly<Usage>;
}
/** What to add to each quota, in their order; undefined: nothing. */
export type QuotaPlan =
  | { readonly ok: true; readonly added: readonly (Usage | undefined)[] }
  | { readonly ok: false; readonly why: string };

const isCore = (of: AnyKind, plural: string): boolean => of.group === "" && of.plural === plural;

type CountedRequest = Pick<QuotaRequest, "of" | "operation" | "subresource" | "old"> & { readonly object: unknown };
/** Whether such a request can change what is used. */
export function isCounted({ of, operation, subresource, object, old }: CountedRequest): boolean {
  if (isCore(of, "events")) return false;
  const isUpdate = operation === "UPDATE";
  if (isCore(of, "pods")) {
    if (subresource !== "") return subresource === "resize" && isUpdate;
    const changesScope = isUpdate && isTerminating(object as Pod) !== isTerminating(old as Pod);
    return operation === "CREATE" || changesScope;
  }
  if (isCore(of, "services")) return subresource === "" && (isUpdate || operation === "CREATE");
  if (isCore(of, "persistentvolumeclaims"))
    return (
      (subresource === "" && operation === "CREATE") || ((subresource === "" || subresource === "status") && isUpdate)
    );
  return subresource === "" && operation === "CREATE";
}

const computeNames = ["cpu", "memory", "ephemeral-storage"].flatMap((n) => [n, `requests.${n}`, `limits.${n}`]);
const podNames = new Set(["pods", ...computeNames]);
function isOfPods(name: string): boolean {
  if (podNames.has(name) || isHugePages(name)) return true;
  if (!name.startsWith("requests.")) return false;
  const asked = name.slice("requests.".length);
  return isHugePages(asked) || isExtendedResource(asked);
}
const isOfClaims = (name: string): boolean =>
  /^(?:.+\.storageclass\.storage\.k8s\.io\/)?(?:persistentvolumeclaims|requests\.storage)$/.test(name);
const serviceNames = ["services", "services.nodeports", "services.loadbalancers"];
const plainNames = ["configmaps", "secrets", "replicationcontrollers", "resourcequotas"];

/** The names of a quota that objects of a kind are counted by. */
function namesFor(of: AnyKind, names: readonly string[]): string[] {
  const count = countName(of);
  const isOfKind = isCore(of, "pods")
    ? isOfPods
    : isCore(of, "services")
      ? (name: string) => serviceNames.includes(name)
      : isCore(of, "persistentvolumeclaims")
        ? isOfClaims
        : (name: string) => of.group === "" && plainNames.includes(name) && name === of.plural;
  return names.filter((name) => name === count || isOfKind(name)).toSorted();
}
export const concerns = (of: AnyKind, quota: ResourceQuota): boolean =>
  namesFor(of, Object.keys(quota.status?.hard ?? {})).length > 0;

/** Names that every container has to give an amount for where a quota counts them; kept for compatibility. */
const demanded = new Set(["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"]);
function unspecified(pod: Pod, names: readonly string[]): string | undefined {
  if (Object.keys({ ...pod.spec.resources?.requests, ...pod.spec.resources?.limits }).length > 0) return undefined;
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const missing = names
    .filter((name) => demanded.has(name))
    .flatMap((name) => {
      const [part, resource] = name.startsWith("limits.")
        ? (["limits", name.slice("limits.".length)] as const)
        : (["requests", name.replace("requests.", "")] as const);
      const silent = containers.filter((c) => c.resources?.[part]?.[resource] === undefined).map((c) => c.name);
      return silent.length > 0 ? [`${name} for: ${[...new Set(silent)].toSorted().join(",")}`] : [];
    });
  return missing.length > 0 ? `must specify ${missing.join("; ")}` : undefined;
}

/** What of `now` goes beyond `before`. */
function increase(now: Usage, before: Usage): Usage {
  const more: Usage = {};
  for (const [name, amount] of Object.entries(now)) {
    const stood = member(before, name);
    if (stood === undefined) more[name] = amount;
    else if (compareQuantity(amount, stood) > 0) more[name] = subtractQuantity(amount, stood);
  }
  return more;
}
const amountsText = (amounts: Readonly<Usage>, names: readonly string[]): string =>
  names.map((name) => `${name}=${canonicalQuantity(amounts[name] ?? "0")}`).join(",");

/** Names under which `added` does not fit any more. */
function exceeded({ quota, used }: QuotaState, added: Usage): string[] {
  const hard = quota.status?.hard ?? {};
  const sum = addUsage({ ...used }, added);
  return Object.keys(added).filter((name) => Object.hasOwn(hard, name) && compareQuantity(sum[name]!, hard[name]!) > 0);
}

function judge(request: QuotaRequest, state: QuotaState): { readonly added?: Usage; readonly why?: string } {
  const { quota, used } = state;
  const { of, object, old, now } = request;
  const name = quota.metadata.name!;
  const hard = quota.status?.hard ?? {};
  const names = namesFor(of, Object.keys(hard));
  if (names.length === 0 || !isInScope(quota, of, object)) return {};
  const silent = isCore(of, "pods") ? unspecified(object as Pod, names) : undefined;
  if (silent) return { why: `failed quota: ${name}: ${silent}` };
  const unknown = names.filter((n) => used[n] === undefined);
  if (unknown.length > 0) return { why: `status unknown for quota: ${name}, resources: ${names.join(",")}` };
  const usage = usageOf(of, object, now);
  const stood = old && isInScope(quota, of, old) ? usageOf(of, old, now) : {};
  const added = Object.fromEntries(
    Object.entries(increase(usage, stood)).filter(([n, amount]) => n in hard && !isZeroQuantity(amount)),
  );
  if (Object.keys(added).length === 0) return {};
  const over = request.subresource === "status" ? [] : exceeded(state, added).toSorted();
  if (over.length === 0) return { added };
  return {
    why:
      `exceeded quota: ${name}, requested: ${amountsText(added, over)}, used: ${amountsText(used, over)}, ` +
      `limited: ${amountsText(hard, over)}`,
  };
}

export function planCharge(request: QuotaRequest, states: readonly QuotaState[]): QuotaPlan {
  const added: (Usage | undefined)[] = [];
  for (const state of states) {
    const verdict = judge(request, state);
    if (verdict.why !== undefined) return { ok: false, why: verdict.why };
    added.push(verdict.added);
  }
  return { ok: true, added };
}
