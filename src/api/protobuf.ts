// Protobuf bodies: the envelope around an object ("k8s\0" and a runtime.Unknown), lists, and watch frames. The messages
// themselves are encoded by schema in protobuf/codec.ts; objects stay what they are in JSON.
import { badRequest } from "./errors.ts";
import { type AnyKind, type Kind, type KubeObject, apiVersionOf } from "./kind.ts";
import { ListMeta, ObjectMeta } from "./meta/schema.ts";
import { readMessage, writeMessage } from "./protobuf/codec.ts";
import { WireError, WireReader } from "./protobuf/reader.ts";
import { WireWriter } from "./protobuf/writer.ts";
import { type Message, struct, topLevel } from "./schema.ts";

export const protobufContentType = "application/vnd.kubernetes.protobuf";
/** First bytes of every body. */
const magic = Uint8Array.of(0x6b, 0x38, 0x73, 0);

export interface TypeMeta {
  readonly apiVersion: string;
  readonly kind: string;
}
/** Metadata alone, for clients that want no more of an object. */
export const PartialObjectMetadata = topLevel(
  "io.k8s.apimachinery.pkg.apis.meta.v1.PartialObjectMetadata",
  "The metadata of an object, without its content.",
  { metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries.") },
);

// any: of a message of any type
// eslint-disable-next-line
type AnyMessage = Message<any>;
/** Finds the schema of a type; undefined when it has no protobuf form. */
export type SchemaLookup = (apiVersion: string, kind: string) => AnyMessage | undefined;
/** A lookup over kinds, and over other bodies by their kind alone (DeleteOptions, Scale, Status …). */
export function schemaLookup(
  kinds: readonly AnyKind[],
  others: Readonly<Record<string, AnyMessage>> = {},
): SchemaLookup {
  const known = new Map<string, AnyMessage>();
  for (const kind of kinds) known.set(`${apiVersionOf(kind)}/${kind.kind}`, kind.schema as AnyMessage);
  return (apiVersion, kind) =>
    known.get(`${apiVersion}/${kind}`) ?? (Object.hasOwn(others, kind) ? others[kind] : undefined);
}

// One writer serves everybody: encoding never waits, and the result is a copy.
const writer = new WireWriter();
const concluded = (write: () => void): Uint8Array => {
  try {
    write();
    return writer.take();
  } catch (error) {
    writer.take();
    throw error;
  }
};
/** The body of an object of a kind. */
export const encodeObject = <T extends KubeObject>(kind: Kind<T>, object: T): Uint8Array =>
  encodeMessage(kind.schema, object, { apiVersion: apiVersionOf(kind), kind: kind.kind });

/** The body of any other type: Status, Scale, discovery documents. */
export function encodeMessage<T>(schema: Message<T>, value: T, type: TypeMeta): Uint8Array {
  return concluded(() => {
    writer.textField(4, "");
    writer.textField(3, "");
    const before = writer.length;
    writeMessage(writer, schema as Message<unknown>, value);
    closeEnvelope(before, type);
  });
}
function closeEnvelope(before: number, { apiVersion, kind }: TypeMeta): void {
  writer.close(2, before);
  const type = writer.length;
  writer.textField(2, kind);
  writer.textField(1, apiVersion);
  writer.close(1, type);
  writer.raw(magic);
}

/** The bare message of an object, to be put into lists by `encodeList`. */
export const encodeItem = <T>(schema: Message<T>, value: T): Uint8Array =>
  concluded(() => writeMessage(writer, schema as Message<unknown>, value));

/** The body of a list from the messages of its items. */
export function encodeList(type: TypeMeta, metadata: ListMeta, items: readonly Uint8Array[]): Uint8Array {
  return concluded(() => {
    writer.textField(4, "");
    writer.textField(3, "");
    const before = writer.length;
    for (let i = items.length - 1; i >= 0; i--) writer.rawField(2, items[i]!);
    const meta = writer.length;
    writeMessage(writer, ListMeta as Message<unknown>, metadata);
    writer.close(1, meta);
    closeEnvelope(before, type);
  });
}

/** One frame of a watch stream, length and all; `body` is a whole body with its envelope. */
export function encodeWatchFrame(type: string, body: Uint8Array): Uint8Array {
  const event = concluded(() => {
    const before = writer.length;
    writer.rawField(1, body);
    writer.close(2, before);
    writer.textField(1, type);
  });
  const frame = new Uint8Array(4 + event.length);
  new DataView(frame.buffer).setUint32(0, event.length);
  frame.set(event, 4);
  return frame;
}

/** Whether bytes are a protobuf body. */
export const isProtobuf = (bytes: Uint8Array): boolean =>
  bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte);

/** The JSON value of a body, not yet in canonical form: decode it by schema. Throws ApiError BadRequest. */
export function decodeProtobuf(lookup: SchemaLookup, bytes: Uint8Array): unknown {
  try {
    return decode(lookup, bytes);
  } catch (error) {
    if (error instanceof WireError) throw badRequest(`unable to decode protobuf: ${error.message}`);
    throw error;
  }
}
function decode(lookup: SchemaLookup, bytes: Uint8Array): unknown {
  if (!isProtobuf(bytes))
    throw badRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  if (bytes.length === magic.length) throw badRequest("empty body");
  const reader = new WireReader(bytes);
  reader.at = magic.length;
  const { type, body } = readEnvelope(reader);
  const schema = lookup(type.apiVersion, type.kind);
  if (schema) return { ...type, ...readMessage(new WireReader(body), schema, body.length) };
  const item = type.kind.endsWith("List") ? lookup(type.apiVersion, type.kind.slice(0, -4)) : undefined;
  if (!item) throw badRequest(`no kind "${type.kind}" is registered for version "${type.apiVersion}"`);
  return { ...type, ...readList(new WireReader(body), item, body.length) };
}

function readEnvelope(reader: WireReader): { type: TypeMeta; body: Uint8Array } {
  const end = reader.bytes.length;
  let type: TypeMeta = { apiVersion: "", kind: "" };
  let body: Uint8Array = new Uint8Array();
  while (reader.at < end) {
    const tag = reader.varint(end);
    if (tag === 10) type = readTypeMeta(reader, reader.span(end));
    else if (tag === 18) body = reader.raw(end);
    else reader.skip(tag % 8, end);
  }
  return { type, body };
}
function readTypeMeta(reader: WireReader, end: number): TypeMeta {
  const type = { apiVersion: "", kind: "" };
  while (reader.at < end) {
    const tag = reader.varint(end);
    if (tag === 10) type.apiVersion = reader.text(end);
    else if (tag === 18) type.kind = reader.text(end);
    else reader.skip(tag % 8, end);
  }
  return type;
}
function readList(reader: WireReader, item: AnyMessage, end: number): { metadata: object; items: object[] } {
  const list: { metadata: object; items: object[] } = { metadata: {}, items: [] };
  while (reader.at < end) {
    const tag = reader.varint(end);
    if (tag === 10) list.metadata = readMessage(reader, ListMeta as Message<unknown>, reader.span(end));
    else if (tag === 18) list.items.push(readMessage(reader, item as Message<unknown>, reader.span(end)));
    else reader.skip(tag % 8, end);
  }
  return list;
}

/** The events of a watch stream that has been read so far; `rest` is the start of an unfinished frame. */
export function decodeWatchFrames(
  lookup: SchemaLookup,
  bytes: Uint8Array,
): { events: { type: string; object: unknown }[]; rest: Uint8Array } {
  const events: { type: string; object: unknown }[] = [];
  let at = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  while (bytes.length - at >= 4 && bytes.length - at - 4 >= view.getUint32(at)) {
    const end = at + 4 + view.getUint32(at);
    events.push(readEvent(lookup, bytes.subarray(at + 4, end)));
    at = end;
  }
  return { events, rest: bytes.subarray(at) };
}
function readEvent(lookup: SchemaLookup, bytes: Uint8Array): { type: string; object: unknown } {
  const reader = new WireReader(bytes);
  const event: { type: string; object: unknown } = { type: "", object: undefined };
  while (reader.at < bytes.length) {
    const tag = reader.varint(bytes.length);
    if (tag === 10) event.type = reader.text(bytes.length);
    else if (tag === 18) {
      const stop = reader.span(bytes.length);
      if (reader.varint(stop) === 10) event.object = decodeProtobuf(lookup, reader.raw(stop));
      reader.at = stop;
    } else reader.skip(tag % 8, bytes.length);
  }
  return event;
}
