import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect, createServer as createTcpServer, type AddressInfo } from "node:net";
import { Duplex, type Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import * as ws from "ws";
import { systemClock } from "#base/clock.ts";
import { dialPortForward } from "./dial-port-forward.ts";
import { servePortForward } from "./port-forward.ts";
import { upgrade } from "./upgrade.ts";
import { SpdyConnection } from "./spdy/connection.ts";

/** Parts of the library that its types leave out. */
interface Internals {
  readonly Sender: { frame(data: Buffer, options: object): readonly Buffer[] };
  readonly Receiver: new (options: object) => Writable;
}
const { Sender, Receiver } = ws as unknown as Internals;
const { WebSocket } = ws;

/** The "pod" echoes until its input ends and then says bye. Port 9 refuses. */
async function serve(): Promise<AsyncDisposable & { url: string }> {
  const pod = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket.on("data", (chunk) => socket.write(chunk));
    socket.on("end", () => socket.end(" bye"));
  });
  await new Promise<void>((resolve) => pod.listen(0, "127.0.0.1", resolve));
  const podPort = (pod.address() as AddressInfo).port;
  const dial = (port: number): Promise<Duplex> =>
    new Promise((resolve, reject) => {
      if (port === 9) return reject(new Error("connection refused"));
      const socket = connect({ port: podPort, host: "127.0.0.1", allowHalfOpen: true });
      socket.on("connect", () => resolve(socket));
      socket.on("error", reject);
    });
  const server = createServer();
  server.on("upgrade", (request, socket, head) => {
    const ports = new URL(request.url!, "http://x").searchParams.getAll("port").map(Number);
    const describe = (port: number, error: Error): string => `no port ${port}: ${error.message}`;
    void servePortForward({ request, socket, head }, { dial, describe, ports, clock: systemClock });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      pod.close();
    },
  };
}
const { signal } = new AbortController();

test("SPDY: data goes both ways, with half-close", async () => {
  await using server = await serve();
  const connection = await dialPortForward({ url: server.url, clock: systemClock }, 80, signal);
  connection.end("hello");
  assert.equal(await text(connection), "hello bye");
});

test("SPDY: a refused port is an error with the server's text", async () => {
  await using server = await serve();
  const connection = await dialPortForward({ url: server.url, clock: systemClock }, 9, signal);
  await assert.rejects(text(connection), { message: "no port 9: connection refused" });
});

/** A WebSocket client as a byte stream; the library's own client refuses the protocol's name. */
async function tunnel(url: string): Promise<Duplex> {
  const protocol = "SPDY/3.1+portforward.k8s.io";
  const headers = {
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": Buffer.alloc(16, 7).toString("base64"),
    "sec-websocket-protocol": protocol,
  };
  const { socket, headers: answer } = await upgrade({ url, method: "GET", headers }, signal);
  assert.equal(answer["sec-websocket-protocol"], protocol);
  const receiver = new Receiver({ isServer: false });
  const frame = { fin: true, mask: true, opcode: 2, readOnly: true, rsv1: false };
  const stream = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      for (const part of Sender.frame(chunk, frame)) socket.write(part);
      done();
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  receiver.on("message", (data: Buffer) => stream.push(data));
  socket.pipe(receiver);
  return stream;
}

test("SPDY inside a WebSocket: several connections at once", async () => {
  await using server = await serve();
  const spdy = new SpdyConnection({ socket: await tunnel(server.url), side: "client", clock: systemClock });
  const talks = ["a", "b", "c"].map(async (word, i) => {
    const headers = { port: "80", requestid: String(i) };
    const error = await spdy.openStream({ ...headers, streamtype: "error" });
    const data = await spdy.openStream({ ...headers, streamtype: "data" });
    data.end(word.repeat(100_000));
    return [await text(data), await text(error)];
  });
  assert.deepEqual(
    await Promise.all(talks),
    ["a", "b", "c"].map((word) => [`${word.repeat(100_000)} bye`, ""]),
  );
  spdy.close();
});

test("WebSocket channels: pairs begin with the port, errors have a channel of their own", async () => {
  await using server = await serve();
  const socket = new WebSocket(`${server.url.replace("http", "ws")}?port=80&port=9`, "v4.channel.k8s.io");
  const got: Record<number, Buffer> = {};
  const told = new Promise<void>((resolve) =>
    socket.on("message", (message: Buffer) => {
      got[message[0]!] = Buffer.concat([got[message[0]!] ?? Buffer.alloc(0), message.subarray(1)]);
      if (got[0]?.toString("latin1") === "P\0hello" && (got[3]?.length ?? 0) > 2) resolve();
    }),
  );
  await new Promise((resolve) => socket.on("open", resolve));
  socket.send(Buffer.from("\0hello"));
  await told;
  assert.deepEqual(
    Object.entries(got).map(([channel, bytes]) => [channel, bytes.toString("latin1")]),
    [
      ["0", "P\0hello"],
      ["1", "P\0"],
      ["2", "\t\0"],
      ["3", "\t\0no port 9: connection refused"],
    ],
  );
  socket.close();
});
