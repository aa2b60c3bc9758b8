// Empties namespaces that are being deleted, pods before everything else, so that what pods need is there until they
// have stopped; then takes its own finalizer away.
import { Namespace } from "#api/core/namespace.ts";
import { Pod } from "#api/core/pod.ts";
import { isReason } from "#api/errors.ts";
import type { Kind } from "#api/kind.ts";
import { parseTime } from "#api/time.ts";
import { defineController, watching, type Turn } from "#reconcile/controller.ts";
import { deletionConditions, type DeletionFindings } from "#controllers/namespace/conditions.ts";
import { discover } from "#controllers/namespace/discover.ts";
import { messageOf } from "#controllers/pods/pod-control.ts";
import { allow } from "#controllers/rules.ts";
import { writeStatus } from "#controllers/write-status.ts";

const finalizer = "kubernetes";
const shortestRecheckMs = 500;
const longestRecheckMs = 15_000;

export const namespaceController = defineController({
  name: "namespace-controller",
  rules: [
    allow("get list delete watch", "", "namespaces"),
    allow("update", "", "namespaces/finalize", "namespaces/status"),
    { verbs: ["get", "list", "delete", "deletecollection"], apiGroups: ["*"], resources: ["*"] },
    { verbs: ["get"], nonResourceURLs: ["/api", "/api/*", "/apis", "/apis/*"] },
  ],
  for: Namespace,
  // The last pod of a namespace that waits for its pods.
  watches: [
    watching(
      Pod,
      (pod) => [pod.metadata.namespace!],
      (pod) => pod === undefined,
    ),
  ],
  concurrency: 10,
  async reconcile(namespace, turn) {
    const since = namespace.metadata.deletionTimestamp;
    if (since === undefined || !namespace.spec.finalizers?.includes(finalizer)) return;
    const findings = await empty(namespace.metadata.name!, turn);
    const now = turn.clock.now();
    const conditions = deletionConditions(namespace.status.conditions ?? [], findings, now);
    const told = await writeStatus(turn, Namespace, namespace, {
      ...namespace.status,
      phase: "Terminating",
      conditions,
    });
    const { deletionFailures, discoveryFailures, remains } = findings;
    if (deletionFailures.length + discoveryFailures.length > 0)
      throw new Error([...discoveryFailures, ...deletionFailures].join("; "));
    if (remains.objects.size === 0) return finalize(told, turn);
    // Looks again after a while that grows with the time waited: finalizers are others' work.
    const waited = now - parseTime(since);
    return { againInMs: Math.min(longestRecheckMs, Math.max(shortestRecheckMs, waited / 4)) };
  },
});

interface Counts {
  readonly objects: Map<string, number>;
  readonly finalizers: Map<string, number>;
}
async function empty(namespace: string, turn: Turn): Promise<DeletionFindings> {
  const { kinds, failed } = await discover(turn.client, turn.signal);
  const contents = kinds.filter(
    (k) => k.scope === "Namespaced" && k.verbs.includes("delete") && k.verbs.includes("list"),
  );
  const remains: Counts = { objects: new Map(), finalizers: new Map() };
  const deletionFailures: string[] = [];
  const clear = async (kind: Kind): Promise<void> => {
    try {
      await deleteAll(kind, namespace, remains, turn);
    } catch (error) {
      // A kind that is no longer served, or cannot be deleted, keeps nothing back.
      if (!isReason(error, "NotFound", "MethodNotAllowed"))
        deletionFailures.push(`${nameOf(kind)}: ${messageOf(error)}`);
    }
  };
  const isPod = (k: Kind): boolean => k.plural === "pods" && k.group === "";
  await Promise.all(contents.filter(isPod).map(clear));
  if (remains.objects.size === 0 && deletionFailures.length === 0)
    await Promise.all(contents.filter((k) => !isPod(k)).map(clear));
  // A group-version of another server that cannot be reached is stale in the words of clients.
  const failureOf = (version: string, error: unknown): string =>
    isReason(error, "ServiceUnavailable") ? `stale GroupVersion discovery: ${version}` : messageOf(error);
  const discoveryFailures = [...failed].map(([version, error]) => `${version}: ${failureOf(version, error)}`);
  return { discoveryFailures, deletionFailures, remains };
}
/** As upstream prints it: the group follows a dot even when it is the core one. */
const nameOf = (kind: Kind): string => `${kind.plural}.${kind.group}`;

async function deleteAll(kind: Kind, namespace: string, remains: Counts, turn: Turn): Promise<void> {
  const { client, signal } = turn;
  const before = await client.list(kind, { namespace }, signal);
  if (before.items.length === 0) return;
  const options = { propagationPolicy: "Background", signal } as const;
  if (kind.verbs.includes("deletecollection")) await client.deleteCollection(kind, { namespace }, options);
  else
    for (const object of before.items)
      await client.delete(kind, { namespace, name: object.metadata.name! }, options).catch((error: unknown) => {
        if (!isReason(error, "NotFound")) throw error;
      });
  const { items } = await client.list(kind, { namespace }, signal);
  if (items.length === 0) return;
  remains.objects.set(nameOf(kind), items.length);
  for (const object of items)
    for (const name of object.metadata.finalizers ?? [])
      remains.finalizers.set(name, (remains.finalizers.get(name) ?? 0) + 1);
}

async function finalize(namespace: Namespace, turn: Turn): Promise<void> {
  const finalizers = namespace.spec.finalizers?.filter((f) => f !== finalizer) ?? [];
  const changed = { ...namespace, spec: { ...namespace.spec, finalizers } };
  try {
    await turn.client.update(Namespace, changed, { subresource: "finalize", signal: turn.signal });
  } catch (error) {
    if (!isReason(error, "NotFound")) throw error;
  }
}
