// A server that stops and starts again on what it has stored, and a cluster that goes on without it meanwhile.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { Deployment } from "#api/apps/deployment.ts";
import { ConfigMap } from "#api/core/config-map.ts";
import { Namespace } from "#api/core/namespace.ts";
import { Pod } from "#api/core/pod.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import { CronJob } from "#api/batch/cron-job.ts";
import { Job } from "#api/batch/job.ts";
import type { TestCluster } from "#testing.ts";
import {
  becomesReady,
  container,
  deploymentManifest,
  firstStatus,
  isReady,
  nameOf,
  outOfReach,
  podManifest,
  podsOf,
  rolledOut,
  sizes,
  story,
} from "../support/test-cluster.ts";

const expects = outOfReach;
const web = { namespace: "default", name: "web" };
const image = (name: string): object => ({
  spec: { template: { spec: { containers: [{ name: "c", image: name }] } } },
});
const runs = async (cluster: TestCluster): Promise<(string | undefined)[]> =>
  (await cluster.list(Pod)).map((pod) => `${nameOf(pod)} ${firstStatus(pod)?.containerID}`);
const restart = async (cluster: TestCluster, away: string): Promise<void> => {
  await cluster.stopServer();
  await cluster.advance(away);
  await cluster.startServer();
};

describe("a restart of the server", () => {
  story("is not noticed by what runs", { nodes: 3, expects }, async (cluster) => {
    await cluster.apply(deploymentManifest("web", 6));
    await rolledOut(cluster, "web");
    const before = await runs(cluster);
    const version = Number((await cluster.get(Deployment, "web"))?.metadata.resourceVersion);
    for (let i = 0; i < 3; i++) {
      await restart(cluster, "20s");
      await cluster.advance("2m");
      assert.deepEqual(await runs(cluster), before);
    }
    assert.ok((await cluster.list(Pod)).every(isReady));
    const [written] = await cluster.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "after" } });
    assert.ok(Number(written?.metadata.resourceVersion) > version);
  });
  story(
    "in the middle of a rollout only delays it",
    { nodes: [{ runtime: { startMs: 2000 } }], expects },
    async (cluster) => {
      await cluster.apply(deploymentManifest("web", 6));
      await rolledOut(cluster, "web");
      await cluster.client.patch(Deployment, web, { type: "strategic", patch: image("app:2") });
      for (let i = 0; i < 4; i++) {
        await cluster.advance("1s");
        await restart(cluster, "1s");
      }
      await rolledOut(cluster, "web");
      assert.deepEqual(await sizes(cluster, "web"), ["0/0", "6/6"]);
    },
  );
  story("in the middle of deletions only delays them", { nodes: 1, expects }, async (cluster) => {
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } });
    await cluster.settle();
    const annotations = { "simulated.timonier.io/stop-after": "10s" };
    await cluster.apply([
      podManifest("a", {}, { namespace: "team", annotations }),
      deploymentManifest("web", 2, { metadata: { annotations } }),
    ]);
    await rolledOut(cluster, "web");
    await cluster.client.delete(Namespace, { name: "team" });
    await cluster.client.delete(Deployment, web, { propagationPolicy: "Foreground" });
    await cluster.advance("3s");
    await restart(cluster, "30s");
    await cluster.until(async () => (await cluster.get(Namespace, "team")) === undefined);
    await cluster.until(async () => (await cluster.get(Deployment, "web")) === undefined);
    assert.deepEqual(await cluster.list(Pod), []);
  });
  story("finds what happened on the nodes meanwhile", { nodes: 2, expects }, async (cluster) => {
    const pod = { restartPolicy: "Never", containers: [container({ command: ["sleep", "30"] })] };
    await cluster.apply([podManifest("work", pod), deploymentManifest("web", 2)]);
    await becomesReady(cluster, "work");
    await rolledOut(cluster, "web");
    await cluster.stopServer();
    const [one] = cluster.nodes;
    await cluster.advance("1m");
    await one!.stop();
    await cluster.startServer();
    await cluster.advance("1m");
    if ((await cluster.get(Pod, "work"))?.spec.nodeName !== one!.name)
      assert.equal((await cluster.get(Pod, "work"))?.status.phase, "Succeeded");
    await cluster.until(async () => {
      const pods = (await podsOf(cluster, "web")).filter((p) => !p.metadata.deletionTimestamp);
      return pods.length === 2 && pods.every((p) => isReady(p) && p.spec.nodeName !== one!.name);
    });
  });
  story("makes up for the one moment of a cron job that it missed last", { nodes: 1, expects }, async (cluster) => {
    const template = { spec: { restartPolicy: "Never", containers: [container({ command: ["true"] })] } };
    await cluster.apply({
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: "tick" },
      spec: { schedule: "*/10 * * * *", jobTemplate: { spec: { template } } },
    });
    await cluster.advance("11m");
    assert.equal((await cluster.list(Job)).length, 1);
    await restart(cluster, "30m");
    await cluster.advance("1m");
    assert.equal((await cluster.list(Job)).length, 2);
    assert.equal((await cluster.get(CronJob, "tick"))?.status.lastScheduleTime, "2026-01-01T00:40:00Z");
  });
});

describe("an agent that restarts", () => {
  story(
    "takes over its pods as they are, also those that changed meanwhile",
    { nodes: 1, expects },
    async (cluster) => {
      const probe = { livenessProbe: { exec: { command: ["check"] } } };
      await cluster.apply([podManifest("a", { containers: [container(probe)] }), podManifest("b"), podManifest("c")]);
      for (const name of ["a", "b", "c"]) await becomesReady(cluster, name);
      const node = cluster.node("node-1");
      const [a] = await node.containers("a");
      await node.killContainer("b", undefined, 3);
      await node.restartAgent();
      await cluster.client.delete(Pod, { namespace: "default", name: "c" });
      await cluster.advance("1m");
      assert.deepEqual(
        (await node.containers("a")).map((c) => c.id),
        [a!.id],
      );
      const b = firstStatus(await cluster.get(Pod, "b"));
      assert.deepEqual([b?.restartCount, b?.lastState.terminated?.exitCode], [1, 3]);
      assert.equal(await cluster.get(Pod, "c"), undefined);
      assert.deepEqual(await node.containers("c"), []);
    },
  );
});

describe("a user of the API", () => {
  story("sees nothing of others, and with a role just what it says", {}, async (cluster) => {
    const user = cluster.clientAs("ada");
    await cluster.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } });
    await assert.rejects(user.list(ConfigMap, { namespace: "default" }), { reason: "Forbidden" });
    const subjects = [{ kind: "User", name: "ada", apiGroup: "rbac.authorization.k8s.io" }];
    await cluster.apply({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "ada" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
      subjects,
    });
    await cluster.settle();
    assert.deepEqual((await user.list(ConfigMap, { namespace: "default" })).items.map(nameOf), [
      "c",
      "kube-root-ca.crt",
    ]);
    await assert.rejects(user.delete(ConfigMap, { namespace: "default", name: "c" }), { reason: "Forbidden" });
    await assert.rejects(user.list(ServiceAccount), { reason: "Forbidden" });
    await cluster.restartServer();
    assert.equal((await user.list(ConfigMap, { namespace: "default" })).items.length, 2);
  });
});
