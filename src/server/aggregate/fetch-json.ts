// Questions of this server itself to another API server, which it asks as the aggregator.
import { request as startRequest } from "node:https";
import type { Clock } from "#base/clock.ts";
import { networkText } from "#server/webhook/network-text.ts";
import { userHeaders, type RemoteTarget } from "./remote-services.ts";

const limitBytes = 32 * 1024 * 1024;
/** With all rights, so that an answer says something of the server alone. */
const aggregator = { name: "system:kube-aggregator", groups: ["system:masters"] };

export interface Fetched {
  readonly code: number;
  readonly body: string;
  /** "" where there is none. */
  readonly etag: string;
}
/** The other server did not answer; the message is Go's. */
export class Unreachable extends Error {}

export async function fetchFrom(
  target: RemoteTarget,
  path: string,
  options: {
    readonly accept: string;
    /** Of what the caller has: the answer may be 304. */
    readonly etag?: string;
    readonly timeoutMs: number;
    readonly clock: Clock;
  },
  signal: AbortSignal,
): Promise<Fetched> {
  const late = new AbortController();
  using _timer = options.clock.after(options.timeoutMs, () => late.abort());
  const url = new URL(target.base + path);
  try {
    const { accept, etag } = options;
    const headers = { accept, ...(etag ? { "if-none-match": etag } : {}) };
    return await exchange(url, target, headers, AbortSignal.any([signal, late.signal]));
  } catch (error) {
    signal.throwIfAborted();
    const place = { host: url.hostname, port: Number(url.port), serverName: target.tls.servername };
    const why = late.signal.aborted
      ? "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
      : networkText(error as Error, place);
    throw new Unreachable(`Get ${JSON.stringify(url.href)}: ${why}`, { cause: error });
  }
}
async function exchange(
  url: URL,
  target: RemoteTarget,
  asked: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Fetched> {
  const { promise, resolve, reject } = Promise.withResolvers<Fetched>();
  const { tls, agent, host } = target;
  const headers = { ...asked, host, ...userHeaders(aggregator) };
  const outgoing = startRequest(url, { ...tls, agent, signal, headers }, (response) => {
    const pieces: Buffer[] = [];
    let size = 0;
    response.on("data", (piece: Buffer) => {
      pieces.push(piece);
      size += piece.length;
      if (size > limitBytes) response.destroy(new Error("the answer is too large"));
    });
    response.on("error", reject);
    response.on("end", () =>
      resolve({
        code: response.statusCode ?? 0,
        body: Buffer.concat(pieces).toString(),
        etag: response.headers.etag ?? "",
      }),
    );
  });
  outgoing.on("error", reject);
  outgoing.end();
  return promise;
}
