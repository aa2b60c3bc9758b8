import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Operation, applyPatch } from "rfc6902";
import { ApiError } from "#api/errors.ts";
import { cloneJson, deepFreeze } from "#api/json.ts";
import { jsonPatch, maxOperations } from "./json-patch.ts";

test("each operation", () => {
  const document = deepFreeze({ a: { b: [1, 2, 3] }, "x/y": { "~": 1 } });
  const table: readonly [object[], unknown][] = [
    [[{ op: "add", path: "/a/c", value: null }], { a: { b: [1, 2, 3], c: null }, "x/y": { "~": 1 } }],
    [
      [
        { op: "add", path: "/a/b/-", value: 4 },
        { op: "add", path: "/a/b/0", value: 0 },
      ],
      { a: { b: [0, 1, 2, 3, 4] }, "x/y": { "~": 1 } },
    ],
    [[{ op: "remove", path: "/x~1y/~0" }], { a: { b: [1, 2, 3] }, "x/y": {} }],
    [[{ op: "replace", path: "/a/b/-1", value: 9 }], { a: { b: [1, 2, 9] }, "x/y": { "~": 1 } }],
    [[{ op: "move", from: "/a/b/0", path: "/c" }], { a: { b: [2, 3] }, "x/y": { "~": 1 }, c: 1 }],
    [
      [
        { op: "copy", from: "/a/b", path: "/c" },
        { op: "remove", path: "/c/0" },
      ],
      { a: { b: [1, 2, 3] }, "x/y": { "~": 1 }, c: [2, 3] },
    ],
    [
      [
        { op: "test", path: "/a/b", value: [1, 2, 3] },
        { op: "replace", path: "", value: 1 },
      ],
      1,
    ],
    [[{ op: "test", path: "/nothing", value: null }], document],
  ];
  for (const [patch, result] of table) assert.deepEqual(jsonPatch(document, deepFreeze(patch)), result);
});

test("what cannot be applied is Invalid, and the reason is a cause", () => {
  const table: readonly [unknown, RegExp][] = [
    [
      [{ op: "remove", path: "/z" }],
      /error in remove for path: '\/z': Unable to remove nonexistent key: z: missing value$/,
    ],
    [
      [{ op: "remove", path: "/z/y" }],
      /remove operation does not apply: doc is missing path: "\/z\/y": missing value$/,
    ],
    [
      [{ op: "replace", path: "/z/y", value: 1 }],
      /replace operation does not apply: doc is missing path: \/z\/y: missing/,
    ],
    [[{ op: "replace", path: "/z", value: 1 }], /doc is missing path/],
    [
      [{ op: "add", path: "/z/y", value: 1 }],
      /add operation does not apply: doc is missing path: "\/z\/y": missing value$/,
    ],
    [[{ op: "add", path: "/l/3", value: 1 }], /index 3 is out of bounds/],
    [[{ op: "add", path: "/l/01", value: 1 }], /"01" is no index/],
    [[{ op: "test", path: "/a", value: 2 }], /testing value \/a failed/],
    [[{ op: "move", from: "/o", path: "/o/p" }], /moved into itself/],
    [[{ op: "replace", path: "/constructor", value: 1 }], /doc is missing path/],
    [[{ op: "jump", path: "/a" }], /Unexpected kind: jump/],
    [[{ op: "add", value: 1 }], /operation without "path"/],
    [[{ op: "add", path: "a", value: 1 }], /no JSON pointer/],
  ];
  for (const [patch, why] of table) {
    assert.throws(
      () => jsonPatch({ a: 1, l: [1], o: {} }, patch),
      (e) => e instanceof ApiError && e.code === 422 && why.test(String(e.cause)),
    );
  }
  assert.throws(() => jsonPatch({}, {}), { code: 400 });
  assert.throws(() => jsonPatch({}, [1]), { code: 400 });
});

test("the work of a patch is limited", () => {
  const many = Array.from({ length: maxOperations + 1 }, () => ({ op: "test", path: "/a", value: 1 }));
  assert.throws(() => jsonPatch({ a: 1 }, many), {
    code: 413,
    message: "Request entity is too large: The allowed maximum operations in a JSON patch is 10000, got 10001",
  });
  const doubling = Array.from({ length: 30 }, () => ({ op: "copy", from: "/a", path: "/a/-" }));
  assert.throws(
    () => jsonPatch({ a: ["x".repeat(100)] }, doubling),
    (e) => e instanceof ApiError && /accumulated size increase/.test(String(e.cause)),
  );
});

test("a patch cannot nest more deeply than a body may, nor keep everybody waiting", () => {
  const deep = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);
  const at = (depth: number): string => "/a".repeat(depth);
  const refused = { reason: "Invalid" };
  assert.throws(() => jsonPatch(deep(900), [{ op: "add", path: at(900), value: deep(101) }]), refused);
  assert.doesNotThrow(() => jsonPatch(deep(900), [{ op: "add", path: at(900), value: deep(100) }]));
  const copies = Array.from({ length: 11 }, (_, i) => ({ op: "copy", from: "", path: at(90 * (i + 1)) }));
  assert.throws(() => jsonPatch(deep(90), copies), refused);
  const list = { a: Array.from({ length: 100_000 }, () => 1) };
  const shift = Array.from({ length: 10_000 }, () => ({ op: "add", path: "/a/0", value: 1 }));
  assert.throws(() => jsonPatch(list, shift), { reason: "RequestEntityTooLarge" });
  assert.throws(() => jsonPatch({}, [{ op: { toString: 1 }, path: "" }]), refused);
});

test("law: same result as another implementation, and the document is untouched", () => {
  const step = fc.constantFrom("a", "b", "0", "1", "-", "x/y");
  const path = fc.array(step, { maxLength: 3 }).map((p) => p.map((s) => `/${s.replace("/", "~1")}`).join(""));
  const value = fc.jsonValue({ maxDepth: 2 });
  const operation = fc.oneof(
    fc.record({ op: fc.constantFrom("add", "replace"), path, value }),
    fc.record({ op: fc.constant("remove"), path: path.filter((p) => p !== "") }),
    fc.record({ op: fc.constantFrom("move", "copy"), from: path.filter((p) => p !== ""), path }),
  );
  const key = fc.constantFrom("a", "b", "x/y");
  const document = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      fc.integer(),
      fc.dictionary(key, tie("node")),
      fc.array(tie("node"), { maxLength: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(document, fc.array(operation, { maxLength: 4 }), (before, patch) => {
      // A document of its own: rfc6902 edits in place and cannot replace a root that is no object.
      const theirs = { root: cloneJson(before) };
      const nested = patch.map((o) => ({
        ...o,
        path: `/root${o.path}`,
        ...("from" in o ? { from: `/root${o.from}` } : {}),
      }));
      let ok: boolean;
      try {
        ok = applyPatch(theirs, cloneJson(nested) as Operation[]).every((e) => e === null);
      } catch {
        ok = false;
      }
      const kept = JSON.stringify(before);
      let ours: unknown;
      try {
        ours = jsonPatch({ root: deepFreeze(before) }, nested);
      } catch (error) {
        assert.ok(error instanceof ApiError);
        // They let any text index a list, and remove what is not there.
        const lax = /is no index|out of bounds/.test(String(error.cause));
        assert.ok(!ok || lax, `only we fail: ${String(error.cause)}`);
        return;
      }
      assert.equal(JSON.stringify(before), kept);
      if (ok) assert.deepEqual(ours, theirs);
    }),
    { numRuns: 500 },
  );
});
