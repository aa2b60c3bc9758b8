// Quotas: what counts, what is refused, and what is given back.
import assert from "node:assert/strict";
import { assertIncludes, names, suite, type World } from "../../support/conformance.ts";
import { merged } from "../../support/operations.ts";
import type { Wire } from "../../support/rest.ts";

const { conforms } = suite({ nodes: 2 });
const container = (resources: object = {}): object => ({ name: "c", image: "app:1", resources });
const hard = {
  pods: "5",
  services: "10",
  "services.nodeports": "1",
  "services.loadbalancers": "1",
  replicationcontrollers: "10",
  resourcequotas: "1",
  cpu: "1",
  memory: "500Mi",
  configmaps: "10",
  secrets: "10",
  persistentvolumeclaims: "10",
  "requests.storage": "10Gi",
  "ephemeral-storage": "50Gi",
  "count/replicasets.apps": "5",
  "requests.example.com/dongle": "3",
};
async function withQuota({ rest, path }: World, name = "test-quota", spec: object = { hard }): Promise<void> {
  await rest.post(path("/api/v1", "resourcequotas"), { metadata: { name }, spec });
}
/** Waits until so much of a quota is used. */
async function uses({ rest, path, cluster }: World, used: object, name = "test-quota"): Promise<void> {
  const quota = `${path("/api/v1", "resourcequotas")}/${name}`;
  let last: Wire;
  const isSo = async (): Promise<boolean> => {
    last = (await rest.get(quota)).status;
    return Object.entries(used).every(([resource, amount]) => last?.used?.[resource] === amount);
  };
  await cluster.until(isSo).catch(() => assert.fail(`used ${JSON.stringify(last?.used)}, not ${JSON.stringify(used)}`));
}
const exceeds = async (
  { rest, path }: World,
  plural: string,
  body: object,
  groupVersion = "/api/v1",
): Promise<void> => {
  const status = await rest.refusal(path(groupVersion, plural), { body });
  assertIncludes(status, { code: 403, reason: "Forbidden" }, "refused");
  assert.match(status.message, /exceeded quota|must specify/);
};

conforms("ResourceQuota should create a ResourceQuota and ensure its status is promptly calculated.", async (world) => {
  await withQuota(world);
  await uses(world, { resourcequotas: "1", pods: "0", cpu: "0" });
  const { status } = await world.rest.get(`${world.path("/api/v1", "resourcequotas")}/test-quota`);
  assert.deepEqual(status.hard, hard);
});
conforms("ResourceQuota should create a ResourceQuota and capture the life of a service.", async (world) => {
  const { rest, path } = world;
  await withQuota(world);
  await uses(world, { resourcequotas: "1" });
  const services = path("/api/v1", "services");
  const service = (name: string, type: string): object => ({
    metadata: { name },
    spec: { type, ports: [{ port: 80 }] },
  });
  await rest.post(services, service("inside", "ClusterIP"));
  await rest.post(services, service("outside", "NodePort"));
  await exceeds(world, "services", service("balanced", "LoadBalancer"));
  await uses(world, { services: "2", "services.nodeports": "1", "services.loadbalancers": "0" });
  for (const name of ["inside", "outside"]) await rest.delete(`${services}/${name}`);
  await uses(world, { services: "0", "services.nodeports": "0" });
});
for (const [title, plural, groupVersion, resource, body] of [
  [
    "ResourceQuota should create a ResourceQuota and capture the life of a secret.",
    "secrets",
    "/api/v1",
    "secrets",
    { data: { a: "eA==" } },
  ],
  [
    "ResourceQuota should create a ResourceQuota and capture the life of a configMap.",
    "configmaps",
    "/api/v1",
    "configmaps",
    { data: { a: "x" } },
  ],
  [
    "ResourceQuota should create a ResourceQuota and capture the life of a replication controller.",
    "replicationcontrollers",
    "/api/v1",
    "replicationcontrollers",
    {
      spec: {
        replicas: 0,
        selector: { a: "b" },
        template: { metadata: { labels: { a: "b" } }, spec: { containers: [container()] } },
      },
    },
  ],
  [
    "ResourceQuota should create a ResourceQuota and capture the life of a replica set.",
    "replicasets",
    "/apis/apps/v1",
    "count/replicasets.apps",
    {
      spec: {
        replicas: 0,
        selector: { matchLabels: { a: "b" } },
        template: { metadata: { labels: { a: "b" } }, spec: { containers: [container()] } },
      },
    },
  ],
] as const)
  conforms(title, async (world) => {
    const { rest, path } = world;
    const collection = path(groupVersion, plural);
    const before = (await rest.get(collection)).items.length;
    await withQuota(world);
    await uses(world, { resourcequotas: "1", [resource]: String(before) });
    await rest.post(collection, { metadata: { name: "counted" }, ...body });
    await uses(world, { [resource]: String(before + 1) });
    await rest.delete(`${collection}/counted`);
    await uses(world, { [resource]: String(before) });
  });
conforms("ResourceQuota should create a ResourceQuota and capture the life of a pod.", async (world) => {
  const { rest, path } = world;
  await withQuota(world);
  await uses(world, { resourcequotas: "1" });
  const pods = path("/api/v1", "pods");
  const dongle = "example.com/dongle";
  const pod = (name: string, requests: Wire): object => {
    const limits = requests[dongle] ? { [dongle]: requests[dongle] } : {};
    return { metadata: { name }, spec: { containers: [container({ requests, limits })] } };
  };
  const used = {
    pods: "1",
    cpu: "500m",
    memory: "252Mi",
    "ephemeral-storage": "30Gi",
    "requests.example.com/dongle": "2",
  };
  const first = { cpu: "500m", memory: "252Mi", "ephemeral-storage": "30Gi", [dongle]: "2" };
  await rest.post(pods, pod("fits", first));
  await uses(world, used);
  await exceeds(world, "pods", pod("memory", { cpu: "600m", memory: "100Mi", "ephemeral-storage": "1Gi" }));
  await exceeds(world, "pods", pod("dongles", { ...first, memory: "1Mi", cpu: "1m", "ephemeral-storage": "1Gi" }));
  const more = merged(await rest.get(`${pods}/fits`), { metadata: { labels: { changed: "yes" } } });
  await rest.put(`${pods}/fits`, more);
  const grown = structuredClone(more);
  grown.spec.containers[0].resources.requests.cpu = "600m";
  delete grown.metadata.resourceVersion;
  assert.equal((await rest.refusal(`${pods}/fits`, { method: "PUT", body: grown })).code, 422);
  await uses(world, used);
  await rest.delete(`${pods}/fits`, { gracePeriodSeconds: 0 });
  await uses(world, { pods: "0", cpu: "0", memory: "0", "requests.example.com/dongle": "0", "ephemeral-storage": "0" });
});
for (const [title, matching, other, pods] of [
  [
    "ResourceQuota should verify ResourceQuota with terminating scopes.",
    "NotTerminating",
    "Terminating",
    [
      {
        containers: [container({ requests: { cpu: "500m", memory: "200Mi" }, limits: { cpu: "1", memory: "400Mi" } })],
      },
      {
        activeDeadlineSeconds: 3600,
        containers: [container({ requests: { cpu: "500m", memory: "200Mi" }, limits: { cpu: "1", memory: "400Mi" } })],
      },
    ],
  ],
  [
    "ResourceQuota should verify ResourceQuota with best effort scope.",
    "BestEffort",
    "NotBestEffort",
    [
      { containers: [container()] },
      {
        containers: [container({ requests: { cpu: "500m", memory: "200Mi" }, limits: { cpu: "1", memory: "400Mi" } })],
      },
    ],
  ],
] as const)
  conforms(title, async (world) => {
    const { rest, path } = world;
    for (const scope of [matching, other])
      await withQuota(world, scope.toLowerCase(), { hard: { pods: "5" }, scopes: [scope] });
    const count = async (one: string, two: string): Promise<void> => {
      await uses(world, { pods: one }, matching.toLowerCase());
      await uses(world, { pods: two }, other.toLowerCase());
    };
    await count("0", "0");
    for (const [i, spec] of pods.entries()) {
      await rest.post(path("/api/v1", "pods"), { metadata: { name: "p" }, spec });
      await (i === 0 ? count("1", "0") : count("0", "1"));
      await rest.delete(`${path("/api/v1", "pods")}/p`, { gracePeriodSeconds: 0 });
      await count("0", "0");
    }
  });
conforms("ResourceQuota should apply changes to a resourcequota status", async (world) => {
  const { rest, path, cluster } = world;
  const quota = `${path("/api/v1", "resourcequotas")}/test-quota`;
  const watch = await rest.watch(path("/api/v1", "resourcequotas"));
  await withQuota(world, "test-quota", { hard: { cpu: "500m", memory: "500Mi" } });
  await watch.next("MODIFIED", (o) => o.status.hard?.cpu === "500m");
  const updated = await rest.update(quota, (o) => merged(o, { status: { hard: { cpu: "501m" } } }), `${quota}/status`);
  assert.deepEqual([updated.status.hard.cpu, updated.spec.hard.cpu], ["501m", "500m"]);
  await rest.patch(quota, "strategic", { spec: { hard: { cpu: "1", memory: "1Gi" } } });
  await watch.next("MODIFIED", (o) => o.spec.hard.cpu === "1" && o.status.hard?.cpu === "1");
  assert.deepEqual((await rest.get(`${quota}/status`)).status.hard, { cpu: "1", memory: "1Gi" });
  const two = { cpu: "2", memory: "2Gi" };
  const patched = await rest.patch(`${quota}/status`, "strategic", { status: { hard: two } });
  assert.deepEqual([patched.status.hard, patched.spec.hard], [two, { cpu: "1", memory: "1Gi" }]);
  await watch.next("MODIFIED", (o) => o.status.hard?.cpu === "2");
  // the controller sets it right
  await cluster.until(async () => (await rest.get(quota)).status.hard.cpu === "1");
  assert.deepEqual((await rest.get(quota)).status.hard, { cpu: "1", memory: "1Gi" });
});
conforms(
  "ReplicationController should surface a failure condition on a common issue like exceeded quota",
  async (world) => {
    const { rest, path, cluster } = world;
    await withQuota(world, "two-pods", { hard: { pods: "2" } });
    await uses(world, { pods: "0" }, "two-pods");
    const controller = `${path("/api/v1", "replicationcontrollers")}/rc`;
    const template = { metadata: { labels: { app: "rc" } }, spec: { containers: [container()] } };
    const spec = { replicas: 3, selector: { app: "rc" }, template };
    await rest.post(path("/api/v1", "replicationcontrollers"), { metadata: { name: "rc" }, spec });
    const failure = async (): Promise<Wire> =>
      (await rest.get(controller)).status.conditions?.find((c: Wire) => c.type === "ReplicaFailure");
    const found = await cluster.until(failure);
    assertIncludes(found, { status: "True", reason: "FailedCreate" }, "condition");
    assert.match(found.message, /exceeded quota: two-pods/);
    await rest.update(controller, (o) => merged(o, { spec: { replicas: 2 } }));
    await cluster.until(async () => !(await failure()));
    assert.equal(names(await rest.get(path("/api/v1", "pods"))).length, 2);
  },
);
