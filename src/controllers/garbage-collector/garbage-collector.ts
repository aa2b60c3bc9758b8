// Deletes what has no owner left, in the way the owner's deletion asked for. It follows every kind that can be listed,
// watched and deleted, custom resources included. Before an owner counts as absent the server is asked, not the cache.
import { CustomResourceDefinition } from "#api/apiextensions/custom-resource-definition.ts";
import { isReason } from "#api/errors.ts";
import { parseApiVersion, type AnyKind, type KubeObject } from "#api/kind.ts";
import { foregroundFinalizer, orphanFinalizer } from "#api/metadata.ts";
import type { OwnerReference } from "#api/meta/schema.ts";
import { orAborted } from "#base/or-aborted.ts";
import { createInformers } from "#client/informers.ts";
import type { Informer } from "#client/informer.ts";
import type { ControllerLoop, LoopParts } from "#reconcile/controller.ts";
import { runWorkers, WorkQueue, type TurnResult } from "#reconcile/work-queue.ts";
import { isMeant, OwnerGraph, ownersOf, type GraphNode } from "#controllers/garbage-collector/owner-graph.ts";
import {
  planCollection,
  type CollectionPlan,
  type OwnerState,
} from "#controllers/garbage-collector/plan-collection.ts";
import { dynamicKind } from "#controllers/namespace/discover.ts";
import { tellEvents } from "#controllers/rules.ts";

const concurrency = 20;
const mostAbsent = 500;

/** `kinds`: the built-in ones. */
export const createGarbageCollector = (kinds: readonly AnyKind[]): ControllerLoop => ({
  name: "generic-garbage-collector",
  rules: [
    { verbs: ["get", "list", "watch", "patch", "update", "delete"], apiGroups: ["*"], resources: ["*"] },
    tellEvents,
  ],
  run: (parts, signal) => new GarbageCollector(kinds, parts).run(signal),
});

const isCollectable = (kind: AnyKind): boolean =>
  !kind.storedAs && kind.kind !== "Event" && ["list", "watch", "delete"].every((verb) => kind.verbs.includes(verb));
const familyOf = (group: string, kind: string): string => `${group}/${kind}`;
const keyOf = (object: KubeObject) => ({ namespace: object.metadata.namespace ?? "", name: object.metadata.name! });

class GarbageCollector {
  readonly #parts: LoopParts;
  readonly #builtIn: readonly AnyKind[];
  readonly #graph = new OwnerGraph();
  readonly #collect: WorkQueue;
  readonly #orphan: WorkQueue;
  readonly #families = new Map<string, AnyKind>();
  /** Custom kinds by name of their definition; aborting ends the watch. */
  readonly #custom = new Map<string, { readonly kind: AnyKind; readonly stop: AbortController }>();
  /** Owners that the server does not know. */
  readonly #absent = new Set<string>();
  readonly #running: Promise<void>[] = [];

  constructor(kinds: readonly AnyKind[], parts: LoopParts) {
    this.#parts = parts;
    this.#builtIn = kinds.filter(isCollectable);
    for (const kind of kinds) this.#families.set(familyOf(kind.group, kind.kind), kind);
    this.#collect = new WorkQueue({ name: "garbage_collector_attempt_to_delete", clock: parts.clock });
    this.#orphan = new WorkQueue({ name: "garbage_collector_attempt_to_orphan", clock: parts.clock });
  }
  async run(signal: AbortSignal): Promise<void> {
    const { informers, log } = this.#parts;
    using subscriptions = new DisposableStack();
    const watched = this.#builtIn.map((kind) => informers.informer(kind));
    for (const informer of watched) subscriptions.use(this.#follow(informer));
    const definitions = informers.informer(CustomResourceDefinition);
    subscriptions.use(definitions.onChange((object, old) => this.#definitionChanged(object, old, signal)));
    await orAborted(Promise.all(watched.map((i) => i.synced)), signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    const failed = (uid: string, error: unknown, failures: number): void => {
      const object = this.#graph.node(uid)?.object.metadata;
      const expected = isReason(error, "Conflict") || failures < 3;
      log[expected ? "debug" : "warn"]("an object could not be collected", {
        uid,
        name: object?.name,
        failures,
        error,
      });
    };
    await Promise.all([
      runWorkers(this.#collect, { concurrency, work: (uid) => this.#collectOne(uid, signal), failed }, signal),
      runWorkers(this.#orphan, { concurrency, work: (uid) => this.#orphanOne(uid, signal), failed }, signal),
    ]);
    for (const { stop } of this.#custom.values()) stop.abort();
    await Promise.all(this.#running);
  }
  #follow(informer: Informer<KubeObject>): Disposable {
    return informer.onChange((object, old) => {
      const { collect, orphan } = this.#graph.observe(informer.kind, object, old);
      for (const uid of collect) this.#collect.add(uid);
      for (const uid of orphan) this.#orphan.add(uid);
    });
  }
  #definitionChanged(
    definition: CustomResourceDefinition | undefined,
    old: CustomResourceDefinition | undefined,
    signal: AbortSignal,
  ): void {
    const name = (definition ?? old)!.metadata.name!;
    const isServed = definition?.status.conditions?.some((c) => c.type === "Established" && c.status === "True");
    const known = this.#custom.get(name);
    if (!isServed && known) {
      known.stop.abort();
      this.#custom.delete(name);
      this.#families.delete(familyOf(known.kind.group, known.kind.kind));
    }
    if (!isServed || known || signal.aborted) return;
    const { group, names, scope, versions } = definition!.spec;
    const version = versions.find((v) => v.served)?.name;
    if (!version) return;
    const { kind: kindName, plural } = names;
    const kind = dynamicKind({ group, version, kind: kindName, plural, namespaced: scope === "Namespaced" });
    const stop = new AbortController();
    this.#custom.set(name, { kind, stop });
    this.#families.set(familyOf(group, kindName), kind);
    // Informers of a set live as long as the set, so each custom kind has one of its own.
    const { client, clock, random, log } = this.#parts;
    const own = createInformers({ client, clock, random, log });
    const followed = this.#follow(own.informer(kind));
    this.#running.push(own.run(AbortSignal.any([signal, stop.signal])).finally(() => followed[Symbol.dispose]()));
  }

  async #collectOne(uid: string, signal: AbortSignal): Promise<TurnResult> {
    const node = this.#graph.node(uid);
    if (!node) return { finished: true };
    const states = new Map<string, OwnerState>();
    for (const reference of ownersOf(node.object))
      states.set(reference.uid, await this.#stateOf(reference, node, signal));
    const plan = planCollection({
      object: node.object,
      stateOf: (reference) => states.get(reference.uid)!,
      dependents: this.#graph.dependents(uid).map((d) => d.object),
      blocking: this.#graph.blocking(uid).map((d) => d.object),
    });
    try {
      await this.#carryOut(plan, node, signal);
    } catch (error) {
      if (!isReason(error, "NotFound")) throw error;
    }
    return { finished: true };
  }
  async #carryOut(plan: CollectionPlan, node: GraphNode, signal: AbortSignal): Promise<void> {
    const { client, log } = this.#parts;
    const { object, kind } = node;
    switch (plan.type) {
      case "keep":
        return;
      case "finish":
        return this.#removeFinalizer(node, foregroundFinalizer, signal);
      case "wait":
        for (const dependent of plan.for) this.#collect.add(dependent.metadata.uid!);
        return;
      case "forgetOwners":
        return this.#patchOwners(
          node,
          ownersOf(object).filter((r) => !plan.uids.has(r.uid)),
          signal,
        );
      case "delete": {
        let { resourceVersion } = object.metadata;
        if (plan.unblock) {
          const owners = ownersOf(object).map((r) => ({ ...r, blockOwnerDeletion: false }));
          await this.#patchOwners(node, owners, signal);
          resourceVersion = undefined;
        }
        log.debug("collecting an object without owner", { kind: kind.kind, name: object.metadata.name });
        const preconditions = { uid: node.uid, ...(resourceVersion ? { resourceVersion } : {}) };
        await client.delete(kind, keyOf(object), { propagationPolicy: plan.policy, preconditions, signal });
      }
    }
  }
  /** An owner counts by its uid, and only where the dependent may look: in its own namespace, or cluster-wide. */
  async #stateOf(reference: OwnerReference, { object }: GraphNode, signal: AbortSignal): Promise<OwnerState> {
    const { group } = parseApiVersion(reference.apiVersion);
    const namespace = object.metadata.namespace ?? "";
    const seen = this.#graph.node(reference.uid);
    if (seen && isMeant(seen, reference, namespace)) return stateOfOwner(seen.object);
    const kind = this.#families.get(familyOf(group, reference.kind));
    if (!kind) throw new Error(`owner kind ${reference.kind} of ${reference.apiVersion} is not served`);
    // Upstream: a cluster-wide object cannot have an owner in a namespace; it is left alone.
    if (kind.scope === "Namespaced" && !namespace) return "solid";
    const id = `${reference.uid}|${kind.group}|${kind.plural}|${namespace}|${reference.name}`;
    if (this.#absent.has(id)) return "absent";
    const key = { namespace: kind.scope === "Namespaced" ? namespace : "", name: reference.name };
    try {
      const owner = await this.#parts.client.get(kind, key, { signal });
      if (owner.metadata.uid === reference.uid) return stateOfOwner(owner);
    } catch (error) {
      if (!isReason(error, "NotFound")) throw error;
    }
    this.#absent.add(id);
    if (this.#absent.size > mostAbsent) this.#absent.delete(this.#absent.values().next().value!);
    return "absent";
  }
  async #orphanOne(uid: string, signal: AbortSignal): Promise<TurnResult> {
    const node = this.#graph.node(uid);
    if (!node) return { finished: true };
    await Promise.all(
      this.#graph.dependents(uid).map(async (dependent) => {
        try {
          await this.#patchOwners(
            dependent,
            ownersOf(dependent.object).filter((r) => r.uid !== uid),
            signal,
          );
        } catch (error) {
          if (!isReason(error, "NotFound")) throw error;
        }
      }),
    );
    try {
      await this.#removeFinalizer(node, orphanFinalizer, signal);
    } catch (error) {
      if (!isReason(error, "NotFound")) throw error;
    }
    return { finished: true };
  }
  async #patchOwners({ kind, object, uid }: GraphNode, owners: readonly OwnerReference[], signal: AbortSignal) {
    const { resourceVersion } = object.metadata;
    const ownerReferences = owners.length > 0 ? owners : null;
    const patch = { metadata: { uid, resourceVersion, ownerReferences } };
    await this.#parts.client.patch(kind, keyOf(object), { type: "merge", patch }, { signal });
  }
  async #removeFinalizer({ kind, object, uid }: GraphNode, name: string, signal: AbortSignal): Promise<void> {
    const finalizers = object.metadata.finalizers?.filter((f) => f !== name) ?? [];
    const { resourceVersion } = object.metadata;
    const patch = { metadata: { uid, resourceVersion, finalizers: finalizers.length > 0 ? finalizers : null } };
    await this.#parts.client.patch(kind, keyOf(object), { type: "merge", patch }, { signal });
  }
}
const stateOfOwner = (owner: KubeObject): OwnerState =>
  owner.metadata.deletionTimestamp !== undefined && owner.metadata.finalizers?.includes(foregroundFinalizer)
    ? "waiting"
    : "solid";
