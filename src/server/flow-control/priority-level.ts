// One priority level: how many of its requests run, and those that wait in its queues. Queues take turns; within a queue
// requests are served as they came.
import type { PriorityLevelConfigurationSpec } from "#api/flowcontrol/schema.ts";
import { dealHand, flowHash } from "./shuffle-sharding.ts";

export interface Limits {
  /** Its own seats. */
  readonly nominal: number;
  /** What it never lends. */
  readonly least: number;
  /** With what it may borrow. */
  readonly most: number;
}
interface Queuing {
  readonly queues: number;
  readonly handSize: number;
  readonly queueLengthLimit: number;
}
export interface Waiter {
  readonly flow: string;
  /** Its turn has come; the seat is taken. */
  start(): void;
}
interface Queue {
  readonly waiters: Waiter[];
  /** When it was last served, in turns. */
  turn: number;
}

export class PriorityLevel {
  readonly name: string;
  uid: string;
  isExempt = false;
  limits: Limits = { nominal: 0, least: 0, most: 0 };
  executing = 0;
  waiting = 0;
  /** Undefined: what finds no seat is turned away. */
  #queuing: Queuing | undefined;
  /** Made when they are needed. */
  #queues: (Queue | undefined)[] = [];
  #turn = 0;

  constructor(name: string, uid: string) {
    this.name = name;
    this.uid = uid;
  }
  get mayQueue(): boolean {
    return this.#queuing !== undefined;
  }
  /** Those that wait go on waiting, in the queues that they have now; what has no place left comes back. */
  configure(uid: string, spec: PriorityLevelConfigurationSpec): Waiter[] {
    this.uid = uid;
    this.isExempt = spec.type === "Exempt";
    const given = spec.limited?.limitResponse.queuing;
    const { queues = 0, handSize = 0, queueLengthLimit = 0 } = given ?? {};
    this.#queuing = given && { queues, handSize, queueLengthLimit };
    const before = this.#queues.flatMap((queue) => queue?.waiters ?? []);
    this.#queues = [];
    this.waiting = 0;
    return before.filter((waiter) => !this.enqueue(waiter));
  }
  /** False: every queue of the flow is full. */
  enqueue(waiter: Waiter): boolean {
    const queuing = this.#queuing;
    if (!queuing) return false;
    let shortest: Queue | undefined;
    for (const index of dealHand(flowHash(`${this.name}/${waiter.flow}`), queuing.queues, queuing.handSize)) {
      const queue = (this.#queues[index] ??= { waiters: [], turn: 0 });
      if (!shortest || queue.waiters.length < shortest.waiters.length) shortest = queue;
    }
    if (!shortest || shortest.waiters.length >= queuing.queueLengthLimit) return false;
    shortest.waiters.push(waiter);
    this.waiting++;
    return true;
  }
  /** Takes the next one out of the queue that was served longest ago. */
  next(): Waiter | undefined {
    let first: Queue | undefined;
    for (const queue of this.#queues.values())
      if (queue && queue.waiters.length > 0 && (!first || queue.turn < first.turn)) first = queue;
    if (!first) return undefined;
    first.turn = ++this.#turn;
    this.waiting--;
    return first.waiters.shift();
  }
  /** It does not want to wait any longer; false: it does not wait here. */
  remove(waiter: Waiter): boolean {
    for (const queue of this.#queues.values()) {
      const at = queue?.waiters.indexOf(waiter) ?? -1;
      if (at < 0) continue;
      queue!.waiters.splice(at, 1);
      this.waiting--;
      return true;
    }
    return false;
  }
}
