// The HTTP request of probes and hooks: no keep-alive, certificates not checked, redirects followed on the same host.
// Errors have Go's words, because people search for them.
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Clock } from "#base/clock.ts";
import type { HTTPGetAction } from "#node/pod/types.ts";

export interface HttpOptions {
  readonly clock: Clock;
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  readonly userAgent: string;
}
export type HttpAnswer =
  | { readonly status: number; readonly body: string; readonly redirectedAway: boolean }
  | { readonly error: string };

const mostBodyBytes = 10 * 1024;
const mostRedirects = 10;

export const hostPort = (host: string, port: number): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connect: connection refused",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  ETIMEDOUT: "connect: connection timed out",
};
export function dialError(error: NodeJS.ErrnoException, host: string, port: number): string {
  const code = error.code ?? "";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `dial tcp: lookup ${host}: no such host`;
  if (code === "ECONNRESET") return `read tcp ${hostPort(host, port)}: read: connection reset by peer`;
  return words[code] ? `dial tcp ${hostPort(host, port)}: ${words[code]}` : error.message;
}
function headersOf(action: HTTPGetAction, userAgent: string): [string, string[]][] {
  const all = new Map<string, [string, string[]]>([
    ["user-agent", ["User-Agent", [userAgent]]],
    ["accept", ["Accept", ["*/*"]]],
    ["connection", ["Connection", ["close"]]],
  ]);
  const own = new Set<string>();
  for (const { name, value } of action.httpHeaders ?? []) {
    const key = name.toLowerCase();
    const held = own.has(key) ? all.get(key)![1] : [];
    own.add(key);
    all.set(key, [name, [...held, value]]);
  }
  // an empty Accept or User-Agent means: do not send it
  return [...all.values()].filter(
    ([name, values]) => own.has(name.toLowerCase()) === false || values.some((v) => v !== ""),
  );
}
function once(url: URL, headers: [string, string[]][], signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const request = send(url, { method: "GET", signal, agent: false, rejectUnauthorized: false }, resolve);
    for (const [name, values] of headers) request.setHeader(name, values.length === 1 ? values[0]! : values);
    request.on("error", reject);
    request.end();
  });
}
async function bodyOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size >= mostBodyBytes) break;
  }
  return Buffer.concat(parts).subarray(0, mostBodyBytes).toString("utf8");
}
/** Rejects only when `signal` is aborted. */
export async function httpGet(action: HTTPGetAction, options: HttpOptions, signal: AbortSignal): Promise<HttpAnswer> {
  const scheme = (action.scheme ?? "HTTP").toLowerCase();
  const path = action.path ? (action.path.startsWith("/") ? action.path : `/${action.path}`) : "/";
  const first = `${scheme}://${hostPort(options.host, options.port)}${path}`;
  const timeout = new AbortController();
  using _ = options.clock.after(options.timeoutMs, () => timeout.abort());
  const either = AbortSignal.any([signal, timeout.signal]);
  const headers = headersOf(action, options.userAgent);
  let url: URL;
  try {
    url = new URL(first);
  } catch {
    return { error: `parse ${JSON.stringify(first)}: invalid URL` };
  }
  try {
    for (let redirects = 0; ; redirects++) {
      const response = await once(url, headers, either);
      const status = response.statusCode ?? 0;
      const location = status >= 300 && status < 400 ? response.headers.location : undefined;
      const body = await bodyOf(response);
      if (location === undefined) return { status, body, redirectedAway: false };
      const next = new URL(location, url);
      if (next.hostname !== url.hostname) return { status, body, redirectedAway: true };
      if (redirects >= mostRedirects) return { error: `Get ${JSON.stringify(first)}: stopped after 10 redirects` };
      url = next;
    }
  } catch (error) {
    signal.throwIfAborted();
    const why = timeout.signal.aborted
      ? "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
      : dialError(error as NodeJS.ErrnoException, options.host, options.port);
    return { error: `Get ${JSON.stringify(first)}: ${why}` };
  }
}
