import assert from "node:assert/strict";
import { test } from "node:test";
import { testServer, type TestServer } from "#server/api-server.fake.ts";
import { decodeContinue, encodeContinue } from "#server/continue-token.ts";

const all = "/api/v1/configmaps";
const inA = "/api/v1/namespaces/a/configmaps";

async function filled(): Promise<TestServer> {
  const server = await testServer();
  for (const [namespace, name] of ["a/one", "a/two", "a/three", "b/one"].map((key) => key.split("/")))
    await server.create(`/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { name, labels: { app: name === "one" ? "x" : "y" } },
    });
  return server;
}
const names = (list: { items: readonly { metadata: { namespace: string; name: string } }[] }): string[] =>
  list.items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);

test("lists are in key order and narrowed by namespace and selectors", async () => {
  await using server = await filled();
  const cases: readonly (readonly [string, readonly string[]])[] = [
    [all, ["a/one", "a/three", "a/two", "b/one"]],
    [inA, ["a/one", "a/three", "a/two"]],
    [`${all}?labelSelector=app%3Dx`, ["a/one", "b/one"]],
    [`${inA}?labelSelector=app%20notin%20(x)`, ["a/three", "a/two"]],
    [`${all}?fieldSelector=metadata.name%3Done,metadata.namespace!%3Da`, ["b/one"]],
    [`${inA}?fieldSelector=metadata.name%3Dtwo`, ["a/two"]],
    [`${inA}?resourceVersion=0&limit=1`, ["a/one", "a/three", "a/two"]],
  ];
  for (const [url, expected] of cases) assert.deepEqual(names(await server.get(url)), expected, url);
  const list = await server.get(inA);
  assert.equal(list.kind, "ConfigMapList");
  assert.equal(list.metadata.resourceVersion, String(await server.store.revision()));
});

test("pages show the moment of the first", async () => {
  await using server = await filled();
  const first = await server.get(`${all}?limit=2`);
  assert.deepEqual(names(first), ["a/one", "a/three"]);
  assert.equal(first.metadata.remainingItemCount, 2);
  assert.deepEqual(JSON.parse(Buffer.from(first.metadata.continue, "base64url").toString()), {
    v: "meta.k8s.io/v1",
    rv: Number(first.metadata.resourceVersion),
    start: "a/three\0",
  });
  await server.delete(`${inA}/two`);
  await server.create(inA, { metadata: { name: "zero" } });
  const second = await server.get(`${all}?limit=2&continue=${first.metadata.continue}`);
  assert.deepEqual(names(second), ["a/two", "b/one"]);
  const middle = await server.get(`${all}?limit=1&continue=${first.metadata.continue}`);
  assert.equal(middle.metadata.remainingItemCount, 1, "of every page but the last");
  assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
  assert.equal(second.metadata.continue, undefined);
});

test("an expired page offers to go on inconsistently", async () => {
  await using server = await filled();
  const first = await server.get(`${all}?limit=1`);
  await server.create(inA, { metadata: { name: "zero" } });
  await server.store.compact(await server.store.revision());
  const expired = await server.ask("GET", `${all}?limit=3&continue=${first.metadata.continue}`);
  assert.equal(expired.code, 410);
  assert.equal(expired.body.reason, "Expired");
  assert.match(expired.body.message, /^The provided continue parameter is too old/);
  const rest = await server.get(`${all}?continue=${expired.body.metadata.continue}`);
  assert.deepEqual(names(rest), ["a/three", "a/two", "a/zero", "b/one"]);
});

test("exact revisions, and those that are gone or to come", async () => {
  await using server = await filled();
  const { resourceVersion } = (await server.get(all)).metadata;
  await server.delete(`${inA}/two`);
  const exact = `resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`;
  assert.equal(names(await server.get(`${inA}?${exact}`)).length, 3);
  assert.equal(names(await server.get(`${inA}?resourceVersion=${resourceVersion}`)).length, 2);
  assert.equal(names(await server.get(`${inA}?resourceVersion=${resourceVersion}&limit=9`)).length, 3);
  const late = await server.ask("GET", `${inA}?resourceVersion=9999`);
  assert.equal(late.code, 504);
  assert.deepEqual(late.body.details, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
  await server.store.compact(await server.store.revision());
  assert.equal((await server.ask("GET", `${inA}?${exact}`)).code, 410);
});

const tokenOf = (json: string): string => Buffer.from(json).toString("base64url");
test("options that do not go together", async () => {
  await using server = await filled();
  const token = encodeContinue("a/one", 5, "a");
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["resourceVersionMatch=Exact", 422, /forbidden unless resourceVersion is provided/],
    ["resourceVersion=0&resourceVersionMatch=Exact", 422, /"exact" is forbidden for resourceVersion "0"/],
    ["resourceVersion=1&resourceVersionMatch=Any", 422, /Unsupported value: "Any": supported values: "Exact"/],
    [`resourceVersion=1&resourceVersionMatch=Exact&continue=${token}`, 422, /forbidden when continue is provided/],
    [`resourceVersion=1&continue=${token}`, 400, /specifying resource version is not allowed when using continue/],
    ["sendInitialEvents=true", 422, /sendInitialEvents is forbidden for list/],
    ["continue=x", 400, /^invalid continue token: continue key is not valid: illegal base64 data at input byte 0$/],
    ["continue=a%2Bbc", 400, /illegal base64 data at input byte 1$/],
    [`continue=${tokenOf("[]")}`, 400, /json: cannot unmarshal array into Go value of type storage.continueToken$/],
    [`continue=${tokenOf('{"v":"x"}')}`, 400, /server does not recognize this encoded version x$/],
    [`continue=${tokenOf('{"v":"meta.k8s.io/v1"}')}`, 400, /incorrect encoded start resourceVersion/],
    [`continue=${tokenOf('{"v":"meta.k8s.io/v1","rv":1}')}`, 400, /encoded start key empty/],
    [`continue=${tokenOf('{"v":"meta.k8s.io/v1","rv":1,"start":"../b/x"}')}`, 400, /key is not valid: \.\.\/b\/x$/],
    ["resourceVersion=abc", 400, /^invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint/],
    ["timeoutSeconds=", 400, /strconv.ParseInt: parsing "": invalid syntax/],
    ["limit=9223372036854775808", 400, /value out of range/],
    [
      "fieldSelector=spec.foo%3D1",
      400,
      /^"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"$/,
    ],
    ["labelSelector=a%3D%3D%3D", 400, /unable to parse requirement/],
    ["limit=x", 400, /strconv.ParseInt: parsing "x": invalid syntax/],
  ];
  for (const [query, code, message] of cases) {
    const answer = await server.ask("GET", `${inA}?${query}`);
    assert.equal(answer.code, code, query);
    assert.match(answer.body.message, message);
  }
});

test("tokens survive their own reading", () => {
  for (const namespace of ["a", ""])
    assert.deepEqual(decodeContinue(encodeContinue("a/ö-1", 12, namespace), namespace), {
      revision: 12,
      from: "a/ö-1\0",
    });
  // Of another namespace's list it says where to go on in this one.
  assert.equal(decodeContinue(encodeContinue("a/ö-1", 12, "a"), "b").from, "b/ö-1\0");
});

test("a get sees every earlier write", async () => {
  await using server = await filled();
  assert.equal((await server.get(`${inA}/one`)).metadata.name, "one");
  const missing = await server.ask("GET", `${inA}/four`);
  assert.equal(missing.code, 404);
  assert.equal(missing.body.message, 'configmaps "four" not found');
  assert.deepEqual(missing.body.details, { name: "four", kind: "configmaps" });
  assert.equal((await server.ask("GET", `${inA}/one?resourceVersion=9999`)).code, 504);
});
