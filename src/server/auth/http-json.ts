// Asks another server in JSON over HTTPS: an identity provider, or a webhook that knows users and their rights. Answers
// and time are bounded.
import type { IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { Clock } from "#base/clock.ts";

export interface JsonRequest {
  readonly url: string;
  /** Posted; absent: GET. */
  readonly body?: object;
  /** PEM. Absent: the system's authorities. */
  readonly ca?: string;
  /** PEM: who we are. */
  readonly client?: { readonly certificate: string; readonly key: string };
  readonly bearerToken?: string;
}
/** Rejects when there is no answer of success. */
export type AskJson = (request: JsonRequest, signal: AbortSignal) => Promise<unknown>;

const limitBytes = 1024 * 1024;
const timeoutMs = 30_000;

export const askJson =
  (clock: Clock): AskJson =>
  async ({ url, body, ca, client, bearerToken }, signal) => {
    const late = new AbortController();
    using _timer = clock.after(timeoutMs, () => late.abort(new Error(`${url} did not answer in time`)));
    const text = body && JSON.stringify(body);
    const options: RequestOptions = {
      method: body ? "POST" : "GET",
      headers: {
        accept: "application/json",
        ...(text ? { "content-type": "application/json", "content-length": Buffer.byteLength(text) } : {}),
        ...(bearerToken ? { authorization: `Bearer ${bearerToken}` } : {}),
      },
      signal: AbortSignal.any([signal, late.signal]),
      ...(ca ? { ca, allowPartialTrustChain: true } : {}),
      ...(client ? { cert: client.certificate, key: client.key } : {}),
    };
    const response = await exchange(url, options, text);
    const answer = await read(response);
    const code = response.statusCode ?? 0;
    if (code < 200 || code > 299) throw new Error(`${url} answered with code ${code}`);
    return JSON.parse(answer) as unknown;
  };

function exchange(url: string, options: RequestOptions, text: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpsRequest(url, options, resolve).on("error", reject).end(text);
  });
}
async function read(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    sizeBytes += piece.length;
    if (sizeBytes > limitBytes) throw new Error(`the answer has more than ${limitBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
