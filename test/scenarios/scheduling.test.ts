// Where pods go, why they wait, and what wakes them.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { Event } from "#api/core/event.ts";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import type { TestCluster } from "#testing.ts";
import {
  becomesReady,
  container,
  deploymentManifest,
  isEnding,
  nameOf,
  podManifest,
  podsOf,
  rolledOut,
  story,
} from "../support/test-cluster.ts";

const wants = (cpu: string): object => ({ containers: [container({ resources: { requests: { cpu } } })] });
const remove = (cluster: TestCluster, name: string): Promise<unknown> =>
  cluster.client.delete(Pod, { namespace: "default", name });
const whyNot = async (cluster: TestCluster, name: string): Promise<string | undefined> =>
  (await cluster.get(Pod, name))?.status.conditions?.find((c) => c.type === "PodScheduled" && c.status === "False")
    ?.message;
const nodeOf = async (cluster: TestCluster, name: string): Promise<string | undefined> =>
  (await cluster.get(Pod, name))?.spec.nodeName;
const perNode = async (cluster: TestCluster, app: string): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const pod of await podsOf(cluster, app)) {
    const node = pod.spec.nodeName ?? "nowhere";
    counts[node] = (counts[node] ?? 0) + 1;
  }
  return counts;
};
const zones = ["a", "a", "b", "b"].map((zone) => ({ labels: { "topology.kubernetes.io/zone": zone } }));

describe("a pod that finds no room", () => {
  story("says why, and is placed as soon as there is room", { nodes: [{ cpus: 2 }, { cpus: 2 }] }, async (cluster) => {
    await cluster.apply([podManifest("a", wants("1500m")), podManifest("b", wants("1500m"))]);
    for (const name of ["a", "b"]) await becomesReady(cluster, name);
    await cluster.apply(podManifest("late", wants("1")));
    await cluster.settle();
    const message =
      "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.";
    assert.equal(await whyNot(cluster, "late"), message);
    assert.ok((await cluster.events()).includes(`FailedScheduling: ${message}`));
    await cluster.advance("3m");
    assert.equal(await nodeOf(cluster, "late"), undefined);
    await remove(cluster, "a");
    await cluster.until(async () => (await nodeOf(cluster, "late")) !== undefined, "2s");
    await becomesReady(cluster, "late");
  });
  story("is placed on a node that joins", { nodes: [{ cpus: 1 }] }, async (cluster) => {
    await cluster.apply(podManifest("big", wants("8")));
    await cluster.settle();
    assert.match((await whyNot(cluster, "big")) ?? "", /^0\/1 nodes are available: 1 Insufficient cpu\./);
    await cluster.addNode({ name: "large", cpus: 16 });
    await becomesReady(cluster, "big");
    assert.equal(await nodeOf(cluster, "big"), "large");
  });
  story(
    "is told of every reason with its count",
    {
      nodes: [
        { cpus: 1 },
        { taints: [{ key: "for", value: "others", effect: "NoSchedule" }] },
        { labels: { disk: "fast" }, cpus: 1 },
        {},
      ],
    },
    async (cluster) => {
      await cluster.client.patch(Node, { name: "node-4" }, { type: "merge", patch: { spec: { unschedulable: true } } });
      await cluster.apply(podManifest("p", { ...wants("2"), nodeSelector: { disk: "fast" } }));
      await cluster.settle();
      assert.equal(
        await whyNot(cluster, "p"),
        "0/4 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.",
      );
    },
  );
});

describe("taints", () => {
  const taints = [{ key: "gpu", value: "yes", effect: "NoSchedule" as const }];
  story("keep pods away that do not tolerate them", { nodes: [{ taints }] }, async (cluster) => {
    const toleration = { key: "gpu", operator: "Equal", value: "yes", effect: "NoSchedule" };
    await cluster.apply([podManifest("plain"), podManifest("special", { tolerations: [toleration] })]);
    await becomesReady(cluster, "special");
    assert.match(
      (await whyNot(cluster, "plain")) ?? "",
      /^0\/1 nodes are available: 1 node\(s\) had untolerated taint/,
    );
    await cluster.client.patch(Node, { name: "node-1" }, { type: "merge", patch: { spec: { taints: null } } });
    await becomesReady(cluster, "plain");
  });
  story("with NoExecute drive pods out", { nodes: 1 }, async (cluster) => {
    const toleration = { key: "maintenance", operator: "Exists", effect: "NoExecute", tolerationSeconds: 30 };
    await cluster.apply([
      podManifest("goes"),
      podManifest("lingers", { tolerations: [toleration] }),
      podManifest("stays", { tolerations: [{ operator: "Exists" }] }),
    ]);
    for (const name of ["goes", "lingers", "stays"]) await becomesReady(cluster, name);
    const spec = { taints: [{ key: "maintenance", effect: "NoExecute" }] };
    await cluster.client.patch(Node, { name: "node-1" }, { type: "merge", patch: { spec } });
    await cluster.advance("10s");
    assert.deepEqual((await cluster.list(Pod)).map(nameOf), ["lingers", "stays"]);
    await cluster.advance("30s");
    assert.deepEqual((await cluster.list(Pod)).map(nameOf), ["stays"]);
  });
  story("a cordoned node keeps what it has and takes nothing new", { nodes: 2 }, async (cluster) => {
    await cluster.apply(deploymentManifest("web", 2));
    await rolledOut(cluster, "web");
    await cluster.client.patch(Node, { name: "node-1" }, { type: "merge", patch: { spec: { unschedulable: true } } });
    await cluster.settle();
    await cluster.apply(deploymentManifest("web", 6));
    await rolledOut(cluster, "web");
    assert.deepEqual(await perNode(cluster, "web"), { "node-1": 1, "node-2": 5 });
  });
});

describe("affinity", () => {
  story("of pods that avoid one another gives each a node, and the last waits", { nodes: 3 }, async (cluster) => {
    const term = { labelSelector: { matchLabels: { app: "web" } }, topologyKey: "kubernetes.io/hostname" };
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    await cluster.apply(deploymentManifest("web", 4, { pod: { affinity } }));
    await cluster.settle();
    assert.deepEqual(await perNode(cluster, "web"), { "node-1": 1, "node-2": 1, "node-3": 1, nowhere: 1 });
    const waiting = (await podsOf(cluster, "web")).find((pod) => !pod.spec.nodeName)!;
    assert.match(
      (await whyNot(cluster, nameOf(waiting))) ?? "",
      /^0\/3 nodes are available: 3 node\(s\) didn't match pod anti-affinity rules\./,
    );
    await cluster.addNode();
    await rolledOut(cluster, "web");
  });
  story("brings pods together in a zone", { nodes: zones }, async (cluster) => {
    const term = { labelSelector: { matchLabels: { app: "db" } }, topologyKey: "topology.kubernetes.io/zone" };
    const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    await cluster.apply(podManifest("db", { nodeName: "node-3" }, { labels: { app: "db" } }));
    await becomesReady(cluster, "db");
    await cluster.apply(deploymentManifest("web", 4, { pod: { affinity } }));
    await rolledOut(cluster, "web");
    assert.deepEqual(await perNode(cluster, "web"), { "node-3": 2, "node-4": 2 });
  });
  story("to nodes: required is obeyed, preferred is weighed", { nodes: zones }, async (cluster) => {
    const expression = (key: string, value: string): object => ({
      matchExpressions: [{ key, operator: "In", values: [value] }],
    });
    const nodeAffinity = {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [expression("topology.kubernetes.io/zone", "b")],
      },
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, preference: expression("kubernetes.io/hostname", "node-4") },
      ],
    };
    await cluster.apply(podManifest("p", { affinity: { nodeAffinity } }));
    await becomesReady(cluster, "p");
    assert.equal(await nodeOf(cluster, "p"), "node-4");
  });
});

describe("spreading", () => {
  const spread = (whenUnsatisfiable: string): object => ({
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "topology.kubernetes.io/zone",
        whenUnsatisfiable,
        labelSelector: { matchLabels: { app: "web" } },
      },
    ],
  });
  story("keeps zones level, and waits rather than tilt them", { nodes: zones }, async (cluster) => {
    for (const name of ["node-3", "node-4"])
      await cluster.client.patch(Node, { name }, { type: "merge", patch: { spec: { unschedulable: true } } });
    await cluster.settle();
    await cluster.apply(deploymentManifest("web", 4, { pod: spread("DoNotSchedule") }));
    await cluster.settle();
    // the closed nodes of zone b still count as a place where pods might be
    assert.equal((await perNode(cluster, "web"))["nowhere"], 3);
    for (const name of ["node-3", "node-4"])
      await cluster.client.patch(Node, { name }, { type: "merge", patch: { spec: { unschedulable: null } } });
    await rolledOut(cluster, "web");
    const counts = await perNode(cluster, "web");
    assert.equal((counts["node-1"] ?? 0) + (counts["node-2"] ?? 0), 2);
  });
  story("over nodes happens without being asked for", { nodes: 4 }, async (cluster) => {
    await cluster.apply(deploymentManifest("web", 8));
    await rolledOut(cluster, "web");
    assert.deepEqual(await perNode(cluster, "web"), { "node-1": 2, "node-2": 2, "node-3": 2, "node-4": 2 });
  });
});

describe("priority", () => {
  const priorityClass = (name: string, value: number, more: object = {}): object => ({
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    metadata: { name },
    value,
    ...more,
  });
  story(
    "makes room by ending the less important, as few as possible",
    { nodes: [{ cpus: 4 }, { cpus: 4 }] },
    async (cluster) => {
      await cluster.apply([priorityClass("high", 1000), priorityClass("low", 10)]);
      await cluster.apply([
        podManifest("low-a", { ...wants("3"), priorityClassName: "low" }),
        podManifest("high-b", { ...wants("3"), priorityClassName: "high" }),
      ]);
      for (const name of ["low-a", "high-b"]) await becomesReady(cluster, name);
      const from = await nodeOf(cluster, "low-a");
      await cluster.apply(podManifest("urgent", { ...wants("2"), priorityClassName: "high" }));
      await cluster.settle();
      const urgent = await cluster.get(Pod, "urgent");
      assert.ok(urgent?.status.nominatedNodeName === from || urgent?.spec.nodeName === from);
      await becomesReady(cluster, "urgent");
      assert.equal(await nodeOf(cluster, "urgent"), from);
      assert.equal(await cluster.get(Pod, "low-a"), undefined);
      assert.ok(await cluster.get(Pod, "high-b"));
      const events = await cluster.events();
      assert.ok(
        events.some((e) => e.startsWith("Preempted: Preempted by pod ")),
        events.join("\n"),
      );
    },
  );
  story("that never preempts waits", { nodes: [{ cpus: 4 }] }, async (cluster) => {
    await cluster.apply([priorityClass("polite", 1000, { preemptionPolicy: "Never" })]);
    await cluster.apply(podManifest("low", wants("3")));
    await becomesReady(cluster, "low");
    await cluster.apply(podManifest("polite", { ...wants("2"), priorityClassName: "polite" }));
    await cluster.advance("1m");
    assert.equal((await cluster.list(Pod)).filter(isEnding).length, 0);
    assert.equal(await nodeOf(cluster, "polite"), undefined);
  });
  story("goes first when room appears", { nodes: [{ cpus: 2 }] }, async (cluster) => {
    await cluster.apply([priorityClass("high", 1000, { preemptionPolicy: "Never" })]);
    await cluster.apply(podManifest("holder", wants("2")));
    await becomesReady(cluster, "holder");
    await cluster.apply(podManifest("first", wants("2")));
    await cluster.advance("1m");
    await cluster.apply(podManifest("second", { ...wants("2"), priorityClassName: "high" }));
    await cluster.advance("1m");
    await remove(cluster, "holder");
    await becomesReady(cluster, "second");
    assert.equal(await nodeOf(cluster, "first"), undefined);
  });
});

describe("gates and schedulers", () => {
  story("a gated pod is not looked at until its gates are gone", { nodes: 1 }, async (cluster) => {
    await cluster.apply(podManifest("p", { schedulingGates: [{ name: "example.com/wait" }] }));
    await cluster.advance("10m");
    const gated = (await cluster.get(Pod, "p"))?.status.conditions?.find((c) => c.type === "PodScheduled");
    assert.equal(gated?.reason, "SchedulingGated");
    await cluster.client.patch(
      Pod,
      { namespace: "default", name: "p" },
      { type: "merge", patch: { spec: { schedulingGates: null } } },
    );
    await becomesReady(cluster, "p");
  });
  story("a pod of another scheduler is left alone", { nodes: 1 }, async (cluster) => {
    await cluster.apply(podManifest("p", { schedulerName: "mine" }));
    await cluster.advance("1m");
    assert.equal(await nodeOf(cluster, "p"), undefined);
    const about = (await cluster.list(Event)).filter((event) => event.involvedObject.kind === "Pod");
    assert.deepEqual(about, []);
  });
});
