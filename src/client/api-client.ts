// The Client over any Transport. Types of objects and lists are filled in, because servers leave them out of items.
import { ApiError, type Status } from "#api/errors.ts";
import { apiVersionOf, type AnyKind, type Kind, type KubeObject, type ObjectKey } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import type {
  Client,
  DeleteOptions,
  ListQuery,
  ObjectList,
  Patch,
  Selectors,
  Transport,
  TransportRequest,
  WatchEvent,
  WatchQuery,
  WriteOptions,
} from "#client/client.ts";
import { collectionPath, listQueryString, objectPath, watchQueryString, writeQueryString } from "#client/paths.ts";

const patchContentTypes: Record<Patch["type"], string> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
};
type Method = TransportRequest["method"];

function deleteBody(options: DeleteOptions): object {
  const { signal: _, ...rest } = options;
  return { kind: "DeleteOptions", apiVersion: "v1", ...rest };
}

class ApiClient implements Client {
  readonly #transport: Transport;
  readonly #fieldManager: string | undefined;
  constructor(transport: Transport, fieldManager: string | undefined) {
    this.#transport = transport;
    this.#fieldManager = fieldManager;
  }
  async #send<R>(
    method: Method,
    path: string,
    extra: { body?: unknown; contentType?: string; signal?: AbortSignal | undefined } = {},
  ): Promise<R> {
    const { signal, ...rest } = extra;
    const reply = await this.#transport.send({ method, path, ...rest, ...(signal ? { signal } : {}) });
    if (reply.status >= 400) throw ApiError.fromStatus((reply.body ?? {}) as Partial<Status>, reply.status);
    return reply.body as R;
  }
  #typed<T extends KubeObject>(kind: AnyKind, object: Draft<T>): object {
    return { kind: kind.kind, apiVersion: apiVersionOf(kind), ...(object as object) };
  }
  #query(options: WriteOptions): string {
    const fieldManager = options.fieldManager ?? this.#fieldManager;
    return writeQueryString({ ...options, ...(fieldManager ? { fieldManager } : {}) });
  }
  get<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    options: { subresource?: string; signal?: AbortSignal } = {},
  ): Promise<T> {
    return this.#send("GET", objectPath(kind, key, options.subresource), { signal: options.signal });
  }
  async list<T extends KubeObject>(kind: Kind<T>, query: ListQuery = {}, signal?: AbortSignal): Promise<ObjectList<T>> {
    const path = collectionPath(kind, query.namespace) + listQueryString(query);
    const list = await this.#send<{ metadata?: ObjectList<T>["metadata"]; items?: readonly T[] | null }>("GET", path, {
      signal,
    });
    return { metadata: list.metadata ?? { resourceVersion: "" }, items: list.items ?? [] };
  }
  async *watch<T extends KubeObject>(
    kind: Kind<T>,
    query: WatchQuery,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>> {
    const path = collectionPath(kind, query.namespace) + watchQueryString(query);
    for await (const event of this.#transport.watch(path, signal)) {
      if (event.type === "ERROR") throw ApiError.fromStatus(event.object);
      yield event as WatchEvent<T>;
    }
  }
  create<T extends KubeObject>(kind: Kind<T>, object: Draft<T>, options: WriteOptions = {}): Promise<T> {
    const metadata = (object as Draft<KubeObject>).metadata;
    const path = options.subresource
      ? objectPath(kind, { name: metadata?.name ?? "", namespace: metadata?.namespace ?? "" }, options.subresource)
      : collectionPath(kind, metadata?.namespace);
    return this.#send("POST", path + this.#query(options), { body: this.#typed(kind, object), signal: options.signal });
  }
  update<T extends KubeObject>(kind: Kind<T>, object: Draft<T>, options: WriteOptions = {}): Promise<T> {
    const metadata = (object as Draft<KubeObject>).metadata;
    const key = { name: metadata?.name ?? "", namespace: metadata?.namespace ?? "" };
    const path = objectPath(kind, key, options.subresource) + this.#query(options);
    return this.#send("PUT", path, { body: this.#typed(kind, object), signal: options.signal });
  }
  patch<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, patch: Patch, options: WriteOptions = {}): Promise<T> {
    const path = objectPath(kind, key, options.subresource) + this.#query(options);
    const body = patch.type === "apply" ? this.#typed(kind, patch.patch as Draft<KubeObject>) : patch.patch;
    return this.#send("PATCH", path, { body, contentType: patchContentTypes[patch.type], signal: options.signal });
  }
  delete<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, options: DeleteOptions = {}): Promise<T | Status> {
    return this.#send("DELETE", objectPath(kind, key), { body: deleteBody(options), signal: options.signal });
  }
  async deleteCollection(kind: AnyKind, query: Selectors, options: DeleteOptions = {}): Promise<void> {
    const path = collectionPath(kind, query.namespace) + listQueryString(query);
    await this.#send("DELETE", path, { body: deleteBody(options), signal: options.signal });
  }
  post<B extends object>(
    kind: AnyKind,
    key: ObjectKey,
    subresource: string,
    body: object,
    signal?: AbortSignal,
  ): Promise<B> {
    return this.#send("POST", objectPath(kind, key, subresource), { body, signal });
  }
  raw(method: string, path: string, body?: object, signal?: AbortSignal): Promise<unknown> {
    return this.#send(method as Method, path, { body, signal });
  }
}

/** `fieldManager` names the writer in managed fields. */
export const createClient = (transport: Transport, options: { fieldManager?: string } = {}): Client =>
  new ApiClient(transport, options.fieldManager);
