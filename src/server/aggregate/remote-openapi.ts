// What another server documents of one group-version: addresses of its version 3 documents, and its part of version 2,
// out of which version 3 is made where the server has none.
import { isObject } from "#api/json.ts";
import type { GroupVersion } from "#api/kind.ts";
import type { Fetched } from "./fetch-json.ts";

export type JsonObject = Readonly<Record<string, unknown>>;
export interface OpenApiV2Part {
  readonly paths: JsonObject;
  /** As far as the paths refer to them. */
  readonly definitions: JsonObject;
}
export interface RemoteOpenApi {
  /** "apis/<group>/<version>" → address with hash; undefined: the server has no version 3. */
  readonly v3: Readonly<Record<string, string>> | undefined;
  readonly v2: OpenApiV2Part | undefined;
  /** Of the whole version 2 document. */
  readonly etag: string;
}
export type Fetch = (path: string, accept: string, etag?: string) => Promise<Fetched>;

/** Asks anew; what has not changed is what it was `before`. */
export async function fetchOpenApi(
  fetch: Fetch,
  of: GroupVersion,
  before: RemoteOpenApi | undefined,
): Promise<RemoteOpenApi> {
  const [index, whole] = [
    await fetch("/openapi/v3", "application/json"),
    await fetch("/openapi/v2", "application/json", before?.etag),
  ];
  const v3 = index.code === 200 ? addressesIn(parsed(index.body), of) : undefined;
  const isSame = whole.code === 304 || (before !== undefined && whole.etag !== "" && whole.etag === before.etag);
  const v2 = isSame ? before?.v2 : whole.code === 200 ? partOf(parsed(whole.body), of) : undefined;
  const etag = isSame ? before!.etag : whole.etag;
  if (before && isSame && JSON.stringify(before.v3) === JSON.stringify(v3)) return before;
  return { v3, v2, etag };
}
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // The other server does not know better.
  }
}
const objectIn = (value: unknown, name: string): JsonObject =>
  isObject(value) && isObject(value[name]) ? value[name] : {};

/** Of the version and of its group, from an index. */
function addressesIn(index: unknown, { group, version }: GroupVersion): Record<string, string> {
  const found: Record<string, string> = {};
  for (const path of [`apis/${group}`, `apis/${group}/${version}`]) {
    const url = objectIn(objectIn(index, "paths"), path)["serverRelativeURL"];
    if (typeof url === "string" && url.startsWith("/openapi/v3/")) found[path] = url;
  }
  return found;
}

/** The paths of one group-version, with what they need. */
export function partOf(document: unknown, { group, version }: GroupVersion): OpenApiV2Part {
  const prefix = `/apis/${group}/${version}/`;
  const paths = Object.fromEntries(
    Object.entries(objectIn(document, "paths")).filter(([path]) => path.startsWith(prefix)),
  );
  const all = objectIn(document, "definitions");
  const definitions: Record<string, unknown> = {};
  const parameters = objectIn(document, "parameters");
  const inlined = inlineParameters(paths, parameters) as JsonObject;
  const wanted = [inlined as unknown];
  for (let next = wanted.pop(); next !== undefined; next = wanted.pop())
    for (const name of referencesIn(next)) {
      if (name in definitions || all[name] === undefined) continue;
      definitions[name] = all[name];
      wanted.push(all[name]);
    }
  return { paths: inlined, definitions };
}
/** Shared parameters of several servers may have the same names, so that they are written where they are used. */
function inlineParameters(value: unknown, parameters: JsonObject): unknown {
  if (Array.isArray(value)) return value.map((item) => inlineParameters(item, parameters));
  if (!isObject(value)) return value;
  const ref = value["$ref"];
  if (typeof ref === "string" && ref.startsWith("#/parameters/")) return parameters[ref.slice(13)] ?? value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inlineParameters(inner, parameters)]));
}
const definitionPrefix = "#/definitions/";
function referencesIn(root: unknown): Set<string> {
  const names = new Set<string>();
  const rest = [root];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== "object" || value === null) continue;
    const ref = (value as JsonObject)["$ref"];
    if (typeof ref === "string" && ref.startsWith(definitionPrefix)) names.add(ref.slice(definitionPrefix.length));
    rest.push(...Object.values(value));
  }
  return names;
}
/** With other references; what has none is shared. */
export function mapReferences(value: unknown, change: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => mapReferences(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === "$ref" && typeof inner === "string" && inner.startsWith(definitionPrefix)
        ? [key, change(inner.slice(definitionPrefix.length))]
        : [key, mapReferences(inner, change)],
    ),
  );
}
