// Requests of the fuzzer over real connections, and their answers in the form that the oracle judges.
import { once } from "node:events";
import { request as httpsRequest, Agent } from "node:https";
import { connect, type ClientHttp2Session } from "node:http2";
import type { Readable } from "node:stream";
import type { ServerProcess } from "../support/server-process.ts";
import { usedCpuMs } from "./cpu.ts";
import type { FuzzAnswer } from "./fuzz-server.ts";
import type { FuzzRequest } from "./request.ts";

/** Streams are left after this long. */
const stayMs = 30;
/** And everything else after this. */
const patienceMs = 10_000;

export class Wire implements Disposable {
  readonly #server: ServerProcess;
  readonly #agent: Agent;
  #session: ClientHttp2Session;

  constructor(server: ServerProcess) {
    this.#server = server;
    this.#agent = new Agent({ keepAlive: true, ...server.keys });
    this.#session = this.#connect();
  }
  #connect(): ClientHttp2Session {
    const session = connect(`https://127.0.0.1:${this.#server.port}`, this.#server.keys);
    session.on("error", () => undefined);
    return session;
  }
  /** Undefined: the client's own library does not send this. */
  async ask(request: FuzzRequest, protocol: "HTTP/1.1" | "HTTP/2"): Promise<FuzzAnswer | undefined> {
    const used = usedCpuMs(this.#server.pid);
    const answer = await (protocol === "HTTP/2" ? this.#askH2(request) : this.#askH1(request));
    return answer && { ...answer, errors: [], tookMs: answer.isCut ? 0 : usedCpuMs(this.#server.pid) - used };
  }
  async #askH2({
    method,
    url,
    headers,
    body,
  }: FuzzRequest): Promise<Omit<FuzzAnswer, "errors" | "tookMs"> | undefined> {
    // HTTP/2 has no such path, except for OPTIONS.
    if (!url.startsWith("/")) return undefined;
    if (this.#session.closed || this.#session.destroyed) this.#session = this.#connect();
    const { connection: _, ...rest } = headers;
    let stream;
    try {
      stream = this.#session.request({ ":method": method, ":path": url, ...rest }, { endStream: body === undefined });
    } catch {
      return undefined; // a header or a method that cannot be sent
    }
    const failure = once(stream, "error").then(([error]) => error as Error);
    if (body) stream.end(body);
    const first = await Promise.race([once(stream, "response"), failure, once(stream, "close")]);
    if (first instanceof Error || first.length === 0) throw first instanceof Error ? first : new Error("no answer");
    const { ":status": code, ...given } = first[0] as Record<string, unknown>;
    return { code: Number(code), headers: given, ...(await gathered(stream, given, () => stream.close())) };
  }
  async #askH1({
    method,
    url,
    headers,
    body,
  }: FuzzRequest): Promise<Omit<FuzzAnswer, "errors" | "tookMs"> | undefined> {
    let outgoing;
    try {
      const { port } = this.#server;
      const all = body ? { ...headers, "content-length": body.length } : headers;
      outgoing = httpsRequest({ host: "127.0.0.1", port, method, path: url, headers: all, agent: this.#agent });
    } catch {
      return undefined; // a path or a header that cannot be sent
    }
    outgoing.end(body);
    const [response] = (await once(outgoing, "response")) as [
      Readable & { statusCode: number; headers: Record<string, unknown> },
    ];
    const rest = await gathered(response, response.headers, () => outgoing.destroy());
    return { code: response.statusCode, headers: response.headers, ...rest };
  }
  [Symbol.dispose](): void {
    this.#session.destroy();
    this.#agent.destroy();
  }
}

/** The whole body, or what has come of a stream when we leave. */
async function gathered(
  input: Readable,
  headers: Readonly<Record<string, unknown>>,
  leave: () => void,
): Promise<{ body: Buffer; isCut: boolean }> {
  const chunks: Buffer[] = [];
  let isCut = false;
  input.on("data", (chunk: Buffer) => chunks.push(chunk));
  input.on("error", () => (isCut = true));
  const isStream = headers["content-length"] === undefined && headers["content-encoding"] === undefined;
  const timer = setTimeout(
    () => {
      isCut = true;
      leave();
    },
    isStream ? stayMs : patienceMs,
  );
  if (!input.closed) await once(input, "close").catch(() => undefined);
  clearTimeout(timer);
  return { body: Buffer.concat(chunks), isCut };
}
