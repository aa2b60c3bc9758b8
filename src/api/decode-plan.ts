// Turns a schema into decoders, once per message: closures that check a JSON value and rebuild it as Go's decoder and
// encoder together would: null is absent, zero values of fields that are no pointers go, what is always written is
// there, and the fields stand in schema order. The input decides what is looked at, so a wide type costs nothing.
import type { Field, List, MapOf, Message, Resolved } from "./schema.ts";
import { resolve } from "./schema.ts";
import { namedGoType } from "./go-types.ts";
import { cloneJson, isObject, setKey } from "./json.ts";
import { canonicalQuantity } from "./quantity.ts";
import { canonicalMicroTime, canonicalTime, formatDuration, parseDuration } from "./time.ts";

/** A field, an index, or a key of a map, which Go's texts leave out. */
export type PathStep = string | number | { readonly key: string };
/** Where a decoder stands, for error texts, and what it collects. */
export interface DecodeState {
  /** What is decoded. */
  readonly root: Message<unknown>;
  readonly path: PathStep[];
  /** Go name of the message that holds the current field. */
  struct: string;
  /** Paths of unknown fields, or undefined to drop them silently. */
  readonly unknown: string[] | undefined;
  /** Keep values of a wrong type for a later validation, instead of failing. */
  readonly keepWrongTypes: boolean;
}
export type Decode = (value: unknown, state: DecodeState) => unknown;

/** The message of a decoding error, as Go has it. */
export class DecodeError extends Error {}

const maxUnknown = 100;

const kindOf = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "bool";
  return typeof value;
};

/** The path as a JSON path with indices, for unknown fields. */
export function pathText(path: readonly PathStep[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += `${text && "."}${typeof step === "string" ? step : step.key}`;
  }
  return text;
}

/** The way that `path` takes in Go: with the structs that JSON leaves out, and what Go calls the type at its end. */
function goPlace(
  root: Message<unknown>,
  path: readonly PathStep[],
): { readonly fields: string; readonly type?: string } {
  const steps: string[] = [];
  let at: Resolved = root as Resolved;
  let type: string | undefined;
  for (const step of path) {
    if (typeof step === "string" && at.type === "message") {
      let owner: Message<unknown> = at;
      for (;;) {
        const inner = owner.embeds.find((e) => Object.hasOwn(e.message.fields, step))?.message;
        if (!inner) break;
        steps.push(structName((owner = inner)));
      }
      steps.push(step);
      type = namedGoType(owner.name, step);
      const field = owner.fields[step];
      if (!field) break;
      at = resolve(field.schema);
    } else {
      type = type?.startsWith("[]") ? type.slice("[]".length) : undefined;
      if (at.type === "list") at = resolve(at.items);
      else if (at.type === "map") at = resolve(at.values);
    }
  }
  return { fields: steps.join("."), ...(type ? { type } : {}) };
}
/** A value of the wrong type: fails in Go's words, or keeps the value. */
function mismatch(value: unknown, goType: string, state: DecodeState): unknown {
  if (state.keepWrongTypes) return cloneJson(value);
  const { fields, type = goType } = goPlace(state.root, state.path);
  const kind = typeof value === "number" && goType !== "string" ? numberKind(value, goType) : kindOf(value);
  const place = fields ? `Go struct field ${state.struct}.${fields}` : "Go value";
  throw new DecodeError(`json: cannot unmarshal ${kind} into ${place} of type ${fields ? type : goType}`);
}
const numberKind = (value: number, goType: string): string => (goType.startsWith("int") ? `number ${value}` : "number");

/** "v1.PodSpec" of io.k8s.api.core.v1.PodSpec. */
const goName = (message: Message<unknown>): string => message.name.split(".").slice(-2).join(".");
const structName = (message: Message<unknown>): string => message.name.slice(message.name.lastIndexOf(".") + 1);

function goType(schema: Resolved): string {
  switch (schema.type) {
    case "list":
      return `[]${goType(resolve(schema.items))}`;
    case "map":
      return `map[string]${goType(resolve(schema.values))}`;
    case "message":
      return goName(schema);
    case "bytes":
      return "[]uint8";
    case "quantity":
      return "resource.Quantity";
    case "intOrString":
      return "intstr.IntOrString";
    default:
      return schema.type;
  }
}

const custom = (state: DecodeState, value: unknown, convert: () => unknown): unknown => {
  try {
    return convert();
  } catch (error) {
    if (state.keepWrongTypes) return cloneJson(value);
    throw new DecodeError((error as Error).message, { cause: error });
  }
};
const text =
  (convert: (text: string) => string): Decode =>
  (value, state) =>
    typeof value === "string"
      ? custom(state, value, () => convert(value))
      : state.keepWrongTypes
        ? cloneJson(value)
        : mismatch(value, "string", { ...state, path: [] });

const integer =
  (type: string, limit: number): Decode =>
  (value, state) =>
    typeof value === "number" && Number.isInteger(value) && value >= -limit && value < limit
      ? value
      : mismatch(value, type, state);

/** Offset of the first byte that Go's decoder stumbles over, or -1. */
function badBase64(body: string): number {
  const stop = /[^A-Za-z0-9+/]/.exec(body);
  if (!stop) return body.length % 4 === 0 ? -1 : body.length - (body.length % 4);
  if (stop[0] !== "=" || stop.index % 4 < 2) return stop.index;
  const padding = stop.index % 4 === 2 ? "==" : "=";
  const rest = body.slice(stop.index);
  if (rest === padding) return -1;
  return rest.length < padding.length ? body.length : stop.index + padding.length;
}
const canonicalBase64 = (value: string): string => {
  const body = /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, "") : value;
  const at = badBase64(body);
  if (at >= 0) throw new DecodeError(`illegal base64 data at input byte ${at}`);
  return body;
};

const scalars: Readonly<Record<string, Decode>> = {
  string: (value, state) => (typeof value === "string" ? value : mismatch(value, "string", state)),
  bool: (value, state) => (typeof value === "boolean" ? value : mismatch(value, "bool", state)),
  int32: integer("int32", 2 ** 31),
  int64: integer("int64", 2 ** 63),
  float64: (value, state) => (typeof value === "number" ? value : mismatch(value, "float64", state)),
  bytes: (value, state) =>
    typeof value === "string" ? custom(state, value, () => canonicalBase64(value)) : mismatch(value, "[]uint8", state),
  quantity: (value, state) =>
    custom(state, value, () => canonicalQuantity(typeof value === "number" ? value : String(value as string).trim())),
  time: text(canonicalTime),
  microTime: text(canonicalMicroTime),
  duration: text((value) => formatDuration(parseDuration(value))),
  intOrString: (value, state) =>
    typeof value === "string" ? value : scalars["int32"]!(value, { ...state, path: [], struct: "" }),
  fieldsV1: (value) => cloneJson(value), // Upstream: whatever it is, it is judged where it is used.
  rawExtension: (value) => cloneJson(value),
  any: (value) => cloneJson(value),
};

/** Whether null is a value of its own in a list or map of these. */
const isNullable = (schema: Resolved): boolean =>
  schema.type === "any" || (schema.type === "message" && schema.jsonForm === "any");

/** What stands for an absent value in a list, a map or a field that is always written; undefined: nothing can. */
function zeroOf(schema: Resolved, state: DecodeState): unknown {
  switch (schema.type) {
    case "string":
    case "bytes":
      return "";
    case "bool":
      return false;
    case "int32":
    case "int64":
    case "float64":
    case "intOrString":
      return 0;
    case "quantity":
      return "0";
    case "list":
      return [];
    case "map":
      return {};
    case "message":
      return schema.jsonForm ? undefined : planOf(schema).decode({}, state);
    default:
      return undefined;
  }
}
function isZero(value: unknown): boolean {
  if (typeof value !== "object") return value === "" || value === 0 || value === false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
}

export interface FieldPlan {
  readonly name: string;
  readonly field: Field;
  readonly schema: Resolved;
  readonly index: number;
  readonly decode: Decode;
  /** Zero values are dropped: nobody can tell them from absent ones. */
  readonly dropsZero: boolean;
  /** Null is a value here rather than absence. */
  readonly keepsNull: boolean;
}
export interface MessagePlan {
  readonly message: Message<unknown>;
  readonly fields: readonly FieldPlan[];
  readonly byName: ReadonlyMap<string, FieldPlan>;
  /** Fields that are there even if the input lacks them. */
  readonly always: readonly FieldPlan[];
  readonly decode: Decode;
}

const plans = new WeakMap<object, MessagePlan>();
export function planOf(message: Message<unknown>): MessagePlan {
  let plan = plans.get(message);
  if (!plan) plans.set(message, (plan = compile(message)));
  return plan;
}

/** Kind and apiVersion lead, then metadata, then the schema's order. */
function fieldOrder(message: Message<unknown>): string[] {
  const names = Object.keys(message.fields);
  if (!message.topLevel) return names;
  const head = ["kind", "apiVersion", "metadata"].filter((name) => Object.hasOwn(message.fields, name));
  return [...head, ...names.filter((name) => !head.includes(name))];
}

function compile(message: Message<unknown>): MessagePlan {
  const fields = fieldOrder(message).map((name, index) => fieldPlan(name, message.fields[name]!, index));
  const byName = new Map(fields.map((f) => [f.name, f]));
  const always = fields.filter((f) => isAlways(f));
  const plan = { message, fields, byName, always };
  return { ...plan, decode: message.jsonForm ? jsonFormDecode(message) : messageDecode(plan) };
}
/** What Go writes of a field without `omitempty` that holds nothing: null for pointers and for bytes. */
function isNullWhenAbsent({ field, schema }: FieldPlan): boolean {
  const isTime = schema.type === "time" || schema.type === "microTime";
  if (field.presence === "required") return isTime && !field.pointer;
  return field.always === true && (field.pointer === true || schema.type === "bytes" || isTime);
}
/** A pointer is absent when it is not given; a quantity and a struct are values of their own and so always there. */
function isAlways(plan: FieldPlan): boolean {
  const { field, schema } = plan;
  if (isNullWhenAbsent(plan)) return true;
  if (field.pointer || schema.type === "any") return false;
  if (field.presence === "struct" || schema.type === "quantity") return true;
  // Upstream: to leave out what is empty has no effect on a struct.
  if (field.presence === "required") return !field.omitEmpty || schema.type === "message";
  return field.always === true;
}
function fieldPlan(name: string, field: Field, index: number): FieldPlan {
  const schema = resolve(field.schema);
  const base = { name, field, schema, index, decode: lateDecode(schema), dropsZero: false, keepsNull: false };
  const valueOfItsOwn = schema.type === "message" || schema.type === "quantity" || schema.type === "any";
  const dropsZero = !field.pointer && !valueOfItsOwn && !isAlways(base);
  return { ...base, dropsZero, keepsNull: schema.type === "any" };
}

/** The decoder of a schema; that of a message is looked up at first use, for recursive types. */
function lateDecode(schema: Resolved): Decode {
  if (schema.type === "message") {
    let decode: Decode | undefined;
    return (value, state) => (decode ??= planOf(schema).decode)(value, state);
  }
  if (schema.type === "list") return listDecode(schema);
  if (schema.type === "map") return mapDecode(schema);
  return scalars[schema.type]!;
}

function listDecode(list: List<unknown>): Decode {
  let items: Resolved | undefined;
  let decode: Decode;
  return (value, state) => {
    if (!items) decode = lateDecode((items = resolve(list.items)));
    if (!Array.isArray(value)) return mismatch(value, goType(list as Resolved), state);
    const out: unknown[] = [];
    for (let i = 0; i < value.length; i++) {
      state.path.push(i);
      const item: unknown = value[i];
      out.push((item === null && !isNullable(items) ? zeroOf(items, state) : decode(item, state)) ?? null);
      state.path.pop();
    }
    return out;
  };
}

function mapDecode(map: MapOf<unknown>): Decode {
  let values: Resolved | undefined;
  let decode: Decode;
  return (value, state) => {
    if (!values) decode = lateDecode((values = resolve(map.values)));
    if (!isObject(value)) return mismatch(value, goType(map as Resolved), state);
    const out: Record<string, unknown> = {};
    const plain = values.type === "string";
    for (const key in value) {
      const item = value[key];
      if (plain && typeof item === "string") setKey(out, key, item);
      else {
        state.path.push({ key });
        setKey(out, key, (item === null && !isNullable(values) ? zeroOf(values, state) : decode(item, state)) ?? null);
        state.path.pop();
      }
    }
    return out;
  };
}

type Found = Pick<MessagePlan, "message" | "byName" | "always">;
function messageDecode(plan: Found): Decode {
  const { message, byName, always } = plan;
  const struct = structName(message);
  const type = goName(message);
  return (value, state) => {
    if (!isObject(value)) return mismatch(value, type, state);
    const outer = state.struct;
    state.struct = struct;
    const present: FieldPlan[] = [];
    const values: unknown[] = [];
    let rest: string[] | undefined;
    for (const key in value) {
      const f = byName.get(key);
      if (!f) {
        (rest ??= []).push(key);
        continue;
      }
      const item = decodeField(f, value[key], state);
      if (item !== undefined) insert(present, values, f, item);
    }
    for (const f of always) {
      if (present.includes(f)) continue;
      state.path.push(f.name);
      const zero = isNullWhenAbsent(f) ? null : zeroOf(f.schema, state);
      state.path.pop();
      if (zero !== undefined) insert(present, values, f, zero);
    }
    const out: Record<string, unknown> = {};
    for (let i = 0; i < present.length; i++) setKey(out, present[i]!.name, values[i]);
    if (rest) keepOrReport(rest, value, out, message, state);
    state.struct = outer;
    return out;
  };
}
function decodeField(f: FieldPlan, value: unknown, state: DecodeState): unknown {
  if (value === undefined || (value === null && !f.keepsNull)) return undefined;
  state.path.push(f.name);
  const item = f.decode(value, state);
  state.path.pop();
  return f.dropsZero && isZero(item) ? undefined : item;
}
/** Keeps the few fields that a message really has in schema order. */
function insert(present: FieldPlan[], values: unknown[], f: FieldPlan, item: unknown): void {
  let at = present.length;
  while (at > 0 && present[at - 1]!.index > f.index) {
    present[at] = present[at - 1]!;
    values[at] = values[at - 1];
    at--;
  }
  present[at] = f;
  values[at] = item;
}
function keepOrReport(
  keys: readonly string[],
  value: Record<string, unknown>,
  out: Record<string, unknown>,
  message: Message<unknown>,
  state: DecodeState,
): void {
  for (const key of keys) {
    if (message.preserveUnknown) setKey(out, key, cloneJson(value[key]));
    else if (state.unknown && state.unknown.length < maxUnknown) state.unknown.push(pathText([...state.path, key]));
  }
}

/** Values that are one of several shapes: "any", or a message, or that message's other form. */
function jsonFormDecode(message: Message<unknown>): Decode {
  if (message.jsonForm === "any") return (value) => cloneJson(value);
  const [, other = ""] = message.jsonForm!.split("|");
  const inner = lateDecode(resolve(message.fields["Schema"]!.schema));
  const lists = Object.values(message.fields).find((f) => resolve(f.schema).type === "list");
  const list = lists && lateDecode(resolve(lists.schema));
  return (value, state) => {
    // Upstream: what these hold reads itself, and does not tell of unknown fields.
    if (isObject(value)) return inner(value, { ...state, unknown: undefined });
    if (other === "bool" && typeof value === "boolean") return value;
    if (list && Array.isArray(value)) return list(value, state);
    if (state.keepWrongTypes) return cloneJson(value);
    throw new DecodeError(other === "bool" ? "boolean or JSON schema expected" : "array or JSON schema expected");
  };
}
