import { test } from "node:test";
import assert from "node:assert/strict";
import { Deployment } from "#api/apps/deployment.ts";
import { ReplicaSet } from "#api/apps/replica-set.ts";
import { Pod } from "#api/core/pod.ts";
import { replicaSetController } from "#controllers/replica-set/replica-set-controller.ts";
import { createWorld, type World, type WorldOptions } from "#controllers/world.fake.ts";
import { deploymentController } from "./deployment-controller.ts";

const key = { namespace: "default", name: "web" };
const template = (image: string) => ({
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "c", image }] },
});
const start = (options: Partial<WorldOptions> = {}): Promise<World> =>
  createWorld({ controllers: [deploymentController, replicaSetController], ...options });
const deploy = (world: World, image: string, spec: object = {}) =>
  world.client.create(Deployment, {
    metadata: key,
    spec: { replicas: 3, selector: { matchLabels: { app: "web" } }, ...spec, template: template(image) },
  });
const setImage = (world: World, image: string) =>
  world.client.patch(Deployment, key, { type: "strategic", patch: { spec: { template: template(image) } } });
async function images(world: World): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const pod of (await world.client.list(Pod)).items)
    counts[pod.spec.containers[0]!.image!] = (counts[pod.spec.containers[0]!.image!] ?? 0) + 1;
  return counts;
}

test("a Deployment leads to running pods, and says so", async () => {
  await using world = await start();
  await deploy(world, "v1");
  await world.settle();
  const deployment = await world.client.get(Deployment, key);
  const { items: sets } = await world.client.list(ReplicaSet);
  const { items: pods } = await world.client.list(Pod);
  assert.equal(sets.length, 1);
  assert.deepEqual(await images(world), { v1: 3 });
  assert.ok(pods.every((p) => p.metadata.ownerReferences?.[0]?.uid === sets[0]!.metadata.uid));
  assert.ok(pods.every((p) => p.spec.nodeName));
  assert.equal(deployment.metadata.annotations?.["deployment.kubernetes.io/revision"], "1");
  const { replicas, updatedReplicas, readyReplicas, availableReplicas, observedGeneration } = deployment.status;
  assert.deepEqual([replicas, updatedReplicas, readyReplicas, availableReplicas, observedGeneration], [3, 3, 3, 3, 1]);
  const reasons = deployment.status.conditions?.map((c) => `${c.type}=${c.status} ${c.reason}`).toSorted();
  assert.deepEqual(reasons, ["Available=True MinimumReplicasAvailable", "Progressing=True NewReplicaSetAvailable"]);
  const events = await world.events();
  assert.ok(
    events.includes(`ScalingReplicaSet: Scaled up replica set ${sets[0]!.metadata.name} from 0 to 3`),
    events.join("\n"),
  );
  assert.equal(events.filter((e) => e.startsWith("SuccessfulCreate: Created pod: web-")).length, 3);
  assert.equal(events.filter((e) => /^Scheduled: Successfully assigned default\/web-\S+ to n[12]$/.test(e)).length, 3);
});

test("a new image rolls out, and back", async () => {
  await using world = await start();
  await deploy(world, "v1");
  await world.settle();
  await setImage(world, "v2");
  await world.settle();
  assert.deepEqual(await images(world), { v2: 3 });
  await setImage(world, "v1");
  await world.settle();
  assert.deepEqual(await images(world), { v1: 3 });
  const { items: sets } = await world.client.list(ReplicaSet);
  assert.equal(sets.length, 2);
  const deployment = await world.client.get(Deployment, key);
  assert.equal(deployment.metadata.annotations?.["deployment.kubernetes.io/revision"], "3");
  assert.equal(deployment.status.conditions?.find((c) => c.type === "Progressing")?.reason, "NewReplicaSetAvailable");
});

test("a broken image stops the rollout with old pods serving, and times out", async () => {
  await using world = await start({ becomesReady: (pod) => pod.spec.containers[0]!.image !== "bad" });
  const rollingUpdate = { maxSurge: 1, maxUnavailable: 1 };
  await deploy(world, "v1", { replicas: 4, progressDeadlineSeconds: 60, strategy: { rollingUpdate } });
  await world.settle();
  await setImage(world, "bad");
  await world.settle();
  assert.deepEqual(await images(world), { v1: 3, bad: 2 });
  await world.settle(90_000);
  const deployment = await world.client.get(Deployment, key);
  const progressing = deployment.status.conditions?.find((c) => c.type === "Progressing");
  assert.equal(progressing?.reason, "ProgressDeadlineExceeded");
  assert.equal(deployment.status.conditions?.find((c) => c.type === "Available")?.status, "True");
});

test("Recreate stops all pods before it starts new ones", async () => {
  await using world = await start();
  await deploy(world, "v1", { strategy: { type: "Recreate" } });
  await world.settle();
  let both = false;
  const current = { v1: 0, v2: 0 };
  world.informers.informer(Pod).onChange((pod, old) => {
    const image = (pod ?? old)!.spec.containers[0]!.image as "v1" | "v2";
    if (!pod) current[image]--;
    else if (!old) current[image]++;
    both ||= current.v1 > 0 && current.v2 > 0;
  });
  await setImage(world, "v2");
  await world.settle();
  assert.deepEqual(await images(world), { v2: 3 });
  assert.equal(both, false);
});

test("scaling, pausing and deleting pods", async () => {
  await using world = await start();
  await deploy(world, "v1");
  await world.settle();
  await world.client.patch(Deployment, key, { type: "merge", patch: { spec: { replicas: 5, paused: true } } });
  await setImage(world, "v2");
  await world.settle();
  assert.deepEqual(await images(world), { v1: 5 });
  await world.client.patch(Deployment, key, { type: "merge", patch: { spec: { replicas: 2, paused: false } } });
  await world.settle();
  assert.deepEqual(await images(world), { v2: 2 });
  await world.client.deleteCollection(Pod, { namespace: "default" });
  await world.settle();
  assert.deepEqual(await images(world), { v2: 2 });
});

test("a pod that is taken out of the selector is released, and one that fits is adopted", async () => {
  await using world = await start();
  await deploy(world, "v1");
  await world.settle();
  const { items } = await world.client.list(Pod);
  const released = items[0]!.metadata.name!;
  const patch = { metadata: { labels: { app: "other" } } };
  await world.client.patch(Pod, { namespace: "default", name: released }, { type: "merge", patch });
  await world.settle();
  assert.deepEqual(await images(world), { v1: 4 });
  const freed = await world.client.get(Pod, { namespace: "default", name: released });
  assert.deepEqual(freed.metadata.ownerReferences ?? [], []);
  await world.client.patch(
    Pod,
    { namespace: "default", name: released },
    { type: "merge", patch: { metadata: { labels: { app: "web" } } } },
  );
  await world.settle();
  assert.deepEqual(await images(world), { v1: 3 }, "the adopted one is one too many");
});

test("a refused pod is one refusal a turn, and the ReplicaSet says why", async () => {
  await using world = await start();
  await deploy(world, "v1", { replicas: 50 });
  const spec = { ...template("v1"), spec: { ...template("v1").spec, priorityClassName: "missing" } };
  await world.client.patch(Deployment, key, { type: "strategic", patch: { spec: { template: spec } } });
  await world.settle(200);
  const deployment = await world.client.get(Deployment, key);
  const failure = deployment.status.conditions?.find((c) => c.type === "ReplicaFailure");
  assert.equal(failure?.reason, "FailedCreate");
  assert.match(failure?.message ?? "", /no PriorityClass with name missing was found/);
  const events = (await world.events()).filter((e) => e.startsWith("FailedCreate"));
  assert.ok(events.length > 0 && events.length < 8, events.join("\n"));
});
