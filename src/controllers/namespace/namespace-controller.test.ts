import { test } from "node:test";
import assert from "node:assert/strict";
import { Deployment } from "#api/apps/deployment.ts";
import { ConfigMap } from "#api/core/config-map.ts";
import { Namespace } from "#api/core/namespace.ts";
import { Pod } from "#api/core/pod.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import { isReason } from "#api/errors.ts";
import { deploymentController } from "#controllers/deployment/deployment-controller.ts";
import { replicaSetController } from "#controllers/replica-set/replica-set-controller.ts";
import { createRootCaPublisher } from "#controllers/root-ca-publisher.ts";
import { serviceAccountController } from "#controllers/service-account-controller.ts";
import { createWorld, type World } from "#controllers/world.fake.ts";
import { namespaceController } from "./namespace-controller.ts";

const controllers = [
  namespaceController,
  serviceAccountController,
  createRootCaPublisher("PEM"),
  deploymentController,
  replicaSetController,
];
const namespace = "team";
const exists = (world: World): Promise<boolean> =>
  world.client.get(Namespace, { name: namespace }).then(
    () => true,
    (error: unknown) => {
      assert.ok(isReason(error, "NotFound"), String(error));
      return false;
    },
  );

test("a namespace gets what every namespace has, and gets it back", async () => {
  await using world = await createWorld({ controllers });
  await world.client.create(Namespace, { metadata: { name: namespace } });
  await world.settle();
  const root = { namespace, name: "kube-root-ca.crt" };
  assert.deepEqual((await world.client.get(ConfigMap, root)).data, { "ca.crt": "PEM" });
  await world.client.delete(ServiceAccount, { namespace, name: "default" });
  await world.client.patch(ConfigMap, root, { type: "merge", patch: { data: { "ca.crt": "forged", more: "x" } } });
  await world.settle();
  await world.client.get(ServiceAccount, { namespace, name: "default" });
  assert.deepEqual((await world.client.get(ConfigMap, root)).data, { "ca.crt": "PEM" });
  await world.client.delete(ConfigMap, root);
  await world.settle();
  await world.client.get(ConfigMap, root);
});

test("a deleted namespace goes with all it holds", async () => {
  await using world = await createWorld({ controllers });
  await world.client.create(Namespace, { metadata: { name: namespace } });
  await world.settle();
  const labels = { app: "web" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "i" }] } };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template };
  await world.client.create(Deployment, { metadata: { name: "web", namespace }, spec });
  await world.settle();
  assert.equal((await world.client.list(Pod, { namespace })).items.length, 2);
  await world.client.delete(Namespace, { name: namespace });
  await world.settle(2000);
  assert.equal(await exists(world), false);
  assert.equal((await world.client.list(Pod)).items.length, 0);
});

test("pods go first, and a deletion that hangs says on what", async () => {
  await using world = await createWorld({ controllers });
  await world.client.create(Namespace, { metadata: { name: namespace } });
  await world.settle();
  const held = { namespace, finalizers: ["example.com/hold"] };
  const spec = { containers: [{ name: "c", image: "i" }] };
  await world.client.create(Pod, { metadata: { ...held, name: "p" }, spec });
  await world.client.create(ConfigMap, { metadata: { ...held, name: "m" } });
  await world.client.delete(Namespace, { name: namespace });
  await world.settle(3000);
  const conditions = async () =>
    Object.fromEntries(
      ((await world.client.get(Namespace, { name: namespace })).status.conditions ?? []).map((c) => [
        c.type,
        `${c.status} ${c.reason}: ${c.message}`,
      ]),
    );
  const waiting = await conditions();
  assert.equal(
    waiting["NamespaceContentRemaining"],
    "True SomeResourcesRemain: Some resources are remaining: pods. has 1 resource instances",
  );
  assert.equal(
    waiting["NamespaceFinalizersRemaining"],
    "True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
  );
  assert.equal((await world.client.get(ConfigMap, { namespace, name: "m" })).metadata.deletionTimestamp, undefined);

  const release = { type: "merge", patch: { metadata: { finalizers: null } } } as const;
  await world.client.patch(Pod, { namespace, name: "p" }, release);
  await world.settle(2000);
  assert.match((await conditions())["NamespaceContentRemaining"]!, /: configmaps\. has 1 resource instances$/);
  await world.client.patch(ConfigMap, { namespace, name: "m" }, release);
  await world.settle(20_000);
  assert.equal(await exists(world), false);
});
