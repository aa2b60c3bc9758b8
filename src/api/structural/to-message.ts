// A structural schema as a message of the schema builder, for what works on those: server-side apply and the expression
// language see custom and built-in kinds alike. Every field is a pointer, because a custom resource keeps zero values.
import { ObjectMeta } from "#api/meta/schema.ts";
import {
  type Field,
  type Message,
  type Schema,
  anyValue,
  bool,
  float64,
  int32,
  int64,
  intOrString,
  message,
  pointer,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { additionalOf, isEmbedded, itemsOf, type JsonSchema, metaFields, preserves } from "./json-schema.ts";

type AnyMessage = Message<Record<string, unknown>>;
type Fields = Record<string, Field>;

/** The message of a custom kind; without a schema every field is kept. */
export function toKindMessage(name: string, schema: JsonSchema | undefined): AnyMessage {
  const fields: Fields = {
    metadata: struct(
      0,
      ObjectMeta,
      "Standard object's metadata: name, labels and the other data that every object carries.",
    ),
  };
  for (const [key, property] of Object.entries(schema?.properties ?? {}))
    if (!metaFields.has(key)) fields[key] = fieldOf(property);
  const built = topLevel(name, schema?.description ?? "", fields) as AnyMessage;
  return !schema || preserves(schema) ? { ...built, preserveUnknown: true } : built;
}

const fieldOf = (schema: JsonSchema): Field =>
  pointer(0, toSchema(schema), schema.description ?? "", {
    ...(schema.default === undefined ? {} : { default: schema.default }),
  });

function toSchema(schema: JsonSchema): Schema {
  if (schema["x-kubernetes-int-or-string"]) return intOrString;
  switch (schema.type) {
    case "object":
      return objectOf(schema);
    case "array":
      return listOf(schema);
    case "string":
      return string;
    case "boolean":
      return bool;
    case "integer":
      return schema.format === "int32" ? int32 : int64;
    case "number":
      return float64;
    default:
      return anyValue;
  }
}

function objectOf(schema: JsonSchema): Schema {
  const properties = Object.entries(schema.properties ?? {});
  const additional = additionalOf(schema);
  const atomic = schema["x-kubernetes-map-type"] === "atomic";
  if (properties.length === 0 && !isEmbedded(schema)) {
    if (additional) return { type: "map", values: toSchema(additional), ...(atomic ? { atomic } : {}) };
    if (schema.additionalProperties === true) return { type: "map", values: anyValue, ...(atomic ? { atomic } : {}) };
  }
  const fields: Fields = isEmbedded(schema) ? embeddedFields() : {};
  for (const [name, property] of properties)
    if (!(isEmbedded(schema) && metaFields.has(name))) fields[name] = fieldOf(property);
  return message("", schema.description ?? "", fields, [], {
    ...(atomic ? { atomic } : {}),
    ...(preserves(schema) ? { preserveUnknown: true } : {}),
  });
}
const embeddedFields = (): Fields => ({
  apiVersion: pointer(0, string, "APIVersion defines the group and version that this object is written in."),
  kind: pointer(0, string, "Name of the type of this object."),
  metadata: pointer(0, ObjectMeta, "Name, labels and the other data of this object."),
});

function listOf(schema: JsonSchema): Schema {
  const items = itemsOf(schema);
  const keys = schema["x-kubernetes-list-map-keys"];
  const listType = schema["x-kubernetes-list-type"];
  return {
    type: "list",
    items: items ? toSchema(items) : anyValue,
    ...(listType === "set" || listType === "map" || listType === "atomic" ? { listType } : {}),
    ...(keys ? { keys } : {}),
  };
}
