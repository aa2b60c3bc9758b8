// What the server says it can be asked: every operation of its OpenAPI documents, with values for parameters and bodies that
// are made from nothing but those documents.
import { isObject } from "#api/json.ts";
import type { Chance } from "./chance.ts";
import { hostileNumbers, hostileTexts, junk } from "./scalars.ts";

type Json = Readonly<Record<string, unknown>>;
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly schema: Json;
}
export interface Operation {
  readonly method: string;
  /** With names in braces. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** By media type. */
  readonly bodies: Readonly<Record<string, Json>>;
  /** Codes of answers. */
  readonly codes: readonly number[];
  readonly group: string;
  /** As x-kubernetes-action has it. */
  readonly action: string;
  readonly kind?: { readonly group: string; readonly version: string; readonly kind: string };
  /** Definitions of its document. */
  readonly schemas: Readonly<Record<string, Json>>;
}
const methods = new Set(["get", "put", "post", "patch", "delete", "options", "head"]);
const objectIn = (value: unknown, name: string): Json => (isObject(value) && isObject(value[name]) ? value[name] : {});
const parametersIn = (value: unknown): Parameter[] =>
  isObject(value) && Array.isArray(value["parameters"]) ? (value["parameters"] as Parameter[]) : [];

/** `get` gives the JSON at a path of the server. */
export async function readOperations(get: (path: string) => Promise<unknown>): Promise<Operation[]> {
  const index = objectIn(await get("/openapi/v3"), "paths");
  const found: Operation[] = [];
  for (const entry of Object.values(index)) {
    const document = await get((entry as { serverRelativeURL: string }).serverRelativeURL);
    const schemas = objectIn(objectIn(document, "components"), "schemas") as Record<string, Json>;
    for (const [path, item] of Object.entries(objectIn(document, "paths")))
      for (const [method, operation] of Object.entries(item as Json))
        if (methods.has(method)) found.push(operationOf(path, method, operation as Json, parametersIn(item), schemas));
  }
  return found;
}
function operationOf(
  path: string,
  method: string,
  operation: Json,
  common: readonly Parameter[],
  schemas: Readonly<Record<string, Json>>,
): Operation {
  const bodies = Object.entries(objectIn(objectIn(operation, "requestBody"), "content"));
  const kind = operation["x-kubernetes-group-version-kind"] as Operation["kind"];
  return {
    method: method.toUpperCase(),
    path,
    parameters: [...common, ...parametersIn(operation)],
    bodies: Object.fromEntries(bodies.map(([type, body]) => [type, objectIn(body, "schema")])),
    codes: Object.keys(objectIn(operation, "responses")).map(Number),
    group: /^\/apis\/([^/]+)\//.exec(path)?.[1] ?? "",
    action: String(operation["x-kubernetes-action"] ?? ""),
    ...(kind ? { kind } : {}),
    schemas,
  };
}

const deepest = 7;
/** A value that the schema allows, as a rule; one member in `wrongIn` is anything. */
export function valueFor(
  chance: Chance,
  schema: Json,
  schemas: Readonly<Record<string, Json>>,
  wrongIn: number,
  depth = 0,
): unknown {
  if (chance.oneIn(wrongIn)) return junk(chance);
  const inner = (of: unknown): unknown => valueFor(chance, of as Json, schemas, wrongIn, depth + 1);
  const ref = schema["$ref"];
  if (typeof ref === "string") return valueFor(chance, schemas[ref.split("/").at(-1)!] ?? {}, schemas, wrongIn, depth);
  const [one] = [schema["allOf"], schema["oneOf"], schema["anyOf"]].filter(Array.isArray) as unknown[][];
  if (one && one.length > 0) return inner(chance.pick(one));
  const values = schema["enum"];
  if (Array.isArray(values)) return chance.pick(values as unknown[]);
  if (schema["x-kubernetes-int-or-string"] === true) return chance.pick<unknown>([1, "50%", "http", -1]);
  switch (schema["type"]) {
    case "string":
      return textFor(chance, String(schema["format"] ?? ""));
    case "integer":
      return chance.oneIn(4) ? chance.pick(hostileNumbers) : chance.below(100);
    case "number":
      return chance.oneIn(4) ? chance.pick(hostileNumbers) : chance.next() * 100;
    case "boolean":
      return chance.oneIn(2);
    case "array":
      return depth > deepest ? [] : Array.from({ length: chance.pick([0, 1, 1, 2]) }, () => inner(schema["items"]));
    default:
      return objectFor(chance, schema, inner, depth);
  }
}
function objectFor(chance: Chance, schema: Json, inner: (of: unknown) => unknown, depth: number): Json {
  const out: Record<string, unknown> = {};
  const required = new Set(Array.isArray(schema["required"]) ? (schema["required"] as string[]) : []);
  const properties = Object.entries(objectIn(schema, "properties"));
  // Few members of what has many, and fewer the deeper it lies.
  const share = Math.min(0.5, 6 / properties.length) / (1 + depth / 2);
  for (const [name, property] of properties)
    if (required.has(name) ? !chance.oneIn(40) : depth < deepest && chance.next() < share) out[name] = inner(property);
  const values = schema["additionalProperties"];
  if (isObject(values) && chance.oneIn(2)) out[chance.pick(["a", "app", "example.com/a"])] = inner(values);
  return out;
}
function textFor(chance: Chance, format: string): string {
  if (chance.oneIn(6)) return chance.pick(hostileTexts);
  if (format === "date-time") return chance.pick(["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123456+01:00", "x"]);
  if (format === "byte") return chance.pick(["YQ==", "YQ", "%"]);
  return chance.oneIn(6) ? chance.pick(hostileTexts) : chance.pick(["a", "b", "default", "http", "1Gi", "10.0.0.1"]);
}
/** Of a query parameter, as text. */
export function parameterText(chance: Chance, { name, schema }: Parameter): string {
  if (chance.oneIn(4)) return chance.pick(hostileTexts);
  const known = meanings[name];
  if (known && !chance.oneIn(4)) return chance.pick(known);
  if (schema["type"] === "boolean") return chance.pick(["true", "false", "1", "0", "", "yes"]);
  if (schema["type"] === "integer")
    return chance.oneIn(2) ? String(chance.below(5)) : String(chance.pick(hostileNumbers));
  return chance.pick(["a", "default", "", "A=b"]);
}
/** What texts of these parameters may be. */
const meanings: Readonly<Record<string, readonly string[]>> = {
  labelSelector: ["app=a", "app in (a,b),!c", "a notin (", "=", ",,"],
  fieldSelector: ["metadata.name=a", "metadata.namespace!=default", "spec.x=1", "a"],
  dryRun: ["All", "None", "All,All"],
  fieldValidation: ["Strict", "Warn", "Ignore", "X"],
  fieldManager: ["m", "x".repeat(129)],
  propagationPolicy: ["Orphan", "Background", "Foreground", "X"],
  resourceVersion: ["0", "1", "", "-1", "99999999"],
  resourceVersionMatch: ["Exact", "NotOlderThan", "X"],
  limit: ["1", "0", "-1"],
  continue: ["", "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhXHUwMDAwIn0"],
};
