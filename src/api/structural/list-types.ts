// What lists of type "set" and "map" promise: no item, or no combination of keys, twice.
import { duplicateValue, type FieldError, invalidValue } from "#api/field-error.ts";
import { isObject } from "#api/json.ts";
import { additionalOf, itemsOf, type JsonSchema, propertyOf } from "./json-schema.ts";

export function validateListTypes(value: unknown, schema: JsonSchema | undefined, path = ""): FieldError[] {
  if (!schema || typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return validateList(value, schema, path);
  const found: FieldError[] = [];
  for (const [name, item] of Object.entries(value)) {
    const property = propertyOf(schema, name);
    if (property) found.push(...validateListTypes(item, property, path ? `${path}.${name}` : name));
    else found.push(...validateListTypes(item, additionalOf(schema), `${path}[${name}]`));
  }
  return found;
}

function validateList(list: readonly unknown[], schema: JsonSchema, path: string): FieldError[] {
  const type = schema["x-kubernetes-list-type"];
  const found = type === "set" ? duplicates(list, list, path) : type === "map" ? keyDuplicates(list, schema, path) : [];
  const items = itemsOf(schema);
  if (items) for (let i = 0; i < list.length; i++) found.push(...validateListTypes(list[i], items, `${path}[${i}]`));
  return found;
}
/** One error for each value that comes again, where it first does so. */
function duplicates(keys: readonly unknown[], shown: readonly unknown[], path: string): FieldError[] {
  const counts = new Map<string, number>();
  return keys.flatMap((key, i) => {
    const id = JSON.stringify(sorted(key)) ?? "";
    const count = (counts.get(id) ?? 0) + 1;
    counts.set(id, count);
    return count === 2 ? [duplicateValue(`${path}[${i}]`, shown[i])] : [];
  });
}
/** Equal values have the same text, whatever the order of their keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const members = Object.keys(value).toSorted();
  return { members: members.map((name) => [name, sorted(value[name])]) };
}
function keyDuplicates(list: readonly unknown[], schema: JsonSchema, path: string): FieldError[] {
  const wrong = list.findIndex((item) => item !== null && !isObject(item));
  if (wrong >= 0)
    return [invalidValue(`${path}[${wrong}]`, list[wrong], "must be an object for an array of list-type map")];
  const names = schema["x-kubernetes-list-map-keys"] ?? [];
  const keys = list.map((item) => {
    const key: Record<string, unknown> = {};
    for (const name of names) if (isObject(item) && Object.hasOwn(item, name)) key[name] = item[name];
    return key;
  });
  return duplicates(keys, keys, path);
}
