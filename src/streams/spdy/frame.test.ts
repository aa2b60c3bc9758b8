import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as frames from "./frame.ts";
import { FrameReader, SpdyError, type Frame } from "./frame.ts";

const read = (chunks: readonly Buffer[]): Frame[] => {
  const reader = new FrameReader();
  return chunks.flatMap((chunk) => [...reader.push(chunk)]);
};
/** Joins the pieces of data frames, so that chunk borders do not show. */
function whole(list: readonly Frame[]): unknown[] {
  const out: { type: string; payload?: Buffer }[] = [];
  let open: Buffer[] = [];
  for (const frame of list) {
    if (frame.type !== "data") out.push(frame as { type: string });
    else if (!frame.fin && frame.payload.length === 0) out.push({ type: "empty" });
    else {
      open.push(frame.payload);
      if (frame.fin) out.push({ type: `data ${frame.streamId}`, payload: Buffer.concat(open.splice(0)) });
    }
  }
  return [...out, open.length];
}

const id = fc.integer({ min: 1, max: 0x7fffffff });
const bytes = fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b));
const frame = fc.oneof(
  fc.tuple(id, bytes, fc.boolean()).map(([i, block, fin]) => ({
    wire: frames.synStream(i, block, fin),
    frame: { type: "synStream", streamId: i, fin, block },
  })),
  fc.tuple(id, bytes, fc.boolean()).map(([i, block, fin]) => ({
    wire: frames.synReply(i, block, fin),
    frame: { type: "synReply", streamId: i, fin, block },
  })),
  fc.tuple(id, fc.integer({ min: 1, max: 11 })).map(([i, status]) => ({
    wire: frames.rstStream(i, status),
    frame: { type: "rstStream", streamId: i, status },
  })),
  fc.integer({ min: 0, max: 0xffffffff }).map((i) => ({ wire: frames.ping(i), frame: { type: "ping", id: i } })),
  fc.tuple(id, bytes).map(([i, payload]) => ({
    wire: Buffer.concat([frames.dataHead(i, payload.length, true), payload]),
    frame: { type: `data ${i}`, payload },
  })),
);

test("frames come back as they were written, however the bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (list, cuts) => {
        const wire = Buffer.concat(list.map((f) => f.wire));
        const chunks: Buffer[] = [];
        for (let at = 0, i = 0; at < wire.length; i++) {
          const size = cuts[i % cuts.length]!;
          chunks.push(wire.subarray(at, at + size));
          at += size;
        }
        assert.deepEqual(whole(read(chunks)), [...list.map((f) => f.frame), 0]);
      },
    ),
  );
});

const refused: Record<string, Buffer> = {
  "another version": Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 0]),
  "a control frame that is too long": Buffer.from([0x80, 3, 0, 1, 0, 0x10, 0, 0]),
  "a SYN_STREAM that is too short": Buffer.from([0x80, 3, 0, 1, 0, 0, 0, 2, 0, 0]),
  "HTTP instead of SPDY": Buffer.from("HTTP/1.1 200 OK\r\n\r\n").fill(0xff, 0, 4),
};
for (const [name, wire] of Object.entries(refused))
  test(`refuses ${name}`, () => assert.throws(() => read([wire]), SpdyError));

test("frames without effect are passed over", () => {
  const settings = Buffer.from([0x80, 3, 0, 4, 0, 0, 0, 4, 0, 0, 0, 0]);
  assert.deepEqual(read([settings, frames.ping(7)]), [
    { type: "ignored", code: 4 },
    { type: "ping", id: 7 },
  ]);
});
