// The client's half of an HTTP/1.1 upgrade: sends the request and hands over the raw connection.
import { request as httpRequest, STATUS_CODES, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest, type RequestOptions as TlsRequestOptions } from "node:https";
import type { Duplex } from "node:stream";

export interface UpgradeRequest {
  readonly url: string | URL;
  readonly method: string;
  /** With "upgrade"; "connection" is added. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** For https: certificates, and `lookup` or `servername` where they differ. */
  readonly tls?: TlsRequestOptions;
}
export interface Upgraded {
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly headers: IncomingMessage["headers"];
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly statusMessage: string;
}

const longestBody = 16 * 1024;

/** The server answered, but did not switch protocols. `body` is cut at 16 KiB. */
export class UpgradeRefused extends Error {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  constructor(status: number, body: string, contentType: string) {
    super(`the server answered ${status} ${STATUS_CODES[status] ?? ""} to an upgrade request: ${body.trim()}`);
    this.status = status;
    this.body = body;
    this.contentType = contentType;
  }
}

async function refusal(response: IncomingMessage): Promise<UpgradeRefused> {
  let body = "";
  response.setEncoding("utf8");
  for await (const chunk of response) {
    body += chunk as string;
    if (body.length > longestBody) break;
  }
  return new UpgradeRefused(
    response.statusCode ?? 0,
    body.slice(0, longestBody),
    response.headers["content-type"] ?? "",
  );
}

/** Rejects with UpgradeRefused, or with the connection's error. `signal` has no effect on an upgraded connection. */
export function upgrade(request: UpgradeRequest, signal: AbortSignal): Promise<Upgraded> {
  const url = new URL(request.url);
  const secure = url.protocol === "https:";
  const headers = { ...request.headers, connection: "Upgrade" } as RequestOptions["headers"];
  const options: TlsRequestOptions = { ...(secure ? request.tls : {}), method: request.method, agent: false };
  return new Promise((resolve, reject) => {
    const outgoing = (secure ? httpsRequest : httpRequest)(url, { ...options, headers: headers! });
    const abort = (): void => void outgoing.destroy(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    const settled = (): void => signal.removeEventListener("abort", abort);
    outgoing.on("error", (error) => {
      settled();
      reject(error);
    });
    outgoing.on("response", (response) => {
      void refusal(response).then(reject, reject).finally(settled);
    });
    outgoing.on("upgrade", (response, socket, head) => {
      settled();
      const { headers: received, rawHeaders, statusMessage = "" } = response;
      resolve({ socket, head, headers: received, rawHeaders, statusMessage });
    });
    outgoing.end();
  });
}
