import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { WebSocket } from "ws";
import { systemClock } from "#base/clock.ts";
import { dialRemoteCommand } from "./dial-remote-command.ts";
import { exitCodeOf, exitStatus, type StreamFlags, type TerminalSize } from "./remote-command.ts";
import { serveRemoteCommand } from "./serve-remote-command.ts";
import { UpgradeRefused } from "./upgrade.ts";

const all: StreamFlags = { stdin: true, stdout: true, stderr: true, tty: false };

/** A server whose "process" copies stdin to stdout, says "warned" on stderr, and ends with `code`. */
async function serve(flags: StreamFlags, code = 0): Promise<AsyncDisposable & { url: string; sizes: TerminalSize[] }> {
  const sizes: TerminalSize[] = [];
  const server = createServer();
  server.on("upgrade", async (request, socket, head) => {
    const connection = await serveRemoteCommand({ request, socket, head }, flags, systemClock);
    if (!connection) return;
    void (async () => {
      for await (const size of connection.resizes) sizes.push(size);
    })();
    connection.stderr?.write("warned");
    for await (const chunk of connection.stdin ?? []) connection.stdout?.write(chunk);
    await connection.finish(exitStatus(code));
    connection.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    sizes,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
const { signal } = new AbortController();

test("SPDY: standard input ends while output goes on, and the exit code arrives", async () => {
  await using server = await serve(all, 7);
  const process = await dialRemoteCommand({ url: server.url, clock: systemClock }, all, signal);
  process.stdin!.write("one ");
  process.stdin!.end("two");
  assert.equal(await text(process.stdout!), "one two");
  assert.equal(await text(process.stderr!), "warned");
  assert.equal(exitCodeOf(await process.status), 7);
});

test("SPDY: a terminal has sizes and no stderr", async () => {
  const flags = { ...all, tty: true };
  await using server = await serve(flags);
  const process = await dialRemoteCommand({ url: server.url, clock: systemClock }, flags, signal);
  process.resize({ width: 80, height: 24 });
  process.resize({ width: 133, height: 41 });
  process.stdin!.end();
  assert.equal(process.stderr, undefined);
  assert.equal(exitCodeOf(await process.status), 0);
  assert.deepEqual(server.sizes, [
    { width: 80, height: 24 },
    { width: 133, height: 41 },
  ]);
});

test("SPDY: 20 MB both ways", async () => {
  await using server = await serve(all);
  const process = await dialRemoteCommand({ url: server.url, clock: systemClock }, all, signal);
  const sent = Buffer.alloc(20_000_000, "abcdefgh");
  process.stdin!.end(sent);
  let got = 0;
  for await (const chunk of process.stdout!) got += (chunk as Buffer).length;
  assert.equal(got, sent.length);
});

test("SPDY: aborting the signal ends the process's streams", async () => {
  await using server = await serve(all);
  const stop = new AbortController();
  const process = await dialRemoteCommand({ url: server.url, clock: systemClock }, all, stop.signal);
  process.stdin!.write("x");
  stop.abort(new Error("enough"));
  await assert.rejects(process.status, { message: "enough" });
});

interface Talk {
  readonly protocol: string;
  readonly sent: readonly (Buffer | string)[];
  /** What is expected on each channel, as text. */
  readonly channels: Readonly<Record<number, string>>;
  readonly flags?: StreamFlags;
  readonly code?: number;
}
const success = '{"metadata":{},"status":"Success"}';
const failure = JSON.stringify({ metadata: {}, ...exitStatus(3) });
const talks: Record<string, Talk> = {
  "v5 with a closed stdin": {
    protocol: "v5.channel.k8s.io",
    sent: [Buffer.from("\0hello"), Buffer.from([255, 0])],
    channels: { 1: "hello", 2: "warned", 3: success },
  },
  "v5 with an exit code": {
    protocol: "v5.channel.k8s.io",
    sent: [Buffer.from([255, 0])],
    channels: { 2: "warned", 3: failure },
    code: 3,
  },
  "v4 without stdin": {
    protocol: "v4.channel.k8s.io",
    sent: [],
    channels: { 2: "warned", 3: success },
    flags: { ...all, stdin: false },
  },
  "channel.k8s.io tells success by silence": {
    protocol: "channel.k8s.io",
    sent: [],
    channels: { 2: "warned" },
    flags: { ...all, stdin: false },
  },
  "channel.k8s.io tells failure as text": {
    protocol: "channel.k8s.io",
    sent: [],
    channels: {
      2: "warned",
      3: "command terminated with non-zero exit code: command terminated with exit code 3",
    },
    flags: { ...all, stdin: false },
    code: 3,
  },
  "base64.channel.k8s.io": {
    protocol: "base64.channel.k8s.io",
    sent: [],
    channels: { 2: "warned" },
    flags: { ...all, stdin: false },
  },
};
for (const [name, talk] of Object.entries(talks))
  test(`WebSocket: ${name}`, async () => {
    await using server = await serve(talk.flags ?? all, talk.code);
    const socket = new WebSocket(server.url.replace("http", "ws"), talk.protocol);
    const got: Record<number, string> = {};
    socket.on("message", (data: Buffer) => {
      const base64 = talk.protocol.includes("base64");
      const channel = base64 ? data[0]! - 0x30 : data[0]!;
      const payload = data.subarray(1).toString("utf8");
      const plain = base64 ? Buffer.from(payload, "base64").toString("utf8") : payload;
      if (plain) got[channel] = (got[channel] ?? "") + plain;
    });
    socket.on("open", () => {
      for (const message of talk.sent) socket.send(message);
    });
    const code = await new Promise((resolve) => socket.on("close", resolve));
    assert.equal(socket.protocol, talk.protocol);
    assert.deepEqual(got, talk.channels);
    assert.equal(code, 1000);
  });

test("WebSocket: a window size arrives, and closing the socket ends stdin", async () => {
  await using server = await serve({ ...all, tty: true });
  const socket = new WebSocket(server.url.replace("http", "ws"), "v4.channel.k8s.io");
  await new Promise((resolve) => socket.on("open", resolve));
  socket.send(Buffer.from('\x04{"Width":10,"Height":20}'));
  socket.send(Buffer.from("\0echo"));
  const echoed = await new Promise<Buffer>((resolve) =>
    socket.on("message", (data: Buffer) => data.length > 1 && resolve(data)),
  );
  assert.equal(echoed.toString(), "\x01echo");
  socket.close();
  await new Promise((resolve) => socket.on("close", resolve));
  assert.deepEqual(server.sizes, [{ width: 10, height: 20 }]);
});

const refusals: Record<string, { headers: Record<string, string>; status: number; body: string }> = {
  "an unknown SPDY protocol": {
    headers: { upgrade: "SPDY/3.1", "x-stream-protocol-version": "v9.channel.k8s.io" },
    status: 403,
    body: "unable to negotiate protocol: client supports [v9.channel.k8s.io], server accepts [",
  },
  "an unknown WebSocket protocol": {
    headers: { upgrade: "websocket", "sec-websocket-protocol": "x" },
    status: 403,
    body: "unable to negotiate protocol: client supports [x], server accepts [v5.channel.k8s.io ",
  },
  "another upgrade": { headers: { upgrade: "h2c" }, status: 400, body: "unable to upgrade: unexpected protocol" },
};
for (const [name, want] of Object.entries(refusals))
  test(`refuses ${name}`, async () => {
    await using server = await serve(all);
    const { upgrade } = await import("./upgrade.ts");
    await assert.rejects(upgrade({ url: server.url, method: "GET", headers: want.headers }, signal), (error) => {
      assert.ok(error instanceof UpgradeRefused);
      assert.equal(error.status, want.status);
      assert.ok(error.body.startsWith(want.body), error.body);
      return true;
    });
  });
