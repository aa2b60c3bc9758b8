// Types of built-in kinds, for checking policies against the resources that they match. Evaluation itself takes objects
// without a type, as upstream does.
import { resolve } from "#api/schema.ts";
import type { Message, Schema } from "#api/schema.ts";
import {
  boolType,
  bytesType,
  doubleType,
  dynType,
  intType,
  listType,
  mapType,
  objectType,
  stringType,
  timestampType,
} from "../type.ts";
import type { CelType, ObjectField, ObjectType } from "../type.ts";
import { escapeName, fieldNameOf } from "./escape.ts";

const scalars: Readonly<Record<string, CelType>> = {
  string: stringType,
  bool: boolType,
  int32: intType,
  int64: intType,
  float64: doubleType,
  bytes: bytesType,
  quantity: stringType,
  time: timestampType,
  microTime: timestampType,
  duration: stringType,
  intOrString: dynType,
  fieldsV1: objectType("object", {}),
  rawExtension: objectType("object", {}),
  any: dynType,
};
const messages = new WeakMap<object, ObjectType>();

/** Objects are named by their OpenAPI name; fields are looked into when they are asked for, as types may contain themselves. */
export function typeOfKind(schema: Schema): CelType {
  const resolved = resolve(schema);
  switch (resolved.type) {
    case "list":
      return listType(typeOfKind(resolved.items));
    case "map":
      return mapType(stringType, typeOfKind(resolved.values));
    case "message":
      return resolved.jsonForm === undefined ? typeOfMessage(resolved) : dynType;
    default:
      return scalars[resolved.type] ?? dynType;
  }
}
// any: the TypeScript type of a message has no part in its type here
// eslint-disable-next-line
function typeOfMessage(message: Message<any>): ObjectType {
  const known = messages.get(message);
  if (known) return known;
  const names = new Map<string, string>();
  for (const name of Object.keys(message.fields)) names.set(escapeName(name) ?? name, name);
  const fields = new Map<string, ObjectField>();
  const type: ObjectType = {
    kind: "object",
    name: message.name,
    field: (wanted) => {
      const name = fieldNameOf(wanted);
      const jsonName = names.get(name);
      if (jsonName === undefined) return undefined;
      const field = fields.get(name) ?? { jsonName, type: typeOfKind(message.fields[jsonName]!.schema) };
      fields.set(name, field);
      return field;
    },
  };
  messages.set(message, type);
  return type;
}
