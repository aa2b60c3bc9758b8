import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  bool,
  bytes,
  decode,
  encode,
  int,
  ints,
  list,
  map,
  message,
  nested,
  optionalInt,
  text,
  texts,
  time,
} from "./message.ts";

const inner = message({ name: text(1), size: int(2) });
const outer = message({
  name: text(1),
  flag: bool(2),
  count: int(3),
  inner: nested(4, inner),
  many: list(5, inner),
  words: texts(6),
  numbers: ints(7),
  labels: map(8),
  maybe: optionalInt(9),
  raw: bytes(18),
});
const someInner = fc.record({ name: fc.string(), size: fc.nat() }, { noNullPrototype: true });
const word = fc.string({ maxLength: 12, unit: "grapheme" });
const values = fc.record({
  name: word,
  flag: fc.boolean(),
  count: fc.integer(),
  inner: fc.option(someInner, { nil: undefined }),
  many: fc.array(someInner, { maxLength: 4 }),
  words: fc.array(word, { maxLength: 4 }),
  numbers: fc.array(fc.integer(), { maxLength: 4 }),
  labels: fc.dictionary(
    word.filter((k) => k !== "__proto__"),
    word,
    { maxKeys: 4, noNullPrototype: true },
  ),
  maybe: fc.option(fc.nat(), { nil: undefined }),
  raw: fc.uint8Array({ maxLength: 9 }),
});

test("what is encoded is decoded", () => {
  fc.assert(
    fc.property(values, (value) => {
      const back = decode(outer, encode(outer, value));
      assert.deepEqual({ ...back, raw: Array.from(back.raw) }, { ...value, raw: Array.from(value.raw) });
    }),
  );
});

const zero = {
  name: "",
  flag: false,
  count: 0,
  inner: undefined,
  many: [],
  words: [],
  numbers: [],
  labels: {},
  maybe: undefined,
  raw: new Uint8Array(),
};
const wire: Record<string, { hex: string; value: object; writes?: false }> = {
  nothing: { hex: "", value: {} },
  "a text": { hex: "0a026869", value: { name: "hi" } },
  "a truth": { hex: "1001", value: { flag: true } },
  "a negative number": { hex: "18ffffffffffffffffff01", value: { count: -1 } },
  "a number beyond 32 bits": { hex: "188080808010", value: { count: 2 ** 32 } },
  "an empty message": { hex: "2200", value: { inner: { name: "", size: 0 } } },
  "a list": {
    hex: "2a030a01612a021001",
    value: {
      many: [
        { name: "a", size: 0 },
        { name: "", size: 1 },
      ],
    },
  },
  "an empty word": { hex: "32003201 62".replace(" ", ""), value: { words: ["", "b"] } },
  "packed numbers": { hex: "3a0301ac02", value: { numbers: [1, 300] } },
  "numbers that are not packed": { hex: "380138ac02", value: { numbers: [1, 300] }, writes: false },
  "a map": { hex: "42060a01611201 62".replace(" ", ""), value: { labels: { a: "b" } } },
  "an optional zero": { hex: "4a00", value: { maybe: 0 } },
  "a field above 15": { hex: "920101ff", value: { raw: Uint8Array.of(255) } },
  "unknown fields": { hex: "f80105 fa010161 0a0161".replaceAll(" ", ""), value: { name: "a" }, writes: false },
};
for (const [name, { hex, value, writes }] of Object.entries(wire))
  test(`on the wire: ${name}`, () => {
    const got = decode(outer, Buffer.from(hex, "hex"));
    assert.deepEqual({ ...got, raw: Uint8Array.from(got.raw) }, { ...zero, ...value });
    if (writes !== false) assert.equal(encode(outer, value).toString("hex"), hex);
  });

test("nanoseconds are read as milliseconds", () => {
  const nanoseconds = 1_767_225_600_123_456_789n;
  const sent = encode(message({ at: int(4) }), { at: Number(nanoseconds) });
  assert.equal(decode(message({ at: time(4) }), sent).at, 1_767_225_600_123);
});

test("broken bytes are an error", () => {
  assert.throws(() => decode(outer, Buffer.from("0a05", "hex")));
  assert.throws(() => decode(outer, Buffer.from("2205", "hex")));
});
