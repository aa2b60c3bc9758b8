import assert from "node:assert/strict";
import { test } from "node:test";
import { testServer, type TestServer } from "#server/api-server.fake.ts";

const url = "/api/v1/namespaces/a/configmaps";
const pods = "/api/v1/namespaces/a/pods";
const pod = (name: string, nodeName?: string): object => ({
  metadata: { name },
  spec: { containers: [{ name: "c", image: "i" }], ...(nodeName ? { nodeName } : {}) },
});
const gone = async (server: TestServer, target: string): Promise<boolean> =>
  (await server.ask("GET", target)).code === 404;

test("an object without ties is gone at once", async () => {
  await using server = await testServer();
  const made = await server.create("/apis/apps/v1/namespaces/a/controllerrevisions", {
    metadata: { name: "one" },
    revision: 1,
    data: { a: 1 },
  });
  const answer = await server.ask("DELETE", "/apis/apps/v1/namespaces/a/controllerrevisions/one");
  assert.equal(answer.code, 200);
  assert.deepEqual(answer.body, {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { name: "one", group: "apps", kind: "controllerrevisions", uid: made.metadata.uid },
  });
  assert.equal((await server.ask("DELETE", "/apis/apps/v1/namespaces/a/controllerrevisions/one")).code, 404);
});

test("finalizers hold an object until the last is taken away", async () => {
  await using server = await testServer();
  await server.create(url, { metadata: { name: "one", finalizers: ["example.com/a", "example.com/b"] } });
  const marked = await server.delete(`${url}/one`);
  assert.equal(marked.metadata.deletionTimestamp, "2026-01-01T00:00:00Z");
  assert.equal(marked.metadata.deletionGracePeriodSeconds, 0);
  const again = await server.delete(`${url}/one`);
  assert.equal(again.metadata.resourceVersion, marked.metadata.resourceVersion);
  const added = await server.ask(
    "PATCH",
    `${url}/one`,
    { metadata: { finalizers: ["example.com/a", "example.com/c"] } },
    { contentType: "application/merge-patch+json" },
  );
  assert.equal(added.code, 422);
  assert.match(added.body.message, /no new finalizers can be added if the object is being deleted/);
  await server.merge(`${url}/one`, { metadata: { finalizers: ["example.com/a"] } });
  assert.equal(await gone(server, `${url}/one`), false);
  using watch = await server.watch(`${url}?watch=1&resourceVersion=${await server.store.revision()}`);
  await server.merge(`${url}/one`, { metadata: { finalizers: null } });
  assert.equal(await gone(server, `${url}/one`), true);
  assert.deepEqual(await watch.names(1), ["DELETED one"]);
});

test("pods on a node get their grace, which may only shrink", async () => {
  await using server = await testServer();
  await server.create(pods, pod("free"));
  assert.equal((await server.delete(`${pods}/free`)).metadata.deletionGracePeriodSeconds, 0);
  const made = await server.create(pods, pod("p", "n1"));
  const marked = await server.delete(`${pods}/p`);
  assert.equal(marked.metadata.deletionTimestamp, "2026-01-01T00:00:30Z");
  assert.equal(marked.metadata.deletionGracePeriodSeconds, 30);
  assert.equal(marked.metadata.generation, (made.metadata.generation ?? 0) + 1);
  const longer = await server.delete(`${pods}/p`, { gracePeriodSeconds: 60 });
  assert.equal(longer.metadata.deletionGracePeriodSeconds, 30);
  const shorter = await server.delete(`${pods}/p`, { gracePeriodSeconds: 5 });
  assert.equal(shorter.metadata.deletionTimestamp, "2026-01-01T00:00:05Z");
  assert.equal(shorter.metadata.deletionGracePeriodSeconds, 5);
  const last = await server.delete(`${pods}/p?gracePeriodSeconds=0`);
  assert.deepEqual([last.kind, last.metadata.deletionGracePeriodSeconds], ["Pod", 0]);
  assert.equal(await gone(server, `${pods}/p`), true);
});

test("propagation becomes finalizers", async () => {
  await using server = await testServer();
  const jobs = "/apis/batch/v1/namespaces/a/jobs";
  const template = { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] } };
  const cases: readonly (readonly [string, object, object | undefined, readonly string[] | undefined])[] = [
    [url, {}, undefined, undefined],
    [url, {}, { propagationPolicy: "Foreground" }, ["foregroundDeletion"]],
    [url, {}, { propagationPolicy: "Orphan" }, ["orphan"]],
    [url, {}, { orphanDependents: true }, ["orphan"]],
    [url, { finalizers: ["foregroundDeletion"] }, undefined, ["foregroundDeletion"]],
    [url, { finalizers: ["orphan"] }, { propagationPolicy: "Background" }, undefined],
    [jobs, {}, undefined, ["orphan"]],
    [jobs, {}, { propagationPolicy: "Background" }, undefined],
  ];
  for (const [i, [collection, metadata, options, expected]] of cases.entries()) {
    const name = `o${i}`;
    const spec = collection === jobs ? { spec: { template } } : {};
    await server.create(collection, { metadata: { name, ...metadata }, ...spec });
    const body = await server.delete(`${collection}/${name}`, options);
    assert.deepEqual(body.metadata?.finalizers, expected, JSON.stringify([metadata, options]));
    assert.equal(await gone(server, `${collection}/${name}`), expected === undefined);
  }
  await server.create(jobs, { metadata: { name: "warned" }, spec: { template } });
  for (const path of [`${jobs}/warned`, jobs]) {
    const { warnings } = await server.ask("DELETE", path);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /^child pods are preserved by default when jobs are deleted/);
  }
});

test("preconditions and options", async () => {
  await using server = await testServer();
  const { metadata } = await server.create(url, { metadata: { name: "one" } });
  const cases: readonly (readonly [object, number, RegExp])[] = [
    [
      { preconditions: { uid: "x" } },
      409,
      /^Operation cannot be fulfilled on ConfigMap "one": the UID in the precondition \(x\) does not match the UID in record \(.*\). The object might have been deleted and then recreated$/,
    ],
    [
      { preconditions: { resourceVersion: "x" } },
      409,
      /the ResourceVersion in the precondition \(x\) does not match the ResourceVersion in record \(\d+\). The object might have been modified$/,
    ],
    [{ propagationPolicy: "Foreground", orphanDependents: true }, 422, /cannot be both set/],
    [{ propagationPolicy: "Sometimes" }, 422, /Unsupported value: "Sometimes"/],
  ];
  for (const [options, code, message] of cases) {
    const answer = await server.ask("DELETE", `${url}/one`, options);
    assert.equal(answer.code, code, JSON.stringify(options));
    assert.match(answer.body.message, message);
  }
  assert.equal((await server.ask("DELETE", `${url}/one?dryRun=All`)).code, 200);
  assert.equal(await gone(server, `${url}/one`), false);
  const { uid, resourceVersion } = metadata;
  await server.delete(`${url}/one`, { preconditions: { uid, resourceVersion } });
  assert.equal(await gone(server, `${url}/one`), true);
});

test("a collection is deleted as far as it is selected", async () => {
  await using server = await testServer();
  for (const [name, app] of [
    ["one", "x"],
    ["two", "y"],
    ["three", "x"],
  ])
    await server.create(url, { metadata: { name, labels: { app } } });
  const { body } = await server.ask("DELETE", `${url}?labelSelector=app%3Dx`);
  assert.equal(body.kind, "ConfigMapList");
  assert.deepEqual(
    body.items.map((o: { metadata: { name: string } }) => o.metadata.name),
    ["one", "three"],
  );
  assert.deepEqual(
    (await server.get(url)).items.map((o: { metadata: { name: string } }) => o.metadata.name),
    ["two"],
  );
});

test("a namespace is marked first and goes with its last finalizer", async () => {
  await using server = await testServer();
  const namespaces = "/api/v1/namespaces";
  const made = await server.create(namespaces, { metadata: { name: "n" } });
  assert.deepEqual(made.spec.finalizers, ["kubernetes"]);
  const marked = await server.delete(`${namespaces}/n`);
  assert.equal(marked.status.phase, "Terminating");
  assert.ok(marked.metadata.deletionTimestamp);
  assert.equal((await server.delete(`${namespaces}/n`)).metadata.resourceVersion, marked.metadata.resourceVersion);
  const finalized = await server.put(`${namespaces}/n/finalize`, { ...marked, spec: { finalizers: [] } });
  assert.equal(finalized.metadata.name, "n");
  assert.equal(await gone(server, `${namespaces}/n`), true);
});

test("a collection is answered as it was listed, and its options hold for each object", async () => {
  await using server = await testServer();
  const url = "/api/v1/namespaces/a/configmaps";
  for (const name of ["one", "three", "two"]) await server.create(url, { metadata: { name } });
  const stale = await server.ask("DELETE", url, { preconditions: { uid: "x" } });
  assert.equal(stale.code, 409);
  const part = await server.ask("DELETE", `${url}?limit=1&propagationPolicy=Foreground`);
  assert.equal(part.body.metadata.remainingItemCount, 2);
  assert.deepEqual(part.body.items[0].metadata.finalizers, undefined);
  assert.deepEqual((await server.get(`${url}/one`)).metadata.finalizers, ["foregroundDeletion"]);
  const rest = await server.ask("DELETE", `${url}?continue=${part.body.metadata.continue}`);
  assert.deepEqual(
    rest.body.items.map((o: { metadata: { name: string } }) => o.metadata.name),
    ["three", "two"],
  );
  assert.equal((await server.ask("DELETE", "/api/v1/configmaps")).code, 405);
});

test("delete options are read by their own kind", async () => {
  await using server = await testServer();
  const url = "/api/v1/namespaces/a/configmaps/one";
  const cases: readonly (readonly [string, string])[] = [
    ["[]", "couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct"],
    ['{"dryRun":"All"}', "json: cannot unmarshal string into Go struct field DeleteOptions.dryRun of type []string"],
  ];
  for (const [body, message] of cases) {
    const answer = await server.ask("DELETE", url, body);
    assert.equal(answer.code, 400);
    assert.ok(answer.body.message.startsWith(message), answer.body.message);
  }
  await server.create("/api/v1/namespaces/a/configmaps", { metadata: { name: "one" } });
  assert.equal((await server.ask("DELETE", `${url}?resourceVersion=1`)).code, 409);
});
