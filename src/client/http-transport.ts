// HTTPS to an API server: one HTTP/2 connection for everything, opened at first use and again after it breaks. A ping
// after a quiet spell finds a dead peer, so that watches do not hang on a connection that nobody serves.
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import { ApiError, type Status } from "#api/errors.ts";
import type { KubeObject } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import { traceHeaders } from "#base/tracing/traceparent.ts";
import type { Transport, TransportRequest, TransportResponse, WatchEvent } from "#client/client.ts";

export interface ServerAddress {
  /** https://host:port */
  readonly server: string;
  /** PEM; absent: the system's roots. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Bearer token; a function is asked for every request. */
  readonly token?: string | (() => string);
  readonly userAgent: string;
}
const quietMs = 30_000;
const pingAnswerMs = 15_000;
const maxBodyBytes = 256 << 20;

class HttpTransport implements Transport {
  readonly #address: ServerAddress;
  readonly #clock: Clock;
  #session: ClientHttp2Session | undefined;

  constructor(address: ServerAddress, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
  }
  #connected(): ClientHttp2Session {
    const current = this.#session;
    if (current && !current.closed && !current.destroyed) return current;
    const { server, ca, cert, key } = this.#address;
    const session = connect(server, {
      ...(ca ? { ca } : {}),
      ...(cert && key ? { cert, key } : {}),
      settings: { enablePush: false, initialWindowSize: 1 << 20 },
    });
    // Errors reach the requests of the session one by one; without a listener they would end the process.
    session.on("error", () => session.destroy());
    session.on("goaway", () => session.close());
    this.#keepAlive(session);
    session.unref();
    this.#session = session;
    return session;
  }
  #keepAlive(session: ClientHttp2Session): void {
    session.setTimeout(quietMs, () => {
      if (session.destroyed || session.closed) return;
      const dead = this.#clock.after(pingAnswerMs, () => session.destroy(new Error("the API server does not answer")));
      session.ping((error) => {
        dead.stop();
        if (error) session.destroy();
        else this.#keepAlive(session);
      });
    });
  }
  #open(request: Omit<TransportRequest, "body"> & { body?: Uint8Array | undefined }): {
    stream: ClientHttp2Stream;
    status: Promise<number>;
  } {
    const { token, userAgent } = this.#address;
    const session = this.#connected();
    const stream = session.request(
      {
        [constants.HTTP2_HEADER_METHOD]: request.method,
        [constants.HTTP2_HEADER_PATH]: request.path,
        "user-agent": userAgent,
        accept: "application/json",
        ...traceHeaders(),
        ...(token ? { authorization: `Bearer ${typeof token === "function" ? token() : token}` } : {}),
        ...(request.body ? { "content-type": request.contentType ?? "application/json" } : {}),
      },
      { endStream: request.body === undefined, ...(request.signal ? { signal: request.signal } : {}) },
    );
    session.ref();
    stream.once("close", () => {
      if (!session.destroyed) session.unref();
    });
    if (request.body) stream.end(request.body);
    const status = new Promise<number>((resolve, reject) => {
      stream.once("response", (headers) => resolve(Number(headers[":status"])));
      stream.once("error", (error) => reject(unavailable(this.#address.server, error, request.signal)));
      stream.once("close", () =>
        reject(unavailable(this.#address.server, new Error("connection closed"), request.signal)),
      );
    });
    return { stream, status };
  }
  async send(request: TransportRequest): Promise<TransportResponse> {
    request.signal?.throwIfAborted();
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    const { stream, status } = this.#open({ ...request, body });
    const code = await status;
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBodyBytes)
        throw new Error(`the answer to ${request.path} is longer than ${maxBodyBytes} bytes`);
      chunks.push(chunk);
    }
    return { status: code, body: parsed(Buffer.concat(chunks).toString(), code) };
  }
  async *watch(path: string, signal: AbortSignal): AsyncIterable<WatchEvent<KubeObject>> {
    signal.throwIfAborted();
    const { stream, status } = this.#open({ method: "GET", path, signal });
    const code = await status;
    let pending: Uint8Array[] = [];
    let failure = "";
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (code !== 200) {
        failure += chunk.toString();
        continue;
      }
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        const last = chunk.subarray(from, end);
        const line = pending.length ? Buffer.concat([...pending, last]) : last;
        pending = [];
        from = end + 1;
        if (line.length) yield JSON.parse(line.toString()) as WatchEvent<KubeObject>;
      }
      if (from < chunk.length) pending.push(chunk.subarray(from));
    }
    if (code !== 200) throw ApiError.fromStatus(parsed(failure, code) as Partial<Status>, code);
  }
}

function parsed(text: string, code: number): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    if (code >= 400) return { message: text.trim() };
    throw new Error("the server's answer is not JSON", { cause: error });
  }
}
function unavailable(server: string, cause: Error, signal: AbortSignal | undefined): Error {
  if (signal?.aborted) return signal.reason as Error;
  return new ApiError("ServiceUnavailable", `no answer from ${server}: ${cause.message}`, { cause });
}

/** A transport to one server. It keeps the process alive only while a request is under way. */
export const createHttpTransport = (address: ServerAddress, clock: Clock): Transport =>
  new HttpTransport(address, clock);
