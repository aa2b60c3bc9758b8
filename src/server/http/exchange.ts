// One HTTP exchange, whatever the protocol version: what the two Node APIs have in common, and no more.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { Readable, Writable } from "node:stream";

export interface Exchange {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Each value of a header by itself. */
  readonly headerValues?: (name: string) => readonly string[];
  readonly input: Readable;
  /** Where the answer's body goes, after `respond`. */
  readonly output: Writable;
  respond(code: number, headers: OutgoingHttpHeaders): void;
  /** Breaks the exchange off: the client must not take what it has for complete. */
  abort(): void;
}

/** Header values by name; repeated ones are joined as HTTP allows. */
export function plainHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string | undefined> {
  const plain: Record<string, string | undefined> = {};
  for (const name in headers) {
    if (name.startsWith(":")) continue;
    const value = headers[name];
    if (typeof value === "string") plain[name] = value;
    else if (Array.isArray(value)) plain[name] = value.join(", ");
  }
  return plain;
}

export const valuesIn = (raw: readonly string[], name: string): string[] =>
  raw.filter((_, i) => i % 2 === 1 && raw[i - 1]!.toLowerCase() === name);

export const http1Exchange = (request: IncomingMessage, response: ServerResponse): Exchange => ({
  method: request.method ?? "GET",
  url: request.url ?? "/",
  headers: plainHeaders(request.headers),
  headerValues: (name) => valuesIn(request.rawHeaders, name),
  input: request,
  output: response,
  respond: (code, headers) => {
    // Of a body that was too long the rest is not read, and nothing can follow it.
    response.writeHead(code, code === 413 ? { ...headers, connection: "close" } : headers);
    // A stream may have nothing to say for long: its client hears at once that it has begun.
    if (headers["content-length"] === undefined) response.flushHeaders();
  },
  abort: () => void response.destroy(),
});

export function http2Exchange(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  raw: readonly string[],
): Exchange {
  stream.once("finish", () => {
    // A body that nobody read to its end would hold the stream open.
    if (stream.endAfterHeaders || stream.readableEnded) return;
    stream.close(constants.NGHTTP2_NO_ERROR);
    stream.resume();
  });
  return {
    method: headers[":method"] ?? "GET",
    url: headers[":path"] ?? "/",
    headers: { ...plainHeaders(headers), host: headers[":authority"] ?? (headers["host"] as string | undefined) },
    headerValues: (name) => valuesIn(raw, name),
    input: stream,
    output: stream,
    respond: (code, answer) => stream.respond({ [constants.HTTP2_HEADER_STATUS]: code, ...answer }),
    abort: () => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  };
}
