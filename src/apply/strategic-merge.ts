// Strategic merge patch: a merge patch that knows from the schema which lists are merged by a key. Directives within the
// patch ($patch, $retainKeys, $setElementOrder/x, $deleteFromPrimitiveList/x) steer it. Source: the upstream design of
// strategic merge patch; the error texts are upstream's. How merged lists are ordered is in merge-list.ts.
import { badRequest } from "#api/errors.ts";
import { cloneJson, isObject, setKey } from "#api/json.ts";
import { type Field, type Message, type Resolved, resolve } from "#api/schema.ts";
import { goText, noMergeKey, orderList, sameOrder } from "./merge-list.ts";

type Json = Record<string, unknown>;
const directive = "$patch";
const retainKeys = "$retainKeys";
const orderPrefix = "$setElementOrder/";
const deletePrefix = "$deleteFromPrimitiveList/";

/** The patched document; neither argument is changed. Throws ApiError BadRequest for a malformed patch. */
export function strategicMerge(schema: Message<unknown>, original: unknown, patch: unknown): unknown {
  if (!isObject(patch)) throw badRequest("invalid JSON document");
  return mergeObject(schema, isObject(original) ? original : {}, patch);
}

function mergeObject(schema: Resolved | undefined, original: Json, patch: Json): Json {
  const mode = patch[directive];
  if (mode === "replace") {
    const { [directive]: _mode, ...rest } = patch;
    return clean(rest) as Json;
  }
  if (mode === "delete") return {};
  if (mode !== undefined) throw unknownPatchType(mode, patch);

  const merged = retained(original, patch);
  const ordered = mergeOrderedLists(schema, merged, patch);
  for (const key in patch) {
    if (key === retainKeys || key.startsWith(orderPrefix) || ordered.has(key)) continue;
    const change = patch[key];
    if (key.startsWith(deletePrefix)) deleteFromList(merged, key.slice(deletePrefix.length), change);
    else if (change === null) delete merged[key];
    else mergeMember(schema, merged, key, change);
  }
  return merged;
}
const unknownPatchType = (mode: unknown, patch: Json): Error =>
  badRequest(`unknown patch type: ${goText(mode)} in map: ${goText(patch)}`);

/** The members that $retainKeys leaves: with a one-of type, what the patch does not name goes. */
function retained(original: Json, patch: Json): Json {
  const keys = patch[retainKeys];
  if (keys === undefined) return { ...original };
  if (!Array.isArray(keys)) throw badRequest("invalid patch format of retainKeys");
  const kept = new Set<unknown>(keys);
  for (const key in patch) {
    const isDirective = key === retainKeys || key.startsWith(orderPrefix) || key.startsWith(deletePrefix);
    if (!isDirective && patch[key] !== null && !kept.has(key)) {
      throw badRequest("invalid patch format of retainKeys");
    }
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => kept.has(key)));
}

/** The schema of a member: that of the field, or of any value of a map. */
function memberOf(schema: Resolved | undefined, key: string): { schema?: Resolved; field?: Field } {
  if (schema?.type === "map") return { schema: resolve(schema.values) };
  const field = schema?.type === "message" && Object.hasOwn(schema.fields, key) ? schema.fields[key] : undefined;
  return field ? { schema: resolve(field.schema), field } : {};
}
/** A field may say "merge,retainKeys"; retainKeys concerns only who makes a patch. */
const strategyOf = (field: Field | undefined): string | undefined =>
  field?.patch?.split(",").find((strategy) => strategy !== "retainKeys");

function mergeMember(schema: Resolved | undefined, merged: Json, key: string, change: unknown): void {
  const current = Object.hasOwn(merged, key) ? merged[key] : undefined;
  const { schema: inner, field } = memberOf(schema, key);
  if (isObject(change) && isObject(current)) {
    setKey(merged, key, strategyOf(field) === "replace" ? clean(change) : mergeObject(inner, current, change));
  } else if (Array.isArray(change) && Array.isArray(current)) {
    setKey(merged, key, mergeList(inner, field, current, change));
  } else {
    const value = clean(change);
    if (value === undefined) delete merged[key];
    else setKey(merged, key, value);
  }
}

/** A value new to the document: without its nulls and directives; undefined when it is nothing but a directive. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (directive in value) return undefined;
  const out: Json = {};
  for (const key in value) {
    const item = value[key] === null ? undefined : clean(value[key]);
    if (item !== undefined) setKey(out, key, item);
  }
  return out;
}

function deleteFromList(merged: Json, key: string, unwanted: unknown): void {
  // Upstream: what is no list names nothing.
  if (!Array.isArray(unwanted)) return;
  const current = merged[key];
  const gone = new Set<unknown>(unwanted);
  if (Array.isArray(current)) merged[key] = current.filter((item) => !gone.has(item));
}

const itemsOf = (schema: Resolved | undefined): Resolved | undefined =>
  schema?.type === "list" ? resolve(schema.items) : undefined;

function mergeList(
  schema: Resolved | undefined,
  field: Field | undefined,
  current: readonly unknown[],
  change: readonly unknown[],
): unknown[] {
  if (strategyOf(field) !== "merge") return clean(change) as unknown[];
  const samples = [...current, ...change];
  if (samples.length > 0 && samples.every(Array.isArray)) throw badRequest("lists of lists are not supported");
  if (!samples.some(isObject) && !samples.some(Array.isArray))
    return orderList([...new Set(samples)], change, current, undefined);
  if (!samples.every(isObject)) throw badRequest(`list element types are not identical: ${goText([current, change])}`);
  const key = field?.patchKey;
  if (!key) throw badRequest(`cannot merge lists without merge key for ${schema?.type ?? "list"}`);
  return mergeKeyedList(itemsOf(schema), key, current as Json[], change as Json[]);
}

function mergeKeyedList(items: Resolved | undefined, key: string, current: Json[], change: Json[]): unknown[] {
  const plain = change.filter((item) => !(directive in item));
  const special = change.filter((item) => directive in item);
  const deleted = new Set<unknown>();
  for (const item of special) {
    const mode = item[directive];
    if (mode === "merge") throw badRequest("merging lists cannot yet be specified in the patch");
    if (mode !== "delete" && mode !== "replace") throw unknownPatchType(mode, item);
    if (mode === "delete" && !(key in item)) throw noMergeKey(item, key);
    if (mode === "delete") deleted.add(item[key]);
  }
  if (special.some((item) => item[directive] === "replace")) return clean(plain) as unknown[];
  const kept = current.filter((old) => !deleted.has(old[key]));
  const merged = [...kept];
  // By key, of several the first: both lists may be long.
  const places = new Map<unknown, number>();
  for (const [at, old] of merged.entries()) if (!places.has(old[key])) places.set(old[key], at);
  for (const item of plain) {
    if (!(key in item)) throw noMergeKey(item, key);
    const at = places.get(item[key]);
    if (at === undefined) places.set(item[key], merged.push(clean(item) as Json) - 1);
    else merged[at] = mergeObject(items, merged[at]!, item);
  }
  return orderList(merged, plain, kept, key);
}

/** Lists whose order the patch gives; returns their names, which are then done. */
function mergeOrderedLists(schema: Resolved | undefined, merged: Json, patch: Json): Set<string> {
  const done = new Set<string>();
  for (const directiveKey in patch) {
    if (!directiveKey.startsWith(orderPrefix)) continue;
    const name = directiveKey.slice(orderPrefix.length);
    const order = asList(patch[directiveKey]);
    if (!name || !order) throw badRequest("invalid patch format of setElementOrder list");
    const current = asList(merged[name]);
    const change = asList(patch[name]);
    if (patch[name] !== null) done.add(name);
    if (!current && !change) continue;
    const { schema: inner, field } = memberOf(schema, name);
    const key = field?.patchKey;
    if (change) sameOrder(change, order, key);
    const list = !change ? current! : current ? mergeList(inner, field, current, change) : (clean(change) as unknown[]);
    merged[name] = orderList(cloneJson(list), order, current ?? [], key);
  }
  return done;
}
function asList(value: unknown): readonly unknown[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value;
  throw badRequest(
    `expected a []interface {}, but received a ${isObject(value) ? "map[string]interface {}" : typeof value}`,
  );
}
