// The values of the language. What is common is a bare JavaScript value: null, booleans, strings, and integers as safe
// numbers; a bigint is an integer only beyond 2^53, so that each integer has one form. All else is an object.
import type { CelType } from "./type.ts";
import { fail } from "./failure.ts";

/** A number wherever it is safe, a bigint beyond. */
export type Int = number | bigint;
export type Value =
  | null
  | boolean
  | string
  | Int
  | Uint
  | Double
  | Uint8Array
  | Timestamp
  | Duration
  | ListValue
  | MapValue
  | TypeValue
  | OptionalValue
  | ExtensionValue;

export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}
export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}
/** Seconds since 1970, which may be negative, and nanoseconds after them. `offset` in seconds is kept for printing. */
export class Timestamp {
  readonly seconds: number;
  readonly nanos: number;
  readonly offset: number;
  constructor(seconds: number, nanos: number, offset = 0) {
    this.seconds = seconds;
    this.nanos = nanos;
    this.offset = offset;
  }
}
export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}
/** A type as a value: its name, without parameters. */
export class TypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}
export class OptionalValue {
  readonly value: Value | undefined;
  constructor(value: Value | undefined) {
    this.value = value;
  }
}
export const none = new OptionalValue(undefined);

export abstract class ListValue {
  abstract readonly size: number;
  /** `index` lies within the list. */
  abstract at(index: number): Value;
  /** Lists that merge or ignore order answer themselves; undefined leaves it to the common rule. */
  plus(_other: ListValue): ListValue | undefined {
    return undefined;
  }
  equals(_other: ListValue): boolean | undefined {
    return undefined;
  }
  *[Symbol.iterator](): Iterator<Value> {
    for (let i = 0; i < this.size; i++) yield this.at(i);
  }
}
/**
 * A view on the first `size` values of an array. Appending writes behind the view when nobody else has yet, as a Go
 * slice does: a comprehension builds its list in linear time although each step makes a new value.
 */
export class ArrayList extends ListValue {
  readonly size: number;
  readonly #items: Value[];
  constructor(items: Value[], size = items.length) {
    super();
    this.#items = items;
    this.size = size;
  }
  at(index: number): Value {
    return this.#items[index]!;
  }
  override plus(other: ListValue): ListValue {
    if (other.size === 0) return this;
    const items = this.#items.length === this.size ? this.#items : this.#items.slice(0, this.size);
    for (let i = 0; i < other.size; i++) items.push(other.at(i));
    return new ArrayList(items);
  }
}
export const listOf = (items: Value[]): ListValue => new ArrayList(items);

export abstract class MapValue {
  abstract readonly size: number;
  abstract find(key: Value): Value | undefined;
  abstract keys(): Value[];
  /** As for lists. */
  equals(_other: MapValue): boolean | undefined {
    return undefined;
  }
}

/** One key for all numbers that are equal; undefined for what cannot be a key. */
export function keyOf(key: Value): string | number | bigint | boolean | undefined {
  switch (typeof key) {
    case "string":
    case "number":
    case "bigint":
    case "boolean":
      return key;
    default:
      if (key instanceof Uint) return intOf(key.value);
      if (key instanceof Double) return Number.isInteger(key.value) ? intOf(BigInt(key.value)) : undefined;
      return undefined;
  }
}
export const intOf = (value: bigint): Int =>
  value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;

interface Entry {
  readonly index: number;
  readonly key: Value;
  readonly value: Value;
}
/** A map in order of insertion; a view like ArrayList: inserting leaves older views as they were. */
export class EntryMap extends MapValue {
  readonly size: number;
  readonly #entries: Map<unknown, Entry>;
  constructor(entries: Map<unknown, Entry> = new Map(), size = entries.size) {
    super();
    this.#entries = entries;
    this.size = size;
  }
  find(key: Value): Value | undefined {
    const entry = this.#entries.get(keyOf(key));
    return entry && entry.index < this.size ? entry.value : undefined;
  }
  keys(): Value[] {
    const keys: Value[] = [];
    for (const entry of this.#entries.values()) if (entry.index < this.size) keys.push(entry.key);
    return keys;
  }
  /** With one more entry, or another value for a key. */
  with(key: Value, value: Value): EntryMap {
    const plain = keyOf(key);
    if (plain === undefined || key instanceof Double) fail(`unsupported key type: ${runtimeName(key)}`);
    const known = this.find(key) !== undefined;
    let entries = this.#entries;
    if (known || entries.size !== this.size)
      entries = new Map([...entries].filter(([, entry]) => entry.index < this.size));
    entries.set(plain, { index: known ? entries.get(plain)!.index : this.size, key, value });
    return new EntryMap(entries);
  }
}
export function mapOf(entries: Iterable<readonly [Value, Value]>): MapValue {
  let map = new EntryMap();
  for (const [key, value] of entries) map = map.with(key, value);
  return map;
}

/** An object written in an expression: Object{…}, JSONPatch{…}. */
export class StructValue extends MapValue {
  readonly name: string;
  readonly fields: ReadonlyMap<string, Value>;
  constructor(name: string, fields: ReadonlyMap<string, Value>) {
    super();
    this.name = name;
    this.fields = fields;
  }
  get size(): number {
    return this.fields.size;
  }
  find(key: Value): Value | undefined {
    return typeof key === "string" ? this.fields.get(key) : undefined;
  }
  keys(): Value[] {
    return [...this.fields.keys()];
  }
}

/** A value of a library: a quantity, an address, a version. */
export abstract class ExtensionValue {
  abstract readonly type: CelType;
  abstract equals(other: Value): boolean;
  /** What size-dependent costs count; most count as one. */
  get costSize(): number {
    return 1;
  }
}

/** The name of a value's type, as errors and `type()` give it. */
export function runtimeName(value: Value): string {
  switch (typeof value) {
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "number":
    case "bigint":
      return "int";
    default:
  }
  if (value === null) return "null_type";
  if (value instanceof StructValue) return value.name;
  if (value instanceof MapValue) return "map";
  if (value instanceof ListValue) return "list";
  if (value instanceof Double) return "double";
  if (value instanceof Uint) return "uint";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof Timestamp) return "google.protobuf.Timestamp";
  if (value instanceof Duration) return "google.protobuf.Duration";
  if (value instanceof OptionalValue) return "optional_type";
  if (value instanceof TypeValue) return "type";
  const { type } = value;
  return "name" in type ? type.name : type.kind;
}
