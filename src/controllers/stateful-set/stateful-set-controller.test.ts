import { test } from "node:test";
import assert from "node:assert/strict";
import { ControllerRevision } from "#api/apps/controller-revision.ts";
import { StatefulSet } from "#api/apps/stateful-set.ts";
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { Pod } from "#api/core/pod.ts";
import { createWorld, type World } from "#controllers/world.fake.ts";
import { stableText } from "#controllers/deployment/template-hash.ts";
import { statefulSetController } from "./stateful-set-controller.ts";

const key = { namespace: "default", name: "db" };
const template = (image: string) => ({
  metadata: { labels: { app: "db" } },
  spec: { containers: [{ name: "c", image }] },
});
const create = (world: World, spec: object = {}) =>
  world.client.create(StatefulSet, {
    metadata: key,
    spec: {
      replicas: 3,
      serviceName: "db",
      selector: { matchLabels: { app: "db" } },
      template: template("v1"),
      ...spec,
    },
  });
const patch = (world: World, spec: object) =>
  world.client.patch(StatefulSet, key, { type: "strategic", patch: { spec } });
const list = async (world: World): Promise<string[]> =>
  (await world.client.list(Pod)).items.map((p) => `${p.metadata.name} ${p.spec.containers[0]!.image}`).toSorted();

test("pods come in order with their own names, update from the last, and go in reverse", async () => {
  await using world = await createWorld({ controllers: [statefulSetController] });
  const order: string[] = [];
  world.informers.informer(Pod).onChange((pod, old) => {
    if (pod && !old) order.push(`+${pod.metadata.name}`);
    if (!pod && old) order.push(`-${old.metadata.name}`);
  });
  await create(world);
  await world.settle();
  assert.deepEqual(order.splice(0), ["+db-0", "+db-1", "+db-2"]);
  const first = await world.client.get(Pod, { namespace: "default", name: "db-0" });
  assert.deepEqual([first.spec.hostname, first.spec.subdomain], ["db-0", "db"]);
  assert.equal(first.metadata.labels?.["statefulset.kubernetes.io/pod-name"], "db-0");
  assert.equal(first.metadata.labels?.["apps.kubernetes.io/pod-index"], "0");
  await patch(world, { template: template("v2") });
  await world.settle();
  assert.deepEqual(order.splice(0), ["-db-2", "+db-2", "-db-1", "+db-1", "-db-0", "+db-0"]);
  assert.deepEqual(await list(world), ["db-0 v2", "db-1 v2", "db-2 v2"]);
  const { status } = await world.client.get(StatefulSet, key);
  assert.equal(status.currentRevision, status.updateRevision);
  assert.deepEqual(
    [status.replicas, status.readyReplicas, status.updatedReplicas, status.currentReplicas],
    [3, 3, 3, 3],
  );
  await patch(world, { replicas: 1 });
  await world.settle();
  assert.deepEqual(order.splice(0), ["-db-2", "-db-1"]);
  const events = await world.events();
  assert.ok(events.includes("SuccessfulCreate: create Pod db-0 in StatefulSet db successful (x2)"), events.join("\n"));
  assert.ok(events.includes("SuccessfulDelete: delete Pod db-2 in StatefulSet db successful (x2)"), events.join("\n"));
});

test("a partition splits the versions, and going back uses the old revision again", async () => {
  await using world = await createWorld({ controllers: [statefulSetController] });
  await create(world);
  await world.settle();
  await patch(world, { template: template("v2"), updateStrategy: { rollingUpdate: { partition: 2 } } });
  await world.settle();
  assert.deepEqual(await list(world), ["db-0 v1", "db-1 v1", "db-2 v2"]);
  await world.client.delete(Pod, { namespace: "default", name: "db-0" });
  await world.settle();
  assert.deepEqual(await list(world), ["db-0 v1", "db-1 v1", "db-2 v2"]);
  await patch(world, { template: template("v1") });
  await world.settle();
  assert.deepEqual(await list(world), ["db-0 v1", "db-1 v1", "db-2 v1"]);
  const revisions = (await world.client.list(ControllerRevision)).items;
  assert.deepEqual(revisions.map((r) => r.revision).toSorted(), [2, 3]);
  for (const { data } of revisions) assert.equal(JSON.stringify(data), stableText(data), "members are in order");
});

test("each pod has its claims; they stay, unless the policy says that they go", async () => {
  await using world = await createWorld({ controllers: [statefulSetController] });
  const volumeClaimTemplates = [
    {
      metadata: { name: "data" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    },
  ];
  // No volume fits the claims, so no pod runs; in parallel all of them are made all the same.
  await create(world, { replicas: 2, podManagementPolicy: "Parallel", volumeClaimTemplates });
  await world.settle();
  const claims = async () => (await world.client.list(PersistentVolumeClaim)).items;
  assert.deepEqual(
    (await claims()).map((c) => c.metadata.name),
    ["data-db-0", "data-db-1"],
  );
  assert.deepEqual((await claims())[0]!.metadata.ownerReferences ?? [], []);
  const pod = await world.client.get(Pod, { namespace: "default", name: "db-1" });
  assert.deepEqual(pod.spec.volumes?.find((v) => v.name === "data")?.persistentVolumeClaim?.claimName, "data-db-1");
  await patch(world, { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Retain" } });
  await world.settle();
  assert.deepEqual(
    (await claims()).map((c) => c.metadata.ownerReferences?.[0]?.kind),
    ["StatefulSet", "StatefulSet"],
  );
});
