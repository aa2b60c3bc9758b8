import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { Deployment } from "#api/apps/deployment.ts";
import { Pod } from "#api/core/pod.ts";
import { isReason } from "#api/errors.ts";
import { PodDisruptionBudget } from "#api/policy/pod-disruption-budget.ts";
import { formatTime } from "#api/time.ts";
import { deploymentController } from "#controllers/deployment/deployment-controller.ts";
import { replicaSetController } from "#controllers/replica-set/replica-set-controller.ts";
import { createWorld } from "#controllers/world.fake.ts";
import { disruptionController } from "./disruption-controller.ts";
import { planBudget } from "./plan-budget.ts";

const now = Date.UTC(2026, 0, 1);
const pods = (healthy: number, other = 0): Pod[] =>
  Array.from({ length: healthy + other }, (_, i) => ({
    metadata: { name: `p${i}` },
    status: { conditions: [{ type: "Ready", status: i < healthy ? "True" : "False" }] },
  })) as unknown as Pod[];
const budget = (spec: object, status: object = {}): PodDisruptionBudget =>
  ({
    metadata: { generation: 3 },
    spec,
    status: { disruptionsAllowed: 0, ...status },
  }) as unknown as PodDisruptionBudget;

describe("how many may go", () => {
  const cases: [
    string,
    spec: object,
    Pod[],
    wanted: number,
    allowed: number,
    healthy: number,
    desired: number,
    expected: number,
  ][] = [
    ["a number that must stay", { minAvailable: 2 }, pods(3), 3, 1, 3, 2, 3],
    ["a share that must stay, rounded up", { minAvailable: "50%" }, pods(3), 3, 1, 3, 2, 3],
    ["a number that may go", { maxUnavailable: 1 }, pods(3), 3, 1, 3, 2, 3],
    ["some are down already", { maxUnavailable: 1 }, pods(2, 1), 3, 0, 2, 2, 3],
    ["more are wanted than there are", { maxUnavailable: "50%" }, pods(2), 4, 0, 2, 2, 4],
    ["none at all", { minAvailable: 0 }, [], 0, 0, 0, 0, 0],
  ];
  for (const [name, spec, list, wantedByControllers, ...expected] of cases)
    test(name, () => {
      const { status } = planBudget({ budget: budget(spec), pods: list, wantedByControllers, now });
      const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods } = status;
      assert.deepEqual([disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods], expected);
      assert.equal(status.observedGeneration, 3);
    });
  test("a granted eviction counts until the pod is gone, for two minutes at most", () => {
    const granted = (secondsAgo: number) => ({ disruptedPods: { p0: formatTime(now - secondsAgo * 1000) } });
    const plan = (secondsAgo: number) =>
      planBudget({
        budget: budget({ maxUnavailable: 1 }, granted(secondsAgo)),
        pods: pods(3),
        wantedByControllers: 3,
        now,
      });
    assert.deepEqual([plan(30).status.disruptionsAllowed, plan(30).againInMs], [0, 90_000]);
    assert.deepEqual([plan(121).status.disruptionsAllowed, plan(121).status.disruptedPods], [1, undefined]);
  });
});

test("evictions are granted one by one, as replacements come up", async () => {
  await using world = await createWorld({
    controllers: [disruptionController, deploymentController, replicaSetController],
  });
  const labels = { app: "web" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "i" }] } };
  await world.client.create(Deployment, {
    metadata: { name: "web", namespace: "default" },
    spec: { replicas: 3, selector: { matchLabels: labels }, template },
  });
  const key = { namespace: "default", name: "web" };
  await world.client.create(PodDisruptionBudget, {
    metadata: key,
    spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
  });
  await world.settle();
  const status = async () => (await world.client.get(PodDisruptionBudget, key)).status;
  assert.deepEqual([(await status()).disruptionsAllowed, (await status()).expectedPods], [1, 3]);
  assert.equal((await status()).conditions?.[0]?.reason, "SufficientPods");
  const evict = (pod: Pod) =>
    world.client.post(Pod, { namespace: "default", name: pod.metadata.name! }, "eviction", {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name: pod.metadata.name, namespace: "default" },
    });
  const [first, second] = (await world.client.list(Pod)).items;
  await evict(first!);
  await assert.rejects(evict(second!), (error: unknown) => isReason(error, "TooManyRequests"));
  await world.settle(2000);
  assert.equal((await status()).currentHealthy, 3);
  await evict(second!);
});
