// Clients that behave badly on the wire: each does its worst for a moment and goes. What they get back does not matter here;
// what matters is that others are served meanwhile, and that nothing of them stays.
import { once } from "node:events";
import { connect as connectH2, constants, type ClientHttp2Session } from "node:http2";
import { connect as connectTcp } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { ServerProcess } from "../support/server-process.ts";
import type { Chance } from "./chance.ts";
import { connectionPreface, frame } from "../support/http2-frame.ts";

export type Target = Pick<ServerProcess, "port" | "keys">;
export type Attack = (target: Target, chance: Chance) => Promise<void>;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const configmaps = "/api/v1/namespaces/default/configmaps";

/** A connection whose end, however it comes, is nobody's error. */
async function tls({ port, keys }: Target, protocol: "http/1.1" | "h2"): Promise<TLSSocket> {
  const socket = connectTls({ host: "127.0.0.1", port, ...keys, ALPNProtocols: [protocol] });
  socket.on("error", () => undefined);
  socket.resume();
  await Promise.race([once(socket, "secureConnect"), once(socket, "close")]).catch(() => undefined);
  return socket;
}
function session({ port, keys }: Target): ClientHttp2Session {
  const made = connectH2(`https://127.0.0.1:${port}`, keys);
  made.on("error", () => undefined);
  return made;
}
/** Sends pieces of HTTP/1.1 over many connections, waits, and breaks off. */
async function say(target: Target, texts: readonly string[], waitMs = 100): Promise<void> {
  const sockets = await Promise.all(
    texts.map(async (text) => {
      const socket = await tls(target, "http/1.1");
      socket.write(text);
      return socket;
    }),
  );
  await pause(waitMs);
  for (const socket of sockets) socket.destroy();
}

const noise: Attack = async ({ port }, chance) => {
  const sockets = times(30, () => {
    const socket = connectTcp(port, "127.0.0.1").on("error", () => undefined);
    socket.write(chance.bytes(1 + chance.below(2_000)));
    return socket;
  });
  await pause(100);
  for (const socket of sockets) socket.destroy();
};
const head = (line: string, ...headers: readonly string[]): string =>
  [line, "Host: a", ...headers, "", ""].join("\r\n");
const brokenHttp1: Attack = (target, chance) =>
  say(target, [
    "\0\0\0\0\r\n\r\n",
    "GET\r\n\r\n",
    head("GET / HTTP/9.9"),
    head("FROB /api HTTP/1.1"),
    head(`GET /${"a".repeat(100_000)} HTTP/1.1`),
    head("GET / HTTP/1.1", `X: ${"a".repeat(100_000)}`),
    head("GET / HTTP/1.1", ...times(3_000, (i) => `X-${i}: a`)),
    head("GET / HTTP/1.1", "X: a\rb", "Y: a\0b"),
    head(`POST ${configmaps} HTTP/1.1`, "Content-Length: 5", "Content-Length: 6") + "{}{}{}",
    head(`POST ${configmaps} HTTP/1.1`, "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n",
    head(`POST ${configmaps} HTTP/1.1`, "Content-Length: -1") + "{}",
    head(`POST ${configmaps} HTTP/1.1`, "Content-Length: 99999999999999999999") + "{}",
    head(`POST ${configmaps} HTTP/1.1`, "Transfer-Encoding: chunked") + "zz\r\n{}\r\n0\r\n\r\n",
    head(`POST ${configmaps} HTTP/1.1`, "Transfer-Encoding: chunked") + "ffffffffffffffff\r\n{}",
    head(`POST ${configmaps} HTTP/1.1`, "Expect: 100-continue", "Content-Length: 100"),
    head("GET /version HTTP/1.1").repeat(200),
    head("GET /api/v1/namespaces/default/pods/a/exec?command=x HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket"),
    head("GET /api/v1/namespaces/default/pods/a/exec HTTP/1.1", "Connection: Upgrade", "Upgrade: SPDY/3.1") +
      Buffer.from(chance.bytes(100)).toString("latin1"),
    head("CONNECT a:1 HTTP/1.1"),
    head("GET http://other/ HTTP/1.1"),
    head("OPTIONS * HTTP/1.1"),
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  ]);
const slowHeaders: Attack = async (target) => {
  const sockets = await Promise.all(times(60, () => tls(target, "http/1.1")));
  for (let i = 0; i < 10; i++) {
    for (const socket of sockets) if (!socket.destroyed) socket.write(i === 0 ? "GET / HTTP/1.1\r\n" : `X-${i}: a\r\n`);
    await pause(30);
  }
  for (const socket of sockets) socket.destroy();
};
/** More bodies that never come to an end than there may be writes at once. */
const slowBodies: Attack = async (target) => {
  const clients = times(2, () => session(target));
  const streams = times(1_000, (i) => {
    const stream = clients[i % 2]!.request({
      ":method": "POST",
      ":path": configmaps,
      "content-type": "application/json",
    });
    stream.on("error", () => undefined);
    stream.write('{"metadata":');
    return stream;
  });
  await pause(300);
  for (const stream of streams) if (!stream.destroyed) stream.write("{");
  await pause(1_200);
  for (const client of clients) client.destroy();
};
const abandoned: Attack = async (target, chance) => {
  for (let round = 0; round < 5; round++) {
    const client = session(target);
    for (let i = 0; i < 80; i++) {
      const isWrite = chance.oneIn(2);
      const stream = client.request(
        { ":method": isWrite ? "POST" : "GET", ":path": isWrite ? configmaps : "/api/v1/pods?watch=1" },
        { endStream: !isWrite },
      );
      stream.on("error", () => undefined);
      if (isWrite) stream.write("{");
      if (chance.oneIn(2)) stream.close(constants.NGHTTP2_CANCEL);
    }
    await pause(20);
    client.destroy();
  }
};
const rapidReset: Attack = async (target) => {
  const client = session(target);
  await Promise.race([once(client, "connect"), once(client, "close")]);
  for (let i = 0; i < 5_000 && !client.destroyed && !client.closed; i++) {
    const stream = client.request({ ":path": "/api/v1/pods" });
    stream.on("error", () => undefined);
    stream.close(constants.NGHTTP2_CANCEL);
    if (i % 500 === 0) await pause(1);
  }
  client.destroy();
};

const preface = Buffer.concat([connectionPreface, frame(4, 0, 0)]);
const [data, headers, settings, ping, windowUpdate, continuation] = [0, 1, 4, 6, 8, 9];
/** Raw frames, as fast as they go. */
const floods: Attack = async (target, chance) => {
  const pieces = [
    frame(ping, 0, 0, new Uint8Array(8)),
    frame(settings, 0, 0),
    frame(settings, 0, 0, Buffer.from("000300000000", "hex")),
    frame(windowUpdate, 0, 0, Buffer.from("00000001", "hex")),
    frame(headers, 0, 1, chance.bytes(20)),
    frame(continuation, 0, 1, chance.bytes(20)),
    frame(data, 0, 1, new Uint8Array(0)),
    frame(chance.below(256), chance.below(256), chance.below(1 << 30), chance.bytes(chance.below(100))),
  ];
  await Promise.all(
    pieces.map(async (piece) => {
      const socket = await tls(target, "h2");
      socket.write(preface);
      const many = Buffer.concat(times(2_000, () => piece));
      for (let i = 0; i < 5 && !socket.destroyed; i++) {
        socket.write(many);
        await pause(5);
      }
      await pause(50);
      socket.destroy();
    }),
  );
};
const connections: Attack = async (target) => {
  const sockets = await Promise.all(times(250, (i) => tls(target, i % 2 ? "h2" : "http/1.1")));
  for (const socket of sockets) socket.destroy();
};
/** Asks for much and reads nothing of it. */
const slowReaders: Attack = async (target) => {
  const client = connectH2(`https://127.0.0.1:${target.port}`, {
    ...target.keys,
    settings: { initialWindowSize: 0 },
  }).on("error", () => undefined);
  for (let i = 0; i < 300; i++) {
    const path = i % 3 ? "/api/v1/configmaps" : "/api/v1/configmaps?watch=1";
    client.request({ ":path": path, "accept-encoding": i % 2 ? "gzip" : "" }).on("error", () => undefined);
  }
  await pause(400);
  client.destroy();
};
const inFlight: Attack = async (target) => {
  const clients = times(6, () => session(target));
  const paths = [
    "/api/v1/configmaps",
    "/openapi/v2",
    "/apis/apps/v1",
    "/api/v1/pods?watch=1&timeoutSeconds=1",
    "/metrics",
  ];
  const streams = clients.flatMap((client) =>
    times(150, (i) => {
      const stream = client.request({ ":path": paths[i % paths.length], "accept-encoding": "gzip" });
      stream.on("error", () => undefined);
      stream.resume();
      return stream;
    }),
  );
  await Promise.race([
    Promise.all(streams.map((s) => s.closed || once(s, "close").catch(() => undefined))),
    pause(1_500),
  ]);
  for (const client of clients) client.destroy();
};

export const attacks: Readonly<Record<string, Attack>> = {
  "random bytes instead of TLS": noise,
  "broken HTTP/1.1": brokenHttp1,
  "headers that never end": slowHeaders,
  "bodies that never end": slowBodies,
  "requests that are given up": abandoned,
  "rapid resets of streams": rapidReset,
  "floods of frames": floods,
  "many connections": connections,
  "readers that do not read": slowReaders,
  "many requests at once": inFlight,
};
