// Sends spans to a collector in batches: OTLP over gRPC, spoken directly over HTTP/2, for one unary call needs no more.
// A collector that is away or slow costs spans and never memory.
import { connect as connectH2, constants, type ClientHttp2Session } from "node:http2";
import { connect as connectSocket } from "node:net";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Service } from "#base/service.ts";
import { encodeSpans, type Resource } from "./otlp.ts";
import { outside, type Span } from "./span.ts";

export interface ExporterOptions {
  /** host:port, dns:<host:port> or unix:<path>, as gRPC has them. */
  readonly endpoint: string;
  readonly resource: Resource;
  /** How long a span may wait for others. */
  readonly everyMs?: number;
  readonly clock: Clock;
  readonly log: Log;
}
const mostWaiting = 2048;
const batchSize = 512;
const usuallyEveryMs = 5_000;
const patienceMs = 10_000;
/** How often a failure is told of. */
const complaintMs = 60_000;
const path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

export class SpanExporter implements Service {
  readonly name = "span-exporter";
  readonly ready = Promise.resolve();
  readonly #options: ExporterOptions;
  #waiting: Span[] = [];
  #session: ClientHttp2Session | undefined;
  #wake: (() => void) | undefined;
  #dropped = 0;
  #complainedAt = -Infinity;

  constructor(options: ExporterOptions) {
    this.#options = options;
  }
  readonly take = (span: Span): void => {
    if (this.#waiting.length >= mostWaiting) return void this.#dropped++;
    this.#waiting.push(span);
    if (this.#waiting.length >= batchSize) this.#wake?.();
  };
  /** Sends now and then; what waits when `signal` is aborted is sent before this resolves. */
  async run(signal: AbortSignal): Promise<void> {
    await outside(async () => {
      while (!signal.aborted) {
        if (this.#waiting.length < batchSize) await this.#pause(signal);
        await this.#flush();
      }
    });
    this.#session?.close();
  }
  async #pause(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    signal.addEventListener("abort", () => resolve(), { once: true });
    const { clock, everyMs = usuallyEveryMs } = this.#options;
    using _timer = clock.after(everyMs, resolve);
    await promise;
    this.#wake = undefined;
  }
  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, batchSize);
      try {
        await this.#send(encodeSpans(batch, this.#options.resource));
      } catch (error) {
        this.#dropped += batch.length;
        this.#complain(error);
      }
    }
  }
  #complain(error: unknown): void {
    const { clock, log, endpoint } = this.#options;
    if (clock.monotonic() - this.#complainedAt < complaintMs) return;
    this.#complainedAt = clock.monotonic();
    log.warn("spans could not be sent", { endpoint, dropped: this.#dropped, error });
  }
  #connected(): ClientHttp2Session {
    const before = this.#session;
    if (before && !before.closed && !before.destroyed) return before;
    const { host, port, socketPath } = placeOf(this.#options.endpoint);
    const session = connectH2(`http://${host}:${port}`, {
      settings: { enablePush: false },
      ...(socketPath ? { createConnection: () => connectSocket(socketPath) } : {}),
    });
    session.on("error", () => session.destroy());
    session.on("goaway", () => session.close());
    session.unref();
    this.#session = session;
    return session;
  }
  async #send(request: Uint8Array): Promise<void> {
    const stream = this.#connected().request({
      [constants.HTTP2_HEADER_METHOD]: "POST",
      [constants.HTTP2_HEADER_PATH]: path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    using _timer = this.#options.clock.after(patienceMs, () => stream.destroy(new Error("the collector is too slow")));
    let status: unknown;
    let message: unknown;
    // An answer without a body has its status in the headers.
    const note = (headers: Record<string, unknown>): void => {
      status ??= headers["grpc-status"];
      message ??= headers["grpc-message"];
    };
    stream.on("response", note);
    stream.on("trailers", note);
    stream.on("error", reject);
    stream.on("close", () =>
      status === "0" ? resolve() : reject(new Error(`gRPC status ${String(status)}: ${String(message ?? "")}`)),
    );
    stream.resume();
    const frame = Buffer.alloc(5);
    frame.writeUInt32BE(request.length, 1);
    stream.end(Buffer.concat([frame, request]));
    return promise;
  }
}

export interface CollectorPlace {
  readonly host: string;
  readonly port: number;
  readonly socketPath?: string;
}
const standardPort = 4317;
/** Where an endpoint leads; throws for a scheme that gRPC does not have. */
export function placeOf(endpoint: string): CollectorPlace {
  const unix = /^unix:(?:\/\/)?(.+)$/.exec(endpoint);
  if (unix) return { host: "localhost", port: standardPort, socketPath: unix[1]! };
  const abstract = /^unix-abstract:(?:\/\/)?(.+)$/.exec(endpoint);
  if (abstract) return { host: "localhost", port: standardPort, socketPath: `\0${abstract[1]!}` };
  const rest = endpoint.replace(/^dns:(?:\/\/[^/]*\/)?/, "");
  const match = /^(\[[^\]]+\]|[^:/[\]\s]+)(?::(\d+))?$/.exec(rest);
  if (!match) throw new Error(`${endpoint} is no endpoint of gRPC`);
  return { host: match[1]!, port: Number(match[2] ?? standardPort) };
}
