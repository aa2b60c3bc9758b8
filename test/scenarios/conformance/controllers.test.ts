// What controllers make of objects: endpoints, budgets, claims and volumes, certificates of trust, jobs, overhead.
import assert from "node:assert/strict";
import {
  assertIncludes,
  condition,
  isNewer,
  names,
  newNamespace,
  suite,
  type World,
} from "../../support/conformance.ts";
import { annotated, merged } from "../../support/operations.ts";
import type { Wire } from "../../support/rest.ts";

const { conforms } = suite({ nodes: 2 });
const port80 = { name: "http", protocol: "TCP", port: 80, targetPort: 80 };
const podSpec = { containers: [{ name: "c", image: "app:1" }] };

conforms("CronJob should not schedule jobs when suspended", async ({ rest, path, cluster }) => {
  const cronJobs = path("/apis/batch/v1", "cronjobs");
  const jobTemplate = { spec: { template: { spec: { ...podSpec, restartPolicy: "OnFailure" } } } };
  const spec = { schedule: "*/1 * * * *", suspend: true, jobTemplate };
  await rest.post(cronJobs, { metadata: { name: "suspended" }, spec });
  await cluster.advance("5m");
  assert.deepEqual(names(await rest.get(path("/apis/batch/v1", "jobs"))), []);
  assert.equal((await rest.get(`${cronJobs}/suspended`)).status.active, undefined);
  await rest.patch(`${cronJobs}/suspended`, "merge", { spec: { suspend: false } });
  await cluster.until(async () => names(await rest.get(path("/apis/batch/v1", "jobs"))).length > 0, "2m");
  await rest.delete(`${cronJobs}/suspended`);
});

conforms("DisruptionController should create a PodDisruptionBudget", async ({ rest, path, cluster }) => {
  const budgets = path("/apis/policy/v1", "poddisruptionbudgets");
  const selector = { matchLabels: { foo: "bar" } };
  await rest.post(budgets, { metadata: { name: "budget" }, spec: { selector, minAvailable: "1%" } });
  const processed = (): Promise<Wire> =>
    cluster.until(async () => {
      const now = await rest.get(`${budgets}/budget`);
      return now.status.observedGeneration === now.metadata.generation && now;
    });
  assert.equal((await processed()).spec.minAvailable, "1%");
  await rest.update(`${budgets}/budget`, (o) => merged(o, { spec: { minAvailable: 2 } }));
  assert.equal((await processed()).spec.minAvailable, 2);
  const patch = { spec: { minAvailable: "3%" } };
  await rest.patch(`${budgets}/budget`, "merge", patch);
  assert.equal((await processed()).spec.minAvailable, "3%");
  await rest.delete(`${budgets}/budget`);
  assert.equal((await rest.refusal(`${budgets}/budget`)).reason, "NotFound");
});
conforms(
  "DisruptionController Listing PodDisruptionBudgets for all namespaces should list and delete a collection of PodDisruptionBudgets",
  async ({ rest, path, cluster, ns }) => {
    const labels = { budgets: ns };
    const query = `labelSelector=budgets%3D${ns}`;
    const other = await newNamespace(rest, cluster);
    const budget = (name: string): object => ({
      metadata: { name, labels },
      spec: { minAvailable: 1, selector: { matchLabels: labels } },
    });
    const budgets = path("/apis/policy/v1", "poddisruptionbudgets");
    for (const name of ["one", "two"]) await rest.post(budgets, budget(name));
    await rest.post(budgets.replace(ns, other), budget("three"));
    const everywhere = `/apis/policy/v1/poddisruptionbudgets?${query}`;
    assert.deepEqual(names(await rest.get(everywhere)), ["one", "three", "two"]);
    assert.deepEqual(names(await rest.get(`${budgets}?${query}`)), ["one", "two"]);
    await rest.delete(`${budgets}?${query}`);
    assert.deepEqual(names(await rest.get(everywhere)), ["three"]);
  },
);

conforms(
  "ServiceAccounts should guarantee kube-root-ca.crt exist in any namespace",
  async ({ rest, path, cluster }) => {
    const map = `${path("/api/v1", "configmaps")}/kube-root-ca.crt`;
    const original = await cluster.until(async () => (await rest.ask(map)).body?.data);
    assert.ok(original["ca.crt"]);
    await rest.delete(map);
    await cluster.until(async () => (await rest.ask(map)).body?.data?.["ca.crt"] === original["ca.crt"]);
    await rest.update(map, (o) => ({ ...o, data: { "ca.crt": "" } }));
    await cluster.until(async () => (await rest.get(map)).data["ca.crt"] === original["ca.crt"]);
  },
);

const slices = async ({ rest, path }: World, service: string): Promise<Wire[]> => {
  const query = `labelSelector=kubernetes.io%2Fservice-name%3D${service}`;
  return (await rest.get(`${path("/apis/discovery.k8s.io/v1", "endpointslices")}?${query}`)).items;
};
for (const [title, hasEndpoints] of [
  ["EndpointSlice should create and delete EndpointSlices for a Service with a selector that matches no pods", false],
  ["EndpointsController should create and delete Endpoints for a Service with a selector that matches no pods", true],
] as const)
  conforms(title, async (world) => {
    const { rest, path, cluster } = world;
    const spec = { selector: { does: "not-match-any-pods" }, ports: [port80] };
    await rest.post(path("/api/v1", "services"), { metadata: { name: "empty" }, spec });
    const endpoints = `${path("/api/v1", "endpoints")}/empty`;
    if (hasEndpoints) {
      await cluster.until(async () => (await rest.ask(endpoints)).code === 200);
      assert.equal((await rest.get(endpoints)).subsets, undefined);
    } else {
      const [slice] = await cluster.until(
        async () => (await slices(world, "empty")).length === 1 && slices(world, "empty"),
      );
      assert.deepEqual(slice.endpoints ?? [], []);
    }
    await rest.delete(`${path("/api/v1", "services")}/empty`);
    await cluster.until(async () => (await rest.ask(endpoints)).code === 404);
    await cluster.until(async () => (await slices(world, "empty")).length === 0);
  });
conforms(
  "EndpointSliceMirroring should mirror a custom Endpoints resource through create update and delete",
  async (world) => {
    const { rest, path, cluster } = world;
    const name = "example-custom-endpoints";
    await rest.post(path("/api/v1", "services"), { metadata: { name }, spec: { ports: [port80] } });
    const endpoints = (ip: string): object => ({
      metadata: { name },
      subsets: [{ ports: [{ port: 80 }], addresses: [{ ip }] }],
    });
    const mirrors = (ip: string): Promise<unknown> =>
      cluster.until(async () => {
        const [slice, ...others] = await slices(world, name);
        const isSo = slice?.endpoints[0]?.addresses[0] === ip && slice.endpoints.length === 1;
        return isSo && others.length === 0 && slice.ports.length === 1 && slice.ports[0].port === 80;
      });
    const collection = path("/api/v1", "endpoints");
    await rest.post(collection, endpoints("10.1.2.3"));
    await mirrors("10.1.2.3");
    // without a resourceVersion: whatever is there
    await rest.put(`${collection}/${name}`, endpoints("10.2.3.4"));
    await mirrors("10.2.3.4");
    await rest.delete(`${collection}/${name}`);
    await cluster.until(async () => (await slices(world, name)).length === 0);
  },
);

for (const [title, overhead] of [
  ["RuntimeClass should schedule a Pod requesting a RuntimeClass without PodOverhead", undefined],
  [
    "RuntimeClass should schedule a Pod requesting a RuntimeClass and initialize its Overhead",
    { cpu: "10m", memory: "1Mi" },
  ],
] as const)
  conforms(title, async ({ rest, path, cluster, ns }) => {
    const more = overhead ? { overhead: { podFixed: overhead } } : {};
    await rest.post("/apis/node.k8s.io/v1/runtimeclasses", {
      metadata: { name: `${ns}-class` },
      handler: "runc",
      ...more,
    });
    const spec = { ...podSpec, runtimeClassName: `${ns}-class` };
    const created = await rest.post(path("/api/v1", "pods"), { metadata: { name: "p" }, spec });
    assert.deepEqual(created.spec.overhead, overhead);
    const scheduled = await cluster.until(async () => {
      const now = await rest.get(`${path("/api/v1", "pods")}/p`);
      return condition(now, "PodScheduled")?.status === "True" && now;
    });
    assert.ok(scheduled.spec.nodeName);
  });

/** A volume and a claim that nobody else wants, labelled alike. */
async function volumeAndClaim({ rest, path, ns }: World): Promise<{ volume: string; claim: string; query: string }> {
  const labels = { volumes: ns };
  const storageClassName = `class-${ns}`;
  const common = { storageClassName, accessModes: ["ReadWriteOnce"] };
  const csi = { driver: "none.example.com", volumeHandle: "x" };
  const volume = { ...common, capacity: { storage: "2Gi" }, persistentVolumeReclaimPolicy: "Retain", csi };
  const claim = { ...common, resources: { requests: { storage: "2Gi" } } };
  const create = (collection: string, spec: object): Promise<Wire> =>
    rest.post(collection, { metadata: { generateName: "x-", labels }, spec });
  const claims = path("/api/v1", "persistentvolumeclaims");
  return {
    volume: `/api/v1/persistentvolumes/${(await create("/api/v1/persistentvolumes", volume)).metadata.name}`,
    claim: `${claims}/${(await create(claims, claim)).metadata.name}`,
    query: `labelSelector=volumes%3D${ns}`,
  };
}
conforms("PersistentVolumes CSI Conformance should run through the lifecycle of a PV and a PVC", async (world) => {
  const { rest, path, cluster } = world;
  const claims = path("/api/v1", "persistentvolumeclaims");
  const isGone = (object: string): Promise<true> => cluster.until(async () => (await rest.ask(object)).code === 404);
  const first = await volumeAndClaim(world);
  const { query } = first;
  assert.equal((await rest.get(`/api/v1/persistentvolumes?${query}`)).items.length, 1);
  assert.equal((await rest.get(claims)).items.length, 1);
  for (const object of [first.volume, first.claim]) {
    await cluster.settle();
    const before = await rest.get(object);
    const patched = await rest.patch(object, "strategic", { metadata: { labels: { patched: "yes" } } });
    assert.ok(patched.metadata.labels.patched === "yes" && isNewer(patched, before));
    assert.equal((await rest.get(object)).metadata.uid, before.metadata.uid);
  }
  await rest.delete(first.claim);
  await isGone(first.claim);
  await rest.delete(first.volume);
  await isGone(first.volume);

  const second = await volumeAndClaim(world);
  for (const object of [second.volume, second.claim]) {
    const updated = await rest.update(object, (o) => merged(o, annotated("updated")));
    assertIncludes(updated, annotated("updated"), "updated");
  }
  assert.equal((await rest.get(`/api/v1/persistentvolumeclaims?${query}`)).items.length, 1);
  await rest.delete(`${claims}?${query}`);
  await isGone(second.claim);
  await rest.delete(`/api/v1/persistentvolumes?${query}`);
  await isGone(second.volume);
});
conforms("PersistentVolumes CSI Conformance should apply changes to a pv/pvc status", async (world) => {
  const { rest, cluster } = world;
  const { volume, claim } = await volumeAndClaim(world);
  await cluster.settle();
  assert.match((await rest.get(`${claim}/status`)).status.phase, /^(Pending|Bound)$/);
  assert.match((await rest.get(`${volume}/status`)).status.phase, /^(Available|Bound|Pending)$/);
  const told = (type: string): object => ({ type, status: "True", reason: "Told", message: "x" });
  const patched = await rest.patch(`${claim}/status`, "merge", { status: { conditions: [told("StatusPatched")] } });
  assertIncludes(condition(patched, "StatusPatched"), { reason: "Told" }, "claim");
  const add = (o: Wire): Wire => merged(o, { status: { conditions: [...o.status.conditions, told("StatusUpdated")] } });
  assert.equal((await rest.update(claim, add, `${claim}/status`)).status.conditions.length, 2);
  const failed = { reason: "Patched", message: "x" };
  assertIncludes((await rest.patch(`${volume}/status`, "merge", { status: failed })).status, failed, "volume");
  const again = { reason: "Updated", message: "y" };
  assertIncludes(
    await rest.update(volume, (o) => merged(o, { status: again }), `${volume}/status`),
    { status: again },
    "volume",
  );
});
