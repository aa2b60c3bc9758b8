import assert from "node:assert/strict";
import { get } from "node:https";
import { describe, it } from "node:test";
import { ConfigMap } from "#api/core/config-map.ts";
import { Namespace } from "#api/core/namespace.ts";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import { defineKind, type KubeObject } from "#api/kind.ts";
import { defineController } from "#reconcile/controller.ts";
import { testCluster, type TestCluster } from "#testing.ts";

const configMap = (name: string, more: object = {}): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...more },
});
const pod = (name: string, more: object = {}): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name },
  spec: { containers: [{ name: "c", image: "app:1" }], ...more },
});
const phase = async (cluster: TestCluster, name: string): Promise<string | undefined> =>
  (await cluster.get(Pod, name))?.status.phase;

describe("a test cluster", () => {
  it("leaves nothing behind", async () => {
    const before = process.getActiveResourcesInfo();
    const cluster = await testCluster({ nodes: 2 });
    await cluster.apply(pod("p"));
    await cluster.until(async () => (await phase(cluster, "p")) === "Running");
    await cluster[Symbol.asyncDispose]();
    assert.equal(cluster.clock.pending, 0);
    assert.deepEqual(process.getActiveResourcesInfo(), before);
  });
  it("comes to rest without time, with all that follows from a request done", async () => {
    await using cluster = await testCluster();
    const { clock, client } = cluster;
    const startedAt = clock.now();
    await client.create(Namespace, { metadata: { name: "team" } });
    await cluster.settle();
    assert.equal((await cluster.get(ServiceAccount, "team/default"))?.metadata.name, "default");
    assert.ok(await cluster.get(ConfigMap, "team/kube-root-ca.crt"));
    assert.equal(clock.now(), startedAt);
  });
  it("does the same in every run", async () => {
    const run = async (): Promise<string> => {
      await using cluster = await testCluster({ nodes: 3, seed: 5 });
      await cluster.apply(Array.from({ length: 9 }, (_, i) => pod(`p${i}`)));
      await cluster.advance("1m");
      const pods = await cluster.list(Pod);
      return JSON.stringify([
        pods.map((p) => [p.metadata.uid, p.spec.nodeName, p.status.podIP]),
        await cluster.events(),
      ]);
    };
    assert.equal(await run(), await run());
  });
  it("rests beside another that works", async () => {
    await using one = await testCluster();
    await using other = await testCluster();
    const work = one.apply(Array.from({ length: 30 }, (_, i) => configMap(`c${i}`)));
    await Promise.all([other.settle(), one.settle(), work]);
  });
  it("applies text, lists and generated names, and gets them back", async () => {
    await using cluster = await testCluster();
    await cluster.apply(`
apiVersion: v1
kind: Namespace
metadata: {name: team}
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: team}, data: {k: v}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
`);
    const [generated] = await cluster.apply({ ...configMap(""), metadata: { generateName: "made-" } });
    assert.match(generated!.metadata.name!, /^made-.{5}$/);
    assert.deepEqual((await cluster.get(ConfigMap, "team/a"))?.data, { k: "v" });
    assert.ok(await cluster.get(ConfigMap, "b"));
    assert.equal(await cluster.get(ConfigMap, "a"), undefined);
    assert.equal((await cluster.list(cluster.kind("ConfigMap"), { namespace: "default" })).length, 3);
    await assert.rejects(cluster.apply({ apiVersion: "v9", kind: "Thing" }), /does not serve v9 Thing/);
  });
  it("tells what happened when something does not come about", async () => {
    await using cluster = await testCluster();
    await cluster.apply(pod("p"));
    await assert.rejects(
      cluster.until(() => undefined, "20s"),
      /^Error: it did not come about within 20s\nFailedScheduling: no nodes available to schedule pods/,
    );
  });
  it("acts as other users", async () => {
    await using cluster = await testCluster();
    await assert.rejects(cluster.clientAs("ada").list(Pod), { reason: "Forbidden" });
  });
});

describe("the package, as other people's tests see it", () => {
  it("has a cluster and typed kinds", async () => {
    const { testCluster } = await import("timonier/testing");
    const { ConfigMap: Kind } = await import("timonier/api/core/config-map");
    await using cluster = await testCluster();
    await cluster.apply(configMap("c", { labels: { a: "b" } }));
    assert.equal((await cluster.get(Kind, "c"))?.metadata.labels?.["a"], "b");
  });
});

describe("kinds and controllers of a test's own", () => {
  interface Echo extends KubeObject {
    readonly data?: Readonly<Record<string, string>>;
  }
  const Echo = defineKind<Echo>({
    group: "test.timonier.io",
    version: "v1",
    kind: "Echo",
    plural: "echoes",
    scope: "Namespaced",
    schema: ConfigMap.schema as never,
  });
  const echoController = defineController<Echo>({
    name: "echo-controller",
    rules: [
      { verbs: ["*"], apiGroups: ["test.timonier.io"], resources: ["echoes"] },
      { verbs: ["create"], apiGroups: [""], resources: ["configmaps"] },
    ],
    for: Echo,
    async reconcile(echo, { client }) {
      const { name = "", namespace = "" } = echo.metadata;
      await client.create(ConfigMap, { metadata: { name, namespace }, data: echo.data });
    },
  });
  it("may be none at all", async () => {
    await using cluster = await testCluster({ controllers: () => [] });
    await cluster.client.create(Namespace, { metadata: { name: "team" } });
    await cluster.advance("1m");
    assert.equal(await cluster.get(ServiceAccount, "team/default"), undefined);
  });
  it("take part", async () => {
    await using cluster = await testCluster({ kinds: [Echo], controllers: (builtIn) => [...builtIn, echoController] });
    const echo = { apiVersion: "test.timonier.io/v1", kind: "Echo", metadata: { name: "e" }, data: { said: "hello" } };
    await cluster.apply(echo);
    await cluster.settle();
    assert.deepEqual((await cluster.get(ConfigMap, "e"))?.data, { said: "hello" });
  });
});

describe("nodes of a test cluster", () => {
  it("are what the test asks for", async () => {
    const taints = [{ key: "for", value: "me", effect: "NoSchedule" as const }];
    const big = { name: "big", cpus: 64, memory: "1Ti", pods: 500, labels: { disk: "fast" }, taints };
    await using cluster = await testCluster({ nodes: [big, {}] });
    const node = await cluster.get(Node, "big");
    assert.deepEqual([node?.status.capacity?.["cpu"], node?.status.capacity?.["memory"]], ["64", "1Ti"]);
    assert.deepEqual([node?.status.capacity?.["pods"], node?.metadata.labels?.["disk"]], ["500", "fast"]);
    assert.deepEqual(
      node?.spec.taints?.map((t) => t.key),
      ["for"],
    );
    assert.deepEqual(
      cluster.nodes.map((n) => n.name),
      ["big", "node-2"],
    );
    assert.throws(() => cluster.node("small"), /has the nodes big, node-2, but no small/);
  });
  for (const sharesWatches of [false, true])
    it(`lose power and come back, ${sharesWatches ? "shared" : "own"} watches`, async () => {
      await using cluster = await testCluster({ nodes: 1, sharesWatches });
      const node = cluster.node("node-1");
      await cluster.apply(pod("p"));
      await cluster.until(async () => (await phase(cluster, "p")) === "Running");
      await node.stop();
      await cluster.until(async () => !(await cluster.isReady("node-1")));
      assert.deepEqual(await node.containers("p"), []);
      await node.start();
      await cluster.until(() => cluster.isReady("node-1"));
      await cluster.until(async () => (await node.containers("p"))[0]?.state === "running");
      assert.equal(await phase(cluster, "p"), "Running");
    });
  it("are cut off and joined again, and their containers go on", async () => {
    await using cluster = await testCluster({ nodes: 1 });
    const node = cluster.node("node-1");
    await cluster.apply(pod("p"));
    await cluster.until(async () => (await phase(cluster, "p")) === "Running");
    const [before] = await node.containers("p");
    node.disconnect();
    await cluster.until(async () => !(await cluster.isReady("node-1")));
    await cluster.apply(configMap("while-away"));
    node.connect();
    await cluster.until(() => cluster.isReady("node-1"));
    assert.deepEqual(await node.containers("p"), [before]);
  });
  it("restart their agent without a container noticing", async () => {
    await using cluster = await testCluster({ nodes: 1 });
    const node = cluster.node("node-1");
    await cluster.apply(pod("p"));
    await cluster.until(async () => (await phase(cluster, "p")) === "Running");
    const before = await node.containers("p");
    await node.restartAgent();
    await cluster.advance("30s");
    assert.deepEqual(await node.containers("p"), before);
  });
  it("do as the test says: processes, commands, probes, pulls", async () => {
    await using cluster = await testCluster({ nodes: 1 });
    const { behaviour } = cluster;
    behaviour.process = ({ pod }) => (pod === "short" ? { exitAfterMs: 3000, exitCode: 4 } : undefined);
    behaviour.exec = (_, [command]) => (command === "check" ? { exitCode: 1, stdout: "not yet" } : undefined);
    behaviour.probe = (_, kind) => (kind === "readiness" ? "busy" : undefined);
    behaviour.canPull = (image) => image !== "app:2";
    const containers = [{ name: "c", image: "app:1", livenessProbe: { exec: { command: ["check"] } } }];
    await cluster.apply([
      pod("short", { restartPolicy: "Never" }),
      pod("live", { containers }),
      pod("busy", { containers: [{ name: "c", image: "app:1", readinessProbe: { tcpSocket: { port: 80 } } }] }),
      pod("absent", { containers: [{ name: "c", image: "app:2" }] }),
    ]);
    await cluster.advance("5s");
    assert.equal((await cluster.get(Pod, "short"))?.status.containerStatuses?.[0]?.state.terminated?.exitCode, 4);
    assert.equal(
      (await cluster.get(Pod, "absent"))?.status.containerStatuses?.[0]?.state.waiting?.reason,
      "ImagePullBackOff",
    );
    const events = await cluster.events();
    assert.ok(events.includes("Unhealthy: Liveness probe failed: not yet"));
    assert.ok(events.includes("Unhealthy: Readiness probe failed: busy"));
    await cluster.node("node-1").killContainer("live", undefined, 9);
    await cluster.settle();
    const live = (await cluster.get(Pod, "live"))?.status.containerStatuses?.[0];
    assert.equal((live?.lastState.terminated ?? live?.state.terminated)?.exitCode, 9);
    await assert.rejects(cluster.node("node-1").killContainer("live", "x"), /has the containers c: name one of them/);
  });
});

describe("the server of a test cluster", () => {
  it("can be stopped and started on what it has stored", async () => {
    await using cluster = await testCluster({ nodes: 1 });
    await cluster.apply(configMap("kept"));
    await cluster.stopServer();
    await assert.rejects(cluster.get(ConfigMap, "kept"), { reason: "ServiceUnavailable" });
    await cluster.advance("20s");
    await cluster.startServer();
    assert.ok(await cluster.get(ConfigMap, "kept"));
    await cluster.apply(pod("p"));
    await cluster.until(async () => (await phase(cluster, "p")) === "Running");
  });
  it("answers real clients on a port", async () => {
    await using cluster = await testCluster();
    const { kubeconfig } = await cluster.listen();
    const { clusters, users } = JSON.parse(kubeconfig) as {
      clusters: [{ cluster: { server: string; "certificate-authority-data": string } }];
      users: [{ user: { "client-certificate-data": string; "client-key-data": string } }];
    };
    const decode = (text: string): Buffer => Buffer.from(text, "base64");
    const { server, "certificate-authority-data": ca } = clusters[0].cluster;
    const { "client-certificate-data": cert, "client-key-data": key } = users[0].user;
    const options = { ca: decode(ca), cert: decode(cert), key: decode(key), agent: false };
    const body = await new Promise<string>((resolve, reject) => {
      get(`${server}/api/v1/namespaces/default`, options, (response) => {
        let text = "";
        response.on("data", (part: Buffer) => (text += part.toString()));
        response.on("end", () => resolve(text));
      }).on("error", reject);
    });
    assert.equal((JSON.parse(body) as Namespace).metadata.name, "default");
  });
});
