import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigMap } from "#api/core/config-map.ts";
import type { AnyKind } from "#api/kind.ts";
import { testServer } from "#server/api-server.fake.ts";

const url = "/api/v1/namespaces/a/configmaps";
const deployments = "/apis/apps/v1/namespaces/a/deployments";
const deployment = (image = "i"): Record<string, unknown> => ({
  metadata: { name: "d" },
  spec: {
    selector: { matchLabels: { app: "x" } },
    template: { metadata: { labels: { app: "x" } }, spec: { containers: [{ name: "c", image }] } },
  },
});

test("updates are guarded by the version they start from", async () => {
  await using server = await testServer();
  const one = await server.create(url, { metadata: { name: "one" }, data: { a: "1" } });
  const two = await server.put(`${url}/one`, { ...one, data: { a: "2" } });
  assert.notEqual(two.metadata.resourceVersion, one.metadata.resourceVersion);
  assert.equal(two.metadata.uid, one.metadata.uid);
  const stale = await server.ask("PUT", `${url}/one`, { ...one, data: { a: "3" } });
  assert.equal(stale.code, 409);
  assert.equal(
    stale.body.message,
    'Operation cannot be fulfilled on configmaps "one": the object has been modified; please apply your changes to the ' +
      "latest version and try again",
  );
  const { resourceVersion: _, ...metadata } = one.metadata;
  assert.deepEqual((await server.put(`${url}/one`, { metadata, data: { a: "4" } })).data, { a: "4" });
});

test("an update that changes nothing keeps the version", async () => {
  await using server = await testServer();
  const one = await server.create(url, { metadata: { name: "one", labels: { b: "2", a: "1" } } });
  const same = await server.put(`${url}/one`, { metadata: { name: "one", labels: { a: "1", b: "2" } } });
  assert.equal(same.metadata.resourceVersion, one.metadata.resourceVersion);
  assert.equal(String(await server.store.revision()), one.metadata.resourceVersion);
});

test("what an update refuses", async () => {
  await using server = await testServer();
  const one = await server.create(url, { metadata: { name: "one" } });
  const lease = "/apis/coordination.k8s.io/v1/namespaces/a/leases";
  await server.create(lease, { metadata: { name: "l" }, spec: {} });
  const pv = "/api/v1/namespaces/a/serviceaccounts";
  const cases: readonly (readonly [string, unknown, number, RegExp])[] = [
    [`${url}/two`, { metadata: { name: "two" } }, 404, /^configmaps "two" not found$/],
    [
      `${url}/one`,
      { metadata: { name: "two" } },
      400,
      /^the name of the object \(two\) does not match the name on the URL \(one\)$/,
    ],
    [`${url}/one`, { metadata: { name: "one", namespace: "b" } }, 400, /does not match the namespace/],
    [
      `${url}/one`,
      { metadata: { name: "one", uid: "other" } },
      409,
      /Precondition failed: UID in precondition: other, UID in object meta: /,
    ],
    [
      `${url}/one`,
      { metadata: { name: "one", deletionTimestamp: "2001-01-01T00:00:00Z" } },
      422,
      /metadata.deletionTimestamp: Invalid value: .*: field is immutable/,
    ],
    [
      `${url}/one`,
      { metadata: {} },
      400,
      /^the name of the object \(one based on URL\) was undeterminable: name must be/,
    ],
    [`${url}/one`, { metadata: { name: "one", resourceVersion: "x" } }, 400, /^strconv.ParseUint: parsing "x"/],
    [
      `${lease}/m`,
      { metadata: { name: "m", uid: "other" }, spec: {} },
      409,
      /Key: \/registry\/leases\/a\/m, .* object meta: $/,
    ],
    [`${pv}/none`, { metadata: { name: "none" } }, 404, /serviceaccounts "none" not found/],
  ];
  for (const [target, body, code, message] of cases) {
    const answer = await server.ask("PUT", target, body);
    assert.equal(answer.code, code, JSON.stringify([target, body, answer.body]));
    assert.match(answer.body.message, message);
  }
  assert.equal((await server.get(`${url}/one`)).metadata.resourceVersion, one.metadata.resourceVersion);
});

test("kinds that want a version say so", async () => {
  const careful: AnyKind = { ...ConfigMap, unconditionalUpdate: false };
  await using server = await testServer({ extraKinds: [careful] });
  await server.create(url, { metadata: { name: "one" } });
  const answer = await server.ask("PUT", `${url}/one`, { metadata: { name: "one" } });
  assert.equal(answer.code, 422);
  assert.equal(
    answer.body.message,
    'configmaps "one" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
  );
});

test("PUT creates where the kind allows it", async () => {
  await using server = await testServer();
  const lease = "/apis/coordination.k8s.io/v1/namespaces/a/leases/l";
  const made = await server.ask("PUT", lease, { metadata: { name: "l" }, spec: { holderIdentity: "me" } });
  assert.equal(made.code, 201, JSON.stringify(made.body));
  assert.equal((await server.get(lease)).spec.holderIdentity, "me");
  await using strict = await testServer({
    authorizer: () => ({ authorize: (_, info) => ({ allowed: info.verb !== "create" || info.resource !== "leases" }) }),
  });
  const refused = await strict.ask("PUT", lease, { metadata: { name: "l" }, spec: {} });
  assert.equal(refused.code, 403);
});

test("spec and status are written apart, and generation counts specs", async () => {
  await using server = await testServer();
  const made = await server.create(deployments, deployment());
  assert.equal(made.metadata.generation, 1);
  const status = { observedGeneration: 1, replicas: 3 };
  const reported = await server.put(`${deployments}/d/status`, {
    ...deployment("ignored"),
    metadata: { name: "d", annotations: { a: "1" } },
    status,
  });
  assert.equal(reported.metadata.generation, 1);
  assert.equal(reported.spec.template.spec.containers[0].image, "i");
  assert.equal(reported.status.replicas, 3);
  assert.deepEqual(reported.metadata.annotations, { a: "1" });
  const respecified = await server.put(`${deployments}/d`, { ...deployment("other"), status: { replicas: 7 } });
  assert.equal(respecified.metadata.generation, 2);
  assert.equal(respecified.status.replicas, 3);
  const labelled = await server.merge(`${deployments}/d`, { metadata: { labels: { l: "1" } } });
  assert.equal(labelled.metadata.generation, 2);
});

test("writers that race all get through, one after the other", async () => {
  await using server = await testServer();
  await server.create(url, { metadata: { name: "one" } });
  const writers = Array.from({ length: 20 }, (_, i) => server.merge(`${url}/one`, { data: { [`k${i}`]: "v" } }));
  await Promise.all(writers);
  assert.equal(Object.keys((await server.get(`${url}/one`)).data).length, 20);
});

test("what only the server says of an object is passed over, owners named twice are warned of", async () => {
  await using server = await testServer();
  const one = await server.create(url, { metadata: { name: "one" } });
  const owner = { apiVersion: "v1", kind: "Pod", name: "p", uid: "u" };
  const metadata = { name: "one", creationTimestamp: "2001-01-01T00:00:00Z", generation: 9 };
  const answer = await server.ask("PUT", `${url}/one`, { metadata: { ...metadata, ownerReferences: [owner, owner] } });
  assert.equal(answer.code, 200);
  assert.equal(answer.body.metadata.creationTimestamp, one.metadata.creationTimestamp);
  assert.deepEqual(answer.body.metadata.ownerReferences, [owner]);
  assert.equal(answer.warnings.length, 1);
  assert.match(answer.warnings[0]!, /^\.metadata\.ownerReferences contains duplicate entries; .* observed: u$/);
  const patched = await server.ask(
    "PATCH",
    `${url}/one`,
    { metadata: { ownerReferences: [owner, owner] } },
    { contentType: "application/merge-patch+json" },
  );
  assert.match(patched.warnings[0]!, /duplicate entries after mutating admission happens; API server dedups/);
});

test("an empty list of managers forgets who owns what", async () => {
  await using server = await testServer();
  await server.create(url, { metadata: { name: "one" }, data: { a: "1" } });
  const body = '{"metadata":{"name":"one","managedFields":[]},"data":{"a":"1"}}';
  assert.equal((await server.ask("PUT", `${url}/one`, body)).body.metadata.managedFields, undefined);
});
