// All pods of the node: a worker for each uid, woken by the API and by the runtime. Pods that the runtime has but the
// API has not are stopped, and what pods left behind on disk is removed.
import type { Pod } from "#api/core/pod.ts";
import { admitPod } from "./admit-pod.ts";
import type { NodeParts } from "./node-parts.ts";
import { podFromRuntime } from "#node/pod/identity.ts";
import { isTerminal, uidOf } from "#node/pod/types.ts";
import type { ObjectSource } from "./shared-sources.ts";
import { PodWorker } from "./pod-worker.ts";
import { tearDownVolumes } from "#node/volumes/pod-volumes.ts";
import type { Observed } from "#node/runtime/runtime.ts";

export interface PoolFacts {
  readonly allowedUnsafeSysctls: readonly string[];
  nodeLabels(): Readonly<Record<string, string>>;
  allocatable(): Readonly<Record<string, string>>;
}
const firstRetryMs = 500;
const longestRetryMs = 10_000;

export class PodPool {
  readonly #parts: NodeParts;
  readonly #facts: PoolFacts;
  /** By uid. */
  readonly #workers = new Map<string, PodWorker>();
  /** Uids that have been seen in the runtime before any worker began: those pods were admitted already. */
  #seenAtStart: ReadonlySet<string> = new Set();
  readonly #watchers = new Set<() => void>();

  constructor(parts: NodeParts, facts: PoolFacts) {
    this.#parts = parts;
    this.#facts = facts;
  }
  get workers(): readonly PodWorker[] {
    return [...this.#workers.values()];
  }
  byUid(uid: string): PodWorker | undefined {
    return this.#workers.get(uid);
  }
  /** `changed` is called after each look at a pod. */
  onLook(changed: () => void): Disposable {
    this.#watchers.add(changed);
    return { [Symbol.dispose]: () => void this.#watchers.delete(changed) };
  }
  /** `pods` has its first list. */
  async run(pods: ObjectSource<Pod>, signal: AbortSignal): Promise<void> {
    const observed = await this.#observeAll(signal);
    this.#seenAtStart = new Set([...observed.sandboxes, ...observed.containers].map((o) => o.podUid));
    using _ = pods.onChange((pod, old) => this.#changed(pod, old));
    this.#adoptOrphans(observed);
    const known = new Set([...this.#workers.keys()]);
    this.#removeLeftovers(known, signal).catch((error: unknown) => {
      if (!signal.aborted) this.#parts.log.warn("remains of pods not removed", { error });
    });
    await this.#followEvents(signal);
  }
  leave(): void {
    for (const worker of this.#workers.values()) worker.leave();
  }
  /** Waits for a runtime that is not there yet. */
  async #observeAll(signal: AbortSignal): Promise<Observed> {
    const { runtime, clock, log } = this.#parts;
    for (let retryMs = firstRetryMs; ; retryMs = Math.min(retryMs * 2, longestRetryMs))
      try {
        return await runtime.observe(undefined, signal);
      } catch (error) {
        signal.throwIfAborted();
        log.warn("runtime not observed", { error });
        await clock.sleep(retryMs, signal);
      }
  }
  async #followEvents(signal: AbortSignal): Promise<void> {
    for await (const { podUid } of this.#parts.runtime.events(signal)) {
      if (signal.aborted) return;
      const worker = podUid === undefined ? undefined : this.#workers.get(podUid);
      if (worker) worker.wake();
      else if (podUid === undefined) await this.#lookAtAll(signal);
      else await this.#lookForOrphan(podUid, signal);
    }
    signal.throwIfAborted();
    throw new Error("the runtime's events have ended");
  }
  /** Something moves that has no worker: what is left of a pod that was forgotten, or what came too late for it. */
  async #lookForOrphan(uid: string, signal: AbortSignal): Promise<void> {
    try {
      const observed = await this.#parts.runtime.observe(uid, signal);
      if (!this.#workers.has(uid)) this.#adoptOrphans(observed);
    } catch (error) {
      signal.throwIfAborted();
      this.#parts.log.warn("unknown pod not looked at", { uid, error });
    }
  }
  /** The runtime was away: anything may have changed. */
  async #lookAtAll(signal: AbortSignal): Promise<void> {
    this.#adoptOrphans(await this.#observeAll(signal));
    for (const worker of this.#workers.values()) worker.wake();
  }
  #changed(pod: Pod | undefined, old: Pod | undefined): void {
    if (old && (!pod || uidOf(pod) !== uidOf(old))) this.#workers.get(uidOf(old))?.remove();
    if (!pod) return;
    const worker = this.#workers.get(uidOf(pod));
    if (worker) worker.update(pod);
    else this.#begin(pod);
  }
  #begin(pod: Pod): void {
    const isNew = !pod.status?.startTime && !this.#seenAtStart.has(uidOf(pod)) && !isTerminal(pod.status?.phase);
    const worker = this.#add(pod, isNew);
    const refusal = isNew && pod.metadata.deletionTimestamp === undefined ? this.#refusal(pod) : undefined;
    if (refusal) {
      this.#parts.events.event(pod, "Warning", refusal.reason, refusal.message.replace(/^Pod was rejected: /, ""));
      worker.end(refusal);
    } else worker.wake();
  }
  #refusal(pod: Pod): ReturnType<typeof admitPod> {
    return admitPod(pod, {
      nodeLabels: this.#facts.nodeLabels(),
      allocatable: this.#facts.allocatable(),
      allowedUnsafeSysctls: this.#facts.allowedUnsafeSysctls,
      others: this.workers.filter((w) => !w.isRemoved).map((w) => ({ ...w.pod, status: w.status })),
    });
  }
  #add(pod: Pod, isNew: boolean): PodWorker {
    const told = {
      finished: (done: PodWorker): void => {
        this.#workers.delete(done.uid);
        this.#looked();
      },
      looked: (): void => this.#looked(),
    };
    const worker = new PodWorker(this.#parts, pod, told, isNew);
    this.#workers.set(worker.uid, worker);
    this.#balance();
    return worker;
  }
  #looked(): void {
    for (const watcher of this.#watchers) watcher();
  }
  #balance(): void {
    const pods = this.workers.filter((w) => !isTerminal(w.status.phase)).map((w) => w.pod);
    this.#parts.cgroups
      .balance(pods)
      .catch((error: unknown) => this.#parts.log.warn("pod groups not balanced", { error }));
  }
  #adoptOrphans(observed: Observed): void {
    const uids = new Set([...observed.sandboxes, ...observed.containers].map((o) => o.podUid));
    for (const uid of uids) {
      if (uid === "" || this.#workers.has(uid)) continue;
      const own = <T extends { podUid: string }>(all: readonly T[]): T[] => all.filter((o) => o.podUid === uid);
      const pod = podFromRuntime(own(observed.sandboxes), own(observed.containers));
      if (!pod) continue;
      this.#parts.log.info("pod is no longer in the API: it is stopped", { pod: pod.metadata.name, uid });
      this.#add(pod, false).remove();
    }
  }
  /** Directories and groups of pods that neither the API nor the runtime knows. */
  async #removeLeftovers(known: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const { files, paths, cgroups, volumes, log } = this.#parts;
    const left = new Set([
      ...(await files.list(paths.podsRoot)),
      ...(await files.list(paths.memoryRoot)),
      ...(await cgroups.list()),
    ]);
    for (const uid of left) {
      if (known.has(uid) || this.#workers.has(uid)) continue;
      log.info("remains of a pod are removed", { uid });
      await tearDownVolumes(uid, volumes, signal);
      await cgroups.removePod(uid);
    }
  }
}
