import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareKeys, keyAfter, prefixEnd } from "./keys.ts";
import { SortedMap } from "./sorted-map.ts";

const key = fc.string({ unit: fc.oneof(fc.constantFrom("a", "b", "\ud7ff", "\ue000", "\u{10ffff}"), fc.string({ unit: "binary", minLength: 1, maxLength: 1 })), maxLength: 5 }); // prettier-ignore
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

test("keys compare as their UTF-8 bytes do", () => {
  fc.assert(fc.property(key, key, (a, b) => assert.equal(Math.sign(compareKeys(a, b)), byBytes(a, b))));
});

test("what starts with a prefix lies between it and its end, and nothing else does", () => {
  fc.assert(
    fc.property(
      key,
      fc.oneof(
        key,
        key.chain((p) => key.map((k) => p + k)),
      ),
      (prefix, k) => {
        const end = prefixEnd(prefix);
        const isBetween = byBytes(k, prefix) >= 0 && (end === undefined || byBytes(k, end) < 0);
        assert.equal(isBetween, k.startsWith(prefix));
      },
    ),
  );
  assert.equal(prefixEnd("a\u{10ffff}"), "b");
  assert.equal(prefixEnd(""), undefined);
});

test("nothing lies between a key and the one after it", () => {
  fc.assert(fc.property(key, key, (a, b) => assert.ok(byBytes(b, a) <= 0 || byBytes(b, keyAfter(a)) >= 0)));
});

test("a sorted map keeps its order through growth and shrinkage", () => {
  const map = new SortedMap<number>();
  const model = new Map<string, number>();
  for (let i = 0; i < 5_000; i++) {
    const k = `k${(i * 7_919) % 5_003}`;
    map.add(k, i);
    model.set(k, i);
    const gone = `k${(i * 104_729) % 5_003}`;
    if (i % 3 !== 0) continue;
    map.delete(gone);
    model.delete(gone);
  }
  const sorted = [...model].toSorted(([a], [b]) => byBytes(a, b));
  assert.equal(map.size, model.size);
  assert.deepEqual([...map.from("")], sorted);
  assert.deepEqual(
    [...map.from("k3")],
    sorted.filter(([k]) => k >= "k3"),
  );
  for (const [k] of sorted) map.delete(k);
  assert.deepEqual([...map.from("")], []);
  map.add("again", 1);
  assert.deepEqual([...map.from("")], [["again", 1]]);
});
