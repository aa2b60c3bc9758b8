// An API server for tests: memory store, virtual time, everybody may do everything unless the test says otherwise.
import { kinds } from "#api/kinds.ts";
import type { AnyKind } from "#api/kind.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { silentLog, type Log } from "#base/log.ts";
import { seededRandom, uuid } from "#base/random.ts";
import { createMemoryStore } from "#store/memory.ts";
import type { Store } from "#store/store.ts";
import { createApiServer, type ApiServer, type ApiServerOptions } from "./api-server.ts";
import type { Reply, UserInfo, WatchFrame } from "./pipeline.ts";

export const admin: UserInfo = { name: "admin", groups: ["system:masters", "system:authenticated"] };

export interface Asked {
  readonly user?: UserInfo;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}
// any: what a JSON answer holds is for the test to know
// eslint-disable-next-line
export type Json = any;
export interface Answer {
  readonly code: number;
  readonly body: Json;
  readonly warnings: readonly string[];
  readonly reply: Reply;
}

export class TestServer implements AsyncDisposable {
  readonly server: ApiServer;
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly #stop = new AbortController();
  readonly #random = seededRandom(7);
  #running: Promise<void> | undefined;

  constructor(
    options: Partial<ApiServerOptions> & { readonly extraKinds?: readonly AnyKind[]; readonly log?: Log } = {},
  ) {
    const { extraKinds = [], ...rest } = options;
    this.clock = new VirtualClock();
    this.store = options.store ?? createMemoryStore();
    this.server = createApiServer({
      kinds: [...kinds, ...extraKinds],
      clock: this.clock,
      random: seededRandom(1),
      log: silentLog,
      authenticator: { authenticate: (call) => Promise.resolve(call.peer.trustedUser) },
      authorizer: () => ({ authorize: () => ({ allowed: true }) }),
      admission: () => [],
      ...rest,
      store: this.store,
    });
  }
  async start(): Promise<this> {
    this.#running = this.server.run(this.#stop.signal);
    await this.server.ready;
    return this;
  }
  async ask(method: string, url: string, body?: unknown, asked: Asked = {}): Promise<Answer> {
    const mark = url.indexOf("?");
    const rawPath = mark < 0 ? url : url.slice(0, mark);
    const warnings: string[] = [];
    const reply = await this.server.handler({
      method,
      path: decodeURIComponent(rawPath),
      rawPath,
      query: new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1)),
      headers: {
        "user-agent": "test/1",
        ...(asked.contentType ? { "content-type": asked.contentType } : {}),
        ...asked.headers,
      },
      // Text stands for a body as it comes over the wire.
      body: () => Promise.resolve(Buffer.from(typeof body === "string" ? body : "")),
      ...(body === undefined || typeof body === "string" ? {} : { parsedBody: body }),
      signal: asked.signal ?? new AbortController().signal,
      peer: { address: "test", trustedUser: asked.user ?? admin },
      id: uuid(this.#random),
      receivedAt: this.clock.now(),
      warnings,
    });
    if (reply.type === "list") {
      const { kind, apiVersion, metadata } = reply;
      const items = reply.items.map((item) => item.object);
      return { code: 200, body: { kind, apiVersion, metadata, items }, warnings, reply };
    }
    if (reply.type === "object") return { code: reply.code, body: reply.object, warnings, reply };
    return {
      code: reply.type === "raw" ? reply.code : 200,
      body: reply.type === "raw" ? reply.body : undefined,
      warnings,
      reply,
    };
  }
  /** Asks and expects it to work. */
  async get(url: string): Promise<Json> {
    return must(await this.ask("GET", url));
  }
  async create(url: string, body: object, asked?: Asked): Promise<Json> {
    return must(await this.ask("POST", url, body, asked));
  }
  async put(url: string, body: object, asked?: Asked): Promise<Json> {
    return must(await this.ask("PUT", url, body, asked));
  }
  async merge(url: string, body: object): Promise<Json> {
    return must(await this.ask("PATCH", url, body, { contentType: "application/merge-patch+json" }));
  }
  async delete(url: string, body?: object): Promise<Json> {
    return must(await this.ask("DELETE", url, body));
  }
  /** The events of a watch, one by one. */
  async watch(url: string): Promise<TestWatch> {
    const controller = new AbortController();
    const { reply, body } = await this.ask("GET", url, undefined, { signal: controller.signal });
    if (reply.type !== "watch") throw new Error(`${url} is not a watch: ${JSON.stringify(body)}`);
    return new TestWatch(reply.frames, controller);
  }
  /** Runs timers up to `ms` from now. */
  async advance(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    while (this.clock.runNext(until)) await settle();
    this.clock.moveTo(until);
    await settle();
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

export class TestWatch implements Disposable {
  readonly #frames: AsyncIterator<readonly WatchFrame[]>;
  readonly #controller: AbortController;
  #waiting: WatchFrame[] = [];
  constructor(frames: AsyncIterable<readonly WatchFrame[]>, controller: AbortController) {
    this.#frames = frames[Symbol.asyncIterator]();
    this.#controller = controller;
  }
  /** The next event; undefined at the end of the watch. */
  async next(): Promise<{ type: string; object: Json } | undefined> {
    while (this.#waiting.length === 0) {
      const { value, done } = await this.#frames.next();
      if (done) return undefined;
      this.#waiting = [...value];
    }
    const frame = this.#waiting.shift()!;
    return { type: frame.type, object: frame.encoded.object };
  }
  /** "ADDED name" of the next `count` events. */
  async names(count: number): Promise<string[]> {
    const names: string[] = [];
    for (let i = 0; i < count; i++) {
      const event = await this.next();
      names.push(event ? `${event.type} ${event.object.metadata?.name ?? ""}`.trim() : "END");
    }
    return names;
  }
  [Symbol.dispose](): void {
    this.#controller.abort();
  }
}

/** Lets what is ready to run, run. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function must({ code, body }: Answer): Json {
  if (code >= 400) throw new Error(`${code}: ${JSON.stringify(body)}`);
  return body;
}
export const testServer = (options?: ConstructorParameters<typeof TestServer>[0]): Promise<TestServer> =>
  new TestServer(options).start();
