// A structural schema as clients see it in OpenAPI documents, version 2 and 3. Version 2 knows no alternatives and no
// null; what kubectl would misread there is left open. Upstream's rules, for kubectl explain and validation rely on them.
import { additionalOf, isEmbedded, itemsOf, type JsonSchema, preserves } from "./json-schema.ts";
import type { OpenApiParts } from "#api/kind.ts";
import { deepEqual } from "#api/json.ts";

type Json = Readonly<Record<string, unknown>>;

/** The definition of a kind, without its mark. No schema: anything goes. */
export function toOpenApi(schema: JsonSchema | undefined, dialect: 2 | 3, common: OpenApiParts): Json {
  // kubectl takes what has no properties for open.
  if (!schema || (dialect === 2 && preserves(schema))) return { type: "object" };
  const shown = partOf(schema, dialect, common);
  return { ...shown, properties: { ...(shown["properties"] as Json | undefined), ...common } };
}

/** One place: what gives structure is walked, what only judges is shown as it is. */
function partOf(schema: JsonSchema, dialect: 2 | 3, common: OpenApiParts): Json {
  const own = dialect === 2 ? forVersion2(schema) : unfolded(schema);
  const items = itemsOf(own);
  const additional = additionalOf(own);
  const inner = (part: JsonSchema): Json => partOf(part, dialect, common);
  const properties: Record<string, Json> = {};
  for (const [name, property] of Object.entries(own.properties ?? {})) properties[name] = inner(property);
  const shown: Record<string, unknown> = { ...own };
  if (items) shown["items"] = inner(items);
  if (additional) shown["additionalProperties"] = inner(additional);
  if (own.properties) shown["properties"] = properties;
  if (isEmbedded(schema) && !(dialect === 2 && preserves(schema))) {
    shown["properties"] = { ...properties, ...common };
    shown["required"] = [...new Set([...(own.required ?? []), "kind", "apiVersion"])];
  }
  return shown;
}

const pair: readonly JsonSchema[] = [{ type: "integer" }, { type: "string" }];
/** Says in alternatives what int-or-string means. */
function unfolded(schema: JsonSchema): JsonSchema {
  if (!schema["x-kubernetes-int-or-string"]) return schema;
  if (deepEqual(schema.anyOf, pair) || deepEqual(schema.allOf?.[0]?.anyOf, pair)) return schema;
  if (!schema.anyOf) return { ...schema, anyOf: pair };
  return { ...schema, allOf: [{ anyOf: pair }, ...(schema.allOf ?? [])] };
}

function forVersion2(schema: JsonSchema): JsonSchema {
  const { allOf: _all, anyOf: _any, oneOf: _one, not: _not, nullable, ...rest } = schema;
  let shown: JsonSchema = rest;
  if (nullable) shown = without(shown, "type", "items", "properties");
  if (preserves(schema)) {
    shown = without(shown, "items", "properties");
    if (shown.type === "object") shown = without(shown, "type");
  }
  if (shown.type === "array" && !shown.items) shown = without(shown, "type");
  return withoutNullable(shown);
}
/** What may be null cannot be required in version 2. */
function withoutNullable(schema: JsonSchema): JsonSchema {
  if (!schema.required) return schema;
  const { required, ...rest } = schema;
  if (additionalOf(schema)?.nullable) return rest;
  const kept = required.filter((name) => schema.properties?.[name]?.nullable !== true);
  return kept.length > 0 ? { ...rest, required: kept } : rest;
}
function without(schema: JsonSchema, ...keys: readonly (keyof JsonSchema)[]): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key as keyof JsonSchema)));
}
