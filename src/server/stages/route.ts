// Path and method → what is asked. Paths that are not of a resource are asked about by their path and method.
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

/** The name in a field selector that asks for exactly one object. */
function selectedName(selector: string | null): string {
  const terms = (selector ?? "").split(",").map((term) => /^metadata\.name==?([^=!]+)$/.exec(term)?.[1]);
  return terms.find((name) => name !== undefined) ?? "";
}

export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const parts = path.split("/").filter((part) => part !== "");
  const head = groupAndRest(parts);
  if (!head) return nonResource(method);
  let rest = head.rest;
  let verb = verbs[method] ?? "";
  const isWatchPath = rest[0] === "watch" && rest.length > 1;
  if (isWatchPath) {
    rest = rest.slice(1);
    verb = "watch";
  }
  let namespace = "";
  if (rest[0] === "namespaces" && rest.length > 1) {
    namespace = rest[1]!;
    if (rest.length > 2 && !namespaceSubresources.has(rest[2]!)) rest = rest.slice(2);
  }
  const [resource = "", name = "", subresource = "", ...more] = rest;
  const isCollection = name === "";
  if (isCollection && verb === "get") verb = flag(query, "watch") ? "watch" : "list";
  if (isCollection && verb === "delete") verb = "deletecollection";
  const asked = isCollection && (verb === "list" || verb === "watch") ? selectedName(query.get("fieldSelector")) : name;
  return {
    verb,
    isResource: true,
    group: head.group,
    version: head.version,
    resource,
    subresource,
    namespace,
    name: asked,
    rest:
      more.length > 0 || path.endsWith("/") ? `${more.join("/")}${path.endsWith("/") && more.length ? "/" : ""}` : "",
  };
}

export const route: Stage<Call, Routed> = (next: Handler<Routed>) => (call) =>
  next({ ...call, info: requestInfo(call.method, call.path, call.query) });
