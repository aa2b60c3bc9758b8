import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { deepFreeze } from "#api/json.ts";
import { mergePatch } from "./merge-patch.ts";

// Source: the examples of RFC 7386, appendix A, with an object as patch.
const table: readonly [unknown, unknown, unknown][] = [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  [{ constructor: 1 }, { a: 1 }, { constructor: 1, a: 1 }],
];
test("the examples of the RFC", () => {
  for (const [document, patch, result] of table) {
    assert.deepEqual(mergePatch(deepFreeze(document), deepFreeze(patch)), result);
  }
  assert.throws(() => mergePatch({}, [1]), { reason: "BadRequest" });
});

test("laws: patching twice is patching once; a patch cannot reach a prototype", () => {
  const object = fc.dictionary(fc.constantFrom("a", "b", "__proto__", "toString"), fc.jsonValue({ maxDepth: 3 }));
  fc.assert(
    fc.property(object, object, (document, patch) => {
      const once = mergePatch(document, patch);
      assert.deepEqual(mergePatch(once, patch), once);
      assert.equal(Object.getPrototypeOf(once), Object.prototype);
    }),
  );
});
