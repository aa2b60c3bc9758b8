// Pruning: fields that the schema does not declare go, unless a part of it preserves them. Nothing is edited: what stays
// as it is comes back as the same value, so that reading an object that is in order costs no copy.
import { type PathStep, pathText } from "#api/decode-plan.ts";
import { isObject, setKey } from "#api/json.ts";
import {
  additionalOf,
  isEmbedded,
  itemsOf,
  type JsonSchema,
  metaFields,
  preserves,
  propertyOf,
} from "./json-schema.ts";

type Fields = Readonly<Record<string, unknown>>;
interface Pruning {
  readonly path: PathStep[];
  /** Where the paths of dropped fields go; absent: nowhere. */
  readonly dropped: string[] | undefined;
}

/**
 * The value without undeclared fields; without a schema nothing is declared. `isRoot`: the value is an object of its own,
 * whose apiVersion, kind and metadata are not looked at. Paths of what was dropped are added to `dropped`.
 */
export function prune(value: unknown, schema: JsonSchema | undefined, isRoot: boolean, dropped?: string[]): unknown {
  const found: string[] | undefined = dropped && [];
  const asRoot = isRoot && !(schema && isEmbedded(schema));
  const root = asRoot ? { ...schema, "x-kubernetes-embedded-resource": true } : schema;
  const pruned = within(value, root, { path: [], dropped: found });
  if (found) dropped!.push(...found.toSorted());
  return pruned;
}

function within(value: unknown, schema: JsonSchema | undefined, state: Pruning): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (schema && preserves(schema)) return declaredOnly(value, schema, state);
  if (Array.isArray(value)) return items(value, state, (item) => within(item, schema && itemsOf(schema), state));
  const drop = (): undefined => void state.dropped?.push(pathText(state.path));
  return members(value as Fields, state, (name, item) => {
    if (!schema) return drop();
    if (isEmbedded(schema) && metaFields.has(name)) return item;
    const property = propertyOf(schema, name);
    if (property) return within(item, property, state);
    // Upstream: `additionalProperties: false` keeps the keys too.
    if (schema.additionalProperties !== undefined) return within(item, additionalOf(schema), state);
    return metaFields.has(name) && state.path.length === 1 ? undefined : drop();
  });
}

/** Beneath a schema that preserves, only what it declares itself is looked at. */
function declaredOnly(value: unknown, schema: JsonSchema | undefined, state: Pruning): unknown {
  if (!schema || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return items(value, state, (item) => declaredOnly(item, itemsOf(schema), state));
  return members(value as Fields, state, (name, item) => {
    if (isEmbedded(schema) && metaFields.has(name)) return item;
    const property = propertyOf(schema, name);
    if (property) return within(item, property, state);
    return schema.additionalProperties === undefined ? item : within(item, additionalOf(schema), state);
  });
}

function items(list: readonly unknown[], state: Pruning, step: (item: unknown) => unknown): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    state.path.push(i);
    const item = step(list[i]);
    state.path.pop();
    if (item !== list[i]) (copy ??= [...list])[i] = item;
  }
  return copy ?? list;
}
/** `step` answers undefined for a member that goes. */
function members(object: Fields, state: Pruning, step: (name: string, item: unknown) => unknown): Fields {
  let changes: Map<string, unknown> | undefined;
  for (const name in object) {
    state.path.push(name);
    const item = step(name, object[name]);
    state.path.pop();
    if (item !== object[name]) (changes ??= new Map()).set(name, item);
  }
  return changes ? changed(object, changes) : object;
}

/** A copy with other members; undefined takes a member away. The order stays. */
export function changed(object: Fields, changes: ReadonlyMap<string, unknown>): Fields {
  const copy: Record<string, unknown> = {};
  for (const name in object) {
    const item = changes.has(name) ? changes.get(name) : object[name];
    if (item !== undefined) setKey(copy, name, item);
  }
  for (const [name, item] of changes) if (item !== undefined && !Object.hasOwn(object, name)) setKey(copy, name, item);
  return copy;
}

/** Takes out members that are null although their schema allows no null and fills in no default. */
export function dropNulls(value: unknown, schema: JsonSchema | undefined): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const inner = schema && itemsOf(schema);
    let copy: unknown[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const item = dropNulls(value[i], inner);
      if (item !== value[i]) (copy ??= [...(value as unknown[])])[i] = item;
    }
    return copy ?? value;
  }
  let changes: Map<string, unknown> | undefined;
  const object = value as Fields;
  for (const name in object) {
    const inner = schema && memberOf(schema, name);
    const isDropped = object[name] === null && inner && inner.nullable !== true && inner.default === undefined;
    const item = isDropped ? undefined : dropNulls(object[name], inner);
    if (item !== object[name]) (changes ??= new Map()).set(name, item);
  }
  return changes ? changed(object, changes) : object;
}
/** The schema of a member, declared or free. */
export const memberOf = (schema: JsonSchema, name: string): JsonSchema | undefined =>
  propertyOf(schema, name) ?? additionalOf(schema);

/** A value as a draft: a JSON object that may be edited at its top. */
export const asFields = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});
