// Defaults of a structural schema. As with pruning, a value that needs nothing comes back as it is.
import { cloneJson } from "#api/json.ts";
import { additionalOf, itemsOf, type JsonSchema, propertyOf } from "./json-schema.ts";
import { changed } from "./prune.ts";

type Fields = Readonly<Record<string, unknown>>;
const known = new WeakMap<JsonSchema, boolean>();
/** Whether anything within could be filled in. */
function hasDefaults(schema: JsonSchema): boolean {
  let has = known.get(schema);
  if (has === undefined) {
    const parts = [itemsOf(schema), additionalOf(schema), ...Object.values(schema.properties ?? {})];
    has = parts.some((part) => part !== undefined && (part.default !== undefined || hasDefaults(part)));
    known.set(schema, has);
  }
  return has;
}

/** The value with what is missing, or null where null is not allowed, filled in. */
export function withDefaults(value: unknown, schema: JsonSchema | undefined): unknown {
  if (!schema || typeof value !== "object" || value === null || !hasDefaults(schema)) return value;
  return Array.isArray(value) ? inList(value, schema) : inObject(value as Fields, schema);
}

const filledIn = (value: unknown, schema: JsonSchema): unknown =>
  (value === undefined || (value === null && schema.nullable !== true)) && schema.default !== undefined
    ? cloneJson(schema.default)
    : value;

function inList(list: readonly unknown[], schema: JsonSchema): readonly unknown[] {
  const items = itemsOf(schema);
  if (!items) return list;
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = withDefaults(filledIn(list[i], items), items);
    if (item !== list[i]) (copy ??= [...list])[i] = item;
  }
  return copy ?? list;
}

function inObject(object: Fields, schema: JsonSchema): Fields {
  let changes: Map<string, unknown> | undefined;
  const put = (name: string, inner: JsonSchema): void => {
    const before = Object.hasOwn(object, name) ? object[name] : undefined;
    const item = withDefaults(filledIn(before, inner), inner);
    if (item !== before) (changes ??= new Map()).set(name, item);
  };
  for (const name in schema.properties) put(name, schema.properties[name]!);
  const additional = additionalOf(schema);
  if (additional) for (const name in object) if (!propertyOf(schema, name)) put(name, additional);
  return changes ? changed(object, changes) : object;
}
