// A watch over a WebSocket: every event is one message of JSON text. The client has nothing to say; the watch ends with
// the connection, and the connection with the watch.
import type { IncomingHttpHeaders } from "node:http";
import type { WebSocket } from "ws";
import type { Call, Reply } from "#server/pipeline.ts";
import { represent, type RepresentContext } from "#server/represent.ts";
import { acceptWebSocket } from "#streams/websocket/accept.ts";

type WatchReply = Extract<Reply, { type: "watch" }>;
const bearerPrefix = "base64url.bearer.authorization.k8s.io.";

export const isWebSocket = (call: Call | undefined): call is Call =>
  call?.upgrade !== undefined && call.headers["upgrade"]?.toLowerCase() === "websocket";

/** The client's first protocol that is no token: browsers expect to be answered with one that they named. */
function protocolsOf(call: Call): string[] {
  const offered = (call.headers["sec-websocket-protocol"] ?? "").split(",").flatMap((name) => name.trim() || []);
  return offered.filter((name) => !name.startsWith(bearerPrefix)).slice(0, 1);
}

const newline = 0x0a;
/** The events of a piece of the JSON watch, one a line. */
function* eventsOf(piece: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < piece.length;) {
    const end = piece.indexOf(newline, at);
    yield piece.subarray(at, end < 0 ? piece.length : end);
    at = end < 0 ? piece.length : end + 1;
  }
}
const sent = (socket: WebSocket, message: Uint8Array): Promise<boolean> =>
  new Promise((resolve) => socket.send(message, { binary: false }, (error) => resolve(!error)));

/** Serves a watch to its end. */
export async function serveWatchSocket(call: Call, reply: WatchReply, context: RepresentContext): Promise<void> {
  const { socket: connection, head } = call.upgrade!;
  const { query, now, negotiated } = context;
  const { body } = represent(reply, { query, now, negotiated: { ...negotiated, media: "json", pretty: false } });
  const accepted = await acceptWebSocket(
    { request: { method: call.method, headers: call.headers as IncomingHttpHeaders }, socket: connection, head },
    protocolsOf(call),
  );
  const pieces = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  if (!accepted) return void (await pieces.return?.());
  const { socket } = accepted;
  socket.on("message", () => undefined);
  try {
    for (let next = await pieces.next(); !next.done; next = await pieces.next())
      for (const event of eventsOf(next.value)) if (!(await sent(socket, event))) return;
    socket.close(1000);
  } finally {
    await pieces.return?.();
  }
}
