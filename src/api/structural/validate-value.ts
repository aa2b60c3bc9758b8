// Judges a value by a schema, with the errors that upstream's OpenAPI validator gives. On an update, errors in parts that
// have not changed since the old value are forgiven (ratcheting).
import type { FieldError } from "#api/field-error.ts";
import { deepEqual, isObject } from "#api/json.ts";
import { isUnchanged, type Old, oldItem, oldMember } from "./correlate.ts";
import { fieldErrors, Findings } from "./findings.ts";
import { hasFormat, isKnownFormat } from "./formats.ts";
import { additionalOf, itemsOf, type JsonSchema, propertyOf } from "./json-schema.ts";
import { compilePattern } from "./patterns.ts";
import { validateJunctors } from "./validate-junctors.ts";
import { isInt64, validateNumber } from "./validate-number.ts";

/** `old`: the value that stood there, for an update. `path` goes before the fields ("" at the root of an object). */
export function validateValue(
  schema: JsonSchema,
  value: unknown,
  options: { readonly old?: Old | undefined; readonly path?: string } = {},
): FieldError[] {
  return fieldErrors(judgeCorrelated(schema, value, "", options.old), options.path);
}

/** The same value was there before: whatever is wrong with it may stay. */
function judgeCorrelated(schema: JsonSchema, value: unknown, path: string, old: Old | undefined): Findings {
  const found = judge(schema, value, path, old);
  if (!found.isValid && old && isUnchanged(schema, value, old.value)) found.forgive();
  return found;
}

/** Everything the schema says of the value, without forgiveness for the value as a whole. */
export function judge(schema: JsonSchema, value: unknown, path: string, old: Old | undefined): Findings {
  const found = new Findings();
  const types = typesOf(schema);
  const format = formatOf(schema, types);
  if (value === null) {
    checkNull(schema, types, path, found);
    checkEnum(schema, value, path, found);
    return found;
  }
  if (types.length > 0 || format) {
    checkType(types, format, value, path, found);
    found.matches++;
  }
  validateJunctors(schema, value, path, old, found);
  found.matches++;
  if (typeof value === "string") checkText(schema, format, value, path, found);
  else if (typeof value === "number") {
    validateNumber(schema, value, path, found);
    found.matches++;
  } else if (Array.isArray(value)) {
    checkList(schema, value, path, old, found);
    found.matches++;
  }
  checkEnum(schema, value, path, found);
  found.matches++;
  if (isObject(value)) {
    checkObject(schema, value, path, old, found);
    found.matches++;
  }
  found.matches++;
  return found;
}

const intOrString = ["integer", "string"];
const typesOf = (schema: JsonSchema): readonly string[] =>
  schema["x-kubernetes-int-or-string"] ? intOrString : schema.type ? [schema.type] : [];
/** Formats that mean nothing are as good as none. */
function formatOf(schema: JsonSchema, types: readonly string[]): string {
  const { format } = schema;
  return format && isKnownFormat(format, types.length === 1 ? types[0]! : "") ? format : "";
}

function typeError(path: string, expected: string, given: string, into: Findings): void {
  const message = `${path} in body must be of type ${expected}: ${JSON.stringify(given)}`;
  into.add({ code: "type", name: path, value: given, message });
}
function checkNull(schema: JsonSchema, types: readonly string[], path: string, into: Findings): void {
  if (types.length > 0 && !types.includes("null") && schema.nullable !== true)
    typeError(path, types.join(","), "null", into);
  else into.matches++;
}
function typeOf(value: unknown): { type: string; format: string } {
  if (Array.isArray(value)) return { type: "array", format: "" };
  if (typeof value === "number")
    return isInt64(value) ? { type: "integer", format: "int64" } : { type: "number", format: "float64" };
  return { type: typeof value, format: "" };
}
function checkType(types: readonly string[], format: string, value: unknown, path: string, into: Findings): void {
  const given = typeOf(value);
  const fits = types.includes(given.type) || (given.type === "integer" && types.includes("number"));
  // Upstream: what a text format says of a list is nothing.
  const isTextual = typeof value === "string" || Array.isArray(value);
  if (format && !isTextual && !fits && given.format !== format) return typeError(path, format, given.format, into);
  const isNumeric = types.includes("number") || types.includes("integer");
  if ((format && isTextual && !isNumeric) || fits) into.matches++;
  else typeError(path, types.join(","), given.type, into);
}

/** Upstream: an enum of objects or lists is compared as a whole. */
function checkEnum(schema: JsonSchema, value: unknown, path: string, into: Findings): void {
  const values = schema.enum;
  if (!values || values.length === 0) return;
  if (value !== null && values.some((allowed) => deepEqual(allowed, value))) return;
  const message = `${path} in body should be one of [${values.map(String).join(" ")}]`;
  into.add({ code: "enum", name: path, value, values, message });
}

function checkText(schema: JsonSchema, format: string, value: string, path: string, into: Findings): void {
  const wrong = textError(schema, value, path);
  if (wrong) into.add(wrong);
  into.matches++;
  if (!format) return;
  if (!hasFormat(format, value)) {
    const message = `${path} in body must be of type ${format}: ${JSON.stringify(value)}`;
    into.add({ code: "type", name: path, value, message });
  }
  into.matches++;
}
const lengthOf = (text: string): number => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};
type Wrong = Parameters<Findings["add"]>[0];
function textError(schema: JsonSchema, value: string, path: string): Wrong | undefined {
  const { maxLength, minLength, pattern } = schema;
  const head = `${path} in body should`;
  if (maxLength !== undefined && value.length > maxLength && lengthOf(value) > maxLength)
    return { code: "tooLong", name: path, limit: maxLength, message: `${head} be at most ${maxLength} chars long` };
  if (minLength !== undefined && lengthOf(value) < minLength)
    return { code: "plain", name: path, value, message: `${head} be at least ${minLength} chars long` };
  if (!pattern) return undefined;
  const compiled = compilePattern(pattern);
  if (!compiled.ok) {
    const message = `${head} match '${pattern}, but pattern is invalid: ${compiled.why}'`;
    return { code: "plain", name: path, value, message };
  }
  return compiled.test(value) ? undefined : { code: "plain", name: path, value, message: `${head} match '${pattern}'` };
}

function checkList(
  schema: JsonSchema,
  list: readonly unknown[],
  path: string,
  old: Old | undefined,
  into: Findings,
): void {
  const items = itemsOf(schema);
  if (items)
    for (let i = 0; i < list.length; i++)
      into.merge(judgeCorrelated(items, list[i], `${path}[${i}]`, oldItem(schema, old, list[i])));
  const { minItems, maxItems } = schema;
  const count = list.length;
  if (minItems !== undefined && count < minItems) {
    const message = `${path} in body should have at least ${minItems} items`;
    into.add({ code: "plain", name: path, value: count, message });
  }
  if (maxItems !== undefined && count > maxItems) {
    const message = `${path} in body should have at most ${maxItems} items`;
    into.add({ code: "tooMany", name: path, limit: maxItems, count, message });
  }
  into.matches++;
}

function checkObject(
  schema: JsonSchema,
  object: Readonly<Record<string, unknown>>,
  path: string,
  old: Old | undefined,
  into: Findings,
): void {
  checkCount(schema, Object.keys(object).length, path, into);
  const isClosed = schema.additionalProperties === false;
  const additional = additionalOf(schema);
  for (const name in object) {
    if (propertyOf(schema, name)) continue;
    if (isClosed) {
      const message = `${path}.${name} in body is a forbidden property`;
      into.add({ code: "plain", name: path, value: name, message });
    } else if (additional)
      into.merge(judgeCorrelated(additional, object[name], `${path}.${name}`, oldMember(old, name)));
  }
  for (const name in schema.properties) {
    if (!Object.hasOwn(object, name)) continue;
    // Both versions are shown as the same kind, so that a change of it cannot be seen.
    const before = path === "" && (name === "kind" || name === "apiVersion") ? undefined : oldMember(old, name);
    const at = path === "" ? name : `${path}.${name}`;
    into.merge(judgeCorrelated(schema.properties[name]!, object[name], at, before));
  }
  for (const name of schema.required ?? []) {
    if (Object.hasOwn(object, name)) continue;
    into.add({ code: "required", name: `${path}.${name}`, message: `${path}.${name} in body is required` });
  }
}
function checkCount({ minProperties, maxProperties }: JsonSchema, count: number, path: string, into: Findings): void {
  if (minProperties !== undefined && count < minProperties) {
    const message = `${path} in body should have at least ${minProperties} properties`;
    into.add({ code: "plain", name: path, value: count, message });
  }
  if (maxProperties !== undefined && count > maxProperties) {
    const message = `${path} in body should have at most ${maxProperties} properties`;
    into.add({ code: "tooMany", name: path, limit: maxProperties, count, message });
  }
}
