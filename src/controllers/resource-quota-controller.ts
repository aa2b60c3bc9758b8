// Sums up what a namespace uses of its quotas. Admission adds to these sums as objects come; this controller takes off
// what has gone, and puts right what was miscounted.
import {
  addUsage,
  attributesClassesOf,
  countName,
  isInScope,
  isTerminating,
  usageOf,
  type Usage,
} from "#api/core/quota-usage.ts";
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { Pod } from "#api/core/pod.ts";
import { ResourceQuota } from "#api/core/resource-quota.ts";
import { Service } from "#api/core/service.ts";
import { deepEqual } from "#api/json.ts";
import { keyOf, type AnyKind, type KubeObject } from "#api/kind.ts";
import { compareQuantity, formatQuantity, parseQuantity, type Quantity } from "#api/quantity.ts";
import { defineController, watching, type Controller, type Turn } from "#reconcile/controller.ts";
import { discover } from "#controllers/namespace/discover.ts";
import { allow, tellEvents } from "#controllers/rules.ts";
import { writeStatus } from "#controllers/write-status.ts";

/** Objects of kinds that are not followed are counted again after this time. */
const recountMs = 300_000;
/**
 * A quota that was written just now is not yet put right: admission charges it before it writes the object, so the sum
 * is ahead of the cache, and what is taken off then would be given away twice.
 */
const settleMs = 200;
const computed: readonly AnyKind[] = [Pod, Service, PersistentVolumeClaim];

/** `kinds`: the built-in ones, of which those in namespaces can be counted. */
export function createResourceQuotaController(kinds: readonly AnyKind[]): Controller<ResourceQuota> {
  const countable = kinds.filter(
    (kind) =>
      kind.scope === "Namespaced" &&
      !kind.storedAs &&
      kind.kind !== "Event" &&
      ["list", "watch", "create"].every((v) => kind.verbs.includes(v)),
  );
  /** When each state of a quota came up for the first time. */
  const firstSeen = new WeakMap<ResourceQuota, number>();
  function unsettledMs(quota: ResourceQuota, now: number): number {
    const since = firstSeen.get(quota) ?? now;
    firstSeen.set(quota, since);
    return since + settleMs - now;
  }
  return defineController({
    name: "resourcequota-controller",
    rules: [
      { verbs: ["list", "watch"], apiGroups: ["*"], resources: ["*"] },
      allow("update", "", "resourcequotas/status"),
      { verbs: ["get"], nonResourceURLs: ["/api", "/api/*", "/apis", "/apis/*"] },
      tellEvents,
    ],
    for: ResourceQuota,
    watches: countable
      .filter((kind) => kind !== ResourceQuota)
      .map((kind) =>
        watching(
          kind,
          (object: KubeObject, cache) =>
            cache(ResourceQuota)
              .list(object.metadata.namespace)
              .filter((quota) => namesFor(quota, kind).length > 0)
              .map(keyOf),
          (object, old) => !object || !old || (computed.includes(kind) && usageDiffers(kind, object, old)),
        ),
      ),
    async reconcile(quota, turn) {
      const hard = quota.spec.hard ?? {};
      const waitMs = unsettledMs(quota, turn.clock.now());
      const used: Usage = Object.fromEntries(Object.keys(hard).map((name) => [name, "0"]));
      const counted = new Set<string>();
      for (const kind of countable) {
        const names = namesFor(quota, kind);
        for (const name of names) counted.add(name);
        if (names.length > 0) sum(quota, kind, turn.cache(kind).list(quota.metadata.namespace), used, turn);
      }
      const custom = Object.keys(hard).filter((name) => name.startsWith("count/") && !counted.has(name));
      if (custom.length > 0) await sumCustom(quota, custom, used, turn);
      const isKnown = same(quota.status.hard, hard);
      if (isKnown && waitMs > 0 && !same(quota.status.used, used)) return { againInMs: waitMs };
      if (!isKnown || !same(quota.status.used, used)) await writeStatus(turn, ResourceQuota, quota, { hard, used });
      return custom.length > 0 ? { againInMs: recountMs } : undefined;
    },
  });
}
const same = (a: Readonly<Usage> | undefined, b: Readonly<Usage>): boolean => {
  const names = new Set([...Object.keys(a ?? {}), ...Object.keys(b)]);
  return [...names].every((n) => a?.[n] !== undefined && b[n] !== undefined && compareQuantity(a[n], b[n]) === 0);
};
const usageDiffers = (kind: AnyKind, object: KubeObject, old: KubeObject): boolean =>
  !deepEqual(usageOf(kind, object, 0), usageOf(kind, old, 0)) ||
  (kind === Pod && isTerminating(object as Pod) !== isTerminating(old as Pod)) ||
  (kind === PersistentVolumeClaim && !deepEqual(classesOf(object), classesOf(old)));
const classesOf = (object: KubeObject): string[] => attributesClassesOf(object as PersistentVolumeClaim);

/** The names in a quota that objects of the kind may count for. */
function namesFor({ spec }: ResourceQuota, kind: AnyKind): string[] {
  const names = Object.keys(spec.hard ?? {});
  const count = countName(kind);
  return names.filter((name) => {
    if (name.startsWith("count/")) return name === count;
    if (kind.group !== "") return false;
    if (kind.plural === "services") return name.startsWith("services");
    const ofClaims =
      name === "persistentvolumeclaims" || name === "requests.storage" || name.includes(".storageclass.");
    if (kind.plural === "persistentvolumeclaims") return ofClaims;
    if (kind.plural === "pods") return name === "pods" || (!ofClaims && isCompute(name));
    return name === kind.plural;
  });
}
const isCompute = (name: string): boolean =>
  /^(?:requests\.|limits\.|cpu$|memory$|ephemeral-storage$|hugepages-)/.test(name);

/** Objects are frozen and keep their identity, so what each uses is worked out once. */
const known = new WeakMap<KubeObject, Usage>();
function usageNow(kind: AnyKind, object: KubeObject, now: number): Usage {
  if (object.metadata.deletionTimestamp) return usageOf(kind, object, now); // what is going stops counting in time
  let usage = known.get(object);
  if (!usage) known.set(object, (usage = usageOf(kind, object, now)));
  return usage;
}
function sum(quota: ResourceQuota, kind: AnyKind, objects: readonly KubeObject[], used: Usage, turn: Turn): void {
  const now = turn.clock.now();
  const totals = new Map<string, Quantity>();
  for (const object of objects) {
    if (!isInScope(quota, kind, object)) continue;
    for (const [name, amount] of Object.entries(usageNow(kind, object, now))) {
      if (!(name in used)) continue;
      const more = parseQuantity(amount);
      const total = totals.get(name);
      totals.set(name, { nano: (total?.nano ?? 0n) + more.nano, format: total?.format ?? more.format });
    }
  }
  addUsage(used, Object.fromEntries([...totals].map(([name, total]) => [name, formatQuantity(total)])));
}
/** Objects of custom kinds are counted by asking the server. */
async function sumCustom(quota: ResourceQuota, names: readonly string[], used: Usage, turn: Turn): Promise<void> {
  const { kinds } = await discover(turn.client, turn.signal);
  for (const kind of kinds) {
    if (kind.scope !== "Namespaced" || !names.includes(countName(kind))) continue;
    const { items } = await turn.client.list(kind, { namespace: quota.metadata.namespace! }, turn.signal);
    used[countName(kind)] = String(items.length);
  }
}
