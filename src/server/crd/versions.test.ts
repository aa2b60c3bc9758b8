import assert from "node:assert/strict";
import { test } from "node:test";
import { settle, type Json } from "#server/api-server.fake.ts";
import { crds, crdServer, define, definition, object, until, version, widget, widgets } from "./crd.fake.ts";
import { FakeCaller } from "#server/webhook/caller.fake.ts";

const v2 = "/apis/example.com/v2/namespaces/default/widgets";
const hostPort = object({ hostPort: { type: "string" } });
const parts = object({ host: { type: "string" }, port: { type: "string", default: "80" } });

test("without a webhook versions differ in what they declare", async () => {
  await using server = await crdServer();
  const shared = { size: { type: "integer" } } as const;
  await define(
    server,
    definition([
      version("v1", object({ spec: object({ ...shared, old: { type: "string" } }) })),
      version("v2", object({ spec: object({ ...shared, fresh: { type: "string", default: "x" } }) }), {
        storage: false,
      }),
    ]),
  );
  await server.create(widgets, widget("a", { spec: { size: 1, old: "o" } }));
  const second = await server.get(`${v2}/a`);
  assert.equal(second.apiVersion, "example.com/v2");
  // Upstream: the defaults of this version are for what is written in it; those of the stored one are shown.
  assert.deepEqual(second.spec, { size: 1 });
  const list = await server.get(v2);
  assert.deepEqual(list.items[0], second);
  using watch = await server.watch(`${v2}?watch=1`);
  const event = await watch.next();
  assert.deepEqual([event!.type, event!.object.apiVersion], ["ADDED", "example.com/v2"]);
  // What the stored version does not declare is lost with the write.
  const written = await server.merge(`${v2}/a`, { spec: { size: 2, fresh: "y" } });
  assert.deepEqual(written.spec, { size: 2 });
});

test("another storage version takes over with the next write", async () => {
  await using server = await crdServer();
  const schema = object({ spec: object({ size: { type: "integer" } }) });
  const crd = await define(server, definition([version("v1", schema), version("v2", schema, { storage: false })]));
  await server.create(widgets, widget("a", { spec: { size: 1 } }));
  const versions = [version("v1", schema, { storage: false }), version("v2", schema)];
  const changed = await server.put(`${crds}/widgets.example.com`, { ...crd, spec: { ...crd.spec, versions } });
  assert.deepEqual(changed.status.storedVersions, ["v1", "v2"]);
  await settle();
  const stored = async (name: string): Promise<Json> => {
    const { entry } = await server.store.get(`/registry/example.com/widgets/default/${name}`);
    return JSON.parse(Buffer.from(entry!.value).toString());
  };
  assert.equal((await stored("a")).apiVersion, "example.com/v1");
  assert.equal((await server.get(`${v2}/a`)).apiVersion, "example.com/v2");
  await server.merge(`${widgets}/a`, { spec: { size: 2 } });
  assert.equal((await stored("a")).apiVersion, "example.com/v2");
  assert.equal((await server.get(`${widgets}/a`)).apiVersion, "example.com/v1");
});

test("a version that is no longer served is gone, the others stay", async () => {
  await using server = await crdServer();
  const schema = object({});
  const crd = await define(server, definition([version("v1", schema), version("v2", schema, { storage: false })]));
  const versions = [version("v1", schema), version("v2", schema, { storage: false, served: false })];
  await server.put(`${crds}/widgets.example.com`, { ...crd, spec: { ...crd.spec, versions } });
  await until(async () => (await server.ask("GET", v2)).code === 404);
  assert.equal((await server.ask("GET", widgets)).code, 200);
});

test("deprecated versions warn", async () => {
  await using server = await crdServer();
  const schema = object({});
  await define(
    server,
    definition([
      version("v1", schema, { deprecated: true }),
      version("v2", schema, { storage: false }),
      version("v1beta1", schema, { storage: false, deprecated: true, deprecationWarning: "use something else" }),
    ]),
  );
  const warnings = async (path: string): Promise<readonly string[]> => (await server.ask("GET", path)).warnings;
  assert.deepEqual(await warnings(widgets), ["example.com/v1 Widget is deprecated; use example.com/v2 Widget"]);
  assert.deepEqual(await warnings(widgets.replace("v1", "v1beta1")), ["use something else"]);
  assert.deepEqual(await warnings(v2), []);
});

/** Splits hostPort for v2 and joins it for v1. */
function convert(review: Json): Json {
  const { uid, desiredAPIVersion, objects } = review.request;
  const convertedObjects = objects.map(({ hostPort: joined, host, port, ...rest }: Json) =>
    desiredAPIVersion === "example.com/v2"
      ? { ...rest, apiVersion: desiredAPIVersion, host: joined?.split(":")[0], port: joined?.split(":")[1] }
      : { ...rest, apiVersion: desiredAPIVersion, hostPort: `${host}:${port}` },
  );
  return { ...review, request: undefined, response: { uid, convertedObjects, result: { status: "Success" } } };
}
const byWebhook = {
  conversion: {
    strategy: "Webhook",
    webhook: {
      clientConfig: { service: { namespace: "default", name: "converter", path: "/convert" } },
      conversionReviewVersions: ["v1"],
    },
  },
};
const both = [version("v1", hostPort), version("v2", parts, { storage: false })];

test("a webhook converts what is read and written, each object once", async () => {
  const caller = new FakeCaller({ "/convert": convert });
  await using server = await crdServer({ caller });
  await define(server, definition(both, byWebhook));
  await server.create(widgets, widget("a", { hostPort: "one:1" }));
  assert.equal(caller.calls.length, 0, "nothing to convert");
  const shown = await server.get(`${v2}/a`);
  assert.deepEqual([shown.host, shown.port, shown.hostPort], ["one", "1", undefined]);
  await server.create(v2, { ...widget("b", { host: "two", port: "2" }), apiVersion: "example.com/v2" });
  assert.equal((await server.get(`${widgets}/b`)).hostPort, "two:2");
  const before = caller.calls.length;
  const list = await server.get(v2);
  assert.deepEqual(
    list.items.map((w: Json) => `${w.host} ${w.port}`),
    ["one 1", "two 2"],
  );
  await server.get(v2);
  assert.ok(caller.calls.length - before <= 1, "what is converted stays converted");
  const patched = await server.merge(`${v2}/a`, { host: "three" });
  assert.deepEqual([patched.host, patched.port], ["three", "1"]);
  assert.equal((await server.get(`${widgets}/a`)).hostPort, "three:1");
});

test("a list of objects of several stored versions is shown in one", async () => {
  const caller = new FakeCaller({ "/convert": convert });
  await using server = await crdServer({ caller });
  const crd = await define(server, definition(both, byWebhook));
  await server.create(widgets, widget("a", { hostPort: "one:1" }));
  const versions = [version("v1", hostPort, { storage: false }), version("v2", parts)];
  await server.put(`${crds}/widgets.example.com`, { ...crd, spec: { ...crd.spec, versions } });
  await settle();
  await server.create(v2, { ...widget("b", { host: "two", port: "2" }), apiVersion: "example.com/v2" });
  assert.deepEqual(
    (await server.get(widgets)).items.map((w: Json) => w.hostPort),
    ["one:1", "two:2"],
  );
  assert.deepEqual(
    (await server.get(v2)).items.map((w: Json) => w.host),
    ["one", "two"],
  );
  const first = await server.get(`${v2}?limit=1`);
  const rest = await server.get(`${v2}?limit=1&continue=${first.metadata.continue}`);
  assert.deepEqual([first.items[0].host, rest.items[0].host], ["one", "two"]);
});

test("watches see converted objects, and selectors test those", async () => {
  const caller = new FakeCaller({ "/convert": convert });
  await using server = await crdServer({ caller });
  await define(server, definition([both[0]!, { ...both[1], selectableFields: [{ jsonPath: ".host" }] }], byWebhook));
  await server.create(widgets, widget("a", { hostPort: "one:1" }));
  using all = await server.watch(`${v2}?watch=1`);
  using selected = await server.watch(`${v2}?watch=1&fieldSelector=host%3Dtwo`);
  assert.equal((await all.next())!.object.host, "one");
  await server.merge(`${widgets}/a`, { hostPort: "two:1" });
  assert.deepEqual(await selected.names(1), ["ADDED a"]);
  await server.merge(`${widgets}/a`, { hostPort: "three:1" });
  assert.deepEqual(await selected.names(1), ["DELETED a"]);
  assert.equal((await all.next())!.object.host, "two");
  assert.equal((await all.next())!.object.host, "three");
});

test("a webhook that fails fails requests, not the server", async () => {
  await using server = await crdServer();
  await define(server, definition(both, byWebhook));
  await server.create(widgets, widget("a", { hostPort: "one:1" }));
  const { code, body } = await server.ask("GET", `${v2}/a`);
  assert.equal(code, 500);
  assert.match(body.message, /^conversion webhook for example.com\/v1, Kind=Widget failed: Post .*connection refused$/);
  assert.equal((await server.ask("GET", v2)).code, 500);
  assert.equal((await server.ask("GET", `${widgets}/a`)).code, 200);
  using watch = await server.watch(`${v2}?watch=1`);
  const event = await watch.next();
  assert.deepEqual([event!.type, event!.object.code], ["ERROR", 500]);
  assert.equal(await watch.next(), undefined);
  await server.delete(`${crds}/widgets.example.com`);
  await until(async () => (await server.ask("GET", `${crds}/widgets.example.com`)).code === 404);
});

const answers: readonly (readonly [string, (review: Json) => Json, RegExp])[] = [
  [
    "fewer objects",
    (r) => ({ ...convert(r), response: { ...convert(r).response, convertedObjects: [] } }),
    /returned 0 objects, expected 1/,
  ],
  [
    "a failure",
    (r) => ({ ...convert(r), response: { uid: r.request.uid, result: { status: "Failed", message: "no" } } }),
    /failed: no$/,
  ],
  [
    "another uid",
    (r) => ({ ...convert(r), response: { ...convert(r).response, uid: "x" } }),
    /expected response.uid=".*", got "x"/,
  ],
  ["no response", (r) => ({ ...r, response: undefined }), /no response provided/],
  [
    "another name",
    (r) => ({
      ...convert(r),
      response: {
        ...convert(r).response,
        convertedObjects: [
          { ...convert(r).response.convertedObjects[0], metadata: { ...r.request.objects[0].metadata, name: "z" } },
        ],
      },
    }),
    /must have the same name: a != z/,
  ],
];
for (const [what, answer, why] of answers)
  test(`an answer with ${what} is refused`, async () => {
    await using server = await crdServer({ caller: new FakeCaller({ "/convert": answer }) });
    await define(server, definition(both, byWebhook));
    await server.create(widgets, widget("a", { hostPort: "one:1" }));
    const { code, body } = await server.ask("GET", `${v2}/a`);
    assert.equal(code, 500);
    assert.match(body.message, why);
  });
