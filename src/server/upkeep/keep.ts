// Makes bootstrap objects, through the server's own handler like everybody else, and makes them again when they go.
import { ApiError, type Status } from "#api/errors.ts";
import { keyText, type AnyKind, type KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import { uuid } from "#base/random.ts";
import type { ApiContext } from "#server/api-context.ts";
import type { Call, Handler, Reply, UserInfo } from "#server/pipeline.ts";
import type { BootstrapObject } from "./bootstrap.ts";

export const serverUser: UserInfo = {
  name: "system:apiserver",
  groups: ["system:masters", "system:authenticated"],
};

const pathOf = (kind: AnyKind, namespace: string): string =>
  `${kind.group ? `/apis/${kind.group}` : "/api"}/${kind.version}${namespace ? `/namespaces/${namespace}` : ""}/${kind.plural}`;

export class Keeper {
  readonly #context: ApiContext;
  readonly #handler: Handler<Call>;
  readonly #signal: AbortSignal;

  constructor(context: ApiContext, handler: Handler<Call>, signal: AbortSignal) {
    this.#context = context;
    this.#handler = handler;
    this.#signal = signal;
  }
  /** False when some could not be made, which is logged: the server is of more use with that object missing. */
  async ensureAll(objects: readonly BootstrapObject[]): Promise<boolean> {
    const results = await Promise.all(objects.map((wanted) => this.#tryEnsure(wanted)));
    return results.every((isMade) => isMade);
  }
  async #tryEnsure(wanted: BootstrapObject): Promise<boolean> {
    try {
      await this.ensure(wanted);
      return true;
    } catch (error) {
      if (this.#signal.aborted) throw error;
      const { kind, object } = wanted;
      const { name, namespace } = object.metadata ?? {};
      this.#context.log.error("a bootstrap object could not be made", { error, kind: kind.kind, name, namespace });
      return false;
    }
  }
  /** Creates what is missing, and brings what is kept into line. */
  async ensure({ kind, object, isKept }: BootstrapObject): Promise<void> {
    const served = this.#context.registry.find(kind.group, kind.version, kind.plural);
    if (!served) return;
    const namespace = object.metadata?.namespace ?? "";
    const key = keyText({ namespace, name: object.metadata!.name! });
    const stored = served.cache.get(key);
    if (!stored) await this.#write("POST", pathOf(kind, namespace), object);
    else if (isKept) {
      const patch = { ...object, metadata: { labels: object.metadata?.labels } };
      await this.#write("PATCH", `${pathOf(kind, namespace)}/${object.metadata!.name!}`, patch);
    }
  }
  /** Until `signal` is aborted, objects that are deleted are made again. */
  watch(objects: readonly BootstrapObject[]): Disposable {
    const stack = new DisposableStack();
    for (const wanted of objects) {
      const { kind, object } = wanted;
      const key = keyText({ namespace: object.metadata?.namespace ?? "", name: object.metadata!.name! });
      const cache = this.#context.storage.cache(kind.group, kind.plural);
      const listener = cache.onEvent((event) => {
        if (event.stored.key === key && event.type === "DELETED" && !this.#signal.aborted)
          this.#tryEnsure(wanted).catch(() => undefined); // The server is stopping.
      });
      stack.use(listener);
    }
    return stack;
  }
  async #write(method: "POST" | "PATCH", path: string, body: Draft<KubeObject> | object): Promise<void> {
    const reply = await this.#handler({
      method,
      path,
      rawPath: path,
      query: new URLSearchParams(),
      headers: {
        "user-agent": "timonier-apiserver",
        "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
      },
      body: () => Promise.resolve(new Uint8Array()),
      parsedBody: body,
      signal: this.#signal,
      peer: { address: "in-process", trustedUser: serverUser },
      id: uuid(this.#context.random),
      receivedAt: this.#context.clock.now(),
      warnings: [],
    });
    const failure = failureOf(reply);
    // Another server of the same store may have been faster.
    if (failure && failure.reason !== "AlreadyExists") throw failure;
  }
}

function failureOf(reply: Reply): ApiError | undefined {
  if (reply.type !== "object" || reply.code < 400) return undefined;
  return ApiError.fromStatus(reply.object as Status, reply.code);
}
