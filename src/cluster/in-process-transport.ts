// The transport of callers that live in the server's process: their requests go straight into its handler, bodies and
// objects are handed over as they are, and nothing is serialised.
import { ApiError, type Status } from "#api/errors.ts";
import type { KubeObject } from "#api/kind.ts";
import { systemClock, type Clock } from "#base/clock.ts";
import type { Transport, TransportRequest, WatchEvent } from "#client/client.ts";
import type { Call, EncodedObject, Handler, Reply, UserInfo } from "#server/pipeline.ts";

export interface InProcessOptions {
  readonly userAgent?: string;
  readonly clock?: Clock;
}

/** Numbers the calls of all transports, for the log. */
let calls = 0;
const never = new AbortController().signal;
const noBody = (): Promise<Uint8Array> => Promise.resolve(new Uint8Array());

function callOf(request: TransportRequest, user: UserInfo, o: Required<InProcessOptions>): Call {
  const mark = request.path.indexOf("?");
  const rawPath = mark < 0 ? request.path : request.path.slice(0, mark);
  return {
    method: request.method,
    path: rawPath.includes("%") ? decodeURIComponent(rawPath) : rawPath,
    rawPath,
    query: new URLSearchParams(mark < 0 ? "" : request.path.slice(mark + 1)),
    headers: {
      "user-agent": o.userAgent,
      ...(request.contentType ? { "content-type": request.contentType } : {}),
    },
    body: noBody,
    ...(request.body === undefined ? {} : { parsedBody: request.body }),
    signal: request.signal ?? never,
    peer: { address: "in-process", trustedUser: user },
    id: `in-process-${(calls += 1)}`,
    receivedAt: o.clock.now(),
    warnings: [],
  };
}

/** A raw body as a JSON value, or as the text it is. */
async function rawBody(body: Extract<Reply, { type: "raw" }>["body"]): Promise<unknown> {
  const parts: Uint8Array[] = [];
  if (typeof body === "string") parts.push(Buffer.from(body));
  else if (body instanceof Uint8Array) parts.push(body);
  else for await (const part of body) parts.push(part);
  const text = Buffer.concat(parts).toString();
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: plain text such as "ok".
    return text;
  }
}

/** `items` is read by clients that want the objects, never the bytes. */
const listBody = (reply: Extract<Reply, { type: "list" }>): object => ({
  kind: reply.kind,
  apiVersion: reply.apiVersion,
  metadata: reply.metadata,
  items: reply.items.map((item: EncodedObject) => item.object),
});

export function inProcessTransport(handler: Handler<Call>, user: UserInfo, options: InProcessOptions = {}): Transport {
  const o = { userAgent: "timonier", clock: systemClock, ...options };
  return {
    async send(request) {
      request.signal?.throwIfAborted();
      const reply = await handler(callOf(request, user, o));
      if (reply.type === "object") return { status: reply.code, body: reply.object };
      if (reply.type === "list") return { status: 200, body: listBody(reply) };
      if (reply.type === "raw") return { status: reply.code, body: await rawBody(reply.body) };
      throw new ApiError("BadRequest", "a stream cannot be answered in one piece");
    },
    async *watch(path, signal) {
      signal.throwIfAborted();
      const reply = await handler(callOf({ method: "GET", path, signal }, user, o));
      if (reply.type === "object") throw ApiError.fromStatus(reply.object as Status, reply.code);
      if (reply.type !== "watch") throw new ApiError("BadRequest", `${path} is not a watch`);
      for await (const frames of reply.frames)
        for (const frame of frames) yield { type: frame.type, object: frame.encoded.object } as WatchEvent<KubeObject>;
    },
  };
}
