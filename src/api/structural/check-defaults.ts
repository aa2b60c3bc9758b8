// Defaults must themselves fit the schema: nothing unknown in them, valid metadata, valid values.
import { type FieldError, invalidValue } from "#api/field-error.ts";
import { deepEqual } from "#api/json.ts";
import { coerceEmbedded, MetadataError, validateEmbedded } from "./object-meta.ts";
import { additionalOf, isEmbedded, itemsOf, type JsonSchema, metaFields } from "./json-schema.ts";
import { changed, prune } from "./prune.ts";
import { validateValue } from "./validate-value.ts";

/** What rules say of a value, when they are compiled: of a default it is asked as of a new and as of an old value. */
export type JudgeRules = (
  schema: JsonSchema,
  value: unknown,
  old: unknown,
  path: string,
  isRoot: boolean,
) => FieldError[];

interface Walk {
  /** Builds the object around a value of this place, up to the enclosing resource. */
  readonly around: (value: unknown) => unknown;
  readonly resource: JsonSchema;
  readonly isInsideMeta: boolean;
}
const asRoot = (value: unknown): unknown => withType(value);
const withType = (value: unknown): unknown => ({
  apiVersion: "validation/v1",
  kind: "Validation",
  ...(value as object),
});

export function checkDefaults(schema: JsonSchema, path: string, judge?: JudgeRules): FieldError[] {
  const root = { ...schema, "x-kubernetes-embedded-resource": true };
  return walk(root, path, { around: asRoot, resource: root, isInsideMeta: false }, judge);
}

function walk(schema: JsonSchema, path: string, given: Walk, judge: JudgeRules | undefined): FieldError[] {
  const state: Walk = isEmbedded(schema) ? { around: asRoot, resource: schema, isInsideMeta: false } : given;
  const found = schema.default === undefined ? [] : checkDefault(schema, `${path}.default`, state, judge);
  // Beneath additionalProperties metadata has no defaults, and other values need no object around them.
  const items = itemsOf(schema);
  const inItems: Walk = { ...state, around: (value) => state.around([value]) };
  if (items) found.push(...walk(items, `${path}.items`, inItems, judge));
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isInsideMeta = state.isInsideMeta || (isEmbedded(schema) && metaFields.has(name));
    const around = (value: unknown): unknown => state.around({ [name]: value });
    found.push(...walk(property, `${path}.properties[${name}]`, { ...state, around, isInsideMeta }, judge));
  }
  return found;
}

function checkDefault(schema: JsonSchema, path: string, state: Walk, judge: JudgeRules | undefined): FieldError[] {
  const value = schema.default;
  const isResource = isEmbedded(schema);
  const found: FieldError[] = [];
  if (!state.isInsideMeta && !deepEqual(prune(value, schema, isResource), value))
    found.push(invalidValue(path, value, "must not have unknown fields"));
  const metadata = state.isInsideMeta ? surrounding(schema, path, state) : ownMetadata(schema, path, isResource);
  const wrong = metadata.length > 0 ? metadata : validateValue(schema, value, { path });
  if (wrong.length > 0 || !judge) return [...found, ...wrong];
  const isRoot = schema === state.resource;
  const asOld = judge(schema, value, value, path, isRoot);
  return [...found, ...asOld, ...(asOld.length > 0 ? [] : judge(schema, value, undefined, path, isRoot))];
}
/** A default within metadata is judged by the object it would lead to. */
function surrounding(schema: JsonSchema, path: string, state: Walk): FieldError[] {
  const resource = { ...state.resource, "x-kubernetes-embedded-resource": true };
  const must = (why: string): FieldError[] => [
    invalidValue(path, schema.default, `must result in valid metadata: ${why}`),
  ];
  try {
    const object = coerceEmbedded(state.around(schema.default), resource, { repairs: false });
    const wrong = validateEmbedded(object, resource, true);
    return wrong.length > 0 ? must(aggregate(wrong)) : [];
  } catch (error) {
    if (error instanceof MetadataError) return must(error.message);
    throw error;
  }
}
function ownMetadata(schema: JsonSchema, path: string, isResource: boolean): FieldError[] {
  try {
    const value = coerceEmbedded(schema.default, schema, { repairs: false }, path);
    return validateEmbedded(value, schema, isResource, path);
  } catch (error) {
    if (error instanceof MetadataError) return [error.finding];
    throw error;
  }
}
/** Several errors as one text. */
export const aggregate = (errors: readonly FieldError[]): string => {
  const texts = [...new Set(errors.map((e) => `${e.field}: ${e.message}`))];
  return texts.length === 1 ? texts[0]! : `[${texts.join(", ")}]`;
};

/** The schema with defaults as they are served: what they must not hold is taken out. */
export function withPrunedDefaults(schema: JsonSchema): JsonSchema {
  const changes = new Map<string, unknown>();
  const put = (name: string, before: unknown, after: unknown): void =>
    void (before !== after && changes.set(name, after));
  if (schema.default !== undefined) {
    const isResource = isEmbedded(schema);
    const coerced = coerceEmbedded(schema.default, schema, { repairs: true });
    put("default", schema.default, prune(coerced, schema, isResource));
  }
  const items = itemsOf(schema);
  if (items) put("items", items, withPrunedDefaults(items));
  const additional = additionalOf(schema);
  if (additional) put("additionalProperties", additional, withPrunedDefaults(additional));
  const properties = new Map<string, unknown>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const pruned = withPrunedDefaults(property);
    if (pruned !== property) properties.set(name, pruned);
  }
  if (properties.size > 0) changes.set("properties", changed(schema.properties!, properties));
  return changes.size > 0 ? (changed(schema as Readonly<Record<string, unknown>>, changes) as JsonSchema) : schema;
}
