import assert from "node:assert/strict";
import { test } from "node:test";
import { testServer, type Answer, type Json, type TestServer } from "#server/api-server.fake.ts";

const url = "/api/v1/namespaces/a/configmaps/one";
const config = (data: Record<string, string>): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "one" },
  data,
});
const apply = (server: TestServer, manager: string, body: object, query = ""): Promise<Answer> =>
  server.ask("PATCH", `${url}?fieldManager=${manager}${query}`, body, { contentType: "application/apply-patch+yaml" });
const managers = (object: Json): string[] =>
  object.metadata.managedFields.map((m: { manager: string; operation: string }) => `${m.manager} ${m.operation}`);

test("an apply that owns nothing leaves no empty list of managers", async () => {
  await using server = await testServer();
  const url = "/api/v1/namespaces/a/configmaps/bare?fieldManager=m";
  const { body } = await server.ask(
    "PATCH",
    url,
    { apiVersion: "v1", kind: "ConfigMap" },
    {
      contentType: "application/apply-patch+yaml",
    },
  );
  assert.equal("managedFields" in body.metadata, false);
});

test("applying creates, changes, shares and takes away", async () => {
  await using server = await testServer();
  const made = await apply(server, "m1", config({ a: "1", b: "1" }));
  assert.equal(made.code, 201, JSON.stringify(made.body));
  assert.deepEqual(managers(made.body), ["m1 Apply"]);
  const same = await apply(server, "m1", config({ a: "1", b: "1" }));
  assert.deepEqual([same.code, same.body.metadata.resourceVersion], [200, made.body.metadata.resourceVersion]);
  await apply(server, "m2", config({ b: "1" }));
  const dropped = await apply(server, "m1", config({ c: "1" }));
  assert.deepEqual(dropped.body.data, { b: "1", c: "1" });
});

test("a conflict names the other manager, and force wins", async () => {
  await using server = await testServer();
  await apply(server, "m1", config({ a: "1" }));
  const refused = await apply(server, "m2", config({ a: "2" }));
  assert.equal(refused.code, 409);
  assert.equal(refused.body.message, 'Apply failed with 1 conflict: conflict with "m1": .data.a');
  assert.deepEqual(refused.body.details.causes, [
    { reason: "FieldManagerConflict", message: 'conflict with "m1"', field: ".data.a" },
  ]);
  const forced = await apply(server, "m2", config({ a: "2" }), "&force=true");
  assert.deepEqual([forced.code, forced.body.data], [200, { a: "2" }]);
});

test("ordinary writes are tracked too", async () => {
  await using server = await testServer();
  const made = await server.create("/api/v1/namespaces/a/configmaps?fieldManager=creator", {
    metadata: { name: "one" },
    data: { a: "1" },
  });
  assert.deepEqual(made.metadata.managedFields, [
    {
      manager: "creator",
      operation: "Update",
      apiVersion: "v1",
      time: "2026-01-01T00:00:00Z",
      fieldsType: "FieldsV1",
      fieldsV1: { "f:data": { ".": {}, "f:a": {} } },
    },
  ]);
  const patched = await server.merge(url, { data: { a: "2" } });
  assert.deepEqual(managers(patched).toSorted(), ["creator Update", "test Update"]);
  const reset = await server.merge(url, { metadata: { managedFields: [{}] } });
  assert.equal(reset.metadata.managedFields, undefined);
});

test("what an apply refuses", async () => {
  await using server = await testServer();
  const cases: readonly (readonly [string, object, number, RegExp])[] = [
    [
      "",
      config({}),
      422,
      /^PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch$/,
    ],
    ["fieldManager=m", { ...config({}), metadata: { name: "two" } }, 400, /does not match the name on the URL/],
    ["fieldManager=m", { ...config({}), kind: "Secret" }, 400, /invalid object type/],
    ["fieldManager=m", { ...config({}), foo: 1 }, 400, /\.foo: field not declared in schema/],
  ];
  for (const [query, body, code, message] of cases) {
    const answer = await server.ask("PATCH", `${url}?${query}`, body, { contentType: "application/apply-patch+yaml" });
    assert.equal(answer.code, code, JSON.stringify(answer.body));
    assert.match(answer.body.message, message);
  }
  assert.equal((await server.ask("GET", url)).code, 404);
});

test("what is applied to nothing needs a name, and no identity", async () => {
  await using server = await testServer();
  const at = (name: string): string => `/api/v1/namespaces/a/configmaps/${name}?fieldManager=me`;
  const contentType = "application/apply-patch+yaml";
  const config = { apiVersion: "v1", kind: "ConfigMap" };
  const nameless = await server.ask("PATCH", at("new"), config, { contentType });
  assert.match(nameless.body.message, /^the name of the object \(new based on URL\) was undeterminable/);
  const known = await server.ask(
    "PATCH",
    at("new"),
    { ...config, metadata: { name: "new", uid: "x" } },
    { contentType },
  );
  assert.equal(known.code, 409);
  assert.match(
    known.body.message,
    /: uid mismatch: the provided object specified uid x, and no existing object was found$/,
  );
  const versioned = { ...config, metadata: { name: "new", resourceVersion: "5" } };
  assert.equal((await server.ask("PATCH", at("new"), versioned, { contentType })).code, 201);
});

test("an apply that leaves the object as it is has no time", async () => {
  await using server = await testServer();
  const at = (manager: string): string => `/api/v1/namespaces/a/configmaps/x?fieldManager=${manager}`;
  const config = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" }, data: { a: "1" } };
  const contentType = "application/apply-patch+yaml";
  await server.ask("PATCH", at("one"), config, { contentType });
  const { body } = await server.ask("PATCH", at("two"), config, { contentType });
  const [first, second] = body.metadata.managedFields;
  assert.deepEqual([first.manager, first.time], ["two", undefined]);
  assert.deepEqual([second.manager, second.time], ["one", "2026-01-01T00:00:00Z"]);
});
