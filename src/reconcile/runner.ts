// Runs controllers: turns changes seen by the shared informers into keys, and keys into turns, with retries.
import { isReason } from "#api/errors.ts";
import { keyText, type AnyKind, type Kind, type KubeObject } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { orAborted } from "#base/or-aborted.ts";
import type { Random } from "#base/random.ts";
import { aborted, deferred, type Service } from "#base/service.ts";
import type { Client } from "#client/client.ts";
import type { Informer, InformerSet } from "#client/informer.ts";
import type { AnyController, CacheOf, Controller, LoopParts, Turn, Watched } from "#reconcile/controller.ts";
import { createEventRecorder } from "#reconcile/event-recorder.ts";
import { controllerOf, refersTo } from "#reconcile/owner-references.ts";
import { OwnWrites } from "#reconcile/own-writes.ts";
import { runWorkers, WorkQueue, type TurnResult, type WorkQueueMetrics } from "#reconcile/work-queue.ts";

export interface ControllerRunnerOptions {
  readonly controllers: readonly AnyController[];
  /** Each controller acts under its own name. */
  readonly clientFor: (controllerName: string) => Client;
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics?: WorkQueueMetrics;
}
const defaultConcurrency = 5;
/** How often a key is looked at again while an informer is behind; normally its next event comes first. */
const heldRecheckMs = 5_000;

/** `ready` once the caches of all controllers are filled. Its run may be called again after it ended. */
export function createControllerRunner(options: ControllerRunnerOptions): Service {
  const ready = deferred();
  return {
    name: "controllers",
    ready: ready.promise,
    async run(signal) {
      const synced: Promise<void>[] = [];
      const running = options.controllers.map((controller) => {
        const synchronised = deferred();
        synced.push(synchronised.promise);
        return runController(controller, options, synchronised.resolve, signal);
      });
      void Promise.all(synced).then(() => ready.resolve());
      // without any controller it is idle, not finished
      await Promise.all([...running, aborted(signal)]);
    },
  };
}

async function runController(
  controller: AnyController,
  options: ControllerRunnerOptions,
  synced: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { clock, random, informers } = options;
  const log = options.log.with({ controller: controller.name });
  const client = options.clientFor(controller.name);
  const events = createEventRecorder({ client, component: controller.name, clock, random, log, signal });
  const parts: LoopParts = { client, informers, events, clock, random, log };
  if ("reconcile" in controller) return new Reconciling(controller, parts, options.metrics).run(synced, signal);
  synced();
  await controller.run(parts, signal);
}

class Reconciling {
  readonly #controller: Controller<KubeObject>;
  readonly #parts: LoopParts;
  readonly #queue: WorkQueue;
  readonly #informers = new Map<AnyKind, Informer<KubeObject>>();
  readonly #writes: OwnWrites;
  readonly #cache: CacheOf;

  constructor(controller: Controller<KubeObject>, parts: LoopParts, metrics: WorkQueueMetrics | undefined) {
    this.#controller = controller;
    this.#parts = parts;
    this.#queue = new WorkQueue({ name: controller.name, clock: parts.clock, metrics });
    const kinds = [
      controller.for,
      ...(controller.owns ?? []),
      ...(controller.watches ?? []).map((w) => w.kind),
      ...(controller.reads ?? []),
    ];
    for (const kind of kinds) this.#informers.set(kind, parts.informers.informer(kind));
    this.#writes = new OwnWrites({
      informers: this.#informers,
      now: () => parts.clock.monotonic(),
      seen: (key) => this.#queue.add(key),
    });
    this.#cache = (<T extends KubeObject>(kind: Kind<T>) => {
      const informer = this.#informers.get(kind);
      if (!informer) throw new Error(`controller ${controller.name} reads ${kind.plural} without naming the kind`);
      return informer as unknown as Informer<T>;
    }) as CacheOf;
  }
  async run(synced: () => void, signal: AbortSignal): Promise<void> {
    using subscriptions = new DisposableStack();
    subscriptions.use(this.#writes.follow());
    this.#subscribe(subscriptions);
    try {
      await orAborted(Promise.all([...this.#informers.values()].map((i) => i.synced)), signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    synced();
    const { log } = this.#parts;
    const failed = (key: string, error: unknown, failures: number): void => {
      // The cache will soon show something newer, or that the object is gone: the turn after that decides again.
      const expected = isReason(error, "Conflict", "AlreadyExists", "NotFound") && failures < 5;
      log[expected ? "debug" : "warn"]("a turn failed and will be tried again", { key, failures, error });
    };
    const concurrency = this.#controller.concurrency ?? defaultConcurrency;
    await runWorkers(this.#queue, { concurrency, work: (key) => this.#turn(key, signal), failed }, signal);
  }
  #subscribe(subscriptions: DisposableStack): void {
    const { for: kind, matters, owns = [], watches = [] } = this.#controller;
    const own = { kind, concerns: (o: KubeObject) => [keyOfObject(o)], ...(matters ? { matters } : {}) };
    const owned = owns.map((k) => ({ kind: k, concerns: (o: KubeObject) => ownerKeys(o, kind) }));
    for (const watched of [own, ...owned, ...watches]) {
      const informer = this.#informers.get(watched.kind)!;
      subscriptions.use(informer.onChange((object, old) => this.#changed(watched, object, old)));
    }
  }
  #changed(watched: Watched, object: KubeObject | undefined, old: KubeObject | undefined): void {
    try {
      if (watched.matters && !watched.matters(object, old)) return;
      if (old) for (const key of watched.concerns(old, this.#cache)) this.#queue.add(key);
      if (object) for (const key of watched.concerns(object, this.#cache)) this.#queue.add(key);
    } catch (error) {
      const about = object ?? old;
      this.#parts.log.error("a change could not be assigned", {
        kind: watched.kind.kind,
        about: about?.metadata,
        error,
      });
    }
  }
  async #turn(key: string, signal: AbortSignal): Promise<TurnResult> {
    if (!this.#writes.isCurrent(key)) {
      this.#queue.addAfter(key, heldRecheckMs);
      return { finished: false };
    }
    const { client, events, clock, random, log } = this.#parts;
    const turn: Turn = {
      key,
      client: this.#writes.client(client, key),
      cache: this.#cache,
      events,
      clock,
      random,
      log,
      signal,
    };
    const object = this.#informers.get(this.#controller.for)!.get(key);
    const result = object ? await this.#controller.reconcile(object, turn) : await this.#controller.gone?.(key, turn);
    return { finished: true, ...(result ? { againInMs: result.againInMs } : {}) };
  }
}

const keyOfObject = (object: KubeObject): string =>
  keyText({ namespace: object.metadata.namespace ?? "", name: object.metadata.name! });
function ownerKeys(object: KubeObject, ownerKind: AnyKind): string[] {
  const reference = controllerOf(object);
  if (!reference || !refersTo(reference, ownerKind)) return [];
  const namespace = ownerKind.scope === "Namespaced" ? (object.metadata.namespace ?? "") : "";
  return [keyText({ namespace, name: reference.name })];
}
