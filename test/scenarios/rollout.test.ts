// Deployments, from the first rollout to the last rollback.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { Deployment } from "#api/apps/deployment.ts";
import { ReplicaSet } from "#api/apps/replica-set.ts";
import { Pod } from "#api/core/pod.ts";
import type { TestCluster } from "#testing.ts";
import {
  container,
  deploymentManifest,
  isEnding,
  isReady,
  nameOf,
  podsOf,
  rolledOut,
  sizes,
  story,
  watchAll,
} from "../support/test-cluster.ts";

const slowNodes = [{ runtime: { startMs: 3000 } }, { runtime: { startMs: 3000 } }];
const setImage = (cluster: TestCluster, image: string): Promise<Deployment> =>
  cluster.client.patch(
    Deployment,
    { namespace: "default", name: "web" },
    { type: "strategic", patch: { spec: { template: { spec: { containers: [{ name: "c", image }] } } } } },
  );
const patchSpec = (cluster: TestCluster, spec: object): Promise<Deployment> =>
  cluster.client.patch(Deployment, { namespace: "default", name: "web" }, { type: "merge", patch: { spec } });
const condition = (deployment: Deployment | undefined, type: string) =>
  deployment?.status.conditions?.find((c) => c.type === type);
const imageOf = (pod: Pod): string | undefined => pod.spec.containers[0]?.image;
const revisions = async (cluster: TestCluster): Promise<string[]> =>
  (await cluster.list(ReplicaSet))
    .map((set) => set.metadata.annotations?.["deployment.kubernetes.io/revision"] ?? "")
    .toSorted();

describe("a rolling update", () => {
  story("never has too few ready pods, nor too many pods", { nodes: slowNodes }, async (cluster) => {
    await cluster.apply(deploymentManifest("web", 4));
    await rolledOut(cluster, "web");
    let changes = 0;
    await using _ = await watchAll(cluster, Pod, (pods) => {
      const alive = pods.filter((pod) => !isEnding(pod));
      assert.ok(alive.length <= 5, `${alive.length} pods`);
      assert.ok(alive.filter(isReady).length >= 3, `${alive.filter(isReady).length} ready pods`);
      changes++;
    });
    await setImage(cluster, "app:2");
    await rolledOut(cluster, "web");
    assert.ok(changes > 20);
    assert.deepEqual(await sizes(cluster, "web"), ["0/0", "4/4"]);
    assert.deepEqual(await revisions(cluster), ["1", "2"]);
  });
  story("goes back to what was, with the ReplicaSet that was", { nodes: 1 }, async (cluster) => {
    await cluster.apply(deploymentManifest("web", 2));
    await rolledOut(cluster, "web");
    const [first] = await cluster.list(ReplicaSet);
    await setImage(cluster, "app:2");
    await rolledOut(cluster, "web");
    await setImage(cluster, "app:1");
    await rolledOut(cluster, "web");
    assert.deepEqual(await revisions(cluster), ["2", "3"]);
    const again = (await cluster.list(ReplicaSet)).find((set) => set.spec.replicas === 2);
    assert.equal(again?.metadata.uid, first?.metadata.uid);
    assert.equal(again?.metadata.annotations?.["deployment.kubernetes.io/revision-history"], "1");
  });
  story("waits while it is paused, but is scaled all the same", { nodes: 1 }, async (cluster) => {
    await cluster.apply(deploymentManifest("web", 2));
    await rolledOut(cluster, "web");
    await patchSpec(cluster, { paused: true });
    await setImage(cluster, "app:2");
    await cluster.advance("1m");
    assert.equal((await cluster.list(ReplicaSet)).length, 1);
    assert.equal(condition(await cluster.get(Deployment, "web"), "Progressing")?.reason, "DeploymentPaused");
    await patchSpec(cluster, { replicas: 3 });
    await cluster.advance("10s");
    assert.deepEqual(await sizes(cluster, "web"), ["3/3"]);
    await patchSpec(cluster, { paused: false });
    await rolledOut(cluster, "web");
    assert.deepEqual(await sizes(cluster, "web"), ["0/0", "3/3"]);
  });
  story("that fails keeps what works, says so after its deadline, and can be mended", { nodes: 2 }, async (cluster) => {
    await cluster.apply(deploymentManifest("web", 4, { progressDeadlineSeconds: 60 }));
    await rolledOut(cluster, "web");
    await setImage(cluster, "registry/missing:1");
    await cluster.advance("55s");
    assert.equal(condition(await cluster.get(Deployment, "web"), "Progressing")?.status, "True");
    await cluster.advance("10s");
    const failed = await cluster.get(Deployment, "web");
    const progressing = condition(failed, "Progressing");
    assert.deepEqual([progressing?.status, progressing?.reason], ["False", "ProgressDeadlineExceeded"]);
    assert.match(progressing?.message ?? "", /^ReplicaSet "web-.+" has timed out progressing\.$/);
    assert.equal(failed?.status.availableReplicas, 3);
    assert.equal(condition(failed, "Available")?.status, "True");
    assert.deepEqual(await sizes(cluster, "web"), ["3/3", "2/0"]);
    await setImage(cluster, "app:1");
    const mended = await rolledOut(cluster, "web");
    assert.equal(condition(mended, "Progressing")?.reason, "NewReplicaSetAvailable");
    assert.deepEqual(await sizes(cluster, "web"), ["0/0", "4/4"]);
  });
  story("counts a pod only after minReadySeconds", { nodes: 1 }, async (cluster) => {
    const since = cluster.clock.now();
    await cluster.apply(deploymentManifest("web", 1, { minReadySeconds: 20 }));
    await cluster.advance("15s");
    assert.deepEqual((await cluster.get(Deployment, "web"))?.status.readyReplicas, 1);
    assert.deepEqual((await cluster.get(Deployment, "web"))?.status.availableReplicas, undefined);
    await rolledOut(cluster, "web");
    assert.equal(cluster.clock.now() - since, 20_000);
  });
  story("keeps only as much history as it is told to", { nodes: 1 }, async (cluster) => {
    await cluster.apply(deploymentManifest("web", 1, { revisionHistoryLimit: 2 }));
    await rolledOut(cluster, "web");
    for (const tag of [2, 3, 4, 5]) {
      await setImage(cluster, `app:${tag}`);
      await rolledOut(cluster, "web");
    }
    await cluster.settle();
    assert.deepEqual(await revisions(cluster), ["3", "4", "5"]);
  });
});

describe("recreation", () => {
  story("never has pods of both versions", { nodes: slowNodes }, async (cluster) => {
    const stopping = { "simulated.timonier.io/stop-after": "4s" };
    await cluster.apply(
      deploymentManifest("web", 3, { strategy: { type: "Recreate" }, metadata: { annotations: stopping } }),
    );
    await rolledOut(cluster, "web");
    let wasEmpty = false;
    await using _ = await watchAll(cluster, Pod, (pods) => {
      assert.ok(new Set(pods.map(imageOf)).size <= 1);
      wasEmpty ||= pods.length === 0;
    });
    await setImage(cluster, "app:2");
    await rolledOut(cluster, "web");
    assert.deepEqual((await podsOf(cluster, "web")).map(imageOf), ["app:2", "app:2", "app:2"]);
    assert.ok(wasEmpty);
  });
});

describe("scaling down", () => {
  story("takes pods in the order of their worth: unready, cheap, young", { nodes: 1 }, async (cluster) => {
    const probe = { readinessProbe: { exec: { command: ["check"] }, periodSeconds: 1 } };
    await cluster.apply(deploymentManifest("web", 5, { pod: { containers: [container(probe)] } }));
    await rolledOut(cluster, "web");
    await cluster.advance("1m");
    const [unready, cheap, ...others] = (await podsOf(cluster, "web")).map(nameOf);
    cluster.behaviour.exec = ({ pod }) => (pod === unready ? { exitCode: 1 } : undefined);
    await cluster.advance("5s");
    const annotations = { "controller.kubernetes.io/pod-deletion-cost": "-5" };
    await cluster.client.patch(
      Pod,
      { namespace: "default", name: cheap! },
      { type: "merge", patch: { metadata: { annotations } } },
    );
    await patchSpec(cluster, { replicas: 4 });
    await cluster.advance("1s");
    assert.deepEqual((await podsOf(cluster, "web")).map(nameOf), [cheap, ...others].toSorted());
    await patchSpec(cluster, { replicas: 3 });
    await cluster.advance("1s");
    assert.deepEqual((await podsOf(cluster, "web")).map(nameOf), others);
    await patchSpec(cluster, { replicas: 4 });
    await cluster.advance("1m");
    assert.equal((await podsOf(cluster, "web")).length, 4);
    await patchSpec(cluster, { replicas: 3 });
    await cluster.advance("1s");
    assert.deepEqual((await podsOf(cluster, "web")).map(nameOf), others);
  });
});
