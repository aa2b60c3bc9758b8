import { test } from "node:test";
import assert from "node:assert/strict";
import { DaemonSet } from "#api/apps/daemon-set.ts";
import { Deployment } from "#api/apps/deployment.ts";
import { StatefulSet } from "#api/apps/stateful-set.ts";
import { CronJob } from "#api/batch/cron-job.ts";
import { Job } from "#api/batch/job.ts";
import { Lease } from "#api/coordination/lease.ts";
import { Namespace } from "#api/core/namespace.ts";
import { Node } from "#api/core/node.ts";
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { Pod } from "#api/core/pod.ts";
import { ResourceQuota } from "#api/core/resource-quota.ts";
import { Service } from "#api/core/service.ts";
import { isReason } from "#api/errors.ts";
import { kinds } from "#api/kinds.ts";
import { PodDisruptionBudget } from "#api/policy/pod-disruption-budget.ts";
import { formatMicroTime } from "#api/time.ts";
import { controllerRules, createControllers } from "./all.ts";
import { accountOf } from "./rules.ts";
import { createWorld, type World } from "./world.fake.ts";

const controllers = () => createControllers({ kinds, rootCertificates: "PEM", clusterCidrs: ["10.244.0.0/16"] });
const namespace = "team";
const labels = (app: string) => ({ selector: { matchLabels: { app } }, template: podOf(app) });
const podOf = (app: string) => ({ metadata: { labels: { app } }, spec: { containers: [{ name: "c", image: "i" }] } });

async function fill({ client }: World): Promise<void> {
  await client.create(Namespace, { metadata: { name: namespace } });
  const at = (name: string) => ({ name, namespace });
  await client.create(ResourceQuota, {
    metadata: at("quota"),
    spec: { hard: { pods: "100", "count/jobs.batch": "9" } },
  });
  await client.create(Deployment, { metadata: at("web"), spec: { replicas: 3, ...labels("web") } });
  await client.create(Service, { metadata: at("web"), spec: { selector: { app: "web" }, ports: [{ port: 80 }] } });
  await client.create(PodDisruptionBudget, {
    metadata: at("web"),
    spec: { minAvailable: 2, selector: { matchLabels: { app: "web" } } },
  });
  await client.create(StatefulSet, { metadata: at("db"), spec: { replicas: 2, serviceName: "db", ...labels("db") } });
  await client.create(DaemonSet, { metadata: at("agent"), spec: labels("agent") });
  const job = { template: { spec: { ...podOf("job").spec, restartPolicy: "Never" as const } } };
  await client.create(Job, { metadata: at("work"), spec: { ...job, parallelism: 2, completions: 2 } });
  await client.create(CronJob, { metadata: at("yearly"), spec: { schedule: "@yearly", jobTemplate: { spec: job } } });
  await client.create(PersistentVolumeClaim, {
    metadata: at("data"),
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  });
}

test("all controllers together bring a namespace up, fall silent, and take it down", async () => {
  await using world = await createWorld({ controllers: controllers() });
  await fill(world);
  await world.settle(3000);
  const pods = (await world.client.list(Pod, { namespace })).items;
  const perApp = Map.groupBy(pods, (p) => p.metadata.labels?.["app"] ?? "job");
  assert.deepEqual(Object.fromEntries([...perApp].map(([app, list]) => [app, list.length])), {
    web: 3,
    db: 2,
    agent: 2,
    job: 2,
  });
  assert.ok(pods.every((p) => p.status.phase === "Running"));

  const version = async (): Promise<string> => (await world.client.list(Node)).metadata.resourceVersion;
  const before = Number(await version());
  await world.settle(40_000);
  assert.equal(Number(await version()) - before, 0, "nothing is written when nothing happens");

  await world.client.delete(Namespace, { name: namespace });
  for (let i = 0; i < 8; i++) await world.settle(5000);
  await assert.rejects(world.client.get(Namespace, { name: namespace }), (error: unknown) =>
    isReason(error, "NotFound"),
  );
  assert.equal((await world.client.list(Pod, { namespace })).items.length, 0);
});

test("heartbeats are read and not answered", async () => {
  await using world = await createWorld({ controllers: controllers() });
  const key = { namespace: "kube-node-lease", name: "n1" };
  const renewTime = () => formatMicroTime(world.clock.now());
  const lease = await world.client.create(Lease, {
    metadata: key,
    spec: { holderIdentity: "n1", renewTime: renewTime() },
  });
  await world.settle();
  const renewed = await world.client.patch(Lease, key, { type: "merge", patch: { spec: { renewTime: renewTime() } } });
  await world.settle();
  const { resourceVersion } = (await world.client.list(Lease)).metadata;
  assert.ok(Number(renewed.metadata.resourceVersion) > Number(lease.metadata.resourceVersion));
  assert.equal(resourceVersion, renewed.metadata.resourceVersion);
});

test("each controller has a name of its own, and rules", () => {
  const list = controllers();
  assert.equal(new Set(list.map(({ name }) => name)).size, list.length);
  for (const { name, rules } of list) assert.ok(rules.length > 0, name);
  // What shares an account has the rules of all.
  const rules = controllerRules(list);
  for (const { name, rules: own } of list)
    for (const rule of own) assert.ok(rules.get(accountOf(name))?.includes(rule));
  assert.equal(rules.has("taint-eviction-controller"), false);
});
