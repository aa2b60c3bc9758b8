// The parts of one version: schema, subresources, columns, selectable fields. Upstream lifts parts that all versions
// share to the top, hence the paths come from outside.
import { type FieldError, duplicateValue, invalidValue, requiredValue, tooMany } from "#api/field-error.ts";
import type {
  CustomResourceColumnDefinition,
  CustomResourceSubresources,
  SelectableField,
} from "#api/apiextensions/definition-schema.ts";
import { checkDefaults } from "#api/structural/check-defaults.ts";
import { checkRoot, checkSchema } from "#api/structural/check-schema.ts";
import { checkStructural, unreadablePart } from "#api/structural/check-structural.ts";
import { findField } from "#api/structural/field-path.ts";
import type { JsonSchema } from "#api/structural/json-schema.ts";

/** `path` is that of the validation, whose field openAPIV3Schema is the schema. */
export function validateSchemaOf(schema: JsonSchema | undefined, hasStatus: boolean, path: string): FieldError[] {
  if (!schema) return [];
  const at = `${path}.openAPIV3Schema`;
  const found = checkRoot(schema, hasStatus, path);
  const unreadable = unreadablePart(schema);
  if (!unreadable) {
    const structural = checkStructural(schema, at);
    found.push(...(structural.length > 0 ? structural : checkDefaults(schema, at)));
  }
  found.push(...checkSchema(schema, at));
  // What makes a schema unreadable is mostly said above, in better words.
  return found.length === 0 && unreadable ? [invalidValue(at, "", unreadable)] : found;
}

function simplePath(path: string, field: string): FieldError[] {
  return path.startsWith(".") ? [] : [invalidValue(field, path, "must be a simple json path starting with .")];
}
export function validateSubresources(given: CustomResourceSubresources | undefined, path: string): FieldError[] {
  if (!given?.scale) return [];
  const found: FieldError[] = [];
  const check = (key: string, value: string, roots: readonly string[], where: string): void => {
    const field = `${path}.scale.${key}`;
    const wrong = simplePath(value, field);
    const within = roots.some((root) => value.startsWith(`${root}.`));
    if (wrong.length > 0) found.push(...wrong);
    else if (!within) found.push(invalidValue(field, value, `should be a json path under ${where}`));
  };
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = given.scale;
  if (!specReplicasPath) found.push(requiredValue(`${path}.scale.specReplicasPath`));
  else check("specReplicasPath", specReplicasPath, [".spec"], ".spec");
  if (!statusReplicasPath) found.push(requiredValue(`${path}.scale.statusReplicasPath`));
  else check("statusReplicasPath", statusReplicasPath, [".status"], ".status");
  if (labelSelectorPath) check("labelSelectorPath", labelSelectorPath, [".spec", ".status"], "either .spec or .status");
  return found;
}

const columnTypes = ["boolean", "date", "integer", "number", "string"];
const columnFormats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];
export function validateColumn(column: CustomResourceColumnDefinition, path: string): FieldError[] {
  const found: FieldError[] = [];
  const oneOf = (values: readonly string[]): string => `must be one of ${values.join(",")}`;
  if (!column.name) found.push(requiredValue(`${path}.name`));
  if (!column.type) found.push(requiredValue(`${path}.type`, oneOf(columnTypes)));
  else if (!columnTypes.includes(column.type))
    found.push(invalidValue(`${path}.type`, column.type, oneOf(columnTypes)));
  if (column.format && !columnFormats.includes(column.format))
    found.push(invalidValue(`${path}.format`, column.format, oneOf(columnFormats)));
  if (!column.jsonPath) found.push(requiredValue(`${path}.JSONPath`));
  else found.push(...simplePath(column.jsonPath, `${path}.JSONPath`));
  return found;
}

const maxSelectable = 8;
const selectableTypes = ["string", "boolean", "integer"];
export function validateSelectable(
  fields: readonly SelectableField[],
  schema: JsonSchema | undefined,
  path: string,
): FieldError[] {
  if (fields.length > 0 && !schema)
    return [invalidValue(path, "", "may only be set when `version.schema.openAPIV3Schema` is not included")];
  const found: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, { jsonPath }] of fields.entries()) {
    const field = `${path}[${i}].jsonPath`;
    if (!jsonPath) {
      found.push(requiredValue(field));
      continue;
    }
    const target = findField(jsonPath, schema!, { brackets: false });
    if (!target.ok) {
      found.push(invalidValue(field, jsonPath, `is an invalid path: ${target.why}`));
      continue;
    }
    if (target.steps[0] === "metadata")
      found.push(invalidValue(field, jsonPath, "must not point to fields in metadata"));
    if (!selectableTypes.includes(target.schema.type ?? ""))
      found.push(
        invalidValue(
          field,
          jsonPath,
          "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.",
        ),
      );
    if (seen.has(target.text)) found.push(duplicateValue(field, jsonPath));
    seen.add(target.text);
  }
  if (seen.size > maxSelectable) found.push(tooMany(path, seen.size, maxSelectable));
  return found;
}

/** `deprecated` versions may say in their own words that they are. */
export function validateDeprecation(deprecated: boolean, warning: string | undefined, path: string): FieldError[] {
  if (warning === undefined) return [];
  const found: string[] = [];
  if (!deprecated) return [invalidValue(path, warning, "can only be set for deprecated versions")];
  if (warning.length > 256) found.push("must be <= 256 characters long");
  if (warning === "") found.push("must not be an empty string");
  const at = warning.search(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u);
  if (at >= 0) found.push(`must only contain printable UTF-8 characters; non-printable character found at index ${at}`);
  return found.map((why) => invalidValue(path, warning, why));
}
