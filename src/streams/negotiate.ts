// Choosing a stream protocol at an upgrade: by X-Stream-Protocol-Version for SPDY, by Sec-WebSocket-Protocol for
// WebSocket; and the plain HTTP answers that an upgrade request can get on its raw socket.
import { STATUS_CODES, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** An HTTP/1.1 request whose connection is to speak another protocol from now on. */
export interface UpgradeCall {
  readonly request: Pick<IncomingMessage, "method" | "headers">;
  readonly socket: Duplex;
  readonly head: Uint8Array;
}

export const upgradeKind = (headers: IncomingMessage["headers"]): "websocket" | "spdy" | undefined => {
  const kind = headers.upgrade?.toLowerCase();
  if (kind === "websocket") return "websocket";
  return kind === "spdy/3.1" ? "spdy" : undefined;
};

const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  (typeof value === "string" ? value : (value ?? []).join(","))
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** What the client speaks, in its order of preference. */
export function offeredProtocols(headers: IncomingMessage["headers"]): readonly string[] {
  const name = upgradeKind(headers) === "websocket" ? "sec-websocket-protocol" : "x-stream-protocol-version";
  return listOf(headers[name]);
}

/** The client's first choice that the server has; "" when the client names none; undefined when none fits. */
export function chooseProtocol(offered: readonly string[], served: readonly string[]): string | undefined {
  if (offered.length === 0) return "";
  return offered.find((name) => served.includes(name));
}

/** Answers an upgrade request with a plain response and closes the connection. */
export function refuseUpgrade(socket: Duplex, status: number, body: string, contentType = "text/plain"): void {
  if (!socket.writable) return void socket.destroy();
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Error"}`,
    "Connection: close",
    `Content-Type: ${contentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.once("finish", () => socket.destroy());
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** The text for a client that speaks nothing the server does. */
export const noCommonProtocol = (offered: readonly string[], served: readonly string[]): string =>
  `unable to negotiate protocol: client supports [${offered.join(" ")}], server accepts [${served.join(" ")}]`;

/** Says 101 for SPDY/3.1. */
export function switchToSpdy(socket: Duplex, protocol: string): void {
  const version = protocol === "" ? "" : `X-Stream-Protocol-Version: ${protocol}\r\n`;
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n${version}\r\n`);
}
