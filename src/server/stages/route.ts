// Path and method → what is asked. Paths that are not of a resource are asked about by their path and method.
import { ApiError } from "#api/errors.ts";
import { exactFieldValue, parseFieldSelector } from "#api/selectors.ts";
import type { Call, Handler, RequestInfo, Routed, Stage } from "#server/pipeline.ts";

const verbs: Readonly<Record<string, string>> = {
  POST: "create",
  GET: "get",
  HEAD: "get",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};
const namespaceSubresources = new Set(["status", "finalize"]);

const nonResource = (method: string): RequestInfo => ({
  verb: method.toLowerCase(),
  isResource: false,
  group: "",
  version: "",
  resource: "",
  subresource: "",
  namespace: "",
  name: "",
  rest: "",
});

/** A boolean query parameter: present and empty means true. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== "0" && value.toLowerCase() !== "false";
}

function groupAndRest(
  parts: readonly string[],
): { group: string; version: string; rest: readonly string[] } | undefined {
  if (parts[0] === "api" && parts.length >= 3) return { group: "", version: parts[1]!, rest: parts.slice(2) };
  if (parts[0] === "apis" && parts.length >= 4) return { group: parts[1]!, version: parts[2]!, rest: parts.slice(3) };
  return undefined;
}

/** The name in a field selector that asks for exactly one object; a selector that is none asks for nothing. */
function selectedName(selector: string | null): string {
  if (!selector) return "";
  try {
    const name = exactFieldValue(parseFieldSelector(selector), "metadata.name") ?? "";
    return badPathSegment(name) ? "" : name;
  } catch (error) {
    if (error instanceof ApiError) return "";
    throw error;
  }
}

/** What is wrong with a name as one segment of a path. */
export function badPathSegment(name: string): string | undefined {
  if (name === "." || name === "..") return `may not be '${name}'`;
  const found = ["/", "%"].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
  return found.length > 0 ? found.join(";") : undefined;
}

/** Of the same request it is asked several times in a row. */
export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  if (last.query !== query || last.path !== path || last.method !== method)
    last = { method, path, query, info: readInfo(method, path, query) };
  return last.info;
}
let last: {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams | undefined;
  readonly info: RequestInfo;
} = { method: "", path: "", query: undefined, info: nonResource("") };

function readInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  // Upstream: a doubled slash inside is an empty part.
  const parts = path.replace(/^\/+|\/+$/g, "").split("/");
  const head = groupAndRest(parts);
  if (!head) return nonResource(method);
  let rest = head.rest;
  let verb = verbs[method] ?? "";
  // Old paths that begin with a verb; nothing answers at those of proxies, but their refusals speak of that verb.
  const isByPrefix = (rest[0] === "watch" || rest[0] === "proxy") && rest.length > 1;
  if (isByPrefix) {
    verb = rest[0]!;
    rest = rest.slice(1);
  }
  let namespace = "";
  if (rest[0] === "namespaces" && rest.length > 1) {
    namespace = rest[1]!;
    if (rest.length > 2 && !namespaceSubresources.has(rest[2]!)) rest = rest.slice(2);
  }
  const [resource = "", name = "", ...below] = rest;
  const [subresource = "", ...more] = verb === "proxy" ? [] : below;
  const isCollection = name === "";
  if (isCollection && verb === "get") verb = flag(query, "watch") ? "watch" : "list";
  if (isCollection && verb === "delete") verb = "deletecollection";
  const field = query.get("fieldSelector");
  const label = query.get("labelSelector");
  const selects = !isByPrefix && ["list", "watch", "deletecollection"].includes(verb);
  const asked = isCollection && (verb === "list" || verb === "watch") ? selectedName(field) : name;
  return {
    verb,
    isResource: true,
    group: head.group,
    version: head.version,
    resource,
    subresource,
    namespace,
    name: asked,
    ...(selects && field ? { fieldSelector: field } : {}),
    ...(selects && label ? { labelSelector: label } : {}),
    rest:
      more.length > 0 || path.endsWith("/") ? `${more.join("/")}${path.endsWith("/") && more.length ? "/" : ""}` : "",
  };
}

export const route: Stage<Call, Routed> = (next: Handler<Routed>) => (call) =>
  next({ ...call, info: requestInfo(call.method, call.path, call.query) });
