// How apply sees a value: by its schema a leaf (a scalar, or something atomic), a map of members, or a list whose items
// have an identity. Without a schema objects are maps and everything else is a leaf.
import { isObject } from "#api/json.ts";
import { type Field, type List, type Resolved, anyValue, resolve } from "#api/schema.ts";
import { type PathElement, keyElement, valueElement } from "./path-element.ts";

export type Json = Readonly<Record<string, unknown>>;
export type Shape = "leaf" | "map" | "list";
export const untyped: Resolved = anyValue;

/** Whether the schema makes one value of everything beneath. */
export function isAtomic(schema: Resolved): boolean {
  switch (schema.type) {
    case "message":
      return schema.atomic === true || schema.jsonForm !== undefined;
    case "map":
      return schema.atomic === true;
    case "list":
      return schema.listType === undefined || schema.listType === "atomic";
    default:
      return schema.type !== "any";
  }
}
export function shapeOf(schema: Resolved, value: unknown): Shape {
  if (isAtomic(schema)) return "leaf";
  if (schema.type === "list") return Array.isArray(value) || value === null ? "list" : "leaf";
  if (schema.type === "any") return isObject(value) ? "map" : "leaf";
  return isObject(value) || value === null ? "map" : "leaf";
}

/** The schema of a member; undefined when nothing of that name is declared. */
export function memberSchema(schema: Resolved, name: string): Resolved | undefined {
  if (schema.type === "map") return resolve(schema.values);
  if (schema.type !== "message") return untyped;
  if (Object.hasOwn(schema.fields, name)) return resolve(schema.fields[name]!.schema);
  return schema.preserveUnknown ? untyped : undefined;
}
/** Whether a name is a field of a type rather than a key of a map. */
export const isNamedField = (schema: Resolved, name: string): boolean =>
  schema.type === "message" && Object.hasOwn(schema.fields, name);
export const itemSchema = (schema: Resolved): Resolved => (schema.type === "list" ? resolve(schema.items) : untyped);

/** What identifies an item; a text tells why nothing does. */
export function itemElement(schema: Resolved, item: unknown): { element: PathElement } | { why: string } {
  if (schema.type !== "list") return { why: "invalid indexing of non-associative list" };
  return schema.listType === "map" ? keyedElement(schema, item) : setElement(item);
}
function setElement(item: unknown): { element: PathElement } | { why: string } {
  if (isObject(item)) return { why: "associative list without keys has an element that's a map type" };
  if (Array.isArray(item)) return { why: "not supported: associative list with lists as elements" };
  if (item === null) return { why: "associative list without keys has an element that's an explicit null" };
  return { element: valueElement(item) };
}
function keyedElement(list: List<unknown>, item: unknown): { element: PathElement } | { why: string } {
  if (item === null) return { why: "associative list with keys may not have a null element" };
  if (!isObject(item)) return { why: "associative list with keys may not have non-map elements" };
  const items = resolve(list.items);
  const keys: Record<string, unknown> = {};
  for (const name of list.keys ?? []) {
    const field = items.type === "message" ? items.fields[name] : undefined;
    const value = Object.hasOwn(item, name) ? item[name] : (field?.default ?? zeroOf(field));
    if (value !== undefined) keys[name] = value;
  }
  if (Object.keys(keys).length > 0) return { element: keyElement(keys) };
  const names = (list.keys ?? []).map((name) => JSON.stringify(name)).join(" ");
  return {
    why: `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
  };
}

/** Upstream: a field that must be there is by default what Go makes of nothing. */
function zeroOf(field: Field | undefined): unknown {
  if (field?.presence !== "required") return undefined;
  const { type } = resolve(field.schema);
  return type === "string" ? "" : type === "int32" || type === "int64" ? 0 : undefined;
}

/** The items of a list by identity, in order; items without one are left out. */
export function indexItems(schema: Resolved, list: unknown): Map<PathElement, unknown[]> {
  const found = new Map<PathElement, unknown[]>();
  if (!Array.isArray(list)) return found;
  for (const item of list) {
    const id = itemElement(schema, item);
    if (!("element" in id)) continue;
    const same = found.get(id.element);
    if (same) same.push(item);
    else found.set(id.element, [item]);
  }
  return found;
}
/** The members of an object; none for null and what is absent. */
export const membersOf = (value: unknown): Json => (isObject(value) ? value : {});
