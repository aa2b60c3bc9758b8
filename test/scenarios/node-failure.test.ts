// Nodes that fall silent, come back, or never do.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import type { TestCluster } from "#testing.ts";
import {
  becomesReady,
  deploymentManifest,
  isEnding,
  isReady,
  nameOf,
  outOfReach,
  podManifest,
  podsOf,
  rolledOut,
  story,
} from "../support/test-cluster.ts";

const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web" },
  spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
};
const readyOf = async (cluster: TestCluster, node: string) =>
  (await cluster.get(Node, node))?.status.conditions?.find((c) => c.type === "Ready");
const taintsOf = async (cluster: TestCluster, node: string): Promise<string[]> =>
  ((await cluster.get(Node, node))?.spec.taints ?? []).map((t) => `${t.key}:${t.effect}`);
const readyAddresses = async (cluster: TestCluster): Promise<number> =>
  (await cluster.list(EndpointSlice, { labelSelector: "kubernetes.io/service-name=web" }))
    .flatMap((slice) => slice.endpoints ?? [])
    .filter((endpoint) => endpoint.conditions?.ready).length;
const unreachable = ["node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute"];
/** Seconds until the predicate holds. */
async function secondsUntil(cluster: TestCluster, what: () => Promise<boolean>): Promise<number> {
  const since = cluster.clock.now();
  await cluster.until(what, "20m");
  return (cluster.clock.now() - since) / 1000;
}

describe("a node that loses power", () => {
  story(
    "is marked, its pods leave the Services, and are replaced after five minutes",
    { nodes: 3 },
    async (cluster) => {
      await cluster.apply([deploymentManifest("web", 3), service]);
      await rolledOut(cluster, "web");
      await cluster.advance("1m");
      assert.equal(await readyAddresses(cluster), 3);
      const lost = (await podsOf(cluster, "web")).find((pod) => pod.spec.nodeName === "node-1")!;

      await cluster.node("node-1").stop();
      const silentFor = await secondsUntil(
        cluster,
        async () => (await readyOf(cluster, "node-1"))?.status === "Unknown",
      );
      assert.ok(silentFor >= 35 && silentFor <= 60, `marked after ${silentFor} s`);
      const ready = await readyOf(cluster, "node-1");
      assert.deepEqual([ready?.reason, ready?.message], ["NodeStatusUnknown", "Kubelet stopped posting node status."]);
      await cluster.advance("6s");
      assert.deepEqual(await taintsOf(cluster, "node-1"), unreachable);
      assert.equal(isReady((await cluster.get(Pod, nameOf(lost)))!), false);
      assert.equal(await readyAddresses(cluster), 2);
      assert.equal((await podsOf(cluster, "web")).length, 3);

      const untilEviction = await secondsUntil(cluster, async () => isEnding((await cluster.get(Pod, nameOf(lost)))!));
      assert.ok(untilEviction > 285 && untilEviction <= 300, `evicted after ${untilEviction} s`);
      await cluster.advance("10s");
      const alive = (await podsOf(cluster, "web")).filter((pod) => !isEnding(pod));
      assert.deepEqual(
        alive.map((pod) => pod.spec.nodeName).filter((name) => name === "node-1"),
        [],
      );
      assert.equal(alive.filter(isReady).length, 3);
      assert.equal(await readyAddresses(cluster), 3);
      // nobody can tell whether it has ended, so it stays
      assert.ok(isEnding((await cluster.get(Pod, nameOf(lost)))!));
      assert.ok((await cluster.events()).some((e) => e.startsWith("TaintManagerEviction: Marking for deletion Pod")));

      await cluster.node("node-1").start();
      await cluster.until(() => cluster.isReady("node-1"));
      await cluster.advance("1m");
      assert.equal(await cluster.get(Pod, nameOf(lost)), undefined);
      assert.equal((await podsOf(cluster, "web")).length, 3);
    },
  );
  story("and is deleted takes its pods with it", { nodes: 2 }, async (cluster) => {
    await cluster.apply(deploymentManifest("web", 2));
    await rolledOut(cluster, "web");
    await cluster.node("node-1").stop();
    await cluster.client.delete(Node, { name: "node-1" });
    await cluster.until(async () => {
      const pods = await podsOf(cluster, "web");
      return pods.length === 2 && pods.every((pod) => pod.spec.nodeName === "node-2" && isReady(pod));
    }, "2m");
  });
  story("for a short while loses nothing", { nodes: 2 }, async (cluster) => {
    await cluster.apply(deploymentManifest("web", 2));
    await rolledOut(cluster, "web");
    const before = (await podsOf(cluster, "web")).map((pod) => pod.metadata.uid);
    await cluster.node("node-1").stop();
    await cluster.advance("2m");
    await cluster.node("node-1").start();
    await cluster.until(() => cluster.isReady("node-1"));
    await cluster.advance("10m");
    const pods = await podsOf(cluster, "web");
    assert.deepEqual(
      pods.map((pod) => pod.metadata.uid),
      before,
    );
    assert.ok(pods.every(isReady));
    assert.deepEqual(await taintsOf(cluster, "node-1"), []);
    const restarts = pods.map((pod) => [pod.spec.nodeName, pod.status.containerStatuses?.[0]?.restartCount]);
    assert.deepEqual(Object.fromEntries(restarts as [string, number][]), { "node-1": 1, "node-2": 0 });
  });
});

describe("a node that is cut off", () => {
  story(
    "keeps its containers running, and ends those that were replaced when it is back",
    { expects: outOfReach, nodes: 2 },
    async (cluster) => {
      await cluster.apply(deploymentManifest("web", 2));
      await rolledOut(cluster, "web");
      const lost = (await podsOf(cluster, "web")).find((pod) => pod.spec.nodeName === "node-1")!;
      const node = cluster.node("node-1");
      node.disconnect();
      await cluster.advance("10m");
      assert.equal((await node.containers(nameOf(lost)))[0]?.state, "running");
      assert.ok(isEnding((await cluster.get(Pod, nameOf(lost)))!));
      node.connect();
      await cluster.until(async () => (await cluster.get(Pod, nameOf(lost))) === undefined);
      assert.deepEqual(await node.containers(nameOf(lost)), []);
    },
  );
  story("evicts as each pod tolerates", { expects: outOfReach, nodes: 2 }, async (cluster) => {
    const tolerations = (tolerationSeconds?: number): object => ({
      nodeName: "node-1",
      tolerations: ["not-ready", "unreachable"].map((name) => ({
        key: `node.kubernetes.io/${name}`,
        operator: "Exists",
        effect: "NoExecute",
        ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
      })),
    });
    await cluster.apply([
      podManifest("patient", tolerations()),
      podManifest("hasty", tolerations(0)),
      podManifest("usual", { nodeName: "node-1" }),
    ]);
    for (const name of ["patient", "hasty", "usual"]) await becomesReady(cluster, name);
    cluster.node("node-1").disconnect();
    const ending = async (): Promise<string[]> => (await cluster.list(Pod)).filter(isEnding).map(nameOf);
    await cluster.advance("2m");
    assert.deepEqual(await ending(), ["hasty"]);
    await cluster.advance("10m");
    assert.deepEqual(await ending(), ["hasty", "usual"]);
  });
});

describe("all nodes silent at once", () => {
  story(
    "is the server's own trouble, so that nothing is evicted",
    { expects: outOfReach, nodes: 2 },
    async (cluster) => {
      await cluster.apply(deploymentManifest("web", 2));
      await rolledOut(cluster, "web");
      for (const node of cluster.nodes) node.disconnect();
      await cluster.advance("20m");
      assert.deepEqual((await podsOf(cluster, "web")).filter(isEnding), []);
      for (const node of cluster.nodes) node.connect();
      await cluster.advance("1m");
      assert.ok((await podsOf(cluster, "web")).every(isReady));
    },
  );
});
