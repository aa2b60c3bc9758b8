import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, createDeflate, createInflate } from "node:zlib";
import fc from "fast-check";
import { dictionary } from "./dictionary.ts";
import { SpdyError } from "./frame.ts";
import { HeaderReader, HeaderWriter, packHeaders, unpackHeaders } from "./header-block.ts";

const headers = fc.dictionary(
  fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/).filter((name) => name !== "__proto__"),
  fc.string({ maxLength: 60, unit: "grapheme" }),
  { maxKeys: 8, noNullPrototype: true },
);
const same = (a: object, b: object): void => assert.deepEqual({ ...a }, { ...b });

test("the dictionary is the protocol's", () => {
  let [a, b] = [1, 0];
  for (const byte of dictionary) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  assert.equal(((b << 16) | a) >>> 0, 0xe3c6a7c2);
  assert.equal(dictionary.length, 1423);
});

test("packed headers come back", () => {
  fc.assert(fc.property(headers, (h) => same(unpackHeaders(packHeaders(h)), h)));
});

test("what the writer writes, the reader reads", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(headers, { minLength: 1, maxLength: 5 }), async (list) => {
      const [writer, reader] = [new HeaderWriter(), new HeaderReader()];
      for (const h of list) same(await reader.read(writer.write(h)), h);
      reader.close();
    }),
    { numRuns: 30 },
  );
});

test("what the writer writes is one zlib stream that any inflater hands over block by block", async () => {
  const inflate = createInflate({ dictionary });
  const writer = new HeaderWriter();
  for (const h of [{ streamtype: "error" }, { streamtype: "data", long: "x".repeat(50_000) }]) {
    const chunks: Buffer[] = [];
    inflate.on("data", (chunk: Buffer) => chunks.push(chunk));
    await new Promise((resolve) => inflate.write(writer.write(h), resolve));
    same(unpackHeaders(Buffer.concat(chunks)), h);
    inflate.removeAllListeners("data");
  }
  inflate.destroy();
});

test("reads what a compressing peer sends with sync flushes", async () => {
  const deflate = createDeflate({ dictionary, level: 9, flush: constants.Z_SYNC_FLUSH });
  const reader = new HeaderReader();
  for (const h of [{ streamtype: "stdin", port: "80" }, { streamtype: "stdin", port: "81" }, {}]) {
    const chunks: Buffer[] = [];
    deflate.on("data", (chunk: Buffer) => chunks.push(chunk));
    await new Promise((resolve) => deflate.write(packHeaders(h), resolve));
    deflate.removeAllListeners("data");
    same(await reader.read(Buffer.concat(chunks)), h);
  }
  deflate.destroy();
  reader.close();
});

test("a block that inflates without end is refused", async () => {
  const deflate = createDeflate({ dictionary, flush: constants.Z_SYNC_FLUSH });
  const chunks: Buffer[] = [];
  deflate.on("data", (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => deflate.write(packHeaders({ bomb: "a".repeat(5_000_000) }), resolve));
  deflate.destroy();
  await assert.rejects(new HeaderReader().read(Buffer.concat(chunks)), { message: /larger than 65536 bytes/ });
  assert.throws(() => new HeaderWriter().write({ a: "x".repeat(70_000) }), SpdyError);
});

test("bytes that are no zlib stream are refused", async () => {
  await assert.rejects(new HeaderReader().read(Buffer.from("not zlib at all")), SpdyError);
});

for (const [name, bytes] of Object.entries({
  "a length beyond the end": Buffer.from([0, 0, 0, 1, 0, 0, 0, 9, 1]),
  "bytes left over": Buffer.from([0, 0, 0, 0, 1]),
  nothing: Buffer.alloc(0),
}))
  test(`refuses ${name}`, () => assert.throws(() => unpackHeaders(bytes), SpdyError));
