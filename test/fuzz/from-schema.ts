// Values from a schema: what the type allows, its edges, and what it does not allow; and such values put into an object
// that was good. The schemas are those that OpenAPI is made of.
import { cloneJson, isObject, setKey } from "#api/json.ts";
import { resolve, type Message, type Resolved, type Schema } from "#api/schema.ts";
import type { Chance } from "./chance.ts";
import { boundaryOf, junk, junkObject, names, scalarOf } from "./scalars.ts";

export interface Wildness {
  /** One scalar in so many lies at an edge. */
  readonly boundaryIn: number;
  /** One value in so many is of a wrong type. */
  readonly wrongIn: number;
}
export const tame: Wildness = { boundaryIn: 60, wrongIn: 400 };
export const wild: Wildness = { boundaryIn: 6, wrongIn: 30 };
const deepest = 9;
/** How many values one object may be made of; types that contain themselves would grow for ever. */
const largest = 3_000;
let left = 0;

/** A value for `schema`, which a field of the name `name` has. */
export function valueOf(chance: Chance, schema: Schema, name: string, wildness: Wildness, depth = 0): unknown {
  left = largest;
  return made(chance, schema, name, wildness, depth);
}
function made(chance: Chance, schema: Schema, name: string, wildness: Wildness, depth: number): unknown {
  const type = resolve(schema);
  if (chance.oneIn(wildness.wrongIn) || --left < 0) return junk(chance);
  const inner = (of: Schema, as: string): unknown => made(chance, of, as, wildness, depth + 1);
  switch (type.type) {
    case "list": {
      const length = depth > deepest ? 0 : chance.pick([0, 1, 1, 2, 3]);
      return Array.from({ length }, () => inner(type.items, name.replace(/s$/, "")));
    }
    case "map": {
      const out: Record<string, unknown> = {};
      for (let count = depth > deepest ? 0 : chance.below(3); count > 0; count--)
        setKey(
          out,
          chance.pick([...names, "example.com/a", "cpu", "memory", "constructor", "__proto__"]),
          inner(type.values, name),
        );
      return out;
    }
    case "message":
      return messageOf(chance, type as Message<unknown>, wildness, depth);
    default:
      return chance.oneIn(wildness.boundaryIn) ? boundaryOf(chance, type) : scalarOf(chance, type, name);
  }
}

function messageOf(chance: Chance, message: Message<unknown>, wildness: Wildness, depth: number): unknown {
  if (message.jsonForm && chance.oneIn(2)) return chance.pick<unknown>([true, false, [], {}, ["a"], 1]);
  const out: Record<string, unknown> = {};
  const fields = Object.entries(message.fields);
  // Wide messages (volume sources, probes) are mostly unions: a few members are likelier to be right than many.
  const share = Math.min(0.5, 3 / fields.length) * (depth > 5 ? 0.4 : 1);
  for (const [name, field] of fields) {
    if (field.number === 0 && (name === "apiVersion" || name === "kind")) continue;
    const isWanted = field.presence === "required" ? !chance.oneIn(50) : depth < deepest && chance.next() < share;
    if (isWanted) out[name] = made(chance, field.schema, name, wildness, depth + 1);
  }
  return out;
}

/** Changes `value` in one to three places; the result is a copy. */
export function mutated(chance: Chance, schema: Schema, value: unknown, wildness: Wildness): unknown {
  let out: unknown = cloneJson(value);
  for (let count = 1 + chance.below(3); count > 0; count--)
    out = mutateOnce(chance, resolve(schema), out, "", wildness);
  return out;
}

function mutateOnce(chance: Chance, schema: Resolved, value: unknown, name: string, wildness: Wildness): unknown {
  if (schema.type === "message" && isObject(value) && !schema.jsonForm)
    return mutateMessage(chance, schema as Message<unknown>, value, wildness);
  if (schema.type === "list" && Array.isArray(value) && value.length > 0 && !chance.oneIn(3))
    return mutateList(chance, resolve(schema.items), value, name, wildness);
  if (schema.type === "map" && isObject(value) && !chance.oneIn(3)) {
    const key = chance.oneIn(2)
      ? chance.pick(Object.keys(value).concat("a"))
      : chance.pick(["__proto__", "constructor", "toString", "", "k/v/w"]);
    setKey(value, key, valueOf(chance, schema.values, name, wildness));
    return value;
  }
  return valueOf(chance, schema, name, chance.oneIn(2) ? { boundaryIn: 1.5, wrongIn: 8 } : wildness);
}

function mutateMessage(
  chance: Chance,
  message: Message<unknown>,
  value: Record<string, unknown>,
  wildness: Wildness,
): Record<string, unknown> {
  const present = Object.keys(value).filter((key) => Object.hasOwn(message.fields, key));
  const all = Object.keys(message.fields);
  if (all.length === 0) return value;
  const name = present.length > 0 && !chance.oneIn(4) ? chance.pick(present) : chance.pick(all);
  const schema = resolve(message.fields[name]!.schema);
  if (chance.oneIn(20)) delete value[name];
  else if (chance.oneIn(25)) setKey(value, name, chance.oneIn(3) ? null : junk(chance));
  else if (chance.oneIn(40)) Object.assign(value, junkObject(chance));
  else if (value[name] === undefined) value[name] = valueOf(chance, schema, name, wildness, 4);
  else value[name] = mutateOnce(chance, schema, value[name], name, wildness);
  return value;
}

function mutateList(chance: Chance, items: Resolved, value: unknown[], name: string, wildness: Wildness): unknown[] {
  const at = chance.below(value.length);
  switch (chance.below(6)) {
    case 0:
      return value.toSpliced(at, 1);
    case 1:
      return [...value, cloneJson(value[at])];
    case 2:
      return [...value, valueOf(chance, items, name, wildness, 4)];
    case 3:
      return value.toReversed();
    default:
      return value.with(at, mutateOnce(chance, items, value[at], name, wildness));
  }
}
