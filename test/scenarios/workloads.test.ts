// StatefulSets, DaemonSets, Jobs and CronJobs; budgets and quotas.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { DaemonSet } from "#api/apps/daemon-set.ts";
import { StatefulSet } from "#api/apps/stateful-set.ts";
import { CronJob } from "#api/batch/cron-job.ts";
import { Job } from "#api/batch/job.ts";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { ResourceQuota } from "#api/core/resource-quota.ts";
import { parseTime } from "#api/time.ts";
import type { TestCluster } from "#testing.ts";
import {
  container,
  deploymentManifest,
  isReady,
  nameOf,
  podManifest,
  podsOf,
  rolledOut,
  story,
  watchAll,
} from "../support/test-cluster.ts";

const workload = (kind: string, name: string, spec: object, pod: object = {}): object => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container()], ...pod } },
    ...spec,
  },
});
const job = (name: string, spec: object = {}, pod: object = {}): object => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name },
  spec: {
    template: { spec: { restartPolicy: "Never", containers: [container({ command: ["sleep", "5"] })], ...pod } },
    ...spec,
  },
});
const key = (name: string): { namespace: string; name: string } => ({ namespace: "default", name });
const allReady = (cluster: TestCluster, app: string, count: number): Promise<readonly Pod[]> =>
  cluster.until(async () => {
    const pods = await podsOf(cluster, app);
    return pods.length === count && pods.every(isReady) && pods;
  });
const setImage = (image: string): object => ({ spec: { template: { spec: { containers: [{ name: "c", image }] } } } });
const jobCondition = async (cluster: TestCluster, name: string): Promise<string | undefined> => {
  const found = (await cluster.get(Job, name))?.status.conditions?.find(
    (c) => c.status === "True" && (c.type === "Complete" || c.type === "Failed"),
  );
  return found && `${found.type}: ${found.reason ?? ""}`;
};

describe("a stateful set", () => {
  story(
    "starts, updates and shrinks in order, and keeps names",
    { nodes: [{ runtime: { startMs: 1000 } }, {}] },
    async (cluster) => {
      const log: string[] = [];
      const known = new Map<string, string>();
      await using _ = await watchAll(cluster, Pod, (pods) => {
        for (const pod of pods) {
          const uid = pod.metadata.uid!;
          if (isReady(pod) && !known.has(uid)) log.push(`${nameOf(pod)} ${pod.spec.containers[0]!.image}`);
          if (isReady(pod)) known.set(uid, nameOf(pod));
        }
      });
      await cluster.apply(workload("StatefulSet", "db", { serviceName: "db", replicas: 3 }));
      await allReady(cluster, "db", 3);
      assert.deepEqual(log.splice(0), ["db-0 app:1", "db-1 app:1", "db-2 app:1"]);
      await cluster.client.patch(StatefulSet, key("db"), { type: "strategic", patch: setImage("app:2") });
      await cluster.until(async () => (await cluster.get(StatefulSet, "db"))?.status.updatedReplicas === 3);
      await allReady(cluster, "db", 3);
      assert.deepEqual(log.splice(0), ["db-2 app:2", "db-1 app:2", "db-0 app:2"]);
      await cluster.client.patch(StatefulSet, key("db"), { type: "merge", patch: { spec: { replicas: 1 } } });
      await cluster.until(async () => (await podsOf(cluster, "db")).length === 1);
      assert.deepEqual((await podsOf(cluster, "db")).map(nameOf), ["db-0"]);
    },
  );
  story("never has two pods of one name, also when a node is lost", { nodes: 2 }, async (cluster) => {
    await cluster.apply(workload("StatefulSet", "db", { serviceName: "db", replicas: 2 }));
    const [first] = await allReady(cluster, "db", 2);
    const lost = first!.spec.nodeName!;
    await cluster.node(lost).stop();
    await cluster.advance("10m");
    const same = await cluster.get(Pod, nameOf(first!));
    assert.equal(same?.metadata.uid, first?.metadata.uid);
    assert.ok(same?.metadata.deletionTimestamp);
    // a person who knows that the machine is gone says so
    await cluster.client.delete(Pod, key(nameOf(first!)), { gracePeriodSeconds: 0 });
    const pods = await allReady(cluster, "db", 2);
    assert.ok(pods.every((pod) => pod.spec.nodeName !== lost));
  });
});

describe("a daemon set", () => {
  story("has a pod on each node, also on new ones and on closed ones", { nodes: 2 }, async (cluster) => {
    await cluster.apply(workload("DaemonSet", "agent", {}));
    await allReady(cluster, "agent", 2);
    await cluster.client.patch(Node, { name: "node-1" }, { type: "merge", patch: { spec: { unschedulable: true } } });
    await cluster.addNode();
    const pods = await allReady(cluster, "agent", 3);
    assert.deepEqual(pods.map((pod) => pod.spec.nodeName).toSorted(), ["node-1", "node-2", "node-3"]);
    const { status } = (await cluster.get(DaemonSet, "agent"))!;
    assert.deepEqual([status.desiredNumberScheduled, status.numberReady], [3, 3]);
  });
  story(
    "goes only where it is selected, one node at a time",
    { nodes: [{ labels: { disk: "fast" } }, {}, { labels: { disk: "fast" } }] },
    async (cluster) => {
      await cluster.apply(workload("DaemonSet", "agent", {}, { nodeSelector: { disk: "fast" } }));
      await allReady(cluster, "agent", 2);
      await using _ = await watchAll(cluster, Pod, (pods) => assert.ok(pods.filter(isReady).length >= 1));
      await cluster.client.patch(DaemonSet, key("agent"), { type: "strategic", patch: setImage("app:2") });
      await cluster.until(async () => (await cluster.get(DaemonSet, "agent"))?.status.updatedNumberScheduled === 2);
      const pods = await allReady(cluster, "agent", 2);
      assert.deepEqual(pods.map((pod) => pod.spec.nodeName).toSorted(), ["node-1", "node-3"]);
      await cluster.client.patch(
        Node,
        { name: "node-3" },
        { type: "merge", patch: { metadata: { labels: { disk: null } } } },
      );
      await allReady(cluster, "agent", 1);
    },
  );
  story("stays on a node that is silent", { nodes: 2 }, async (cluster) => {
    await cluster.apply(workload("DaemonSet", "agent", {}));
    const before = (await allReady(cluster, "agent", 2)).map((pod) => pod.metadata.uid);
    await cluster.node("node-1").stop();
    await cluster.advance("10m");
    const pods = await podsOf(cluster, "agent");
    assert.deepEqual(
      pods.map((pod) => pod.metadata.uid),
      before,
    );
    assert.ok(pods.every((pod) => pod.metadata.deletionTimestamp === undefined));
  });
});

describe("a job", () => {
  story("runs so many pods at a time until so many are done", { nodes: 2 }, async (cluster) => {
    const since = cluster.clock.now();
    let most = 0;
    await using _ = await watchAll(cluster, Pod, (pods) => {
      most = Math.max(most, pods.filter((pod) => pod.status.phase === "Running").length);
    });
    await cluster.apply(job("work", { completions: 5, parallelism: 2 }));
    await cluster.until(() => jobCondition(cluster, "work"));
    assert.equal(await jobCondition(cluster, "work"), "Complete: CompletionsReached");
    assert.deepEqual([most, (await cluster.get(Job, "work"))?.status.succeeded], [2, 5]);
    const tookMs = cluster.clock.now() - since;
    assert.ok(tookMs >= 15_000 && tookMs < 25_000, `it took ${tookMs} ms`);
    assert.ok((await cluster.list(Pod)).every((pod) => pod.metadata.finalizers === undefined));
  });
  story("tries again with growing pauses, and gives up", { nodes: 1 }, async (cluster) => {
    const pod = { containers: [container({ command: ["false"] })] };
    await cluster.apply(job("broken", { backoffLimit: 3 }, pod));
    await cluster.until(() => jobCondition(cluster, "broken"), "30m");
    assert.equal(await jobCondition(cluster, "broken"), "Failed: BackoffLimitExceeded");
    const startedAt = (await cluster.list(Pod))
      .map((p) => parseTime(p.metadata.creationTimestamp!))
      .toSorted((a, b) => a - b);
    const gaps = startedAt.slice(1).map((at, i) => (at - startedAt[i]!) / 1000);
    assert.equal(startedAt.length, 4);
    for (const [i, expected] of [10, 20, 40].entries())
      assert.ok(Math.abs(gaps[i]! - expected) <= 2, `the pauses are ${gaps.join(", ")} s`);
  });
  story("has a deadline", { nodes: 1 }, async (cluster) => {
    const pod = { containers: [container({ command: ["sleep", "3600"] })], terminationGracePeriodSeconds: 1 };
    await cluster.apply(job("slow", { activeDeadlineSeconds: 30 }, pod));
    await cluster.until(() => jobCondition(cluster, "slow"));
    assert.equal(await jobCondition(cluster, "slow"), "Failed: DeadlineExceeded");
    await cluster.advance("5s");
    assert.deepEqual(
      (await cluster.list(Pod)).filter((p) => p.status.phase === "Running"),
      [],
    );
  });
  story("goes some time after its end", { nodes: 1 }, async (cluster) => {
    await cluster.apply(job("short", { ttlSecondsAfterFinished: 60 }));
    await cluster.until(() => jobCondition(cluster, "short"));
    await cluster.advance("55s");
    assert.ok(await cluster.get(Job, "short"));
    await cluster.advance("10s");
    assert.equal(await cluster.get(Job, "short"), undefined);
    assert.deepEqual(await cluster.list(Pod), []);
  });
  story("indexed: each index once, also when a node is lost", { nodes: 2 }, async (cluster) => {
    const pod = { containers: [container({ command: ["sleep", "20"] })] };
    await cluster.apply(job("indexed", { completions: 4, parallelism: 4, completionMode: "Indexed" }, pod));
    await cluster.advance("1s");
    await cluster.node("node-1").stop();
    await cluster.client.delete(Node, { name: "node-1" });
    await cluster.until(() => jobCondition(cluster, "indexed"));
    const { status } = (await cluster.get(Job, "indexed"))!;
    assert.deepEqual([status.succeeded, status.completedIndexes], [4, "0-3"]);
  });
});

describe("a cron job", () => {
  const cron = (spec: object = {}): object => ({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "tick" },
    spec: { schedule: "*/5 * * * *", jobTemplate: { spec: (job("") as { spec: object }).spec }, ...spec },
  });
  const jobs = async (cluster: TestCluster): Promise<readonly string[]> => (await cluster.list(Job)).map(nameOf);
  story("starts a job each time, and keeps the last three", { nodes: 1 }, async (cluster) => {
    await cluster.apply(cron());
    await cluster.advance("4m50s");
    assert.deepEqual(await jobs(cluster), []);
    await cluster.advance("20s");
    assert.equal((await jobs(cluster)).length, 1);
    await cluster.advance("30m");
    assert.equal((await jobs(cluster)).length, 3);
    const { status } = (await cluster.get(CronJob, "tick"))!;
    assert.equal(status.lastScheduleTime, "2026-01-01T00:35:00Z");
    await cluster.client.patch(CronJob, key("tick"), { type: "merge", patch: { spec: { suspend: true } } });
    await cluster.advance("30m");
    assert.equal((await cluster.get(CronJob, "tick"))?.status.lastScheduleTime, "2026-01-01T00:35:00Z");
  });
  for (const [concurrencyPolicy, expected] of [
    ["Allow", 3],
    ["Forbid", 1],
    ["Replace", 1],
  ] as const)
    story(`whose jobs take too long, under ${concurrencyPolicy}`, { nodes: 1 }, async (cluster) => {
      const pod = { containers: [container({ command: ["sleep", "3600"] })] };
      const jobTemplate = { spec: (job("", {}, pod) as { spec: object }).spec };
      await cluster.apply(cron({ concurrencyPolicy, jobTemplate }));
      await cluster.advance("5m30s");
      const [first] = await jobs(cluster);
      await cluster.advance("10m");
      const left = await jobs(cluster);
      assert.equal(left.length, expected);
      assert.equal(left.includes(first!), concurrencyPolicy !== "Replace");
    });
});

describe("a disruption budget", () => {
  story("allows evictions only while enough pods are left", { nodes: 1 }, async (cluster) => {
    const spec = { minAvailable: 2, selector: { matchLabels: { app: "web" } } };
    const budget = { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "web" }, spec };
    await cluster.apply([deploymentManifest("web", 3), budget]);
    await rolledOut(cluster, "web");
    await cluster.settle();
    cluster.behaviour.process = () => ({ startError: "no more" });
    const evict = (pod: Pod): Promise<object> =>
      cluster.client.post(Pod, key(nameOf(pod)), "eviction", {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: key(nameOf(pod)),
      });
    const [one, two] = await podsOf(cluster, "web");
    await evict(one!);
    await cluster.settle();
    await assert.rejects(evict(two!), {
      reason: "TooManyRequests",
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
    });
  });
});

describe("a quota", () => {
  const quota = (hard: object): object => ({
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "q" },
    spec: { hard },
  });
  story("limits what there may be, and counts what goes", { nodes: 1 }, async (cluster) => {
    await cluster.apply(quota({ pods: "2" }));
    await cluster.settle();
    await cluster.apply([podManifest("a"), podManifest("b")]);
    await cluster.settle();
    assert.equal((await cluster.get(ResourceQuota, "q"))?.status.used?.["pods"], "2");
    await assert.rejects(cluster.apply(podManifest("c")), {
      message: 'pods "c" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2',
    });
    await cluster.client.delete(Pod, key("a"));
    await cluster.advance("10s");
    await cluster.apply(podManifest("c"));
  });
});
