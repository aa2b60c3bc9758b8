// x-kubernetes-list-type, -list-map-keys and -map-type: what they ask of the schema they stand in.
import { type FieldError, forbiddenValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { itemsOf, type JsonSchema, propertyOf } from "./json-schema.ts";

const atomicText = "must be atomic as item of a list with x-kubernetes-list-type=set";

export function checkMapType(schema: JsonSchema, path: string): FieldError[] {
  const mapType = schema["x-kubernetes-map-type"];
  if (mapType === undefined) return [];
  const found: FieldError[] = [];
  const must = "must be object if x-kubernetes-map-type is specified";
  if (schema.type !== "object")
    found.push(schema.type ? invalidValue(`${path}.type`, schema.type, must) : requiredValue(`${path}.type`, must));
  if (mapType !== "atomic" && mapType !== "granular")
    found.push(notSupported(`${path}.x-kubernetes-map-type`, mapType, ["atomic", "granular"]));
  return found;
}

export function checkListType(schema: JsonSchema, path: string): FieldError[] {
  const listType = schema["x-kubernetes-list-type"];
  if (listType === undefined) return [];
  const found: FieldError[] = [];
  const must = "must be array if x-kubernetes-list-type is specified";
  const items = itemsOf(schema);
  if (schema.type !== "array")
    found.push(schema.type ? invalidValue(`${path}.type`, schema.type, must) : requiredValue(`${path}.type`, must));
  else if (listType === "set" && items) {
    const inner = items["x-kubernetes-list-type"];
    if (items.type === "array" && inner !== undefined && inner !== "atomic")
      found.push(invalidValue(`${path}.items.x-kubernetes-list-type`, inner, atomicText));
    if (items.type === "object" && items["x-kubernetes-map-type"] !== "atomic")
      found.push(invalidValue(`${path}.items.x-kubernetes-map-type`, inner ?? null, atomicText));
  }
  if (!["atomic", "set", "map"].includes(listType))
    found.push(notSupported(`${path}.x-kubernetes-list-type`, listType, ["atomic", "set", "map"]));
  return found;
}

export function checkListKeys(schema: JsonSchema, path: string): FieldError[] {
  const found: FieldError[] = [];
  const listType = schema["x-kubernetes-list-type"];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const must = "must be map if x-kubernetes-list-map-keys is non-empty";
  if (keys.length > 0 && listType !== "map") {
    const at = `${path}.x-kubernetes-list-type`;
    found.push(listType === undefined ? requiredValue(at, must) : invalidValue(at, listType, must));
  }
  if (listType === "map") found.push(...checkKeyedItems(schema, keys, path));
  return [...found, ...checkItems(schema, listType, keys, path)];
}
function checkKeyedItems(schema: JsonSchema, keys: readonly string[], path: string): FieldError[] {
  const found: FieldError[] = [];
  const at = `${path}.x-kubernetes-list-map-keys`;
  if (keys.length === 0) found.push(requiredValue(at, "must not be empty if x-kubernetes-list-type is map"));
  const items = itemsOf(schema);
  if (schema.items === undefined)
    return [...found, requiredValue(`${path}.items`, "must have a schema if x-kubernetes-list-type is map")];
  if (!items) {
    const must = "must only have a single schema if x-kubernetes-list-type is map";
    return [...found, invalidValue(`${path}.items`, schema.items, must)];
  }
  if (items.type !== "object") {
    const must = "must be object if parent array's x-kubernetes-list-type is map";
    return [...found, invalidValue(`${path}.items.type`, items.type ?? "", must)];
  }
  const seen = new Set<string>();
  for (const key of keys) {
    const property = propertyOf(items, key);
    if (!property) found.push(invalidValue(at, keys, "entries must all be names of item properties"));
    else if (property.type === "array" || property.type === "object") {
      const must = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      found.push(invalidValue(`${path}.items.properties[${key}].type`, items.type, must));
    }
    if (seen.has(key)) found.push(invalidValue(at, keys, "must not contain duplicate entries"));
    seen.add(key);
  }
  return found;
}
/** Items of sets and maps are never null, and neither is what identifies them. */
function checkItems(
  schema: JsonSchema,
  listType: string | undefined,
  keys: readonly string[],
  path: string,
): FieldError[] {
  const items = itemsOf(schema);
  if (!items || (listType !== "set" && listType !== "map")) return [];
  const found: FieldError[] = [];
  const cannot = `cannot be nullable when x-kubernetes-list-type is ${listType}`;
  if (items.nullable) found.push(forbiddenValue(`${path}.items.nullable`, cannot));
  for (const key of listType === "map" ? keys : []) {
    const property = propertyOf(items, key);
    if (!property) continue;
    const at = `${path}.items.properties[${key}]`;
    const because = "this property is in x-kubernetes-list-map-keys, so it";
    if (!items.required?.includes(key) && property.default === undefined)
      found.push(requiredValue(`${at}.default`, `${because} must have a default or be a required property`));
    if (property.nullable) found.push(forbiddenValue(`${at}.nullable`, `${because} cannot be nullable`));
  }
  return found;
}
