// What goes with its owner, and what stays.
import assert from "node:assert/strict";
import { names, newNamespace, suite, type World } from "../../support/conformance.ts";
import type { Wire } from "../../support/rest.ts";

const { conforms } = suite({ nodes: 2 });
const replicas = 6;
const template = (app: string): object => ({
  metadata: { labels: { app } },
  spec: { terminationGracePeriodSeconds: 0, containers: [{ name: "c", image: "app:1" }] },
});

/** A ReplicationController that has its pods. */
async function stableController({ rest, cluster, path }: World, name: string, count = replicas): Promise<Wire> {
  const controllers = path("/api/v1", "replicationcontrollers");
  const spec = { replicas: count, selector: { app: name }, template: template(name) };
  await rest.post(controllers, { metadata: { name }, spec });
  return cluster.until(async () => {
    const now = await rest.get(`${controllers}/${name}`);
    return (now.status.replicas ?? 0) === count && now.status.observedGeneration && now;
  });
}
const isGone = async ({ rest }: World, path: string): Promise<boolean> => (await rest.ask(path)).code === 404;
async function remove(world: World, object: Wire, plural: string, propagationPolicy: string): Promise<string> {
  const groupVersion = object.apiVersion === "v1" ? "/api/v1" : `/apis/${object.apiVersion}`;
  const path = `${world.path(groupVersion, plural)}/${object.metadata.name}`;
  await world.rest.delete(path, { propagationPolicy, preconditions: { uid: object.metadata.uid } });
  return path;
}
const pods = async ({ rest, path }: World): Promise<Wire[]> => (await rest.get(path("/api/v1", "pods"))).items;
const reference = ({ apiVersion, kind, metadata }: Wire): object => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
});

conforms("Garbage collector should delete pods created by rc when not orphaning", async (world) => {
  const controller = await stableController(world, "rc");
  await remove(world, controller, "replicationcontrollers", "Background");
  await world.cluster.until(async () => (await pods(world)).length === 0);
});
conforms("Garbage collector should orphan pods created by rc if delete options say so", async (world) => {
  const controller = await stableController(world, "rc");
  assert.ok((await pods(world)).every((pod) => pod.metadata.ownerReferences.length === 1));
  const path = await remove(world, controller, "replicationcontrollers", "Orphan");
  await world.cluster.until(() => isGone(world, path));
  await world.cluster.advance("2m");
  const left = await pods(world);
  assert.equal(left.length, replicas);
  assert.ok(left.every((pod) => !pod.metadata.ownerReferences && !pod.metadata.deletionTimestamp));
});
conforms(
  "Garbage collector should keep the rc around until all its pods are deleted if the deleteOptions says so",
  async (world) => {
    const { rest, path, cluster } = world;
    const watch = await rest.watch(path("/api/v1", "replicationcontrollers"));
    const controller = await stableController(world, "rc");
    const [held] = await pods(world);
    const pod = `${path("/api/v1", "pods")}/${held.metadata.name}`;
    await rest.patch(pod, "merge", { metadata: { finalizers: ["example.com/hold"] } });
    const own = await remove(world, controller, "replicationcontrollers", "Foreground");
    await cluster.until(async () => (await pods(world)).length === 1);
    const waiting = await rest.get(own);
    assert.deepEqual(waiting.metadata.finalizers, ["foregroundDeletion"]);
    assert.ok(waiting.metadata.deletionTimestamp);
    await rest.patch(pod, "merge", { metadata: { finalizers: null } });
    await cluster.until(() => isGone(world, own));
    assert.equal((await pods(world)).length, 0);
    await watch.next("DELETED");
  },
);
const deployment = { selector: { matchLabels: { app: "d" } }, replicas: 2, template: template("d") };
async function deployed({ rest, path, cluster }: World): Promise<Wire> {
  const created = await rest.post(path("/apis/apps/v1", "deployments"), { metadata: { name: "d" }, spec: deployment });
  const sets = path("/apis/apps/v1", "replicasets");
  await cluster.until(async () => (await rest.get(sets)).items[0]?.status.replicas === 2);
  return created;
}
conforms("Garbage collector should delete RS created by deployment when not orphaning", async (world) => {
  const path = await remove(world, await deployed(world), "deployments", "Background");
  const sets = world.path("/apis/apps/v1", "replicasets");
  await world.cluster.until(async () => (await world.rest.get(sets)).items.length === 0);
  await world.cluster.until(async () => (await pods(world)).length === 0);
  assert.ok(await isGone(world, path));
});
conforms(
  "Garbage collector should orphan RS created by deployment when deleteOptions.PropagationPolicy is Orphan",
  async (world) => {
    const path = await remove(world, await deployed(world), "deployments", "Orphan");
    await world.cluster.until(() => isGone(world, path));
    await world.cluster.advance("2m");
    const { items } = await world.rest.get(world.path("/apis/apps/v1", "replicasets"));
    assert.equal(items.length, 1);
    assert.deepEqual([items[0].metadata.ownerReferences, items[0].metadata.deletionTimestamp], [undefined, undefined]);
    assert.equal((await pods(world)).length, 2);
  },
);
conforms(
  "Garbage collector should not delete dependents that have both valid owner and owner that's waiting for dependents to be deleted",
  async (world) => {
    const { rest, path, cluster } = world;
    const going = await stableController(world, "going");
    const staying = await stableController(world, "staying", 0);
    const half = (await pods(world)).slice(0, replicas / 2);
    for (const { metadata } of half)
      await rest.patch(`${path("/api/v1", "pods")}/${metadata.name}`, "strategic", {
        metadata: { ownerReferences: [reference(staying)] },
      });
    const own = await remove(world, going, "replicationcontrollers", "Foreground");
    await cluster.until(() => isGone(world, own));
    await cluster.advance("1m");
    const left = await pods(world);
    assert.deepEqual(names({ items: left }), names({ items: half }));
    for (const { metadata } of left) {
      assert.deepEqual(metadata.ownerReferences, [reference(staying)]);
      assert.equal(metadata.deletionTimestamp, undefined);
    }
  },
);
conforms("Garbage collector should not be blocked by dependency circle", async (world) => {
  const { rest, path, cluster } = world;
  const collection = path("/api/v1", "pods");
  const created: Wire[] = [];
  for (const name of ["pod1", "pod2", "pod3"])
    created.push(await rest.post(collection, { metadata: { name }, spec: (template("x") as Wire).spec }));
  for (const [i, pod] of created.entries()) {
    const owner = { ...reference(created[(i + 2) % 3]), controller: true, blockOwnerDeletion: true };
    await rest.patch(`${collection}/${pod.metadata.name}`, "strategic", { metadata: { ownerReferences: [owner] } });
  }
  await remove(world, created[0], "pods", "Foreground");
  await cluster.until(async () => (await pods(world)).length === 0);
});
conforms(
  "Namespaces should ensure that all services are removed when a namespace is deleted",
  async ({ rest, cluster }) => {
    const ns = await newNamespace(rest, cluster);
    const path = `/api/v1/namespaces/${ns}`;
    await rest.post(`${path}/services`, { metadata: { name: "s" }, spec: { ports: [{ port: 80 }] } });
    await rest.delete(path);
    await cluster.until(async () => (await rest.ask(path)).code === 404);
    await rest.post("/api/v1/namespaces", { metadata: { name: ns } });
    assert.equal((await rest.refusal(`${path}/services/s`)).reason, "NotFound");
    assert.deepEqual(names(await rest.get(`${path}/services`)), []);
  },
);
