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

test("field validation of the patch itself", async () => {
  await using server = await testServer();
  await server.create("/api/v1/namespaces/a/configmaps", { metadata: { name: "one" }, data: { a: "1" } });
  const operation = '[{"op":"add","path":"/foo","value":1,"path":"/foo","extra":2}]';
  const yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  c: v\n  c: w\n";
  const applyQuery = "fieldManager=me";
  const cases: readonly (readonly [string, string, string, number, readonly string[], RegExp])[] = [
    [
      types.merge,
      "",
      '{"data":{"b":"1","b":"2"},"foo":1}',
      422,
      ['duplicate field "data.b"', 'unknown field "foo"'],
      /strict decoding error: duplicate field "data.b", unknown field "foo"$/,
    ],
    [
      types.strategic,
      "",
      '{"data":{"b":"1","b":"2"}}',
      422,
      ['duplicate field "data.b"'],
      /strict decoding error: duplicate field "data.b"$/,
    ],
    [
      types.json,
      "",
      operation,
      422,
      ['json patch duplicate field "[0].path"', 'json patch unknown field "[0].extra"', 'unknown field "foo"'],
      /json patch duplicate field "\[0\].path", json patch unknown field "\[0\].extra", unknown field "foo"$/,
    ],
    [
      "application/apply-patch+yaml",
      applyQuery,
      yaml,
      400,
      ['line 7: key "c" already set in map'],
      /^error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 7: key "c" already set in map$/,
    ],
  ];
  for (const [contentType, query, text, code, warnings, message] of cases) {
    const ask = (validation: string) =>
      server.ask("PATCH", `${url}?${query}&fieldValidation=${validation}`, text, { contentType });
    const strict = await ask("Strict");
    assert.equal(strict.code, code, strict.body.message);
    assert.match(strict.body.message, message);
    const warned = await ask("Warn");
    assert.deepEqual([warned.code, warned.warnings], [200, warnings], contentType);
    assert.deepEqual((await ask("Ignore")).warnings, []);
  }
});
