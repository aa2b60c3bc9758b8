// Spans of OpenTelemetry: what was done, when, and within what. The span under way is found through the asynchronous
// context and not through parameters, so that code which has nothing to do with tracing need not hand it on; where
// nothing is traced there is none, and everything here does nothing.
import { AsyncLocalStorage } from "node:async_hooks";

export type Attributes = Readonly<Record<string, string | number | boolean>>;
export type SpanKind = "internal" | "server" | "client";

/** What other processes are told. */
export interface SpanContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
  /** Headers that are handed on as they came. */
  readonly tracestate?: string;
  readonly baggage?: string;
}
export interface SpanEvent {
  readonly name: string;
  readonly atMs: number;
  readonly attributes: Attributes;
}
/** Where spans get their ids and times, and go when they are over. */
export interface Recorder {
  newSpanId(): string;
  /** Milliseconds since the epoch, with fractions. */
  nowMs(): number;
  take(span: Span): void;
}
export interface SpanStart {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** Absent: now. */
  readonly startMs?: number;
}

const mostEvents = 128;
const mostAttributes = 64;
const longestText = 1024;

export class Span {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: SpanContext;
  readonly parentId: string | undefined;
  /** A span that caused this one without being its parent. */
  readonly link: SpanContext | undefined;
  readonly startMs: number;
  readonly attributes = new Map<string, string | number | boolean>();
  readonly events: SpanEvent[] = [];
  readonly #recorder: Recorder;
  endMs: number | undefined;
  /** Set where it went wrong. */
  problem: string | undefined;

  constructor(
    name: string,
    recorder: Recorder,
    of: {
      readonly context: SpanContext;
      readonly parentId?: string | undefined;
      readonly link?: SpanContext | undefined;
    },
    { kind = "internal", attributes = {}, startMs = recorder.nowMs() }: SpanStart = {},
  ) {
    this.name = name;
    this.kind = kind;
    this.context = of.context;
    this.parentId = of.parentId;
    this.link = of.link;
    this.startMs = startMs;
    this.#recorder = recorder;
    this.set(attributes);
  }
  child(name: string, start: SpanStart = {}): Span {
    const context = { ...this.context, spanId: this.#recorder.newSpanId() };
    return new Span(name, this.#recorder, { context, parentId: this.context.spanId }, start);
  }
  set(attributes: Attributes): void {
    for (const [key, value] of Object.entries(attributes))
      if (this.attributes.size < mostAttributes || this.attributes.has(key))
        this.attributes.set(key, typeof value === "string" ? value.slice(0, longestText) : value);
  }
  event(name: string, attributes: Attributes = {}): void {
    if (this.events.length < mostEvents) this.events.push({ name, atMs: this.#recorder.nowMs(), attributes });
  }
  fail(error: unknown): void {
    this.problem = (error instanceof Error ? error.message : String(error)).slice(0, longestText);
  }
  /** Only the first call counts. */
  end(): void {
    if (this.endMs !== undefined) return;
    this.endMs = Math.max(this.startMs, this.#recorder.nowMs());
    this.#recorder.take(this);
  }
}

/** What goes on: a span, or a trace of others that is handed on without being recorded. */
export interface Active {
  readonly context: SpanContext;
  readonly span?: Span;
}
const current = new AsyncLocalStorage<Active>();

export const active = (): Active | undefined => current.getStore();
export const activeSpan = (): Span | undefined => current.getStore()?.span;
/** Runs with this as what goes on; undefined leaves things as they are. */
export const within = <T>(what: Active | undefined, run: () => T): T => (what ? current.run(what, run) : run());
/** Runs as part of no trace, for what a request sets off but does not wait for. */
export const outside = <T>(run: () => T): T => (current.getStore() ? current.exit(run) : run());

/** Runs as a part of the span under way. `attributes` is called only when there is one. */
export async function inSpan<T>(
  name: string,
  attributes: () => Attributes,
  run: (span: Span | undefined) => Promise<T>,
  kind: SpanKind = "internal",
): Promise<T> {
  const parent = activeSpan();
  if (!parent) return run(undefined);
  const span = parent.child(name, { kind, attributes: attributes() });
  try {
    return await current.run({ context: span.context, span }, () => run(span));
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}
