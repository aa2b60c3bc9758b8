// The server's half of a WebSocket handshake on a connection that some HTTP server has already read the request from.
// The library is not told of protocols: it would refuse "SPDY/3.1+portforward.k8s.io", whose slash is no token.
import type { IncomingMessage } from "node:http";
import { WebSocketServer, type WebSocket } from "ws";
import { chooseProtocol, noCommonProtocol, offeredProtocols, refuseUpgrade, type UpgradeCall } from "../negotiate.ts";

/** A client sends a whole buffer as one message, so this is generous. */
const longestMessage = 16 * 1024 * 1024;

const chosen = new WeakMap<object, string>();
let shared: WebSocketServer | undefined;

function webSocketServer(): WebSocketServer {
  if (shared) return shared;
  shared = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    skipUTF8Validation: true,
    maxPayload: longestMessage,
  });
  shared.on("headers", (headers, request) => {
    const protocol = chosen.get(request);
    if (protocol) headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
  });
  return shared;
}

export interface AcceptedWebSocket {
  readonly socket: WebSocket;
  /** "" when the client named none. */
  readonly protocol: string;
}

/** Undefined when no protocol fits or the handshake is malformed; the client has its answer then. */
export function acceptWebSocket(call: UpgradeCall, served: readonly string[]): Promise<AcceptedWebSocket | undefined> {
  const offered = offeredProtocols(call.request.headers);
  const protocol = chooseProtocol(offered, served);
  if (protocol === undefined) {
    refuseUpgrade(call.socket, 403, noCommonProtocol(offered, served));
    return Promise.resolve(undefined);
  }
  if (call.socket.destroyed) return Promise.resolve(undefined);
  const { "sec-websocket-protocol": _, ...headers } = call.request.headers;
  const request = { method: call.request.method, headers, url: "/" } as IncomingMessage;
  chosen.set(request, protocol);
  return new Promise((resolve) => {
    const refused = (): void => resolve(undefined);
    call.socket.once("close", refused);
    webSocketServer().handleUpgrade(request, call.socket, Buffer.from(call.head), (socket) => {
      call.socket.off("close", refused);
      socket.on("error", () => undefined);
      resolve({ socket, protocol });
    });
  });
}
