import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonSchema } from "#api/structural/json-schema.ts";
import { checkSchemaRules } from "./check-rules.ts";
import { ruleTree } from "./rule-tree.ts";
import { validateRules } from "./validate-rules.ts";

const rule = (text: string, more: object = {}): JsonSchema => ({
  "x-kubernetes-validations": [{ rule: text, ...more }],
});
const integer: JsonSchema = { type: "integer" };
const string: JsonSchema = { type: "string" };
const object = (properties: Record<string, JsonSchema>, more: JsonSchema = {}): JsonSchema => ({
  type: "object",
  properties,
  ...more,
});
const spec = (properties: Record<string, JsonSchema>, more: JsonSchema = {}): JsonSchema =>
  object({ spec: object(properties, more) });
const findings = (schema: JsonSchema, value: unknown, old?: unknown): string[] => {
  const tree = ruleTree(schema);
  return tree ? validateRules(tree, value, old, "").map((e) => `${e.field}: ${e.message}`) : [];
};

test("what rules say, and where", () => {
  const ab = { a: integer, b: integer };
  const less = "self.a < self.b";
  const table: readonly [name: string, schema: JsonSchema, value: unknown, expected: string[]][] = [
    ["holds", spec(ab, rule(less)), { spec: { a: 1, b: 2 } }, []],
    [
      "an object is not shown",
      spec(ab, rule(less)),
      { spec: { a: 2, b: 2 } },
      [`spec: Invalid value: failed rule: ${less}`],
    ],
    [
      "a scalar is shown",
      spec({ a: { ...integer, ...rule("self > 1") } }),
      { spec: { a: 1 } },
      ["spec.a: Invalid value: 1: failed rule: self > 1"],
    ],
    [
      "the whole object",
      { ...object({}), ...rule("self.metadata.name == 'x'") },
      { metadata: { name: "y" } },
      ["<nil>: Invalid value: failed rule: self.metadata.name == 'x'"],
    ],
    [
      "a message",
      spec(ab, rule(less, { message: " a below b " })),
      { spec: { a: 2, b: 2 } },
      ["spec: Invalid value: a below b"],
    ],
    [
      "a message expression",
      spec(ab, rule(less, { messageExpression: "'a is ' + string(self.a)" })),
      { spec: { a: 2, b: 2 } },
      ["spec: Invalid value: a is 2"],
    ],
    [
      "a message expression that fails",
      spec(ab, rule(less, { messageExpression: "string(1 / (self.a - 2))", message: "m" })),
      { spec: { a: 2, b: 2 } },
      ["spec: Invalid value: m"],
    ],
    [
      "a message expression over two lines",
      spec(ab, rule(less, { messageExpression: "'a\\nb'", message: "m" })),
      { spec: { a: 2, b: 2 } },
      ["spec: Invalid value: m"],
    ],
    [
      "reason and path",
      spec(ab, rule(less, { reason: "FieldValueForbidden", fieldPath: ".a" })),
      { spec: { a: 2, b: 2 } },
      [`spec.a: Forbidden: failed rule: ${less}`],
    ],
    [
      "required",
      spec(ab, rule("has(self.a)", { reason: "FieldValueRequired", fieldPath: ".a" })),
      { spec: {} },
      ["spec.a: Required value: failed rule: has(self.a)"],
    ],
    [
      "duplicate",
      spec({ a: { ...string, ...rule("false", { reason: "FieldValueDuplicate" }) } }),
      { spec: { a: "x" } },
      ['spec.a: Duplicate value: "x"'],
    ],
    [
      "a missing field",
      spec(ab, rule(less)),
      { spec: { b: 2 } },
      [`spec: Invalid value: "object": no such key: a evaluating rule: ${less}`],
    ],
    [
      "items",
      spec({ l: { type: "array", items: { ...integer, ...rule("self > 0") } } }),
      { spec: { l: [1, 0] } },
      ["spec.l[1]: Invalid value: 0: failed rule: self > 0"],
    ],
    [
      "map values",
      spec({ m: { type: "object", additionalProperties: { ...integer, ...rule("self > 0") } } }),
      { spec: { m: { x: 0 } } },
      ["spec.m[x]: Invalid value: 0: failed rule: self > 0"],
    ],
    [
      "parts of allOf",
      spec({ a: { ...integer, allOf: [rule("self > 0")] } }),
      { spec: { a: 0 } },
      ["spec.a: Invalid value: 0: failed rule: self > 0"],
    ],
    [
      "within allOf",
      spec(ab, { allOf: [{ properties: { a: rule("self > 0") } }] }),
      { spec: { a: 0 } },
      ["spec.a: Invalid value: 0: failed rule: self > 0"],
    ],
    ["null is not judged", spec({ a: { ...integer, nullable: true, ...rule("self > 0") } }), { spec: { a: null } }, []],
    [
      "unusual names",
      spec({ "a-b": integer }, rule("self.a__dash__b > 0")),
      { spec: { "a-b": 0 } },
      ["spec: Invalid value: failed rule: self.a__dash__b > 0"],
    ],
    [
      "int or string",
      spec({ p: { "x-kubernetes-int-or-string": true, ...rule("type(self) == int") } }),
      { spec: { p: "80" } },
      ['spec.p: Invalid value: "80": failed rule: type(self) == int'],
    ],
    [
      "no overload",
      spec({ p: { "x-kubernetes-int-or-string": true, ...rule("self > 1") } }),
      { spec: { p: "80" } },
      [
        "spec.p: Invalid value: \"\": 'no such overload': call arguments did not match a supported operator, function or macro signature for rule: self > 1",
      ],
    ],
    [
      "does not compile",
      spec(ab, rule("self.c > 1")),
      { spec: {} },
      [
        "spec: Invalid value: \"object\": rule compile error: compilation failed: ERROR: <input>:1:5: undefined field 'c'\n | self.c > 1\n | ....^",
      ],
    ],
  ];
  for (const [name, schema, value, expected] of table) assert.deepEqual(findings(schema, value), expected, name);
});

test("rules that compare wait for something to compare with", () => {
  const grows = spec({ a: { ...integer, ...rule("self >= oldSelf") } });
  assert.deepEqual(findings(grows, { spec: { a: 1 } }), []);
  assert.deepEqual(findings(grows, { spec: { a: 1 } }, { spec: {} }), []);
  assert.deepEqual(findings(grows, { spec: { a: 1 } }, { spec: { a: 2 } }), [
    "spec.a: Invalid value: 1: failed rule: self >= oldSelf",
  ]);
  const optional = rule("oldSelf.hasValue() ? self >= oldSelf.value() : self == 0", { optionalOldSelf: true });
  const starts = spec({ a: { ...integer, ...optional } });
  assert.equal(findings(starts, { spec: { a: 1 } }).length, 1);
  assert.deepEqual(findings(starts, { spec: { a: 0 } }), []);
  assert.deepEqual(findings(starts, { spec: { a: 3 } }, { spec: { a: 2 } }), []);
  assert.equal(findings(starts, { spec: { a: 1 } }, { spec: { a: 2 } }).length, 1);
  const keyed = spec({
    l: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["k"],
      items: object({ k: string, v: integer }, rule("self.v >= oldSelf.v")),
    },
  });
  const old = {
    spec: {
      l: [
        { k: "a", v: 5 },
        { k: "b", v: 1 },
      ],
    },
  };
  assert.deepEqual(
    findings(
      keyed,
      {
        spec: {
          l: [
            { k: "b", v: 1 },
            { k: "a", v: 4 },
          ],
        },
      },
      old,
    ),
    ["spec.l[1]: Invalid value: failed rule: self.v >= oldSelf.v"],
  );
});

test("what did not change is not held against an update", () => {
  const schema = spec({ a: { ...integer, ...rule("self > 1") }, b: string }, rule("self.b != 'bad'"));
  assert.deepEqual(findings(schema, { spec: { a: 0, b: "x" } }, { spec: { a: 0, b: "y" } }), []);
  assert.equal(findings(schema, { spec: { a: 0, b: "x" } }, { spec: { a: 1, b: "x" } }).length, 1);
  // The object around it did change.
  assert.equal(findings(schema, { spec: { a: 3, b: "bad" } }, { spec: { a: 2, b: "bad" } }).length, 1);
  // Items of plain lists go with nothing: only the whole list can be as it was.
  const list = spec({ l: { type: "array", items: { ...integer, ...rule("self > 0") } }, b: string });
  assert.deepEqual(findings(list, { spec: { l: [0], b: "x" } }, { spec: { l: [0] } }), []);
  assert.equal(findings(list, { spec: { l: [0, 1] } }, { spec: { l: [0] } }).length, 1);
});

test("all rules of an object share a budget", () => {
  const dear = "self.all(a, self.all(b, self.all(c, a + b + c > 0)))";
  const schema = spec({ l: { type: "array", items: integer, ...rule(dear) } });
  const list = (n: number): unknown => ({ spec: { l: Array.from({ length: n }, () => 1) } });
  assert.deepEqual(findings(schema, list(20)), []);
  assert.deepEqual(findings(schema, list(100)), [
    "spec.l: Invalid value: \"array\": 'operation cancelled: actual cost limit exceeded': no further validation rules " +
      `will be run due to call cost exceeds limit for rule: ${dear}`,
  ]);
  const rules = { "x-kubernetes-validations": Array.from({ length: 40 }, () => ({ rule: dear })) };
  const many = spec({ l: { type: "array", items: integer, ...rules } });
  assert.deepEqual(findings(many, list(42)), [
    'spec.l: Invalid value: "array": validation failed due to running out of cost budget, no further validation rules will be run',
  ]);
});

test("definitions with rules that cannot work are found out", () => {
  const problems = (schema: JsonSchema): string[] =>
    checkSchemaRules(schema, "s").map((e) => `${e.field}: ${e.message}`);
  const at = "s.properties[spec]";
  const shown = (text: string, more = ""): string =>
    `Invalid value: {"Rule":"${text}","Message":"","MessageExpression":"${more}","Reason":null,"FieldPath":"","OptionalOldSelf":null}: `;
  const list = (more: object = {}): JsonSchema => ({
    type: "array",
    items: string,
    ...rule("self.all(a, self.all(b, a == b))"),
    ...more,
  });
  const advice =
    "(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)";
  const table: readonly [name: string, schema: JsonSchema, expected: string[]][] = [
    ["fine", spec({ a: integer }, rule("self.a > 1")), []],
    [
      "unknown field",
      spec({ a: integer }, rule("self.b > 1")),
      [
        `${at}.x-kubernetes-validations[0].rule: ${shown("self.b \\u003e 1")}compilation failed: ERROR: <input>:1:5: undefined field 'b'\n | self.b > 1\n | ....^`,
      ],
    ],
    [
      "no boolean",
      spec({ a: integer }, rule("self.a")),
      [`${at}.x-kubernetes-validations[0].rule: ${shown("self.a")}cel expression must evaluate to a bool`],
    ],
    [
      "message of another type",
      spec({ a: integer }, rule("true", { messageExpression: "1" })),
      [
        `${at}.x-kubernetes-validations[0].messageExpression: ${shown("true", "1")}messageExpression must evaluate to a string`,
      ],
    ],
    [
      "quadratic",
      spec({ l: list() }),
      [
        `${at}.properties[l].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x ${advice}`,
        `${at}.properties[l].x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema`,
        `s: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x ${advice}`,
      ],
    ],
    ["quadratic but small", spec({ l: list({ maxItems: 10, items: { ...string, maxLength: 20 } }) }), []],
    [
      "old part of a plain list",
      spec({ l: { type: "array", maxItems: 5, items: { ...integer, ...rule("self > oldSelf") } } }),
      [
        `${at}.properties[l].items.x-kubernetes-validations[0].rule: Invalid value: "self > oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${at}.properties[l]`,
      ],
    ],
    [
      "optional without use",
      spec({ a: integer }, rule("true", { optionalOldSelf: true })),
      [
        `${at}.x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule`,
      ],
    ],
    [
      "a default that breaks the rule",
      spec({ a: { ...integer, default: 1, ...rule("self > 1") } }),
      [`${at}.properties[a].default: Invalid value: 1: failed rule: self > 1`],
    ],
  ];
  for (const [name, schema, expected] of table) assert.deepEqual(problems(schema), expected, name);
});
