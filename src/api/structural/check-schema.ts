// What a CustomResourceDefinition may say in a schema beyond being structural: which keywords, which combinations, where
// defaults may stand. What rules (x-kubernetes-validations) say is compiled elsewhere; here only their form is judged.
import { type FieldError, forbiddenValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { checkListKeys, checkListType, checkMapType } from "./check-types.ts";
import { checkRuleForms } from "./check-rules.ts";
import { additionalOf, isEmbedded, itemsOf, type JsonSchema, metaFields } from "./json-schema.ts";

const types = ["array", "boolean", "integer", "number", "object", "string"];

interface Place {
  /** Why there may be no defaults; undefined: there may. */
  readonly noDefaults?: string;
  /** Within the metadata or type of an object. */
  readonly isInsideMeta?: boolean;
  readonly isRoot?: boolean;
}

/** `path` is that of the schema. */
export const checkSchema = (schema: JsonSchema, path: string): FieldError[] => check(schema, path, { isRoot: true });

function check(schema: JsonSchema, path: string, place: Place): FieldError[] {
  const found = keywords(schema, path, place);
  const { isRoot: _, ...rest } = place;
  const inner = (part: JsonSchema | undefined, at: string, where: Place = rest): void =>
    void (part && found.push(...check(part, `${path}.${at}`, where)));

  if (schema.uniqueItems)
    found.push(
      forbiddenValue(
        `${path}.uniqueItems`,
        "uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
      ),
    );
  checkAdditional(schema, path, found);
  const inMap = "inside additionalProperties applying to object metadata";
  inner(additionalOf(schema), "additionalProperties", place.isInsideMeta ? { ...rest, noDefaults: inMap } : rest);
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    inner(property, `properties[${name}]`, placeOf(name, schema, place));
  inner(schema.not, "not");
  for (const name of ["allOf", "oneOf", "anyOf"] as const)
    for (const [i, part] of (schema[name] ?? []).entries()) inner(part, `${name}[${i}]`);
  for (const [name, part] of Object.entries(schema.definitions ?? {})) inner(part, `definitions[${name}]`);
  inner(itemsOf(schema), "items");
  if (Array.isArray(schema.items))
    for (const [i, part] of (schema.items as readonly JsonSchema[]).entries()) inner(part, `items[${i}]`);
  if (schema["x-kubernetes-preserve-unknown-fields"] === false)
    found.push(invalidValue(`${path}.x-kubernetes-preserve-unknown-fields`, false, "must be true or undefined"));
  return [
    ...found,
    ...checkMapType(schema, path),
    ...checkListType(schema, path),
    ...checkListKeys(schema, path),
    ...checkRuleForms(schema, path),
  ];
}
/** What is different beneath the type and metadata of an object. */
function placeOf(name: string, schema: JsonSchema, place: Place): Place {
  const { isRoot, ...rest } = place;
  if (!(isRoot || isEmbedded(schema)) || !metaFields.has(name)) return rest;
  return { ...rest, isInsideMeta: true, ...(isRoot ? { noDefaults: `in top-level ${name}` } : {}) };
}
function checkAdditional(schema: JsonSchema, path: string, found: FieldError[]): void {
  const hasProperties = Object.keys(schema.properties ?? {}).length > 0;
  const { additionalProperties } = schema;
  if (hasProperties && additionalProperties !== undefined && additionalProperties !== true)
    found.push(
      forbiddenValue(`${path}.additionalProperties`, "additionalProperties and properties are mutual exclusive"),
    );
}

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== "" && !(typeof value === "object" && Object.keys(value as object).length === 0);
function keywords(schema: JsonSchema, path: string, place: Place): FieldError[] {
  const found: FieldError[] = [];
  const { type = "" } = schema;
  if (type && !types.includes(type)) found.push(notSupported(`${path}.type`, type, types));
  if (schema.default !== undefined && place.noDefaults !== undefined)
    found.push(forbiddenValue(`${path}.default`, `must not be set ${place.noDefaults}`));
  for (const name of ["id", "patternProperties", "definitions"] as const)
    if (isSet(schema[name])) found.push(forbiddenValue(`${path}.${name}`, `${name} is not supported`));
  for (const name of ["additionalItems", "dependencies", "$ref"] as const)
    if (schema[name] !== undefined) found.push(forbiddenValue(`${path}.${name}`, `${name} is not supported`));
  if (type === "null")
    found.push(forbiddenValue(`${path}.type`, "type cannot be set to null, use nullable as an alternative"));
  if (Array.isArray(schema.items) && schema.items.length > 0)
    found.push(forbiddenValue(`${path}.items`, "items must be a schema object and not an array"));
  if (place.isInsideMeta && isEmbedded(schema))
    found.push(forbiddenValue(`${path}.x-kubernetes-embedded-resource`, "must not be used inside of resource meta"));
  return found;
}

/** What the status subresource allows beside type at the root, in upstream's order and spelling. */
const allowedAtRoot =
  "Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern " +
  "MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields " +
  "XValidations";
const goNames: Readonly<Record<string, string>> = {
  "x-kubernetes-preserve-unknown-fields": "XPreserveUnknownFields",
  "x-kubernetes-validations": "XValidations",
};
const goName = (key: string): string => goNames[key] ?? key.charAt(0).toUpperCase() + key.slice(1);

/** `path` is that of the validation: the schema lies in its field openAPIV3Schema. */
export function checkRoot(schema: JsonSchema, hasStatus: boolean, path: string): FieldError[] {
  const found: FieldError[] = [];
  const at = `${path}.openAPIV3Schema`;
  if (hasStatus) {
    if (schema.type !== undefined && schema.type !== "object")
      found.push(
        invalidValue(
          `${at}.type`,
          schema.type,
          'only "object" is allowed as the type at the root of the schema if the status subresource is enabled',
        ),
      );
    else if (Object.keys(schema).some((key) => !allowedAtRoot.split(" ").includes(goName(key))))
      found.push(
        invalidValue(
          at,
          schema,
          `only [${allowedAtRoot}] fields are allowed at the root of the schema if the status subresource is enabled`,
        ),
      );
  }
  if (schema.nullable) found.push(forbiddenValue(`${at}.nullable`, "nullable cannot be true at the root"));
  return found;
}
/** Every version must have a schema. */
export const missingSchema = (path: string): FieldError => requiredValue(`${path}.schema.openAPIV3Schema`);
