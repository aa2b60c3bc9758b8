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
  assert.equal(unknown.body.message, "415: Unsupported Media Type");
  // That there is nothing to patch comes first.
  const missing = await server.ask("PATCH", `${url}x`, "{", { contentType: types.merge });
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

test("what a strategic merge cannot be converted to is said as Go's conversion says it", async () => {
  await using server = await testServer();
  await server.create("/api/v1/namespaces/a/configmaps", { metadata: { name: "one" }, data: { a: "1" } });
  const cases: readonly (readonly [string, number, string])[] = [
    ['{"data":"x"}', 422, 'patch: Invalid value: "map[data:x]": cannot restore map from string'],
    ['{"data":{"x":5}}', 422, '"map[data:map[x:5]]": cannot convert int64 to string'],
    ['{"immutable":"x"}', 422, '"map[immutable:x]": unrecognized type: bool'],
    ['{"metadata":{"finalizers":"x"}}', 422, "cannot restore slice from string"],
    ['{"metadata":{"generation":1.5}}', 422, "cannot convert float64 to int64"],
    ['{"metadata":"x"}', 422, "cannot restore struct from: string"],
    ["[]", 400, "json: cannot unmarshal array into Go value of type map[string]interface {}"],
    ["{", 400, "unexpected end of JSON input"],
    ['{"metadata":null}', 400, "name must be provided"],
  ];
  for (const [patch, code, end] of cases) {
    const answer = await server.ask("PATCH", url, patch, { contentType: types.strategic });
    assert.equal(answer.code, code, patch);
    assert.ok(answer.body.message.endsWith(end), answer.body.message);
  }
  // What the object is, such a patch cannot change.
  for (const patch of ['{"kind":"Secret"}', '{"apiVersion":"v9"}', "null"])
    assert.equal((await server.ask("PATCH", url, patch, { contentType: types.strategic })).code, 200, patch);
});

test("merge and JSON patches that are none, and those that make something else of the object", async () => {
  await using server = await testServer();
  await server.create("/api/v1/namespaces/a/configmaps", { metadata: { name: "one" }, data: { a: "1" } });
  const cases: readonly (readonly [keyof typeof types, string, number, RegExp])[] = [
    ["merge", "{", 400, /^error decoding patch: unexpected end of JSON input$/],
    ["merge", "null", 400, /^Invalid JSON Patch$/],
    ["merge", "true", 400, /^error decoding patch: json: cannot unmarshal bool into Go value of type map/],
    ["merge", '{"apiVersion":"v9"}', 422, /no kind "ConfigMap" is registered for version "v9" in scheme/],
    ["merge", '{"kind":"Pod"}', 422, /unknown conversion$/],
    [
      "merge",
      '{"metadata":{"uid":"x"}}',
      422,
      /^ConfigMap "one" is invalid: metadata.uid: Invalid value: "x": field is/,
    ],
    ["merge", '{"metadata":{"namespace":"b"}}', 400, /^the namespace of the provided object does not match the/],
    [
      "json",
      "{}",
      400,
      /^error decoding patch: json: cannot unmarshal object into Go value of type \[\]handlers.jsonPatchOp$/,
    ],
    ["json", "[5]", 400, /number into Go value of type handlers.jsonPatchOp$/],
    ["json", "[{}]", 422, /^the server rejected our request due to an error in our request$/],
  ];
  for (const [type, patch, code, message] of cases) {
    const answer = await server.ask("PATCH", url, patch, { contentType: types[type] });
    assert.equal(answer.code, code, patch);
    assert.match(answer.body.message, message);
  }
});
