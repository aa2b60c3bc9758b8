// Begins traces, or goes on with those of others: whether one is recorded is decided where it begins.
import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import { Span, within, type Active, type Recorder, type SpanContext, type SpanStart } from "./span.ts";

export interface TracerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Of the traces that begin here. */
  readonly samplesPerMillion: number;
  /** Gets spans that are over. */
  readonly sink: (span: Span) => void;
}
export interface RootStart extends SpanStart {
  /** Of another process, which has decided. */
  readonly parent?: SpanContext | undefined;
  /** Of another process that has no say: the trace is a new one that points to it. */
  readonly link?: SpanContext | undefined;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

export class Tracer implements Recorder {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #share: number;
  readonly #sink: (span: Span) => void;
  /** From the clock that never goes back to the one that people read. */
  readonly #offsetMs: number;

  constructor({ clock, random, samplesPerMillion, sink }: TracerOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#share = samplesPerMillion / 1_000_000;
    this.#sink = sink;
    this.#offsetMs = clock.now() - clock.monotonic();
  }
  nowMs(): number {
    return this.#offsetMs + this.#clock.monotonic();
  }
  newSpanId(): string {
    return hex(this.#random.bytes(8));
  }
  take(span: Span): void {
    this.#sink(span);
  }
  start(name: string, { parent, link, ...start }: RootStart = {}): Active {
    const traceId = parent?.traceId ?? hex(this.#random.bytes(16));
    const isSampled = parent?.isSampled ?? this.#isChosen(traceId);
    const context = { ...parent, traceId, spanId: this.newSpanId(), isSampled };
    if (!isSampled) return { context };
    return { context, span: new Span(name, this, { context, parentId: parent?.spanId, link }, start) };
  }
  /** Runs as a span that others of this process have no part in yet. */
  async run<T>(name: string, start: RootStart, run: (span: Span | undefined) => Promise<T>): Promise<T> {
    const active = this.start(name, start);
    try {
      return await within(active, () => run(active.span));
    } catch (error) {
      active.span?.fail(error);
      throw error;
    } finally {
      active.span?.end();
    }
  }
  /** By the id, so that several processes with the same share choose the same. */
  #isChosen(traceId: string): boolean {
    return Number.parseInt(traceId.slice(16, 28), 16) / 2 ** 48 < this.#share;
  }
}
