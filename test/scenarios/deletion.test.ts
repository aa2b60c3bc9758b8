// What goes when something is deleted: namespaces with all they hold, and what belongs to an owner.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { Deployment } from "#api/apps/deployment.ts";
import { ReplicaSet } from "#api/apps/replica-set.ts";
import { ConfigMap } from "#api/core/config-map.ts";
import { Namespace } from "#api/core/namespace.ts";
import { Pod } from "#api/core/pod.ts";
import type { KubeObject } from "#api/kind.ts";
import type { TestCluster } from "#testing.ts";
import {
  becomesReady,
  deploymentManifest,
  isEnding,
  nameOf,
  podManifest,
  rolledOut,
  story,
} from "../support/test-cluster.ts";

const web = { namespace: "default", name: "web" };
const configMap = (name: string, metadata: object = {}): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
});
const inTeam = (object: object): object => {
  const { metadata } = object as { metadata: object };
  return { ...object, metadata: { ...metadata, namespace: "team" } };
};
const ownedBy = (owner: KubeObject, more: object = {}): object => ({
  ownerReferences: [
    { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid, ...more },
  ],
});
const count = async (cluster: TestCluster): Promise<string> =>
  (await Promise.all([cluster.list(Deployment), cluster.list(ReplicaSet), cluster.list(Pod)]))
    .map((l) => l.length)
    .join("/");
const slow = { "simulated.timonier.io/stop-after": "5s" };

describe("a namespace that is deleted", () => {
  story("empties itself, pods with their grace, and goes", { nodes: 2 }, async (cluster) => {
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } });
    await cluster.settle();
    const manifests = [
      deploymentManifest("web", 3, { metadata: { annotations: slow } }),
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "web" },
        spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
      },
      { apiVersion: "v1", kind: "Secret", metadata: { name: "s" } },
      { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name: "r" }, rules: [] },
      configMap("c"),
      podManifest("alone"),
    ];
    await cluster.apply(manifests.map(inTeam));
    await cluster.apply(configMap("elsewhere"));
    await cluster.until(async () => (await cluster.get(Deployment, "team/web"))?.status.readyReplicas === 3);
    const since = cluster.clock.now();
    await cluster.client.delete(Namespace, { name: "team" });
    await cluster.settle();
    assert.equal((await cluster.get(Namespace, "team"))?.status.phase, "Terminating");
    await assert.rejects(cluster.apply(inTeam(configMap("late"))), {
      message:
        'configmaps "late" is forbidden: unable to create new content in namespace team because it is being terminated',
    });
    await cluster.until(async () => (await cluster.get(Namespace, "team")) === undefined);
    const tookMs = cluster.clock.now() - since;
    assert.ok(tookMs >= 5000 && tookMs < 30_000, `it took ${tookMs} ms`);
    for (const kind of cluster.nodes.length
      ? ["Pod", "ConfigMap", "Secret", "Role", "Service", "ServiceAccount", "EndpointSlice", "Event"]
      : [])
      assert.deepEqual((await cluster.list(cluster.kind(kind), { namespace: "team" })).map(nameOf), [], kind);
    assert.ok(await cluster.get(ConfigMap, "elsewhere"));
    await cluster.advance("1m");
    for (const node of cluster.nodes) assert.deepEqual((await node.runtime.observe(undefined)).sandboxes, []);
  });
  story("waits for finalizers and says for which", {}, async (cluster) => {
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } });
    await cluster.apply(inTeam(configMap("held", { finalizers: ["example.com/hold"] })));
    await cluster.client.delete(Namespace, { name: "team" });
    await cluster.advance("1m");
    const held = await cluster.get(Namespace, "team");
    const conditions = Object.fromEntries(held!.status.conditions!.map((c) => [c.type, `${c.status}: ${c.message}`]));
    assert.equal(
      conditions["NamespaceFinalizersRemaining"],
      "True: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
    );
    assert.equal(
      conditions["NamespaceContentRemaining"],
      "True: Some resources are remaining: configmaps. has 1 resource instances",
    );
    const patch = { metadata: { finalizers: null } };
    await cluster.client.patch(ConfigMap, { namespace: "team", name: "held" }, { type: "merge", patch });
    await cluster.until(async () => (await cluster.get(Namespace, "team")) === undefined);
  });
});

describe("an owner that is deleted", () => {
  story("in the background is gone at once, and what it owns follows", { nodes: 1 }, async (cluster) => {
    await cluster.apply(deploymentManifest("web", 2, { metadata: { annotations: slow } }));
    await rolledOut(cluster, "web");
    await cluster.client.delete(Deployment, web, { propagationPolicy: "Background" });
    assert.equal(await cluster.get(Deployment, "web"), undefined);
    await cluster.settle();
    assert.equal(await count(cluster), "0/0/2");
    assert.ok((await cluster.list(Pod)).every(isEnding));
    await cluster.advance("6s");
    assert.equal(await count(cluster), "0/0/0");
  });
  story("in the foreground goes last", { nodes: 1 }, async (cluster) => {
    await cluster.apply(deploymentManifest("web", 2, { metadata: { annotations: slow } }));
    await rolledOut(cluster, "web");
    await cluster.client.delete(Deployment, web, { propagationPolicy: "Foreground" });
    await cluster.advance("2s");
    const waiting = await cluster.get(Deployment, "web");
    assert.deepEqual(waiting?.metadata.finalizers, ["foregroundDeletion"]);
    assert.equal(await count(cluster), "1/1/2");
    await cluster.advance("5s");
    assert.equal(await count(cluster), "0/0/0");
  });
  story("may leave its own as orphans, which a new owner takes over", { nodes: 1 }, async (cluster) => {
    await cluster.apply(deploymentManifest("web", 2));
    await rolledOut(cluster, "web");
    const before = (await cluster.list(Pod)).map((pod) => pod.metadata.uid);
    await cluster.client.delete(Deployment, web, { propagationPolicy: "Orphan" });
    await cluster.advance("1m");
    assert.equal(await count(cluster), "0/1/2");
    assert.equal((await cluster.list(ReplicaSet))[0]?.metadata.ownerReferences, undefined);
    await cluster.apply(deploymentManifest("web", 2));
    await rolledOut(cluster, "web");
    assert.equal(await count(cluster), "1/1/2");
    assert.deepEqual(
      (await cluster.list(Pod)).map((pod) => pod.metadata.uid),
      before,
    );
  });
  story("takes nothing that has another owner left", {}, async (cluster) => {
    const [one, other] = await cluster.apply([configMap("one"), configMap("other")]);
    const both = [ownedBy(one!), ownedBy(other!)].flatMap((o) => (o as { ownerReferences: object[] }).ownerReferences);
    await cluster.apply([configMap("shared", { ownerReferences: both }), configMap("own", ownedBy(one!))]);
    await cluster.client.delete(ConfigMap, { namespace: "default", name: "one" });
    await cluster.advance("10s");
    assert.equal(await cluster.get(ConfigMap, "own"), undefined);
    const shared = await cluster.get(ConfigMap, "shared");
    assert.deepEqual(
      shared?.metadata.ownerReferences?.map((r) => r.name),
      ["other"],
    );
    await cluster.client.delete(ConfigMap, { namespace: "default", name: "other" });
    await cluster.advance("10s");
    assert.equal(await cluster.get(ConfigMap, "shared"), undefined);
  });
  story("that never was takes its own with it", {}, async (cluster) => {
    const [real] = await cluster.apply(configMap("real"));
    const false_ = ownedBy(real!, { uid: "11111111-2222-4333-8444-555555555555" });
    await cluster.apply([configMap("orphan", false_), configMap("child", ownedBy(real!))]);
    await cluster.advance("10s");
    assert.equal(await cluster.get(ConfigMap, "orphan"), undefined);
    assert.ok(await cluster.get(ConfigMap, "child"));
  });
});

describe("a pod that is deleted", () => {
  story("by force is gone from the API at once and from its node soon", { nodes: 1 }, async (cluster) => {
    await cluster.apply(podManifest("p", {}, { annotations: slow }));
    await becomesReady(cluster, "p");
    await cluster.client.delete(Pod, { namespace: "default", name: "p" }, { gracePeriodSeconds: 0 });
    assert.equal(await cluster.get(Pod, "p"), undefined);
    await cluster.advance("10s");
    assert.deepEqual(await cluster.node("node-1").containers("p"), []);
  });
  story("before it has a node is gone at once", {}, async (cluster) => {
    await cluster.apply(podManifest("p"));
    await cluster.settle();
    await cluster.client.delete(Pod, { namespace: "default", name: "p" });
    assert.equal(await cluster.get(Pod, "p"), undefined);
  });
});
