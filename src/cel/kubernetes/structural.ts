// Types of custom resources, from the schema of their definition, with the sizes that its limits allow. Where a schema
// sets no limit, the size of a request does: no list can have more items than fit into it.
import { additionalOf, isEmbedded, itemsOf } from "#api/structural/json-schema.ts";
import type { JsonSchema, Schemas } from "#api/structural/json-schema.ts";
import type { CelType, ListType, ObjectField } from "../type.ts";
import { escapeName, fieldNameOf } from "./escape.ts";

/** A type and the length of the shortest JSON that a value of it can have. */
export interface Declared {
  readonly type: CelType;
  readonly minSize: number;
}
const maxRequest = 3 * 1024 * 1024;
const longestText = maxRequest - 2;
const longestTime = 32;

/**
 * Undefined for a schema that says nothing of a value. `name` begins the names of object types in errors. A resource has
 * apiVersion, kind and the names in its metadata even if they are not declared.
 */
export function typeOfSchema(
  schema: JsonSchema,
  options: { name?: string; isResource?: boolean } = {},
): Declared | undefined {
  const { name = "selfType", isResource = isEmbedded(schema) } = options;
  if (schema["x-kubernetes-int-or-string"]) {
    const maxElements = schema.maxLength === undefined ? longestText : Math.max(0, schema.maxLength) * 4;
    return { type: { kind: "dyn", maxElements, ...nullableOf(schema) }, minSize: 1 };
  }
  switch (schema.type) {
    case "array":
      return listOf(schema, name);
    case "object":
      return objectOf(isResource ? withMetadata(schema) : schema, name);
    case "string":
      return textOf(schema);
    // Numbers and booleans count as without size: comparing them is free in estimates.
    case "boolean":
      return { type: { kind: "bool", maxElements: 0, ...nullableOf(schema) }, minSize: 4 };
    case "number":
      return { type: { kind: "double", maxElements: 0, ...nullableOf(schema) }, minSize: 1 };
    case "integer":
      return { type: { kind: "int", maxElements: 0, ...nullableOf(schema) }, minSize: 1 };
    default:
      return undefined;
  }
}
const nullableOf = ({ nullable }: JsonSchema) => (nullable ? { nullable: true } : {});

/** How many values of this JSON type can there be in one request at most. */
export const maxCardinality = (minSize: number): number => Math.trunc(maxRequest / (minSize + 1));

function listOf(schema: JsonSchema, name: string): Declared | undefined {
  const items = itemsOf(schema);
  const elem = items && typeOfSchema(items, { name: `${name}.@idx` });
  if (!elem) return undefined;
  const maxElements =
    schema.maxItems === undefined ? Math.trunc(longestText / (elem.minSize + 1)) : Math.max(0, schema.maxItems);
  const merge = mergeOf(schema);
  const type: ListType = { kind: "list", elem: elem.type, maxElements, ...(merge && { merge }), ...nullableOf(schema) };
  return { type, minSize: 2 };
}
function mergeOf(schema: JsonSchema): ListType["merge"] {
  const type = schema["x-kubernetes-list-type"];
  if (type === "set") return { type };
  return type === "map" ? { type, keys: schema["x-kubernetes-list-map-keys"] ?? [] } : undefined;
}
function objectOf(schema: JsonSchema, name: string): Declared | undefined {
  const additional = additionalOf(schema);
  if (!additional) return structOf(schema, name);
  const value = typeOfSchema(additional, { name: `${name}.@elem` });
  if (!value) return undefined;
  const { maxProperties } = schema;
  const maxElements =
    maxProperties === undefined ? Math.trunc(longestText / (value.minSize + 6)) : Math.max(0, maxProperties);
  const key: CelType = { kind: "string", maxElements: 0 };
  return { type: { kind: "map", key, value: value.type, maxElements, ...nullableOf(schema) }, minSize: 2 };
}
function structOf(schema: JsonSchema, name: string): Declared {
  const required = new Set(schema.required);
  const fields = new Map<string, ObjectField>();
  let minSize = 2;
  for (const [jsonName, property] of Object.entries(schema.properties ?? {})) {
    const escaped = escapeName(jsonName);
    const field = typeOfSchema(property, { name: `${name}.${escaped ?? jsonName}` });
    if (!field) continue;
    if (escaped !== undefined) fields.set(escaped, { type: field.type, jsonName });
    if (required.has(jsonName) && property.default === undefined) minSize += jsonName.length + field.minSize + 4;
  }
  const field = (wanted: string): ObjectField | undefined => fields.get(fieldNameOf(wanted));
  return { type: { kind: "object", name, field, maxElements: 0, ...nullableOf(schema) }, minSize };
}

const isText = (schema: JsonSchema | undefined): boolean => schema?.type === "string";
function withMetadata(schema: JsonSchema): JsonSchema {
  const { apiVersion, kind, metadata } = schema.properties ?? {};
  const names = metadata?.properties;
  if ([apiVersion, kind, names?.["name"], names?.["generateName"]].every(isText)) return schema;
  const text: JsonSchema = { type: "string" };
  const named: Schemas = { name: text, generateName: text };
  const meta: Schemas = { apiVersion: text, kind: text, metadata: { type: "object", properties: named } };
  return { ...schema, properties: { ...schema.properties, ...meta } };
}

function textOf(schema: JsonSchema): Declared {
  const hints = nullableOf(schema);
  const max = schema.maxLength === undefined ? undefined : Math.max(0, schema.maxLength);
  switch (schema.format) {
    case "byte":
      return { type: { kind: "bytes", maxElements: max ?? longestText, ...hints }, minSize: 2 };
    case "duration":
      return { type: { kind: "duration", maxElements: longestTime, ...hints }, minSize: 3 };
    case "date":
      return { type: { kind: "timestamp", format: "date", maxElements: 12, ...hints }, minSize: 12 };
    case "date-time":
      return { type: { kind: "timestamp", maxElements: longestTime, ...hints }, minSize: 21 };
    default:
      // A character is up to four bytes, and it is bytes that are counted.
      return {
        type: { kind: "string", maxElements: max === undefined ? longestOf(schema) : max * 4, ...hints },
        minSize: 2,
      };
  }
}
/** The longest value that a text without a limit may have. */
function longestOf({ enum: values = [] }: JsonSchema): number {
  if (!values.length) return longestText;
  return Math.max(
    0,
    ...values.map((value) => (typeof value === "string" ? new TextEncoder().encode(value).length : 0)),
  );
}
