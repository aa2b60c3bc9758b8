import assert from "node:assert/strict";
import { connect, createServer, type AddressInfo } from "node:net";
import { duplexPair, type Duplex } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { test } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { SpdyConnection } from "./connection.ts";
import { dataHead, synReply } from "./frame.ts";
import { HeaderWriter } from "./header-block.ts";
import type { SpdyStream } from "./stream.ts";

interface Pair extends AsyncDisposable {
  readonly client: SpdyConnection;
  readonly server: SpdyConnection;
  readonly clientSocket: Duplex;
  /** Streams that the server has been offered, in order. */
  readonly next: () => Promise<SpdyStream>;
}
function pair(maxStreams = 512, clock = new VirtualClock()): Pair {
  const [a, b] = duplexPair();
  const offered: SpdyStream[] = [];
  const waiting: ((stream: SpdyStream) => void)[] = [];
  const onStream = (stream: SpdyStream): void => {
    const first = waiting.shift();
    if (first) first(stream);
    else offered.push(stream);
  };
  const client = new SpdyConnection({ socket: a, side: "client", clock });
  const server = new SpdyConnection({ socket: b, side: "server", onStream, maxStreams, clock });
  const next = (): Promise<SpdyStream> =>
    offered.length > 0 ? Promise.resolve(offered.shift()!) : new Promise((resolve) => waiting.push(resolve));
  const dispose = async (): Promise<void> => {
    client.destroy();
    server.destroy();
  };
  return { client, server, clientSocket: a, next, [Symbol.asyncDispose]: dispose };
}
/** An accepted stream, from both ends. */
async function open(p: Pair, headers = {}): Promise<[SpdyStream, SpdyStream]> {
  const opening = p.client.openStream(headers);
  const server = await p.next();
  server.reply();
  return [await opening, server];
}

test("headers reach the server, and a half-closed stream still answers", async () => {
  await using p = pair();
  const [client, server] = await open(p, { streamtype: "stdin", port: "80" });
  assert.deepEqual({ ...server.headers }, { streamtype: "stdin", port: "80" });
  client.end("all of it");
  assert.equal(await text(server), "all of it");
  server.end("the answer");
  assert.equal(await text(client), "the answer");
});

test("streams do not mix", async () => {
  await using p = pair();
  const opened = [await open(p), await open(p), await open(p)];
  for (const [i, [client]] of opened.entries()) client.end(String(i).repeat(100_000));
  for (const [i, [, server]] of opened.entries()) assert.equal(await text(server), String(i).repeat(100_000));
});

test("a large transfer arrives whole, through a slow reader", async () => {
  await using p = pair();
  const [client, server] = await open(p);
  const sent = Buffer.alloc(3_000_000, "0123456789abcdef");
  client.end(sent);
  const got: Buffer[] = [];
  for await (const chunk of server) {
    got.push(chunk as Buffer);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(Buffer.concat(got).equals(sent));
});

test("a reader that does not read holds the writer back", async () => {
  await using p = pair();
  const [client, server] = await open(p);
  let written = 0;
  const piece = Buffer.alloc(64 * 1024);
  const write = (): void =>
    void client.write(piece, () => ((written += piece.length), written < 10_000_000 && write()));
  write();
  for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(written < 2_000_000, `${written} bytes were taken`);
  server.resume();
  for (let i = 0; i < 2000 && written < 10_000_000; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(written >= 10_000_000, true);
});

test("a refused stream rejects the opening", async () => {
  await using p = pair();
  const opening = p.client.openStream({});
  (await p.next()).refuse();
  await assert.rejects(opening, { message: "the stream was reset with status 3" });
});

test("more streams than the limit are refused", async () => {
  await using p = pair(2);
  await open(p);
  await open(p);
  await assert.rejects(p.client.openStream({}), { message: "the stream was reset with status 3" });
});

test("a closed stream makes room for another", async () => {
  await using p = pair(1);
  const [client, server] = await open(p);
  client.end();
  server.end();
  await Promise.all([buffer(server), buffer(client)]);
  await open(p);
});

test("destroying a stream ends the other side's reading and fails its writing", async () => {
  await using p = pair();
  const [client, server] = await open(p);
  server.write("before");
  client.write("to be read");
  await new Promise((resolve) => client.once("readable", resolve));
  client.destroy();
  assert.equal(await text(server), "to be read");
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(server.writable, false);
});

test("when the connection goes, readers end, openings fail and the reason is told", async () => {
  await using p = pair();
  const [client, server] = await open(p);
  const opening = p.client.openStream({});
  p.clientSocket.destroy();
  await assert.rejects(opening);
  assert.equal(await text(server), "");
  client.resume();
  await new Promise((resolve) => client.once("close", resolve));
  assert.equal(p.client.ended.aborted, true);
  await assert.rejects(p.client.openStream({}));
});

test("close delivers what finished streams wrote, and then does not wait for ever", async () => {
  const clock = new VirtualClock();
  await using p = pair(512, clock);
  const [client, server] = await open(p);
  server.end(Buffer.alloc(500_000, "x"));
  await new Promise((resolve) => server.once("finish", resolve));
  p.server.close();
  assert.equal((await buffer(client)).length, 500_000);
  assert.equal(p.server.ended.aborted, false);
  while (clock.runNext(clock.now() + 10_000));
  assert.equal(p.server.ended.aborted, true);
});

test("what came before the end of the connection is read to its last byte, however late", async () => {
  // So much that the reader is waited for within the last bytes from the socket.
  const frame = Buffer.concat([dataHead(1, 10_000, false), Buffer.alloc(10_000, "x")]);
  const all = [
    synReply(1, new HeaderWriter().write({})),
    ...Array.from({ length: 54 }, () => frame),
    dataHead(1, 0, true),
  ];
  const server = createServer((socket) => socket.once("data", () => socket.end(Buffer.concat(all))));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const client = new SpdyConnection({ socket, side: "client", clock: new VirtualClock() });
  const stream = await client.openStream({});
  await new Promise((resolve) => socket.once("close", resolve));
  assert.equal((await buffer(stream)).length, 540_000);
  client.destroy();
  server.close();
});

test("pings come back unchanged and rubbish ends the connection", async () => {
  const [a, b] = duplexPair();
  const server = new SpdyConnection({ socket: b, side: "server", clock: new VirtualClock() });
  const ping = Buffer.from([0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 9]);
  a.write(ping);
  assert.deepEqual(await new Promise((resolve) => a.once("data", resolve)), ping);
  a.write(Buffer.from("GET / HTTP/1.1\r\n\r\n").fill(0x90, 0, 1));
  await new Promise((resolve) => server.ended.addEventListener("abort", resolve));
  assert.match(String(server.ended.reason), /not a frame of SPDY/);
});
