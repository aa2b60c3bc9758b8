// The order of the members of an object in JSON: that of the schema, as decoding makes it, and sorted keys in maps. What
// rules and admission add to a draft lands at its end; before it is written it is brought in order here. Most parts are
// in order, so they are looked at first, without making anything.
import { planOf } from "./decode-plan.ts";
import { setKey, isObject } from "./json.ts";
import { type Message, type Resolved, type Schema, resolve } from "./schema.ts";

interface Order {
  readonly isKept: (value: unknown) => boolean;
  /** A copy in order; parts that are in order already are not copied. */
  readonly bring: (value: unknown) => unknown;
}

/** `value`, or a copy of the parts of it that are out of order. */
export const inOrder = <T>(message: Message<T>, value: T): T => keep(orderOf(message as Message<unknown>), value) as T;
const keep = (order: Order | undefined, value: unknown): unknown =>
  !order || order.isKept(value) ? value : order.bring(value);

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
    const real = (): Order => (made ??= messageOrder(s));
    orders.set(s, (order = { isKept: (value) => real().isKept(value), bring: (value) => real().bring(value) }));
  }
  return order;
}
const listOrder = (item: Order | undefined): Order | undefined =>
  item && {
    isKept: (value) => !Array.isArray(value) || value.every(item.isKept),
    bring: (value) => (value as unknown[]).map((one) => keep(item, one)),
  };
const mapOrder = (item: Order | undefined): Order => ({
  isKept(value) {
    if (!isObject(value)) return true;
    let before: string | undefined;
    for (const key in value) {
      if (before !== undefined && before > key) return false;
      if (item && !item.isKept(value[key])) return false;
      before = key;
    }
    return true;
  },
  bring: (value) => rebuilt(value as Json, Object.keys(value as Json).toSorted(), () => item),
});
function messageOrder(message: Message<unknown>): Order {
  const { byName } = planOf(message);
  const places = new Map(
    Array.from(byName, ([name, { index, schema }]) => [name, { index, order: orderOf(schema as Schema) }] as const),
  );
  const index = (key: string): number => places.get(key)?.index ?? places.size;
  return {
    isKept(value) {
      if (!isObject(value)) return true;
      let before = -1;
      for (const key in value) {
        const place = places.get(key);
        const now = place ? place.index : places.size;
        if (now < before) return false;
        before = now;
        if (place?.order && !place.order.isKept(value[key])) return false;
      }
      return true;
    },
    bring(value) {
      const keys = Object.keys(value as Json).toSorted((a, b) => index(a) - index(b));
      return rebuilt(value as Json, keys, (key) => places.get(key)?.order);
    },
  };
}
type Json = Readonly<Record<string, unknown>>;
function rebuilt(value: Json, keys: readonly string[], orderAt: (key: string) => Order | undefined): Json {
  const out: Record<string, unknown> = {};
  for (const key of keys) setKey(out, key, keep(orderAt(key), value[key]));
  return out;
}
