// Calls webhooks over HTTPS with kept connections. Everything is bounded: calls at once, idle connections, the size of an
// answer, and the time.
import { type Agent, request as startRequest, type RequestOptions } from "node:https";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Clock } from "#base/clock.ts";
import { Limiter } from "#base/limiter.ts";
import { inClientSpan } from "#base/tracing/client-span.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import { urlOf, WebhookFailure, type WebhookCaller, type WebhookRequest, type WebhookTarget } from "./caller.ts";
import { decodedAnswer, failureText } from "./answer-text.ts";
import { KeptAgents } from "./kept-agents.ts";
import { networkText } from "./network-text.ts";
import { resolveService } from "./resolve-service.ts";

const callsAtOnce = 256;
const maxAgents = 200;
const answerLimitBytes = 32 * 1024 * 1024;
const idleMs = 90_000;

interface Place {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly serverName: string;
  /** As the Host header has it. */
  readonly authority: string;
}

export class HttpsCaller implements WebhookCaller {
  readonly #objects: StoredObjects;
  readonly #clock: Clock;
  readonly #limiter = new Limiter(callsAtOnce);
  /** By certificates and name, the least recently used first. */
  readonly #agents = new KeptAgents(maxAgents);

  constructor(options: { readonly objects: StoredObjects; readonly clock: Clock }) {
    this.#objects = options.objects;
    this.#clock = options.clock;
  }

  async call(target: WebhookTarget, request: WebhookRequest, signal: AbortSignal): Promise<unknown> {
    const url = urlOf(target, request);
    const late = new AbortController();
    using _timer = this.#clock.after(request.timeoutMs, () => late.abort());
    const either = AbortSignal.any([signal, late.signal]);
    try {
      return await this.#limiter.run(() => this.#post(target, url, request.body, either), either);
    } catch (error) {
      signal.throwIfAborted();
      const why = late.signal.aborted
        ? "context deadline exceeded"
        : error instanceof Error
          ? error.message
          : String(error);
      if (error instanceof Answered) throw new WebhookFailure(error.message);
      throw new WebhookFailure(`Post ${JSON.stringify(url)}: ${why}`, { cause: error });
    }
  }

  async #post(target: WebhookTarget, url: string, body: object, signal: AbortSignal): Promise<unknown> {
    const place = this.#placeOf(target, url);
    const bytes = Buffer.from(JSON.stringify(body));
    const response = await inClientSpan("POST", url, (headers) =>
      exchange(
        {
          method: "POST",
          host: place.host,
          port: place.port,
          path: place.path,
          // An address is checked as the host that is called.
          ...(isIP(place.serverName) ? {} : { servername: place.serverName }),
          agent: this.#agentFor(place.serverName, target.caBundle),
          signal,
          headers: {
            host: place.authority,
            "content-type": "application/json",
            accept: "application/json, */*",
            "user-agent": "kube-apiserver-admission",
            "content-length": bytes.length,
            ...headers,
          },
        },
        bytes,
        place,
      ),
    );
    const answer = await read(response);
    const code = response.statusCode ?? 0;
    const type = response.headers["content-type"];
    if (code < 200 || code > 206) throw new Answered(failureText(code, type, answer));
    if (answer === "")
      throw new Answered(`0-length response with status code: ${code} and content type: ${type ?? "application/json"}`);
    return decoded(answer);
  }

  #placeOf(target: WebhookTarget, url: string): Place {
    const parsed = new URL(url);
    const path = `${parsed.pathname}${parsed.search}`;
    if (!target.service) {
      const port = Number(parsed.port) || 443;
      return {
        host: parsed.hostname.replace(/^\[|\]$/g, ""),
        port,
        path,
        serverName: parsed.hostname.replace(/^\[|\]$/g, ""),
        authority: parsed.host,
      };
    }
    const { namespace, name, port } = target.service;
    const address = resolveService(this.#objects, namespace, name, port);
    const serverName = `${name}.${namespace}.svc`;
    return { ...address, path, serverName, authority: `${serverName}:${port}` };
  }

  #agentFor(serverName: string, caBundle: string): Agent {
    return this.#agents.get(`${serverName}\n${caBundle}`, {
      maxSockets: 64,
      maxFreeSockets: 8,
      timeout: idleMs,
      // As in Go, every certificate that is trusted ends a chain, also one that signs nothing.
      ...(caBundle ? { ca: caBundle, allowPartialTrustChain: true } : {}),
    });
  }
}

/** The webhook answered, but not with what was hoped for. */
class Answered extends Error {}
function decoded(answer: string): unknown {
  try {
    return decodedAnswer(answer);
  } catch (error) {
    throw new Answered(error instanceof Error ? error.message : String(error));
  }
}
function exchange(options: RequestOptions, body: Uint8Array, place: Place): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = startRequest(options, resolve);
  request.on("error", (error) => reject(new Error(networkText(error, place), { cause: error })));
  request.end(body);
  return promise;
}
async function read(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    sizeBytes += piece.length;
    if (sizeBytes > answerLimitBytes) throw new Answered(`the answer has more than ${answerLimitBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
