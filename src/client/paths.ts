// Where objects live: the URL paths of the API, and the query strings of its verbs.
import type { AnyKind, ObjectKey } from "#api/kind.ts";
import type { ListQuery, WatchQuery, WriteOptions } from "#client/client.ts";

/** "/api/v1" or "/apis/<group>/<version>". */
const root = (kind: AnyKind): string => (kind.group ? `/apis/${kind.group}/${kind.version}` : `/api/${kind.version}`);

export function collectionPath(kind: AnyKind, namespace?: string): string {
  const scope = namespace && kind.scope === "Namespaced" ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root(kind)}${scope}/${kind.plural}`;
}
export function objectPath(kind: AnyKind, key: ObjectKey, subresource?: string): string {
  const tail = subresource ? `/${subresource}` : "";
  return `${collectionPath(kind, key.namespace)}/${encodeURIComponent(key.name)}${tail}`;
}

/** "?a=b&c=d" of the values that are there, or "". */
export function queryString(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== "") query.set(name, String(value));
  const text = query.toString();
  return text ? `?${text}` : "";
}
export const listQueryString = (query: ListQuery): string =>
  queryString({
    labelSelector: query.labelSelector,
    fieldSelector: query.fieldSelector,
    limit: query.limit,
    continue: query.continue,
    resourceVersion: query.resourceVersion,
    resourceVersionMatch: query.resourceVersionMatch,
  });
export const watchQueryString = (query: WatchQuery): string =>
  queryString({
    watch: true,
    labelSelector: query.labelSelector,
    fieldSelector: query.fieldSelector,
    resourceVersion: query.resourceVersion,
    allowWatchBookmarks: query.allowWatchBookmarks,
    timeoutSeconds: query.timeoutSeconds,
    ...(query.sendInitialEvents ? { sendInitialEvents: true, resourceVersionMatch: "NotOlderThan" } : {}),
  });
export const writeQueryString = (options: WriteOptions): string =>
  queryString({
    dryRun: options.dryRun ? "All" : undefined,
    fieldManager: options.fieldManager,
    force: options.force,
  });
