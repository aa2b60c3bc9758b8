import assert from "node:assert/strict";
import { test } from "node:test";
import { testServer, type TestServer } from "#server/api-server.fake.ts";

const deployments = "/apis/apps/v1/namespaces/a/deployments";
const pods = "/api/v1/namespaces/a/pods";
const labels = { app: "x" };
const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "i" }] } };
const pod = (name: string, more: object = {}): object => ({
  metadata: { name, labels },
  spec: { ...template.spec, ...more },
});

test("scale reads and writes the replicas of any workload", async () => {
  await using server = await testServer();
  const made = await server.create(deployments, {
    metadata: { name: "d" },
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  });
  const scale = await server.get(`${deployments}/d/scale`);
  assert.deepEqual(scale, {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: {
      name: "d",
      namespace: "a",
      uid: made.metadata.uid,
      resourceVersion: made.metadata.resourceVersion,
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    spec: { replicas: 2 },
    status: { replicas: 0, selector: "app=x" },
  });
  const scaled = await server.put(`${deployments}/d/scale`, { ...scale, spec: { replicas: 5 } });
  assert.equal(scaled.spec.replicas, 5);
  const stored = await server.get(`${deployments}/d`);
  assert.deepEqual([stored.spec.replicas, stored.metadata.generation], [5, 2]);
  assert.equal((await server.merge(`${deployments}/d/scale`, { spec: { replicas: 1 } })).spec.replicas, 1);
  const stale = await server.ask("PUT", `${deployments}/d/scale`, { ...scale, spec: { replicas: 9 } });
  assert.equal(stale.code, 409);
  const negative = await server.ask("PUT", `${deployments}/d/scale`, {
    metadata: { name: "d" },
    spec: { replicas: -1 },
  });
  assert.equal(negative.code, 422);
  assert.match(
    negative.body.message,
    /^Scale.autoscaling "d" is invalid: spec.replicas: Invalid value: -1: must be greater/,
  );
});

test("a plain selector is shown as text too", async () => {
  await using server = await testServer();
  const rcs = "/api/v1/namespaces/a/replicationcontrollers";
  await server.create(rcs, {
    metadata: { name: "r" },
    spec: { selector: { b: "2", a: "1" }, template: { ...template, metadata: { labels: { a: "1", b: "2" } } } },
  });
  assert.equal((await server.get(`${rcs}/r/scale`)).status.selector, "a=1,b=2");
});

test("a binding gives a pod its node, once", async () => {
  await using server = await testServer();
  await server.create(pods, pod("p"));
  const binding = { metadata: { name: "p", annotations: { by: "me" } }, target: { kind: "Node", name: "n1" } };
  const answer = await server.ask("POST", `${pods}/p/binding`, binding);
  assert.equal(answer.code, 201);
  assert.equal(answer.body.status, "Success");
  const bound = await server.get(`${pods}/p`);
  assert.equal(bound.spec.nodeName, "n1");
  assert.equal(bound.metadata.annotations.by, "me");
  assert.deepEqual(
    bound.status.conditions.map((c: { type: string; status: string }) => [c.type, c.status]),
    [["PodScheduled", "True"]],
  );
  const again = await server.ask("POST", `${pods}/p/binding`, binding);
  assert.equal(again.code, 409);
  assert.match(
    again.body.message,
    /^Operation cannot be fulfilled on pods\/binding "p": pod p is already assigned to node "n1"$/,
  );
  await server.create(pods, pod("gated", { schedulingGates: [{ name: "wait" }] }));
  const gated = await server.ask("POST", `${pods}/gated/binding`, {
    metadata: { name: "gated" },
    target: { name: "n1" },
  });
  assert.match(gated.body.message, /pod gated has non-empty .spec.schedulingGates$/);
  const targetless = await server.ask("POST", `${pods}/gated/binding`, { metadata: { name: "gated" }, target: {} });
  assert.deepEqual([targetless.code, targetless.body.details.causes[0].field], [422, "target.name"]);
  await server.create(pods, pod("q"));
  assert.equal(
    (await server.ask("POST", "/api/v1/namespaces/a/bindings", { ...binding, metadata: { name: "q" } })).code,
    201,
  );
});

async function running(server: TestServer, name: string): Promise<void> {
  await server.create(pods, pod(name, { nodeName: "n1" }));
  const ready = { type: "Ready", status: "True" };
  await server.merge(`${pods}/${name}/status`, { status: { phase: "Running", conditions: [ready] } });
}

test("an eviction asks the disruption budget", async () => {
  await using server = await testServer();
  const budgets = "/apis/policy/v1/namespaces/a/poddisruptionbudgets";
  for (const name of ["one", "two"]) await running(server, name);
  await server.create(budgets, {
    metadata: { name: "b" },
    spec: { minAvailable: 1, selector: { matchLabels: labels } },
  });
  const evict = (name: string) =>
    server.ask("POST", `${pods}/${name}/eviction`, { metadata: { name }, deleteOptions: { gracePeriodSeconds: 3 } });
  const early = await evict("one");
  assert.equal(early.code, 429);
  assert.equal(early.body.message, "Cannot evict pod as it would violate the pod's disruption budget.");
  assert.deepEqual(early.body.details.causes, [
    { reason: "DisruptionBudget", message: "The disruption budget b is still being processed by the server." },
  ]);
  assert.equal(early.body.details.retryAfterSeconds, 10);
  const status = {
    observedGeneration: 1,
    disruptionsAllowed: 1,
    currentHealthy: 2,
    desiredHealthy: 1,
    expectedPods: 2,
  };
  await server.merge(`${budgets}/b/status`, { status });
  assert.equal((await evict("one")).code, 201);
  const leaving = await server.get(`${pods}/one`);
  assert.equal(leaving.metadata.deletionGracePeriodSeconds, 3);
  assert.equal(
    leaving.status.conditions.find((c: { type: string }) => c.type === "DisruptionTarget").reason,
    "EvictionByEvictionAPI",
  );
  const spent = await server.get(`${budgets}/b`);
  assert.equal(spent.status.disruptionsAllowed, 0);
  const [allowed] = spent.status.conditions;
  assert.deepEqual([allowed.type, allowed.status, allowed.reason], ["DisruptionAllowed", "False", "InsufficientPods"]);
  assert.deepEqual(Object.keys(spent.status.disruptedPods), ["one"]);
  const refused = await evict("two");
  assert.equal(refused.code, 429);
  assert.equal(refused.body.details.retryAfterSeconds, undefined, "clients would ask again by themselves");
  const reasonFor = async (more: object): Promise<string> => {
    await server.merge(`${budgets}/b/status`, { status: more });
    return (await evict("two")).body.details.causes[0].message;
  };
  const condition = { type: "DisruptionAllowed", status: "False", lastTransitionTime: "2026-01-01T00:00:00Z" };
  const no = "The disruption budget b does not allow evicting pods currently";
  assert.equal(
    await reasonFor({ currentHealthy: 1 }),
    "The disruption budget b needs 1 healthy pods and has 1 currently",
  );
  assert.equal(await reasonFor({ currentHealthy: 2 }), no);
  assert.equal(
    await reasonFor({ conditions: [{ ...condition, reason: "Odd", message: "why not" }] }),
    `${no} (Odd): why not`,
  );
  assert.equal(
    await reasonFor({ conditions: [{ ...condition, reason: "SyncFailed", message: "no scale" }] }),
    `${no} because it failed sync: no scale`,
  );
  await server.create(budgets, { metadata: { name: "c" }, spec: { minAvailable: 1, selector: {} } });
  const many = await evict("two");
  assert.equal(many.code, 500);
  assert.match(many.body.message, /more than one PodDisruptionBudget/);
  await server.create(pods, pod("pending"));
  assert.equal((await evict("pending")).code, 201);
  assert.equal((await evict("none")).code, 404);
});

test("parts of an object that have a subresource of their own", async () => {
  await using server = await testServer();
  await running(server, "p");
  const debug = { name: "debug", image: "busybox", targetContainerName: "c" };
  const patched = await server.ask(
    "PATCH",
    `${pods}/p/ephemeralcontainers`,
    { spec: { ephemeralContainers: [debug], nodeName: "elsewhere" } },
    { contentType: "application/strategic-merge-patch+json" },
  );
  assert.equal(patched.code, 200, JSON.stringify(patched.body));
  assert.equal(patched.body.spec.ephemeralContainers[0].name, "debug");
  assert.equal(patched.body.spec.nodeName, "n1");
  const removed = await server.ask("PUT", `${pods}/p/ephemeralcontainers`, pod("p"));
  assert.equal(removed.code, 422);
  assert.match(removed.body.message, /existing ephemeral containers "debug" may not be removed/);
  const csrs = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
  const unknown = await server.ask("GET", `${csrs}/x/scale`);
  assert.equal(unknown.code, 404);
  assert.equal((await server.ask("DELETE", `${pods}/p/status`)).code, 405);
});

test("the replicas have an owner on the scale, too", async () => {
  await using server = await testServer();
  const url = "/apis/apps/v1/namespaces/a/deployments/d";
  const template = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "i" }] } };
  const spec = { replicas: 1, selector: { matchLabels: { a: "b" } }, template };
  const config = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d" }, spec };
  const contentType = "application/apply-patch+yaml";
  const apply = (at: string, body: object): ReturnType<typeof server.ask> =>
    server.ask("PATCH", at, body, { contentType });
  await apply(`${url}?fieldManager=me`, config);
  const scale = (replicas: number): object => ({
    apiVersion: "autoscaling/v1",
    kind: "Scale",
    metadata: { name: "d" },
    spec: { replicas },
  });
  const refused = await apply(`${url}/scale?fieldManager=hpa`, scale(3));
  assert.equal(refused.code, 409);
  assert.match(refused.body.message, /^Apply failed with 1 conflict: conflict with "me": \.spec\.replicas$/);
  const forced = await apply(`${url}/scale?fieldManager=hpa&force=true`, scale(3));
  assert.deepEqual(
    [forced.code, forced.body.spec, forced.body.metadata.managedFields],
    [200, { replicas: 3 }, undefined],
  );
  const entries = (await server.get(url)).metadata.managedFields;
  assert.deepEqual(entries[0], {
    manager: "hpa",
    operation: "Apply",
    apiVersion: "apps/v1",
    fieldsType: "FieldsV1",
    fieldsV1: { "f:spec": { "f:replicas": {} } },
    subresource: "scale",
  });
  assert.equal("f:replicas" in entries[1].fieldsV1["f:spec"], false);
  assert.match(
    (await apply(`${url}?fieldManager=me`, config)).body.message,
    /conflict with "hpa" with subresource "scale"/,
  );
  const unknown = { ...scale(4), spec: { replicas: 4, foo: 1 } };
  const warned = await server.ask("PUT", `${url}/scale`, unknown);
  assert.deepEqual(warned.warnings, ['unknown field "spec.foo"']);
  assert.equal((await server.get(url)).metadata.managedFields.at(-1).manager, "test");
});

test("bindings and evictions name their pod, and are checked before anything happens", async () => {
  await using server = await testServer();
  const pods = "/api/v1/namespaces/a/pods";
  await server.create(pods, { metadata: { name: "p" }, spec: { containers: [{ name: "c", image: "i" }] } });
  const target = { kind: "Node", name: "n" };
  const cases: readonly (readonly [string, object, number, RegExp])[] = [
    ["p/binding", {}, 400, /^name in URL does not match name in Binding object$/],
    ["p/binding", { metadata: { name: "p", namespace: "b" }, target }, 400, /^the namespace of the provided object/],
    ["p/binding", { metadata: { name: "p" }, target: { kind: "Pod", name: "n" } }, 422, /"Node", "<empty>"$/],
    [
      "p/binding",
      { metadata: { name: "p", uid: "x" }, target },
      409,
      /on pods "p": StorageError: .*UID in precondition: x/,
    ],
    ["p/eviction", {}, 400, /^name in URL does not match name in Eviction object$/],
  ];
  for (const [path, body, code, message] of cases) {
    const answer = await server.ask("POST", `${pods}/${path}`, body);
    assert.equal(answer.code, code, answer.body.message);
    assert.match(answer.body.message, message);
  }
  const nameless = await server.ask("POST", "/api/v1/namespaces/a/bindings", { metadata: {}, target });
  assert.equal(nameless.body.message, "Name parameter required.");
  const bound = await server.ask("POST", `${pods}/p/binding`, { metadata: { name: "p" }, target });
  assert.deepEqual([bound.code, bound.body.code], [201, 201]);
});
