import assert from "node:assert/strict";
import { Agent, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { duplexPair, Readable, type Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { seededRandom } from "#base/random.ts";
import type { Span } from "#base/tracing/span.ts";
import { Tracer } from "#base/tracing/tracer.ts";
import type { Call, Reply } from "#server/pipeline.ts";
import { forward, forwardedHeaders, forwardUpgrade, wantsUpgrade } from "./forward.ts";

interface Backend extends AsyncDisposable {
  readonly url: URL;
}
async function backend(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  upgraded?: (request: IncomingMessage, socket: Duplex) => void,
): Promise<Backend> {
  const server = createServer(answer);
  if (upgraded) server.on("upgrade", upgraded);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
const callOf = (more: Partial<Call> = {}): Call => ({
  method: "GET",
  path: "/",
  rawPath: "/",
  query: new URLSearchParams(),
  headers: {},
  body: () => Promise.reject(new Error("not to be read whole")),
  signal: AbortSignal.timeout(10_000),
  peer: { address: "192.0.2.1" },
  id: "1",
  receivedAt: 0,
  warnings: [],
  ...more,
});
type Raw = Extract<Reply, { type: "raw" }>;
const bodyOf = (reply: Raw): Promise<string> =>
  typeof reply.body === "string" ? Promise.resolve(reply.body) : text(reply.body as AsyncIterable<Uint8Array>);

test("headers of the connection and of the caller's identity stay here", () => {
  const headers = {
    accept: "a",
    authorization: "Bearer secret",
    connection: "keep-alive",
    "impersonate-user": "x",
    "transfer-encoding": "chunked",
    "x-forwarded-for": "198.51.100.7",
    "x-own": "kept",
  };
  assert.deepEqual(forwardedHeaders(callOf({ headers })), {
    accept: "a",
    "x-forwarded-for": "198.51.100.7, 192.0.2.1",
    "x-own": "kept",
  });
});

test("method, path, body and answer pass through", async () => {
  await using server = await backend((request, response) => {
    response.setHeader("set-cookie", ["a=1", "b=2"]);
    response.writeHead(418, { "content-type": "text/x" });
    request.on("data", (chunk: Buffer) => response.write(chunk.toString().toUpperCase()));
    request.on("end", () => response.end(` ${request.method} ${request.url}`));
  });
  const call = callOf({ method: "POST", bodyStream: Readable.from([Buffer.from("some "), Buffer.from("body")]) });
  const reply = (await forward(call, { url: new URL("x?y=1", server.url), headers: {} })) as Raw;
  assert.deepEqual([reply.code, reply.contentType], [418, "text/x"]);
  assert.deepEqual(reply.headers?.["set-cookie"], ["a=1", "b=2"]);
  assert.equal("transfer-encoding" in reply.headers!, false);
  assert.equal(await bodyOf(reply), "SOME BODY POST /x?y=1");
});

test("a body is passed on as it comes, not when it ends", async () => {
  let finish = (): void => undefined;
  await using server = await backend((_, response) => {
    response.write("first");
    finish = () => void response.end("last");
  });
  const reply = (await forward(callOf(), { url: server.url, headers: {} })) as Raw;
  const got: string[] = [];
  for await (const chunk of reply.body as AsyncIterable<Uint8Array>) {
    got.push(Buffer.from(chunk).toString());
    finish();
  }
  assert.deepEqual(got, ["first", "last"]);
});

test("what is forwarded is part of the trace that goes on", async () => {
  const seen: unknown[] = [];
  await using server = await backend(
    (request, response) => {
      seen.push(request.headers["traceparent"]);
      response.end();
    },
    (request, socket) => {
      seen.push(request.headers["traceparent"]);
      socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    },
  );
  const spans: Span[] = [];
  const sink = (span: Span): void => void spans.push(span);
  const tracer = new Tracer({ clock: new VirtualClock(), random: seededRandom(1), samplesPerMillion: 1e6, sink });
  const target = { url: server.url, headers: { traceparent: "of the client" } };
  await tracer.run("outer", {}, async (outer) => {
    await forward(callOf(), target);
    const call = upgradeCall();
    await forwardUpgrade(call, target, new VirtualClock());
    const { traceId, spanId } = outer!.context;
    assert.deepEqual(seen, [`00-${traceId}-${spans[0]!.context.spanId}-01`, `00-${traceId}-${spanId}-01`]);
  });
  assert.deepEqual([spans[0]!.name, spans[0]!.attributes.get("http.response.status_code")], ["HTTP GET", 200]);
  await forward(callOf(), target);
  assert.equal(seen.at(-1), "of the client");
});

test("no body is ever taken for another request", async () => {
  const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
  const cases: readonly (readonly [string, Partial<Call>, string])[] = [
    ["DELETE", { bodyStream: Readable.from([Buffer.from(smuggled)]) }, smuggled],
    ["OPTIONS", { bodyStream: Readable.from([Buffer.from(smuggled)]) }, smuggled],
    ["GET", { bodyStream: Readable.from([Buffer.from(smuggled)]), headers: { "content-length": "38" } }, ""],
    ["DELETE", { parsedBody: { a: 1 } }, '{"a":1}'],
    ["DELETE", {}, ""],
    ["POST", {}, ""],
  ];
  const seen: string[] = [];
  await using server = await backend(async (request, response) => {
    seen.push(`${request.method} ${request.url} ${await text(request)}`);
    response.end("ok");
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (const [method, more] of cases) {
    const call = callOf({ method, ...more });
    const reply = (await forward(call, { url: server.url, headers: forwardedHeaders(call), agent })) as Raw;
    assert.equal(await bodyOf(reply), "ok");
  }
  agent.destroy();
  assert.deepEqual(
    seen,
    cases.map(([method, , body]) => `${method} / ${body}`),
  );
});

test("a server that cannot be reached is ServiceUnavailable", async () => {
  const server = await backend(() => undefined);
  await server[Symbol.asyncDispose]();
  await assert.rejects(forward(callOf(), { url: server.url, headers: {} }), {
    reason: "ServiceUnavailable",
    message: /^error trying to reach service: dial tcp 127\.0\.0\.1:\d+: connect: connection refused$/,
  });
});

test("when the client goes away, the request to the server ends", async () => {
  const ended = Promise.withResolvers<void>();
  const stop = new AbortController();
  await using server = await backend((_, response) => {
    response.once("close", () => ended.resolve());
    response.write("x");
  });
  await forward(callOf({ signal: stop.signal }), { url: server.url, headers: {} });
  stop.abort();
  await ended.promise;
});

function upgradeCall(): Call & { readonly upgrade: NonNullable<Call["upgrade"]>; readonly client: Duplex } {
  const [client, socket] = duplexPair();
  const headers = { connection: "Upgrade", upgrade: "echo/1" };
  return { ...callOf({ headers }), upgrade: { socket, head: Buffer.from("early ") }, client };
}

test("an upgrade joins the two connections, with what came too early", async () => {
  await using server = await backend(
    () => undefined,
    (request, socket) => {
      socket.write("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: echo/1\r\nX-Extra: 1\r\n\r\nhello ");
      if (request.headers.upgrade === "echo/1") socket.pipe(socket);
    },
  );
  const call = upgradeCall();
  assert.ok(wantsUpgrade(call));
  const reply = await forwardUpgrade(call, { url: server.url, headers: {} }, new VirtualClock());
  assert.equal(reply.type, "taken");
  call.client.end("late");
  const [head, body] = (await text(call.client)).split("\r\n\r\n");
  assert.equal(head, "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: echo/1\r\nX-Extra: 1");
  assert.equal(body, "hello early late");
});

test("a refused upgrade is the reply, as the server gave it", async () => {
  await using server = await backend((_, response) => void response.writeHead(404).end("pod does not exist"));
  const reply = (await forwardUpgrade(upgradeCall(), { url: server.url, headers: {} }, new VirtualClock())) as Raw;
  assert.deepEqual([reply.type, reply.code, await bodyOf(reply)], ["raw", 404, "pod does not exist"]);
});

test("an upgrade that is answered as if it were none is an error", async () => {
  await using server = await backend((_, response) => void response.end("ok"));
  await assert.rejects(forwardUpgrade(upgradeCall(), { url: server.url, headers: {} }, new VirtualClock()), {
    message: "invalid upgrade response: status code 200",
  });
});

test("a half-open connection does not linger for ever", async () => {
  await using server = await backend(
    () => undefined,
    (_, socket) => void socket.end("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: echo/1\r\n\r\nbye"),
  );
  const clock = new VirtualClock();
  const call = upgradeCall();
  await forwardUpgrade(call, { url: server.url, headers: {} }, clock);
  assert.match(await text(call.client), /bye$/);
  while (clock.runNext(clock.now() + 60_000));
  assert.equal(call.upgrade.socket.destroyed, true);
});
