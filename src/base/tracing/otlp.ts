// Spans in the protobuf form of OTLP (opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest). Of its many
// messages only those are written that spans here have.
import type { Attributes, Span, SpanContext, SpanKind } from "./span.ts";

type Part = Uint8Array;
export interface Resource {
  readonly attributes: Attributes;
  /** Of the program that made the spans. */
  readonly scope: string;
}

function varint(value: number): Part {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
const tag = (field: number, wire: number): Part => varint(field * 8 + wire);
const bytes = (field: number, value: Part): Part[] => [tag(field, 2), varint(value.length), value];
const text = (field: number, value: string): Part[] => (value === "" ? [] : bytes(field, Buffer.from(value)));
const message = (field: number, parts: readonly Part[]): Part[] => bytes(field, Buffer.concat(parts));
const int = (field: number, value: number): Part[] => [tag(field, 0), varint(value)];
function fixed64(field: number, value: bigint): Part[] {
  const eight = Buffer.alloc(8);
  eight.writeBigUInt64LE(value);
  return [tag(field, 1), eight];
}
function double(field: number, value: number): Part[] {
  const eight = Buffer.alloc(8);
  eight.writeDoubleLE(value);
  return [tag(field, 1), eight];
}
/** Nanoseconds; fractions of a microsecond are noise. */
const time = (field: number, ms: number): Part[] => fixed64(field, BigInt(Math.round(ms * 1000)) * 1000n);
const id = (field: number, digits: string): Part[] => bytes(field, Buffer.from(digits, "hex"));

function anyValue(value: string | number | boolean): Part[] {
  if (typeof value === "string") return bytes(1, Buffer.from(value));
  if (typeof value === "boolean") return int(2, value ? 1 : 0);
  return Number.isSafeInteger(value) && value >= 0 ? int(3, value) : double(4, value);
}
const keyValue = (field: number, key: string, value: string | number | boolean): Part[] =>
  message(field, [...text(1, key), ...message(2, anyValue(value))]);
const keyValues = (field: number, attributes: Iterable<readonly [string, string | number | boolean]>): Part[] =>
  [...attributes].flatMap(([key, value]) => keyValue(field, key, value));

const kinds: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3 };
const sampledFlag = 1;
const failed = 2;

const linkParts = ({ traceId, spanId, tracestate = "" }: SpanContext): Part[] => [
  ...id(1, traceId),
  ...id(2, spanId),
  ...text(3, tracestate),
];
function spanParts(span: Span): Part[] {
  const { context, parentId, link, problem } = span;
  return [
    ...id(1, context.traceId),
    ...id(2, context.spanId),
    ...text(3, context.tracestate ?? ""),
    ...(parentId ? id(4, parentId) : []),
    ...text(5, span.name),
    ...int(6, kinds[span.kind]),
    ...time(7, span.startMs),
    ...time(8, span.endMs ?? span.startMs),
    ...keyValues(9, span.attributes),
    ...span.events.flatMap(({ name, atMs, attributes }) =>
      message(11, [...time(1, atMs), ...text(2, name), ...keyValues(3, Object.entries(attributes))]),
    ),
    ...(link ? message(13, linkParts(link)) : []),
    ...(problem === undefined ? [] : message(15, [...text(2, problem), ...int(3, failed)])),
    tag(16, 5),
    Uint8Array.of(sampledFlag, 0, 0, 0),
  ];
}

export function encodeSpans(spans: readonly Span[], { attributes, scope }: Resource): Uint8Array {
  const resource = message(1, keyValues(1, Object.entries(attributes)));
  const scopeSpans = message(2, [
    ...message(1, text(1, scope)),
    ...spans.flatMap((span) => message(2, spanParts(span))),
  ]);
  return Buffer.concat(message(1, [...resource, ...scopeSpans]));
}
