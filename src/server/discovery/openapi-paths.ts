// The paths of an OpenAPI document: one operation per verb of each resource and subresource. Old and new clients look
// up the PATCH operation of a kind to learn which query parameters the server understands.
import { apiVersionOf, type AnyKind, type Subresource } from "#api/kind.ts";
import type { Dialect, OpenApiSchema } from "#server/discovery/openapi-schema.ts";

const words = (text: string): string =>
  text.replace(/(^|[^a-zA-Z0-9])([a-zA-Z0-9])/g, (_, __, c: string) => c.toUpperCase());
const parameter = (
  dialect: Dialect,
  name: string,
  type: string,
  description: string,
  where = "query",
): OpenApiSchema => ({
  name,
  in: where,
  description,
  ...(where === "path" ? { required: true } : {}),
  ...(dialect === 3 ? { schema: { type, uniqueItems: true } } : { type, uniqueItems: true }),
});

const dryRun = ["dryRun", "string", "Set to All to check a change without storing it."] as const;
const fieldManager = ["fieldManager", "string", "Name of the writer, kept in the managed fields."] as const;
const fieldValidation = [
  "fieldValidation",
  "string",
  "What to do with unknown or repeated fields: Ignore, Warn or Strict.",
] as const;
const force = ["force", "boolean", "Take over fields that others own; for apply only."] as const;
const listing = [
  ["allowWatchBookmarks", "boolean", "Ask for bookmark events in a watch."],
  ["continue", "string", "Token of the previous page."],
  ["fieldSelector", "string", "Limit to objects whose fields match."],
  ["labelSelector", "string", "Limit to objects whose labels match."],
  ["limit", "integer", "Most objects in one page."],
  ["resourceVersion", "string", "Version to read or to watch from."],
  ["resourceVersionMatch", "string", "How resourceVersion is meant: Exact or NotOlderThan."],
  ["sendInitialEvents", "boolean", "Start a watch with the present objects."],
  ["timeoutSeconds", "integer", "How long the call may last."],
  ["watch", "boolean", "Stream changes instead of listing."],
] as const;
const deleting = [
  dryRun,
  ["gracePeriodSeconds", "integer", "Seconds the object gets to end by itself."],
  ["orphanDependents", "boolean", "Old form of propagationPolicy."],
  ["propagationPolicy", "string", "What happens to dependents: Orphan, Background or Foreground."],
] as const;
const parametersOf: Readonly<Record<string, readonly (readonly [string, string, string])[]>> = {
  get: [],
  list: listing,
  create: [dryRun, fieldManager, fieldValidation],
  update: [dryRun, fieldManager, fieldValidation],
  patch: [dryRun, fieldManager, fieldValidation, force],
  delete: deleting,
  deletecollection: [...deleting, ...listing],
};
const methodOf: Readonly<Record<string, string>> = {
  get: "get",
  list: "get",
  create: "post",
  update: "put",
  patch: "patch",
  delete: "delete",
  deletecollection: "delete",
};
const actionOf: Readonly<Record<string, string>> = {
  get: "get",
  list: "list",
  create: "post",
  update: "put",
  patch: "patch",
  delete: "delete",
  deletecollection: "deletecollection",
};
const patchTypes = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
];
const bodyTypes = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

interface Target {
  readonly kind: AnyKind;
  readonly dialect: Dialect;
  readonly reference: (name: string) => OpenApiSchema;
  /** Definition of what the operation takes and gives. */
  readonly bodyName: string | undefined;
  readonly gvk: { readonly group: string; readonly version: string; readonly kind: string };
  readonly idTail: string;
}

function operation(verb: string, target: Target): OpenApiSchema {
  const { kind, dialect, reference, bodyName } = target;
  const version = words(kind.version);
  const group = kind.group === "" ? "Core" : words(kind.group.split(".")[0]!);
  const scope = kind.scope === "Namespaced" ? "Namespaced" : "";
  const id = `${verb === "get" ? "read" : verb === "create" ? "create" : verb === "update" ? "replace" : verb}${group}${version}${scope}${target.idTail}`;
  // Custom resources know neither protobuf nor strategic merge.
  const has = (type: string): boolean => !kind.custom || !/protobuf|strategic/.test(type);
  const schema = bodyName ? reference(bodyName) : { type: "object" };
  const ok =
    dialect === 3
      ? { description: "OK", content: Object.fromEntries(bodyTypes.filter(has).map((t) => [t, { schema }])) }
      : { description: "OK", schema };
  const common = {
    description: `${verb} ${kind.kind}`,
    operationId: id,
    parameters: parametersOf[verb]!.map(([name, type, description]) => parameter(dialect, name, type, description)),
    responses: { "200": ok, "401": { description: "Unauthorized" } },
    tags: [`${group.toLowerCase()}_${kind.version}`],
    "x-kubernetes-action": actionOf[verb]!,
    "x-kubernetes-group-version-kind": target.gvk,
  };
  if (verb !== "create" && verb !== "update" && verb !== "patch")
    return { ...common, ...(dialect === 2 ? { produces: bodyTypes.filter(has) } : {}) };
  const body = verb === "patch" ? { type: "object" } : schema;
  const types = (verb === "patch" ? patchTypes : bodyTypes).filter(has);
  if (dialect === 3)
    return {
      ...common,
      requestBody: { content: Object.fromEntries(types.map((t) => [t, { schema: body }])), required: true },
    };
  return {
    ...common,
    consumes: types,
    produces: bodyTypes.filter(has),
    parameters: [{ name: "body", in: "body", required: true, schema: body }, ...common.parameters],
  };
}

export interface PathContext {
  readonly dialect: Dialect;
  readonly reference: (name: string) => OpenApiSchema;
  /** Definition name of another kind, for subresource bodies. */
  readonly definitionOf: (gvk: { group: string; version: string; kind: string }) => string | undefined;
}
function pathItem(
  verbs: readonly string[],
  target: Target,
  pathParameters: readonly string[],
): OpenApiSchema | undefined {
  if (verbs.length === 0) return undefined;
  const item: OpenApiSchema = {};
  for (const verb of verbs) item[methodOf[verb]!] = operation(verb, target);
  const described: Record<string, string> = {
    name: "Name of the object.",
    namespace: "Namespace of the object.",
    path: "Path at the target.",
  };
  item["parameters"] = pathParameters.map((p) => parameter(target.dialect, p, "string", described[p]!, "path"));
  return item;
}

/** All path items of a kind; `names` are its definitions. */
export function pathsOf(
  kind: AnyKind,
  names: { object: string; list: string },
  context: PathContext,
): Record<string, OpenApiSchema> {
  const base = kind.group ? `/apis/${apiVersionOf(kind)}` : `/api/${kind.version}`;
  const namespaced = kind.scope === "Namespaced";
  const collection = `${base}${namespaced ? "/namespaces/{namespace}" : ""}/${kind.plural}`;
  const where = namespaced ? ["namespace"] : [];
  const gvk = { group: kind.group, version: kind.version, kind: kind.kind };
  const target = (bodyName: string | undefined, idTail: string): Target => ({
    kind,
    dialect: context.dialect,
    reference: context.reference,
    bodyName,
    gvk,
    idTail,
  });
  const has = (...verbs: readonly string[]): string[] => verbs.filter((v) => kind.verbs.includes(v));
  const out: Record<string, OpenApiSchema> = {};
  const put = (path: string, item: OpenApiSchema | undefined): void => {
    if (item) out[path] = item;
  };
  const listItem = pathItem(has("list"), target(names.list, `${kind.kind}ForAllNamespaces`), []);
  if (namespaced && listItem) put(`${base}/${kind.plural}`, listItem);
  const collected = pathItem(has("create", "deletecollection"), target(names.object, kind.kind), where);
  const listed = pathItem(has("list"), target(names.list, kind.kind), where);
  put(collection, collected || listed ? { ...collected, ...listed } : undefined);
  put(
    `${collection}/{name}`,
    pathItem(has("get", "update", "patch", "delete"), target(names.object, kind.kind), [...where, "name"]),
  );
  for (const sub of kind.subresources)
    put(`${collection}/{name}/${sub.name}`, subresourceItem(kind, sub, names.object, target, context, where));
  return out;
}
function subresourceItem(
  kind: AnyKind,
  sub: Subresource,
  own: string,
  target: (bodyName: string | undefined, idTail: string) => Target,
  context: PathContext,
  where: readonly string[],
): OpenApiSchema | undefined {
  const bodyName = sub.body ? context.definitionOf(sub.body) : own;
  const gvk = sub.body ?? { group: kind.group, version: kind.version, kind: kind.kind };
  const verbs = sub.verbs.filter((v) => v in methodOf);
  return pathItem(verbs, { ...target(bodyName, `${kind.kind}${words(sub.name)}`), gvk }, [...where, "name"]);
}
