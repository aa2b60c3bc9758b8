import assert from "node:assert/strict";
import { test } from "node:test";
import { checkDefaults, withPrunedDefaults } from "./check-defaults.ts";
import { checkRoot, checkSchema } from "./check-schema.ts";
import { checkStructural, unreadablePart } from "./check-structural.ts";
import { findField } from "./field-path.ts";
import type { FieldError } from "#api/field-error.ts";
import type { JsonSchema } from "./json-schema.ts";

const texts = (errors: readonly FieldError[]): string[] => errors.map((e) => `${e.field}: ${e.message}`);
const root = (properties: Record<string, JsonSchema>, more: JsonSchema = {}): JsonSchema => ({
  type: "object",
  properties,
  ...more,
});

const structural: readonly (readonly [JsonSchema, ...string[]])[] = [
  [root({ a: { type: "string" } })],
  [{}, "s.type: Required value: must not be empty at the root"],
  [
    { type: "array", items: {} },
    "s.items.type: Required value: must not be empty for specified array items",
    's.type: Invalid value: "array": must be object at the root',
  ],
  [root({ a: {} }), "s.properties[a].type: Required value: must not be empty for specified object fields"],
  [root({ a: { type: "array" } }), "s.properties[a].items: Required value: must be specified"],
  [root({ a: { "x-kubernetes-int-or-string": true } })],
  [root({ a: { "x-kubernetes-int-or-string": true, anyOf: [{ type: "integer" }, { type: "string" }] } })],
  [
    root({ a: { type: "string", anyOf: [{ type: "string" }] } }),
    "s.properties[a].anyOf[0].type: Forbidden: must be empty to be structural",
  ],
  [
    root({}, { allOf: [{ properties: { b: { minimum: 1 } } }] }),
    "s.properties[b]: Required value: because it is defined in s.allOf[0].properties[b]",
  ],
  [
    root({ a: { type: "string", pattern: "(" } }),
    's.properties[a].pattern: Invalid value: "(": must be a valid regular expression, but isn\'t: error parsing regexp: missing closing ): `(`',
  ],
  [root({ metadata: { type: "object", properties: { name: { type: "string" } } } })],
  [
    root({ metadata: { type: "object", properties: { labels: { type: "object" } } } }),
    "s.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified",
  ],
  [root({}, { additionalProperties: true }), "s.additionalProperties: Forbidden: must not be used at the root"],
  [
    root({ e: { type: "object", "x-kubernetes-embedded-resource": true } }),
    "s.properties[e].properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields",
  ],
];
for (const [schema, ...expected] of structural)
  test(`structural: ${JSON.stringify(schema)}`, () => assert.deepEqual(texts(checkStructural(schema, "s")), expected));

test("what cannot be read as structural is named", () => {
  assert.equal(unreadablePart(root({ a: { $ref: "#/x" } })), "OpenAPIV3Schema '$ref' is not supported");
  assert.equal(
    unreadablePart(root({ a: { items: [{}] } })),
    "OpenAPIV3Schema 'items' must be a schema, but is an array",
  );
  assert.equal(unreadablePart(root({ a: { type: "string" } })), undefined);
});

const list = (more: JsonSchema, items: JsonSchema): JsonSchema => root({ l: { type: "array", items, ...more } });
const keys = { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"] } as const;
const schemas: readonly (readonly [JsonSchema, ...string[]])[] = [
  [
    root({ a: { type: "text" } }),
    's.properties[a].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"',
  ],
  [
    root({ a: { type: "array", uniqueItems: true } }),
    "s.properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
  ],
  [
    root({ a: { type: "object", properties: { b: {} }, additionalProperties: false } }),
    "s.properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive",
  ],
  [
    root({ metadata: { type: "object", default: {} } }),
    "s.properties[metadata].default: Forbidden: must not be set in top-level metadata",
  ],
  [
    root({ a: { type: "string", "x-kubernetes-map-type": "odd" } }),
    's.properties[a].type: Invalid value: "string": must be object if x-kubernetes-map-type is specified',
    's.properties[a].x-kubernetes-map-type: Unsupported value: "odd": supported values: "atomic", "granular"',
  ],
  [list(keys, { type: "object", properties: { k: { type: "string" } }, required: ["k"] })],
  [
    list(keys, { type: "object", properties: { k: { type: "string" } } }),
    "s.properties[l].items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
  ],
  [
    list(keys, { type: "object", properties: {} }),
    's.properties[l].x-kubernetes-list-map-keys: Invalid value: ["k"]: entries must all be names of item properties',
  ],
  [
    list({ "x-kubernetes-list-type": "set" }, { type: "object" }),
    "s.properties[l].items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set",
  ],
  [
    root({ a: { type: "string", "x-kubernetes-validations": [{ rule: " " }] } }),
    "s.properties[a].x-kubernetes-validations[0].rule: Required value: rule is not specified",
  ],
  [
    root({
      a: { type: "object", properties: { b: {} }, "x-kubernetes-validations": [{ rule: "true", fieldPath: ".c" }] },
    }),
    's.properties[a].x-kubernetes-validations[0].fieldPath: Invalid value: ".c": must be a valid path',
  ],
];
for (const [schema, ...expected] of schemas)
  test(`schema: ${JSON.stringify(schema)}`, () => assert.deepEqual(texts(checkSchema(schema, "s")), expected));

test("a status subresource restricts the root", () => {
  assert.deepEqual(texts(checkRoot(root({}, { description: "x", required: ["a"] }), true, "v")), []);
  const [error] = checkRoot(root({}, { oneOf: [] }), true, "v");
  assert.match(error!.message, /only \[Description Type .* XValidations\] fields are allowed at the root/);
});

const defaults: readonly (readonly [JsonSchema, ...string[]])[] = [
  [root({ a: { type: "string", default: "x" } })],
  [
    root({ a: { type: "string", default: 1 } }),
    's.properties[a].default: Invalid value: "integer": s.properties[a].default in body must be of type string: "integer"'.replace(
      "s.properties[a].default in body",
      " in body",
    ),
  ],
  [
    root({ a: { type: "object", properties: { b: { type: "string" } }, default: { c: 1 } } }),
    's.properties[a].default: Invalid value: {"c":1}: must not have unknown fields',
  ],
  [
    root({
      e: {
        type: "object",
        "x-kubernetes-embedded-resource": true,
        "x-kubernetes-preserve-unknown-fields": true,
        default: { apiVersion: "v1" },
      },
    }),
    "s.properties[e].default.kind: Required value",
  ],
];
for (const [schema, ...expected] of defaults)
  test(`default: ${JSON.stringify(schema)}`, () => assert.deepEqual(texts(checkDefaults(schema, "s")), expected));

test("defaults are served without what the schema does not know", () => {
  const schema = root({ a: { type: "object", properties: { b: { type: "string" } }, default: { b: "x", c: 1 } } });
  assert.deepEqual(withPrunedDefaults(schema).properties!["a"]!.default, { b: "x" });
  const clean = root({ a: { type: "string", default: "x" } });
  assert.equal(withPrunedDefaults(clean), clean);
});

test("paths of fields", () => {
  const schema = root({
    spec: root({ "a.b": { type: "string" }, m: { type: "object", additionalProperties: { type: "string" } } }),
  });
  const found = findField(".spec['a.b']", schema, { brackets: true });
  assert.ok(found.ok && found.schema.type === "string" && found.text === "spec.a.b");
  const value = findField(".spec.m.x", schema, { brackets: false });
  assert.ok(value.ok && value.text === "spec.m[x]");
  const why = (path: string, brackets = true): unknown => {
    const result = findField(path, schema, { brackets });
    return result.ok || result.why;
  };
  assert.equal(why(".spec.c"), "does not refer to a valid field");
  assert.equal(why("spec"), "expected [ or . but got: spec");
  assert.equal(why(".spec['a.b']", false), "array notation is not allowed");
  assert.equal(why(".spec[a]"), "expected single quoted string but got a");
});
