// The typed client: how every component sees the cluster. It speaks to a Transport, which is HTTPS between processes
// and the server's own request handler inside the server process and in tests.
import type { AnyKind, Kind, KubeObject, ObjectKey } from "#api/kind.ts";
import type { Status } from "#api/errors.ts";
import type { Given } from "#api/schema.ts";

export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}
export interface ObjectList<T> {
  readonly metadata: ListMeta;
  readonly items: readonly T[];
}
export type WatchEvent<T> =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: T }
  | { readonly type: "BOOKMARK"; readonly object: KubeObject }
  | { readonly type: "ERROR"; readonly object: Status };

export interface Selectors {
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}
export interface ListQuery extends Selectors {
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: "Exact" | "NotOlderThan";
}
export interface WatchQuery extends Selectors {
  readonly resourceVersion?: string;
  readonly allowWatchBookmarks?: boolean;
  /** Starts with the present objects, then a bookmark that marks their end. */
  readonly sendInitialEvents?: boolean;
  readonly timeoutSeconds?: number;
}
export interface WriteOptions {
  readonly subresource?: string;
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground";
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly signal?: AbortSignal;
}
export type Patch =
  | { readonly type: "json"; readonly patch: readonly unknown[] }
  | { readonly type: "merge" | "strategic" | "apply"; readonly patch: object };

/** Every method throws ApiError. Objects come back frozen and may be shared: copy before a change. */
export interface Client {
  get<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    options?: { subresource?: string; signal?: AbortSignal },
  ): Promise<T>;
  list<T extends KubeObject>(kind: Kind<T>, query?: ListQuery, signal?: AbortSignal): Promise<ObjectList<T>>;
  /** Ends when the server closes the stream or `signal` is aborted; an ERROR event is thrown as ApiError. */
  watch<T extends KubeObject>(kind: Kind<T>, query: WatchQuery, signal: AbortSignal): AsyncIterable<WatchEvent<T>>;
  create<T extends KubeObject>(kind: Kind<T>, object: Given<T>, options?: WriteOptions): Promise<T>;
  update<T extends KubeObject>(kind: Kind<T>, object: Given<T>, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, patch: Patch, options?: WriteOptions): Promise<T>;
  /** The object when it lingers (grace, finalizers), else a Status. */
  delete<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, options?: DeleteOptions): Promise<T | Status>;
  deleteCollection(kind: AnyKind, query: Selectors, options?: DeleteOptions): Promise<void>;
  /** POST to a subresource (binding, eviction, token …); the answer is the body. */
  post<B extends object>(
    kind: AnyKind,
    key: ObjectKey,
    subresource: string,
    body: object,
    signal?: AbortSignal,
  ): Promise<B>;
  /** A plain request outside the kinds (discovery, /version). */
  raw(method: string, path: string, body?: object, signal?: AbortSignal): Promise<unknown>;
}

export interface TransportRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute path with an encoded query, for example /api/v1/pods?limit=5. */
  readonly path: string;
  /** A JSON value. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}
export interface TransportResponse {
  readonly status: number;
  /** A parsed JSON value, frozen when it is shared. */
  readonly body: unknown;
}
export interface Transport {
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Throws ApiError when the watch is refused. */
  watch(path: string, signal: AbortSignal): AsyncIterable<WatchEvent<KubeObject>>;
}
