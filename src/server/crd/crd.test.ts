import assert from "node:assert/strict";
import { test } from "node:test";
import { settle, type Json, type TestServer } from "#server/api-server.fake.ts";
import {
  crds,
  crdServer,
  define,
  definition,
  established,
  object,
  until,
  version,
  widget,
  widgets,
} from "./crd.fake.ts";

const spec = object({
  spec: object({ size: { type: "integer", minimum: 1 }, color: { type: "string", default: "red" } }),
});
const condition = (crd: Json, type: string): Json => crd.status.conditions.find((c: Json) => c.type === type);

test("a definition gets its names, is established, and its kind is served", async () => {
  await using server = await crdServer();
  const created = await server.create(crds, definition([version("v1", spec)]));
  assert.equal(created.spec.names.singular, "widget");
  assert.equal(created.spec.names.listKind, "WidgetList");
  assert.deepEqual(created.spec.conversion, { strategy: "None" });
  assert.deepEqual(created.status.storedVersions, ["v1"]);
  const crd = await established(server);
  assert.deepEqual(crd.status.acceptedNames, crd.spec.names);
  assert.equal(condition(crd, "NamesAccepted").reason, "NoConflicts");
  assert.equal(condition(crd, "Established").reason, "InitialNamesAccepted");
  const made = await server.create(widgets, widget("a", { spec: { size: 3 } }));
  assert.equal(made.metadata.generation, 1);
  assert.deepEqual(made.spec, { size: 3, color: "red" });
  const list = await server.get("/apis/example.com/v1/widgets");
  assert.equal(list.kind, "WidgetList");
  assert.deepEqual(list.items[0], made);
});

test("before it is established there is nothing", async () => {
  await using server = await crdServer({ establishDelayMs: 5_000 });
  await server.create(crds, definition([version("v1", spec)]));
  await settle();
  const crd = await server.get(`${crds}/widgets.example.com`);
  assert.equal(condition(crd, "Established").reason, "Installing");
  assert.equal((await server.ask("GET", widgets)).code, 404);
  await server.advance(5_000);
  await established(server);
  assert.equal((await server.ask("GET", widgets)).code, 200);
});

test("names that others have are not accepted until they are free", async () => {
  await using server = await crdServer();
  await define(
    server,
    definition([version("v1", spec)], { names: { plural: "widgets", kind: "Widget", shortNames: ["w"] } }),
  );
  const second = definition([version("v1", spec)], { names: { plural: "wagons", kind: "Widget", shortNames: ["w"] } });
  await server.create(crds, { ...second, metadata: { name: "wagons.example.com" } });
  await until(async () => condition(await server.get(`${crds}/wagons.example.com`), "NamesAccepted") !== undefined);
  const crd = await server.get(`${crds}/wagons.example.com`);
  assert.equal(condition(crd, "NamesAccepted").status, "False");
  assert.equal(condition(crd, "NamesAccepted").reason, "ListKindConflict");
  assert.match(condition(crd, "NamesAccepted").message, /"WidgetList" is already in use/);
  assert.equal(condition(crd, "Established").status, "False");
  assert.equal(condition(crd, "Established").reason, "NotAccepted");
  // It stays as it is until something changes.
  await server.advance(1_000);
  assert.equal((await server.get(`${crds}/wagons.example.com`)).metadata.resourceVersion, crd.metadata.resourceVersion);
  await server.delete(`${crds}/widgets.example.com`);
  const accepted = await established(server, "wagons.example.com");
  assert.equal(accepted.status.acceptedNames.kind, "Widget");
});

test("what the schema does not allow is refused in upstream's words", async () => {
  await using server = await crdServer();
  await define(server, definition([version("v1", spec)]));
  const { code, body } = await server.ask("POST", widgets, widget("a", { spec: { size: 0 } }));
  assert.equal(code, 422);
  assert.equal(
    body.message,
    'Widget.example.com "a" is invalid: spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1',
  );
  const wrong = await server.ask("POST", widgets, widget("a", { spec: { size: "big" } }));
  const type = 'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"';
  assert.equal(wrong.body.message, `Widget.example.com "a" is invalid: ${type}`);
  const ruled = { ...spec, "x-kubernetes-validations": [{ rule: "true" }] };
  await server.merge(`${crds}/widgets.example.com`, definition([version("v1", ruled)]));
  // Only where there are rules is it said that they were not asked.
  await until(async () => {
    const { body: again } = await server.ask("POST", widgets, widget("a", { spec: { size: "big" } }));
    return again.message.endsWith("correct the existing errors to complete validation]");
  });
});

test("an applied null is validated, where other writes take it for nothing", async () => {
  await using server = await crdServer();
  await define(server, definition([version("v1", spec)]));
  const body = widget("a", { spec: { size: null } });
  const applied = await server.ask("PATCH", `${widgets}/a?fieldManager=me`, body, {
    contentType: "application/apply-patch+yaml",
  });
  assert.match(applied.body.message, /spec.size in body must be of type integer: "null"/);
  assert.equal((await server.ask("POST", widgets, body)).code, 201);
});

const fieldValidation: readonly (readonly [string, number, readonly string[]])[] = [
  ["Strict", 400, []],
  ["Warn", 201, ['unknown field "metadata.extra"', 'unknown field "spec.depth"']],
  ["Ignore", 201, []],
];
for (const [mode, expected, warnings] of fieldValidation)
  test(`unknown fields with fieldValidation ${mode}`, async () => {
    await using server = await crdServer();
    await define(server, definition([version("v1", spec)]));
    const given = { ...widget("a"), metadata: { name: "a", extra: 1 }, spec: { size: 1, depth: 2 } };
    const answer = await server.ask("POST", `${widgets}?fieldValidation=${mode}`, given);
    assert.equal(answer.code, expected, JSON.stringify(answer.body));
    assert.deepEqual(answer.warnings, warnings);
    if (expected === 201) assert.deepEqual(answer.body.spec, { size: 1, color: "red" });
    else
      assert.equal(
        answer.body.message,
        'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "metadata.extra", unknown field "spec.depth"',
      );
  });

test("defaults appear in what was stored before they were declared", async () => {
  await using server = await crdServer();
  const crd = await define(
    server,
    definition([version("v1", object({ spec: object({ size: { type: "integer" } }) }))]),
  );
  await server.create(widgets, widget("a", { spec: { size: 3 } }));
  await server.put(`${crds}/widgets.example.com`, { ...crd, spec: { ...crd.spec, versions: [version("v1", spec)] } });
  await until(async () => (await server.get(`${widgets}/a`)).spec.color === "red");
  const changed = await server.merge(`${widgets}/a`, { spec: { size: 4 } });
  assert.deepEqual(changed.spec, { size: 4, color: "red" });
});

test("fields that are no longer declared are not shown", async () => {
  await using server = await crdServer();
  const crd = await define(server, definition([version("v1", spec)]));
  await server.create(widgets, widget("a", { spec: { size: 3 } }));
  const less = version("v1", object({ spec: object({ color: { type: "string" } }) }));
  await server.put(`${crds}/widgets.example.com`, { ...crd, spec: { ...crd.spec, versions: [less] } });
  await until(async () => (await server.get(`${widgets}/a`)).spec.size === undefined);
});

test("a watch ends when the definition changes, so that clients see the new schema", async () => {
  await using server = await crdServer();
  const crd = await define(server, definition([version("v1", spec)]));
  using watch = await server.watch(`${widgets}?watch=1`);
  await server.create(widgets, widget("a", { spec: { size: 3 } }));
  assert.deepEqual(await watch.names(1), ["ADDED a"]);
  await server.merge(`${crds}/widgets.example.com`, { metadata: { labels: { a: "b" } } });
  await server.merge(`${widgets}/a`, { spec: { size: 4 } });
  assert.deepEqual(await watch.names(1), ["MODIFIED a"]);
  const names = { ...crd.spec.names, shortNames: ["wd"] };
  await server.merge(`${crds}/widgets.example.com`, { spec: { names } });
  assert.deepEqual(await watch.names(1), ["END"]);
});

async function ratchet(server: TestServer, patch: object): Promise<number> {
  return (await server.ask("PATCH", `${widgets}/a`, patch, { contentType: "application/merge-patch+json" })).code;
}
test("what was valid once may stay while it is not touched", async () => {
  await using server = await crdServer();
  const crd = await define(
    server,
    definition([version("v1", object({ spec: object({ size: { type: "integer" }, n: { type: "integer" } }) }))]),
  );
  await server.create(widgets, widget("a", { spec: { size: 3 } }));
  const strict = object({ spec: object({ size: { type: "integer", minimum: 10 }, n: { type: "integer" } }) });
  await server.put(`${crds}/widgets.example.com`, { ...crd, spec: { ...crd.spec, versions: [version("v1", strict)] } });
  await until(async () => (await server.ask("POST", widgets, widget("b", { spec: { size: 3 } }))).code === 422);
  assert.equal(await ratchet(server, { spec: { n: 1 } }), 200);
  assert.equal(await ratchet(server, { spec: { size: 4 } }), 422);
  assert.equal(await ratchet(server, { spec: { size: 11 } }), 200);
});

test("generation moves with everything but metadata, and status only where it is no subresource", async () => {
  await using server = await crdServer();
  const schema = object({
    spec: object({ size: { type: "integer" } }),
    status: object({ ready: { type: "boolean" } }),
  });
  await define(server, definition([version("v1", schema)]));
  await server.create(widgets, widget("a", { spec: { size: 1 }, status: { ready: false } }));
  assert.equal((await server.merge(`${widgets}/a`, { metadata: { labels: { a: "b" } } })).metadata.generation, 1);
  assert.equal((await server.merge(`${widgets}/a`, { status: { ready: true } })).metadata.generation, 2);
});

test("status and scale are subresources where the definition says so", async () => {
  await using server = await crdServer();
  const schema = object({
    spec: object({ replicas: { type: "integer" } }),
    status: object({ replicas: { type: "integer" }, selector: { type: "string" } }),
  });
  const scale = {
    specReplicasPath: ".spec.replicas",
    statusReplicasPath: ".status.replicas",
    labelSelectorPath: ".status.selector",
  };
  await define(server, definition([version("v1", schema, { subresources: { status: {}, scale } })]));
  const made = await server.create(widgets, widget("a", { spec: { replicas: 2 }, status: { replicas: 9 } }));
  assert.equal(made.status, undefined);
  const body = {
    ...made,
    spec: { replicas: 5 },
    status: { replicas: 1, selector: "a=b" },
    metadata: { ...made.metadata, labels: { x: "y" } },
  };
  const status = await server.put(`${widgets}/a/status`, body);
  assert.deepEqual([status.spec.replicas, status.status.replicas, status.metadata.labels], [2, 1, undefined]);
  assert.equal(status.metadata.generation, 1);
  const shown = await server.get(`${widgets}/a/scale`);
  assert.deepEqual(
    [shown.kind, shown.spec, shown.status],
    ["Scale", { replicas: 2 }, { replicas: 1, selector: "a=b" }],
  );
  await server.merge(`${widgets}/a/scale`, { spec: { replicas: 7 } });
  assert.equal((await server.get(`${widgets}/a`)).spec.replicas, 7);
  const wrong = await server.ask("PUT", `${widgets}/a/status`, {
    ...status,
    status: { replicas: "x" },
    metadata: { name: "a", resourceVersion: (await server.get(`${widgets}/a`)).metadata.resourceVersion },
  });
  assert.match(
    wrong.body.message,
    /status.replicas: Invalid value: "string": replicas in body must be of type integer: "string"/,
  );
});

test("finalizers hold objects, objects hold their definition, and nothing new comes meanwhile", async () => {
  await using server = await crdServer();
  await define(server, definition([version("v1", spec)]));
  await server.create(widgets, widget("a"));
  await server.create(widgets, { ...widget("b"), metadata: { name: "b", finalizers: ["example.com/hold"] } });
  const deleted = await server.delete(`${crds}/widgets.example.com`);
  assert.deepEqual(deleted.metadata.finalizers, ["customresourcecleanup.apiextensions.k8s.io"]);
  assert.equal(condition(deleted, "Terminating").reason, "InstanceDeletionPending");
  await until(async () => (await server.ask("GET", `${widgets}/a`)).code === 404);
  const refused = await server.ask("POST", widgets, widget("c"));
  assert.equal(refused.code, 403);
  assert.match(refused.body.message, /create not allowed while custom resource definition is terminating/);
  assert.equal(
    condition(await server.get(`${crds}/widgets.example.com`), "Terminating").reason,
    "InstanceDeletionInProgress",
  );
  await server.merge(`${widgets}/b`, { metadata: { finalizers: null } });
  await until(async () => (await server.ask("GET", `${crds}/widgets.example.com`)).code === 404);
  assert.equal((await server.ask("GET", widgets)).code, 404);
  assert.equal(server.server.registry.ofResource("example.com", "widgets"), undefined);
});

test("a definition of the same name may come back at once", async () => {
  await using server = await crdServer();
  for (let i = 0; i < 3; i++) {
    await define(server, definition([version("v1", spec)]));
    await server.create(widgets, widget("a"));
    await server.delete(`${crds}/widgets.example.com`);
    await until(async () => (await server.ask("GET", `${crds}/widgets.example.com`)).code === 404);
  }
});

test("server-side apply merges by the list types of the schema; strategic merge is not understood", async () => {
  await using server = await crdServer();
  const ports: object = {
    type: "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["port"],
    items: object({ port: { type: "integer" }, name: { type: "string" } }, { required: ["port"] }),
  };
  await define(server, definition([version("v1", object({ spec: object({ ports }) }))]));
  const apply = (manager: string, port: number): Promise<Json> =>
    server.ask(
      "PATCH",
      `${widgets}/a?fieldManager=${manager}`,
      widget("a", { spec: { ports: [{ port, name: manager }] } }),
      {
        contentType: "application/apply-patch+yaml",
      },
    );
  assert.equal((await apply("one", 80)).code, 201);
  const both = await apply("two", 443);
  assert.deepEqual(
    both.body.spec.ports.map((p: Json) => p.port),
    [80, 443],
  );
  assert.equal((await apply("two", 80)).code, 409);
  const strategic = await server.ask(
    "PATCH",
    `${widgets}/a`,
    {},
    { contentType: "application/strategic-merge-patch+json" },
  );
  assert.equal(strategic.code, 415);
  const again = await apply("one", 80);
  assert.equal(again.body.metadata.resourceVersion, both.body.metadata.resourceVersion, "nothing changed");
});

test("the schema of a definition is judged", async () => {
  await using server = await crdServer();
  const wrong = await server.ask("POST", crds, definition([version("v1", { type: "object", properties: { a: {} } })]));
  assert.equal(
    wrong.body.message,
    'CustomResourceDefinition.apiextensions.k8s.io "widgets.example.com" is invalid: spec.validation.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields',
  );
  const renamed = await server.ask("POST", crds, {
    ...definition([version("v1", spec)]),
    metadata: { name: "x.example.com" },
  });
  assert.match(
    renamed.body.message,
    /metadata.name: Invalid value: "x.example.com": must be spec.names.plural\+"."\+spec.group/,
  );
  const group = await server.ask("POST", crds, {
    ...definition([version("v1", spec)], { group: "x.k8s.io" }),
    metadata: { name: "widgets.x.k8s.io" },
  });
  assert.match(
    group.body.message,
    /metadata.annotations\[api-approved.kubernetes.io\]: Required value: protected groups must have approval annotation/,
  );
});

test("what cannot change does not", async () => {
  await using server = await crdServer();
  const crd = await define(server, definition([version("v1", spec)]));
  const attempt = async (change: object): Promise<string> =>
    (await server.ask("PUT", `${crds}/widgets.example.com`, { ...crd, spec: { ...crd.spec, ...change } })).body.message;
  assert.match(await attempt({ scope: "Cluster" }), /spec.scope: Invalid value: "Cluster": field is immutable/);
  assert.match(
    await attempt({ names: { ...crd.spec.names, kind: "Gadget" } }),
    /spec.names.kind: Invalid value: "Gadget": field is immutable/,
  );
  assert.match(
    await attempt({ versions: [version("v2", spec)] }),
    /status.storedVersions\[0\]: Invalid value: "v1": missing from spec.versions/,
  );
});

test("custom resources say what they are, and what is not there is no page", async () => {
  await using server = await crdServer();
  await define(server, definition([version("v1", spec)]));
  const given = widget("a");
  const cases: readonly (readonly [string, string, unknown, number, RegExp])[] = [
    [
      "POST",
      widgets,
      "{}",
      400,
      /^the object provided is unrecognized .*: Object 'Kind' is missing in '\{\}' \(\{\}\)$/,
    ],
    [
      "POST",
      widgets,
      { ...given, apiVersion: "example.com/v2" },
      400,
      /^the API version in the data \(example.com\/v2\) does/,
    ],
    ["POST", widgets, { ...given, apiVersion: undefined }, 400, /^the API version in the data \(\) does not match/],
    [
      "POST",
      widgets,
      { ...given, kind: "Foo" },
      422,
      /^Foo.example.com "a" is invalid: kind: Invalid value: "Foo": must be/,
    ],
    ["GET", `${widgets}/a/nope`, undefined, 404, /^widgets.example.com "a" not found$/],
    ["PUT", widgets, given, 400, /^name must be provided$/],
  ];
  for (const [method, url, body, code, message] of cases) {
    const answer = await server.ask(method, url, body);
    assert.equal(answer.code, code, url);
    assert.match(answer.body.message, message);
  }
  for (const url of ["/apis/example.com/v9/namespaces/a/widgets", "/apis/example.com/v1/widgets/a"])
    assert.deepEqual((await server.ask("GET", url)).body, "404 page not found\n");
  const text = JSON.stringify({ ...given, extra: 1, spec: 0 }).replace(/"spec":0/, '"spec":{"zz":1,"size":1,"size":2}');
  const { body: strict } = await server.ask("POST", `${widgets}?fieldValidation=Strict`, text);
  assert.match(strict.message, /duplicate field "spec.size", unknown field "extra", unknown field "spec.zz"$/);
});

test("what is stored is filled in by the version that it is stored in, and by no other", async () => {
  await using server = await crdServer();
  const withDefault = (name: string): Parameters<typeof version>[1] =>
    object({ spec: object({ size: { type: "integer" }, [name]: { type: "string", default: name } }) });
  await define(
    server,
    definition([version("v1", withDefault("old")), version("v2", withDefault("fresh"), { storage: false })]),
  );
  await server.create(widgets, widget("a", { spec: { size: 1 } }));
  const second = widgets.replace("/v1/", "/v2/");
  assert.deepEqual((await server.get(`${widgets}/a`)).spec, { size: 1, old: "old" });
  assert.deepEqual((await server.get(`${second}/a`)).spec, { size: 1 });
  const made = await server.create(second, { ...widget("b", { spec: { size: 1 } }), apiVersion: "example.com/v2" });
  assert.deepEqual(made.spec, { size: 1 });
  assert.deepEqual((await server.get(`${widgets}/b`)).spec, { size: 1, old: "old" });
  const moved = await server.ask(
    "PATCH",
    `${second}/b`,
    { apiVersion: "example.com/v1" },
    {
      contentType: "application/merge-patch+json",
    },
  );
  assert.deepEqual(
    [moved.code, moved.body.message],
    [422, 'Widget.example.com "b" is invalid: apiVersion: Invalid value: "example.com/v1": must be example.com/v2'],
  );
});

test("a definition that is deleted is marked, without a grace and as the generation that it was", async () => {
  await using server = await crdServer();
  await define(server, definition([version("v1", spec)]));
  await server.create(widgets, { ...widget("a"), metadata: { name: "a", finalizers: ["a.b/c"] } });
  const before = await server.get(`${crds}/widgets.example.com`);
  const { metadata } = await server.delete(`${crds}/widgets.example.com`);
  assert.ok(metadata.deletionTimestamp);
  assert.deepEqual([metadata.deletionGracePeriodSeconds, metadata.generation], [undefined, before.metadata.generation]);
  assert.equal(
    (await server.delete(`${crds}/widgets.example.com`)).metadata.deletionTimestamp,
    metadata.deletionTimestamp,
  );
});
