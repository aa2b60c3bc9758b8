// Query and path parameters of the operations in OpenAPI documents. Old and new clients look up those of PATCH to learn
// what the server understands.
import {
  NodeProxyOptions,
  PodAttachOptions,
  PodExecOptions,
  PodLogOptions,
  PodPortForwardOptions,
  PodProxyOptions,
  ServiceProxyOptions,
} from "#api/core/schema/pod-options.ts";
import { DeleteOptions, ListOptions } from "#api/meta/options-schema.ts";
import { resolve, type Field, type Schema } from "#api/schema.ts";
import type { Parameter } from "#server/discovery/openapi-operations.ts";

type AnyMessage = Extract<Schema, { type: "message" }>;
const types: Readonly<Record<string, string>> = {
  string: "string",
  bool: "boolean",
  int32: "integer",
  int64: "integer",
};
function fromField(name: string, field: Field): Parameter[] {
  const schema = resolve(field.schema);
  const item = schema.type === "list" ? resolve(schema.items) : schema;
  const type = types[item.type];
  return type === undefined ? [] : [{ name, in: "query", type, description: field.description }];
}
/** Fields of an options message that can stand in a query. */
const fromOptions = (message: AnyMessage, skipped: readonly string[] = []): Parameter[] =>
  Object.entries(message.fields).flatMap(([name, field]) =>
    ["kind", "apiVersion", ...skipped].includes(name) ? [] : fromField(name, field),
  );
const query = (name: string, type: string, description: string): Parameter => ({
  name,
  in: "query",
  type,
  description,
});

const pretty = query(
  "pretty",
  "string",
  "If true, the answer is written for people; browsers and curl get that anyway.",
);
const writing = [
  query("dryRun", "string", "Set to All to check a change without storing it."),
  query("fieldManager", "string", "Name of the writer, kept in the managed fields; at most 128 characters."),
  query("fieldValidation", "string", "What to do with unknown or repeated fields: Ignore, Warn or Strict."),
];
const patching = [
  ...writing.map((p) =>
    p.name === "fieldManager"
      ? { ...p, description: "Name of the writer, kept in the managed fields; apply patches must give one." }
      : p,
  ),
  query("force", "boolean", "Take over fields that others own; for apply only."),
];
const listing = fromOptions(ListOptions as AnyMessage);
const deleting = fromOptions(DeleteOptions as AnyMessage);
const listingParts = listing.filter((p) => p.name !== "allowWatchBookmarks" && p.name !== "watch");

/** By verb. */
export const parametersOf: Readonly<Record<string, readonly Parameter[]>> = {
  get: [pretty],
  list: [...listing, pretty],
  watch: [...listing, pretty],
  create: [...writing, pretty],
  update: [...writing, pretty],
  patch: [...patching, pretty],
  delete: [...deleting, pretty],
  deletecollection: [...deleting, ...listingParts, pretty],
};
/** Of connections, by the kind of their options. */
export const connectParameters: Readonly<Record<string, readonly Parameter[]>> = {
  PodExecOptions: fromOptions(PodExecOptions as AnyMessage),
  PodAttachOptions: fromOptions(PodAttachOptions as AnyMessage),
  PodPortForwardOptions: fromOptions(PodPortForwardOptions as AnyMessage),
  PodProxyOptions: fromOptions(PodProxyOptions as AnyMessage),
  NodeProxyOptions: fromOptions(NodeProxyOptions as AnyMessage),
  ServiceProxyOptions: fromOptions(ServiceProxyOptions as AnyMessage),
};
export const logParameters: readonly Parameter[] = [...fromOptions(PodLogOptions as AnyMessage), pretty];

const inPath = (name: string, description: string): Parameter => ({ name, in: "path", type: "string", description });
export const namespaceParameter = inPath("namespace", "Namespace of the object.");
export const nameParameter = (kind: string): Parameter => inPath("name", `name of the ${kind}`);
export const pathParameter = inPath("path", "Path at the target.");
