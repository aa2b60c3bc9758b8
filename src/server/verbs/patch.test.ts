import assert from "node:assert/strict";
import { test } from "node:test";
import { testServer } from "#server/api-server.fake.ts";

const url = "/api/v1/namespaces/a/configmaps/one";
const types = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
};

test("three kinds of patches", async () => {
  await using server = await testServer();
  await server.create("/api/v1/namespaces/a/configmaps", { metadata: { name: "one" }, data: { a: "1" } });
  const cases: readonly (readonly [keyof typeof types, unknown, object])[] = [
    ["json", [{ op: "add", path: "/data/b", value: "2" }], { a: "1", b: "2" }],
    ["merge", { data: { a: null, c: "3" } }, { b: "2", c: "3" }],
    ["strategic", { data: { c: "4" } }, { b: "2", c: "4" }],
  ];
  for (const [type, patch, data] of cases) {
    const answer = await server.ask("PATCH", url, patch, { contentType: types[type] });
    assert.equal(answer.code, 200, JSON.stringify(answer.body));
    assert.deepEqual(answer.body.data, data);
  }
});

test("what a patch refuses", async () => {
  await using server = await testServer();
  const made = await server.create("/api/v1/namespaces/a/configmaps", { metadata: { name: "one" } });
  await server.merge(url, { data: { a: "1" } });
  const cases: readonly (readonly [keyof typeof types, unknown, number, RegExp])[] = [
    ["merge", { metadata: { resourceVersion: made.metadata.resourceVersion } }, 409, /the object has been modified/],
    ["merge", { metadata: { name: "two" } }, 400, /the name of the object \(two\) does not match the name on the URL/],
    [
      "json",
      [{ op: "test", path: "/data/a", value: "2" }],
      422,
      /^the server rejected our request due to an error in our request$/,
    ],
    ["json", { op: "add" }, 400, /cannot unmarshal/],
    ["merge", { data: { a: 5 } }, 422, /^ "" is invalid: patch: Invalid value: .*cannot unmarshal number/],
  ];
  for (const [type, patch, code, message] of cases) {
    const answer = await server.ask("PATCH", url, patch, { contentType: types[type] });
    assert.equal(answer.code, code, JSON.stringify([patch, answer.body]));
    assert.match(answer.body.message, message);
  }
  const unknown = await server.ask("PATCH", url, "{}", { contentType: "application/json" });
  assert.equal(unknown.code, 415);
  assert.equal(
    unknown.body.message,
    "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, " +
      "application/merge-patch+json, application/apply-patch+yaml, application/strategic-merge-patch+json",
  );
  const missing = await server.ask("PATCH", `${url}x`, {}, { contentType: types.merge });
  assert.equal(missing.code, 404);
});

test("field validation of what a patch leads to", async () => {
  await using server = await testServer();
  await server.create("/api/v1/namespaces/a/configmaps", { metadata: { name: "one" } });
  const ask = (query: string) => server.ask("PATCH", url + query, { foo: 1 }, { contentType: types.merge });
  const warned = await ask("");
  assert.deepEqual([warned.code, warned.warnings], [200, ['unknown field "foo"']]);
  const strict = await ask("?fieldValidation=Strict");
  assert.equal(strict.code, 422);
  assert.match(strict.body.message, /strict decoding error: unknown field "foo"$/);
});
