// A Reply in the form the client asked for: whole objects from the bytes that are already there, or tables and metadata
// made for the occasion. What comes out is bytes, or a stream of them, with a content type.
import { ApiError } from "#api/errors.ts";
import { inOrder } from "#api/key-order.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import type { Message } from "#api/schema.ts";
import { emitYaml } from "#api/yaml.ts";
import { jsonType, protobufType, yamlType } from "./body.ts";
import { jsonLine } from "./cache/frame.ts";
import { notAcceptable, type Negotiated } from "./negotiate.ts";
import type { Reply, WatchFrame } from "./pipeline.ts";
import { includeObject, metaVersion, partialMetadata, table, type TableOptions } from "./table.ts";

export interface Represented {
  readonly code: number;
  readonly contentType: string;
  /** Pieces to be sent one after the other. */
  readonly body: readonly Uint8Array[] | AsyncIterable<Uint8Array>;
}
/** How objects of a kind are written in protobuf; set where the server speaks it. */
export interface ProtobufEncoder {
  encode(object: object, of: AnyKind | undefined): Uint8Array;
  /** One length-prefixed frame of a watch. */
  frame(type: string, object: object, of: AnyKind): Uint8Array;
}
export interface RepresentContext {
  readonly negotiated: Negotiated;
  readonly query: URLSearchParams;
  readonly now: () => number;
  readonly protobuf?: ProtobufEncoder;
}
type ListReply = Extract<Reply, { type: "list" }>;
type WatchReply = Extract<Reply, { type: "watch" }>;
type ObjectReply = Extract<Reply, { type: "object" }>;

const newline = Buffer.from("\n");
const contentTypes = { json: jsonType, yaml: yamlType, protobuf: protobufType } as const;

export function represent(reply: Exclude<Reply, { type: "taken" }>, context: RepresentContext): Represented {
  switch (reply.type) {
    case "raw":
      return { code: reply.code, contentType: reply.contentType, body: rawBody(reply.body) };
    case "object":
      return objectOf(reply, context);
    case "list":
      return listOf(reply, context);
    case "watch":
      return watchOf(reply, context);
  }
}

const rawBody = (body: Extract<Reply, { type: "raw" }>["body"]): Represented["body"] =>
  typeof body === "string" ? [Buffer.from(body)] : body instanceof Uint8Array ? [body] : body;

function serialize(object: object, of: AnyKind | undefined, context: RepresentContext): Represented["body"] {
  const { negotiated, protobuf } = context;
  if (negotiated.media === "yaml") return yaml(object);
  if (negotiated.media === "protobuf" && protobuf) return [protobuf.encode(object, of)];
  // Upstream: prettied text has no newline at its end.
  return [Buffer.from(negotiated.pretty ? JSON.stringify(object, null, 2) : `${JSON.stringify(object)}\n`)];
}
async function* yaml(object: object): AsyncGenerator<Uint8Array> {
  yield Buffer.from(await emitYaml(object));
}
const whole = (code: number, object: object, of: AnyKind | undefined, context: RepresentContext): Represented => ({
  code,
  contentType: contentTypes[context.negotiated.media],
  body: serialize(object, of, context),
});
const isPlainJson = ({ media, pretty }: Negotiated): boolean => media === "json" && !pretty;

const tableOptions = (context: RepresentContext): TableOptions => ({
  include: includeObject(context.query),
  now: context.now(),
  version: context.negotiated.version,
});

function objectOf(reply: ObjectReply, context: RepresentContext): Represented {
  const { negotiated } = context;
  const { of, code } = reply;
  // What cannot be listed, such as a review, has no columns.
  if (negotiated.as === "Table" && of && !of.verbs.includes("list")) {
    if (!negotiated.otherwise) throw notAcceptable(context.protobuf !== undefined);
    return objectOf(reply, { ...context, negotiated: negotiated.otherwise });
  }
  if (negotiated.as && of) {
    const object = reply.object as KubeObject;
    if (negotiated.as === "Table") {
      const { resourceVersion } = object.metadata;
      return whole(code, table(of, [object], { resourceVersion }, tableOptions(context)), undefined, context);
    }
    if (negotiated.as === "PartialObjectMetadataList")
      throw wrongForm("PartialObjectMetadataList", `not a list (*${goPackage(of)}.${of.kind})`);
    return whole(code, partialMetadata(object, negotiated.version), undefined, context);
  }
  if (reply.bytes && isPlainJson(negotiated)) return { code, contentType: jsonType, body: [reply.bytes, newline] };
  return whole(
    code,
    of && !of.custom ? inOrder(of.schema as Message<object>, reply.object) : reply.object,
    of,
    context,
  );
}
const wrongForm = (asked: string, given: string): ApiError =>
  new ApiError("NotAcceptable", `you requested ${asked}, but the requested object is ${given}`);
/** Of the types that upstream works with. */
const goPackage = ({ custom, group }: AnyKind): string =>
  custom ? "unstructured" : group === "" || group === "events.k8s.io" ? "core" : group.split(".")[0]!;

function listOf(reply: ListReply, context: RepresentContext): Represented {
  const { negotiated } = context;
  const { of, metadata } = reply;
  if (isPlainJson(negotiated) && !negotiated.as) return { code: 200, contentType: jsonType, body: jsonList(reply) };
  const objects = reply.items.map((item) => item.object);
  if (negotiated.as === "Table")
    return whole(200, table(of, objects, metadata, tableOptions(context)), undefined, context);
  if (negotiated.as === "PartialObjectMetadata")
    throw wrongForm("PartialObjectMetadata", `a list (*${goPackage(of)}.${of.listKind})`);
  if (negotiated.as) {
    const items = objects.map((object) => partialMetadata(object, negotiated.version));
    const list = { kind: "PartialObjectMetadataList", apiVersion: metaVersion(negotiated.version), metadata, items };
    return whole(200, list, undefined, context);
  }
  const items = of.custom ? objects : objects.map(withoutType);
  const shown = { kind: reply.kind, apiVersion: reply.apiVersion, metadata: listMetadata(reply), items };
  return whole(200, shown, of, context);
}

/** Upstream: lists of custom resources say that they do not go on, too. */
const listMetadata = ({ of, metadata }: ListReply): object => (of.custom ? { continue: "", ...metadata } : metadata);

/** Upstream: items of built-in kinds do not repeat what kind they are; custom resources do. */
const withoutType = ({ kind: _, apiVersion: __, ...rest }: KubeObject): object => rest;
const comma = Buffer.from(",");
const commaAndBrace = Buffer.from(",{");
const brace = Buffer.from("{");
/** The pieces of a list of encoded objects: nothing is copied or encoded again. */
function jsonList(reply: ListReply): Uint8Array[] {
  const { kind, apiVersion, items, of } = reply;
  const head = `${JSON.stringify({ kind, apiVersion, metadata: listMetadata(reply) }).slice(0, -1)},"items":[`;
  const pieces: Uint8Array[] = [Buffer.from(head)];
  const type = Buffer.from(`${JSON.stringify({ kind: of.kind, apiVersion }).slice(0, -1)},`);
  for (const [i, { bytes }] of items.entries()) {
    const isTyped = !of.custom && bytes.length > type.length && type.compare(bytes, 0, type.length) === 0;
    if (isTyped) pieces.push(i > 0 ? commaAndBrace : brace, bytes.subarray(type.length));
    else if (i > 0) pieces.push(comma, bytes);
    else pieces.push(bytes);
  }
  pieces.push(Buffer.from("]}\n"));
  return pieces;
}

function watchOf(reply: WatchReply, context: RepresentContext): Represented {
  const { media } = context.negotiated;
  if (media === "yaml") throw new ApiError("NotAcceptable", "a watch can be sent as application/json only");
  const contentType = media === "json" ? jsonType : `${protobufType};stream=watch`;
  return { code: 200, contentType, body: watchBody(reply, frameWriter(reply, context)) };
}

/** By hand: generators make several promises of each batch, and there are many watchers. */
function watchBody(reply: WatchReply, write: (frame: WatchFrame) => Uint8Array): AsyncIterable<Uint8Array> {
  const frames = reply.frames[Symbol.asyncIterator]();
  let pieces: Iterator<Uint8Array, void> | undefined;
  const leave = async (): Promise<IteratorResult<Uint8Array>> => {
    await frames.return?.();
    return { done: true, value: undefined };
  };
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    try {
      for (;;) {
        const piece = pieces?.next();
        if (piece && !piece.done) return piece;
        const batch = await frames.next();
        if (batch.done) return { done: true, value: undefined };
        if (batch.value.length === 1) return { done: false, value: write(batch.value[0]!) };
        pieces = joined(batch.value, write);
      }
    } catch (error) {
      await leave();
      throw error;
    }
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
}

/** What has gathered, in buffers of a bounded size: the first batch of a watch may be all there is of a kind. */
function* joined(
  frames: readonly WatchFrame[],
  write: (frame: WatchFrame) => Uint8Array,
): Generator<Uint8Array, void, undefined> {
  let pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for (const frame of frames) {
    const piece = write(frame);
    pieces.push(piece);
    sizeBytes += piece.length;
    if (sizeBytes < writeBytes) continue;
    yield together(pieces, sizeBytes);
    pieces = [];
    sizeBytes = 0;
  }
  if (pieces.length > 0) yield together(pieces, sizeBytes);
}
/** Watchers that are told at the same time are told the same: the bytes of the last one serve the next. */
let last: { readonly pieces: readonly Uint8Array[]; readonly bytes: Uint8Array } = { pieces: [], bytes: newline };
function together(pieces: readonly Uint8Array[], sizeBytes: number): Uint8Array {
  const isSame = pieces.length === last.pieces.length && pieces.every((piece, i) => piece === last.pieces[i]);
  if (!isSame) last = { pieces, bytes: Buffer.concat(pieces, sizeBytes) };
  return last.bytes;
}
const writeBytes = 64 * 1024;

function frameWriter({ of }: WatchReply, context: RepresentContext): (frame: WatchFrame) => Uint8Array {
  const { negotiated, protobuf } = context;
  const transform = transformer(of, context);
  if (negotiated.media === "protobuf" && protobuf) {
    const encode = (frame: WatchFrame): Uint8Array =>
      protobuf.frame(frame.type, isAsIs(frame) ? frame.encoded.object : transform(frame), of);
    return negotiated.as ? encode : (frame) => madeOnce(frame, encode);
  }
  if (!negotiated.as) return (frame) => frame.line;
  return (frame) => (isAsIs(frame) ? frame.line : jsonLine(frame.type, Buffer.from(JSON.stringify(transform(frame)))));
}
/** Whole objects in protobuf, for all watchers of the frame. */
const protobufFrames = new WeakMap<WatchFrame, Uint8Array>();
function madeOnce(frame: WatchFrame, encode: (frame: WatchFrame) => Uint8Array): Uint8Array {
  let bytes = protobufFrames.get(frame);
  if (!bytes) protobufFrames.set(frame, (bytes = encode(frame)));
  return bytes;
}

/** A Status says the same in every form. */
const isAsIs = (frame: WatchFrame): boolean => frame.type === "ERROR";

function transformer(of: AnyKind, context: RepresentContext): (frame: WatchFrame) => object {
  const { as, version } = context.negotiated;
  if (!as) return (frame) => frame.encoded.object;
  if (as !== "Table") return (frame) => partialMetadata(frame.encoded.object, version);
  let headers = true;
  return ({ encoded: { object } }) => {
    const options = { ...tableOptions(context), headers };
    headers = false;
    const { resourceVersion } = object.metadata;
    return table(of, [object], { resourceVersion }, options);
  };
}
