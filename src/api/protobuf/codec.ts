// Message codecs made from schemas, once per message. As gogo-proto2 does it: fields in order of number, what is no
// pointer is always written, map keys sorted, and embedded messages nested although JSON flattens them.
import { isObject, setKey } from "../json.ts";
import type { List, MapOf, Message, Resolved } from "../schema.ts";
import { resolve } from "../schema.ts";
import { WireError, type WireReader } from "./reader.ts";
import { type ScalarCodec, jsonValueCodec, scalarCodecs } from "./scalars.ts";
import type { WireWriter } from "./writer.ts";

type Json = Record<string, unknown>;
/** Of recursive types; JSON input has the same limit. */
const maxDepth = 1000;

interface FieldCodec {
  readonly number: number;
  /** Writes the field from the object that holds it. */
  readonly write: (writer: WireWriter, object: Json) => void;
  /** Reads one occurrence of the field into the object that holds it. */
  readonly read: (reader: WireReader, wireType: number, end: number, into: Json, depth: number) => void;
}
interface MessageCodec {
  /** By descending number: the writer works backwards. */
  readonly fields: readonly FieldCodec[];
  readonly byNumber: ReadonlyMap<number, FieldCodec>;
}

const codecs = new WeakMap<object, MessageCodec>();
function codecOf(message: Message<unknown>): MessageCodec {
  let codec = codecs.get(message);
  if (!codec) codecs.set(message, (codec = compile(message)));
  return codec;
}

/** Writes the body of a message. */
export function writeMessage(writer: WireWriter, message: Message<unknown>, value: unknown): void {
  if (!isObject(value)) throw new TypeError(`${message.name} is written from an object`);
  for (const field of codecOf(message).fields) field.write(writer, value);
}
/** Reads the body of a message up to `end` as a JSON object; throws WireError. */
export function readMessage(
  reader: WireReader,
  message: Message<unknown>,
  end: number,
  into: Json = {},
  depth = 0,
): Json {
  if (depth > maxDepth) throw new WireError("message nests too deeply");
  const { byNumber } = codecOf(message);
  while (reader.at < end) {
    const tag = reader.varint(end);
    const wireType = tag % 8;
    const field = byNumber.get((tag - wireType) / 8);
    if (field) field.read(reader, wireType, end, into, depth);
    else reader.skip(wireType, end);
  }
  return into;
}

function compile(message: Message<unknown>): MessageCodec {
  const embedded = new Set(message.embeds.flatMap((e) => Object.keys(e.message.fields)));
  const own = Object.entries(message.fields)
    .filter(([name, field]) => field.number > 0 && !embedded.has(name))
    .map(([name, field]) => fieldCodec(name, field.number, resolve(field.schema), field.pointer === true));
  const nested = message.embeds.map((e) => embedCodec(e.number, e.message));
  const fields = [...own, ...nested].toSorted((a, b) => b.number - a.number);
  return { fields, byNumber: new Map(fields.map((f) => [f.number, f])) };
}

function embedCodec(number: number, message: Message<unknown>): FieldCodec {
  return {
    number,
    write: (writer, object) => {
      const before = writer.length;
      writeMessage(writer, message, object);
      writer.close(number, before);
    },
    read: (reader, wireType, end, into, depth) => {
      expect(wireType, 2);
      readMessage(reader, message, reader.span(end), into, depth + 1);
    },
  };
}

function fieldCodec(name: string, number: number, schema: Resolved, pointer: boolean): FieldCodec {
  if (schema.type === "list" && !schema.wrapper) return listCodec(name, number, schema);
  if (schema.type === "map") return mapCodec(name, number, schema);
  const value = schema.type === "list" ? wrapperCodec(schema) : valueCodec(schema);
  const optional = pointer || schema.type === "bytes";
  return {
    number,
    write: (writer, object) => {
      const item = member(object, name);
      if (item === undefined && optional) return;
      value.write(writer, number, item);
    },
    read: (reader, wireType, end, into, depth) => {
      expect(wireType, value.wireType);
      const item = value.read(reader, end, depth);
      if (item !== undefined) setKey(into, name, item);
    },
  };
}
const member = (object: Json, name: string): unknown =>
  Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined;
function expect(wireType: number, wanted: number): void {
  if (wireType !== wanted) throw new WireError("wrong wire type");
}

interface ValueCodec extends Omit<ScalarCodec, "read"> {
  readonly read: (reader: WireReader, end: number, depth: number) => unknown;
}
function valueCodec(schema: Resolved): ValueCodec {
  if (schema.type === "message") return schema.jsonForm ? jsonFormCodec(schema) : messageCodec(schema);
  if (schema.type === "list" || schema.type === "map") throw new Error("protobuf has no list of lists or of maps");
  return scalarCodecs[schema.type];
}
const messageCodec = (message: Message<unknown>): ValueCodec => ({
  wireType: 2,
  write: (writer, number, value) => {
    const before = writer.length;
    writeMessage(writer, message, value ?? {});
    writer.close(number, before);
  },
  read: (reader, end, depth) => readMessage(reader, message, reader.span(end), {}, depth + 1),
});

function listCodec(name: string, number: number, list: List<unknown>): FieldCodec {
  let items: ValueCodec | undefined;
  const codec = (): ValueCodec => (items ??= valueCodec(resolve(list.items)));
  return {
    number,
    write: (writer, object) => {
      const values = member(object, name);
      if (!Array.isArray(values)) return;
      for (let i = values.length - 1; i >= 0; i--) codec().write(writer, number, values[i] ?? undefined);
    },
    read: (reader, wireType, end, into, depth) => {
      const { wireType: wanted, read } = codec();
      const values = (member(into, name) ?? []) as unknown[];
      setKey(into, name, values);
      // Other writers may pack numbers.
      if (wireType === 2 && wanted !== 2) {
        for (const stop = reader.span(end); reader.at < stop;) values.push(read(reader, stop, depth));
        return;
      }
      expect(wireType, wanted);
      values.push(read(reader, end, depth) ?? null);
    },
  };
}

/** A map is a list of entries: key in field 1, value in field 2. */
function mapCodec(name: string, number: number, map: MapOf<unknown>): FieldCodec {
  let values: ValueCodec | undefined;
  const codec = (): ValueCodec =>
    (values ??= map.wrapper ? wrapperCodec(resolve(map.values)) : valueCodec(resolve(map.values)));
  return {
    number,
    write: (writer, object) => {
      const entries = member(object, name);
      if (!isObject(entries)) return;
      for (const key of Object.keys(entries).toSorted().reverse()) {
        const before = writer.length;
        codec().write(writer, 2, entries[key] ?? undefined);
        writer.textField(1, key);
        writer.close(number, before);
      }
    },
    read: (reader, wireType, end, into, depth) => {
      expect(wireType, 2);
      const entries = (member(into, name) ?? {}) as Json;
      setKey(into, name, entries);
      readEntry(reader, reader.span(end), codec(), entries, depth);
    },
  };
}
function readEntry(reader: WireReader, end: number, values: ValueCodec, into: Json, depth: number): void {
  let key = "";
  let value: unknown;
  while (reader.at < end) {
    const tag = reader.varint(end);
    const wireType = tag % 8;
    if (tag === 10) key = reader.text(end);
    else if ((tag - wireType) / 8 === 2) {
      expect(wireType, values.wireType);
      value = values.read(reader, end, depth);
    } else reader.skip(wireType, end);
  }
  setKey(into, key, value ?? null);
}

/** The values of some maps are lists, which the wire wraps in a message with the items in field 1. */
function wrapperCodec(schema: Resolved): ValueCodec {
  if (schema.type !== "list") throw new Error("only lists are wrapped");
  const field = listCodec("items", 1, schema);
  return {
    wireType: 2,
    write: (writer, number, value) => {
      const before = writer.length;
      field.write(writer, { items: value });
      writer.close(number, before);
    },
    read: (reader, end, depth) => {
      const into: Json = { items: [] };
      for (const stop = reader.span(end); reader.at < stop;) {
        const tag = reader.varint(stop);
        if (tag === 10) field.read(reader, 2, stop, into, depth);
        else reader.skip(tag % 8, stop);
      }
      return into["items"];
    },
  };
}

/**
 * Values that are one of several shapes: any JSON as text; or a message with the schema in one field and the other shape
 * (true or false, or a list) in another.
 */
function jsonFormCodec(message: Message<unknown>): ValueCodec {
  if (message.jsonForm === "any") return jsonValueCodec;
  const names = Object.keys(message.fields);
  const other = names.find((name) => name !== "Schema")!;
  const isBool = resolve(message.fields[other]!.schema).type === "bool";
  const wrapped = (value: unknown): Json => {
    if (isObject(value)) return isBool ? { Schema: value, [other]: true } : { Schema: value };
    return { [other]: value };
  };
  return {
    wireType: 2,
    write: (writer, number, value) => {
      const before = writer.length;
      writeMessage(writer, message, wrapped(value));
      writer.close(number, before);
    },
    read: (reader, end, depth) => {
      const read = readMessage(reader, message, reader.span(end), {}, depth + 1);
      return read["Schema"] ?? read[other];
    },
  };
}
