import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { countIndexes, firstOverlap, parseIndexes } from "./indexes.ts";

test("lists of indexes, and what is wrong with them", () => {
  const range = (from: number, to = from) => ({ from, to });
  const table: readonly [string, object][] = [
    ["", { ranges: [] }],
    ["0", { ranges: [range(0)] }],
    ["1,3-5,7", { ranges: [range(1), range(3, 5), range(7)] }],
    ["9", { ranges: [range(9)] }],
    ["10", { problem: 'too large index: "10"' }],
    ["3-10", { problem: 'too large index: "10"' }],
    ["5,3", { problem: "non-increasing order, previous: 5, current: 3" }],
    ["1-3,3", { problem: "non-increasing order, previous: 3, current: 3" }],
    ["3-3", { problem: "non-increasing order, previous: 3, current: 3" }],
    ["a", { problem: 'cannot convert string to integer for index: "a"' }],
    ["1,", { problem: 'cannot convert string to integer for index: ""' }],
    [
      "1-2-3",
      {
        problem:
          "the fragment \"1-2-3\" violates the requirement that an index interval can have at most two parts separated by '-'",
      },
    ],
  ];
  for (const [text, expected] of table) assert.deepEqual(parseIndexes(text, 10), expected, text);
});

test("laws: a written list reads back, counts its indexes, and shares the first common index with another", () => {
  const completions = 30;
  const written = (indexes: readonly number[]): string => {
    const parts: string[] = [];
    for (let i = 0; i < indexes.length; i++) {
      const from = indexes[i]!;
      while (indexes[i + 1] === indexes[i]! + 1) i++;
      parts.push(indexes[i] === from ? `${from}` : `${from}-${indexes[i]}`);
    }
    return parts.join(",");
  };
  const indexes = fc
    .uniqueArray(fc.nat(completions - 1), { maxLength: completions })
    .map((list) => list.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(indexes, indexes, (a, b) => {
      const parsed = parseIndexes(written(a), completions);
      assert.ok("ranges" in parsed);
      assert.equal(countIndexes(parsed.ranges), a.length);
      const expanded = parsed.ranges.flatMap(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, i) => from + i),
      );
      assert.deepEqual(expanded, a);
      assert.equal(
        firstOverlap(written(a), written(b), completions),
        a.find((index) => b.includes(index)),
      );
    }),
  );
});
