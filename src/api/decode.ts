// From a JSON value to a typed draft: type errors with upstream's texts, unknown fields dropped and reported, canonical
// form; then the constant defaults of the schema and the closed lists of values. The checking lives in decode-plan.ts.
import { type DecodeState, DecodeError, type MessagePlan, planOf } from "./decode-plan.ts";
import { badRequest } from "./errors.ts";
import { type FieldError, notSupported } from "./field-error.ts";
import { cloneJson, isObject } from "./json.ts";
import { type AnyKind, type Kind, type KubeObject, apiVersionOf } from "./kind.ts";
import { type Draft, type Message, type Resolved, resolve } from "./schema.ts";

export interface DecodeOptions {
  /** "collect" reports the paths of unknown fields; they are dropped in either case. */
  readonly unknownFields: "ignore" | "collect";
  /** Leave values of a wrong type in place for a later validation (custom resources); default: BadRequest. */
  readonly wrongTypes?: "error" | "keep";
  /** "keep" leaves nulls in place where a custom resource allows none; default: they are as if absent. */
  readonly nulls?: "drop" | "keep";
}
export interface Decoded<T> {
  readonly draft: Draft<T>;
  /** Paths, such as spec.foo. */
  readonly unknown: string[];
}

/** Decodes the body of a kind; kind and apiVersion are set, whatever the input says. Throws ApiError BadRequest. */
export function decodeObject<T extends KubeObject>(kind: Kind<T>, value: unknown, options: DecodeOptions): Decoded<T> {
  const decoded = kind.decode?.(value, options) ?? decodeMessage(kind.schema, value, { ...options, as: kind });
  const draft = decoded.draft as { kind?: string; apiVersion?: string };
  const apiVersion = apiVersionOf(kind);
  if (draft.kind === kind.kind && draft.apiVersion === apiVersion) return decoded;
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = draft;
  return { ...decoded, draft: { kind: kind.kind, apiVersion, ...rest } as unknown as Draft<T> };
}

/** Decodes any message, null as an empty one; `as` is the kind that error texts name. Throws ApiError BadRequest. */
export function decodeMessage<T>(
  schema: Message<T>,
  value: unknown,
  options: DecodeOptions & { readonly as?: { readonly version: string; readonly kind: string } },
): Decoded<T> {
  const unknown: string[] = [];
  const state: DecodeState = {
    root: schema as Message<unknown>,
    path: [],
    struct: "",
    unknown: options.unknownFields === "collect" ? unknown : undefined,
    keepWrongTypes: options.wrongTypes === "keep",
  };
  try {
    // A non-object at the top would be kept with wrongTypes, and nothing can work with it.
    const plan = planOf(schema as Message<unknown>);
    const draft = plan.decode(value ?? {}, isObject(value) ? state : { ...state, keepWrongTypes: false });
    return { draft: draft as Draft<T>, unknown };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw badRequest(options.as ? cannotBeHandled(options.as, error.message) : error.message);
  }
}

/** The frame around every decoding error of a typed body. */
export const cannotBeHandled = (kind: { readonly version: string; readonly kind: string }, why: string): string =>
  `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${why}`;

/** The finding a client reads, in a Warning header or within strictText. */
export const unknownFieldText = (path: string): string => `unknown field ${JSON.stringify(path)}`;
export const duplicateFieldText = (path: string): string => `duplicate field ${JSON.stringify(path)}`;
/** The error of strict field validation: all findings in one. */
export const strictText = (findings: readonly string[]): string => `strict decoding error: ${findings.join(", ")}`;

/** The parts of a message that matter for one purpose; the rest of an object is never visited. */
interface Visit {
  readonly name: string;
  readonly default: unknown;
  /** A zero value too gives way to the default. */
  readonly replacesZero: boolean;
  readonly values: readonly string[] | undefined;
  readonly schema: Resolved;
  readonly descend: boolean;
}
type Matters = (field: MessagePlan["fields"][number]) => boolean;
const valuesOf = (schema: Resolved): readonly string[] | undefined => {
  if (schema.type === "list") return valuesOf(resolve(schema.items));
  if (schema.type === "map") return valuesOf(resolve(schema.values));
  return schema.type === "string" && schema.closed ? [...schema.values!].toSorted() : undefined;
};
/** A default of zero says nothing where zero counts as absent. */
const hasDefault: Matters = ({ field }) =>
  field.default !== undefined && (field.pointer === true || !isZero(field.default));
const isClosed: Matters = (f) => valuesOf(f.schema) !== undefined;

const within = (schema: Resolved): Message<unknown> | undefined => {
  if (schema.type === "message") return schema;
  if (schema.type === "list") return within(resolve(schema.items));
  return schema.type === "map" ? within(resolve(schema.values)) : undefined;
};
function reaches(message: Message<unknown>, matters: Matters, seen: Set<unknown>): boolean {
  if (seen.has(message)) return false;
  seen.add(message);
  return planOf(message).fields.some((f) => {
    const inner = within(f.schema);
    return matters(f) || (inner !== undefined && reaches(inner, matters, seen));
  });
}
function visitor(matters: Matters): (message: Message<unknown>) => readonly Visit[] {
  const cache = new WeakMap<object, readonly Visit[]>();
  return (message) => {
    let visits = cache.get(message);
    if (!visits) cache.set(message, (visits = planOf(message).fields.flatMap((f) => visitOf(f, matters))));
    return visits;
  };
}
function visitOf(f: MessagePlan["fields"][number], matters: Matters): Visit[] {
  const inner = within(f.schema);
  const descend = inner !== undefined && reaches(inner, matters, new Set());
  if (!descend && !matters(f)) return [];
  const { default: fallback, pointer } = f.field;
  const values = valuesOf(f.schema);
  return [{ name: f.name, default: fallback, replacesZero: !pointer, values, schema: f.schema, descend }];
}
const defaulted = visitor(hasDefault);
const closed = visitor(isClosed);

type Json = Record<string, unknown>;
/** Fills in the schema's constants, then whatever the kind's rules add. Edits the draft. */
export function applySchemaDefaults<T extends KubeObject>(kind: Kind<T>, draft: Draft<T>): void {
  fillDefaults(kind.schema as Message<unknown>, draft as Json);
  kind.rules.applyDefaults?.(draft);
}
const isZero = (value: unknown): boolean => value === "" || value === 0 || value === false || value === "0";

/** The constants of one message, for bodies that are no kinds. Edits the value. */
export function fillDefaults(message: Message<unknown>, value: Record<string, unknown>): void {
  for (const visit of defaulted(message)) {
    const { name } = visit;
    const item = Object.hasOwn(value, name) ? value[name] : undefined;
    if (visit.default !== undefined && (item === undefined || (visit.replacesZero && isZero(item)))) {
      value[name] = cloneJson(visit.default);
    }
    if (visit.descend && value[name] !== undefined) fillWithin(visit.schema, value[name]);
  }
}
function fillWithin(schema: Resolved, value: unknown): void {
  if (schema.type === "list" && Array.isArray(value)) {
    const items = resolve(schema.items);
    for (const item of value) fillWithin(items, item);
  } else if (schema.type === "map" && isObject(value)) {
    const values = resolve(schema.values);
    for (const key in value) fillWithin(values, value[key]);
  } else if (schema.type === "message" && isObject(value)) fillDefaults(schema, value);
}

/** Values outside a closed list. That a value is missing is for the kind's rules to say. */
export function validateSchema(kind: AnyKind, object: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  checkMessage(kind.schema as Message<unknown>, object as unknown as Json, "", errors);
  return errors;
}
function checkMessage(message: Message<unknown>, value: Json, path: string, errors: FieldError[]): void {
  for (const visit of closed(message)) {
    const item = Object.hasOwn(value, visit.name) ? value[visit.name] : undefined;
    if (item !== undefined) checkValue(visit, visit.schema, item, path ? `${path}.${visit.name}` : visit.name, errors);
  }
}
function checkValue(visit: Visit, schema: Resolved, value: unknown, path: string, errors: FieldError[]): void {
  if (schema.type === "list" && Array.isArray(value)) {
    const items = resolve(schema.items);
    for (let i = 0; i < value.length; i++) checkValue(visit, items, value[i], `${path}[${i}]`, errors);
  } else if (schema.type === "map" && isObject(value)) {
    const values = resolve(schema.values);
    for (const key in value) checkValue(visit, values, value[key], `${path}[${key}]`, errors);
  } else if (schema.type === "message" && isObject(value)) checkMessage(schema, value, path, errors);
  else if (visit.values && typeof value === "string" && value !== "" && !visit.values.includes(value)) {
    errors.push(notSupported(path, value, visit.values));
  }
}
