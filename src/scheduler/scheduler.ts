// The scheduler: takes pods from the queue one after the other, decides at once from the snapshot, counts the pod as
// placed, and binds it in the background while the next decision is taken.
import { Binding } from "#api/core/binding.ts";
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { PersistentVolume } from "#api/core/persistent-volume.ts";
import { Namespace } from "#api/core/namespace.ts";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { isReason } from "#api/errors.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { StorageClass } from "#api/storage/storage-class.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { orAborted } from "#base/or-aborted.ts";
import type { Random } from "#base/random.ts";
import { deferred, type Service } from "#base/service.ts";
import type { Client } from "#client/client.ts";
import type { ChangeHandler, Informer, InformerSet } from "#client/informer.ts";
import { createEventRecorder, type EventRecorder } from "#reconcile/event-recorder.ts";
import type { AnyPlugin, ClusterChange, Failure, PluginParts } from "#scheduler/framework.ts";
import type { SchedulerMetrics } from "#scheduler/metrics.ts";
import { SchedulingQueue, type QueuedPod } from "#scheduler/queue.ts";
import { reportNotScheduled } from "#scheduler/report.ts";
import { failureMessage, scheduleOne, type Decision, type ScheduleOptions } from "#scheduler/schedule-one.ts";
import { Snapshot } from "#scheduler/snapshot.ts";

export interface SchedulerOptions {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Made anew for each run; see plugins/all.ts. */
  readonly plugins: (parts: PluginParts) => readonly AnyPlugin[];
  /** The pods that name this scheduler are its own. */
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  readonly metrics?: SchedulerMetrics;
}
const defaultName = "default-scheduler";
/** Bindings under way at a time; the next decision waits when there are as many. */
const mostBindings = 128;
/** After so much deciding without a pause, others get their turn. */
const longestStretchMs = 8;

/** `ready` once the caches are filled. Its run may be called again after it ended. */
export function createScheduler(options: SchedulerOptions): Service {
  const ready = deferred();
  return {
    name: "scheduler",
    ready: ready.promise,
    run: (signal) => new Scheduler(options, signal).run(ready.resolve),
  };
}

class Scheduler {
  readonly #o: SchedulerOptions;
  readonly #name: string;
  readonly #signal: AbortSignal;
  readonly #snapshot = new Snapshot();
  readonly #plugins: readonly AnyPlugin[];
  readonly #queue: SchedulingQueue;
  readonly #decide: ScheduleOptions;
  readonly #events: EventRecorder;
  /** Everything under way, and the part of it that decisions wait for when there is too much. */
  readonly #tasks = new Set<Promise<void>>();
  readonly #quick = new Set<Promise<void>>();
  #wakeUp: () => void = () => undefined;

  constructor(options: SchedulerOptions, signal: AbortSignal) {
    this.#o = options;
    this.#name = options.schedulerName ?? defaultName;
    this.#signal = signal;
    const { client, informers, clock, random, log } = options;
    this.#events = createEventRecorder({ client, component: this.#name, clock, random, log, signal });
    const parts = { client, informers, clock, random, log, events: this.#events, schedulerName: this.#name };
    this.#plugins = options.plugins({ ...parts, snapshot: this.#snapshot });
    this.#queue = new SchedulingQueue({ clock: options.clock, plugins: this.#plugins, snapshot: this.#snapshot });
    const share = options.percentageOfNodesToScore;
    this.#decide = {
      plugins: this.#plugins,
      random: options.random,
      cursor: { next: 0 },
      ...(share === undefined ? {} : { percentageOfNodesToScore: share }),
    };
  }
  async run(ready: () => void): Promise<void> {
    const { informers } = this.#o;
    const signal = this.#signal;
    using subscriptions = new DisposableStack();
    const [nodes, pods, namespaces] = [
      informers.informer(Node),
      informers.informer(Pod),
      informers.informer(Namespace),
    ];
    const follow = <T extends KubeObject>(informer: Informer<T>, changed: ChangeHandler<T>): void =>
      void subscriptions.use(informer.onChange((object, old) => this.#safely(() => changed(object, old))));
    for (const kind of [PersistentVolumeClaim, PersistentVolume, StorageClass])
      follow(informers.informer<KubeObject>(kind as AnyKind), () => this.#changed({ of: "storage" }));
    follow(namespaces, (object, old) => this.#namespaceChanged(object, old));
    follow(nodes, (object, old) => this.#nodeChanged(object, old));
    follow(pods, (object, old) => this.#podChanged(object, old));
    subscriptions.defer(() => this.#queue.clear());
    try {
      const synced = [nodes, pods, namespaces, ...this.#plugins].map((s) => s.synced);
      await orAborted(Promise.all(synced), signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    ready();
    this.#queue.onActive(() => this.#wakeUp());
    signal.addEventListener("abort", () => this.#wakeUp(), { once: true });
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => (this.#wakeUp = resolve));
      await this.#drain();
      if (!signal.aborted) await woken;
    }
    await Promise.all(this.#tasks);
  }

  /** A change that cannot be understood must not keep the informer from telling the next. */
  #safely(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#o.log.error("a change could not be taken in", { error });
    }
  }
  #namespaceChanged(object: Namespace | undefined, old: Namespace | undefined): void {
    this.#snapshot.setNamespace((object ?? old)!.metadata.name!, object);
    this.#changed({ of: "namespace", ...(object ? { object } : {}), ...(old ? { old } : {}) });
  }
  #nodeChanged(object: Node | undefined, old: Node | undefined): void {
    this.#snapshot.setNode((object ?? old)!.metadata.name!, object);
    this.#changed({ of: "node", ...(object ? { object } : {}), ...(old ? { old } : {}) });
  }
  #podChanged(object: Pod | undefined, old: Pod | undefined): void {
    if (object && old && object.metadata.uid !== old.metadata.uid) {
      this.#podChanged(undefined, old);
      return this.#podChanged(object, undefined);
    }
    const wasPlaced = old !== undefined && isPlaced(old);
    if (object && isPlaced(object)) {
      this.#snapshot.setPod(object);
      this.#queue.delete(object.metadata.uid!);
      this.#changed({ of: "assignedPod", object, ...(wasPlaced ? { old } : {}) });
    } else if (object && !isFinished(object)) {
      if (object.spec.schedulerName !== this.#name && object.spec.schedulerName) return;
      if (object.metadata.deletionTimestamp) this.#queue.delete(object.metadata.uid!);
      else this.#queue.set(object);
    } else {
      const uid = (object ?? old)!.metadata.uid!;
      this.#queue.delete(uid);
      this.#snapshot.removePod(uid);
      if (wasPlaced) this.#changed({ of: "assignedPod", old });
    }
  }
  #changed(change: ClusterChange): void {
    this.#queue.changed(change);
  }

  async #drain(): Promise<void> {
    const { clock } = this.#o;
    let since = clock.monotonic();
    while (!this.#signal.aborted) {
      if (this.#quick.size >= mostBindings) await Promise.race(this.#quick);
      else if (clock.monotonic() - since > longestStretchMs) {
        await new Promise((resolve) => setImmediate(resolve));
        since = clock.monotonic();
      }
      const queued = this.#queue.pop();
      if (!queued) break;
      this.#schedule(queued);
    }
    this.#o.metrics?.pending(this.#queue.counts);
  }
  #schedule(queued: QueuedPod): void {
    const { clock, metrics, log } = this.#o;
    const since = clock.monotonic();
    let decision: Decision;
    try {
      decision = scheduleOne(queued.facts, this.#snapshot, this.#decide);
    } catch (error) {
      log.error("a decision failed", { pod: queued.facts.key, error });
      this.#notScheduled(queued, "SchedulerError", error instanceof Error ? error.message : String(error));
      metrics?.attempt("error", (clock.monotonic() - since) / 1000);
      return;
    }
    if (decision.type === "none") this.#noneFits(queued, decision);
    else {
      this.#snapshot.assume(queued.facts, decision.node.name);
      this.#place(queued, decision.node.name);
    }
    const result = decision.type === "none" ? "unschedulable" : "scheduled";
    metrics?.attempt(result, (clock.monotonic() - since) / 1000);
  }
  #noneFits(queued: QueuedPod, { failure, attempt }: Extract<Decision, { type: "none" }>): void {
    const outcome = this.#makeRoom(queued, failure, attempt);
    if (outcome && outcome.nominate !== undefined) this.#snapshot.nominate(queued.facts, outcome.nominate ?? undefined);
    const act = outcome?.act;
    if (act) this.#task(this.#acting(queued, act));
    const message = failureMessage(failure, outcome?.message);
    const nominatedNodeName = outcome?.nominate === null ? "" : outcome?.nominate;
    this.#queue.refused(queued, failure.plugins);
    this.#task(this.#report(queued, { reason: "Unschedulable", message, nominatedNodeName }));
  }
  #makeRoom(queued: QueuedPod, failure: Failure, attempt: Parameters<NonNullable<AnyPlugin["whenNoneFit"]>>[2]) {
    for (const plugin of this.#plugins) {
      const outcome = plugin.whenNoneFit?.(queued.facts, failure, attempt);
      if (outcome) return outcome;
    }
    return undefined;
  }
  async #acting(queued: QueuedPod, act: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await act(this.#signal);
    } catch (error) {
      if (!this.#signal.aborted) this.#o.log.warn("no room could be made for a pod", { pod: queued.facts.key, error });
    }
    this.#queue.wake(queued.facts.uid);
  }
  #place(queued: QueuedPod, nodeName: string): void {
    const { facts } = queued;
    const reserved = new DisposableStack();
    const preparing: Promise<void>[] = [];
    try {
      for (const plugin of this.#plugins) reserved.use(plugin.reserve?.(facts, nodeName));
      for (const plugin of this.#plugins) {
        const permitted = plugin.permit?.(facts, nodeName, this.#signal);
        if (permitted) preparing.push(permitted);
      }
      for (const plugin of this.#plugins) {
        const prepared = plugin.beforeBind?.(facts, nodeName, this.#signal);
        if (prepared) preparing.push(prepared);
      }
    } catch (error) {
      preparing.push(Promise.reject(error as Error));
    }
    const task = this.#bind(queued, nodeName, reserved, preparing);
    // What waits for volumes may wait long, and must not keep other pods waiting.
    if (preparing.length > 0) this.#later(task);
    else this.#task(task);
  }
  async #bind(
    queued: QueuedPod,
    nodeName: string,
    reservations: DisposableStack,
    preparing: readonly Promise<void>[],
  ): Promise<void> {
    const { facts } = queued;
    const { client, clock, log, metrics } = this.#o;
    const signal = this.#signal;
    using _reserved = reservations;
    const { name = "", namespace = "", uid } = facts.pod.metadata;
    try {
      if (preparing.length > 0) await Promise.all(preparing);
      const body = {
        apiVersion: "v1",
        kind: Binding.kind,
        metadata: { name, namespace, ...(uid ? { uid } : {}) },
        target: { kind: "Node", name: nodeName },
      };
      await client.post(Pod, { name, namespace }, "binding", body, signal);
    } catch (error) {
      this.#snapshot.forget(facts.uid);
      if (signal.aborted || isReason(error, "NotFound")) return; // the pod is gone
      log.warn("a pod could not be bound", { pod: facts.key, node: nodeName, error });
      this.#notScheduled(
        queued,
        "SchedulerError",
        `binding rejected: ${error instanceof Error ? error.message : String(error)}`,
      );
      return;
    }
    metrics?.scheduled(queued.attempts, (clock.now() - queued.addedAt) / 1000);
    const message = `Successfully assigned ${facts.key} to ${nodeName}`;
    this.#events.event(facts.pod, "Normal", "Scheduled", message, { kind: Pod });
  }
  #notScheduled(queued: QueuedPod, reason: "SchedulerError", message: string): void {
    this.#queue.failed(queued);
    this.#task(this.#report(queued, { reason, message }));
  }
  #report(queued: QueuedPod, what: Parameters<typeof reportNotScheduled>[2]): Promise<void> {
    const { client, clock, log } = this.#o;
    return reportNotScheduled({ client, clock, log, events: this.#events }, queued.facts, what, this.#signal);
  }
  #later(task: Promise<void>): Promise<void> {
    const running = task.finally(() => this.#tasks.delete(running));
    this.#tasks.add(running);
    return running;
  }
  #task(task: Promise<void>): void {
    const running = this.#later(task).finally(() => this.#quick.delete(running));
    this.#quick.add(running);
  }
}

const isFinished = (pod: Pod): boolean => pod.status.phase === "Succeeded" || pod.status.phase === "Failed";
const isPlaced = (pod: Pod): boolean => Boolean(pod.spec.nodeName) && !isFinished(pod);
