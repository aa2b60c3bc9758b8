// Kinds that other servers convert or serve.
import assert from "node:assert/strict";
import { after } from "node:test";
import { assertIncludes, condition, names, suite, type World } from "../../support/conformance.ts";
import { definition, definitions, establish } from "../../support/custom-resources.ts";
import { Failing, startHookServer, type Answering, type Asked, type HookServer } from "../../support/hook-server.ts";
import { merged } from "../../support/operations.ts";
import type { Rest, Wire } from "../../support/rest.ts";

const { conforms } = suite();
let hooks: Promise<HookServer> | undefined;
const server = (rest: Rest): Promise<HookServer> => (hooks ??= startHookServer(rest));
after(async () => (await hooks)?.[Symbol.asyncDispose]());

/** v1 has "host:port" in one field, v2 has it in two. */
function converted(object: Wire, apiVersion: string): Wire {
  const { hostPort, host, port, ...others } = object;
  if (apiVersion.endsWith("/v1")) return { ...others, apiVersion, hostPort: `${host}:${port}` };
  const [first, second] = hostPort.split(":");
  return { ...others, apiVersion, host: first, port: second };
}
const converts: Answering = ({ body: { request } }) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "ConversionReview",
  response: {
    uid: request.uid,
    result: { status: "Success" },
    convertedObjects: request.objects.map((o: Wire) =>
      o.apiVersion === request.desiredAPIVersion ? o : converted(o, request.desiredAPIVersion),
    ),
  },
});
const text = { type: "string" };
const version = (name: string, storage: boolean, fields: readonly string[], more: object = {}): object => ({
  name,
  storage,
  served: true,
  schema: { openAPIV3Schema: { type: "object", properties: Object.fromEntries(fields.map((field) => [field, text])) } },
  ...more,
});
const selectable = (...fields: readonly string[]): object => ({
  selectableFields: fields.map((field) => ({ jsonPath: `.${field}` })),
});
interface Endpoints {
  readonly crd: Wire;
  create(v: "v1" | "v2", name: string, fields: object): Promise<Wire>;
  /** The collection as a version shows it. */
  at(v: "v1" | "v2"): string;
}
async function convertedKind(world: World, isSelectable = false): Promise<Endpoints> {
  const { rest, ns, path } = world;
  const group = `${ns}.example.com`;
  const versions = [
    version("v1", true, ["hostPort"], isSelectable ? selectable("hostPort") : {}),
    version("v2", false, ["host", "port"], isSelectable ? selectable("host", "port") : {}),
  ];
  const clientConfig = (await server(rest)).clientConfig(`convert-${ns}`, converts);
  const webhook = { clientConfig, conversionReviewVersions: ["v1", "v1beta1"] };
  const crd = definition({ group, versions, conversion: { strategy: "Webhook", webhook } });
  const at = (v: string): string => path(`/apis/${group}/${v}`, "widgets");
  return {
    crd: await establish(world, crd),
    at,
    create: (v, name, fields) =>
      rest.post(at(v), { apiVersion: `${group}/${v}`, kind: "Widget", metadata: { name }, ...fields }),
  };
}
conforms("CustomResourceConversionWebhook should be able to convert from CR v1 to CR v2", async (world) => {
  const { at, create, crd } = await convertedKind(world);
  await create("v1", "w", { hostPort: "localhost:8080" });
  const seen = await world.rest.get(`${at("v2")}/w`);
  const expected = { apiVersion: `${crd.spec.group}/v2`, host: "localhost", port: "8080", hostPort: undefined };
  assertIncludes(seen, expected, "v2");
});
conforms("CustomResourceConversionWebhook should be able to convert a non homogeneous list of CRs", async (world) => {
  const { rest, cluster } = world;
  const { at, create, crd } = await convertedKind(world);
  await create("v1", "one", { hostPort: "host1:1" });
  const path = `${definitions}/${crd.metadata.name}`;
  const [v1, v2] = crd.spec.versions;
  const versions = [
    { ...v1, storage: false },
    { ...v2, storage: true },
  ];
  await rest.patch(path, "merge", { spec: { versions } });
  await cluster.until(async () => (await rest.get(path)).status.storedVersions.length === 2);
  await create("v2", "two", { host: "host2", port: "2" });
  const ofV1 = await rest.get(at("v1"));
  assert.deepEqual(
    ofV1.items.map((o: Wire) => [o.apiVersion, o.hostPort]),
    [
      [`${crd.spec.group}/v1`, "host1:1"],
      [`${crd.spec.group}/v1`, "host2:2"],
    ],
  );
  const ofV2 = await rest.get(at("v2"));
  assert.deepEqual(
    ofV2.items.map((o: Wire) => [o.host, o.port]),
    [
      ["host1", "1"],
      ["host2", "2"],
    ],
  );
});
conforms(
  "CustomResourceFieldSelectors CustomResourceFieldSelectors MUST list and watch custom resources matching the field selector",
  async (world) => {
    const { rest } = world;
    const { at, create } = await convertedKind(world, true);
    const select = (v: "v1" | "v2", selector: string): string =>
      `${at(v)}?fieldSelector=${encodeURIComponent(selector)}`;
    const selections = [
      select("v2", "host=host1"),
      select("v2", "host=host1,port=80"),
      select("v1", "hostPort=host1:80"),
    ] as const;
    const watches = await Promise.all(selections.map((path) => rest.watch(path)));
    await create("v2", "a", { host: "host1", port: "80" });
    await create("v2", "b", { host: "host1", port: "8080" });
    await create("v2", "c", { host: "host2", port: "80" });
    const found = async (): Promise<string[][]> =>
      Promise.all(selections.map(async (path) => names(await rest.get(path))));
    assert.deepEqual(await found(), [["a", "b"], ["a"], ["a"]]);
    assert.deepEqual(names(await rest.get(select("v1", "hostPort=host1:8080"))), ["b"]);
    const bad = await rest.refusal(select("v1", "host=host1"));
    assert.match(bad.message, /field label not supported/);
    await rest.delete(`${at("v2")}/b`);
    await rest.patch(`${at("v2")}/a`, "merge", { port: "81" });
    await rest.delete(select("v2", "host=host1,port=81"));
    assert.deepEqual(await found(), [[], [], []]);
    assert.deepEqual(names(await rest.get(at("v1"))), ["c"]);
    const expected = [
      ["ADDED a", "ADDED b", "DELETED b", "MODIFIED a", "DELETED a"],
      ["ADDED a", "DELETED a"],
      ["ADDED a", "DELETED a"],
    ];
    for (const [i, watch] of watches.entries()) {
      const events = await watch.seen(expected[i]!.length);
      assert.deepEqual(
        events.map((e) => `${e.type} ${e.object.metadata.name}`),
        expected[i],
      );
    }
  },
);

const sample = { group: "wardle.example.com", version: "v1alpha1" };
const sampleVersion = `${sample.group}/${sample.version}`;
/** An API server of one kind, Flunder, that keeps its objects in a map. */
function sampleServer(seen: Asked[]): Answering {
  const flunders = new Map<string, Wire>();
  const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
  const resource = { name: "flunders", singularName: "flunder", namespaced: true, kind: "Flunder", verbs };
  const status = (code: number, reason: string): Failing =>
    new Failing(code, { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message: reason });
  return (asked) => {
    seen.push(asked);
    const { method, url, body } = asked;
    const [, , , , , , plural, name] = url.split("?")[0]!.split("/");
    if (url === `/apis/${sampleVersion}`)
      return { kind: "APIResourceList", apiVersion: "v1", groupVersion: sampleVersion, resources: [resource] };
    if (plural !== "flunders") return status(404, "NotFound");
    if (method === "POST") {
      const object = merged(body, { metadata: { uid: `uid-${flunders.size}`, resourceVersion: "1" } });
      flunders.set(object.metadata.name, object);
      return new Failing(201, object);
    }
    if (name === undefined)
      return { kind: "FlunderList", apiVersion: sampleVersion, metadata: {}, items: [...flunders.values()] };
    const object = flunders.get(name);
    if (!object) return status(404, "NotFound");
    if (method === "DELETE") flunders.delete(name);
    return object;
  };
}
conforms(
  "Aggregator Should be able to support the 1.17 Sample API Server using the current Aggregator",
  async ({ rest, cluster }) => {
    const { answers, port, caBundle } = await server(rest);
    const seen: Asked[] = [];
    answers.set("apis", sampleServer(seen));
    const services = "/apis/apiregistration.k8s.io/v1/apiservices";
    const name = `${sample.version}.${sample.group}`;
    const service = { namespace: "default", name: "hooks", port };
    const labels = { aggregated: "yes" };
    const spec = { ...sample, service, caBundle, groupPriorityMinimum: 2000, versionPriority: 200 };
    await rest.post(services, { metadata: { name, labels }, spec });
    // availability is found out over sockets, in real time
    const watch = await rest.watch(`${services}?labelSelector=aggregated%3Dyes`);
    await cluster.advance("1s");
    const isAvailable = (o: Wire): boolean => condition(o, "Available")?.status === "True";
    if (!isAvailable(await rest.get(`${services}/${name}`))) await watch.next("MODIFIED", isAvailable);

    const flunders = `/apis/${sampleVersion}/namespaces/default/flunders`;
    const flunder = { apiVersion: sampleVersion, kind: "Flunder", metadata: { name: "mine" }, spec: {} };
    const created = await rest.ask(flunders, { body: flunder });
    assert.deepEqual([created.code, created.body.metadata.name], [201, "mine"]);
    const asked = seen.find(({ method }) => method === "POST")!;
    assertIncludes(asked.headers, { "x-remote-user": "kubernetes-admin" }, "who asks is told");
    assert.deepEqual(names(await rest.get(flunders)), ["mine"]);
    assert.equal((await rest.get(`${flunders}/mine`)).metadata.uid, created.body.metadata.uid);
    const { groups } = await rest.get("/apis");
    assert.ok(groups.some((g: Wire) => g.name === sample.group));
    await cluster.until(async () => {
      const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
      const { body } = await rest.ask("/apis", { accept });
      const group = body.items.find((g: Wire) => g.metadata.name === sample.group);
      return group?.versions[0]?.resources?.[0]?.resource === "flunders";
    });
    await rest.delete(`${flunders}/mine`);
    assert.equal((await rest.refusal(`${flunders}/mine`)).reason, "NotFound");

    const path = `${services}/${name}`;
    assert.ok(isAvailable(await rest.get(`${path}/status`)));
    const patched = await rest.patch(path, "merge", { spec: { versionPriority: 400 } });
    assert.equal(patched.spec.versionPriority, 400);
    const told = { type: "StatusUpdated", status: "True", reason: "Told", message: "x" };
    const add = (o: Wire): Wire => merged(o, { status: { conditions: [...o.status.conditions, told] } });
    assertIncludes(condition(await rest.update(path, add, `${path}/status`), "StatusUpdated"), told, "status");
    assert.deepEqual(names(await rest.get(`${services}?labelSelector=aggregated%3Dyes`)), [name]);
    await rest.delete(`${services}?labelSelector=aggregated%3Dyes`);
    assert.equal((await rest.refusal(path)).reason, "NotFound");
    await cluster.until(async () => (await rest.ask(flunders)).code === 404);
  },
);
