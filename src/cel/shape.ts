// JSON becomes values lazily: an object or list is wrapped, and what is read out of it is converted by the type of its
// place. Nothing is copied; the wrapped data is shared and frozen.
import { deepEqual } from "#api/json.ts";
import { equal } from "./equal.ts";
import { fail } from "./failure.ts";
import { escapeName } from "./kubernetes/escape.ts";
import { checkedInt } from "./number.ts";
import { readLooseDuration, readTimestamp } from "./time.ts";
import { unwrapOptional } from "./type.ts";
import type { CelType, ListType, ObjectType } from "./type.ts";
import {
  ArrayList,
  Double,
  Duration,
  ExtensionValue,
  ListValue,
  MapValue,
  OptionalValue,
  Timestamp,
  TypeValue,
  Uint,
} from "./value.ts";
import type { Value } from "./value.ts";

export type Convert = (raw: unknown) => Value;
type Json = Readonly<Record<string, unknown>>;

const isValueObject = (raw: object): raw is Value & object =>
  raw instanceof ListValue ||
  raw instanceof MapValue ||
  raw instanceof Double ||
  raw instanceof Uint ||
  raw instanceof Uint8Array ||
  raw instanceof Timestamp ||
  raw instanceof Duration ||
  raw instanceof OptionalValue ||
  raw instanceof TypeValue ||
  raw instanceof ExtensionValue;

const kindOf = (raw: unknown): string => (raw === null ? "null" : Array.isArray(raw) ? "array" : typeof raw);
const unfit = (wanted: string, raw: unknown): never => fail(`invalid data, expected ${wanted}, got ${kindOf(raw)}`);

/** Data without a type: numbers without a fraction are integers. Values of the language stay what they are. */
function convertDyn(raw: unknown): Value {
  switch (typeof raw) {
    case "string":
    case "boolean":
      return raw;
    case "number":
      return Number.isSafeInteger(raw) ? raw + 0 : bigNumber(raw);
    case "bigint":
      return checkedInt(raw);
    case "object":
      if (raw === null) return null;
      if (Array.isArray(raw)) return new JsonList(raw, convertDyn);
      return isValueObject(raw) ? raw : new JsonRecord(raw as Json, undefined, convertDyn);
    default:
      return unfit("JSON", raw);
  }
}
const bigNumber = (raw: number): Value =>
  Number.isInteger(raw) && Math.abs(raw) < 2 ** 63 ? checkedInt(BigInt(raw)) : new Double(raw);

/** A list over JSON. Its items are converted when they are read. */
export class JsonList extends ListValue {
  readonly size: number;
  readonly raw: readonly unknown[];
  readonly #convert: Convert;
  readonly #merge: ListType["merge"];
  constructor(raw: readonly unknown[], convert: Convert, merge?: ListType["merge"]) {
    super();
    this.raw = raw;
    this.size = raw.length;
    this.#convert = convert;
    this.#merge = merge;
  }
  at(index: number): Value {
    return this.#convert(this.raw[index]);
  }
  override plus(other: ListValue): ListValue {
    if (!this.#merge) return new ArrayList([...this, ...other]);
    const items = [...this];
    const keys = new Map(items.map((item, i) => [this.#identity(item), i]));
    for (const item of other) {
      const key = this.#identity(item);
      const index = keys.get(key);
      if (index === undefined) keys.set(key, items.push(item) - 1);
      else items[index] = item;
    }
    return new MergedList(items, (list) => this.#equalTo(list, items), this.#identity);
  }
  override equals(other: ListValue): boolean | undefined {
    return this.#merge && this.#equalTo(other, [...this]);
  }
  #equalTo(other: ListValue, items: readonly Value[]): boolean {
    const byKey = new Map(items.map((item) => [this.#identity(item), item]));
    return [...other].every((item) => {
      const ours = byKey.get(this.#identity(item));
      return ours !== undefined && equal(ours, item);
    });
  }
  /** What tells items apart: the item of a set, the key fields of an item of a map. */
  readonly #identity = (item: Value): string => {
    const merge = this.#merge;
    if (merge?.type !== "map" || !(item instanceof MapValue)) return identityText(item);
    return merge.keys.map((key) => identityText(item.find(key) ?? null)).join(" ");
  };
}
function identityText(value: Value): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Double) return String(value.value);
  return value instanceof JsonRecord ? JSON.stringify(value.raw) : String(value);
}

/** What `+` on a set or map list gives: merged, and still equal in any order. */
class MergedList extends ListValue {
  readonly size: number;
  readonly #items: readonly Value[];
  readonly #equal: (other: ListValue) => boolean;
  readonly #identity: (item: Value) => string;
  constructor(items: readonly Value[], equalTo: (other: ListValue) => boolean, identity: (item: Value) => string) {
    super();
    this.#items = items;
    this.size = items.length;
    this.#equal = equalTo;
    this.#identity = identity;
  }
  at(index: number): Value {
    return this.#items[index]!;
  }
  override equals(other: ListValue): boolean {
    return this.#equal(other);
  }
  override plus(other: ListValue): ListValue {
    const byKey = new Map(this.#items.map((item) => [this.#identity(item), item]));
    for (const item of other) byKey.set(this.#identity(item), item);
    const items = [...byKey.values()];
    return new MergedList(items, this.#equal, this.#identity);
  }
}

/** What the data itself has by that name; what all objects inherit is no data. */
export const own = (raw: Json, name: string): unknown => (Object.hasOwn(raw, name) ? raw[name] : undefined);

/** A JSON object: with `type` the object of a schema, whose fields have types; else a map whose values convert alike. */
export class JsonRecord extends MapValue {
  readonly raw: Json;
  readonly type: ObjectType | undefined;
  readonly #convert: Convert;
  constructor(raw: Json, type: ObjectType | undefined, convert: Convert) {
    super();
    this.raw = raw;
    this.type = type;
    this.#convert = convert;
  }
  get size(): number {
    return Object.keys(this.raw).length;
  }
  find(key: Value): Value | undefined {
    if (typeof key !== "string") return undefined;
    if (this.type) return this.#field(key);
    return Object.hasOwn(this.raw, key) ? this.#convert(this.raw[key]) : undefined;
  }
  #field(name: string): Value | undefined {
    const field = this.type!.field?.(name);
    if (!field) return undefined;
    const raw = own(this.raw, field.jsonName);
    return raw === undefined || raw === null ? undefined : converterOf(field.type)(raw);
  }
  /** Objects are compared with what their schema does not know as well. */
  override equals(other: MapValue): boolean | undefined {
    if (!this.type || !(other instanceof JsonRecord)) return undefined;
    return Object.entries(this.raw).every(([name, raw]) => {
      const key = escapeName(name);
      const value = key === undefined ? undefined : this.find(key);
      if (value === undefined) return deepEqual(raw, own(other.raw, name));
      const theirs = other.find(key!);
      return theirs !== undefined && equal(value, theirs);
    });
  }
  keys(): Value[] {
    const names = Object.keys(this.raw);
    if (!this.type) return names;
    return names.map((name) => escapeName(name) ?? name).filter((name) => this.type!.field?.(name));
  }
}

const converters = new WeakMap<CelType, Convert>();
/** How data of a type is read; one function for each type. */
export function converterOf(type: CelType): Convert {
  const known = converters.get(type);
  if (known) return known;
  const made = makeConverter(type);
  const convert: Convert = (raw) => {
    if (raw === null) return type.nullable || type.kind === "null" ? null : nullFor(type);
    if (typeof raw === "object" && isValueObject(raw)) return raw;
    return made(raw);
  };
  converters.set(type, convert);
  return convert;
}
const nullFor = (type: CelType): Value =>
  type.kind === "dyn" || type.kind === "any" || type.kind === "opaque"
    ? null
    : fail("invalid data, got null for schema with nullable=false");

function makeConverter(type: CelType): Convert {
  switch (type.kind) {
    case "list": {
      const elem = lazyConverter(type.elem);
      return (raw) => (Array.isArray(raw) ? new JsonList(raw, elem, type.merge) : unfit("an array", raw));
    }
    case "map": {
      const value = lazyConverter(type.value);
      return (raw) => (isObject(raw) ? new JsonRecord(raw, undefined, value) : unfit("a map", raw));
    }
    case "object":
      return (raw) => (isObject(raw) ? new JsonRecord(raw, type, convertDyn) : unfit("a map", raw));
    case "opaque":
      return type.name === "optional_type" ? converterOf(unwrapOptional(type)) : convertDyn;
    case "timestamp":
      return type.format === "date" ? convertDate : convertTime;
    default:
      return scalars[type.kind] ?? convertDyn;
  }
}
const lazyConverter = (type: CelType): Convert => {
  let convert: Convert | undefined;
  return (raw) => (convert ??= converterOf(type))(raw);
};
const isObject = (raw: unknown): raw is Json => typeof raw === "object" && raw !== null && !Array.isArray(raw);

const scalars: Readonly<Record<string, Convert | undefined>> = {
  string: (raw) => (typeof raw === "string" ? raw : unfit("string", raw)),
  bool: (raw) => (typeof raw === "boolean" ? raw : unfit("bool", raw)),
  int: (raw) => {
    if (typeof raw === "number" && Number.isSafeInteger(raw)) return raw + 0;
    return typeof raw === "bigint" || Number.isInteger(raw) ? checkedInt(BigInt(raw as number)) : unfit("int", raw);
  },
  uint: (raw) =>
    Number.isSafeInteger(raw) && (raw as number) >= 0 ? new Uint(BigInt(raw as number)) : unfit("uint", raw),
  double: (raw) => (typeof raw === "number" ? new Double(raw) : unfit("float", raw)),
  bytes: (raw) => (typeof raw === "string" ? fromBase64(raw) : unfit("string", raw)),
  duration: (raw) => (typeof raw === "string" ? readLooseDuration(raw) : undefined) ?? fail(`Invalid duration ${raw}`),
};
function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch (error) {
    if (error instanceof SyntaxError) return fail(`Invalid byte formatted string ${text}`);
    throw error;
  }
}
const convertTime: Convert = (raw) => {
  if (typeof raw !== "string") return unfit("string", raw);
  return readTimestamp(raw.toUpperCase()) ?? fail(`Invalid date-time formatted string ${raw}`);
};
const convertDate: Convert = (raw) => {
  if (typeof raw !== "string" || !/^\d{4}-\d\d-\d\d$/.test(raw)) return fail(`Invalid date formatted string ${raw}`);
  return convertTime(`${raw}T00:00:00Z`);
};
