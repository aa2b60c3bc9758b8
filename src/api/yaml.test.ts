import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { emitYaml, parseYaml, parseYamlDocuments } from "./yaml.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = async (text: string): Promise<unknown> => (await parseYaml(encode(text))).value;

test("scalars are what Go's reader makes of them", async () => {
  const table: readonly [string, unknown][] = [
    ["yes", true],
    ["Off", false],
    ["y", true],
    ["'yes'", "yes"],
    ["0777", 511],
    ["0o17", 15],
    ["0999", 999],
    ["0x1F", 31],
    ["1_000", 1000],
    ["-12", -12],
    ["8:30", "8:30"],
    ["1e3", 1000],
    [".5", 0.5],
    ["1e309", "1e309"],
    ['"\\ud800"', "\ufffd"],
    ["1.2.3", "1.2.3"],
    ["2026-01-02", "2026-01-02"],
    ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"],
    ["~", null],
    ["", null],
    ["1Gi", "1Gi"],
    ["{1: a, true: b, 1.5: c}", { 1: "a", true: "b", "1.5": "c" }],
    ["a: &x {b: 1}\nc: {<<: *x, d: 2}", { a: { b: 1 }, c: { b: 1, d: 2 } }],
    ['{"json": [1, null]}', { json: [1, null] }],
  ];
  for (const [text, value] of table) assert.deepEqual(await parse(text), value, text);
});

test("documents, duplicates and errors", async () => {
  assert.deepEqual(await parseYamlDocuments("a: 1\n---\n---\nb: 2\n"), [{ a: 1 }, { b: 2 }]);
  assert.deepEqual(await parse("a: 1\n---\nb: 2\n"), { a: 1 });
  const twice = "\na: 1\na: 2\nb:\n- {c: x, d: 1,\n   'c': z}\n- c: 1\na:\n  b: 1\n---\na: 1\na: 2\n";
  assert.deepEqual(await parseYaml(encode(twice), { duplicates: true }), {
    value: { a: { b: 1 }, b: [{ c: "z", d: 1 }, { c: 1 }] },
    duplicates: [],
    isYaml: true,
    yamlErrors: [2, 5, 8].map((i) => `line ${i + 1}: key ${i === 5 ? '"c"' : '"a"'} already set in map`),
  });
  assert.deepEqual(await parseYaml(encode("a: &a {b: 1}\nc: {<<: *a, <<: {d: 1}, b: *a}\n"), { duplicates: true }), {
    value: { a: { b: 1 }, c: { b: { b: 1 }, d: 1 } },
    duplicates: [],
    isYaml: true,
  });
  await assert.rejects(parse("a: b: c"), {
    reason: "BadRequest",
    message: "yaml: mapping values are not allowed in this context",
  });
  await assert.rejects(parse("a:\n\tb: c"), {
    reason: "BadRequest",
    message: "yaml: line 2: found character that cannot start any token",
  });
  await assert.rejects(parse("a: .inf"), { message: /json: unsupported value/ });
  await assert.rejects(parse("[".repeat(5000)), { reason: "BadRequest" });
});

test("aliases cannot blow a small text up", async () => {
  const lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"];
  for (let i = 1; i < 10; i++)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(",")}]`,
    );
  await assert.rejects(parse(lines.join("\n")), { message: "yaml: document contains excessive aliasing" });
  await assert.rejects(parse("&a [*a]"), { reason: "BadRequest" });
});

test("law: what is emitted reads back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ noUnicodeString: false }), async (value) => {
      const json: unknown = JSON.parse(JSON.stringify(value));
      assert.deepEqual(await parse(await emitYaml(json)), json);
    }),
    { numRuns: 200 },
  );
  assert.equal(await emitYaml({ b: [{ c: "yes", a: "1" }], a: "0777" }), "a: '0777'\nb:\n- a: '1'\n  c: 'yes'\n");
});
