// What clients do with single kinds of objects, besides what they can do with all.
import assert from "node:assert/strict";
import { assertIncludes, condition, isNewer, names, suite } from "../../support/conformance.ts";
import { annotated, merged } from "../../support/operations.ts";
import type { Wire } from "../../support/rest.ts";

const { conforms } = suite({ nodes: 2 });
const podTemplate = { metadata: { labels: { app: "x" } }, spec: { containers: [{ name: "c", image: "app:1" }] } };
const port80 = { name: "http", protocol: "TCP", port: 80, targetPort: 80 };
const conditions = (type: string): object => ({
  conditions: [{ type, status: "False", reason: "Told", message: type, lastTransitionTime: "2026-01-01T00:00:00Z" }],
});

conforms("Namespaces should patch a Namespace", async ({ rest, ns }) => {
  const patched = await rest.patch(`/api/v1/namespaces/${ns}`, "strategic", {
    metadata: { labels: { test: "patched" } },
  });
  assert.equal(patched.metadata.labels.test, "patched");
  const read = await rest.get(`/api/v1/namespaces/${ns}`);
  assertIncludes(read.metadata.labels, { test: "patched", "kubernetes.io/metadata.name": ns }, "labels");
});
conforms("Namespaces should apply an update to a Namespace", async ({ rest, ns }) => {
  const path = `/api/v1/namespaces/${ns}`;
  const updated = await rest.update(path, (o) => merged(o, { metadata: { labels: { updated: "yes" } } }));
  assert.equal(updated.metadata.labels.updated, "yes");
});
conforms("Namespaces should apply changes to a namespace status", async ({ rest, ns }) => {
  const path = `/api/v1/namespaces/${ns}`;
  assert.equal((await rest.get(`${path}/status`)).status.phase, "Active");
  const patched = await rest.patch(`${path}/status`, "merge", annotated("patched", { status: conditions("Patched") }));
  assertIncludes(patched, annotated("patched"), "annotations come with the status of a namespace");
  assertIncludes(condition(patched, "Patched"), { status: "False", reason: "Told" }, "condition");
  const updated = await rest.update(path, (o) => merged(o, { status: conditions("Updated") }), `${path}/status`);
  assert.ok(condition(updated, "Updated") && !condition(updated, "Patched"));
  assert.equal(updated.status.phase, "Active");
});
conforms("Namespaces should apply a finalizer to a Namespace", async ({ rest, cluster }) => {
  const name = "with-finalizer";
  const created = await rest.post("/api/v1/namespaces", { metadata: { name } });
  assert.deepEqual(created.spec.finalizers, ["kubernetes"]);
  const path = `/api/v1/namespaces/${name}`;
  const mine = "example.com/mine";
  const add = (o: Wire): Wire => merged(o, { spec: { finalizers: [mine, "kubernetes"] } });
  const added = await rest.update(path, add, `${path}/finalize`);
  assert.deepEqual(added.spec.finalizers, [mine, "kubernetes"]);
  await rest.delete(path);
  await cluster.advance("1m");
  const ending = await rest.get(path);
  assert.deepEqual([ending.status.phase, ending.spec.finalizers], ["Terminating", [mine]]);
  await rest.update(path, (o) => merged(o, { spec: { finalizers: [] } }), `${path}/finalize`);
  await cluster.until(async () => (await rest.ask(path)).code === 404);
});

conforms("ResourceQuota should be able to update and delete ResourceQuota.", async ({ rest, path }) => {
  const collection = path("/api/v1", "resourcequotas");
  const hard = { cpu: "1", memory: "500Mi" };
  const created = await rest.post(collection, { metadata: { name: "quota" }, spec: { hard } });
  assert.deepEqual(created.spec.hard, hard);
  const updated = await rest.update(`${collection}/quota`, (o) =>
    merged(o, { spec: { hard: { cpu: "2", memory: "1Gi" } } }),
  );
  assert.deepEqual(updated.spec.hard, { cpu: "2", memory: "1Gi" });
  assert.deepEqual((await rest.get(`${collection}/quota`)).spec.hard, { cpu: "2", memory: "1Gi" });
  await rest.delete(`${collection}/quota`);
  assert.equal((await rest.refusal(`${collection}/quota`)).reason, "NotFound");
});

conforms("Conformance Tests should have at least two untainted nodes", async ({ rest }) => {
  const { items } = await rest.get("/api/v1/nodes");
  const fit = items.filter((node: Wire) => !node.spec.taints?.length && !node.spec.unschedulable);
  assert.ok(fit.length >= 2);
  for (const node of fit) assertIncludes(condition(node, "Ready"), { status: "True" }, node.metadata.name);
});
conforms("Node Lifecycle should run through the lifecycle of a node", async ({ rest }) => {
  const name = "fake-node";
  const body = {
    metadata: { name, labels: { fake: "1" } },
    spec: { unschedulable: true },
    status: {
      capacity: { cpu: "10", memory: "10G" },
      conditions: [{ type: "Ready", status: "True", reason: "Told", message: "" }],
      phase: "Running",
    },
  };
  const created = await rest.post("/api/v1/nodes", body);
  assert.equal(created.metadata.name, name);
  const path = `/api/v1/nodes/${name}`;
  assert.equal((await rest.get(path)).metadata.uid, created.metadata.uid);
  const patched = await rest.patch(path, "strategic", { metadata: { labels: { "node-is": "patched" } } });
  assert.equal(patched.metadata.labels["node-is"], "patched");
  assert.deepEqual(names(await rest.get("/api/v1/nodes?labelSelector=node-is%3Dpatched")), [name]);
  const updated = await rest.update(path, (o) => merged(o, { metadata: { labels: { "node-is": "updated" } } }));
  assert.equal(updated.metadata.labels["node-is"], "updated");
  const status = await rest.update(path, (o) => merged(o, { status: { phase: "Terminated" } }), `${path}/status`);
  assert.equal(status.status.phase, "Terminated");
  await rest.delete("/api/v1/nodes?labelSelector=node-is%3Dupdated");
  assert.equal((await rest.refusal(path)).reason, "NotFound");
  assert.equal((await rest.get("/api/v1/nodes")).items.length, 2);
});

for (const [title, apiVersion, event] of [
  [
    "Events should delete a collection of events",
    "/api/v1",
    { involvedObject: { kind: "Pod" }, reason: "Told", type: "Normal", message: "x" },
  ],
  [
    "Events API should delete a collection of events",
    "/apis/events.k8s.io/v1",
    {
      regarding: { kind: "Pod" },
      eventTime: "2026-01-01T00:00:00.000001Z",
      action: "Tell",
      reason: "Told",
      note: "x",
      type: "Normal",
      reportingController: "conformance",
      reportingInstance: "one",
    },
  ],
] as const)
  conforms(title, async ({ rest, ns, path }) => {
    const about = "involvedObject" in event ? "involvedObject" : "regarding";
    const collection = path(apiVersion, "events");
    const metadata = (name: string): object => ({ name, labels: { set: "one" } });
    for (const name of ["a", "b", "c"])
      await rest.post(collection, merged(event, { [about]: { namespace: ns }, metadata: metadata(name) }));
    await rest.post(collection, merged(event, { [about]: { namespace: ns }, metadata: { name: "other" } }));
    assert.deepEqual(names(await rest.get(`${collection}?labelSelector=set%3Done`)), ["a", "b", "c"]);
    await rest.delete(`${collection}?labelSelector=set%3Done`);
    assert.deepEqual(names(await rest.get(collection)), ["other"]);
    const both = ["/api/v1", "/apis/events.k8s.io/v1"].map((groupVersion) => path(groupVersion, "events"));
    for (const way of both)
      assert.deepEqual(names(await rest.get(way)), ["other"], "events are the same in both groups");
  });

conforms("API Server should provide secure master service", async ({ rest }) => {
  const service = await rest.get("/api/v1/namespaces/default/services/kubernetes");
  assert.ok(service.spec.ports.some((port: Wire) => port.port === 443 && port.protocol === "TCP"));
});
conforms("API Server should have Endpoints and EndpointSlices pointing to API Server", async ({ rest }) => {
  const endpoints = await rest.get("/api/v1/namespaces/default/endpoints/kubernetes");
  const query = "labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes";
  const { items } = await rest.get(`/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?${query}`);
  assert.ok(endpoints.subsets.length > 0 && items.length > 0);
  const [subset] = endpoints.subsets;
  const [slice] = items;
  assert.deepEqual(
    slice.endpoints.flatMap((e: Wire) => e.addresses),
    subset.addresses.map((a: Wire) => a.ip),
  );
  assert.deepEqual(
    slice.ports.map((p: Wire) => p.port),
    subset.ports.map((p: Wire) => p.port),
  );
});

conforms("Services should find a service from listing all namespaces", async ({ rest }) => {
  const { items } = await rest.get("/api/v1/services");
  assert.ok(items.some((s: Wire) => s.metadata.name === "kubernetes" && s.metadata.namespace === "default"));
});
conforms("Services should complete a service status lifecycle", async ({ rest, path }) => {
  const collection = path("/api/v1", "services");
  const selector = "labelSelector=test-service%3Dyes";
  const { metadata } = await rest.get(`${collection}?${selector}`);
  const watch = await rest.watch(`${collection}?${selector}`, { resourceVersion: metadata.resourceVersion });
  const labels = { "test-service": "yes" };
  await rest.post(collection, { metadata: { name: "s", labels }, spec: { type: "LoadBalancer", ports: [port80] } });
  const service = `${collection}/s`;
  await watch.next("ADDED", (o) => o.metadata.name === "s");
  assert.deepEqual((await rest.get(`${service}/status`)).status, { loadBalancer: {} });
  const loadBalancer = { ingress: [{ ip: "203.0.113.1", ipMode: "VIP" }] };
  const patched = await rest.patch(
    `${service}/status`,
    "merge",
    annotated("patchedstatus", { status: { loadBalancer } }),
  );
  assert.deepEqual(patched.status.loadBalancer, loadBalancer);
  const seen = await watch.next("MODIFIED", (o) => o.status.loadBalancer.ingress);
  assert.equal(seen.metadata.annotations.patchedstatus, "true");
  const updated = await rest.update(
    service,
    (o) => merged(o, { status: conditions("StatusUpdate") }),
    `${service}/status`,
  );
  assert.ok(condition(updated, "StatusUpdate"));
  await watch.next("MODIFIED", (o) => condition(o, "StatusUpdate"));
  await rest.patch(service, "strategic", { metadata: { labels: { "test-service": "yes", more: "label" } } });
  const labelled = await watch.next("MODIFIED", (o) => o.metadata.labels.more === "label");
  assert.deepEqual(labelled.status.loadBalancer, loadBalancer);
  await rest.delete(service);
  await watch.next("DELETED", (o) => o.metadata.name === "s");
});
conforms("Services should delete a collection of services", async ({ rest, path }) => {
  const collection = path("/api/v1", "services");
  for (const [name, type] of [
    ["a", "ClusterIP"],
    ["b", "ClusterIP"],
    ["c", "NodePort"],
  ])
    await rest.post(collection, {
      metadata: { name, labels: { set: name === "b" ? "no" : "yes" } },
      spec: { type, ports: [port80] },
    });
  assert.deepEqual(names(await rest.get(collection)), ["a", "b", "c"]);
  await rest.delete(`${collection}?labelSelector=set%3Dyes`);
  assert.deepEqual(names(await rest.get(collection)), ["b"]);
});

conforms("ConfigMap should update ConfigMap successfully", async ({ rest, path }) => {
  const collection = path("/api/v1", "configmaps");
  const created = await rest.post(collection, { metadata: { name: "m" }, data: { a: "1", gone: "x" } });
  const updated = await rest.put(`${collection}/m`, { ...created, data: { a: "2", b: "3" } });
  assert.deepEqual(updated.data, { a: "2", b: "3" });
  assert.ok(isNewer(updated, created));
  assert.deepEqual((await rest.get(`${collection}/m`)).data, { a: "2", b: "3" });
});
for (const [title, plural, field, value] of [
  ["ConfigMap should fail to create ConfigMap with empty key", "configmaps", "data", "x"],
  ["Secrets should fail to create secret due to empty secret key", "secrets", "data", "eA=="],
] as const)
  conforms(title, async ({ rest, path }) => {
    const body = { metadata: { name: "empty-key" }, [field]: { "": value } };
    const status = await rest.refusal(path("/api/v1", plural), { body });
    assertIncludes(status, { reason: "Invalid", code: 422 }, "an empty key");
    assert.match(status.message, /data\[\]: Invalid value: "": a valid config key must consist of/);
    assert.deepEqual(names(await rest.get(path("/api/v1", plural))).includes("empty-key"), false);
  });
for (const [title, plural, values] of [
  ["ConfigMap should be immutable if `immutable` field is set", "configmaps", ["1", "2"]],
  ["Secrets should be immutable if `immutable` field is set", "secrets", ["MQ==", "Mg=="]],
] as const)
  conforms(title, async ({ rest, path }) => {
    const object = `${path("/api/v1", plural)}/fixed`;
    await rest.post(path("/api/v1", plural), { metadata: { name: "fixed" }, data: { a: values[0] } });
    await rest.update(object, (o) => ({ ...o, data: { a: values[1] } }));
    const fixed = await rest.update(object, (o) => ({ ...o, immutable: true }));
    const change = async (part: object): Promise<Wire> =>
      rest.refusal(object, { method: "PUT", body: { ...fixed, ...part } });
    const mutable = await change({ immutable: false });
    assertIncludes(mutable, { reason: "Invalid" }, "it stays immutable");
    assert.match(mutable.message, /immutable: Forbidden: field is immutable when `immutable` is set/);
    assert.match((await change({ data: { a: values[0] } })).message, /data: Forbidden: field is immutable/);
    const { immutable: _, ...without } = fixed;
    assert.equal((await rest.refusal(object, { method: "PUT", body: without })).reason, "Invalid");
    await rest.put(object, merged(fixed, { metadata: { labels: { still: "changes" } } }));
    await rest.delete(object);
    assert.equal((await rest.refusal(object)).reason, "NotFound");
  });

conforms("PodTemplates should delete a collection of pod templates", async ({ rest, path }) => {
  const collection = path("/api/v1", "podtemplates");
  for (const name of ["a", "b", "c"])
    await rest.post(collection, { metadata: { name, labels: { set: "one" } }, template: podTemplate });
  assert.deepEqual(names(await rest.get(`${collection}?labelSelector=set%3Done`)), ["a", "b", "c"]);
  await rest.delete(`${collection}?labelSelector=set%3Done`);
  assert.deepEqual(names(await rest.get(collection)), []);
});
conforms("PodTemplates should replace a pod template", async ({ rest, path }) => {
  const collection = path("/api/v1", "podtemplates");
  await rest.post(collection, { metadata: { name: "t" }, template: podTemplate });
  const replaced = await rest.update(`${collection}/t`, (o) => merged(o, annotated("updated")));
  assertIncludes(replaced, annotated("updated"), "replaced");
  assertIncludes(replaced.template, podTemplate, "the template stays");
});
conforms("VolumeAttachment Conformance should apply changes to a volumeattachment status", async ({ rest }) => {
  const collection = "/apis/storage.k8s.io/v1/volumeattachments";
  const spec = { attacher: "none.example.com", nodeName: "node-9", source: { persistentVolumeName: "pv" } };
  const created = await rest.post(collection, { metadata: { name: "attachment" }, spec });
  assert.deepEqual(created.status, { attached: false });
  const path = `${collection}/attachment`;
  const patched = await rest.patch(`${path}/status`, "merge", { status: { attached: true } });
  assert.deepEqual([patched.status.attached, patched.spec], [true, spec]);
  assert.equal((await rest.get(`${path}/status`)).status.attached, true);
  const attachError = { message: "told", time: "2026-01-01T00:00:00Z" };
  const updated = await rest.update(
    path,
    (o) => merged(o, { status: { attached: false, attachError } }),
    `${path}/status`,
  );
  assert.deepEqual(updated.status, { attached: false, attachError });
  await rest.delete(path);
  assert.equal((await rest.refusal(path)).reason, "NotFound");
});

conforms("CSIInlineVolumes should support CSIVolumeSource in Pod API", async ({ rest, path, ns, cluster }) => {
  const pods = path("/api/v1", "pods");
  const volumes = [
    { name: "one", csi: { driver: "none.example.com" } },
    { name: "two", csi: { driver: "none.example.com", fsType: "ext4", readOnly: true } },
  ];
  const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/mnt/${name}` }));
  const spec = { volumes, containers: [{ name: "c", image: "app:1", volumeMounts }] };
  const body = { metadata: { name: "inline" }, spec };
  const created = await rest.post(pods, body);
  assertIncludes(created.spec.volumes.slice(0, 2), volumes, "volumes");
  assert.equal((await rest.refusal(pods, { body })).reason, "AlreadyExists");
  assert.equal((await rest.get(`${pods}/inline`)).metadata.uid, created.metadata.uid);
  assert.deepEqual(names(await rest.get(pods)), ["inline"]);
  assertIncludes(await rest.patch(`${pods}/inline`, "merge", annotated("patched")), annotated("patched"), ns);
  await rest.delete(`${pods}/inline`, { gracePeriodSeconds: 0 });
  await cluster.until(async () => (await rest.ask(`${pods}/inline`)).code === 404);
});
conforms(
  "Pods Extended Pods Set QOS Class should be set on Pods with matching resource requests and limits for memory and cpu",
  async ({ rest, path }) => {
    const qosOf = async (name: string, resources: object): Promise<string> => {
      const spec = { containers: [{ name: "c", image: "app:1", resources }] };
      return (await rest.post(path("/api/v1", "pods"), { metadata: { name }, spec })).status.qosClass;
    };
    const both = { cpu: "100m", memory: "100Mi" };
    assert.equal(await qosOf("same", { limits: both, requests: both }), "Guaranteed");
    assert.equal(await qosOf("limits", { limits: both }), "Guaranteed");
    assert.equal(await qosOf("less", { limits: both, requests: { cpu: "50m" } }), "Burstable");
    assert.equal(await qosOf("none", {}), "BestEffort");
  },
);
