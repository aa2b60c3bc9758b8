import assert from "node:assert/strict";
import { test } from "node:test";
import { withDefaults } from "./defaults.ts";
import type { JsonSchema } from "./json-schema.ts";
import { coerceEmbedded } from "./object-meta.ts";
import { dropNulls, prune } from "./prune.ts";

const object = (properties: Record<string, JsonSchema>, more: JsonSchema = {}): JsonSchema => ({
  type: "object",
  properties,
  ...more,
});
const text: JsonSchema = { type: "string" };
const open = { "x-kubernetes-preserve-unknown-fields": true } as const;

const prunings: readonly {
  readonly what: string;
  readonly schema?: JsonSchema;
  readonly value: unknown;
  readonly kept: unknown;
  readonly dropped?: readonly string[];
}[] = [
  { what: "scalars stay", schema: text, value: 4, kept: 4 },
  {
    what: "undeclared members of items go",
    schema: { type: "array", items: object({ a: {}, c: {} }) },
    value: [{ a: 1 }, { b: 1 }, { a: 1, b: 2, c: 3 }],
    kept: [{ a: 1 }, {}, { a: 1, c: 3 }],
    dropped: ["[1].b", "[2].b"],
  },
  { what: "without a schema nothing is declared", value: [{ a: 1 }], kept: [{}], dropped: ["[0].a"] },
  {
    what: "values of maps are pruned, keys are not",
    schema: { type: "object", additionalProperties: object({ a: {} }) },
    value: { x: { a: 1, b: 2 } },
    kept: { x: { a: 1 } },
    dropped: ["x.b"],
  },
  {
    what: "additionalProperties: false keeps keys",
    schema: object({ c: { type: "object", additionalProperties: false } }),
    value: { c: { a: 1, d: { e: 1 } } },
    kept: { c: { a: 1, d: {} } },
    dropped: ["c.d.e"],
  },
  {
    what: "what is preserved is pruned again beneath declared members",
    schema: object({ shut: object({ open: object({}, open) }), list: {} }, open),
    value: { x: 1, shut: { x: 1, open: { x: 1 } }, list: [{ y: 1 }] },
    kept: { x: 1, shut: { open: { x: 1 } }, list: [{}] },
    dropped: ["list[0].y", "shut.x"],
  },
  {
    what: "embedded resources keep their type and metadata",
    schema: object({ pod: object({ spec: object({}) }, { "x-kubernetes-embedded-resource": true }) }),
    value: { pod: { apiVersion: "v1", kind: "Pod", metadata: { x: 1 }, spec: { y: 1 }, z: 1 } },
    kept: { pod: { apiVersion: "v1", kind: "Pod", metadata: { x: 1 }, spec: {} } },
    dropped: ["pod.spec.y", "pod.z"],
  },
];
for (const { what, schema, value, kept, dropped = [] } of prunings)
  test(`pruning: ${what}`, () => {
    const found: string[] = [];
    assert.deepEqual(prune(value, schema, false, found), kept);
    assert.deepEqual(found, dropped);
  });

test("what is in order comes back as the same value", () => {
  const schema = object({ a: object({ b: text }), l: { type: "array", items: text } });
  const value = Object.freeze({ kind: "X", metadata: { name: "x" }, a: { b: "c" }, l: ["d"] });
  assert.equal(prune(value, schema, true), value);
  assert.equal(dropNulls(value, schema), value);
  assert.equal(withDefaults(value, schema), value);
  assert.equal(coerceEmbedded(value, schema, { repairs: false }), value);
});

const a = (more: JsonSchema): JsonSchema => object({ a: { ...text, ...more } });
const defaults: readonly (readonly [string, unknown, JsonSchema, unknown])[] = [
  ["absent", {}, a({ default: "A" }), { a: "A" }],
  ["zero values are values", { a: "" }, a({ default: "A" }), { a: "" }],
  ["null where null is not allowed", { a: null }, a({ default: "A" }), { a: "A" }],
  ["null where it is", { a: null }, a({ default: "A", nullable: true }), { a: null }],
  ["null in a list", [null], { type: "array", items: { ...text, default: "A" } }, ["A"]],
  ["values of maps", { x: {} }, { type: "object", additionalProperties: a({ default: "A" }) }, { x: { a: "A" } }],
  ["not into what is absent", {}, object({ b: a({ default: "A" }) }), {}],
  ["into what is filled in", {}, object({ b: { ...a({ default: "A" }), default: {} } }), { b: { a: "A" } }],
];
for (const [what, value, schema, expected] of defaults)
  test(`defaults: ${what}`, () => assert.deepEqual(withDefaults(value, schema), expected));

test("nulls go where neither null nor a default is declared", () => {
  const schema = object({ a: text, b: { ...text, nullable: true }, c: { ...text, default: "C" } });
  assert.deepEqual(dropNulls({ a: null, b: null, c: null, d: null }, schema), { b: null, c: null, d: null });
});

test("metadata of embedded resources is read by the common schema", () => {
  const schema = object({ pod: object({}, { "x-kubernetes-embedded-resource": true, ...open }) });
  const dropped: string[] = [];
  const value = { pod: { apiVersion: "v1", kind: "Pod", metadata: { name: "x", unknown: 1, labels: { a: "b" } } } };
  const coerced = coerceEmbedded(value, schema, { repairs: false, dropped });
  assert.deepEqual(coerced, { pod: { ...value.pod, metadata: { name: "x", labels: { a: "b" } } } });
  assert.deepEqual(dropped, ["pod.metadata.unknown"]);
  const bad = { pod: { apiVersion: 5, metadata: { name: "x", labels: 7 } } };
  assert.throws(
    () => coerceEmbedded(bad, schema, { repairs: false }),
    /pod.apiVersion: Invalid value: 5: must be a string/,
  );
  assert.deepEqual(coerceEmbedded(bad, schema, { repairs: true }), { pod: { metadata: { name: "x" } } });
});
