// Another API server behind an APIService, over TLS on loopback.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { duplexPair } from "node:stream";
import { after, before, beforeEach, test } from "node:test";
import type { TLSSocket } from "node:tls";
import { systemRandom } from "#base/random.ts";
import { createKey, issue, keyPem } from "#cluster/pki/x509.ts";
import { admin, testServer, type Json, type TestServer } from "#server/api-server.fake.ts";
import { define, definition, object, until, version } from "#server/crd/crd.fake.ts";
import { serveDefinitions } from "#server/crd/definitions.ts";
import { createDiscovery } from "#server/discovery/serve.ts";
import { FakeCaller } from "#server/webhook/caller.fake.ts";
import { Aggregation } from "./aggregation.ts";

const apiServices = "/apis/apiregistration.k8s.io/v1/apiservices";
const aggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
const flunders = "/apis/wardle.example.com/v1alpha1/namespaces/default/flunders";
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly headers: IncomingMessage["headersDistinct"];
  readonly proxy: string;
}
let ca = "";
let keys: { cert: string; key: string };
let other: Server;
let port = 0;
let seen: Seen[] = [];
let isLegacy = false;
let discovered = ["flunders"];

const resource = (name: string): object => ({
  resource: name,
  responseKind: { group: "wardle.example.com", version: "v1alpha1", kind: "Flunder" },
  scope: "Namespaced",
  singularResource: "flunder",
  verbs: ["get"],
});
function answer(url: string): unknown {
  if (url.startsWith("/apis?") || url === "/apis")
    return isLegacy
      ? { kind: "APIGroupList" }
      : {
          kind: "APIGroupDiscoveryList",
          items: [
            {
              metadata: { name: "wardle.example.com" },
              versions: [{ version: "v1alpha1", resources: discovered.map(resource) }],
            },
          ],
        };
  if (url === "/apis/wardle.example.com/v1alpha1")
    return {
      kind: "APIResourceList",
      groupVersion: "wardle.example.com/v1alpha1",
      resources: [
        { name: "flunders", singularName: "flunder", namespaced: true, kind: "Flunder", verbs: ["get"] },
        { name: "flunders/status", namespaced: true, kind: "Flunder", verbs: ["get"] },
      ],
    };
  if (url === "/openapi/v3")
    return { paths: { "apis/wardle.example.com/v1alpha1": { serverRelativeURL: "/openapi/v3/apis/x?hash=1" } } };
  return { kind: "FlunderList", items: [] };
}

before(async () => {
  const [caKey, key, proxyKey] = await Promise.all([createKey(), createKey(), createKey()]);
  const times = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };
  ca = await issue({ commonName: "ca", ...times }, caKey, undefined, systemRandom);
  const by = { commonName: "ca", key: caKey };
  const names = { commonName: "wardle", dnsNames: ["api.wardle.svc"], usages: ["serverAuth"] as const };
  const cert = await issue({ ...names, ...times }, key, by, systemRandom);
  const proxy = { commonName: "front-proxy-client", usages: ["clientAuth"] as const, ...times };
  keys = { cert: await issue(proxy, proxyKey, by, systemRandom), key: keyPem(proxyKey) };
  other = createServer({ key: keyPem(key), cert, ca, requestCert: true }, async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const { method = "", url = "", headersDistinct: headers } = request;
    const peer = (request.socket as TLSSocket).getPeerCertificate();
    seen.push({ method, url, headers, body: Buffer.concat(pieces).toString(), proxy: String(peer.subject?.CN) });
    response.setHeader("content-type", "application/json");
    response.setHeader("x-own", "1");
    if (url.includes("/broken")) response.statusCode = 418;
    if (url.includes("/moved")) response.writeHead(302, { location: "https://elsewhere/" });
    if (url.includes("/hang-up")) return void request.socket.destroy();
    if (url.includes("watch=1")) return void response.write('{"type":"ADDED"}\n');
    response.end(JSON.stringify(answer(url)));
  });
  other.on("upgrade", (request, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
    socket.write(`hello ${request.headers["x-remote-user"]} `);
    socket.pipe(socket);
  });
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  ({ port } = other.address() as AddressInfo);
});
after(() => {
  other.closeAllConnections();
  other.close();
});
beforeEach(() => {
  seen = [];
  isLegacy = false;
  discovered = ["flunders"];
});

/** Sockets take many turns. */
const soon = (done: () => boolean | Promise<boolean>): Promise<void> => until(done, 100_000);
/** What came for users. */
const forUsers = (): Seen[] => seen.filter((s) => s.headers["x-remote-user"]?.[0] !== "system:kube-aggregator");
async function start(): Promise<TestServer> {
  const aggregation = new Aggregation({ certificate: () => keys });
  let changes = 0;
  return testServer({
    delegate: (context) => aggregation.stage(context),
    companions: (context) => [
      (signal) => serveDefinitions({ context, caller: new FakeCaller() }, signal),
      ...aggregation.companions(context),
    ],
    paths: ({ registry }) => {
      registry.onChange(() => changes++);
      return [
        createDiscovery({
          kinds: () => registry.kinds(),
          remote: () => aggregation.discovery.all(),
          version: () => changes + aggregation.discovery.version,
          serverAddress: "x",
        }),
      ];
    },
  });
}
const availableOf = async (server: TestServer, name = "v1alpha1.wardle.example.com"): Promise<Json> => {
  const { status } = await server.get(`${apiServices}/${name}`);
  const condition = status.conditions?.find((c: Json) => c.type === "Available");
  return condition && [condition.status, condition.reason, condition.message];
};
const spec = (more: object = {}): Json => ({
  group: "wardle.example.com",
  version: "v1alpha1",
  groupPriorityMinimum: 2000,
  versionPriority: 200,
  service: { namespace: "wardle", name: "api", port },
  caBundle: Buffer.from(ca).toString("base64"),
  ...more,
});
const register = (server: TestServer, more: object = {}): Promise<Json> =>
  server.create(apiServices, { metadata: { name: "v1alpha1.wardle.example.com" }, spec: spec(more) });
async function provide(server: TestServer): Promise<void> {
  await server.create("/api/v1/namespaces", { metadata: { name: "wardle" } });
  const service = { clusterIP: "127.0.0.1", ports: [{ name: "https", port }] };
  await server.create("/api/v1/namespaces/wardle/services", { metadata: { name: "api" }, spec: service });
  await server.create("/apis/discovery.k8s.io/v1/namespaces/wardle/endpointslices", {
    metadata: { name: "api-1", labels: { "kubernetes.io/service-name": "api" } },
    addressType: "IPv4",
    endpoints: [{ addresses: ["10.1.2.3"] }],
    ports: [{ name: "https", port: 6443 }],
  });
}
const available = (server: TestServer): Promise<void> => until(async () => (await availableOf(server))?.[0] === "True");

test("requests are passed on with the name of the user", async () => {
  await using server = await start();
  await provide(server);
  await register(server);
  await available(server);
  const user = { name: "jane", uid: "7", groups: ["devs", "system:authenticated"], extra: { "a/b": ["x", "y"] } };
  const listed = await server.ask("GET", `${flunders}?labelSelector=a%3Db`, undefined, {
    user,
    headers: { authorization: "Bearer secret", "x-remote-user": "root", accept: "application/json" },
  });
  assert.equal(listed.code, 200);
  const { url, headers, proxy } = forUsers()[0]!;
  assert.deepEqual([url, proxy], [`${flunders}?labelSelector=a%3Db`, "front-proxy-client"]);
  assert.deepEqual(headers["x-remote-user"], ["jane"]);
  assert.deepEqual(headers["x-remote-uid"], ["7"]);
  assert.deepEqual(headers["x-remote-group"], ["devs", "system:authenticated"]);
  assert.deepEqual(headers["x-remote-extra-a%2fb"], ["x", "y"]);
  assert.deepEqual([headers["authorization"], headers["accept"]], [undefined, ["application/json"]]);
  const { reply } = listed;
  assert.ok(reply.type === "raw" && reply.headers?.["x-own"] === "1");
  await server.ask("POST", flunders, '{"kind":"Flunder"}', { contentType: "application/json" });
  const { method, body } = forUsers()[1]!;
  assert.deepEqual([method, body], ["POST", '{"kind":"Flunder"}']);
  assert.equal((await server.ask("GET", `${flunders}/broken`)).code, 418);
  assert.equal((await server.ask("GET", "/openapi/v3/apis/wardle.example.com/v1alpha1?hash=1")).code, 200);
});

test("watches and upgraded connections pass through", async () => {
  await using server = await start();
  await provide(server);
  await register(server);
  await available(server);
  const stop = new AbortController();
  const { reply } = await server.ask("GET", `${flunders}?watch=1`, undefined, { signal: stop.signal });
  assert.ok(reply.type === "raw" && typeof reply.body === "object" && !(reply.body instanceof Uint8Array));
  const frames = reply.body[Symbol.asyncIterator]();
  assert.equal(Buffer.from((await frames.next()).value!).toString(), '{"type":"ADDED"}\n');
  stop.abort();
  await assert.rejects(async () => void (await frames.next()));

  const [client, socket] = duplexPair();
  const path = `${flunders}/a/echo`;
  const taken = await server.server.handler({
    method: "GET",
    path,
    rawPath: path,
    query: new URLSearchParams(),
    headers: { connection: "Upgrade", upgrade: "echo" },
    body: () => Promise.resolve(Buffer.alloc(0)),
    signal: new AbortController().signal,
    peer: { address: "test", trustedUser: admin },
    id: "1",
    receivedAt: 0,
    warnings: [],
    upgrade: { socket, head: Buffer.from("early") },
  });
  assert.equal(taken.type, "taken");
  let got = "";
  for await (const chunk of client) {
    got += String(chunk);
    if (got.endsWith("hello admin early")) break;
  }
  assert.match(got, /^HTTP\/1\.1 101 /);
});

test("a server that breaks off, or sends elsewhere", async () => {
  await using server = await start();
  await provide(server);
  await register(server);
  await available(server);
  const moved = await server.ask("GET", `${flunders}/moved`);
  assert.deepEqual(
    [moved.code, moved.body],
    [502, "the backend attempted to redirect this request, which is not permitted"],
  );
  const { code, body, reply } = await server.ask("GET", `${flunders}/hang-up`);
  assert.deepEqual([code, body], [503, "error trying to reach service: EOF\n"]);
  assert.equal(reply.type === "raw" && reply.contentType, "text/plain; charset=utf-8");
});

test("the status tells why a server cannot be asked", async () => {
  await using server = await start();
  await register(server);
  const told = (expected: readonly string[]): Promise<void> =>
    soon(async () => {
      const found = await availableOf(server);
      return JSON.stringify(found) === JSON.stringify(expected);
    });
  await told(["False", "ServiceNotFound", 'service/api in "wardle" is not present']);
  const refused = await server.ask("GET", flunders);
  assert.deepEqual([refused.code, refused.body], [503, "service unavailable\n"]);
  await server.create("/api/v1/namespaces", { metadata: { name: "wardle" } });
  const services = "/api/v1/namespaces/wardle/services";
  const ports = (number: number): Json => ({ clusterIP: "127.0.0.1", ports: [{ name: "https", port: number }] });
  await server.create(services, { metadata: { name: "api" }, spec: ports(1) });
  await told(["False", "ServicePortError", `service/api in "wardle" is not listening on port ${port}`]);
  await server.merge(`${services}/api`, { spec: ports(port) });
  await told(["False", "EndpointsNotFound", 'cannot find endpointslices for service/api in "wardle"']);
  const slices = "/apis/discovery.k8s.io/v1/namespaces/wardle/endpointslices";
  const slice = (ready: boolean): Json => ({
    metadata: { name: "s", labels: { "kubernetes.io/service-name": "api" } },
    addressType: "IPv4",
    endpoints: [{ addresses: ["10.1.2.3"], conditions: { ready } }],
    ports: [{ name: "https", port: 6443 }],
  });
  await server.create(slices, slice(false));
  await told([
    "False",
    "MissingEndpoints",
    'endpointslices for service/api in "wardle" have no addresses with port name "https"',
  ]);
  await server.merge(`${slices}/s`, slice(true));
  await told(["True", "Passed", "all checks passed"]);
  const name = `${apiServices}/v1alpha1.wardle.example.com`;
  await server.merge(name, { spec: { caBundle: null } });
  const url = `https://127.0.0.1:${port}/apis/wardle.example.com/v1alpha1`;
  await told([
    "False",
    "FailedDiscoveryCheck",
    `failing or missing response from ${url}: Get "${url}": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
  ]);
  await server.merge(name, { spec: { insecureSkipTLSVerify: true } });
  await told(["True", "Passed", "all checks passed"]);
});

test("discovery tells of other servers' resources", async () => {
  await using server = await start();
  const groups = async (): Promise<Json[]> =>
    JSON.parse(
      Buffer.from(
        (await server.ask("GET", "/apis", undefined, { headers: { accept: aggregatedType } })).body,
      ).toString(),
    ).items;
  const wardle = async (): Promise<Json> => (await groups()).find((g) => g.metadata.name === "wardle.example.com");
  await register(server);
  await soon(async () => (await wardle())?.versions[0].freshness === "Stale");
  await provide(server);
  await soon(async () => (await wardle())?.versions[0].freshness === "Current");
  assert.deepEqual((await wardle()).versions[0].resources, [resource("flunders")]);
  const names = (await groups()).map((g) => g.metadata.name);
  assert.equal(names[0], "apiregistration.k8s.io");
  assert.equal(names.at(-1), "wardle.example.com");
  const list = JSON.parse(Buffer.from((await server.ask("GET", "/apis/wardle.example.com")).body).toString());
  assert.deepEqual(list.preferredVersion, { groupVersion: "wardle.example.com/v1alpha1", version: "v1alpha1" });
  discovered = ["flunders", "fischers"];
  await server.advance(31_000);
  await soon(async () => (await wardle()).versions[0].resources.length === 2);
  isLegacy = true;
  await server.advance(31_000);
  await soon(async () => (await wardle()).versions[0].resources[0]?.subresources !== undefined);
  assert.deepEqual((await wardle()).versions[0].resources[0].subresources, [
    {
      subresource: "status",
      responseKind: { group: "wardle.example.com", version: "v1alpha1", kind: "Flunder" },
      verbs: ["get"],
    },
  ]);
  await server.delete(`${apiServices}/v1alpha1.wardle.example.com`);
  await soon(async () => (await wardle()) === undefined);
});

test("what this server answers itself has APIServices too", async () => {
  await using server = await start();
  await soon(async () => (await server.ask("GET", `${apiServices}/v1.`)).code === 200);
  const core = await server.get(`${apiServices}/v1.`);
  assert.deepEqual(core.spec, { version: "v1", groupPriorityMinimum: 18_000, versionPriority: 1 });
  assert.deepEqual(core.metadata.labels, { "kube-aggregator.kubernetes.io/automanaged": "onstart" });
  assert.deepEqual(await availableOf(server, "v1."), ["True", "Local", "Local APIServices are always available"]);
  assert.equal((await server.ask("GET", `${apiServices}/v1.apiregistration.k8s.io`)).code, 404);
  const isThere = async (name: string): Promise<boolean> =>
    (await server.ask("GET", `${apiServices}/${name}`)).code === 200;
  await define(server, definition([version("v1", object({}))]));
  await soon(() => isThere("v1.example.com"));
  const custom = await server.get(`${apiServices}/v1.example.com`);
  assert.deepEqual(custom.metadata.labels, { "kube-aggregator.kubernetes.io/automanaged": "true" });
  assert.deepEqual([custom.spec.groupPriorityMinimum, custom.spec.versionPriority], [1000, 100]);
  // Those of custom resources come back; those that are built in do so with the next start.
  await server.delete(`${apiServices}/v1.example.com`);
  await soon(() => isThere("v1.example.com"));
  await server.delete(`${apiServices}/v1.apps`);
  await server.delete("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com");
  await soon(async () => !(await isThere("v1.example.com")));
  assert.equal(await isThere("v1.apps"), false);
});
