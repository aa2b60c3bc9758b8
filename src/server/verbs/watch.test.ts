import assert from "node:assert/strict";
import { test } from "node:test";
import { testServer, type TestServer } from "#server/api-server.fake.ts";

const url = "/api/v1/namespaces/a/configmaps";
const make = (server: TestServer, name: string, app = "x"): Promise<{ metadata: { resourceVersion: string } }> =>
  server.create(url, { metadata: { name, labels: { app } } });

test("a watch starts where it is told", async () => {
  await using server = await testServer();
  const { metadata } = await make(server, "one");
  await make(server, "two");
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["", ["ADDED one", "ADDED two", "ADDED three"]],
    ["&resourceVersion=0", ["ADDED one", "ADDED two", "ADDED three"]],
    [`&resourceVersion=${metadata.resourceVersion}`, ["ADDED two", "ADDED three"]],
  ];
  const watches = await Promise.all(cases.map(([query]) => server.watch(`${url}?watch=true${query}`)));
  await make(server, "three");
  for (const [i, [query, expected]] of cases.entries())
    assert.deepEqual(await watches[i]!.names(expected.length), expected, query);
});

test("a deletion shows the last state under its own revision", async () => {
  await using server = await testServer();
  const created = await make(server, "one");
  using watch = await server.watch(`${url}?watch=1&resourceVersion=${created.metadata.resourceVersion}`);
  await server.delete(`${url}/one`);
  const event = await watch.next();
  assert.equal(event?.type, "DELETED");
  assert.deepEqual(event?.object.metadata.labels, { app: "x" });
  assert.equal(Number(event?.object.metadata.resourceVersion), Number(created.metadata.resourceVersion) + 1);
});

test("objects enter and leave a selection", async () => {
  await using server = await testServer();
  await make(server, "one");
  using watch = await server.watch(`${url}?watch=1&resourceVersion=0&labelSelector=app%3Dx`);
  using named = await server.watch(`${url}?watch=1&fieldSelector=metadata.name%3Dtwo`);
  using old = await server.watch(`/api/v1/watch/namespaces/a/configmaps/two`);
  await server.merge(`${url}/one`, { metadata: { labels: { app: "y" } } });
  await server.merge(`${url}/one`, { metadata: { labels: { more: "z" } } });
  await server.merge(`${url}/one`, { metadata: { labels: { app: "x" } } });
  await server.merge(`${url}/one`, { data: { a: "b" } });
  await make(server, "two", "y");
  assert.deepEqual(await watch.names(4), ["ADDED one", "DELETED one", "ADDED one", "MODIFIED one"]);
  assert.deepEqual(await named.names(1), ["ADDED two"]);
  assert.deepEqual(await old.names(1), ["ADDED two"]);
});

test("pods are found by their node, also when they move to it", async () => {
  await using server = await testServer();
  const pods = "/api/v1/namespaces/a/pods";
  const pod = { metadata: { name: "p" }, spec: { containers: [{ name: "c", image: "i" }] } };
  await server.create(pods, pod);
  using mine = await server.watch("/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3Dn1");
  using others = await server.watch("/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3Dn2");
  await server.create(`${pods}/p/binding`, { metadata: { name: "p" }, target: { kind: "Node", name: "n1" } });
  await server.create(pods, { ...pod, metadata: { name: "q" }, spec: { ...pod.spec, nodeName: "n2" } });
  assert.deepEqual(await mine.names(1), ["ADDED p"]);
  assert.deepEqual(await others.names(1), ["ADDED q"]);
});

test("initial events end in a marked bookmark", async () => {
  await using server = await testServer();
  await make(server, "one");
  const query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
  using watch = await server.watch(`${url}?${query}`);
  assert.deepEqual(await watch.names(1), ["ADDED one"]);
  const end = await watch.next();
  assert.equal(end?.type, "BOOKMARK");
  assert.deepEqual(end?.object, {
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: {
      resourceVersion: String(await server.store.revision()),
      annotations: { "k8s.io/initial-events-end": "true" },
    },
  });
  await make(server, "two");
  assert.deepEqual(await watch.names(1), ["ADDED two"]);
});

test("bookmarks come every minute when there is something to tell, and before the end", async () => {
  await using server = await testServer();
  using watch = await server.watch(`${url}?watch=1&allowWatchBookmarks=true&timeoutSeconds=90&resourceVersion=0`);
  using silent = await server.watch(`${url}?watch=1&timeoutSeconds=90&resourceVersion=0`);
  assert.deepEqual((await watch.next())?.object.metadata.annotations, { "k8s.io/initial-events-end": "true" });
  await server.create("/api/v1/namespaces/a/secrets", { metadata: { name: "elsewhere" } });
  await server.advance(61_000);
  const bookmark = await watch.next();
  assert.equal(bookmark?.type, "BOOKMARK");
  assert.equal(bookmark?.object.metadata.resourceVersion, String(await server.store.revision()));
  await server.create("/api/v1/namespaces/a/secrets", { metadata: { name: "again" } });
  await server.advance(30_000);
  assert.equal((await watch.next())?.object.metadata.resourceVersion, String(await server.store.revision()));
  assert.equal(await watch.next(), undefined);
  assert.equal(await silent.next(), undefined);
});

test("a revision before the kept history is refused in the stream", async () => {
  await using server = await testServer();
  using watch = await server.watch(`${url}?watch=1&resourceVersion=1`);
  await make(server, "one");
  assert.deepEqual(await watch.names(1), ["ADDED one"]);
  await server.advance(6 * 60_000);
  await make(server, "two");
  using late = await server.watch(`${url}?watch=1&resourceVersion=1`);
  const error = await late.next();
  assert.equal(error?.type, "ERROR");
  assert.equal(error?.object.code, 410);
  assert.equal(error?.object.reason, "Expired");
  assert.match(error?.object.message, /^too old resource version: 1 \(\d+\)$/);
  assert.equal(await late.next(), undefined);
});

test("a new server on an old store knows nothing of what was before it", async () => {
  const first = await testServer();
  const { metadata } = await make(first, "one");
  const { metadata: last } = await make(first, "two");
  await first[Symbol.asyncDispose]();
  await using server = await testServer({ store: first.store });
  using late = await server.watch(`${url}?watch=1&resourceVersion=${metadata.resourceVersion}`);
  assert.equal((await late.next())?.object.reason, "Expired");
  using current = await server.watch(`${url}?watch=1&resourceVersion=${last.resourceVersion}`);
  await make(server, "three");
  assert.deepEqual(await current.names(1), ["ADDED three"]);
});

test("options that do not go together", async () => {
  await using server = await testServer();
  const cases: readonly (readonly [string, RegExp])[] = [
    ["sendInitialEvents=true", /sendInitialEvents requires setting resourceVersionMatch to NotOlderThan/],
    ["resourceVersionMatch=NotOlderThan&resourceVersion=1", /forbidden for watch unless sendInitialEvents is provided/],
    [
      "sendInitialEvents=true&resourceVersionMatch=Exact&allowWatchBookmarks=1",
      /Unsupported value: "Exact": supported values: "NotOlderThan"/,
    ],
  ];
  for (const [query, message] of cases) {
    const answer = await server.ask("GET", `${url}?watch=1&${query}`);
    assert.equal(answer.code, 422, query);
    assert.match(answer.body.message, message);
  }
});

test("watches end when the client leaves or the server stops", async () => {
  const server = await testServer();
  const left = await server.watch(`${url}?watch=1`);
  const stayed = await server.watch(`${url}?watch=1`);
  const cache = server.server.registry.find("", "v1", "configmaps")!.cache;
  assert.equal(cache.watcherCount, 2);
  left[Symbol.dispose]();
  assert.equal(await left.next(), undefined);
  assert.equal(cache.watcherCount, 1);
  await server[Symbol.asyncDispose]();
  assert.equal(await stayed.next(), undefined);
});

test("an object that leaves the selection is shown as it was, at the revision of the change", async () => {
  await using server = await testServer();
  await server.create(url, { metadata: { name: "one", labels: { app: "x" } }, data: { a: "1" } });
  const since = (await server.get(url)).metadata.resourceVersion;
  using watch = await server.watch(`${url}?watch=1&labelSelector=app%3Dx&resourceVersion=${since}`);
  const changed = await server.merge(`${url}/one`, { metadata: { labels: null }, data: { a: "2" } });
  const event = await watch.next();
  assert.equal(event?.type, "DELETED");
  assert.deepEqual(event?.object.data, { a: "1" });
  assert.deepEqual(event?.object.metadata.labels, { app: "x" });
  assert.equal(event?.object.metadata.resourceVersion, changed.metadata.resourceVersion);
});

test("options of a watch that do not go together, and those that end it at once", async () => {
  await using server = await testServer();
  const refused: readonly (readonly [string, number, RegExp])[] = [
    ["sendInitialEvents=true", 422, /: resourceVersionMatch: Forbidden: sendInitialEvents requires setting [^,]*$/],
    ["resourceVersionMatch=Exact", 422, /\[.*unless sendInitialEvents is provided, .*Unsupported value: "Exact"/],
    ["continue=x", 422, /resourceVersionMatch is forbidden when continue is provided/],
    ["resourceVersion=abc", 400, /^resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc"/],
  ];
  for (const [query, code, message] of refused) {
    const answer = await server.ask("GET", `${url}?watch=1&${query}`);
    assert.equal(answer.code, code, query);
    assert.match(answer.body.message, message);
  }
  using none = await server.watch(`${url}?watch=1&timeoutSeconds=-1`);
  assert.equal(await none.next(), undefined);
  using future = await server.watch(
    `${url}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=9999`,
  );
  const error = await future.next();
  assert.deepEqual([error?.type, error?.object.code], ["ERROR", 504]);
  assert.match(error?.object.message, /^Timeout: Too large resource version: 9999, current: \d+$/);
});

test("the old paths of watches: of one object, of a namespace itself, of no subresource", async () => {
  await using server = await testServer();
  await server.create("/api/v1/namespaces", { metadata: { name: "a" } });
  using namespace = await server.watch("/api/v1/watch/namespaces/a");
  assert.deepEqual(await namespace.names(1), ["ADDED a"]);
  const of = "/api/v1/watch/namespaces/a/configmaps/one";
  assert.equal((await server.ask("GET", `${of}?fieldSelector=metadata.name%3Dtwo`)).code, 400);
  assert.equal((await server.ask("GET", "/api/v1/watch/namespaces/a/pods/p/status")).code, 404);
});
