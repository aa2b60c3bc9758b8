import assert from "node:assert/strict";
import { test } from "node:test";
import { settle, testServer, type Json, type TestServer } from "#server/api-server.fake.ts";

const services = "/api/v1/namespaces/default/services";
const addresses = "/apis/networking.k8s.io/v1/ipaddresses";
const cluster = { serviceCidr: "10.0.0.0/24", nodePorts: { from: 30000, to: 30007 }, isShared: true };
const start = (more: object = {}): Promise<TestServer> => testServer({ cluster, ...more });
const service = (name: string, spec: object = {}): Json => ({
  metadata: { name },
  spec: { ports: [{ port: 80 }], ...spec },
});
const rest = async (): Promise<void> => {
  for (let i = 0; i < 6; i++) await settle();
};
const claimed = async (server: TestServer): Promise<string[]> => {
  await rest();
  const { items } = await server.get(addresses);
  return items.map((one: Json) => `${one.metadata.name} ${one.spec.parentRef.name}`);
};

test("every address of a Service is an IPAddress, as long as the Service has it", async () => {
  await using server = await start();
  await server.create(services, service("one", { clusterIP: "10.0.0.7" }));
  await server.create(services, service("headless", { clusterIP: "None" }));
  const [made] = (await server.get(addresses)).items;
  const { uid, creationTimestamp, resourceVersion, ...metadata } = made.metadata;
  assert.ok(uid && creationTimestamp && resourceVersion);
  assert.deepEqual(metadata, {
    name: "10.0.0.7",
    labels: {
      "ipaddress.kubernetes.io/ip-family": "IPv4",
      "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
    },
  });
  assert.deepEqual(made.spec, { parentRef: { resource: "services", namespace: "default", name: "one" } });
  await server.create(services, { ...service("x"), metadata: { generateName: "made-" } });
  assert.equal((await claimed(server)).length, 2);
  await server.ask("POST", `${services}?dryRun=All`, service("dry", { clusterIP: "10.0.0.9" }));
  await server.ask("POST", services, service("one", { clusterIP: "10.0.0.10" }));
  await server.ask("POST", services, service("wrong", { clusterIP: "10.0.0.11", type: "Odd" }));
  await server.merge(`${services}/one`, {
    spec: { type: "ExternalName", externalName: "x.example", clusterIP: "", clusterIPs: null },
  });
  assert.deepEqual(
    (await claimed(server)).map((text) => text.split(" ")[1]!.slice(0, 5)),
    ["made-"],
  );
});

test("an address that somebody else has claimed is not given out", async () => {
  await using server = await start();
  const parentRef = { group: "example.com", resource: "things", name: "mine" };
  await server.create(addresses, { metadata: { name: "10.0.0.7" }, spec: { parentRef } });
  const refused = await server.ask("POST", services, service("one", { clusterIP: "10.0.0.7" }));
  assert.equal(refused.code, 422);
  assert.match(refused.body.message, /failed to allocate IP 10.0.0.7: provided IP is already allocated$/);
  await server.advance(200_000);
  assert.deepEqual(await claimed(server), ["10.0.0.7 mine"]);
});

test("a Service that is made anew with the same address keeps it", async () => {
  await using server = await start();
  for (let i = 0; i < 5; i++) {
    await server.create(services, service("one", { clusterIP: "10.0.0.7" }));
    await server.delete(`${services}/one`);
  }
  await server.create(services, service("one", { clusterIP: "10.0.0.7" }));
  assert.deepEqual(await claimed(server), ["10.0.0.7 one"]);
});

test("two servers of one store give out no address and no port twice", async () => {
  // Both have the same seed: they look at the same places first.
  await using one = await start();
  await using two = await start({ store: one.store });
  const spec = { type: "NodePort" };
  const made: Json[] = await Promise.all(
    [1, 2, 3, 4].flatMap((i) => [
      one.create(services, service(`a${i}`, spec)),
      two.create(services, service(`b${i}`, spec)),
    ]),
  );
  assert.equal(new Set(made.map((s) => s.spec.clusterIP)).size, 8);
  assert.equal(new Set(made.map((s) => s.spec.ports[0].nodePort)).size, 8);
  const full = await two.ask("POST", services, service("more", spec));
  assert.match(full.body.message, /failed to allocate a nodePort: range is full$/);
  await one.delete(`${services}/a1`);
  await rest();
  await two.create(services, service("again", spec));
});

test("what a server left behind is given back when it is old; what was never claimed is", async () => {
  const before = await testServer({ cluster });
  await before.create(services, service("one", { clusterIP: "10.0.0.7" }));
  await before[Symbol.asyncDispose]();
  const { store } = before;
  const { entries } = await store.list("/registry/");
  for (const { key, value, revision } of entries) {
    if (key === "/registry/networking.k8s.io/ipaddresses/10.0.0.7") {
      await store.put(
        key.replace("10.0.0.7", "10.0.0.8"),
        Buffer.from(Buffer.from(value).toString().replace("10.0.0.7", "10.0.0.8")),
        0,
      );
      await store.delete(key, revision);
    }
  }
  await using server = await start({ store });
  assert.deepEqual(await claimed(server), ["10.0.0.7 one", "10.0.0.8 one"]);
  await server.advance(91_000);
  assert.deepEqual(await claimed(server), ["10.0.0.7 one"]);
});
