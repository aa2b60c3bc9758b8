// Which failures of a connection are answered, and which end it without a word.
import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { refuseUnreadable } from "./unreadable.ts";

function connection(more: object = {}): { socket: Duplex; said: () => string } {
  const chunks: string[] = [];
  const socket = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  socket.on("error", () => undefined);
  return { socket: Object.assign(socket, more), said: () => chunks.join("") };
}
const failure = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });

test("what the parser refuses is answered, and the connection ends a moment later", async () => {
  const clock = new VirtualClock();
  const answers: readonly (readonly [string, RegExp])[] = [
    ["HPE_INVALID_METHOD", /^HTTP\/1\.1 405 .*"reason":"MethodNotAllowed"/s],
    ["HPE_HEADER_OVERFLOW", /^HTTP\/1\.1 431 /],
    ["HPE_INVALID_CONSTANT", /^HTTP\/1\.1 400 .*\r\n\r\n400 Bad Request$/s],
    ["ERR_HTTP_REQUEST_TIMEOUT", /^HTTP\/1\.1 408 /],
  ];
  for (const [code, answer] of answers) {
    const { socket, said } = connection();
    refuseUnreadable(clock)(failure(code), socket);
    refuseUnreadable(clock)(failure(code), socket);
    assert.match(said(), answer);
    assert.equal(socket.destroyed, false);
    clock.runNext(Infinity);
    assert.equal(socket.destroyed, true);
  }
});

test("a connection that failed otherwise, or is being answered, just ends", async () => {
  // A handshake that timed out may come to its end after all: HTTP/2 would write while we do, and take the process with it.
  for (const code of ["ERR_TLS_HANDSHAKE_TIMEOUT", "ERR_SSL_WRONG_VERSION_NUMBER", "ECONNRESET", ""]) {
    const { socket, said } = connection();
    refuseUnreadable(new VirtualClock())(failure(code), socket);
    assert.deepEqual([said(), socket.destroyed], ["", true], code);
  }
  const { socket, said } = connection({ _httpMessage: { headersSent: true } });
  refuseUnreadable(new VirtualClock())(failure("HPE_INVALID_METHOD"), socket);
  assert.deepEqual([said(), socket.destroyed], ["", true]);
});
