// Frames of SPDY/3.1 as bytes: a writer for each type that is sent, and a reader that cuts a byte stream into frames.
// A data frame may hold 16 MB, so the reader hands its payload over in the pieces in which it arrives.

export class SpdyError extends Error {}

export const frameType = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;
/** Why a stream was reset. */
export const resetStatus = {
  protocolError: 1,
  invalidStream: 2,
  refusedStream: 3,
  cancel: 5,
  internalError: 6,
} as const;
export const flagFin = 1;

export type Frame =
  /** `fin` is set on the last piece only. */
  | { readonly type: "data"; readonly streamId: number; readonly fin: boolean; readonly payload: Buffer }
  | { readonly type: "synStream"; readonly streamId: number; readonly fin: boolean; readonly block: Buffer }
  | { readonly type: "synReply"; readonly streamId: number; readonly fin: boolean; readonly block: Buffer }
  | { readonly type: "headers"; readonly streamId: number; readonly fin: boolean; readonly block: Buffer }
  | { readonly type: "rstStream"; readonly streamId: number; readonly status: number }
  | { readonly type: "ping"; readonly id: number }
  | { readonly type: "goAway"; readonly lastStreamId: number; readonly status: number }
  /** SETTINGS, WINDOW_UPDATE and unknown types, which have no effect here. */
  | { readonly type: "ignored"; readonly code: number };

const versionBits = 0x8003;
const headBytes = 8;
export const longestData = 0xffffff;
const longestControl = 64 * 1024;
const idMask = 0x7fffffff;

function control(type: number, flags: number, ...body: readonly Buffer[]): Buffer {
  const length = body.reduce((sum, part) => sum + part.length, 0);
  const head = Buffer.alloc(headBytes);
  head.writeUInt16BE(versionBits, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE((flags << 24) | length, 4);
  return Buffer.concat([head, ...body]);
}
function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bytes.writeUInt32BE(value, i * 4));
  return bytes;
}

/** The head of a data frame; the payload of `length` bytes follows it. */
export function dataHead(streamId: number, length: number, fin: boolean): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(streamId, 0);
  head.writeUInt32BE((((fin ? flagFin : 0) << 24) | length) >>> 0, 4);
  return head;
}
export const synStream = (streamId: number, block: Buffer, fin = false): Buffer =>
  control(frameType.synStream, fin ? flagFin : 0, numbers(streamId, 0), Buffer.alloc(2), block);
export const synReply = (streamId: number, block: Buffer, fin = false): Buffer =>
  control(frameType.synReply, fin ? flagFin : 0, numbers(streamId), block);
export const rstStream = (streamId: number, status: number): Buffer =>
  control(frameType.rstStream, 0, numbers(streamId, status));
export const ping = (id: number): Buffer => control(frameType.ping, 0, numbers(id));
export const goAway = (lastStreamId: number, status = 0): Buffer =>
  control(frameType.goAway, 0, numbers(lastStreamId, status));

function parseControl(type: number, flags: number, body: Buffer): Frame {
  const fin = (flags & flagFin) !== 0;
  const number = (at: number): number => {
    if (at + 4 > body.length) throw new SpdyError(`frame of type ${type} is too short`);
    return body.readUInt32BE(at);
  };
  switch (type) {
    case frameType.synStream:
      number(6);
      return { type: "synStream", streamId: number(0) & idMask, fin, block: body.subarray(10) };
    case frameType.synReply:
      return { type: "synReply", streamId: number(0) & idMask, fin, block: body.subarray(4) };
    case frameType.headers:
      return { type: "headers", streamId: number(0) & idMask, fin, block: body.subarray(4) };
    case frameType.rstStream:
      return { type: "rstStream", streamId: number(0) & idMask, status: number(4) };
    case frameType.ping:
      return { type: "ping", id: number(0) };
    case frameType.goAway:
      return { type: "goAway", lastStreamId: number(0) & idMask, status: number(4) };
    default:
      return { type: "ignored", code: type };
  }
}

/** Cuts bytes into frames. `push` throws SpdyError when they are not SPDY/3; the reader is of no use afterwards. */
export class FrameReader {
  #held: Buffer = Buffer.alloc(0);
  #data: { readonly streamId: number; readonly fin: boolean; left: number } | undefined;

  *push(chunk: Buffer): Generator<Frame, void> {
    let bytes = this.#held.length ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = Buffer.alloc(0);
    while (bytes.length > 0) {
      if (this.#data) {
        const payload = bytes.subarray(0, this.#data.left);
        bytes = bytes.subarray(payload.length);
        yield this.#piece(payload);
        continue;
      }
      if (bytes.length < headBytes) break;
      const first = bytes.readUInt32BE(0);
      const second = bytes.readUInt32BE(4);
      const length = second & longestData;
      if (first <= idMask) {
        this.#data = { streamId: first, fin: second >>> 24 === flagFin, left: length };
        bytes = bytes.subarray(headBytes);
        if (length === 0) yield this.#piece(Buffer.alloc(0));
        continue;
      }
      if (first >>> 16 !== versionBits) throw new SpdyError("not a frame of SPDY version 3");
      if (length > longestControl) throw new SpdyError(`control frame of ${length} bytes is too long`);
      if (bytes.length < headBytes + length) break;
      yield parseControl(first & 0xffff, second >>> 24, bytes.subarray(headBytes, headBytes + length));
      bytes = bytes.subarray(headBytes + length);
    }
    this.#held = bytes;
  }
  #piece(payload: Buffer): Frame {
    const data = this.#data!;
    data.left -= payload.length;
    const last = data.left === 0;
    if (last) this.#data = undefined;
    return { type: "data", streamId: data.streamId, fin: last && data.fin, payload };
  }
}
