import assert from "node:assert/strict";
import { validateHeaderValue } from "node:http";
import { test } from "node:test";
import { warningHeaders } from "./warnings.ts";

test("texts are quoted, each once, and fit into a header", () => {
  const table: readonly (readonly [string[], string[]])[] = [
    [[], []],
    [
      ["a", "b", "a"],
      ['299 - "a"', '299 - "b"'],
    ],
    [['unknown field "foo"'], ['299 - "unknown field \\"foo\\""']],
    [["a\r\nb\0c\u0085d"], ['299 - "a b c d"']],
    [["é🙂\ufffd"], [`299 - "${Buffer.from("é🙂\ufffd").toString("latin1")}"`]],
  ];
  for (const [texts, headers] of table) assert.deepEqual(warningHeaders(texts), headers);
  for (const header of warningHeaders(["\ud800", "\0", "é漢🙂", "\x7f", "\u2028"])) validateHeaderValue("x", header);
});

test("many long texts are cut, and there is an end to them", () => {
  const texts = Array.from({ length: 100 }, (_, i) => `${i}`.padEnd(1_000, "x"));
  const headers = warningHeaders(texts);
  assert.equal(headers.length, 16);
  assert.equal(headers[1], `299 - "${"1".padEnd(256, "x")}"`);
  assert.deepEqual(warningHeaders(["x".repeat(1_000)]), [`299 - "${"x".repeat(1_000)}"`]);
});
