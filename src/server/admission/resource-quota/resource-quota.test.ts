import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigMap } from "#api/core/config-map.ts";
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { Pod } from "#api/core/pod.ts";
import type { ResourceQuota } from "#api/core/resource-quota.ts";
import { Service } from "#api/core/service.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { testServer, type Json, type TestServer } from "#server/api-server.fake.ts";
import { planCharge } from "./check-quota.ts";
import { resourceQuota } from "./resource-quota.ts";

type Amounts = Readonly<Record<string, string>>;
const quota = (hard: Amounts, more: object = {}): ResourceQuota =>
  ({ metadata: { name: "q" }, spec: { hard, ...more }, status: { hard } }) as unknown as ResourceQuota;
const container = (name: string, requests: Amounts = {}, limits: Amounts = {}): object => ({
  name,
  resources: { requests, limits },
});
const pod = (...containers: readonly object[]): object => ({ metadata: {}, spec: { containers }, status: {} });

/** "" when nothing is charged, the charge, or the refusal. */
function outcome(of: AnyKind, object: object, q: ResourceQuota, used: Amounts, old?: object): string {
  const plan = planCharge(
    {
      of,
      subresource: "",
      operation: old ? "UPDATE" : "CREATE",
      object: object as KubeObject,
      old: old as KubeObject | undefined,
      now: 0,
    },
    [{ quota: q, used }],
  );
  if (!plan.ok) return plan.why;
  return Object.entries(plan.added[0] ?? {})
    .map(([name, amount]) => `${name}+${amount}`)
    .toSorted()
    .join(" ");
}

test("what is charged and what does not fit", () => {
  const compute = { "requests.cpu": "1", "limits.memory": "1Gi", pods: "2" };
  const unused = { "requests.cpu": "0", "limits.memory": "0", pods: "0" };
  const full = pod(container("a", { cpu: "600m" }, { memory: "100Mi" }));
  const service = (spec: object): object => ({ metadata: {}, spec: { ports: [{ port: 1 }, { port: 2 }], ...spec } });
  const claim = (size: string): object => ({
    metadata: {},
    spec: { storageClassName: "fast", resources: { requests: { storage: size } } },
  });
  const storage = { "requests.storage": "10Gi", "fast.storageclass.storage.k8s.io/requests.storage": "5Gi" };
  const noStorage = { "requests.storage": "0", "fast.storageclass.storage.k8s.io/requests.storage": "0" };
  const cases: readonly (readonly [AnyKind, object, ResourceQuota, Amounts, string, object?])[] = [
    [Pod, full, quota(compute), unused, "limits.memory+100Mi pods+1 requests.cpu+600m"],
    [
      Pod,
      full,
      quota(compute),
      { ...unused, "requests.cpu": "600m", pods: "2" },
      "exceeded quota: q, requested: pods=1,requests.cpu=600m, used: pods=2,requests.cpu=600m, limited: pods=2,requests.cpu=1",
    ],
    [
      Pod,
      pod(container("a", { cpu: "1" }), container("b", {}, { memory: "1" })),
      quota(compute),
      unused,
      "failed quota: q: must specify limits.memory for: a; requests.cpu for: b",
    ],
    [
      Pod,
      { ...full, spec: { containers: [container("a")], resources: { requests: { cpu: "1" } } } },
      quota({ cpu: "2" }),
      { cpu: "0" },
      "cpu+1",
    ],
    [
      Pod,
      full,
      quota(compute),
      { pods: "0" },
      "status unknown for quota: q, resources: limits.memory,pods,requests.cpu",
    ],
    [Pod, full, quota({ pods: "1" }, { scopes: ["BestEffort"] }), { pods: "1" }, ""],
    [Pod, pod(container("a")), quota({ pods: "1" }, { scopes: ["BestEffort"] }), { pods: "0" }, "pods+1"],
    [Pod, pod(container("a")), quota({ pods: "1" }, { scopes: ["Terminating"] }), { pods: "1" }, ""],
    [
      Pod,
      pod(container("a", { "x.io/gpu": "2" })),
      quota({ "requests.x.io/gpu": "1" }),
      { "requests.x.io/gpu": "0" },
      "exceeded quota: q, requested: requests.x.io/gpu=2, used: requests.x.io/gpu=0, limited: requests.x.io/gpu=1",
    ],
    [Pod, full, quota({ services: "1" }), { services: "1" }, ""],
    [
      Service,
      service({ type: "NodePort" }),
      quota({ "services.nodeports": "1" }),
      { "services.nodeports": "0" },
      "exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1",
    ],
    [
      Service,
      service({ type: "NodePort" }),
      quota({ "services.nodeports": "2", services: "1" }),
      { "services.nodeports": "0", services: "1" },
      "services.nodeports+2",
      service({ type: "ClusterIP" }),
    ],
    [
      PersistentVolumeClaim,
      claim("6Gi"),
      quota(storage),
      noStorage,
      "exceeded quota: q, requested: fast.storageclass.storage.k8s.io/requests.storage=6Gi, used: fast.storageclass.storage.k8s.io/requests.storage=0, limited: fast.storageclass.storage.k8s.io/requests.storage=5Gi",
    ],
    [
      PersistentVolumeClaim,
      claim("3Gi"),
      quota({ "requests.storage": "10Gi" }),
      { "requests.storage": "9Gi" },
      "requests.storage+1Gi",
      claim("2Gi"),
    ],
    [
      PersistentVolumeClaim,
      claim("1Gi"),
      quota({ "requests.storage": "10Gi" }),
      { "requests.storage": "9Gi" },
      "",
      claim("2Gi"),
    ],
    [
      ConfigMap,
      { metadata: {} },
      quota({ configmaps: "1", "count/configmaps": "5" }),
      { configmaps: "0", "count/configmaps": "0" },
      "configmaps+1 count/configmaps+1",
    ],
  ];
  for (const [of, object, q, used, expected, old] of cases) assert.equal(outcome(of, object, q, used, old), expected);
});

const quotas = "/api/v1/namespaces/n/resourcequotas";
const maps = "/api/v1/namespaces/n/configmaps";
const start = (more: object = {}): Promise<TestServer> =>
  testServer({ admission: (registry) => [resourceQuota({ registry, clock: new VirtualClock() })], ...more });
async function makeQuota(server: TestServer, name: string, hard: Amounts, used?: Amounts): Promise<void> {
  await server.create(quotas, { metadata: { name }, spec: { hard } });
  const none = Object.fromEntries(Object.keys(hard).map((key) => [key, "0"]));
  await setUsed(server, name, { hard, used: used ?? none });
}
async function setUsed(server: TestServer, name: string, status: object): Promise<void> {
  const answer = await server.ask(
    "PATCH",
    `${quotas}/${name}/status`,
    { status },
    { contentType: "application/merge-patch+json" },
  );
  assert.equal(answer.code, 200);
}
const usedOf = async (server: TestServer, name: string): Promise<Json> =>
  (await server.get(`${quotas}/${name}`)).status.used;
const make = async (server: TestServer, name: string, query = ""): Promise<[number, string]> => {
  const { code, body } = await server.ask("POST", `${maps}${query}`, { metadata: { name } });
  return [code, body.message];
};

test("creates at the same time get no more than there is", async () => {
  await using server = await start();
  await makeQuota(server, "q", { configmaps: "7" });
  await makeQuota(server, "wide", { "count/configmaps": "100" });
  const made = await Promise.all(Array.from({ length: 20 }, (_, i) => make(server, `m${i}`)));
  assert.equal(made.filter(([code]) => code === 201).length, 7);
  const refusals = made.filter(([code]) => code === 403).map(([, message]) => message);
  assert.equal(refusals.length, 13);
  assert.match(
    refusals[0]!,
    /^configmaps "m\d+" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=7, limited: configmaps=7$/,
  );
  assert.deepEqual(await usedOf(server, "q"), { configmaps: "7" });
  assert.deepEqual(await usedOf(server, "wide"), { "count/configmaps": "7" });
});

test("two servers of one store give out no more than there is", async () => {
  await using one = await start();
  await using two = await start({ store: one.store });
  await makeQuota(one, "q", { configmaps: "10" });
  const made = await Promise.all(Array.from({ length: 12 }, (_, i) => [make(one, `a${i}`), make(two, `b${i}`)]).flat());
  assert.equal(made.filter(([code]) => code === 201).length, 10);
  assert.deepEqual(await usedOf(one, "q"), { configmaps: "10" });
});

test("what is not written in the end is given back; a dry run takes nothing", async () => {
  await using server = await start();
  await makeQuota(server, "q", { configmaps: "2" });
  assert.equal((await make(server, "one"))[0], 201);
  assert.equal((await make(server, "one"))[0], 409);
  assert.deepEqual(await usedOf(server, "q"), { configmaps: "1" });
  assert.equal((await make(server, "dry", "?dryRun=All"))[0], 201);
  assert.deepEqual(await usedOf(server, "q"), { configmaps: "1" });
  assert.equal((await make(server, "two"))[0], 201);
  assert.equal((await make(server, "dry", "?dryRun=All"))[0], 403);
});

test("a sum that was made without the object under way does not let another one in", async () => {
  await using server = await testServer({
    admission: (registry) => [
      resourceQuota({ registry, clock: new VirtualClock() }),
      // As a controller would that sums up right between the charge and the write.
      {
        name: "Recount",
        concerns: (r) => r.of === ConfigMap,
        validate: () => setUsed(server, "q", { used: { configmaps: "0" } }),
      },
    ],
  });
  await makeQuota(server, "q", { configmaps: "1" });
  assert.equal((await make(server, "one"))[0], 201);
  assert.equal((await make(server, "two"))[0], 403);
  await setUsed(server, "q", { hard: { configmaps: "2" }, used: { configmaps: "1" } });
  assert.equal((await make(server, "two"))[0], 201);
});

test("a claim counts for every class of attributes that it has to do with", () => {
  const scopeSelector = {
    matchExpressions: [{ scopeName: "VolumeAttributesClass", operator: "In", values: ["gold"] }],
  };
  const hard = { persistentvolumeclaims: "1" };
  const none = { persistentvolumeclaims: "0" };
  const claim = (spec: object, status: object = {}): object => ({ metadata: {}, spec, status });
  const charged = (object: object): string =>
    outcome(PersistentVolumeClaim, object, quota(hard, { scopeSelector }), none);
  const gold = "persistentvolumeclaims+1";
  assert.equal(charged(claim({ volumeAttributesClassName: "gold" })), gold);
  assert.equal(charged(claim({ volumeAttributesClassName: "silver" })), "");
  const going = { currentVolumeAttributesClassName: "gold" };
  assert.equal(charged(claim({ volumeAttributesClassName: "silver" }, going)), gold);
  assert.equal(charged(claim({}, { modifyVolumeStatus: { targetVolumeAttributesClassName: "gold" } })), gold);
});

test("a pod that gets a deadline comes under the quotas of such pods", async () => {
  await using server = await start();
  await server.create(quotas, { metadata: { name: "q" }, spec: { hard: { pods: "1" }, scopes: ["Terminating"] } });
  await setUsed(server, "q", { hard: { pods: "1" }, used: { pods: "0" } });
  const pods = quotas.replace("resourcequotas", "pods");
  const spec = { containers: [{ name: "c", image: "i" }] };
  await server.create(pods, { metadata: { name: "a" }, spec });
  const change = (body: object) =>
    server.ask("PATCH", `${pods}/a`, body, { contentType: "application/merge-patch+json" });
  assert.equal((await change({ metadata: { labels: { a: "b" } } })).code, 200);
  assert.deepEqual(await usedOf(server, "q"), { pods: "0" });
  assert.equal((await change({ spec: { activeDeadlineSeconds: 60 } })).code, 200);
  assert.deepEqual(await usedOf(server, "q"), { pods: "1" });
  const second = { metadata: { name: "b" }, spec: { ...spec, activeDeadlineSeconds: 5 } };
  assert.equal((await server.ask("POST", pods, second)).code, 403);
});
