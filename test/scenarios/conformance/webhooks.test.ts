// Admission webhooks: what they may refuse and change, and what they may not.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after } from "node:test";
import { startApiCluster } from "../../support/api-cluster.ts";
import { assertIncludes, names, newNamespace, restOf, suite, type World } from "../../support/conformance.ts";
import { definition, definitions, establish } from "../../support/custom-resources.ts";
import { startHookServer, type Answering, type Asked, type HookServer } from "../../support/hook-server.ts";
import { merged } from "../../support/operations.ts";
import type { Rest, Wire } from "../../support/rest.ts";

const { conforms } = suite({ nodes: 1 });
let hooks: Promise<HookServer> | undefined;
after(async () => (await hooks)?.[Symbol.asyncDispose]());

const group = "admissionregistration.k8s.io";
const kinds = { validating: "validatingwebhookconfigurations", mutating: "mutatingwebhookconfigurations" } as const;
type Kind = keyof typeof kinds;
const collectionOf = (kind: Kind): string => `/apis/${group}/v1/${kinds[kind]}`;
const unwanted = { "webhook-test": "disallow" };

const review = (request: Wire, response: object): object => ({
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  response: { uid: request.uid, ...response },
});
/** Refuses what `problem` finds something wrong with. */
const refusing =
  (problem: (request: Wire) => string | undefined): Answering =>
  ({ body: { request } }) => {
    const message = problem(request);
    return review(request, message === undefined ? { allowed: true } : { allowed: false, status: { message } });
  };
/** Patches what it likes to. */
const patching =
  (change: (object: Wire) => readonly object[]): Answering =>
  ({ body: { request } }) => {
    const patch = Buffer.from(JSON.stringify(change(request.object))).toString("base64");
    return review(request, { allowed: true, patch, patchType: "JSONPatch" });
  };
/** Adds the key of a stage to `data` where that of the stage before is there. */
const stage = (number: number): Answering =>
  patching((object) => {
    const before = number === 1 ? "mutation-start" : `mutation-stage-${number - 1}`;
    return object.data?.[before] === "yes" ? [{ op: "add", path: `/data/mutation-stage-${number}`, value: "yes" }] : [];
  });
const holdsUnwanted = (object: Wire, what: string): string | undefined =>
  object?.data?.["webhook-test"] === "disallow" ? `the ${what} contains unwanted key and value` : undefined;

interface Hook {
  readonly answering: Answering;
  readonly operations?: readonly string[];
  /** group, version, resource. */
  readonly of: readonly [string, string, string];
  readonly [more: string]: unknown;
}
let paths = 0;
async function hookOf({ rest, ns }: World, hook: Hook): Promise<object> {
  hooks ??= startHookServer(rest);
  const { answering, operations = ["CREATE"], of, ...more } = hook;
  const [apiGroup, version, resource] = of;
  const path = `hook-${++paths}`;
  const rules = [{ operations, apiGroups: [apiGroup], apiVersions: [version], resources: [resource] }];
  return {
    name: `${path}.example.com`,
    clientConfig: (await hooks).clientConfig(path, answering),
    rules,
    sideEffects: "None",
    admissionReviewVersions: ["v1", "v1beta1"],
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": ns } },
    ...more,
  };
}
/** Registers webhooks that see the test's namespace; the path of their configuration. */
async function register(world: World, kind: Kind, ...some: readonly Hook[]): Promise<string> {
  const webhooks = await Promise.all(some.map((hook) => hookOf(world, hook)));
  const metadata = { generateName: "conformance-", labels: { test: world.ns } };
  const { metadata: created } = await world.rest.post(collectionOf(kind), { metadata, webhooks });
  return `${collectionOf(kind)}/${created.name}`;
}
const configMaps = ["", "v1", "configmaps"] as const;
const denyMaps = refusing((request) => holdsUnwanted(request.object, "configmap"));
const denied = async (rest: Rest, path: string, message: string, ask: object): Promise<void> => {
  const status = await rest.refusal(path, ask);
  assert.match(status.message, /^admission webhook "[^"]+" denied the request: /);
  assert.ok(status.message.includes(message), status.message);
};

conforms("AdmissionWebhook should include webhook resources in discovery documents", async ({ rest }) => {
  const { groups } = await rest.get("/apis");
  const found = groups.find((g: Wire) => g.name === group);
  assert.ok(found.versions.some((v: Wire) => v.version === "v1"));
  assertIncludes(await rest.get(`/apis/${group}`), { preferredVersion: { groupVersion: `${group}/v1` } }, group);
  const { resources } = await rest.get(`/apis/${group}/v1`);
  for (const plural of Object.values(kinds))
    assert.ok(
      resources.some((r: Wire) => r.name === plural),
      plural,
    );
});

conforms("AdmissionWebhook should be able to deny pod and configmap creation", async (world) => {
  const { rest, path, cluster, ns } = world;
  const selects = {
    matchLabels: { "webhook-for": ns },
    matchExpressions: [{ key: "skip-webhook", operator: "NotIn", values: ["yes"] }],
  };
  await rest.patch(`/api/v1/namespaces/${ns}`, "merge", { metadata: { labels: { "webhook-for": ns } } });
  const problems = ({ object }: Wire): string | undefined => {
    const name =
      object.spec.containers[0].name === "webhook-disallow" ? ["the pod contains unwanted container name"] : [];
    const label = object.metadata.labels?.["webhook-test"] === "disallow" ? ["the pod contains unwanted label"] : [];
    return [...name, ...label].join("; ") || undefined;
  };
  const reached = Promise.withResolvers<void>();
  const asksPods: Answering = (asked: Asked) =>
    asked.body.request.object.metadata.labels?.["webhook-test"] === "hang"
      ? new Promise(() => reached.resolve())
      : refusing(problems)(asked);
  await register(
    world,
    "validating",
    { of: ["", "v1", "pods"], answering: asksPods, namespaceSelector: selects },
    { of: configMaps, operations: ["CREATE", "UPDATE", "DELETE"], answering: denyMaps, namespaceSelector: selects },
  );
  const pod = (name: string, label: string, container: string): object => ({
    metadata: { name, labels: { "webhook-test": label } },
    spec: { containers: [{ name: container, image: "app:1" }] },
  });
  const pods = path("/api/v1", "pods");
  const bad = { body: pod("bad", "disallow", "webhook-disallow") };
  for (const message of ["unwanted container name", "unwanted label"]) await denied(rest, pods, message, bad);
  const hanging = rest.refusal(pods, { body: pod("hanging", "hang", "c") });
  await reached.promise;
  await cluster.advance("11s");
  const timedOut = await hanging;
  assert.match(timedOut.message, /failed calling webhook .*context deadline exceeded/);
  assert.equal((await rest.refusal(`${pods}/hanging`)).reason, "NotFound");

  const maps = path("/api/v1", "configmaps");
  const message = "the configmap contains unwanted key and value";
  await denied(rest, maps, message, { body: { metadata: { name: "bad" }, data: unwanted } });
  const good = await rest.post(maps, { metadata: { name: "good" }, data: { admit: "this" } });
  await denied(rest, `${maps}/good`, message, { method: "PUT", body: { ...good, data: unwanted } });
  const type = "application/strategic-merge-patch+json";
  await denied(rest, `${maps}/good`, message, { method: "PATCH", type, body: { data: unwanted } });
  const skipped = await newNamespace(rest, cluster, { labels: { "webhook-for": ns, "skip-webhook": "yes" } });
  await rest.post(`/api/v1/namespaces/${skipped}/configmaps`, { metadata: { name: "bad" }, data: unwanted });
});
conforms("AdmissionWebhook should be able to deny attaching pod", async () => {
  // a server that leads to nodes, in real time
  await using cluster = await startApiCluster({ nodes: 1 });
  using rest = restOf(cluster.url, readFileSync(cluster.kubeconfig, "utf8"));
  await using server = await startHookServer(rest);
  const answering = refusing(({ name, operation, subResource }) =>
    operation === "CONNECT" && subResource === "attach" ? `attaching to pod '${name}' is not allowed` : undefined,
  );
  const webhook = {
    name: "attach.example.com",
    clientConfig: server.clientConfig("attach", answering),
    rules: [{ operations: ["CONNECT"], apiGroups: [""], apiVersions: ["v1"], resources: ["pods/attach"] }],
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
  };
  await rest.post(collectionOf("validating"), { metadata: { name: "attach" }, webhooks: [webhook] });
  const pods = "/api/v1/namespaces/default/pods";
  const watch = await rest.watch(pods);
  const spec = { containers: [{ name: "c", image: "app:1", stdin: true }] };
  await rest.post(pods, { metadata: { name: "to-be-attached" }, spec });
  await watch.next("MODIFIED", (o) => o.status.phase === "Running");
  const message = "attaching to pod 'to-be-attached' is not allowed";
  for (const method of ["GET", "POST"])
    await denied(rest, `${pods}/to-be-attached/attach?stdin=true`, message, { method });
});

const anyone = (operations: readonly string[], customGroup: string, answering: Answering): Hook => ({
  of: [customGroup, "*", "widgets"],
  operations,
  answering,
});
conforms("AdmissionWebhook should be able to deny custom resource creation, update and deletion", async (world) => {
  const { rest, path, ns } = world;
  const custom = `${ns}.example.com`;
  await establish(world, definition({ group: custom }));
  const answering = refusing(({ operation, object, oldObject }) =>
    holdsUnwanted(operation === "DELETE" ? oldObject : object, "custom resource"),
  );
  await register(world, "validating", anyone(["CREATE", "UPDATE", "DELETE"], custom, answering));
  const widgets = path(`/apis/${custom}/v1`, "widgets");
  const widget = (name: string, data: object): object => ({
    apiVersion: `${custom}/v1`,
    kind: "Widget",
    metadata: { name },
    data,
  });
  const message = "the custom resource contains unwanted key and value";
  await denied(rest, widgets, message, { body: widget("bad", unwanted) });
  const good = await rest.post(widgets, widget("good", { fine: "yes" }));
  await denied(rest, `${widgets}/good`, message, { method: "PUT", body: { ...good, data: unwanted } });
  // what was there before the webhook may not go either
  const [configuration] = (await rest.get(`${collectionOf("validating")}?labelSelector=test%3D${ns}`)).items;
  await rest.delete(`${collectionOf("validating")}/${configuration.metadata.name}`);
  await rest.put(`${widgets}/good`, { ...good, data: unwanted });
  await register(world, "validating", anyone(["DELETE"], custom, answering));
  await denied(rest, `${widgets}/good`, message, { method: "DELETE" });
  await rest.patch(`${widgets}/good`, "merge", { data: { "webhook-test": "allow" } });
  await rest.delete(`${widgets}/good`);
});
conforms("AdmissionWebhook should unconditionally reject operations on fail closed webhook", async (world) => {
  const { rest, path, cluster } = world;
  const uncallable = { of: configMaps, answering: denyMaps, failurePolicy: "Fail" };
  const configuration = await register(world, "validating", uncallable);
  const forgets = (o: Wire): Wire => {
    const { caBundle: _, ...clientConfig } = o.webhooks[0].clientConfig;
    return { ...o, webhooks: [{ ...o.webhooks[0], clientConfig }] };
  };
  await rest.update(configuration, forgets);
  const status = await rest.refusal(path("/api/v1", "configmaps"), { body: { metadata: { name: "any" } } });
  assertIncludes(status, { code: 500, reason: "InternalError" }, "rejected");
  assert.match(status.message, /failed calling webhook/);
  const elsewhere = await newNamespace(rest, cluster);
  await rest.post(`/api/v1/namespaces/${elsewhere}/configmaps`, { metadata: { name: "any" } });
});
const start = { "mutation-start": "yes" };
const stages = (count: number): object =>
  Object.fromEntries(Object.keys(Array(count).fill(0)).map((i) => [`mutation-stage-${Number(i) + 1}`, "yes"]));
conforms("AdmissionWebhook should mutate configmap", async (world) => {
  const { rest, path } = world;
  await register(world, "mutating", { of: configMaps, answering: stage(1) }, { of: configMaps, answering: stage(2) });
  const created = await rest.post(path("/api/v1", "configmaps"), { metadata: { name: "m" }, data: start });
  assert.deepEqual(created.data, { ...start, ...stages(2) });
  assert.deepEqual(
    (await rest.post(path("/api/v1", "configmaps"), { metadata: { name: "n" }, data: {} })).data,
    undefined,
  );
});
conforms("AdmissionWebhook should mutate pod and apply defaults after mutation", async (world) => {
  const { rest, path } = world;
  const value = [{ name: "webhook-added", image: "init:1", resources: {} }];
  const answering = patching(() => [{ op: "add", path: "/spec/initContainers", value }]);
  await register(world, "mutating", { of: ["", "v1", "pods"], answering });
  const spec = { containers: [{ name: "c", image: "app:1" }] };
  const created = await rest.post(path("/api/v1", "pods"), { metadata: { name: "p" }, spec });
  assert.equal(created.spec.initContainers.length, 1);
  assertIncludes(
    created.spec.initContainers[0],
    { name: "webhook-added", terminationMessagePolicy: "File", imagePullPolicy: "IfNotPresent" },
    "defaults",
  );
});
conforms(
  "AdmissionWebhook should not be able to mutate or prevent deletion of webhook configuration objects",
  async (world) => {
    const { rest, ns } = world;
    const called: string[] = [];
    const noticing =
      (answering: Answering): Answering =>
      (asked) => {
        called.push(asked.body.request.operation);
        return answering(asked);
      };
    const all = { namespaceSelector: {}, objectSelector: { matchLabels: { dummy: ns } } };
    const blocked = await register(world, "validating", {
      of: [group, "*", "*"],
      operations: ["CREATE", "DELETE"],
      answering: noticing(refusing(() => "never")),
      ...all,
    });
    const changed = await register(world, "mutating", {
      of: [group, "*", "*"],
      answering: noticing(patching(() => [{ op: "add", path: "/metadata/labels/added", value: "yes" }])),
      ...all,
    });
    for (const kind of ["validating", "mutating"] as const) {
      const dummy = await hookOf(world, { of: ["", "v1", "invalid"], answering: denyMaps, failurePolicy: "Ignore" });
      const metadata = { name: `dummy-${ns}`, labels: { dummy: ns } };
      const created = await rest.post(collectionOf(kind), { metadata, webhooks: [dummy] });
      assert.deepEqual(created.metadata.labels, { dummy: ns });
      await rest.delete(`${collectionOf(kind)}/dummy-${ns}`);
    }
    assert.deepEqual(called, []);
    for (const configuration of [blocked, changed]) await rest.delete(configuration);
  },
);
conforms("AdmissionWebhook should deny crd creation", async (world) => {
  const { rest, ns } = world;
  const answering = refusing(({ object }) =>
    object.metadata.labels?.["webhook-test"] === "disallow" ? "the crd contains unwanted label" : undefined,
  );
  const of = ["apiextensions.k8s.io", "*", "customresourcedefinitions"] as const;
  const configuration = await register(world, "validating", {
    of,
    answering,
    namespaceSelector: {},
    objectSelector: { matchLabels: { crd: ns } },
  });
  const crd = definition({ group: `${ns}.example.com` });
  const bad = merged(crd, { metadata: { labels: { crd: ns, ...unwanted } } });
  await denied(rest, definitions, "the crd contains unwanted label", { body: bad });
  await rest.post(definitions, merged(crd, { metadata: { labels: { crd: ns } } }));
  await rest.delete(configuration);
});

const version = (name: string, storage: boolean, schema: object): object => ({
  name,
  storage,
  served: true,
  schema: { openAPIV3Schema: schema },
});
const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
/** A kind of two versions whose objects pass by two webhooks. */
async function mutatedWidgets(world: World, schema: object = anything) {
  const custom = `${world.ns}.example.com`;
  const versions = [version("v1", true, schema), version("v2", false, schema)];
  const crd = await establish(world, definition({ group: custom, versions }));
  const operations = ["CREATE", "UPDATE"];
  await register(world, "mutating", anyone(operations, custom, stage(1)), anyone(operations, custom, stage(2)));
  const widgets = world.path(`/apis/${custom}/v1`, "widgets");
  const body = { apiVersion: `${custom}/v1`, kind: "Widget", metadata: { name: "w" }, data: start };
  return { crd, custom, created: await world.rest.post(widgets, body) };
}
conforms("AdmissionWebhook should mutate custom resource", async (world) => {
  const { created } = await mutatedWidgets(world);
  assert.deepEqual(created.data, { ...start, ...stages(2) });
});
conforms("AdmissionWebhook should mutate custom resource with pruning", async (world) => {
  const text = { type: "string" };
  const properties = { "mutation-start": text, "mutation-stage-1": text };
  const { created } = await mutatedWidgets(world, {
    type: "object",
    properties: { data: { type: "object", properties } },
  });
  assert.deepEqual(created.data, { ...start, ...stages(1) });
});
conforms("AdmissionWebhook should mutate custom resource with different stored version", async (world) => {
  const { rest, path, cluster } = world;
  const { crd, custom } = await mutatedWidgets(world);
  const versions = [version("v1", false, anything), version("v2", true, anything)];
  await rest.patch(`${definitions}/${crd.metadata.name}`, "merge", { spec: { versions } });
  await cluster.settle();
  const widget = `${path(`/apis/${custom}/v2`, "widgets")}/w`;
  const patched = await rest.patch(widget, "json", [{ op: "add", path: "/dummy", value: "test" }]);
  assertIncludes(patched, { apiVersion: `${custom}/v2`, dummy: "test" }, "patched");
  assert.deepEqual(patched.data, { ...start, ...stages(2) });
});

conforms("AdmissionWebhook should honor timeout", async (world) => {
  const { rest, path, cluster } = world;
  for (const [failurePolicy, timeoutSeconds, isRefused] of [
    ["Fail", 1, true],
    ["Ignore", 1, false],
    ["Fail", 10, false],
    ["Fail", undefined, false],
  ] as const) {
    const reached = Promise.withResolvers<void>();
    const slow: Answering = async (asked) => {
      reached.resolve();
      await new Promise<void>((resolve) => void cluster.clock.after(5000, resolve));
      return refusing(() => undefined)(asked);
    };
    const timeout = timeoutSeconds === undefined ? {} : { timeoutSeconds };
    const hook = { of: configMaps, answering: slow, failurePolicy, ...timeout };
    const configuration = await register(world, "validating", hook);
    const name = `m-${failurePolicy}-${timeoutSeconds}`.toLowerCase();
    const asked = rest.ask(path("/api/v1", "configmaps"), { body: { metadata: { name } } });
    await reached.promise;
    await cluster.advance(timeoutSeconds === 1 ? "2s" : "6s");
    const { code, body } = await asked;
    assert.equal(code, isRefused ? 500 : 201, body.message);
    if (isRefused) assert.match(body.message, /context deadline exceeded/);
    await rest.delete(configuration);
  }
});

for (const [title, kind] of [
  ["AdmissionWebhook patching/updating a validating webhook should work", "validating"],
  ["AdmissionWebhook patching/updating a mutating webhook should work", "mutating"],
] as const)
  conforms(title, async (world) => {
    const { rest, path } = world;
    const maps = path("/api/v1", "configmaps");
    let count = 0;
    const isSeen = async (): Promise<boolean> => {
      const data = kind === "mutating" ? start : unwanted;
      const { code, body } = await rest.ask(maps, { body: { metadata: { name: `m${++count}` }, data } });
      return kind === "mutating" ? body.data["mutation-stage-1"] === "yes" : code === 403 || code === 400;
    };
    const answering = kind === "mutating" ? stage(1) : denyMaps;
    const configuration = await register(world, kind, { of: configMaps, answering });
    assert.equal(await isSeen(), true);
    const operations = (some: readonly string[]) => (o: Wire) => ({
      ...o,
      webhooks: [{ ...o.webhooks[0], rules: [{ ...o.webhooks[0].rules[0], operations: some }] }],
    });
    await rest.update(configuration, operations(["UPDATE"]));
    assert.equal(await isSeen(), false);
    await rest.patch(configuration, "json", [
      { op: "replace", path: "/webhooks/0/rules/0/operations", value: ["CREATE"] },
    ]);
    assert.equal(await isSeen(), true);
  });
for (const [title, kind] of [
  ["AdmissionWebhook listing validating webhooks should work", "validating"],
  ["AdmissionWebhook listing mutating webhooks should work", "mutating"],
] as const)
  conforms(title, async (world) => {
    const { rest, path, ns } = world;
    const maps = path("/api/v1", "configmaps");
    const answering = kind === "mutating" ? stage(1) : denyMaps;
    for (let i = 0; i < 5; i++) await register(world, kind, { of: configMaps, answering });
    const mine = `${collectionOf(kind)}?labelSelector=test%3D${ns}`;
    assert.equal(names(await rest.get(mine)).length, 5);
    const data = kind === "mutating" ? start : unwanted;
    const first = await rest.ask(maps, { body: { metadata: { name: "one" }, data } });
    if (kind === "mutating") assert.deepEqual(first.body.data, { ...start, ...stages(1) });
    else assert.ok(first.code >= 400);
    await rest.delete(mine);
    assert.equal(names(await rest.get(mine)).length, 0);
    assert.deepEqual((await rest.post(maps, { metadata: { name: "two" }, data })).data, data);
  });

const production = { name: "expression-1", expression: "object.metadata.namespace == 'production'" };
const staging = { name: "expression-2", expression: "object.metadata.namespace == 'staging'" };
for (const [title, kind] of [
  [
    "AdmissionWebhook should be able to create and update validating webhook configurations with match conditions",
    "validating",
  ],
  [
    "AdmissionWebhook should be able to create and update mutating webhook configurations with match conditions",
    "mutating",
  ],
] as const)
  conforms(title, async (world) => {
    const { rest } = world;
    const hook = { of: configMaps, answering: denyMaps, matchConditions: [production] };
    const configuration = await register(world, kind, hook);
    assert.deepEqual((await rest.get(configuration)).webhooks[0].matchConditions, [production]);
    const both = [production, staging];
    await rest.update(configuration, (o) => ({ ...o, webhooks: [{ ...o.webhooks[0], matchConditions: both }] }));
    assert.deepEqual((await rest.get(configuration)).webhooks[0].matchConditions, both);
    await rest.delete(configuration);
  });
for (const [title, kind] of [
  ["AdmissionWebhook should reject validating webhook configurations with invalid match conditions", "validating"],
  ["AdmissionWebhook should reject mutating webhook configurations with invalid match conditions", "mutating"],
] as const)
  conforms(title, async (world) => {
    const matchConditions = [{ name: "invalid-expression-1", expression: "... [] bad expression" }];
    const hook = await hookOf(world, { of: configMaps, answering: denyMaps, matchConditions });
    const body = { metadata: { name: "invalid" }, webhooks: [hook] };
    const { message, reason } = await world.rest.refusal(collectionOf(kind), { body });
    assert.equal(reason, "Invalid");
    assert.match(message, /compilation failed/);
  });
conforms("AdmissionWebhook should mutate everything except 'skip-me' configmaps", async (world) => {
  const { rest, path } = world;
  const matchConditions = [{ name: "skip-me", expression: "object.metadata.name != 'skip-me'" }];
  await register(world, "mutating", { of: configMaps, answering: stage(1), matchConditions });
  const create = async (name: string): Promise<Wire> =>
    (await rest.post(path("/api/v1", "configmaps"), { metadata: { name }, data: start })).data;
  assert.deepEqual(await create("any"), { ...start, ...stages(1) });
  assert.deepEqual(await create("skip-me"), start);
});
