// Types made of schemas: which there are, and the sizes that estimates build on.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonSchema } from "#api/structural/json-schema.ts";
import { typeText } from "../type.ts";
import type { CelType } from "../type.ts";
import { escapeName } from "./escape.ts";
import { maxCardinality, typeOfSchema } from "./structural.ts";

const shown = (schema: JsonSchema): unknown => {
  const declared = typeOfSchema(schema);
  return declared && [typeText(declared.type), declared.type.maxElements, declared.minSize];
};
const request = 3 * 1024 * 1024;

test("each schema has its type, its greatest size and its shortest JSON", () => {
  const text: JsonSchema = { type: "string" };
  const whole: JsonSchema = { type: "integer" };
  const cases: readonly (readonly [JsonSchema, unknown])[] = [
    [{ type: "boolean" }, ["bool", 0, 4]],
    [whole, ["int", 0, 1]],
    [{ type: "number" }, ["double", 0, 1]],
    [text, ["string", request - 2, 2]],
    [{ type: "string", maxLength: 10 }, ["string", 40, 2]],
    [{ type: "string", enum: ["a", "épsilon"] }, ["string", 8, 2]],
    [{ type: "string", format: "byte" }, ["bytes", request - 2, 2]],
    [{ type: "string", format: "date" }, ["google.protobuf.Timestamp", 12, 12]],
    [{ type: "string", format: "date-time" }, ["google.protobuf.Timestamp", 32, 21]],
    [{ type: "string", format: "duration" }, ["google.protobuf.Duration", 32, 3]],
    [{ type: "array", items: whole }, ["list(int)", (request - 2) / 2, 2]],
    [{ type: "array", items: text, maxItems: 5 }, ["list(string)", 5, 2]],
    [{ type: "object", additionalProperties: text }, ["map(string, string)", Math.trunc((request - 2) / 8), 2]],
    [{ type: "object", additionalProperties: whole, maxProperties: 3 }, ["map(string, int)", 3, 2]],
    [{ type: "object", properties: { ab: text, c: whole }, required: ["ab"] }, ["selfType", 0, 10]],
    [{ "x-kubernetes-int-or-string": true }, ["dyn", request - 2, 1]],
    [{ "x-kubernetes-preserve-unknown-fields": true }, undefined],
    [{}, undefined],
    [{ type: "array", items: {} }, undefined],
  ];
  for (const [schema, expected] of cases) assert.deepEqual(shown(schema), expected, JSON.stringify(schema));
});

test("how often a value fits into a request", () => {
  assert.equal(maxCardinality(2), request / 3);
  assert.equal(maxCardinality(0), request);
});

function fieldsOf(type: CelType, ...names: string[]): unknown[] {
  assert.ok(type.kind === "object");
  return names.map((name) => {
    const field = type.field?.(name);
    return field && [field.jsonName, typeText(field.type)];
  });
}
test("a resource has its names even where the schema says nothing of them", () => {
  const schema: JsonSchema = {
    type: "object",
    properties: { metadata: { type: "object" }, spec: { type: "integer" } },
  };
  const { type } = typeOfSchema(schema, { isResource: true })!;
  assert.deepEqual(fieldsOf(type, "apiVersion", "kind", "metadata", "spec", "status"), [
    ["apiVersion", "string"],
    ["kind", "string"],
    ["metadata", "selfType.metadata"],
    ["spec", "int"],
    undefined,
  ]);
  assert.ok(type.kind === "object");
  assert.deepEqual(fieldsOf(type.field!("metadata")!.type, "name", "generateName", "labels"), [
    ["name", "string"],
    ["generateName", "string"],
    undefined,
  ]);
  const plain = typeOfSchema(schema)!.type;
  assert.deepEqual(fieldsOf(plain, "kind", "spec"), [undefined, ["spec", "int"]]);
  const embedded = typeOfSchema({ ...schema, "x-kubernetes-embedded-resource": true })!.type;
  assert.deepEqual(fieldsOf(embedded, "kind"), [["kind", "string"]]);
});

test("names of fields are escaped, each to a name of its own", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["plain", "plain"],
    ["with-dash", "with__dash__dash"],
    ["a.b/c", "a__dot__b__slash__c"],
    ["a__b", "a__underscores__b"],
    ["namespace", "__namespace__"],
    ["in", "__in__"],
    ["int", "int"],
    ["1st", undefined],
    ["a b", undefined],
    ["", undefined],
  ];
  for (const [name, escaped] of cases) assert.equal(escapeName(name), escaped, name);
  const names = ["a-b", "a.b", "a/b", "a__b", "a_b", "a__dash__b", "a__dot__b"];
  assert.equal(new Set(names.map(escapeName)).size, names.length);
});
