// Decides what becomes of an event before it is written: the same again is counted on the first one; many of one
// reason with different texts become one combined event; and an object that floods is cut off for a while.

export interface EventFacts {
  readonly about: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name: string;
    readonly uid?: string;
    readonly apiVersion?: string;
    readonly resourceVersion?: string;
    readonly fieldPath?: string;
  };
  readonly source: { readonly component: string; readonly host?: string };
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}
export interface CountedEvent extends EventFacts {
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** Shared by all repeats: the name under which the first one was written. */
  readonly record: { name?: string };
}

const mostRemembered = 4096;
const mostSimilar = 10;
const similarForMs = 600_000;
const burst = 25;
const refillMs = 300_000;

interface Counted {
  count: number;
  readonly firstAt: number;
  readonly record: { name?: string };
}
interface Similar {
  messages: Set<string>;
  lastAt: number;
}

/** A map that forgets what was not used for longest. */
class Remembered<V> {
  readonly #entries = new Map<string, V>();
  get(key: string, create: () => V): V {
    const known = this.#entries.get(key);
    if (known !== undefined) this.#entries.delete(key);
    const value = known ?? create();
    this.#entries.set(key, value);
    if (this.#entries.size > mostRemembered) this.#entries.delete(this.#entries.keys().next().value as string);
    return value;
  }
}

export class EventCorrelator {
  readonly #counted = new Remembered<Counted>();
  readonly #similar = new Remembered<Similar>();
  readonly #buckets = new Remembered<{ tokens: number; at: number }>();

  /** What to write, or undefined when the object is told about too often. */
  count(facts: EventFacts, now: number): CountedEvent | undefined {
    const { about, source } = facts;
    const object = [about.kind, about.namespace, about.name, about.uid, about.apiVersion, about.fieldPath].join("|");
    const teller = `${source.component}|${source.host ?? ""}|${object}`;
    const group = `${teller}|${facts.type}|${facts.reason}`;
    const combined = this.#isOneOfMany(group, facts.message, now);
    const message = combined ? `(combined from similar events): ${facts.message}` : facts.message;
    const entry = this.#counted.get(combined ? group : `${group}|${facts.message}`, () => ({
      count: 0,
      firstAt: now,
      record: {},
    }));
    entry.count++;
    if (!this.#mayTell(teller, now)) return undefined;
    return { ...facts, message, count: entry.count, firstAt: entry.firstAt, lastAt: now, record: entry.record };
  }
  #isOneOfMany(group: string, message: string, now: number): boolean {
    const similar = this.#similar.get(group, () => ({ messages: new Set(), lastAt: now }));
    if (now - similar.lastAt > similarForMs) similar.messages = new Set();
    similar.lastAt = now;
    if (similar.messages.has(message)) return false;
    if (similar.messages.size >= mostSimilar - 1) return true;
    similar.messages.add(message);
    return false;
  }
  #mayTell(teller: string, now: number): boolean {
    const bucket = this.#buckets.get(teller, () => ({ tokens: burst, at: now }));
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / refillMs);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }
}
