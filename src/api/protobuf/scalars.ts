// The wire forms of single values. Those that JSON writes as text have messages of their own: quantities, times,
// durations, int-or-string, raw JSON. Upstream: a Time never carries nanoseconds, a MicroTime whole microseconds.
import type { ScalarName } from "../schema.ts";
import { formatDuration, formatMicroTime, formatTime, parseDuration, parseInstant } from "../time.ts";
import { WireError, type WireReader } from "./reader.ts";
import type { WireWriter } from "./writer.ts";

export interface ScalarCodec {
  readonly wireType: 0 | 1 | 2;
  /** Writes the field, tag and all; undefined stands for the zero value. */
  readonly write: (writer: WireWriter, field: number, value: unknown) => void;
  /** Reads the content after the tag; undefined for what JSON leaves out. */
  readonly read: (reader: WireReader, end: number) => unknown;
}

const textCodec: ScalarCodec = {
  wireType: 2,
  write: (writer, field, value) => writer.textField(field, (value as string | undefined) ?? ""),
  read: (reader, end) => reader.text(end),
};
const integerCodec: ScalarCodec = {
  wireType: 0,
  write: (writer, field, value) => writer.varintField(field, (value as number | undefined) ?? 0),
  read: (reader, end) => reader.varint(end),
};

/** A message with fields of wire types 0 and 2 by number. */
function readSmall(reader: WireReader, end: number): Map<number, number | Uint8Array> {
  const stop = reader.span(end);
  const found = new Map<number, number | Uint8Array>();
  while (reader.at < stop) {
    const tag = reader.varint(stop);
    if (tag % 8 === 0) found.set(tag >>> 3, reader.varint(stop));
    else if (tag % 8 === 2) found.set(tag >>> 3, reader.raw(stop));
    else reader.skip(tag % 8, stop);
  }
  return found;
}
const numberIn = (message: ReadonlyMap<number, number | Uint8Array>, field: number): number => {
  const value = message.get(field) ?? 0;
  if (typeof value !== "number") throw new WireError("wrong wire type");
  return value;
};
const bytesIn = (message: ReadonlyMap<number, number | Uint8Array>, field: number): Uint8Array | undefined => {
  const value = message.get(field);
  if (typeof value === "number") throw new WireError("wrong wire type");
  return value;
};
const textOf = (bytes: Uint8Array | undefined): string => (bytes ? new TextDecoder().decode(bytes) : "");

const timeCodec = (micro: boolean): ScalarCodec => ({
  wireType: 2,
  write: (writer, field, value) => {
    const before = writer.length;
    if (value) {
      const { seconds, nanos } = parseInstant(value as string);
      writer.varintField(2, micro ? nanos - (nanos % 1000) : 0);
      writer.varintField(1, seconds);
    }
    writer.close(field, before);
  },
  read: (reader, end) => {
    const message = readSmall(reader, end);
    if (message.size === 0) return undefined;
    const ms = numberIn(message, 1) * 1000;
    if (Math.abs(ms) > 8.64e15) throw new WireError("time out of range");
    if (!micro) return formatTime(ms);
    const micros = Math.floor(numberIn(message, 2) / 1000);
    return formatMicroTime(ms + Math.floor(micros / 1000), micros % 1000);
  },
});

const encoder = new TextEncoder();
/** JSON text in field 1 of a message (RawExtension, FieldsV1, JSON). */
const jsonCodec: ScalarCodec = {
  wireType: 2,
  write: (writer, field, value) => {
    const before = writer.length;
    if (value !== undefined) writer.rawField(1, encoder.encode(JSON.stringify(value)));
    writer.close(field, before);
  },
  read: (reader, end) => {
    const raw = bytesIn(readSmall(reader, end), 1);
    if (!raw || raw.length === 0) return undefined;
    try {
      return JSON.parse(textOf(raw)) as unknown;
    } catch (cause) {
      throw new WireError("embedded value is not JSON", { cause });
    }
  },
};

export const jsonValueCodec = jsonCodec;
export const scalarCodecs: Readonly<Record<ScalarName, ScalarCodec>> = {
  string: textCodec,
  int32: integerCodec,
  int64: integerCodec,
  bool: {
    wireType: 0,
    write: (writer, field, value) => writer.varintField(field, value ? 1 : 0),
    read: (reader, end) => reader.varint(end) !== 0,
  },
  float64: {
    wireType: 1,
    write: (writer, field, value) => {
      writer.double((value as number | undefined) ?? 0);
      writer.tag(field, 1);
    },
    read: (reader, end) => reader.double(end),
  },
  bytes: {
    wireType: 2,
    write: (writer, field, value) => {
      if (value !== undefined) writer.rawField(field, Uint8Array.fromBase64(value as string));
    },
    read: (reader, end) => reader.raw(end).toBase64(),
  },
  quantity: {
    wireType: 2,
    write: (writer, field, value) => {
      const before = writer.length;
      writer.textField(1, String((value as string | number | undefined) ?? "0"));
      writer.close(field, before);
    },
    read: (reader, end) => textOf(bytesIn(readSmall(reader, end), 1)),
  },
  time: timeCodec(false),
  microTime: timeCodec(true),
  duration: {
    wireType: 2,
    write: (writer, field, value) => {
      const before = writer.length;
      writer.varintField(1, value ? Math.round(parseDuration(value as string) * 1e6) : 0);
      writer.close(field, before);
    },
    read: (reader, end) => formatDuration(numberIn(readSmall(reader, end), 1) / 1e6),
  },
  intOrString: {
    wireType: 2,
    write: (writer, field, value) => {
      const before = writer.length;
      const isText = typeof value === "string";
      writer.textField(3, isText ? value : "");
      writer.varintField(2, isText ? 0 : ((value as number | undefined) ?? 0));
      writer.varintField(1, isText ? 1 : 0);
      writer.close(field, before);
    },
    read: (reader, end) => {
      const message = readSmall(reader, end);
      return numberIn(message, 1) === 1 ? textOf(bytesIn(message, 3)) : numberIn(message, 2);
    },
  },
  fieldsV1: jsonCodec,
  rawExtension: jsonCodec,
  any: jsonCodec,
};
