// Documents of several servers as one.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Call } from "#server/pipeline.ts";
import { mergeV2, toV3 } from "./merge-openapi.ts";
import { aggregateOpenApi } from "./openapi.ts";
import type { RemoteVersion } from "./remote-discovery.ts";
import { partOf, type RemoteOpenApi } from "./remote-openapi.ts";

const ref = (name: string): object => ({ $ref: `#/definitions/${name}` });
const meta = (words: string, type = "string"): object => ({ description: words, properties: { name: { type } } });
const document = {
  swagger: "2.0",
  parameters: { pretty: { name: "pretty", in: "query", type: "string" } },
  paths: {
    "/apis/wardle.example.com/v1/flunders": {
      parameters: [{ $ref: "#/parameters/pretty" }],
      post: {
        consumes: ["application/json"],
        produces: ["application/yaml"],
        parameters: [{ name: "body", in: "body", required: true, schema: ref("Flunder") }],
        responses: { 200: { description: "OK", schema: ref("Flunder") }, 401: { description: "Unauthorized" } },
      },
    },
    "/apis/wardle.example.com/v2/flunders": { get: { responses: { 200: { schema: ref("Other") } } } },
    "/version/": { get: {} },
  },
  definitions: {
    Flunder: { properties: { metadata: ref("Meta"), next: ref("Flunder"), kind: ref("Kind") } },
    Meta: meta("other words"),
    Kind: meta("a kind"),
    Other: {},
  },
};
const of = { group: "wardle.example.com", version: "v1" };
const own = {
  swagger: "2.0",
  info: { title: "Kubernetes" },
  paths: { "/version/": { get: { description: "ours" } } },
  definitions: { Meta: meta("our words"), Kind: meta("another thing", "integer") },
};

test("a part has the paths of one version and what they refer to", () => {
  const part = partOf(document, of);
  assert.deepEqual(Object.keys(part.paths), ["/apis/wardle.example.com/v1/flunders"]);
  assert.deepEqual(Object.keys(part.definitions).toSorted(), ["Flunder", "Kind", "Meta"]);
  const item = part.paths["/apis/wardle.example.com/v1/flunders"] as { parameters: unknown };
  assert.deepEqual(item.parameters, [{ name: "pretty", in: "query", type: "string" }]);
  for (const broken of [undefined, [], { paths: 1 }, { paths: { a: 1 } }])
    assert.deepEqual(partOf(broken, of), { paths: {}, definitions: {} });
});

test("what differs only in words is one definition, what differs otherwise gets a name of its own", () => {
  const merged = mergeV2(own, [partOf(document, of), partOf(document, of)]);
  const definitions = merged["definitions"] as Record<string, unknown>;
  assert.deepEqual(Object.keys(definitions).toSorted(), ["Flunder", "Kind", "Kind_v2", "Meta"]);
  assert.deepEqual(definitions["Meta"], own.definitions.Meta);
  assert.deepEqual(definitions["Flunder"], {
    properties: { metadata: ref("Meta"), next: ref("Flunder"), kind: ref("Kind_v2") },
  });
  assert.deepEqual(Object.keys(merged["paths"] as object), ["/version/", "/apis/wardle.example.com/v1/flunders"]);
  assert.deepEqual((merged["paths"] as typeof own.paths)["/version/"], own.paths["/version/"]);
});

test("version 3 out of version 2", () => {
  const schema = { $ref: "#/components/schemas/Flunder" };
  const made = toV3(partOf(document, of), { title: "t", version: "v1" });
  assert.equal(made["openapi"], "3.0.0");
  assert.deepEqual((made["paths"] as Record<string, unknown>)["/apis/wardle.example.com/v1/flunders"], {
    parameters: [{ name: "pretty", in: "query", schema: { type: "string" } }],
    post: {
      parameters: [],
      requestBody: { content: { "application/json": { schema } }, required: true },
      responses: {
        200: { description: "OK", content: { "application/yaml": { schema } } },
        401: { description: "Unauthorized" },
      },
    },
  });
  const { schemas } = made["components"] as { schemas: Record<string, unknown> };
  assert.deepEqual(schemas["Flunder"], {
    properties: {
      metadata: { $ref: "#/components/schemas/Meta" },
      next: schema,
      kind: { $ref: "#/components/schemas/Kind" },
    },
  });
});

test("the paths under /openapi", () => {
  let remote: RemoteVersion[] = [];
  let asked = 0;
  const ask = aggregateOpenApi(
    (call) => {
      asked++;
      const isIndex = call.path === "/openapi/v3";
      if (!isIndex && call.path !== "/openapi/v2") return { type: "raw", code: 404, contentType: "x", body: "" };
      const body = JSON.stringify(isIndex ? { paths: { version: { serverRelativeURL: "/v" } } } : own);
      return { type: "raw", code: 200, contentType: "application/json", headers: { etag: '"own"' }, body };
    },
    { remote: () => remote, version: () => remote.length, encodeV2: (d) => Buffer.from(`pb ${Object.keys(d).length}`) },
  );
  const get = (path: string, headers: Record<string, string> = {}) => {
    const reply = ask({ path, method: "GET", headers } as unknown as Call);
    assert.ok(reply?.type === "raw");
    return { ...reply, text: Buffer.from(reply.body as string).toString() };
  };
  assert.deepEqual(JSON.parse(get("/openapi/v2").text), own);
  const openApi: RemoteOpenApi = { v3: undefined, v2: partOf(document, of), etag: '"1"' };
  remote = [{ ...of, priority: { group: 1, version: 1 }, resources: [], isStale: false, openApi }];
  const merged = get("/openapi/v2");
  assert.match(merged.text, /Kind_v2/);
  assert.equal(get("/openapi/v2", { "if-none-match": String(merged.headers!["etag"]) }).code, 304);
  assert.equal(
    get("/openapi/v2", { accept: "application/com.github.proto-openapi.spec.v2.v1.0+protobuf" }).text,
    "pb 4",
  );
  const { paths } = JSON.parse(get("/openapi/v3").text);
  assert.deepEqual(Object.keys(paths).toSorted(), ["apis/wardle.example.com/v1", "version"]);
  const converted = get(paths["apis/wardle.example.com/v1"].serverRelativeURL.split("?")[0]);
  assert.equal(JSON.parse(converted.text).openapi, "3.0.0");
  const before = asked;
  assert.equal(get("/openapi/v3/apis/other/v1").code, 404);
  assert.equal(asked, before + 1);
  remote = [{ ...remote[0]!, openApi: { ...openApi, v3: { "apis/wardle.example.com": "/openapi/v3/x" } } }];
  assert.deepEqual(JSON.parse(get("/openapi/v3").text).paths["apis/wardle.example.com"], {
    serverRelativeURL: "/openapi/v3/x",
  });
});
