// What clients read of custom kinds: discovery and OpenAPI documents, which follow every change of a definition.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json, TestServer } from "#server/api-server.fake.ts";
import { createDiscovery } from "#server/discovery/serve.ts";
import { createOpenApi } from "#server/discovery/openapi.ts";
import { crds, crdServer, define, definition, object, until, version } from "./crd.fake.ts";

async function start(): Promise<TestServer> {
  return crdServer({
    paths: ({ registry }) => {
      let changes = 0;
      registry.onChange(() => changes++);
      const served = { kinds: () => registry.kinds(), version: () => changes };
      return [
        createDiscovery({ ...served, serverAddress: "x" }),
        createOpenApi({ ...served, bodies: [], apiVersion: "1.36" }),
      ];
    },
  });
}
const read = async (server: TestServer, url: string): Promise<Json> => {
  const { code, body } = await server.ask("GET", url);
  assert.equal(code, 200, url);
  return JSON.parse(Buffer.from(body).toString());
};
const v2 = async (server: TestServer, name: string): Promise<Json> =>
  (await read(server, "/openapi/v2")).definitions[name];
const v3 = async (server: TestServer, gv: string, name: string): Promise<Json> =>
  (await read(server, `/openapi/v3/apis/${gv}`)).components.schemas[name];
const widget = (v = "v1"): string => `com.example.${v}.Widget`;
const spec = object({ size: { type: "integer", description: "How large." }, tint: { type: "string", enum: ["a"] } });

test("a schema is published in both forms", async () => {
  await using server = await start();
  await define(server, definition([version("v1", object({ spec }, { required: ["spec"], description: "A widget." }))]));
  for (const published of [await v2(server, widget()), await v3(server, "example.com/v1", widget())]) {
    assert.deepEqual(published.required, ["spec"]);
    assert.equal(published.description, "A widget.");
    assert.deepEqual(published.properties.spec.properties, spec.properties);
    assert.deepEqual(Object.keys(published.properties).toSorted(), ["apiVersion", "kind", "metadata", "spec"]);
    assert.deepEqual(published["x-kubernetes-group-version-kind"], [
      { group: "example.com", version: "v1", kind: "Widget" },
    ]);
  }
  const document = await read(server, "/openapi/v3/apis/example.com/v1");
  const path = document.paths["/apis/example.com/v1/namespaces/{namespace}/widgets/{name}"];
  const types = Object.keys(path.patch.requestBody.content);
  assert.deepEqual(
    types.filter((t) => t.includes("strategic")),
    [],
  );
  const index = await read(server, "/openapi/v3");
  assert.match(index.paths["apis/example.com/v1"].serverRelativeURL, /^\/openapi\/v3\/apis\/example\.com\/v1\?hash=/);
});

test("what a schema keeps is told as far as the old form can say it", async () => {
  await using server = await start();
  const keeps = { "x-kubernetes-preserve-unknown-fields": true } as const;
  const schema = object({
    spec: object({}, keeps),
    port: { "x-kubernetes-int-or-string": true },
    nested: { type: "object", properties: { any: keeps } },
    choice: { type: "string", nullable: true, oneOf: [{ enum: ["a"] }, { enum: ["b"] }] },
  });
  await define(server, definition([version("v1", schema)]));
  const old = await v2(server, widget());
  // Old clients would refuse what is not declared; so nothing is.
  assert.deepEqual(old.properties.spec, keeps);
  assert.equal(old.properties.choice.nullable, undefined);
  const now = await v3(server, "example.com/v1", widget());
  assert.equal(now.properties.choice.nullable, true);
  assert.equal(now.properties.port["x-kubernetes-int-or-string"], true);
  assert.equal(now.properties.nested.properties.any["x-kubernetes-preserve-unknown-fields"], true);
});

test("documents follow versions that come, go and are renamed", async () => {
  await using server = await start();
  const schema = object({ spec });
  const crd = await define(server, definition([version("v1", schema), version("v2", schema, { storage: false })]));
  assert.ok((await v2(server, widget("v1"))) && (await v2(server, widget("v2"))));
  const group = await read(server, "/apis/example.com");
  assert.deepEqual([group.versions.map((v: Json) => v.version), group.preferredVersion.version], [["v2", "v1"], "v2"]);
  const change = (versions: readonly object[]): Promise<Json> =>
    server.merge(`${crds}/${crd.metadata.name}`, { spec: { versions } });
  await change([version("v1", schema), version("v3", schema, { storage: false })]);
  await until(async () => (await v2(server, widget("v3"))) !== undefined);
  assert.equal(await v2(server, widget("v2")), undefined);
  await change([version("v1", schema), version("v3", schema, { storage: false, served: false })]);
  await until(async () => (await v2(server, widget("v3"))) === undefined);
  assert.equal((await server.ask("GET", "/apis/example.com/v3")).code, 404);
  const { resources } = await read(server, "/apis/example.com/v1");
  assert.deepEqual(resources, [
    {
      name: "widgets",
      singularName: "widget",
      namespaced: true,
      kind: "Widget",
      verbs: ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"],
      storageVersionHash: "gIwvi5rymmg=",
    },
  ]);
  await server.delete(`${crds}/${crd.metadata.name}`);
  await until(async () => (await server.ask("GET", "/apis/example.com")).code === 404);
});

test("kinds of one group and of several stand beside each other", async () => {
  await using server = await start();
  const names = { plural: "gears", kind: "Gear" };
  await define(server, definition([version("v1", object({ spec }))]));
  const gears = definition([version("v1", object({ teeth: { type: "integer" } }))], { names, scope: "Cluster" });
  await define(server, { ...gears, metadata: { name: "gears.example.com" } });
  const other = definition([version("v1", object({ other: { type: "boolean" } }))], { group: "example.org" });
  await define(server, { ...other, metadata: { name: "widgets.example.org" } });
  assert.ok((await v2(server, "com.example.v1.Gear")).properties.teeth);
  assert.ok((await v2(server, "org.example.v1.Widget")).properties.other);
  assert.ok((await v2(server, widget())).properties.spec);
});
