// Over TLS on loopback: where calls go, whom they trust, and what failures read like.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { systemRandom } from "#base/random.ts";
import { createKey, issue, keyPem } from "#cluster/pki/x509.ts";
import { testServer, type TestServer } from "#server/api-server.fake.ts";
import { WebhookFailure, type WebhookTarget } from "./caller.ts";
import { HttpsCaller } from "./https-caller.ts";

const serverName = "hooks.default.svc";
const services = "/api/v1/namespaces/default/services";
let ca = "";
let leaf = "";
let hooks: Server;
let port = 0;
let api: TestServer;
let caller: HttpsCaller;
/** What arrived, and the socket that it came by. */
const seen: { url: string; host: string; body: string; from: number }[] = [];

before(async () => {
  const [caKey, key] = await Promise.all([createKey(), createKey()]);
  const times = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };
  ca = await issue({ commonName: "ca", ...times }, caKey, undefined, systemRandom);
  const names = {
    commonName: "hooks",
    dnsNames: [serverName],
    addresses: ["127.0.0.1"],
    usages: ["serverAuth"] as const,
  };
  const cert = await issue({ ...names, ...times }, key, { commonName: "ca", key: caKey }, systemRandom);
  leaf = cert;
  hooks = createServer({ key: keyPem(key), cert }, async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const { url = "", headers, socket } = request;
    seen.push({ url, host: headers.host ?? "", body: Buffer.concat(pieces).toString(), from: socket.remotePort ?? 0 });
    if (url.startsWith("/hang")) return;
    if (url.startsWith("/cut")) return void socket.destroy();
    if (url.startsWith("/bad")) response.statusCode = 503;
    response.end(url.startsWith("/text") ? "hello" : JSON.stringify({ answer: 1 }));
  });
  hooks.listen(0, "127.0.0.1");
  await once(hooks, "listening");
  ({ port } = hooks.address() as AddressInfo);
  api = await testServer();
  caller = new HttpsCaller({ objects: api.server.registry, clock: systemClock });
  const service = (name: string, spec: object): Promise<unknown> => api.create(services, { metadata: { name }, spec });
  await service("hooks", { clusterIP: "127.0.0.1", ports: [{ port }] });
  await service("other", { clusterIP: "127.0.0.1", ports: [{ port }] });
  await service("headless", { clusterIP: "None", ports: [{ port }] });
});
after(async () => {
  hooks.closeAllConnections();
  hooks.close();
  await api[Symbol.asyncDispose]();
});

const never = new AbortController().signal;
const ask = (target: WebhookTarget, { timeoutMs = 10_000, signal = never } = {}): Promise<unknown> =>
  caller.call(target, { body: { q: 1 }, timeoutMs, announcesTimeout: true }, signal);
const service = (name: string, path?: string): WebhookTarget => ({
  service: { namespace: "default", name, port, ...(path === undefined ? {} : { path }) },
  caBundle: ca,
});
const failure = async (call: Promise<unknown>): Promise<string> => {
  const error = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof WebhookFailure, String(error));
  return error.message;
};

test("a service is called under its address by its name, over kept connections", async () => {
  seen.length = 0;
  assert.deepEqual(await ask(service("hooks", "path")), { answer: 1 });
  await ask(service("hooks", "path"));
  const [first, second] = seen;
  assert.deepEqual(
    { ...first, from: 0 },
    { url: "/path?timeout=10s", host: `${serverName}:${port}`, body: '{"q":1}', from: 0 },
  );
  assert.equal(first!.from, second!.from);
});

test("a URL is called with its path as Go would clean it", async () => {
  seen.length = 0;
  assert.deepEqual(await ask({ url: `https://127.0.0.1:${port}/a/b`, caBundle: ca }), { answer: 1 });
  await ask({ url: `https://127.0.0.1:${port}//a/../b/`, caBundle: ca });
  await ask({ url: `https://127.0.0.1:${port}`, caBundle: ca });
  await ask(service("hooks", "//c//d/"));
  assert.deepEqual(
    seen.map(({ url }) => url),
    ["/a/b", "/b", "/", "/c/d"].map((path) => `${path}?timeout=10s`),
  );
});

test("a bundle may hold the webhook's own certificate instead of its authority's", async () => {
  assert.deepEqual(await ask({ ...service("hooks"), caBundle: leaf }), { answer: 1 });
});

test("failures read as upstream's", async () => {
  const post = (name: string, path = "/"): string => `Post "https://${name}.default.svc:${port}${path}?timeout=10s": `;
  const untrusting = { ...service("hooks"), caBundle: "" };
  const x509 = "tls: failed to verify certificate: x509: ";
  assert.equal(await failure(ask(untrusting)), `${post("hooks")}${x509}certificate signed by unknown authority`);
  assert.equal(
    await failure(ask(service("other"))),
    `${post("other")}${x509}certificate is valid for ${serverName}, 127.0.0.1, not other.default.svc`,
  );
  assert.equal(await failure(ask(service("nobody"))), `${post("nobody")}service "nobody" not found`);
  assert.equal(
    await failure(ask(service("headless"))),
    `${post("headless")}cannot route to service with ClusterIP "None"`,
  );
  assert.equal(await failure(ask(service("hooks", "/cut"))), `${post("hooks", "/cut")}EOF`);
  assert.equal(await failure(ask(service("hooks", "/bad"))), "the server is currently unable to handle the request");
  assert.match(await failure(ask(service("hooks", "/text"))), /^couldn't get version\/kind; json parse error: json: /);
  const closed = { service: { namespace: "default", name: "hooks", port: 1 }, caBundle: ca };
  assert.match(await failure(ask(closed)), /no service port 1 found for service "hooks"$/);
  const refused = createServer();
  refused.listen(0, "127.0.0.1");
  await once(refused, "listening");
  const { port: free } = refused.address() as AddressInfo;
  refused.close();
  assert.equal(
    await failure(ask({ url: `https://127.0.0.1:${free}/`, caBundle: "" })),
    `Post "https://127.0.0.1:${free}/?timeout=10s": dial tcp 127.0.0.1:${free}: connect: connection refused`,
  );
});

test("a call ends with its time, or with who waits for it", async () => {
  assert.equal(
    await failure(ask(service("hooks", "/hang"), { timeoutMs: 50 })),
    `Post "https://${serverName}:${port}/hang?timeout=0.05s": context deadline exceeded`,
  );
  const controller = new AbortController();
  const call = ask(service("hooks", "/hang"), { signal: controller.signal });
  controller.abort(new Error("the client is gone"));
  await assert.rejects(call, /the client is gone/);
});
