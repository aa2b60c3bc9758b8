// Which part of an old value a part of a new one goes with: members by name, items of keyed lists by their keys. Items of
// other lists go with nothing. Ratcheting and rules over old values rest on it.
import { deepEqual, isObject } from "#api/json.ts";
import { itemsOf, type JsonSchema } from "./json-schema.ts";
import { memberOf } from "./prune.ts";

/** The old value that a value goes with; the wrapper tells "none" from "undefined". */
export interface Old {
  readonly value: unknown;
}

export function oldMember(old: Old | undefined, name: string): Old | undefined {
  return old && isObject(old.value) && Object.hasOwn(old.value, name) ? { value: old.value[name] } : undefined;
}

const isKeyed = (schema: JsonSchema): boolean => schema["x-kubernetes-list-type"] === "map";
/** What identifies an item, as text. */
const identity = (schema: JsonSchema, item: Readonly<Record<string, unknown>>): string =>
  JSON.stringify((schema["x-kubernetes-list-map-keys"] ?? []).map((key) => item[key] ?? null));

const indexes = new WeakMap<readonly unknown[], { readonly of: JsonSchema; readonly items: Map<string, unknown> }>();
function indexOf(schema: JsonSchema, list: readonly unknown[]): Map<string, unknown> {
  const known = indexes.get(list);
  if (known?.of === schema) return known.items;
  const items = new Map<string, unknown>();
  for (const item of list) {
    const id = isObject(item) && identity(schema, item);
    if (id && !items.has(id)) items.set(id, item);
  }
  indexes.set(list, { of: schema, items });
  return items;
}

/** `schema` is the list's. */
export function oldItem(schema: JsonSchema, old: Old | undefined, item: unknown): Old | undefined {
  if (!old || !isKeyed(schema) || !Array.isArray(old.value) || !isObject(item)) return undefined;
  const found = indexOf(schema, old.value).get(identity(schema, item));
  return found === undefined ? undefined : { value: found };
}

/** Equality that takes keyed lists for sets of items. */
export function isUnchanged(schema: JsonSchema | undefined, value: unknown, old: unknown): boolean {
  if (deepEqual(value, old)) return true;
  if (!schema || typeof value !== "object" || typeof old !== "object" || value === null || old === null) return false;
  if (Array.isArray(value) || Array.isArray(old)) {
    if (!Array.isArray(value) || !Array.isArray(old) || value.length !== old.length || !isKeyed(schema)) return false;
    return value.every((item) => {
      const before = oldItem(schema, { value: old }, item);
      return before !== undefined && isUnchanged(itemsOf(schema), item, before.value);
    });
  }
  const [now, before] = [value as Record<string, unknown>, old as Record<string, unknown>];
  const names = Object.keys(now);
  if (names.length !== Object.keys(before).length) return false;
  return names.every(
    (name) => Object.hasOwn(before, name) && isUnchanged(memberOf(schema, name), now[name], before[name]),
  );
}
