// The schema builder: one value describes a type once, and from it come the TypeScript type, decoding,
// defaults, OpenAPI, merge keys for patches and apply, and protobuf numbers. A CustomResourceDefinition is read
// into the same values, so built-in and custom kinds take one code path.

declare const typeOf: unique symbol;
interface Typed<T> {
  readonly [typeOf]?: T;
}

export type ScalarName =
  | "string"
  | "bool"
  | "int32"
  | "int64"
  | "float64"
  | "bytes" // base64 text in JSON
  | "quantity" // "100m", "1Gi"
  | "time" // RFC 3339, whole seconds
  | "microTime" // RFC 3339 with six decimals
  | "duration"
  | "intOrString"
  | "fieldsV1" // a JSON object, kept as it came
  | "rawExtension" // any JSON object
  | "any"; // any JSON value

export interface Scalar<T> extends Typed<T> {
  readonly type: ScalarName;
  /** Known values. The list is closed (another value is an error) only when `closed`. */
  readonly values?: readonly string[];
  readonly closed?: boolean;
}
export type ListType = "atomic" | "set" | "map";
export interface List<T> extends Typed<readonly T[]> {
  readonly type: "list";
  readonly items: Schema;
  /** How server-side apply merges it; absent means atomic. */
  readonly listType?: ListType;
  /** The fields that identify an item of a list of type "map". */
  readonly keys?: readonly string[];
  /** On the wire the list is a message of this name with the items in field 1 (Verbs). */
  readonly wrapper?: string;
}
export interface MapOf<T> extends Typed<Readonly<Record<string, T>>> {
  readonly type: "map";
  readonly values: Schema;
  readonly atomic?: boolean;
  /** On the wire each value is a message of this name with the items in field 1 (ExtraValue, Verbs). */
  readonly wrapper?: string;
}
export interface Message<T> extends Typed<T> {
  readonly type: "message";
  /** OpenAPI name, for example io.k8s.api.core.v1.Container. */
  readonly name: string;
  readonly description: string;
  /** By JSON name, with the fields of embedded messages among them. */
  readonly fields: Readonly<Record<string, Field>>;
  /** Messages whose fields are flattened in JSON but nested on the wire. */
  readonly embeds: readonly Embed[];
  /** Apply treats the whole value as one. */
  readonly atomic?: boolean;
  /** A kind of its own: apiVersion, kind and metadata belong to it. */
  readonly topLevel: boolean;
  /** The JSON value is one of several shapes rather than an object with these fields (JSONSchemaPropsOrBool …). */
  readonly jsonForm?: string;
  /** Unknown fields are kept (CRDs with x-kubernetes-preserve-unknown-fields). */
  readonly preserveUnknown?: boolean;
}
/** A reference that is resolved at first use; for recursive types. */
export interface Lazy<T> extends Typed<T> {
  readonly type: "lazy";
  readonly target: () => Message<T>;
}
// any: a schema of unknown type argument; the phantom parameter is invariant-free but never read
// eslint-disable-next-line
type AnyType = any;
export type Schema = Scalar<AnyType> | List<AnyType> | MapOf<AnyType> | Message<AnyType> | Lazy<AnyType>;

export interface FieldOptions {
  /** Filled in when the field is absent (or zero, for a field that is not a pointer). */
  readonly default?: unknown;
  /** Strategic merge patch: "merge", "retainKeys", "merge,retainKeys", "replace". */
  readonly patch?: string;
  readonly patchKey?: string;
  /** Written in JSON even when it holds its zero value. */
  readonly always?: boolean;
  /** Dropped from JSON when zero although required. */
  readonly omitEmpty?: boolean;
  /** An absent value differs from the zero value (a pointer upstream). */
  readonly pointer?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}
export interface Field<P extends Presence = Presence, T = unknown> extends FieldOptions, Typed<T> {
  /** Protobuf field number; 0 when the field has none. */
  readonly number: number;
  readonly schema: Schema;
  readonly description: string;
  readonly presence: P;
}
/** "struct": an optional message that is never absent after decoding: an empty object stands for it. */
export type Presence = "required" | "optional" | "struct";
export interface Embed<T = unknown> extends Typed<T> {
  readonly number: number;
  readonly message: Message<AnyType>;
}

export type TypeOf<S> = S extends Typed<infer T> ? T : never;
type FieldsType<F> = {
  readonly [K in keyof F as F[K] extends Field<"optional", AnyType> ? never : K]: F[K] extends Field<Presence, infer T>
    ? T
    : never;
} & {
  readonly [K in keyof F as F[K] extends Field<"optional", AnyType> ? K : never]?: F[K] extends Field<Presence, infer T>
    ? T
    : never;
};
type EmbedsType<E extends readonly Embed<AnyType>[]> = E extends readonly [
  Embed<infer T>,
  ...infer Rest extends readonly Embed<AnyType>[],
]
  ? T & EmbedsType<Rest>
  : unknown;
/** The TypeScript type of a message: read-only throughout, because stored objects are frozen and shared. */
export type Infer<M> = M extends Message<infer T> ? T : never;

const scalar = <T>(type: ScalarName): Scalar<T> => ({ type });
export const string: Scalar<string> = scalar("string");
export const bool: Scalar<boolean> = scalar("bool");
export const int32: Scalar<number> = scalar("int32");
export const int64: Scalar<number> = scalar("int64");
export const float64: Scalar<number> = scalar("float64");
export const bytes: Scalar<string> = scalar("bytes");
export const quantity: Scalar<string> = scalar("quantity");
export const time: Scalar<string> = scalar("time");
export const microTime: Scalar<string> = scalar("microTime");
export const duration: Scalar<string> = scalar("duration");
export const intOrString: Scalar<number | string> = scalar("intOrString");
export const fieldsV1: Scalar<Readonly<Record<string, unknown>>> = scalar("fieldsV1");
export const rawExtension: Scalar<Readonly<Record<string, unknown>>> = scalar("rawExtension");
export const anyValue: Scalar<unknown> = scalar("any");

/** A string of which only these values are allowed. */
export const oneOf = <const V extends readonly string[]>(...values: V): Scalar<V[number]> => ({
  type: "string",
  values,
  closed: true,
});
/** A string with well-known values; others are allowed. */
export const known = (...values: readonly string[]): Scalar<string> => ({ type: "string", values });

export const list = <S extends Schema>(items: S): List<TypeOf<S>> => ({ type: "list", items });
export const atomicList = <S extends Schema>(items: S): List<TypeOf<S>> => ({
  type: "list",
  items,
  listType: "atomic",
});
export const setList = <S extends Schema>(items: S): List<TypeOf<S>> => ({
  type: "list",
  items,
  listType: "set",
});
export const mapList = <S extends Schema>(items: S, ...keys: readonly string[]): List<TypeOf<S>> => ({
  type: "list",
  items,
  listType: "map",
  keys,
});
export const map = <S extends Schema>(
  values: S,
  options: { atomic?: boolean; wrapper?: string } = {},
): MapOf<TypeOf<S>> => ({ type: "map", values, ...options });
export const lazy = <T>(target: () => Message<T>): Lazy<T> => ({ type: "lazy", target });

const field =
  <P extends Presence>(presence: P, extra: FieldOptions = {}) =>
  <S extends Schema>(
    number: number,
    schema: S,
    description: string,
    options: FieldOptions = {},
  ): Field<P, TypeOf<S>> => ({ number, schema, description, presence, ...extra, ...options });

/** Must be given. */
export const required = field("required");
/** May be absent; its zero value means absent. */
export const optional = field("optional");
/** May be absent; its zero value is a value of its own. */
export const pointer = field("optional", { pointer: true });
/** A nested message that is always there, if need be empty. */
export const struct = field("struct");
/** Flattens the fields of another message into this one; on the wire it is nested at `number`. */
export const embed = <M extends Message<AnyType>>(number: number, message: M): Embed<Infer<M>> => ({
  number,
  message,
});

export interface MessageOptions {
  readonly atomic?: boolean;
  readonly jsonForm?: string;
  readonly preserveUnknown?: boolean;
}
function build(
  head: { name: string; description: string; topLevel: boolean },
  fields: Record<string, Field>,
  embeds: readonly Embed[],
  options: MessageOptions,
): Message<AnyType> {
  const all: Record<string, Field> = {};
  // Embedded fields stand where their number is.
  const waiting = [...embeds].sort((a, b) => a.number - b.number);
  for (const [name, field] of Object.entries(fields)) {
    while (waiting.length > 0 && waiting[0]!.number < field.number) Object.assign(all, waiting.shift()!.message.fields);
    all[name] = field;
  }
  for (const e of waiting) Object.assign(all, e.message.fields);
  return { type: "message", ...head, fields: all, embeds, ...options };
}
/** A message type; `fields` by JSON name. */
export function message<
  const F extends Record<string, Field<Presence, AnyType>>,
  const E extends readonly Embed<AnyType>[] = [],
>(
  name: string,
  description: string,
  fields: F,
  embeds: E = [] as unknown as E,
  options: MessageOptions = {},
): Message<FieldsType<F> & EmbedsType<E>> {
  return build({ name, description, topLevel: false }, fields, embeds as readonly Embed[], options);
}

/** What a schema stands for once a lazy reference is followed. */
export type Resolved = Exclude<Schema, Lazy<AnyType>>;
export const resolve = (schema: Schema): Resolved => (schema.type === "lazy" ? schema.target() : schema);
/** Makes the message of a kind: as `message`, with apiVersion and kind, which have no wire number. */
export function topLevel<const F extends Record<string, Field<Presence, AnyType>>>(
  name: string,
  description: string,
  fields: F,
): Message<{ readonly apiVersion?: string; readonly kind?: string } & FieldsType<F>> {
  const typeMeta = {
    apiVersion: optional(0, string, "APIVersion defines the group and version that this object is written in."),
    kind: optional(0, string, "Name of the type of this object."),
  };
  return build({ name, description, topLevel: true }, { ...typeMeta, ...fields }, [], {});
}

/**
 * The writable form of an object: every field may be absent, nothing is read-only. What callers pass to create and
 * apply, and what rules edit while an object is prepared.
 */
export type Draft<T> = T extends readonly (infer I)[]
  ? Draft<I>[]
  : T extends object
    ? { -readonly [K in keyof T]?: Draft<T[K]> | undefined }
    : T;

/** What a caller hands over to be written: an object or a draft of it, in any mixture of both. */
export type Given<T> = T extends readonly (infer I)[]
  ? readonly Given<I>[]
  : T extends object
    ? { readonly [K in keyof T]?: Given<T[K]> | undefined }
    : T;
