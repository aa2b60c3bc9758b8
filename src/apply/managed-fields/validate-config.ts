// Checks an applied configuration against its schema before anything is merged: unknown fields, types, and items of lists
// that cannot be told apart. The texts are upstream's, which clients show as they are.
import { badRequest } from "#api/errors.ts";
import { isObject } from "#api/json.ts";
import type { Resolved } from "#api/schema.ts";
import { goText } from "../merge-list.ts";
import { elementText } from "./path-element.ts";
import { itemElement, itemSchema, memberSchema } from "./typed.ts";

const goType = (value: unknown): string => {
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "boolean") return "bool";
  return typeof value === "object" ? "map[string]interface {}" : typeof value;
};
const goSyntax = (value: unknown): string =>
  isObject(value) || Array.isArray(value) ? `${goType(value)}{…}` : JSON.stringify(value);

/**
 * Throws a BadRequest that names `object`, as "namespace/name; group/version, Kind=kind". The code is not upstream's, which
 * answers 500 here, for the fault is the client's.
 */
export function validateConfig(schema: Resolved, config: unknown, object: string): void {
  const found: string[] = [];
  check(schema, config, "", found);
  if (found.length === 0) return;
  const list = found.length === 1 ? found[0]! : ["errors:", ...found.map((text) => `  ${text}`)].join("\n");
  throw badRequest(`failed to create typed patch object (${object}): ${list}`);
}

function check(schema: Resolved, value: unknown, path: string, found: string[]): void {
  if (value === null) return;
  const report = (why: string): void => void found.push(path ? `${path}: ${why}` : why);
  switch (schema.type) {
    case "message":
    case "map":
      if (schema.type === "message" && schema.jsonForm !== undefined) return;
      if (isObject(value)) checkMembers(schema, value, path, found);
      else report(`expected map, got &{${goText(value)}}`);
      return;
    case "list":
      if (Array.isArray(value)) checkItems(schema, value, path, found, report);
      else report(`expected list, got &{${goText(value)}}`);
      return;
    default:
      checkScalar(schema, value, report);
  }
}
function checkMembers(schema: Resolved, value: Record<string, unknown>, path: string, found: string[]): void {
  for (const name in value) {
    const inner = memberSchema(schema, name);
    if (inner) check(inner, value[name], `${path}.${name}`, found);
    else found.push(`${path}.${name}: field not declared in schema`);
  }
}
function checkItems(
  schema: Resolved,
  value: readonly unknown[],
  path: string,
  found: string[],
  report: (why: string) => void,
): void {
  const associative = schema.type === "list" && (schema.listType === "set" || schema.listType === "map");
  const seen = new Set<string>();
  for (const [i, item] of value.entries()) {
    let text = `[${i}]`;
    if (associative) {
      const id = itemElement(schema, item);
      if (!("element" in id)) return report(`element ${i}: ${id.why}`);
      text = elementText(id.element);
      if (seen.has(id.element)) report(`duplicate entries for key ${text}`);
      seen.add(id.element);
    }
    check(itemSchema(schema), item, path + text, found);
  }
}
function checkScalar(schema: Resolved, value: unknown, report: (why: string) => void): void {
  const isScalar = typeof value !== "object";
  switch (schema.type) {
    case "string":
    case "bytes":
      if (typeof value !== "string") report(`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`);
      return;
    case "bool":
      if (typeof value !== "boolean") report(`expected boolean, got &{${goText(value)}}`);
      return;
    case "int32":
    case "int64":
    case "float64":
      if (typeof value !== "number") report(`expected numeric (int or float), got ${goType(value)}`);
      return;
    case "quantity":
    case "time":
    case "microTime":
    case "duration":
    case "intOrString":
      if (!isScalar) report(`expected any scalar, got &{${goText(value)}}`);
      return;
    default:
  }
}
