import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { PersistentVolume } from "#api/core/persistent-volume.ts";
import { Pod } from "#api/core/pod.ts";
import { StorageClass } from "#api/storage/storage-class.ts";
import { claimBinder, volumeBinder } from "#controllers/volumes/volume-binder.ts";
import { createWorld, type World } from "#controllers/world.fake.ts";

const at = (name: string) => ({ namespace: "default", name });
const onNode = (name: string) => ({
  required: {
    nodeSelectorTerms: [
      { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In" as const, values: [name] }] },
    ],
  },
});
const start = (): Promise<World> => createWorld({ controllers: [claimBinder, volumeBinder] });
const volume = (world: World, name: string, node: string, storageClassName: string) =>
  world.client.create(PersistentVolume, {
    metadata: { name },
    spec: {
      capacity: { storage: "1Gi" },
      accessModes: ["ReadWriteOnce"],
      local: { path: "/data" },
      nodeAffinity: onNode(node),
      storageClassName,
    },
  });
const claim = (world: World, name: string, storageClassName: string) =>
  world.client.create(PersistentVolumeClaim, {
    metadata: at(name),
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, storageClassName },
  });
const storageClass = (
  world: World,
  name: string,
  volumeBindingMode: "Immediate" | "WaitForFirstConsumer",
  provisioner = "kubernetes.io/no-provisioner",
) => world.client.create(StorageClass, { metadata: { name }, provisioner, volumeBindingMode });
const makePod = (world: World, name: string, ...claims: string[]) =>
  world.client.create(Pod, {
    metadata: at(name),
    spec: {
      containers: [{ name: "c", image: "i" }],
      volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
    },
  });
const nodeOf = async (world: World, name: string) => (await world.client.get(Pod, at(name))).spec.nodeName;
const why = async (world: World, name: string) =>
  (await world.client.get(Pod, at(name))).status.conditions?.find((c) => c.type === "PodScheduled")?.message ?? "";

describe("pods and their volumes", () => {
  test("a pod follows its bound volume, and waits for a claim that is missing or unbound", async () => {
    await using world = await start();
    await storageClass(world, "now", "Immediate");
    await makePod(world, "p", "data");
    await world.settle();
    assert.match(await why(world, "p"), /^0\/2 nodes are available: persistentvolumeclaim "data" not found\./);
    await claim(world, "data", "now");
    await world.settle(3000);
    assert.match(
      await why(world, "p"),
      /^0\/2 nodes are available: pod has unbound immediate PersistentVolumeClaims\./,
    );
    await volume(world, "v2", "n2", "now");
    await world.settle(15_000);
    assert.equal(await nodeOf(world, "p"), "n2");
  });

  test("a claim that waits for its pod gets a volume where the pod can run", async () => {
    await using world = await start();
    await storageClass(world, "later", "WaitForFirstConsumer");
    await volume(world, "v1", "n1", "later");
    await claim(world, "a", "later");
    await claim(world, "b", "later");
    await world.settle(1000);
    assert.equal((await world.client.get(PersistentVolumeClaim, at("a"))).status.phase, "Pending");
    await makePod(world, "pa", "a");
    await world.settle(1000);
    assert.equal(await nodeOf(world, "pa"), "n1");
    assert.equal((await world.client.get(PersistentVolumeClaim, at("a"))).spec.volumeName, "v1");
    await makePod(world, "pb", "b");
    await world.settle(1000);
    assert.match(
      await why(world, "pb"),
      /^0\/2 nodes are available: 2 node\(s\) didn't find available persistent volumes to bind\./,
    );
    await volume(world, "v2", "n2", "later");
    await world.settle(15_000);
    assert.equal(await nodeOf(world, "pb"), "n2");
  });

  test("a provisioner is told the node, and the pod waits without keeping others waiting", async () => {
    await using world = await start();
    await storageClass(world, "made", "WaitForFirstConsumer", "example.com/maker");
    await claim(world, "c", "made");
    await makePod(world, "p", "c");
    await makePod(world, "other");
    await world.settle(1000);
    const chosen = (await world.client.get(PersistentVolumeClaim, at("c"))).metadata.annotations?.[
      "volume.kubernetes.io/selected-node"
    ];
    assert.match(chosen ?? "", /^n[12]$/);
    assert.ok(await nodeOf(world, "other"));
    assert.equal(await nodeOf(world, "p"), undefined);
    await volume(world, "made-1", chosen!, "made");
    await world.settle(1000);
    assert.equal(await nodeOf(world, "p"), chosen);
  });
});
