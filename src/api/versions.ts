// Further versions of a kind. Most of them have the types of the stored version under names of their own; these are
// derived instead of written down again, and what differs is said field by field.
import {
  type Column,
  type GroupVersionKind,
  type Kind,
  type KubeObject,
  type Rules,
  type StoredAs,
  apiVersionOf,
  defineKind,
} from "./kind.ts";
import { type Draft, type Embed, type Field, type Message, type Schema, resolve } from "./schema.ts";

type Fields = Readonly<Record<string, Field>>;
type AnyMessage = Message<unknown>;
/** By the short name of a message: its fields in the other version. `fields` are already those of that version. */
export type Changes = Readonly<Record<string, (fields: Fields) => Fields>>;

/**
 * Gives message types the names of another version: `from` and `to` are packages, such as "io.k8s.api.resource.v1".
 * `granular` are types that are atomic elsewhere.
 */
export function inVersion(
  from: string,
  to: string,
  changes: Changes = {},
  granular: readonly string[] = [],
): <T>(message: Message<T>) => Message<T> {
  const made = new Map<string, AnyMessage>();
  const ofSchema = (schema: Schema): Schema => {
    const type = resolve(schema);
    if (type.type === "list") return { ...type, items: ofSchema(type.items) };
    if (type.type === "map") return { ...type, values: ofSchema(type.values) };
    return type.type === "message" ? ofMessage(type as AnyMessage) : type;
  };
  const ofMessage = (message: AnyMessage): AnyMessage => {
    if (!message.name.startsWith(`${from}.`)) return message;
    const short = message.name.slice(from.length + 1);
    const known = made.get(short);
    if (known) return known;
    const entries = Object.entries(message.fields).map(([name, field]) => [
      name,
      { ...field, schema: ofSchema(field.schema) },
    ]);
    const fields = Object.fromEntries(entries) as Fields;
    const version: AnyMessage = {
      ...message,
      name: `${to}.${short}`,
      ...(message.atomic ? { atomic: !granular.includes(short) } : {}),
      fields: changes[short]?.(fields) ?? fields,
      embeds: message.embeds.map((e): Embed => ({ ...e, message: ofMessage(e.message as AnyMessage) })),
    };
    made.set(short, version);
    return version;
  };
  return <T>(message: Message<T>): Message<T> => ofMessage(message as AnyMessage) as Message<T>;
}

/** Releases such as "1.36". */
export interface EndOfLife {
  readonly deprecated: string;
  readonly removed: string;
  /** "<group>/<version> <kind>" that takes its place. */
  readonly use?: string;
}
/** What every use of an ageing version is answered with. */
export const deprecationText = (of: GroupVersionKind, { deprecated, removed, use }: EndOfLife): string =>
  `${apiVersionOf(of)} ${of.kind} is deprecated in v${deprecated}+, unavailable in v${removed}+${use ? `; use ${use}` : ""}`;
const ageing = (of: GroupVersionKind, end: EndOfLife | undefined): { deprecation?: string } =>
  end ? { deprecation: deprecationText(of, end) } : {};

/** The kind in a version whose objects differ from the stored ones in nothing but their apiVersion. */
export function sameShape<T extends KubeObject>(
  stored: Kind<T>,
  version: string,
  schema: Message<T>,
  end?: EndOfLife,
): Kind<T> {
  const as =
    (apiVersion: string) =>
    (object: KubeObject): KubeObject =>
      object.apiVersion === apiVersion ? object : { ...object, apiVersion };
  // The stored version may be the one that ages.
  const { deprecation: _ofStored, ...alike } = stored;
  return {
    ...alike,
    version,
    schema,
    ...ageing({ ...stored, version }, end),
    storedAs: {
      kind: stored as unknown as Kind,
      fromStored: as(apiVersionOf({ ...stored, version })) as StoredAs<T>["fromStored"],
      toStored: as(apiVersionOf(stored)),
    },
  };
}

/** How objects of another shape become stored ones, and back. Both keep metadata as it is. */
export interface Shapes<T extends KubeObject, S extends KubeObject> {
  readonly fromStored: (stored: S) => T;
  readonly toStored: (object: T) => S;
}
/** The kind in a version of another shape; rules and columns are those of the stored version, reached by conversion. */
export function otherShape<T extends KubeObject, S extends KubeObject>(
  stored: Kind<S>,
  version: string,
  schema: Message<T>,
  { fromStored, toStored }: Shapes<T, S>,
  end?: EndOfLife,
): Kind<T> {
  const { rules, columns, selectableFields, rowConditions: _rows, ...others } = stored;
  const {
    schema: _schema,
    storedAs: _stored,
    deprecation: _end,
    decode: _decode,
    openApi: _openApi,
    ...alike
  } = others;
  const { group, kind } = stored;
  const written = (object: T): S => ({ ...toStored(object), apiVersion: apiVersionOf(stored) });
  const shown = (object: S): T => ({ ...fromStored(object), apiVersion: apiVersionOf({ group, version }) });
  return defineKind<T>({
    ...alike,
    version,
    schema,
    ...ageing({ group, version, kind }, end),
    ...(columns ? { columns: columns.map((column) => convertedColumn(column, written)) } : {}),
    selectableFields: Object.fromEntries(
      Object.entries(selectableFields).map(([name, valueOf]) => [name, (object: T) => valueOf(written(object))]),
    ),
    rules: convertedRules(rules, written, shown),
    storedAs: {
      kind: stored as unknown as Kind,
      fromStored: (object) => shown(object as S),
      toStored: written,
    },
  });
}
const convertedColumn = <T, S>(column: Column<S>, written: (object: T) => S): Column<T> => ({
  ...column,
  value: (object, now) => column.value(written(object), now),
});

function convertedRules<T extends object, S extends object>(
  rules: Rules<S>,
  written: (object: T) => S,
  shown: (object: S) => T,
): Rules<T> {
  /** What a rule of the stored version does to an object in preparation, done to one of this version. */
  const through = (draft: object, rule: (stored: Draft<S>) => void): void => {
    const converted = structuredClone(written(draft as T));
    rule(converted as Draft<S>);
    for (const key of Object.keys(draft)) delete (draft as Record<string, unknown>)[key];
    Object.assign(draft, shown(converted));
  };
  const { applyDefaults, prepareForCreate, prepareForUpdate, prepareForStatusUpdate } = rules;
  const { validate, validateCreate, validateUpdate, validateStatusUpdate, warnings } = rules;
  return {
    applyDefaults: (draft) => through(draft, (s) => applyDefaults?.(s)),
    prepareForCreate: (draft, facts) => through(draft, (s) => prepareForCreate?.(s, facts)),
    prepareForUpdate: (draft, old, now) => through(draft, (s) => prepareForUpdate?.(s, written(old), now)),
    prepareForStatusUpdate: (draft, old, now) => through(draft, (s) => prepareForStatusUpdate?.(s, written(old), now)),
    validate: (object) => validate?.(written(object)) ?? [],
    validateCreate: (object) => validateCreate?.(written(object)) ?? [],
    validateUpdate: (object, old) => validateUpdate?.(written(object), written(old)) ?? [],
    validateStatusUpdate: (object, old) => validateStatusUpdate?.(written(object), written(old)) ?? [],
    warnings: (object, old) => warnings?.(written(object), old && written(old)) ?? [],
  };
}
