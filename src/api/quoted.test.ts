import assert from "node:assert/strict";
import { test } from "node:test";
import { quoted } from "./quoted.ts";

test("names in messages are quoted as Go does", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["one", '"one"'],
    ['a"b\\', '"a\\"b\\\\"'],
    ["a\0\x07\n\x7f", '"a\\x00\\a\\n\\x7f"'],
    ["ä–€", '"ä–€"'],
    ["\u200b\u{e0001}", '"\\u200b\\U000e0001"'],
  ];
  for (const [text, expected] of cases) assert.equal(quoted(text), expected);
});
