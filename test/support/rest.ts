// A plain HTTP/1.1 client of an API server that knows no kinds: paths and JSON in, JSON out, as a stranger's library
// would do it. What it receives is for the test to know, so bodies have no type.
import assert from "node:assert/strict";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";

/** any: what a body holds is for the test to know. */
export type Wire = any;
export interface Answer {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed text when it is JSON. */
  readonly body: Wire;
}
export interface Ask {
  /** Default: GET, or POST with a body. */
  readonly method?: string;
  /** Text goes as it is, everything else as JSON. */
  readonly body?: unknown;
  /** Of the body; default application/json. */
  readonly type?: string;
  readonly accept?: string;
  /** Instead of the client certificate. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
export interface Credentials {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}
export const patchTypes = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
} as const;
export type PatchType = keyof typeof patchTypes;

const longestWaitMs = 10_000;

export class Rest implements Disposable {
  readonly #url: string;
  readonly #agent: Agent;
  readonly #anonymous: Agent;
  readonly #watches = new Set<Watching>();

  constructor(url: string, credentials: Credentials) {
    this.#url = url;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 32, ...credentials });
    this.#anonymous = new Agent({ keepAlive: true, ca: credentials.ca });
  }
  #open(path: string, ask: Ask): Promise<IncomingMessage> {
    const { body, token, type = "application/json", accept = "application/json" } = ask;
    const payload = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const headers = {
      accept,
      ...(payload === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(payload) }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...ask.headers,
    };
    const method = ask.method ?? (payload === undefined ? "GET" : "POST");
    const agent = token === undefined ? this.#agent : this.#anonymous;
    return new Promise((resolve, reject) => {
      const sent = request(this.#url + path, { method, headers, agent }, resolve);
      sent.once("error", reject);
      sent.end(payload);
    });
  }
  /** Whatever the answer is. */
  async ask(path: string, ask: Ask = {}): Promise<Answer> {
    const response = await this.#open(path, ask);
    const content = await text(response);
    // the index of /openapi/v3 is JSON under the name of plain text
    const body: Wire = content.startsWith("{") ? JSON.parse(content) : undefined;
    return { code: response.statusCode ?? 0, headers: response.headers, text: content, body };
  }
  async #expect(path: string, ask: Ask): Promise<Wire> {
    const { code, body, text } = await this.ask(path, ask);
    assert.ok(code < 300, `${ask.method ?? "GET or POST"} ${path}: ${code} ${body?.message ?? text}`);
    return body;
  }
  get(path: string): Promise<Wire> {
    return this.#expect(path, {});
  }
  post(path: string, body: unknown): Promise<Wire> {
    return this.#expect(path, { method: "POST", body });
  }
  put(path: string, body: unknown): Promise<Wire> {
    return this.#expect(path, { method: "PUT", body });
  }
  patch(path: string, type: PatchType, body: unknown): Promise<Wire> {
    return this.#expect(path, { method: "PATCH", type: patchTypes[type], body });
  }
  delete(path: string, options?: object): Promise<Wire> {
    const body = options && { kind: "DeleteOptions", apiVersion: "v1", ...options };
    return this.#expect(path, { method: "DELETE", ...(body ? { body } : {}) });
  }
  /** The Status of a request that must fail. */
  async refusal(path: string, ask: Ask = {}): Promise<Wire> {
    const { code, body, text } = await this.ask(path, ask);
    assert.ok(code >= 400, `${path} was not refused: ${code} ${text.slice(0, 300)}`);
    assert.equal(body?.kind, "Status", text);
    assert.equal(body.code, code);
    return body;
  }
  /** Reads, changes and replaces, again as often as somebody else was faster. */
  async update(path: string, change: (object: Wire) => Wire, to: string = path): Promise<Wire> {
    for (let tries = 0; ; tries++) {
      const { code, body } = await this.ask(to, { method: "PUT", body: change(await this.get(path)) });
      if (code < 300) return body;
      assert.ok(code === 409 && tries < 10, `PUT ${to}: ${code} ${body?.message}`);
    }
  }
  /** Resolves when the server has accepted the watch. */
  async watch(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<Watching> {
    const query = new URLSearchParams({ watch: "true", ...parameters }).toString();
    const response = await this.#open(`${path}${path.includes("?") ? "&" : "?"}${query}`, {});
    if (response.statusCode !== 200) assert.fail(`watch of ${path}: ${await text(response)}`);
    const watching = new Watching(path, response);
    this.#watches.add(watching);
    return watching;
  }
  [Symbol.dispose](): void {
    for (const watching of this.#watches) watching.stop();
    this.#agent.destroy();
    this.#anonymous.destroy();
  }
}

/** A watch, and everything it has seen. */
export class Watching {
  readonly events: Wire[] = [];
  readonly #path: string;
  readonly #response: IncomingMessage;
  #read = 0;
  #hasEnded = false;
  #wake: (() => void) | undefined;

  constructor(path: string, response: IncomingMessage) {
    this.#path = path;
    this.#response = response;
    let pending = "";
    response.setEncoding("utf8");
    response.on("data", (piece: string) => {
      const lines = (pending + piece).split("\n");
      pending = lines.pop() ?? "";
      for (const line of lines) if (line) this.events.push(JSON.parse(line));
      this.#wake?.();
    });
    const end = (): void => {
      this.#hasEnded = true;
      this.#wake?.();
    };
    response.once("end", end).once("error", end).once("close", end);
  }
  get hasEnded(): boolean {
    return this.#hasEnded;
  }
  /** The next event that fits, past those that do not; waits for it in real time. */
  async next(type: string, fits: (object: Wire) => boolean = () => true): Promise<Wire> {
    const find = (): Wire => {
      while (this.#read < this.events.length) {
        const event = this.events[this.#read++];
        if (event.type === type && fits(event.object)) return event.object;
      }
    };
    return this.#until(find, type);
  }
  /** Everything it has seen, as soon as that is so many events. */
  async seen(count: number): Promise<Wire[]> {
    await this.#until(() => this.events.length >= count, `${count} events`);
    return this.events;
  }
  async #until(find: () => Wire, what: string): Promise<Wire> {
    const deadline = AbortSignal.timeout(longestWaitMs);
    for (;;) {
      const found = find();
      if (found) return found;
      const seen = this.events.map((e) => `${e.type} ${e.object.metadata?.name}`).join(", ");
      assert.ok(!this.#hasEnded && !deadline.aborted, `no ${what} came by the watch of ${this.#path}, only: ${seen}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        deadline.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }
  stop(): void {
    this.#response.destroy();
  }
}
