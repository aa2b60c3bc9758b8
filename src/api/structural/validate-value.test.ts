import assert from "node:assert/strict";
import { test } from "node:test";
import type { FieldError } from "#api/field-error.ts";
import { hasFormat } from "./formats.ts";
import type { JsonSchema } from "./json-schema.ts";
import { validateListTypes } from "./list-types.ts";
import { goNumber } from "./validate-number.ts";
import { validateValue } from "./validate-value.ts";

const texts = (errors: readonly FieldError[]): string[] => errors.map((e) => `${e.field}: ${e.message}`);
const spec = (x: JsonSchema, more: JsonSchema = {}): JsonSchema => ({
  type: "object",
  properties: { spec: { type: "object", properties: { x }, ...more } },
});
const judge = (schema: JsonSchema, x: unknown): string[] => texts(validateValue(spec(schema), { spec: { x } }));

const cases: readonly (readonly [JsonSchema, unknown, ...string[]])[] = [
  [{ type: "integer" }, 5],
  [{ type: "integer" }, "five", 'spec.x: Invalid value: "string": spec.x in body must be of type integer: "string"'],
  [{ type: "string" }, null, 'spec.x: Invalid value: "null": spec.x in body must be of type string: "null"'],
  [{ type: "string", nullable: true }, null],
  [
    { type: "integer" },
    1.5,
    'spec.x: Invalid value: "number": spec.x in body must be of type integer: "number"',
    '<nil>: Invalid value: "": Checked value must be of type integer (default format) in spec.x',
  ],
  [{ type: "number" }, 1],
  [
    { type: "array", items: { type: "string" } },
    [1],
    'spec.x[0]: Invalid value: "integer": spec.x[0] in body must be of type string: "integer"',
  ],
  [
    { "x-kubernetes-int-or-string": true },
    true,
    'spec.x: Invalid value: "boolean": spec.x in body must be of type integer,string: "boolean"',
  ],
  [{ "x-kubernetes-int-or-string": true }, "50%"],
  [
    { type: "integer", maximum: 10 },
    11,
    "spec.x: Invalid value: 11: spec.x in body should be less than or equal to 10",
  ],
  [
    { type: "integer", minimum: 3, exclusiveMinimum: true },
    3,
    "spec.x: Invalid value: 3: spec.x in body should be greater than 3",
  ],
  [
    { type: "number", multipleOf: 0.1 },
    0.25,
    "spec.x: Invalid value: 0.25: spec.x in body should be a multiple of 0.1",
  ],
  [
    { type: "integer", format: "int32" },
    2 ** 31,
    '<nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec.x',
  ],
  [{ type: "string", maxLength: 2 }, "äöü", "spec.x: Too long: may not be more than 2 bytes"],
  [{ type: "string", minLength: 2 }, "ä", 'spec.x: Invalid value: "ä": spec.x in body should be at least 2 chars long'],
  [{ type: "string", pattern: "^a+$" }, "ab", "spec.x: Invalid value: \"ab\": spec.x in body should match '^a+$'"],
  [{ type: "string", enum: ["a", "b"] }, "c", 'spec.x: Unsupported value: "c": supported values: "a", "b"'],
  [
    { type: "string", format: "date" },
    "today",
    'spec.x: Invalid value: "today": spec.x in body must be of type date: "today"',
  ],
  [{ type: "string", format: "made-up" }, "today"],
  [{ type: "array", maxItems: 1 }, [1, 2], "spec.x: Too many: 2: must have at most 1 item"],
  [{ type: "array", minItems: 1 }, [], "spec.x: Invalid value: 0: spec.x in body should have at least 1 items"],
  [{ type: "object", maxProperties: 1 }, { a: 1, b: 1 }, "spec.x: Too many: 2: must have at most 1 item"],
  [{ type: "object", required: ["a", "b"] }, { a: 1 }, "spec.x.b: Required value"],
  [
    { type: "object", additionalProperties: { type: "string" } },
    { k: 1 },
    'spec.x.k: Invalid value: "integer": spec.x.k in body must be of type string: "integer"',
  ],
  [
    { type: "object", oneOf: [{ required: ["a"] }, { required: ["b"] }] },
    {},
    '<nil>: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found none valid',
    "spec.x.a: Required value",
  ],
  [
    { type: "object", oneOf: [{ required: ["a"] }, { required: ["b"] }] },
    { a: 1, b: 1 },
    '<nil>: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found 2 valid alternatives',
  ],
  [
    { type: "integer", anyOf: [{ minimum: 5 }, { maximum: 1 }] },
    3,
    '<nil>: Invalid value: "": "spec.x" must validate at least one schema (anyOf)',
    "spec.x: Invalid value: 3: spec.x in body should be greater than or equal to 5",
  ],
  [
    { type: "string", allOf: [{ minLength: 1 }, { maxLength: 1 }] },
    "ab",
    "spec.x: Too long: may not be more than 1 byte",
    '<nil>: Invalid value: "": "spec.x" must validate all the schemas (allOf)',
  ],
  [
    { type: "string", not: { enum: ["no"] } },
    "no",
    '<nil>: Invalid value: "": "spec.x" must not validate the schema (not)',
  ],
];
for (const [schema, value, ...expected] of cases)
  test(`${JSON.stringify(value)} by ${JSON.stringify(schema)}`, () => assert.deepEqual(judge(schema, value), expected));

test("a prefix stands before every field", () => {
  const found = validateValue(
    { type: "object", properties: { n: { type: "integer" } } },
    { n: "" },
    { path: "status" },
  );
  assert.deepEqual(texts(found), ['status.n: Invalid value: "string": n in body must be of type integer: "string"']);
});

const keyed: JsonSchema = {
  type: "array",
  "x-kubernetes-list-type": "map",
  "x-kubernetes-list-map-keys": ["k"],
  items: { type: "object", properties: { k: { type: "string" }, v: { type: "integer" } } },
};
const updates: readonly (readonly [string, JsonSchema, unknown, unknown, number])[] = [
  ["an unchanged value may stay wrong", { type: "integer" }, "a", "a", 0],
  ["a changed one may not", { type: "integer" }, "a", "b", 1],
  ["a new one may not", { type: "integer" }, undefined, "a", 1],
  ["items of keyed lists are compared by key", keyed, [{ k: "1", v: "x" }], [{ k: "0" }, { k: "1", v: "x" }], 0],
  ["items of other lists are not", { type: "array", items: { type: "integer" } }, ["x"], ["x", 1], 1],
  ["an unchanged whole list is", { type: "array", items: { type: "integer" } }, ["x"], ["x"], 0],
];
for (const [what, schema, before, after, count] of updates)
  test(`ratcheting: ${what}`, () => {
    const root = spec(schema, { required: ["y"] });
    const old = { spec: { ...(before === undefined ? {} : { x: before }) } };
    const found = texts(validateValue(root, { other: 1, spec: { x: after } }, { old: { value: old } }));
    const own = found.filter((text) => !text.includes("spec.y"));
    assert.equal(own.length, count, found.join("\n"));
  });

const lists: readonly (readonly [JsonSchema, unknown, ...string[]])[] = [
  [{ type: "array", "x-kubernetes-list-type": "set" }, ["a", "b", "a", "a"], 'l[2]: Duplicate value: "a"'],
  [
    { type: "array", "x-kubernetes-list-type": "set" },
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    'l[1]: Duplicate value: {"b":2,"a":1}',
  ],
  [keyed, [{ k: "a" }, { k: "a" }], 'l[1]: Duplicate value: {"k":"a"}'],
  [keyed, [{}, {}], "l[1]: Duplicate value: {}"],
  [keyed, ["a"], 'l[0]: Invalid value: "a": must be an object for an array of list-type map'],
  [{ type: "array" }, [1, 1]],
];
for (const [schema, value, ...expected] of lists)
  test(`list type of ${JSON.stringify(value)}`, () =>
    assert.deepEqual(texts(validateListTypes({ l: value }, { type: "object", properties: { l: schema } })), expected));

const formats: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["uri", ["http://a/b", "/x", "urn:x"], ["", "a b", "no-scheme"]],
  ["email", ["a@b.c", "Jo <a@b>"], ["a", "@b", "a@"]],
  ["hostname", ["a", "a.example", "x-y.example"], ["-a.example", "a..b", "my-host"]],
  ["ipv4", ["1.2.3.4"], ["1.2.3", "::1"]],
  ["ipv6", ["::1"], ["1.2.3.4"]],
  ["cidr", ["10.0.0.0/8", "::/0"], ["10.0.0.0", "10.0.0.0/33"]],
  ["mac", ["01:23:45:67:89:ab", "0123.4567.89ab"], ["01:23:45:67:89"]],
  ["uuid4", ["9b2f3c1e-2222-4aaa-8bbb-123456789abc"], ["9b2f3c1e-2222-1aaa-8bbb-123456789abc"]],
  ["isbn", ["0321751043", "978-0321751041"], ["0321751044"]],
  ["creditcard", ["4111 1111 1111 1111"], ["4111111111111112"]],
  ["date", ["2024-02-29"], ["2023-02-29", "2023-13-01"]],
  ["date-time", ["2014-12-15T19:30:20.000Z", "2014-12-15t19:30:20+01:00"], ["2014-12-15", "2014-12-15T25:00:00Z"]],
  ["duration", ["1h30m", "3 seconds", "22 ns"], ["soon", ""]],
  ["byte", ["aGk="], ["aGk", ""]],
  ["k8s-short-name", ["a-1"], ["A", "a."]],
  ["k8s-long-name", ["a.b-c"], ["a..b"]],
];
for (const [format, good, bad] of formats)
  test(`format ${format}`, () => {
    for (const value of good) assert.ok(hasFormat(format, value), value);
    for (const value of bad) assert.ok(!hasFormat(format, value), value);
  });

test("numbers are shown as Go shows them", () => {
  const shown = [1, -2.5, 1e21, 1e-5, 0.0001, 123456789012].map(goNumber);
  assert.deepEqual(shown, ["1", "-2.5", "1e+21", "1e-05", "0.0001", "123456789012"]);
});
