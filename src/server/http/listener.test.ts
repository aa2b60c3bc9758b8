// Over real sockets on loopback: both protocol versions, certificates, streaming, compression, limits.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { connect } from "node:http2";
import { text as textOf } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { gunzipSync } from "node:zlib";
import { SelfSubjectReview } from "#api/authentication/self-subject-review.ts";
import { systemClock } from "#base/clock.ts";
import { silentLog } from "#base/log.ts";
import { systemRandom } from "#base/random.ts";
import { createKey, issue, keyPem } from "#cluster/pki/x509.ts";
import { testServer, type Json, type TestServer } from "#server/api-server.fake.ts";
import type { ResourceCall } from "#server/api-context.ts";
import { handlerKey } from "#server/dispatch.ts";
import type { Authenticator, Call, Handler } from "#server/pipeline.ts";
import { createHttpListener, type HttpListener } from "./listener.ts";

interface Keys {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly client: { readonly cert: string; readonly key: string };
  readonly stranger: { readonly cert: string; readonly key: string };
  readonly frontCa: string;
  readonly front: { readonly cert: string; readonly key: string };
}
async function makeKeys(): Promise<Keys> {
  const [caKey, otherKey, key, clientKey] = await Promise.all([createKey(), createKey(), createKey(), createKey()]);
  const now = Date.now();
  const times = { notBefore: now - 60_000, notAfter: now + 3_600_000 };
  const ca = await issue({ commonName: "ca", ...times }, caKey, undefined, systemRandom);
  const by = { commonName: "ca", key: caKey };
  const server = { commonName: "api", addresses: ["127.0.0.1"], usages: ["serverAuth"] as const, ...times };
  const cert = await issue(server, key, by, systemRandom);
  const person = { commonName: "alice", organization: "devs", usages: ["clientAuth"] as const, ...times };
  const front = { commonName: "front-ca", key: otherKey };
  const proxy = { commonName: "front", usages: ["clientAuth"] as const, ...times };
  const [good, bad, frontCa, frontCert] = await Promise.all([
    issue(person, clientKey, by, systemRandom),
    issue(person, clientKey, { commonName: "ca", key: otherKey }, systemRandom),
    issue({ commonName: "front-ca", ...times }, otherKey, undefined, systemRandom),
    issue(proxy, clientKey, front, systemRandom),
  ]);
  const pem = keyPem(clientKey);
  return {
    ca,
    cert,
    key: keyPem(key),
    client: { cert: good, key: pem },
    stranger: { cert: bad, key: pem },
    frontCa,
    front: { cert: frontCert, key: pem },
  };
}

/** The certificate's subject, or nobody in particular. */
const authenticator: Authenticator = {
  authenticate: (call: Call) => {
    const { trustedUser, certificate, proxyCertificate } = call.peer;
    if (trustedUser) return Promise.resolve(trustedUser);
    if (proxyCertificate) return Promise.resolve({ name: `by ${proxyCertificate.commonName}`, groups: [] });
    return Promise.resolve({ name: certificate?.commonName ?? "anonymous", groups: certificate?.organizations ?? [] });
  },
};

/** Takes the connection over and sends back what comes. */
const echo: Handler<ResourceCall> = (call) => {
  const { socket } = call.upgrade!;
  socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
  socket.pipe(socket);
  return Promise.resolve({ type: "taken" });
};

/** An object that no list holds. */
const review: Handler<ResourceCall> = ({ served: { of } }) =>
  Promise.resolve({ type: "object", code: 201, object: { kind: of.kind, metadata: {} }, of });

let keys: Keys;
let server: TestServer;
let listener: HttpListener;
let running: Promise<void>;
const stop = new AbortController();
const url = "/api/v1/namespaces/a/configmaps";

before(async () => {
  keys = await makeKeys();
  server = await testServer({
    authenticator,
    handlers: () => ({ "pods/exec": echo, [handlerKey(SelfSubjectReview)]: review }),
    authorizer: () => ({ authorize: (user) => ({ allowed: !["anonymous", "front"].includes(user.name), reason: "" }) }),
  });
  listener = createHttpListener({
    handler: server.server.handler,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    host: "127.0.0.1",
    port: 0,
    tls: { cert: keys.cert, key: keys.key, clientCa: keys.ca, frontProxyCa: keys.frontCa },
  });
  running = listener.run(stop.signal);
  await listener.ready;
  await server.create(url, { metadata: { name: "one" }, data: { a: "1" } });
});
after(async () => {
  stop.abort();
  await running;
  await server[Symbol.asyncDispose]();
});

interface Answer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  readonly json: Json;
}
async function ask(path: string, options: RequestOptions & { body?: string | Buffer } = {}): Promise<Answer> {
  const { body, ...rest } = options;
  const request = httpsRequest({ host: "127.0.0.1", port: listener.port, path, ca: keys.ca, ...keys.client, ...rest });
  request.end(body);
  const [response] = (await once(request, "response")) as [
    AsyncIterable<Buffer> & { statusCode: number; headers: Json },
  ];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const whole = Buffer.concat(chunks);
  const isJson = response.headers["content-type"] === "application/json" && !response.headers["content-encoding"];
  return {
    code: response.statusCode,
    headers: response.headers,
    body: whole,
    json: isJson ? JSON.parse(whole.toString()) : undefined,
  };
}

test("HTTP/1.1: an object, its headers, and warnings", async () => {
  const { code, headers, json } = await ask(`${url}/one`, { headers: { "audit-id": "mine-1" } });
  assert.equal(code, 200);
  assert.deepEqual(json.data, { a: "1" });
  assert.equal(headers["audit-id"], "mine-1");
  assert.equal(headers["cache-control"], "no-cache, private");
  const warned = await ask(url, {
    method: "POST",
    body: '{"metadata":{"name":"warned"},"foo":1}',
    headers: { "content-type": "application/json" },
  });
  assert.deepEqual([warned.code, warned.headers["warning"]], [201, '299 - "unknown field \\"foo\\""']);
});

test("who the certificate says, and nobody else", async () => {
  const cases: readonly (readonly [object, number, RegExp | undefined])[] = [
    [keys.client, 200, undefined],
    [keys.front, 200, undefined],
    [keys.stranger, 403, /User "anonymous" cannot get resource "configmaps" in API group "" in the namespace "a"$/],
    [{ cert: undefined, key: undefined }, 403, /^configmaps "one" is forbidden: User "anonymous"/],
  ];
  for (const [identity, code, message] of cases) {
    const answer = await ask(`${url}/one`, { ...identity, agent: false });
    assert.equal(answer.code, code);
    if (message) assert.match(answer.json.message, message);
  }
});

test("representations are negotiated", async () => {
  const table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
  const partial = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
  const cases: readonly (readonly [string, string, number, string | undefined])[] = [
    [url, table, 200, "Table"],
    [url, partial, 200, "PartialObjectMetadataList"],
    [`${url}/one`, partial, 406, "Status"],
    [url, "*/*", 200, "ConfigMapList"],
    [url, "text/html;q=0.1, application/json", 200, "ConfigMapList"],
    [url, "text/html", 406, "Status"],
  ];
  for (const [path, accept, code, kind] of cases) {
    const answer = await ask(path, { headers: { accept } });
    assert.deepEqual([answer.code, answer.json?.kind], [code, kind], accept);
  }
  for (const headers of [{}, { "user-agent": "curl/8" }] as Record<string, string>[]) {
    const { kind, items } = (await ask(url, { headers })).json;
    assert.deepEqual([kind, items[0].kind, items[0].apiVersion], ["ConfigMapList", undefined, undefined]);
    assert.equal(items[0].metadata.name, "one");
  }
  const reviews = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  const form = (as: string): string => `application/json;as=${as};v=v1;g=meta.k8s.io`;
  const asTable = (accept: string) => ask(reviews, { method: "POST", headers: { accept }, body: "{}" });
  assert.equal((await asTable(table)).json.kind, "SelfSubjectReview");
  const refused = await asTable(table.split(",")[0]!);
  assert.equal(refused.code, 406);
  assert.match(refused.json.message, /^only the following media types are accepted: application\/json, /);
  const texts: readonly (readonly [path: string, accept: string, text: RegExp])[] = [
    [`${url}/one`, "text/html", /^406: Not Acceptable\n\nAvailable representations: [^;]*protobuf$/],
    [url, "text/html", /;stream=watch, application\/vnd\.kubernetes\.protobuf;stream=watch$/],
    [`${url}/one`, form("PartialObjectMetadataList"), /the requested object is not a list \(\*core\.ConfigMap\)$/],
    [url, form("PartialObjectMetadata"), /the requested object is a list \(\*core\.ConfigMapList\)$/],
    [`${url}/one?includeObject=a`, form("Table"), /must be 'Metadata', 'Object', 'None', or empty$/],
  ];
  for (const [path, accept, text] of texts) assert.match((await ask(path, { headers: { accept } })).json.message, text);
  // Whole lines unless they are for people.
  for (const [query, end] of [
    ["", "}\n"],
    ["?pretty=1", "\n}"],
    ["?pretty=x", "}\n"],
  ])
    assert.ok((await ask(`${url}/none${query}`)).body.toString().endsWith(end!), String(query));
  const older = await ask(`${url}/one`, { headers: { accept: "application/json;as=Table;v=v1beta1;g=meta.k8s.io" } });
  assert.deepEqual(
    [older.json.apiVersion, older.json.rows[0].object.apiVersion],
    ["meta.k8s.io/v1beta1", "meta.k8s.io/v1beta1"],
  );
  const yaml = await ask(`${url}/one`, { headers: { accept: "application/yaml" } });
  assert.match(yaml.body.toString(), /^kind: ConfigMap$/m);
  const pretty = await ask(`${url}/one`, { headers: { "user-agent": "curl/8" } });
  assert.match(pretty.body.toString(), /^ {2}"kind": "ConfigMap",$/m);
});

test("large answers are compressed for those who can read them", async () => {
  const data = { text: "x".repeat(200 * 1024) };
  await server.create("/api/v1/namespaces/big/configmaps", { metadata: { name: "big" }, data });
  const big = "/api/v1/namespaces/big/configmaps";
  const zipped = await ask(big, { headers: { "accept-encoding": "gzip" } });
  assert.equal(zipped.headers["content-encoding"], "gzip");
  assert.ok(zipped.body.length < 20_000);
  assert.equal(JSON.parse(gunzipSync(zipped.body).toString()).items[0].data.text.length, data.text.length);
  const plain = await ask(big);
  assert.equal(plain.headers["content-encoding"], undefined);
  assert.equal(plain.json.items.length, 1);
});

test("bodies have a limit", async () => {
  const body = Buffer.alloc(3 * 1024 * 1024 + 1, " ");
  const headers = { "content-type": "application/json" };
  const { code, json } = await ask(url, { method: "POST", body, headers, agent: false });
  assert.deepEqual([code, json.reason], [413, "RequestEntityTooLarge"]);
});

test("a body that is too large does not hold its HTTP/2 stream open", async () => {
  const session = connect(`https://127.0.0.1:${listener.port}`, { ca: keys.ca, ...keys.client });
  const stream = session.request({ ":path": url, ":method": "POST", "content-type": "application/json" });
  stream.on("error", () => undefined);
  stream.write(Buffer.alloc(4 * 1024 * 1024, " "));
  const [headers] = (await once(stream, "response")) as [Json];
  assert.equal(headers[":status"], 413);
  stream.resume();
  await once(stream, "close");
  session.close();
});

test("a connection is handed over, or the refusal is answered on it", async () => {
  const upgrade = (path: string, identity: object): RequestOptions => ({
    host: "127.0.0.1",
    port: listener.port,
    path,
    ca: keys.ca,
    agent: false,
    headers: { connection: "Upgrade", upgrade: "echo" },
    ...identity,
  });
  const exec = "/api/v1/namespaces/a/pods/p/exec";
  const taken = httpsRequest(upgrade(exec, keys.client)).end();
  const [, socket] = (await once(taken, "upgrade")) as [unknown, import("node:net").Socket];
  socket.write("hello");
  assert.equal(String((await once(socket, "data"))[0]), "hello");
  socket.destroy();
  for (const [path, identity, code] of [
    [exec, {}, 403],
    ["/api/v1/namespaces/a/pods/p/attach", keys.client, 405],
  ] as const) {
    const refused = httpsRequest(upgrade(path, identity)).end();
    const [response] = (await once(refused, "response")) as [AsyncIterable<Buffer> & { statusCode: number }];
    let text = "";
    for await (const chunk of response) text += String(chunk);
    assert.deepEqual([response.statusCode, JSON.parse(text).code], [code, code]);
  }
});

test("other paths", async () => {
  assert.deepEqual([(await ask("/healthz")).body.toString(), (await ask("/nowhere")).code], ["ok", 404]);
  assert.equal((await ask("/version")).json.major, "1");
  assert.equal((await ask("/api/v1/nowhere")).json.message, "the server could not find the requested resource");
  assert.equal((await ask("/%zz")).code, 400);
});

test("HTTP/1.1: what the parser refuses is answered", async () => {
  const say = async (text: string): Promise<string> => {
    const socket = connectTls({ host: "127.0.0.1", port: listener.port, ca: keys.ca, ...keys.client });
    socket.write(text);
    return textOf(socket);
  };
  const method = await say("FOO /api/v1/namespaces HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.match(method, /^HTTP\/1\.1 405 Method Not Allowed\r\n/);
  assert.equal(JSON.parse(method.split("\r\n\r\n")[1]!).reason, "MethodNotAllowed");
  assert.match(await say("GET / HTTP/9.9\r\n\r\n"), /^HTTP\/1\.1 400 Bad Request\r\n[^]*\r\n\r\n400 Bad Request$/);
  const long = `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(100_000)}\r\n\r\n`;
  assert.match(await say(long), /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
});

test("HTTP/2: many streams on one connection, watches among them", async () => {
  const session = connect(`https://127.0.0.1:${listener.port}`, { ca: keys.ca, ...keys.client });
  try {
    const stream = session.request({ ":path": `${url}?watch=1&resourceVersion=0` });
    let text = "";
    const lines = (): Json[] =>
      text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    const [headers] = (await once(stream, "response")) as [Json];
    assert.deepEqual([headers[":status"], headers["content-type"]], [200, "application/json"]);
    while (lines().length < 2) await once(stream, "data");
    const posted = session.request({ ":path": url, ":method": "POST", "content-type": "application/json" });
    posted.end('{"metadata":{"name":"streamed"}}');
    const [answer] = (await once(posted, "response")) as [Json];
    posted.resume();
    assert.equal(answer[":status"], 201);
    while (!text.includes('"streamed"')) await once(stream, "data");
    const last = lines().at(-1)!;
    assert.deepEqual([last.type, last.object.metadata.name], ["ADDED", "streamed"]);
    const cache = server.server.registry.find("", "v1", "configmaps")!.cache;
    assert.equal(cache.watcherCount, 1);
    stream.close();
    await once(stream, "close");
    // The server hears of it a moment later.
    while (cache.watcherCount > 0) await ask(`${url}/one`);
  } finally {
    session.close();
  }
});

test("HTTP/1.1: a watch has begun before anything happens", { timeout: 10_000 }, async () => {
  const path = `${url}?watch=1&labelSelector=no%3Dbody`;
  const quiet = httpsRequest({ host: "127.0.0.1", port: listener.port, path, ca: keys.ca, ...keys.client }).end();
  const [response] = (await once(quiet, "response")) as [IncomingMessage];
  assert.deepEqual([response.statusCode, response.headers["content-type"]], [200, "application/json"]);
  response.destroy();
});

test("a watch of tables names its columns once", async () => {
  const session = connect(`https://127.0.0.1:${listener.port}`, { ca: keys.ca, ...keys.client });
  const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
  const query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
  const stream = session.request({ ":path": `${url}?${query}`, accept });
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const frames = () => text.split("\n").flatMap((line) => (line ? [JSON.parse(line)] : []));
  while (!/"BOOKMARK".*\n/.test(text)) await once(stream, "data");
  const [first, second] = frames();
  assert.equal(first.object.kind, "Table");
  assert.equal(first.object.columnDefinitions[0].name, "Name");
  assert.equal(first.object.rows.length, 1);
  assert.equal(second.object.columnDefinitions, null);
  const bookmark = frames().at(-1);
  assert.equal(bookmark.type, "BOOKMARK");
  const [row] = bookmark.object.rows;
  assert.deepEqual(row.cells, ["", 0, "<unknown>"]);
  assert.deepEqual(row.object.metadata.annotations, { "k8s.io/initial-events-end": "true" });
  session.destroy();
});
