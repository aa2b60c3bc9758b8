// Columns of custom resources: what a JSONPath finds, as the column's type wants it.
import type { CustomResourceColumnDefinition } from "#api/apiextensions/definition-schema.ts";
import { findValues, valueText } from "#api/json-path.ts";
import { JsonPathError, parseJsonPath, type Steps } from "#api/json-path-parse.ts";
import type { Cell, Column, KubeObject } from "#api/kind.ts";
import { age, nameColumn } from "#api/meta/columns.ts";
import { TimeError, parseTime } from "#api/time.ts";

const ageColumn: CustomResourceColumnDefinition = {
  name: "Age",
  type: "date",
  description: "How long ago the object was created.",
  jsonPath: ".metadata.creationTimestamp",
};

/** The name, then what the definition asks for, or the age. A path that cannot be read leaves the name alone. */
export function columnsOf(given: readonly CustomResourceColumnDefinition[] | undefined): Column<KubeObject>[] {
  try {
    return [nameColumn, ...(given?.length ? given : [ageColumn]).map(columnOf)];
  } catch (error) {
    if (error instanceof JsonPathError) return [nameColumn];
    throw error;
  }
}
function columnOf(given: CustomResourceColumnDefinition): Column<KubeObject> {
  const path = parseJsonPath(given.jsonPath);
  const type = given.type as Column<KubeObject>["type"];
  return {
    name: given.name,
    type,
    // The formats of columns are those of OpenAPI and more than built-in kinds use.
    ...(given.format ? { format: given.format as "int32" } : {}),
    description: given.description ?? `Custom resource definition column (in JSONPath format): ${given.jsonPath}`,
    priority: given.priority ?? 0,
    value: (object, now) => cellOf(type, path, object, now),
  };
}

function cellOf(type: Column<KubeObject>["type"], path: Steps, object: KubeObject, now: number): Cell {
  let found: readonly unknown[];
  try {
    found = findValues(path, object, { allowMissing: true });
  } catch (error) {
    if (error instanceof JsonPathError) return null;
    throw error;
  }
  const [value] = found;
  return value === undefined ? null : (cells[type] ?? nothing)(value, now);
}
const nothing = (): Cell => null;
const cells: Readonly<Record<string, (value: unknown, now: number) => Cell>> = {
  string: valueText,
  integer: (value) => (typeof value === "number" ? Math.trunc(value) : null),
  number: (value) => (typeof value === "number" ? value : null),
  boolean: (value) => (typeof value === "boolean" ? value : null),
  date: (value, now) => (typeof value === "string" ? dateCell(value, now) : null),
};
function dateCell(text: string, now: number): Cell {
  if (text === "") return "<unknown>";
  try {
    parseTime(text);
  } catch (error) {
    if (error instanceof TimeError) return "<invalid>";
    throw error;
  }
  return age(text, now);
}

/** The texts that field selectors compare, by the name that clients use. */
export function selectableFields(
  paths: readonly { readonly jsonPath: string }[] | undefined,
): Record<string, (object: KubeObject) => string> {
  const fields: Record<string, (object: KubeObject) => string> = {};
  for (const { jsonPath } of paths ?? []) {
    const steps = parseJsonPath(jsonPath);
    fields[jsonPath.replace(/^\./, "")] = (object) => {
      const [value] = findValues(steps, object, { allowMissing: true });
      return value === undefined || value === null ? "" : valueText(value);
    };
  }
  return fields;
}
