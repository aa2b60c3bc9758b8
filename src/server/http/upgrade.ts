// An HTTP/1.1 request that asks to change the protocol: the handler takes the socket over, or it is answered by hand.
import { STATUS_CODES, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import { plainHeaders, valuesIn, type Exchange } from "./exchange.ts";

export function upgradeExchange(request: IncomingMessage, socket: Duplex): Exchange {
  return {
    method: request.method ?? "GET",
    url: request.url ?? "/",
    headers: plainHeaders(request.headers),
    headerValues: (name) => valuesIn(request.rawHeaders, name),
    input: request,
    output: socket,
    respond: (code, headers) => {
      const lines = Object.entries({ ...headers, connection: "close" } satisfies OutgoingHttpHeaders).flatMap(
        ([name, value]) => [value].flat().map((v) => `${name}: ${String(v)}`),
      );
      socket.write(`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ""}\r\n${lines.join("\r\n")}\r\n\r\n`);
    },
    abort: () => void socket.destroy(),
  };
}
