// Keeps the served kinds in line with the CustomResourceDefinitions: each change of a definition is looked at once, in
// order; its status is written where it should say something else, and its kinds are served, replaced or withdrawn.
import { CustomResourceDefinition } from "#api/apiextensions/custom-resource-definition.ts";
import { isTrue } from "#api/apiextensions/definition.ts";
import { deepEqual } from "#api/json.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { isReason } from "#api/errors.ts";
import { orAborted } from "#base/or-aborted.ts";
import type { ApiContext } from "#server/api-context.ts";
import type { Served } from "#server/registry.ts";
import { changeStored } from "#server/verbs/change-stored.ts";
import type { WebhookCaller } from "#server/webhook/caller.ts";
import { cleanUp, mustCleanUp } from "./cleanup.ts";
import { customKinds } from "./custom-kind.ts";
import { planStatus } from "./definition-status.ts";
import { createConvert } from "./webhook-conversion.ts";

const retryMs = 1_000;

export interface DefinitionsOptions {
  readonly context: ApiContext;
  readonly caller: WebhookCaller;
  /** Where several servers share the store, the others must have seen new names before a kind is served; else 0. */
  readonly establishDelayMs?: number;
}
interface ServedDefinition {
  readonly crd: CustomResourceDefinition;
  readonly kinds: readonly AnyKind[];
}

class Definitions {
  readonly #options: DefinitionsOptions;
  readonly #definitions: Served;
  readonly #signal: AbortSignal;
  readonly #served = new Map<string, ServedDefinition>();
  readonly #queue = new Set<string>();
  /** By UID: each definition is cleaned up after once. */
  readonly #cleaning = new Set<string>();
  #wake: (() => void) | undefined;

  constructor(options: DefinitionsOptions, definitions: Served, signal: AbortSignal) {
    this.#options = options;
    this.#definitions = definitions;
    this.#signal = signal;
  }
  #get(name: string): CustomResourceDefinition | undefined {
    return this.#options.context.registry.get(CustomResourceDefinition, name);
  }

  /** Serves at once what the definition says, and has its status looked at. */
  changed(name: string): void {
    this.#serve(name, this.#get(name));
    this.#enqueue(name);
  }
  #enqueue(name: string): void {
    this.#queue.add(name);
    this.#wake?.();
    this.#wake = undefined;
  }
  async work(): Promise<void> {
    const { clock, log } = this.#options.context;
    while (!this.#signal.aborted) {
      const [name] = this.#queue;
      if (name === undefined) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await orAborted(promise, this.#signal).catch(() => undefined); // The loop sees the abort.
        continue;
      }
      this.#queue.delete(name);
      try {
        await this.#reconcile(name);
      } catch (error) {
        if (this.#signal.aborted) return;
        log.error("a custom resource definition could not be brought up to date", { name, error });
        clock.after(retryMs, () => this.#enqueue(name));
      }
    }
  }

  async #reconcile(name: string): Promise<void> {
    const { context, establishDelayMs = 0 } = this.#options;
    const crd = this.#get(name);
    if (!crd) return this.#reconsiderOthers(name, name.slice(name.indexOf(".") + 1));
    if (mustCleanUp(crd)) this.#cleanUp(crd);
    let againInMs: number | undefined;
    const plan = (object: KubeObject): KubeObject => {
      const current = object as CustomResourceDefinition;
      const others = context.registry.list(CustomResourceDefinition);
      const planned = planStatus(current, { others, establishDelayMs, now: context.clock.now() });
      againInMs = planned.againInMs;
      // A write leads back here: one that changes nothing would never end.
      return deepEqual(planned.status, current.status)
        ? object
        : ({ ...current, status: planned.status } as KubeObject);
    };
    if (plan(crd) !== crd) {
      const freed = crd.status.acceptedNames;
      try {
        const written = await changeStored(context, this.#definitions, name, plan, this.#signal);
        const accepted = (written.object as CustomResourceDefinition).status.acceptedNames;
        if (!deepEqual(freed, accepted)) this.#reconsiderOthers(name, crd.spec.group);
      } catch (error) {
        if (!isReason(error, "NotFound", "Conflict")) throw error;
      }
    }
    if (againInMs !== undefined) context.clock.after(againInMs, () => this.#enqueue(name));
  }
  /** Names may have become free. */
  #reconsiderOthers(name: string, group: string): void {
    for (const other of this.#options.context.registry.list(CustomResourceDefinition))
      if (other.spec.group === group && other.metadata.name !== name && !isTrue(other, "NamesAccepted"))
        this.#enqueue(other.metadata.name!);
  }

  #overlaps({ spec }: CustomResourceDefinition): boolean {
    const { registry } = this.#options.context;
    return registry.all().some((s) => !s.of.custom && s.of.group === spec.group && s.of.plural === spec.names.plural);
  }
  #serve(name: string, crd: CustomResourceDefinition | undefined): void {
    const { registry, storage, log } = this.#options.context;
    const before = this.#served.get(name);
    const isServed = crd !== undefined && isTrue(crd, "Established") && !this.#overlaps(crd);
    if (isServed && before && isSame(before.crd, crd)) return;
    const kinds = isServed ? this.#kindsOf(crd) : [];
    const stays = (kind: AnyKind): boolean => kinds.some((k) => k.version === kind.version && k.plural === kind.plural);
    for (const kind of before?.kinds ?? []) if (!stays(kind)) registry.remove(kind);
    for (const kind of kinds) registry.add(kind);
    // Watches go on with the new schema after their clients have started them again.
    if (before && isServed) storage.cache(crd.spec.group, crd.spec.names.plural).endAll();
    if (isServed) this.#served.set(name, { crd, kinds });
    else this.#served.delete(name);
    if (crd && isTrue(crd, "Established") && !isServed)
      log.warn("a custom resource definition would hide a built-in kind and is not served", { name });
  }
  #kindsOf(crd: CustomResourceDefinition): AnyKind[] {
    const { caller, context } = this.#options;
    const convert = createConvert(crd, { caller, random: context.random, signal: this.#signal });
    return customKinds(crd, { convert });
  }

  #cleanUp(crd: CustomResourceDefinition): void {
    const uid = crd.metadata.uid!;
    const name = crd.metadata.name!;
    if (this.#cleaning.has(uid)) return;
    this.#cleaning.add(uid);
    const { context } = this.#options;
    cleanUp(context, this.#definitions, crd, this.#overlaps(crd), this.#signal)
      .catch((error: unknown) => {
        if (this.#signal.aborted) return;
        context.log.error("the objects of a custom resource definition could not be deleted", { name, error });
        context.clock.after(retryMs, () => this.#enqueue(name));
      })
      .finally(() => this.#cleaning.delete(uid));
  }
}
const isSame = (a: CustomResourceDefinition, b: CustomResourceDefinition): boolean =>
  a.metadata.uid === b.metadata.uid &&
  deepEqual(a.spec, b.spec) &&
  deepEqual(a.status.acceptedNames, b.status.acceptedNames);

/** Serves custom resources until `signal` is aborted. The caches must be loaded; what is stored is served at once. */
export function serveDefinitions(options: DefinitionsOptions, signal: AbortSignal): Promise<void> {
  const { context } = options;
  const { group, version, plural } = CustomResourceDefinition;
  const served = context.registry.find(group, version, plural);
  if (!served) return Promise.resolve();
  const definitions = new Definitions(options, served, signal);
  const listening = served.cache.onEvent(({ stored }) => definitions.changed(stored.key));
  for (const stored of served.cache.list()) definitions.changed(stored.key);
  return definitions.work().finally(() => listening[Symbol.dispose]());
}
