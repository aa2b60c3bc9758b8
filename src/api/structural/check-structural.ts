// Whether a schema is structural: every part of an object has one declared type and place, and what only judges values
// (allOf, anyOf, oneOf, not) declares nothing that is not declared outside. KEP 1110; the texts are upstream's.
import { type FieldError, forbiddenValue, invalidValue, requiredValue } from "#api/field-error.ts";
import { deepEqual } from "#api/json.ts";
import { checkCompleteness } from "./check-completeness.ts";
import { additionalOf, isEmbedded, itemsOf, type JsonSchema, preserves, propertyOf } from "./json-schema.ts";
import { compilePattern } from "./patterns.ts";

type Level = "root" | "items" | "field";
const isIntOrString = (schema: JsonSchema): boolean => schema["x-kubernetes-int-or-string"] === true;

/** Upstream's words for a schema that cannot even be read as a structural one; undefined: it can. */
export function unreadablePart(schema: JsonSchema): string | undefined {
  const refused = [
    ["id", schema.id],
    ["schema", schema.$schema],
    ["$ref", schema.$ref],
    ["patternProperties", hasMembers(schema.patternProperties)],
    ["dependencies", hasMembers(schema.dependencies)],
    ["additionalItems", schema.additionalItems !== undefined],
    ["definitions", hasMembers(schema.definitions)],
  ] as const;
  const found = refused.find(([, value]) => Boolean(value));
  if (found) return `OpenAPIV3Schema '${found[0]}' is not supported`;
  if (schema["x-kubernetes-preserve-unknown-fields"] === false)
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  if (Array.isArray(schema.items)) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  const parts = [
    ...junctorsOf(schema),
    itemsOf(schema),
    additionalOf(schema),
    ...Object.values(schema.properties ?? {}),
  ];
  for (const part of parts) {
    const inner = part && unreadablePart(part);
    if (inner) return inner;
  }
  return undefined;
}
const hasMembers = (map: object | undefined): boolean => map !== undefined && Object.keys(map).length > 0;
const junctorsOf = (schema: JsonSchema): JsonSchema[] => [
  ...(schema.allOf ?? []),
  ...(schema.anyOf ?? []),
  ...(schema.oneOf ?? []),
  ...(schema.not ? [schema.not] : []),
];

/** In the order of their texts. The schema must be readable. */
export function checkStructural(schema: JsonSchema, path: string): FieldError[] {
  const textOf = (error: FieldError): string => `${error.field}: ${error.message}`;
  const found = [...invariants(schema, "root", path), ...checkCompleteness(schema, path)];
  return found.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
}

const typeTexts: Readonly<Record<Level, string>> = {
  root: "must not be empty at the root",
  items: "must not be empty for specified array items",
  field: "must not be empty for specified object fields",
};

function invariants(schema: JsonSchema, level: Level, path: string): FieldError[] {
  const found: FieldError[] = [];
  const items = itemsOf(schema);
  if (schema.type === "array" && !items) found.push(requiredValue(`${path}.items`, "must be specified"));
  if (items) found.push(...invariants(items, "items", `${path}.items`));
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    found.push(...invariants(property, "field", `${path}.properties[${name}]`));
  const additional = additionalOf(schema);
  if (level === "root" && schema.additionalProperties !== undefined)
    found.push(forbiddenValue(`${path}.additionalProperties`, "must not be used at the root"));
  if (additional) found.push(...invariants(additional, "field", `${path}.additionalProperties`));
  found.push(...extensions(schema, path));
  found.push(...judging(schema, isPair(schema.anyOf), isPair(schema.allOf?.[0]?.anyOf), path));
  found.push(...typeErrors(schema, level, path));
  found.push(...metadataErrors(schema, level, path));
  if (isEmbedded(schema) && !preserves(schema) && !hasMembers(schema.properties))
    found.push(
      requiredValue(
        `${path}.properties`,
        "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields",
      ),
    );
  return found;
}
const intOrStringPair = [{ type: "integer" }, { type: "string" }];
const isPair = (anyOf: readonly JsonSchema[] | undefined): boolean => deepEqual(anyOf, intOrStringPair);

function extensions(schema: JsonSchema, path: string): FieldError[] {
  if (!isIntOrString(schema)) return [];
  const text = "must be false if x-kubernetes-int-or-string is true";
  return [
    ...(preserves(schema) ? [invalidValue(`${path}.x-kubernetes-preserve-unknown-fields`, true, text)] : []),
    ...(isEmbedded(schema) ? [invalidValue(`${path}.x-kubernetes-embedded-resource`, true, text)] : []),
  ];
}
function typeErrors(schema: JsonSchema, level: Level, path: string): FieldError[] {
  const found: FieldError[] = [];
  const at = `${path}.type`;
  const { type = "" } = schema;
  const must = "must be object if x-kubernetes-embedded-resource is true";
  if (isEmbedded(schema) && type !== "object")
    found.push(type === "" ? requiredValue(at, must) : invalidValue(at, type, must));
  else if (type === "" && !isIntOrString(schema) && !preserves(schema)) found.push(requiredValue(at, typeTexts[level]));
  if (isEmbedded(schema) && schema.additionalProperties !== undefined)
    found.push(
      forbiddenValue(`${path}.additionalProperties`, "must not be used if x-kubernetes-embedded-resource is set"),
    );
  if (level === "root" && type !== "" && type !== "object")
    found.push(invalidValue(at, type, "must be object at the root"));
  return found;
}
function metadataErrors(schema: JsonSchema, level: Level, path: string): FieldError[] {
  const found: FieldError[] = [];
  const isResource = level === "root" || isEmbedded(schema);
  if (isResource)
    for (const name of ["kind", "apiVersion"]) {
      const property = propertyOf(schema, name);
      if (property && property.type !== "string")
        found.push(invalidValue(`${path}.properties[${name}].type`, property.type ?? "", "must be string"));
    }
  const metadata = propertyOf(schema, "metadata");
  if (!metadata) return found;
  const at = `${path}.properties[metadata]`;
  if (isResource && metadata.type !== "object")
    found.push(invalidValue(`${at}.type`, metadata.type ?? "", "must be object"));
  if (level === "root" && !onlyRestrictsNames(metadata))
    found.push(
      forbiddenValue(
        at,
        "must not specify anything other than name and generateName, but metadata is implicitly specified",
      ),
    );
  return found;
}
function onlyRestrictsNames({ type: _type, default: _default, properties, ...rest }: JsonSchema): boolean {
  const names = Object.keys(properties ?? {});
  return Object.keys(rest).length === 0 && names.every((name) => name === "name" || name === "generateName");
}

/** The parts of a schema that only judge values. */
function judging(schema: JsonSchema, skipsAnyOf: boolean, skipsFirstAllOf: boolean, path: string): FieldError[] {
  const found: FieldError[] = [];
  const inner = (part: JsonSchema, at: string, skips = false): void =>
    void found.push(...nested(part, skips, `${path}.${at}`));
  if (!skipsAnyOf) for (const [i, part] of (schema.anyOf ?? []).entries()) inner(part, `anyOf[${i}]`);
  for (const [i, part] of (schema.allOf ?? []).entries()) inner(part, `allOf[${i}]`, skipsFirstAllOf && i === 0);
  for (const [i, part] of (schema.oneOf ?? []).entries()) inner(part, `oneOf[${i}]`);
  if (schema.not) inner(schema.not, "not");
  if (schema.pattern) {
    const compiled = compilePattern(schema.pattern);
    const why = compiled.ok ? undefined : `must be a valid regular expression, but isn't: ${compiled.why}`;
    if (why) found.push(invalidValue(`${path}.pattern`, schema.pattern, why));
  }
  return found;
}

const mustNotDeclare: readonly (readonly [keyof JsonSchema, string])[] = [
  ["type", "must be empty to be structural"],
  ["default", "must be undefined to be structural"],
  ["title", "must be empty to be structural"],
  ["description", "must be empty to be structural"],
  ["nullable", "must be false to be structural"],
  ["x-kubernetes-preserve-unknown-fields", "must be false to be structural"],
  ["x-kubernetes-embedded-resource", "must be false to be structural"],
  ["x-kubernetes-int-or-string", "must be false to be structural"],
  ["x-kubernetes-list-map-keys", "must be empty to be structural"],
  ["x-kubernetes-list-type", "must be undefined to be structural"],
  ["x-kubernetes-map-type", "must be undefined to be structural"],
  ["x-kubernetes-validations", "must be empty to be structural"],
];
const isSet = (value: unknown): boolean =>
  value !== undefined && value !== "" && value !== false && !(Array.isArray(value) && value.length === 0);

/** A schema within allOf, anyOf, oneOf or not. */
function nested(schema: JsonSchema, skipsAnyOf: boolean, path: string): FieldError[] {
  const found = judging(schema, skipsAnyOf, false, path);
  const items = itemsOf(schema);
  if (items) found.push(...nested(items, false, `${path}.items`));
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    found.push(...nested(property, false, `${path}.properties[${name}]`));
  for (const [key, text] of mustNotDeclare)
    if (key === "default" ? schema.default !== undefined : isSet(schema[key]))
      found.push(forbiddenValue(`${path}.${key}`, text));
  if (schema.additionalProperties !== undefined && schema.additionalProperties !== false)
    found.push(forbiddenValue(`${path}.additionalProperties`, "must be undefined to be structural"));
  if (propertyOf(schema, "metadata"))
    found.push(forbiddenValue(`${path}.properties[metadata]`, "must not be specified in a nested context"));
  return found;
}
