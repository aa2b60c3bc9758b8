import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryStore } from "#store/memory.ts";
import { settle, testServer, type Json, type TestServer } from "#server/api-server.fake.ts";
import { serverLeaseName } from "./server-lease.ts";

const leases = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
const ranges = { serviceCidr: "10.96.0.0/16", nodePorts: { from: 30000, to: 32767 } };
const rest = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await settle();
};
const endpointsOf = async (server: TestServer): Promise<string[]> => {
  const { subsets } = await server.get("/api/v1/namespaces/default/endpoints/kubernetes");
  const slice = await server.get("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes");
  const addresses = subsets[0].addresses.map((one: Json) => one.ip);
  assert.deepEqual(
    slice.endpoints.map((one: Json) => one.addresses[0]),
    addresses,
  );
  return addresses;
};

test("a server has a Lease under a name that follows from its own", async () => {
  await using server = await testServer({ serverName: "host", cluster: ranges });
  await rest();
  const lease = await server.get(`${leases}/${serverLeaseName("host")}`);
  assert.deepEqual(lease.metadata.labels, {
    "apiserver.kubernetes.io/identity": "kube-apiserver",
    "kubernetes.io/hostname": "host",
  });
  assert.match(lease.spec.holderIdentity, /^apiserver-[a-z2-7]{26}_[0-9a-f-]{36}$/);
  assert.equal(lease.spec.leaseDurationSeconds, 3600);
  const quiet = (await server.get(leases)).metadata.resourceVersion;
  await server.advance(19 * 60_000);
  assert.equal((await server.get(leases)).metadata.resourceVersion, quiet);
  await server.advance(2 * 60_000);
  assert.notEqual((await server.get(`${leases}/${serverLeaseName("host")}`)).spec.renewTime, lease.spec.renewTime);
});

test("the servers that are there are the endpoints of the API", async () => {
  const store = createMemoryStore();
  const start = (name: string, address: string): Promise<TestServer> =>
    testServer({ store, serverName: name, cluster: { ...ranges, isShared: true, advertise: { address, port: 6443 } } });
  await using one = await start("one", "192.0.2.1");
  await rest();
  assert.deepEqual(await endpointsOf(one), ["192.0.2.1"]);
  const two = await start("two", "192.0.2.2");
  await rest();
  assert.deepEqual(await endpointsOf(one), ["192.0.2.1", "192.0.2.2"]);
  const three = await start("three", "192.0.2.3");
  await rest();
  assert.equal((await endpointsOf(one)).length, 3);
  // One says that it goes, another one is just silent.
  await two[Symbol.asyncDispose]();
  await rest();
  assert.deepEqual(await endpointsOf(one), ["192.0.2.1", "192.0.2.3"]);
  await one.advance(25_000);
  assert.deepEqual(await endpointsOf(one), ["192.0.2.1", "192.0.2.3"]);
  await one.advance(20_000);
  assert.deepEqual(await endpointsOf(one), ["192.0.2.1"]);
  await three[Symbol.asyncDispose]();
});

test("Leases of servers that are long gone are taken away", async () => {
  await using server = await testServer({ serverName: "new", cluster: ranges });
  const labels = { "apiserver.kubernetes.io/identity": "kube-apiserver" };
  const old = { metadata: { name: "apiserver-old", labels }, spec: { renewTime: "2026-01-01T00:00:00.000000Z" } };
  await server.create(leases, old);
  await server.create(leases, { metadata: { name: "other" }, spec: old.spec });
  await server.advance(3 * 3_600_000);
  const names = (await server.get(leases)).items.map((lease: Json) => lease.metadata.name);
  assert.deepEqual(names, [serverLeaseName("new"), "other"].toSorted());
});

test("the name of a Lease is the one that upstream gives", () => {
  // (printf '\0\2vm\0\16kube-apiserver') | sha256sum | head -c32 | xxd -r -p | base32 | tr -d = | tr A-Z a-z
  assert.equal(serverLeaseName("vm"), "apiserver-wlv32tlttr4jl3gtroqexyxapa");
});
