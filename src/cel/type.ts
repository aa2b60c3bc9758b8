// The types that expressions are checked against. A type also carries what the JSON behind a value looks like and how
// large it can become: conversion of data (shape.ts) and cost estimates need exactly that, so there is one tree, not three.

export type ScalarKind =
  | "any"
  | "bool"
  | "bytes"
  | "double"
  | "duration"
  | "dyn"
  | "error"
  | "int"
  | "null"
  | "string"
  | "timestamp"
  | "uint";

interface Hints {
  /** The largest size() that data of this type can have; absent: unknown. */
  readonly maxElements?: number;
  /** How long a text comparing two of a library's values amounts to; "size": as long as they are. */
  readonly equalityLength?: number | "size";
  /** JSON null is a value of this type; else a null in a list or map is an error. */
  readonly nullable?: boolean;
}
export interface ScalarType extends Hints {
  readonly kind: ScalarKind;
  /** How a timestamp is written in JSON: a full date instead of RFC 3339. */
  readonly format?: "date";
}
export interface ListType extends Hints {
  readonly kind: "list";
  readonly elem: CelType;
  /** Lists of type set and map are equal in any order, and `+` merges them. */
  readonly merge?: { readonly type: "set" } | { readonly type: "map"; readonly keys: readonly string[] };
}
export interface MapType extends Hints {
  readonly kind: "map";
  readonly key: CelType;
  readonly value: CelType;
}
export interface ObjectField {
  readonly type: CelType;
  /** The name in JSON, which may be no identifier. */
  readonly jsonName: string;
}
export interface ObjectType extends Hints {
  readonly kind: "object";
  readonly name: string;
  /** By name in expressions. Absent: values have methods only. */
  readonly field?: (name: string) => ObjectField | undefined;
}
export interface OpaqueType extends Hints {
  readonly kind: "opaque";
  readonly name: string;
  readonly params: readonly CelType[];
}
/** The type of a type; without `of`, of any. */
export interface TypeType extends Hints {
  readonly kind: "type";
  readonly of?: CelType;
}
export interface ParamType extends Hints {
  readonly kind: "param";
  readonly name: string;
}
export type CelType = ScalarType | ListType | MapType | ObjectType | OpaqueType | TypeType | ParamType;

const scalar = (kind: ScalarKind): ScalarType => ({ kind });
export const anyType = scalar("any");
export const boolType = scalar("bool");
export const bytesType = scalar("bytes");
export const doubleType = scalar("double");
export const durationType = scalar("duration");
export const dynType = scalar("dyn");
export const errorType = scalar("error");
export const intType = scalar("int");
export const nullType = scalar("null");
export const stringType = scalar("string");
export const timestampType = scalar("timestamp");
export const uintType = scalar("uint");

export const listType = (elem: CelType, hints: Omit<ListType, "kind" | "elem"> = {}): ListType => ({
  kind: "list",
  elem,
  ...hints,
});
export const mapType = (key: CelType, value: CelType, hints: Hints = {}): MapType => ({
  kind: "map",
  key,
  value,
  ...hints,
});
export const opaqueType = (name: string, ...params: CelType[]): OpaqueType => ({ kind: "opaque", name, params });
/** A type of a library without parameters. */
export const libraryType = (name: string): OpaqueType => ({ kind: "opaque", name, params: [], equalityLength: 1 });
export const optionalType = (of: CelType): OpaqueType => opaqueType("optional_type", of);
export const typeType = (of?: CelType): TypeType => (of ? { kind: "type", of } : { kind: "type" });
export const paramType = (name: string): ParamType => ({ kind: "param", name });
/** A type whose values have methods but no fields. */
export const handleType = (name: string, equalityLength: number | "size" = 1): ObjectType => ({
  kind: "object",
  name,
  equalityLength,
});
/** A type with these fields, whose JSON names are the same. */
export function objectType(name: string, fields: Readonly<Record<string, CelType>>): ObjectType {
  const table = new Map(Object.entries(fields).map(([jsonName, type]) => [jsonName, { jsonName, type }]));
  return { kind: "object", name, field: (field) => table.get(field) };
}

const runtimeNames: Partial<Record<ScalarKind, string>> = {
  any: "google.protobuf.Any",
  duration: "google.protobuf.Duration",
  error: "!error!",
  null: "null_type",
  timestamp: "google.protobuf.Timestamp",
};
/** The name of a type without its parameters, as values know it: "google.protobuf.Timestamp", "list". */
export function nameOf(type: CelType): string {
  switch (type.kind) {
    case "object":
    case "opaque":
    case "param":
      return type.name;
    case "list":
    case "map":
    case "type":
      return type.kind;
    default:
      return runtimeNames[type.kind] ?? type.kind;
  }
}
const paramsOf = (type: CelType): readonly CelType[] => {
  if (type.kind === "list") return [type.elem];
  if (type.kind === "map") return [type.key, type.value];
  if (type.kind === "type") return type.of ? [type.of] : [];
  return type.kind === "opaque" ? type.params : [];
};
/** As compile errors print it: "list(int)", "map(string, dyn)", "timestamp". */
export function formatType(type: CelType): string {
  const params = paramsOf(type);
  if (params.length) return `${nameOf(type)}(${params.map(formatType).join(", ")})`;
  return type.kind === "error" ? "!error!" : type.kind in runtimeNames ? type.kind : nameOf(type);
}
/** As errors about the type of a whole expression print it: "list(int)", "google.protobuf.Timestamp". */
export function typeText(type: CelType): string {
  const params = paramsOf(type);
  return params.length ? `${nameOf(type)}(${params.map(typeText).join(", ")})` : nameOf(type);
}
/** Arguments of a signature: "(int, string)", or "string.(int)" where there is a receiver. */
export function formatSignature(args: readonly CelType[], member: boolean): string {
  const names = args.map(formatType);
  return member ? `${names[0]}.(${names.slice(1).join(", ")})` : `(${names.join(", ")})`;
}

/** The same type, hints aside. */
export function sameType(a: CelType, b: CelType): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if ("name" in a && a.name !== (b as ObjectType).name) return false;
  const ours = paramsOf(a);
  const theirs = paramsOf(b);
  return ours.length === theirs.length && ours.every((param, i) => sameType(param, theirs[i]!));
}
export const isDyn = (type: CelType): boolean => type.kind === "dyn" || type.kind === "any";
export const isOptional = (type: CelType): type is OpaqueType =>
  type.kind === "opaque" && type.name === "optional_type";
/** What an optional type is of; any other type itself. */
export const unwrapOptional = (type: CelType): CelType => (isOptional(type) ? type.params[0]! : type);
