// Metadata of embedded resources (x-kubernetes-embedded-resource), and of a custom resource itself: read by the same
// schema as everybody's metadata, so that unknown fields go and wrong types are errors.
import { decodeMessage } from "#api/decode.ts";
import { type FieldError, invalidValue, requiredValue } from "#api/field-error.ts";
import { isObject } from "#api/json.ts";
import { validateObjectMeta } from "#api/metadata.ts";
import { ObjectMeta } from "#api/meta/schema.ts";
import { isDns1035Label } from "#api/names.ts";
import { additionalOf, isEmbedded, itemsOf, type JsonSchema, propertyOf } from "./json-schema.ts";
import { changed } from "./prune.ts";

type Fields = Readonly<Record<string, unknown>>;
const fieldOf = (path: string, name: string): string => (path ? `${path}.${name}` : name);

/** A part of metadata or type that cannot be what it should be. */
export class MetadataError extends Error {
  readonly finding: FieldError;
  constructor(finding: FieldError) {
    super(`${finding.field}: ${finding.message}`);
    this.finding = finding;
  }
}

/** Metadata in canonical form; unknown fields go to `dropped` under `path`. Throws ApiError BadRequest. */
export function readMetadata(value: unknown, path: string, dropped?: string[]): ObjectMeta {
  const { draft, unknown } = decodeMessage(ObjectMeta, value, { unknownFields: dropped ? "collect" : "ignore" });
  dropped?.push(...unknown.map((field) => `${path}.${field}`));
  return draft as ObjectMeta;
}
/** As far as it can be read: fields of a wrong type go. For what is stored already. */
export function repairedMetadata(value: unknown): ObjectMeta {
  try {
    return readMetadata(value, "metadata");
  } catch {
    // Field by field, for one of them is wrong.
    const kept: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(isObject(value) ? value : {})) {
      try {
        Object.assign(kept, readMetadata({ [name]: field }, "metadata"));
      } catch {
        continue;
      }
    }
    return kept as ObjectMeta;
  }
}

interface Coercing {
  readonly dropped: string[] | undefined;
  /** Leave out what is wrong instead of failing. */
  readonly repairs: boolean;
}
/** Brings the metadata of embedded resources into form. Throws MetadataError. */
export function coerceEmbedded(
  value: unknown,
  schema: JsonSchema | undefined,
  options: { readonly repairs: boolean; readonly dropped?: string[] | undefined },
  path = "",
): unknown {
  const found: string[] | undefined = options.dropped && [];
  const coerced = coerce(value, schema, path, { repairs: options.repairs, dropped: found });
  if (found) options.dropped!.push(...found.toSorted());
  return coerced;
}
function coerce(value: unknown, schema: JsonSchema | undefined, path: string, state: Coercing): unknown {
  if (!schema || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    if (!items) return value;
    const list = value.map((item, i): unknown => coerce(item, items, `${path}[${i}]`, state));
    return list.some((item, i) => item !== value[i]) ? list : value;
  }
  const object = value as Fields;
  const changes = new Map<string, unknown>();
  for (const name in object) {
    const before = object[name];
    let item = isEmbedded(schema) ? coerceMeta(name, before, path, state) : before;
    const property = propertyOf(schema, name);
    if (property) item = coerce(item, property, fieldOf(path, name), state);
    else item = coerce(item, additionalOf(schema), `${path}[${name}]`, state);
    if (item !== before) changes.set(name, item);
  }
  return changes.size > 0 ? changed(object, changes) : object;
}
function coerceMeta(name: string, value: unknown, path: string, state: Coercing): unknown {
  const field = fieldOf(path, name);
  if (name === "apiVersion" || name === "kind") {
    if (typeof value === "string") return value;
    if (state.repairs) return undefined;
    throw new MetadataError(invalidValue(field, value, "must be a string"));
  }
  if (name !== "metadata") return value;
  if (state.repairs) return repairedMetadata(value);
  try {
    return readMetadata(value, field, state.dropped);
  } catch (error) {
    throw new MetadataError(invalidValue(field, value, error instanceof Error ? error.message : String(error)));
  }
}

/** Type and metadata of embedded resources; `isRoot`: the value is one itself. */
export function validateEmbedded(
  value: unknown,
  schema: JsonSchema | undefined,
  isRoot: boolean,
  path = "",
): FieldError[] {
  if (!schema || typeof value !== "object" || value === null) return [];
  if (Array.isArray(value))
    return value.flatMap((item, i) => validateEmbedded(item, itemsOf(schema), false, `${path}[${i}]`));
  const object = value as Fields;
  const found = isRoot || isEmbedded(schema) ? validateResource(object, path) : [];
  for (const name in object) {
    const property = propertyOf(schema, name);
    found.push(
      ...(property
        ? validateEmbedded(object[name], property, false, fieldOf(path, name))
        : validateEmbedded(object[name], additionalOf(schema), false, `${path}[${name}]`)),
    );
  }
  return found;
}
function validateResource(object: Fields, path: string): FieldError[] {
  const found: FieldError[] = [];
  for (const name of ["apiVersion", "kind"]) {
    const field = fieldOf(path, name);
    const value = object[name];
    if (value === undefined) found.push(requiredValue(field));
    else if (typeof value !== "string") found.push(invalidValue(field, value, "must be a string"));
    else if (value === "") found.push(invalidValue(field, value, "must not be empty"));
    else if (name === "apiVersion" && value.split("/").length > 2)
      found.push(invalidValue(field, value, `unexpected GroupVersion string: ${value}`));
    else if (name === "kind") {
      const wrong = isDns1035Label(value.toLowerCase());
      const why = `may have mixed case, but should otherwise match: ${wrong.join(",")}`;
      if (wrong.length > 0) found.push(invalidValue(field, value, why));
    }
  }
  if (object["metadata"] !== undefined) found.push(...validateMeta(object["metadata"], fieldOf(path, "metadata")));
  return found;
}
function validateMeta(value: unknown, field: string): FieldError[] {
  try {
    const meta = readMetadata(value, field);
    const namespaced = (meta.namespace ?? "") !== "";
    return validateObjectMeta(
      { ...meta, name: meta.name || "fakename" },
      { namespaced, nameRule: "pathSegment" },
      field,
    );
  } catch (error) {
    return [invalidValue(field, value, error instanceof Error ? error.message : String(error))];
  }
}
