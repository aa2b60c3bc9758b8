import assert from "node:assert/strict";
import { test } from "node:test";
import { testServer, type Json } from "#server/api-server.fake.ts";

test("parts of the control plane say how they are", async () => {
  await using server = await testServer();
  const url = "/api/v1/componentstatuses";
  const names = async (query: string): Promise<string[]> =>
    (await server.get(`${url}${query}`)).items.map((item: Json) => item.metadata.name);
  assert.deepEqual(await names(""), ["scheduler", "controller-manager", "etcd-0"]);
  assert.deepEqual(await names("?fieldSelector=metadata.name%3Detcd-0"), ["etcd-0"]);
  const one = await server.get(`${url}/etcd-0`);
  assert.deepEqual(one.conditions, [{ type: "Healthy", status: "True", message: "ok" }]);
  assert.equal((await server.ask("GET", `${url}/other`)).code, 404);
  assert.equal((await server.ask("POST", url, { metadata: { name: "x" } })).code, 405);
});
