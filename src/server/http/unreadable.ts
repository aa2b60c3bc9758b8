// What node's parser of HTTP/1.1 refuses never becomes a request. Its answers are as Go's server gives them; a method that
// the parser does not know is no fault of the request, and refused as any method that a resource does not have.
import type { Duplex } from "node:stream";
import { ApiError } from "#api/errors.ts";
import type { Clock } from "#base/clock.ts";

const codes: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Request Entity Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};
const notAllowed = new ApiError("MethodNotAllowed", "the server does not allow this method on the requested resource", {
  details: {},
});
const head = (status: string, type: string, body: string): string =>
  [
    `HTTP/1.1 ${status}`,
    "Cache-Control: no-cache, private",
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
    "",
    body,
  ].join("\r\n");

/** Node keeps the answer under way there; into its middle nothing may be written. */
type Http1Socket = Duplex & { readonly _httpMessage?: { readonly headersSent: boolean } | null };

/** What is still on its way is read for so long: a connection that is closed over it would take the answer with it. */
const lingerMs = 500;

/**
 * Answers, unless an answer is under way, and ends the connection. Invariant: nothing is written on a connection that failed
 * otherwise, above all in its handshake: that may still come to its end, and HTTP/2 writes past us then.
 */
export const refuseUnreadable =
  (clock: Clock) =>
  (error: NodeJS.ErrnoException, socket: Http1Socket): void => {
    if (socket.writableEnded) return;
    const isAnswering = socket._httpMessage?.headersSent ?? false;
    const { code = "" } = error;
    const isOfParser = code.startsWith("HPE_") || code === "ERR_HTTP_REQUEST_TIMEOUT";
    if (!isOfParser || !socket.writable || isAnswering) return void socket.destroy(error);
    const status = codes[code] ?? "400 Bad Request";
    const answer =
      code === "HPE_INVALID_METHOD"
        ? head("405 Method Not Allowed", "application/json", JSON.stringify(notAllowed.toStatus()))
        : head(status, "text/plain; charset=utf-8", status);
    socket.end(answer);
    socket.resume();
    clock.after(lingerMs, () => socket.destroy());
  };
