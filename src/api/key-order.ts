// The order of the members of an object in JSON: that of the schema, as decoding makes it, and sorted keys in maps. What
// rules and admission add to a draft lands at its end; before it is written it is brought in order here, in one pass that
// makes nothing of what is in order already.
import { planOf } from "./decode-plan.ts";
import { setKey, isObject } from "./json.ts";
import { type Message, type Resolved, type Schema, resolve } from "./schema.ts";

/** The value itself when it is in order, else a copy; parts that are in order are not copied. One pass. */
type Order = (value: unknown) => unknown;

/** `value`, or a copy of the parts of it that are out of order. */
export const inOrder = <T>(message: Message<T>, value: T): T =>
  (orderOf(message as Message<unknown>)?.(value) ?? value) as T;

/** By resolved schema; undefined for those without members. */
const orders = new WeakMap<object, Order>();
function orderOf(schema: Schema): Order | undefined {
  const s = resolve(schema) as Resolved;
  if (s.type === "list") return listOrder(orderOf(s.items as Schema));
  if (s.type === "map") return mapOrder(orderOf(s.values as Schema));
  if (s.type !== "message" || s.jsonForm) return undefined;
  let order = orders.get(s);
  if (!order) {
    // Set first, made later: a message may hold itself.
    let made: Order | undefined;
    orders.set(s, (order = (value) => (made ??= messageOrder(s))(value)));
  }
  return order;
}
const listOrder = (item: Order | undefined): Order | undefined =>
  item &&
  ((value) => {
    if (!Array.isArray(value)) return value;
    let copy: unknown[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const one = item(value[i]);
      if (one !== value[i]) (copy ??= [...(value as unknown[])])[i] = one;
    }
    return copy ?? value;
  });
const mapOrder =
  (item: Order | undefined): Order =>
  (value) => {
    if (!isObject(value)) return value;
    let before: string | undefined;
    let isKept = true;
    let copies: Map<string, unknown> | undefined;
    for (const key in value) {
      if (before !== undefined && before > key) isKept = false;
      before = key;
      const one = item ? item(value[key]) : value[key];
      if (one !== value[key]) (copies ??= new Map()).set(key, one);
    }
    return isKept && !copies ? value : rebuilt(value, isKept ? Object.keys(value) : Object.keys(value).sort(), copies);
  };
function messageOrder(message: Message<unknown>): Order {
  const { byName } = planOf(message);
  const places = new Map(
    Array.from(byName, ([name, { index, schema }]) => [name, { index, order: orderOf(schema as Schema) }] as const),
  );
  const index = (key: string): number => places.get(key)?.index ?? places.size;
  return (value) => {
    if (!isObject(value)) return value;
    let before = -1;
    let isKept = true;
    let copies: Map<string, unknown> | undefined;
    for (const key in value) {
      const place = places.get(key);
      const now = place ? place.index : places.size;
      if (now < before) isKept = false;
      before = now;
      const one = place?.order ? place.order(value[key]) : value[key];
      if (one !== value[key]) (copies ??= new Map()).set(key, one);
    }
    if (isKept && !copies) return value;
    const keys = Object.keys(value);
    return rebuilt(value, isKept ? keys : keys.sort((a, b) => index(a) - index(b)), copies);
  };
}
type Json = Readonly<Record<string, unknown>>;
function rebuilt(value: Json, keys: readonly string[], copies: ReadonlyMap<string, unknown> | undefined): Json {
  const out: Record<string, unknown> = {};
  for (const key of keys) setKey(out, key, copies?.has(key) ? copies.get(key) : value[key]);
  return out;
}
