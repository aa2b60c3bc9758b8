// One exchange from beginning to end: call the handler, represent its reply as the client asked, send it.
import type { OutgoingHttpHeaders } from "node:http";
import type { Clock } from "#base/clock.ts";
import { activeSpan, within } from "#base/tracing/span.ts";
import type { Log } from "#base/log.ts";
import { uuid, type Random } from "#base/random.ts";
import { negotiate, type Negotiated } from "#server/negotiate.ts";
import type { Call, Handler, Peer, Reply } from "#server/pipeline.ts";
import { represent, type ProtobufEncoder, type Represented } from "#server/represent.ts";
import { isStreamed } from "#server/stages/limits.ts";
import { errorReply } from "#server/stages/recover.ts";
import { requestInfo } from "#server/stages/route.ts";
import { endTrace } from "#server/stages/trace.ts";
import type { BodyBudget } from "./body-budget.ts";
import { callOf } from "./call.ts";
import type { Exchange } from "./exchange.ts";
import { send } from "./send.ts";
import { isWebSocket, serveWatchSocket } from "./watch-socket.ts";
import { warningHeaders } from "./warnings.ts";

export interface ServeContext {
  readonly handler: Handler<Call>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly protobuf?: ProtobufEncoder;
  readonly bodies: BodyBudget;
  /** Requests are recorded as spans, as far as they are chosen. */
  readonly isTracing?: boolean;
}

const plain: Negotiated = { media: "json", pretty: false };

/** `closed` is aborted when the client goes away. */
export async function serve(
  context: ServeContext,
  exchange: Exchange,
  peer: Peer,
  closed: AbortSignal,
  upgrade?: Call["upgrade"],
): Promise<void> {
  const { clock, random, log } = context;
  let call: Call | undefined;
  let reply: Reply;
  let negotiated = plain;
  try {
    const newId = (): string => uuid(random);
    call = callOf(exchange, {
      peer,
      signal: closed,
      newId,
      now: clock.now(),
      bodies: context.bodies,
      isTracing: context.isTracing ?? false,
      ...(upgrade ? { upgrade } : {}),
    });
    if (isNegotiated(call)) negotiated = negotiate(call, context.protobuf !== undefined);
    reply = await context.handler(call);
  } catch (error) {
    reply = errorReply(error, call ?? unreadable(exchange, closed), log);
  }
  const active = call?.trace?.active;
  using _traced = { [Symbol.dispose]: () => endTrace(active, codeOf(reply)) };
  if (reply.type === "taken") return;
  if (reply.type === "watch" && isWebSocket(call)) {
    const shown = { negotiated, query: call.query, now: () => clock.now() };
    return serveWatchSocket(call, reply, shown).catch((error: unknown) => {
      if (!closed.aborted) log.warn("a watch broke off", { path: exchange.url, error });
      exchange.abort();
    });
  }
  const answer = within(active, () => answerOf(context, reply, call, negotiated));
  try {
    if (closed.aborted) return;
    await send(exchange, answer, headersOf(call, reply), { clock, signal: closed });
  } catch (error) {
    if (!closed.aborted) log.warn("an answer broke off", { path: call?.path, error });
    exchange.abort();
  }
}

const codeOf = (reply: Reply): number | undefined =>
  reply.type === "taken" ? 101 : "code" in reply ? reply.code : 200;

/** Resources come in the form the client asks for; streams and other paths have their own. */
function isNegotiated(call: Call): boolean {
  const info = requestInfo(call.method, call.path, call.query);
  return info.isResource && !isStreamed(info);
}

/** A reply that cannot be represented as asked is an error reply instead. */
function answerOf(
  { clock, log, protobuf }: ServeContext,
  reply: Exclude<Reply, { type: "taken" }>,
  call: Call | undefined,
  negotiated: Negotiated,
): Represented {
  const query = call?.query ?? new URLSearchParams();
  const common = { query, now: () => clock.now(), ...(protobuf ? { protobuf } : {}) };
  const span = reply.type === "object" || reply.type === "list" ? activeSpan()?.child("SerializeObject") : undefined;
  try {
    span?.set({ "audit-id": call!.id, method: call!.method, url: call!.path, mediaType: negotiated.media });
    return represent(reply, { ...common, negotiated });
  } catch (error) {
    return represent(errorReply(error, call!, log), { ...common, negotiated: plain });
  } finally {
    span?.end();
  }
}

/** A call that could not be read, for the log. */
const unreadable = (exchange: Exchange, signal: AbortSignal): Call =>
  ({ method: exchange.method, path: exchange.url, signal, id: "" }) as Call;

function headersOf(call: Call | undefined, reply: Reply): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = {
    "cache-control": "no-cache, private",
    ...call?.replyHeaders,
    ...reply.headers,
  };
  if (call?.id) headers["audit-id"] = call.id;
  const warnings = warningHeaders(call?.warnings ?? []);
  if (warnings.length > 0) headers["warning"] = warnings;
  return headers;
}
