// The server's end of port-forward: for every connection of the client a data stream, joined to a port of the pod, and
// an error stream for a text when that fails. Carried by SPDY/3.1, by SPDY inside a WebSocket, or by channel pairs.
import { createWebSocketStream, type WebSocket } from "ws";
import type { Duplex, Writable } from "node:stream";
import type { Clock, Timer } from "#base/clock.ts";
import {
  chooseProtocol,
  noCommonProtocol,
  offeredProtocols,
  refuseUpgrade,
  switchToSpdy,
  upgradeKind,
  type UpgradeCall,
} from "./negotiate.ts";
import { SpdyConnection } from "./spdy/connection.ts";
import type { SpdyStream } from "./spdy/stream.ts";
import { endsOf, join, type Ends } from "./join.ts";
import { acceptWebSocket } from "./websocket/accept.ts";
import { portForwardProtocols } from "./websocket/channel-protocol.ts";
import { ChannelSocket } from "./websocket/channels.ts";

export const portForwardProtocol = "portforward.k8s.io";
const tunnelProtocol = `SPDY/3.1+${portForwardProtocol}`;
/** How long the second stream of a pair may take to come. */
const pairMs = 30_000;

export interface PortForwardOptions {
  /** A connection to a port of the pod. Its failure, now or later, is what the client is told. */
  dial(port: number): Promise<Duplex>;
  /** The text for the client when `dial` or its connection fails. */
  describe(port: number, error: Error): string;
  /** For channel pairs, which name their ports in the URL. */
  readonly ports: readonly number[];
  readonly clock: Clock;
}

/** Resolves when the connection has ended; the client has its answer when it could not be served. */
export async function servePortForward(call: UpgradeCall, options: PortForwardOptions): Promise<void> {
  const kind = upgradeKind(call.request.headers);
  if (!kind) return refuseUpgrade(call.socket, 400, "unable to upgrade: unexpected protocol");
  const offered = offeredProtocols(call.request.headers);
  if (kind === "websocket") {
    const tunnel = offered.includes(tunnelProtocol);
    if (!tunnel && options.ports.length === 0)
      return refuseUpgrade(call.socket, 400, 'query parameter "port" is required');
    const accepted = await acceptWebSocket(call, tunnel ? [tunnelProtocol] : portForwardProtocols);
    if (!accepted) return;
    if (tunnel) return serveSpdy(tunnelOf(accepted.socket), undefined, options);
    return serveChannels(new ChannelSocket(accepted.socket, accepted.protocol, options.clock), options);
  }
  const protocol = chooseProtocol(offered, [portForwardProtocol]);
  if (protocol === undefined) return refuseUpgrade(call.socket, 403, noCommonProtocol(offered, [portForwardProtocol]));
  switchToSpdy(call.socket, protocol || portForwardProtocol);
  return serveSpdy(call.socket, call.head, options);
}

const tunnelOf = (socket: WebSocket): Duplex => createWebSocketStream(socket);

async function serveSpdy(socket: Duplex, head: Uint8Array | undefined, options: PortForwardOptions): Promise<void> {
  const pairs = new Map<string, { first: SpdyStream; timer: Timer }>();
  const connection = new SpdyConnection({
    socket,
    ...(head ? { head } : {}),
    side: "server",
    clock: options.clock,
    onStream(stream) {
      const { port = "", streamtype = "", requestid } = stream.headers;
      // Old clients name no request: they open the error stream just before its data stream.
      const request = requestid ?? String(streamtype === "error" ? stream.id : stream.id - 2);
      if (!isPort(port) || (streamtype !== "data" && streamtype !== "error")) return stream.refuse();
      const other = pairs.get(request);
      if (!other) {
        const timer = options.clock.after(pairMs, () => {
          pairs.delete(request);
          stream.destroy();
        });
        pairs.set(request, { first: stream, timer });
        return stream.reply();
      }
      if (other.first.headers["streamtype"] === streamtype) return stream.refuse();
      other.timer.stop();
      pairs.delete(request);
      stream.reply();
      const [data, error] = streamtype === "data" ? [stream, other.first] : [other.first, stream];
      error.resume();
      void forward(endsOf(data), error, Number(port), options);
    },
  });
  await endOf(connection.ended);
  for (const { timer } of pairs.values()) timer.stop();
}

async function serveChannels(socket: ChannelSocket, options: PortForwardOptions): Promise<void> {
  for (const [i, port] of options.ports.entries()) {
    const [dataChannel, errorChannel] = [i * 2, i * 2 + 1];
    const portBytes = Buffer.alloc(2);
    portBytes.writeUInt16LE(port);
    const error = socket.writer(errorChannel);
    const data = { readable: socket.reader(dataChannel), writable: socket.writer(dataChannel) };
    data.writable.write(portBytes);
    error.write(portBytes);
    void forward(data, error, port, options);
  }
  await endOf(socket.ended);
}

/** Joins one data stream to its port; the pair is closed when both directions have ended or one has failed. */
async function forward(data: Ends, error: Writable, port: number, options: PortForwardOptions): Promise<void> {
  try {
    await join(data, endsOf(await options.dial(port)));
  } catch (cause) {
    if (error.writable) error.write(options.describe(port, cause as Error));
  } finally {
    if (error.writable) error.end();
    if (data.writable.writable) data.writable.end();
  }
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535;

const endOf = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
