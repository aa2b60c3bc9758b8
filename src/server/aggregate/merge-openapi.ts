// Pure: one OpenAPI document out of several servers', and version 3 out of version 2.
import { deepEqual, isObject } from "#api/json.ts";
import { mapReferences, type JsonObject, type OpenApiV2Part } from "./remote-openapi.ts";

/** What clients read, without the words. */
function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(key === "description" && typeof inner === "string"))
      .map(([key, inner]) => [key, withoutWords(inner)]),
  );
}
const rest = new Set(["x-kubernetes-group-version-kind"]);
const comparable = (definition: unknown): unknown =>
  isObject(definition)
    ? withoutWords(Object.fromEntries(Object.entries(definition).filter(([key]) => !rest.has(key))))
    : definition;

/** Paths of `own` win. A definition of a name that is taken by another one gets a number. */
export function mergeV2(own: JsonObject, parts: readonly OpenApiV2Part[]): JsonObject {
  const paths: Record<string, unknown> = { ...(own["paths"] as JsonObject) };
  const definitions: Record<string, unknown> = { ...(own["definitions"] as JsonObject) };
  /** As they came, before references were changed. */
  const taken: Record<string, unknown> = { ...definitions };
  for (const part of parts) {
    const renamed = newNames(part, taken);
    const change = (name: string): string => `#/definitions/${renamed.get(name) ?? name}`;
    for (const [name, definition] of Object.entries(part.definitions)) {
      const as = renamed.get(name) ?? name;
      taken[as] ??= definition;
      definitions[as] ??= mapReferences(definition, change);
    }
    for (const [path, item] of Object.entries(part.paths)) paths[path] ??= mapReferences(item, change);
  }
  return { ...own, paths, definitions };
}
function newNames(part: OpenApiV2Part, taken: JsonObject): Map<string, string> {
  const renamed = new Map<string, string>();
  for (const [name, definition] of Object.entries(part.definitions)) {
    const isFree = (as: string): boolean =>
      taken[as] === undefined || deepEqual(comparable(taken[as]), comparable(definition));
    let as = name;
    for (let number = 2; !isFree(as); number++) as = `${name}_v${number}`;
    if (as !== name) renamed.set(name, as);
  }
  return renamed;
}

const methods = new Set(["get", "put", "post", "delete", "options", "head", "patch"]);
/** Loses what version 3 says otherwise, as upstream's conversion does: clients look at schemas and at the operations. */
export function toV3(part: OpenApiV2Part, info: unknown): JsonObject {
  const toSchemas = (value: unknown): unknown => mapReferences(value, (name) => `#/components/schemas/${name}`);
  const paths = Object.entries(part.paths).map(([path, item]) => [path, pathItem(toSchemas(item) as JsonObject)]);
  return {
    openapi: "3.0.0",
    info,
    paths: Object.fromEntries(paths),
    components: { schemas: toSchemas(part.definitions) },
  };
}
const listIn = (value: JsonObject, name: string): JsonObject[] =>
  Array.isArray(value[name]) ? value[name].filter(isObject) : [];

function pathItem(item: JsonObject): JsonObject {
  const entries = Object.entries(item).map(([key, value]) => {
    if (key === "parameters") return [key, listIn(item, key).map(parameter)];
    return [key, methods.has(key) && isObject(value) ? operation(value) : value];
  });
  return Object.fromEntries(entries) as JsonObject;
}
function operation({ consumes, produces, schemes: _, ...operation }: JsonObject): JsonObject {
  const types = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : ["*/*"]);
  const content = (of: unknown, schema: unknown): JsonObject =>
    Object.fromEntries(types(of).map((type) => [type, { schema }]));
  const parameters = listIn(operation, "parameters");
  const body = parameters.find((p) => p["in"] === "body");
  const responses = isObject(operation["responses"]) ? operation["responses"] : {};
  return {
    ...operation,
    parameters: parameters.filter((p) => p !== body).map(parameter),
    ...(body
      ? { requestBody: { content: content(consumes, body["schema"]), required: body["required"] === true } }
      : {}),
    responses: Object.fromEntries(
      Object.entries(responses).map(([code, response]) => {
        const { schema, ...others } = isObject(response) ? response : {};
        return [code, schema === undefined ? others : { ...others, content: content(produces, schema) }];
      }),
    ),
  };
}
function parameter({ type, format, items, uniqueItems, ...rest }: JsonObject): JsonObject {
  const schema = Object.fromEntries(
    Object.entries({ type, format, items, uniqueItems }).filter(([, value]) => value !== undefined),
  );
  return { ...rest, schema };
}
