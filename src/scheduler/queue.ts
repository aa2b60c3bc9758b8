// Pods that wait for a node.
//
//   add ──► active ──pop──► being decided ──► bound
//             ▲                  │
//             │ back-off over    │ no node fits            gated: kept aside until the gates are gone
//          backing off ◄──wake── unschedulable (woken by a change that a refusing plugin cares for, or after 5 min)
//
// Decisions are synchronous, so no change can slip by between a pod's pop and its return.
import type { Pod } from "#api/core/pod.ts";
import { deepEqual } from "#api/json.ts";
import { parseTime } from "#api/time.ts";
import type { Clock, Timer } from "#base/clock.ts";
import { Heap } from "#base/heap.ts";
import type { AnyPlugin, ClusterChange } from "#scheduler/framework.ts";
import { PodFacts } from "#scheduler/pod-facts.ts";
import type { Snapshot } from "#scheduler/snapshot.ts";

export interface QueuedPod {
  facts: PodFacts;
  /** Decisions taken so far. */
  attempts: number;
  /** When it first came, and when it last became active; milliseconds since 1970. */
  readonly addedAt: number;
  activeAt: number;
  place: "active" | "backingOff" | "unschedulable" | "gated" | "taken";
  /** Until when it backs off, or since when it is unschedulable. */
  until: number;
  /** Plugins that said no the last time; none: any change may help. */
  refusedBy: ReadonlySet<string>;
}
export interface QueueOptions {
  readonly clock: Clock;
  readonly plugins: readonly AnyPlugin[];
  readonly snapshot: Snapshot;
  readonly firstBackOffMs?: number;
  readonly longestBackOffMs?: number;
  readonly longestUnschedulableMs?: number;
}
/** Important pods first, then those that wait longest. */
const goesFirst = (a: QueuedPod, b: QueuedPod): boolean =>
  a.facts.priority !== b.facts.priority ? a.facts.priority > b.facts.priority : a.activeAt < b.activeAt;

export class SchedulingQueue {
  readonly #clock: Clock;
  readonly #plugins: readonly AnyPlugin[];
  readonly #snapshot: Snapshot;
  readonly #firstBackOffMs: number;
  readonly #longestBackOffMs: number;
  readonly #longestUnschedulableMs: number;
  readonly #pods = new Map<string, QueuedPod>();
  readonly #active = new Heap<QueuedPod>(goesFirst);
  readonly #backingOff = new Heap<QueuedPod>((a, b) => a.until < b.until);
  /** In the order in which they came. */
  readonly #unschedulable = new Set<QueuedPod>();
  #timer: { readonly at: number; readonly timer: Timer } | undefined;
  #onActive: () => void = () => undefined;

  constructor(options: QueueOptions) {
    this.#clock = options.clock;
    this.#plugins = options.plugins;
    this.#snapshot = options.snapshot;
    this.#firstBackOffMs = options.firstBackOffMs ?? 1_000;
    this.#longestBackOffMs = options.longestBackOffMs ?? 10_000;
    this.#longestUnschedulableMs = options.longestUnschedulableMs ?? 300_000;
  }
  /** Called when a pod becomes active; there is one listener. */
  onActive(listener: () => void): void {
    this.#onActive = listener;
  }
  get counts(): { active: number; backoff: number; unschedulable: number; gated: number } {
    const gated = [...this.#unschedulable].filter((p) => p.place === "gated").length;
    const unschedulable = this.#unschedulable.size - gated;
    return { active: this.#active.size, backoff: this.#backingOff.size, unschedulable, gated };
  }
  has(uid: string): boolean {
    return this.#pods.has(uid);
  }
  /** A pod without a node that is new, or changed. */
  set(pod: Pod): void {
    const facts = new PodFacts(pod);
    const known = this.#pods.get(facts.uid);
    if (!known) {
      const now = this.#clock.now();
      const queued: QueuedPod = {
        facts,
        attempts: 0,
        addedAt: pod.metadata.creationTimestamp ? parseTime(pod.metadata.creationTimestamp) : now,
        activeAt: now,
        place: "taken",
        until: 0,
        refusedBy: new Set(),
      };
      this.#pods.set(facts.uid, queued);
      this.#snapshot.nominate(facts, pod.status.nominatedNodeName);
      return this.#activate(queued);
    }
    const changed = this.#differs(known.facts.pod, pod);
    known.facts = facts;
    if (this.#snapshot.nominationOf(facts.uid) !== undefined || pod.status.nominatedNodeName)
      this.#snapshot.nominate(facts, pod.status.nominatedNodeName);
    if (known.place === "active") this.#active.push(known); // its priority may be another
    else if (changed && (known.place === "unschedulable" || known.place === "gated")) this.#wake(known);
  }
  /** The pod has a node, is finished, or is gone. */
  delete(uid: string): void {
    const queued = this.#pods.get(uid);
    if (!queued) return;
    this.#leave(queued);
    this.#pods.delete(uid);
    this.#snapshot.nominate(queued.facts, undefined);
  }
  /** The next pod, which is the caller's until `delete`, `refused` or `failed`. */
  pop(): QueuedPod | undefined {
    const queued = this.#active.pop();
    if (!queued) return undefined;
    queued.place = "taken";
    queued.attempts++;
    return queued;
  }
  /** No node fits: it waits for a change. */
  refused(queued: QueuedPod, plugins: ReadonlySet<string>): void {
    if (this.#pods.get(queued.facts.uid) !== queued) return;
    queued.refusedBy = plugins;
    queued.place = "unschedulable";
    queued.until = this.#clock.now();
    this.#unschedulable.add(queued);
    this.#arm();
  }
  /** Something went wrong that has nothing to do with the nodes: it is tried again after its back-off. */
  failed(queued: QueuedPod): void {
    if (this.#pods.get(queued.facts.uid) !== queued) return;
    this.#backOff(queued, this.#clock.now());
  }
  /** Wakes the pods that a change may help. */
  changed(change: ClusterChange): void {
    for (const queued of this.#unschedulable)
      if (queued.place === "unschedulable" && this.#mayHelp(queued, change)) this.#wake(queued);
  }
  /** Tries a waiting pod again, for example once its gate is open. */
  wake(uid: string): void {
    const queued = this.#pods.get(uid);
    if (queued?.place === "unschedulable" || queued?.place === "gated") this.#wake(queued);
  }
  clear(): void {
    this.#timer?.timer.stop();
    this.#timer = undefined;
  }
  #mayHelp({ facts, refusedBy }: QueuedPod, change: ClusterChange): boolean {
    if (refusedBy.size === 0) return true;
    return this.#plugins.some((plugin) => {
      if (!refusedBy.has(plugin.name)) return false;
      const helps = plugin.wakeOn?.[change.of] as ((...a: [PodFacts, ClusterChange, Snapshot]) => boolean) | undefined;
      return helps?.(facts, change, this.#snapshot) ?? false;
    });
  }
  /** Whether a change of the pod itself may make it schedulable; what the scheduler writes to its status does not. */
  #differs(old: Pod, pod: Pod): boolean {
    return old.metadata.generation !== pod.metadata.generation || !deepEqual(old.metadata.labels, pod.metadata.labels);
  }
  #backOffMs(queued: QueuedPod): number {
    if (queued.attempts === 0) return 0;
    return Math.min(this.#firstBackOffMs * 2 ** (queued.attempts - 1), this.#longestBackOffMs);
  }
  #wake(queued: QueuedPod): void {
    const since = queued.until;
    this.#leave(queued);
    this.#backOff(queued, since);
  }
  #backOff(queued: QueuedPod, since: number): void {
    const until = since + this.#backOffMs(queued);
    if (until <= this.#clock.now()) return this.#activate(queued);
    queued.place = "backingOff";
    queued.until = until;
    this.#backingOff.push(queued);
    this.#arm();
  }
  #activate(queued: QueuedPod): void {
    const gated = this.#plugins.some((plugin) => plugin.gate?.(queued.facts) !== undefined);
    if (gated) {
      queued.place = "gated";
      this.#unschedulable.add(queued);
      return;
    }
    queued.place = "active";
    queued.activeAt = this.#clock.now();
    this.#active.push(queued);
    this.#onActive();
  }
  #leave(queued: QueuedPod): void {
    this.#active.delete(queued);
    this.#backingOff.delete(queued);
    this.#unschedulable.delete(queued);
    queued.place = "taken";
  }
  #arm(): void {
    const backOff = this.#backingOff.peek()?.until ?? Infinity;
    let longest = Infinity;
    for (const queued of this.#unschedulable) {
      if (queued.place === "gated") continue;
      longest = queued.until + this.#longestUnschedulableMs;
      break;
    }
    const at = Math.min(backOff, longest);
    if (at === Infinity || (this.#timer && this.#timer.at <= at)) return;
    this.#timer?.timer.stop();
    this.#timer = { at, timer: this.#clock.after(at - this.#clock.now(), () => this.#fire()) };
  }
  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (let next = this.#backingOff.peek(); next && next.until <= now; next = this.#backingOff.peek()) {
      this.#leave(next);
      this.#activate(next);
    }
    for (const queued of this.#unschedulable) {
      if (queued.place === "gated") continue;
      if (queued.until + this.#longestUnschedulableMs > now) break;
      this.#wake(queued);
    }
    this.#arm();
  }
}
