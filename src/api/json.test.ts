import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { ApiError } from "./errors.ts";
import { cloneJson, deepEqual, deepFreeze, maxDepth, parseJson, member } from "./json.ts";
import { scanJson } from "./json-scan.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test("broken input is named in Go's words", () => {
  const table: readonly [string, string][] = [
    ["", "unexpected end of JSON input"],
    ["{", "unexpected end of JSON input"],
    ["{a}", "invalid character 'a' looking for beginning of object key string"],
    ['{"a"}', "invalid character '}' after object key"],
    ['{"a":}', "invalid character '}' looking for beginning of value"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ["[1 2]", "invalid character '2' after array element"],
    ["[1,]", "invalid character ']' looking for beginning of value"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ["{} x", "invalid character 'x' after top-level value"],
    ["nul!", "invalid character '!' in literal null (expecting 'l')"],
    ['"\n"', "invalid character '\\n' in string literal"],
    ['"\\q"', "invalid character 'q' in string escape code"],
    ["-x", "invalid character 'x' in numeric literal"],
    ["01", "invalid character '1' after top-level value"],
    ["1.", "unexpected end of JSON input"],
    ["kind: Pod", "invalid character 'k' looking for beginning of value"],
  ];
  for (const [text, why] of table) {
    assert.throws(
      () => parseJson(encode(text)),
      (e) =>
        e instanceof ApiError && e.code === 400 && e.message === `couldn't get version/kind; json parse error: ${why}`,
      text,
    );
  }
});

test("duplicate keys are reported by path, once each, and the last one wins", () => {
  const text = '{"spec":{"a":1,"a":2,"a":3,"l":[{},{"x":"\\u0061","x":1}]},"labels":{"p/q":1,"p/q":1},"spec":{}}';
  assert.deepEqual(parseJson(encode(text), { duplicates: true }).duplicates, [
    "spec.a",
    "spec.l[1].x",
    "labels.p/q",
    "spec",
  ]);
  assert.deepEqual(parseJson(encode(text)).duplicates, []);
});

test("halves of surrogate pairs become U+FFFD, in keys too", () => {
  const parsed = parseJson(Buffer.from(String.raw`{"\ud800":["a\udc00", "\ud83d\ude42"]}`)).value;
  assert.deepEqual(parsed, { "\ufffd": ["a\ufffd", "🙂"] });
});

test("a member is the map's own", () => {
  const map = JSON.parse('{"a":"1","__proto__":"2"}') as Record<string, string>;
  assert.deepEqual(
    ["a", "__proto__", "constructor", "b"].map((key) => member(map, key)),
    ["1", "2", undefined, undefined],
  );
});

test("nesting has a limit", () => {
  const nested = (n: number): Uint8Array => encode("[".repeat(n) + '"[[{"' + "]".repeat(n));
  assert.ok(parseJson(nested(maxDepth)));
  assert.throws(() => parseJson(nested(maxDepth + 1)), /exceeded max depth/);
});

test("the scanner accepts exactly what JSON.parse accepts", () => {
  const pieces = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"\\u00e9"',
    "1",
    "-0.5e+3",
    "0",
    "true",
    "null",
    " ",
    "\n",
    "é",
    '"',
    "e",
  );
  const valid = (parse: (t: string) => unknown, text: string): boolean => {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.array(pieces).map((p) => p.join("")),
        fc.string(),
      ),
      (text) => {
        assert.equal(valid(scanJson, text), valid(JSON.parse, text));
      },
    ),
  );
});

test("a clone is equal, separate and writable; a frozen value is frozen throughout", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const copy = cloneJson(deepFreeze(value));
      assert.ok(deepEqual(copy, value));
      assert.equal(JSON.stringify(copy), JSON.stringify(value));
      if (typeof value === "object" && value !== null) assert.ok(copy !== value && !Object.isFrozen(copy));
    }),
  );
  const frozen = deepFreeze({ a: { b: [{ c: 1 }] } });
  assert.ok(Object.isFrozen(frozen.a.b[0]));
  const proto = cloneJson(JSON.parse('{"__proto__":{"x":1}}') as object);
  assert.deepEqual(Object.keys(proto), ["__proto__"]);
});

test("equality ignores the order of keys and undefined members", () => {
  assert.ok(deepEqual({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }));
  assert.ok(deepEqual({ a: 1, b: undefined }, { a: 1 }));
  assert.ok(deepEqual({ a: 1 }, { b: undefined, a: 1 }));
  for (const [a, b] of [
    [{ a: 1 }, { a: 1, b: 1 }],
    [{ a: 1, b: 1 }, { a: 1 }],
    [[1], { 0: 1 }],
    [[1, 2], [1]],
    [{ a: 1 }, { b: 1 }],
    [null, {}],
    [1, "1"],
  ]) {
    assert.ok(!deepEqual(a, b), JSON.stringify([a, b]));
  }
});
