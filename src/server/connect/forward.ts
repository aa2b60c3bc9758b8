// Sends a call on to another HTTP server and brings its answer back: as a reply, or by joining the two connections
// when the protocol changes. Nothing is translated; bodies and frames pass as they are.
import {
  request as httpRequest,
  type Agent,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestOptions,
} from "node:http";
import { request as httpsRequest } from "node:https";
import type { Duplex } from "node:stream";
import { ApiError } from "#api/errors.ts";
import type { Clock, Timer } from "#base/clock.ts";
import { inClientSpan } from "#base/tracing/client-span.ts";
import { traceHeaders } from "#base/tracing/traceparent.ts";
import type { Call, Reply } from "#server/pipeline.ts";
import { networkText } from "#server/webhook/network-text.ts";
import { endsOf, join } from "#streams/join.ts";
import { upgrade, UpgradeRefused, type Upgraded, type UpgradeRequest } from "#streams/upgrade.ts";

export interface ForwardTarget {
  readonly url: URL;
  /** Certificates for https. */
  readonly tls?: UpgradeRequest["tls"];
  /** In place of the call's own method. */
  readonly method?: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Keeps connections; absent: one for each call. Upgrades never share one. */
  readonly agent?: Agent;
}

/** Headers that are about one connection, and those that are about who asks the API server. */
const notForwarded =
  /^(?:connection|expect|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|http2-settings|authorization|impersonate-.*|x-remote-.*|:.*)$/;

/** The call's headers for the next server, without those of the connection. */
export function forwardedHeaders(call: Call): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(call.headers))
    if (value !== undefined && !notForwarded.test(name)) headers[name] = value;
  const before = headers["x-forwarded-for"];
  headers["x-forwarded-for"] = before ? `${before}, ${call.peer.address}` : call.peer.address;
  return headers;
}

export const wantsUpgrade = (call: Call): call is Call & { readonly upgrade: NonNullable<Call["upgrade"]> } =>
  call.upgrade !== undefined && call.headers["upgrade"] !== undefined;

/** In Go's words. */
function reasonOf(cause: unknown, { url, tls }: ForwardTarget): string {
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return networkText(cause as Error, { host, port, serverName: tls?.servername ?? host });
}
const unreachable = (cause: unknown, target: ForwardTarget): ApiError =>
  new ApiError("ServiceUnavailable", `error trying to reach service: ${reasonOf(cause, target)}`, { cause });
/** Upstream: this has no reason. */
function notDialed(cause: unknown, target: ForwardTarget): ApiError {
  const message = `error dialing backend: ${reasonOf(cause, target)}`;
  return new ApiError("InternalError", message, { cause, status: { message, code: 500 } });
}

/** For what does not upgrade. Rejects with ServiceUnavailable when the server cannot be reached. */
export async function forward(
  call: Call,
  target: ForwardTarget,
  rewrite: (response: IncomingMessage) => Record<string, string | string[]> = receivedHeaders,
): Promise<Reply> {
  const response = await exchange(call, target);
  return {
    type: "raw",
    code: response.statusCode ?? 502,
    contentType: response.headers["content-type"] ?? "application/octet-stream",
    headers: rewrite(response),
    body: response as AsyncIterable<Uint8Array>,
  };
}

/** The answer's head; the body is still to be read, and ends when the call is aborted. */
export const exchange = (call: Call, target: ForwardTarget): Promise<IncomingMessage> =>
  inClientSpan(target.method ?? call.method, target.url.href, (traced) =>
    send(call, { ...target, headers: { ...target.headers, ...traced } }),
  );
async function send(call: Call, target: ForwardTarget): Promise<IncomingMessage> {
  const method = target.method ?? call.method;
  const isRead = method === "GET" || method === "HEAD";
  const secure = target.url.protocol === "https:";
  const options: RequestOptions = {
    ...(secure ? target.tls : {}),
    method,
    headers: framed(call, target.headers, isRead),
    agent: target.agent ?? false,
    signal: call.signal,
  };
  const answered = Promise.withResolvers<IncomingMessage>();
  const outgoing = (secure ? httpsRequest : httpRequest)(target.url, options);
  outgoing.on("response", answered.resolve);
  outgoing.on("error", answered.reject);
  const sent = isRead ? outgoing.end() : sendBody(call, outgoing);
  try {
    const [response] = await Promise.all([answered.promise, sent]);
    return response;
  } catch (cause) {
    outgoing.destroy();
    // A kept connection that the other side had just closed: nothing was asked yet.
    const wasStale = outgoing.reusedSocket && (cause as NodeJS.ErrnoException).code === "ECONNRESET";
    if (wasStale && isRead && !call.signal.aborted) {
      const { agent: _, ...afresh } = target;
      return send(call, afresh);
    }
    throw unreachable(cause, target);
  }
}

/** Invariant: the head says where the body ends. node:http does not do so by itself for every method, and what follows
 * on the connection would be taken for requests of this server. */
function framed(call: Call, headers: ForwardTarget["headers"], isRead: boolean): OutgoingHttpHeaders {
  const { "content-length": length, ...others } = headers as OutgoingHttpHeaders;
  if (isRead) return others;
  if (call.parsedBody !== undefined)
    return {
      "content-type": "application/json",
      ...others,
      "content-length": Buffer.byteLength(JSON.stringify(call.parsedBody)),
    };
  if (call.bodyStream === undefined) return { ...others, "content-length": 0 };
  return length === undefined ? { ...others, "transfer-encoding": "chunked" } : { ...others, "content-length": length };
}

async function sendBody(call: Call, outgoing: NodeJS.WritableStream): Promise<void> {
  if (call.parsedBody !== undefined) return void outgoing.end(JSON.stringify(call.parsedBody));
  for await (const chunk of call.bodyStream ?? [])
    if (!outgoing.write(chunk))
      await new Promise((resolve) => outgoing.once("drain", resolve).once("error", resolve).once("close", resolve));
  outgoing.end();
}

/** The answer's headers without those of the connection. */
export function receivedHeaders(response: IncomingMessage): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(response.headers))
    if (value !== undefined && name !== "content-type" && !notForwarded.test(name)) headers[name] = value;
  return headers;
}

/** How long the other half of a joined connection may stay open once one side has ended. */
const lingerMs = 5000;

/** Joins the call's connection to the target's. A refusal of the target is the reply. */
export async function forwardUpgrade(
  call: Call & { readonly upgrade: NonNullable<Call["upgrade"]> },
  target: ForwardTarget,
  clock: Clock,
): Promise<Reply> {
  const headers = { ...target.headers, ...traceHeaders(), upgrade: call.headers["upgrade"]! };
  const request = { url: target.url, method: target.method ?? call.method, headers };
  let upgraded: Upgraded;
  try {
    upgraded = await upgrade({ ...request, ...(target.tls ? { tls: target.tls } : {}) }, call.signal);
  } catch (error) {
    if (!(error instanceof UpgradeRefused)) throw notDialed(error, target);
    if (error.status < 400)
      throw new ApiError("InternalError", `invalid upgrade response: status code ${error.status}`, { cause: error });
    return {
      type: "raw",
      code: error.status,
      contentType: error.contentType || "text/plain; charset=utf-8",
      body: error.body,
    };
  }
  const { socket, head } = call.upgrade;
  socket.write(switchingHead(upgraded));
  if (upgraded.head.length > 0) socket.write(upgraded.head);
  if (head.length > 0) upgraded.socket.write(head);
  void joined(socket, upgraded.socket, clock);
  return { type: "taken" };
}

function switchingHead({ rawHeaders, statusMessage }: Upgraded): string {
  let head = `HTTP/1.1 101 ${statusMessage || "Switching Protocols"}\r\n`;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) head += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  return `${head}\r\n`;
}

/** Ends when both connections have ended; one that stays half open is cut off. */
async function joined(client: Duplex, server: Duplex, clock: Clock): Promise<void> {
  const cut = (): void => {
    client.destroy();
    server.destroy();
  };
  const timers: Timer[] = [];
  for (const side of [client, server]) side.once("end", () => timers.push(clock.after(lingerMs, cut)));
  try {
    await join(endsOf(client), endsOf(server));
  } catch {
    cut(); // one side broke off; there is nobody left to tell
  } finally {
    for (const timer of timers) timer.stop();
  }
}
