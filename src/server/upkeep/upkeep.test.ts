import assert from "node:assert/strict";
import { test } from "node:test";
import { settle, testServer } from "#server/api-server.fake.ts";

const cluster = {
  serviceCidr: "10.96.0.0/12",
  nodePorts: { from: 30000, to: 32767 },
  advertise: { address: "192.0.2.7", port: 6443 },
};
const event = (name: string): object => ({
  metadata: { name },
  involvedObject: { kind: "Pod", namespace: "default", name: "p" },
  reason: "Test",
  type: "Normal",
});
const events = "/api/v1/namespaces/default/events";
const minuteMs = 60_000;

test("a cluster starts with its namespaces, priority classes and the Service of the API", async () => {
  await using server = await testServer({ cluster });
  const names = async (url: string): Promise<string[]> =>
    (await server.get(url)).items.map((o: { metadata: { name: string } }) => o.metadata.name);
  assert.deepEqual(await names("/api/v1/namespaces"), ["default", "kube-node-lease", "kube-public", "kube-system"]);
  assert.deepEqual(await names("/apis/scheduling.k8s.io/v1/priorityclasses"), [
    "system-cluster-critical",
    "system-node-critical",
  ]);
  const service = await server.get("/api/v1/namespaces/default/services/kubernetes");
  assert.equal(service.spec.clusterIP, "10.96.0.1");
  const endpoints = await server.get("/api/v1/namespaces/default/endpoints/kubernetes");
  assert.deepEqual(endpoints.subsets, [
    { addresses: [{ ip: "192.0.2.7" }], ports: [{ name: "https", port: 6443, protocol: "TCP" }] },
  ]);
  const [slice] = (await server.get("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices")).items;
  assert.deepEqual([slice.endpoints[0].addresses, slice.addressType], [["192.0.2.7"], "IPv4"]);
});

test("what is deleted of it comes back; what moved is corrected at the next start", async () => {
  const server = await testServer({ cluster });
  await server.delete("/api/v1/namespaces/default/services/kubernetes");
  for (let i = 0; i < 4; i++) await settle();
  assert.equal((await server.get("/api/v1/namespaces/default/services/kubernetes")).spec.clusterIP, "10.96.0.1");
  await server[Symbol.asyncDispose]();
  await using moved = await testServer({
    store: server.store,
    cluster: { ...cluster, advertise: { address: "192.0.2.8", port: 6443 } },
  });
  const endpoints = await moved.get("/api/v1/namespaces/default/endpoints/kubernetes");
  assert.equal(endpoints.subsets[0].addresses[0].ip, "192.0.2.8");
});

test("a bootstrap object that cannot be made does not keep the server from serving", async () => {
  await using server = await testServer({ cluster: { ...cluster, advertise: { address: "127.0.0.1", port: 1 } } });
  assert.equal((await server.get("/api/v1/namespaces/default")).kind, "Namespace");
  const ready = await server.ask("GET", "/readyz");
  assert.equal(ready.code, 500);
  assert.match(String(ready.body), /^\[-\]poststarthook\/bootstrap-controller failed: reason withheld$/m);
  assert.equal((await server.ask("GET", "/livez")).code, 200);
});

test("events live for an hour after their last change", async () => {
  await using server = await testServer();
  const left = async (): Promise<string[]> =>
    (await server.get(events)).items.map((o: { metadata: { name: string } }) => o.metadata.name);
  await server.create(events, event("one"));
  await server.advance(20 * minuteMs);
  await server.create(events, event("two"));
  await server.merge(`${events}/one`, { count: 2 });
  await server.create(events, event("three"));
  await server.advance(30 * minuteMs);
  await server.merge(`${events}/two`, { count: 2 });
  assert.deepEqual(await left(), ["one", "three", "two"]);
  await server.advance(31 * minuteMs);
  assert.deepEqual(await left(), ["two"]);
  await server.advance(30 * minuteMs);
  assert.deepEqual(await left(), []);
});

test("events of before the start go when their time comes", async () => {
  const before = await testServer();
  await before.create(events, event("old"));
  await before[Symbol.asyncDispose]();
  await using server = await testServer({ store: before.store });
  await server.advance(59 * minuteMs);
  assert.equal((await server.get(events)).items.length, 1);
  await server.advance(2 * minuteMs);
  assert.equal((await server.get(events)).items.length, 0);
});

test("the store forgets what is older than five to ten minutes", async () => {
  await using server = await testServer();
  const names = `/api/v1/namespaces/default/configmaps`;
  await server.create(names, { metadata: { name: "one" } });
  await server.create(names, { metadata: { name: "two" } });
  const first = await server.get(`${names}?limit=1`);
  const next = `${names}?limit=1&continue=${encodeURIComponent(first.metadata.continue)}`;
  await server.advance(4 * minuteMs);
  assert.equal((await server.ask("GET", next)).code, 200);
  await server.create(names, { metadata: { name: "three" } });
  await server.advance(10 * minuteMs);
  assert.equal((await server.ask("GET", next)).code, 410);
  assert.equal((await server.get(names)).items.length, 3);
});
