// CustomResourceDefinitions, what is published about them, and how strictly bodies are read.
import assert from "node:assert/strict";
import { assertIncludes, condition, isNewer, names, suite, type World } from "../../support/conformance.ts";
import { anything, definition, definitions, establish } from "../../support/custom-resources.ts";
import { merged } from "../../support/operations.ts";
import { patchTypes, type Answer, type Rest, type Wire } from "../../support/rest.ts";

const { conforms } = suite();

conforms(
  "CustomResourceDefinition Watch CustomResourceDefinition Watch watch on custom resource definition objects",
  async (world) => {
    const { rest, ns } = world;
    const group = `${ns}.example.com`;
    await establish(world, definition({ group, scope: "Cluster" }));
    const widgets = `/apis/${group}/v1/widgets`;
    const { metadata } = await rest.get(widgets);
    const watch = await rest.watch(widgets, { resourceVersion: metadata.resourceVersion });
    const named = (name: string) => (o: Wire) => o.metadata.name === name;
    const create = (name: string): Promise<Wire> =>
      rest.post(widgets, { apiVersion: `${group}/v1`, kind: "Widget", metadata: { name }, content: { key: "value" } });
    await create("a");
    await watch.next("ADDED", named("a"));
    await create("b");
    assertIncludes(await watch.next("ADDED", named("b")), { kind: "Widget", content: { key: "value" } }, "seen");
    for (const name of ["a", "b"]) await rest.patch(`${widgets}/${name}`, "merge", { num: { num1: 9 } });
    for (const name of ["a", "b"]) assert.equal((await watch.next("MODIFIED", named(name))).num.num1, 9);
    for (const name of ["a", "b"]) await rest.delete(`${widgets}/${name}`);
    for (const name of ["a", "b"]) await watch.next("DELETED", named(name));
  },
);
conforms(
  "CustomResourceDefinition resources Simple CustomResourceDefinition creating/deleting custom resource definition objects works",
  async (world) => {
    const { rest, cluster, ns } = world;
    const crd = definition({ group: `${ns}.example.com` });
    const established = await establish(world, crd);
    assertIncludes(condition(established, "NamesAccepted"), { status: "True" }, "names");
    assertIncludes(established.status.acceptedNames, crd.spec.names, "accepted");
    assert.deepEqual(established.status.storedVersions, ["v1"]);
    const path = `${definitions}/${crd.metadata.name}`;
    await rest.delete(path);
    await cluster.until(async () => (await rest.ask(path)).code === 404);
    await cluster.until(async () => (await rest.ask(`/apis/${crd.spec.group}/v1/widgets`)).code === 404);
  },
);
conforms(
  "CustomResourceDefinition resources Simple CustomResourceDefinition listing custom resource definition objects works",
  async (world) => {
    const { rest, cluster, ns } = world;
    const crds = ["One", "Two", "Three"].map((kind) => ({
      ...definition({ group: `${ns}.example.com`, kind }),
      metadata: { name: `${kind.toLowerCase()}s.${ns}.example.com`, labels: { [ns]: "yes" } },
    }));
    for (const crd of crds) await establish(world, crd);
    const selected = `${definitions}?labelSelector=${ns}%3Dyes`;
    assert.deepEqual(names(await rest.get(selected)), crds.map((crd) => crd.metadata.name).toSorted());
    await rest.delete(selected);
    await cluster.until(async () => (await rest.get(selected)).items.length === 0);
  },
);
conforms(
  "CustomResourceDefinition resources Simple CustomResourceDefinition getting/updating/patching custom resource definition status sub-resource works",
  async (world) => {
    const { rest, ns } = world;
    const crd = await establish(world, definition({ group: `${ns}.example.com`, scope: "Cluster" }));
    const status = `${definitions}/${crd.metadata.name}/status`;
    assert.deepEqual((await rest.get(status)).spec, crd.spec);
    const told = { type: "Told", status: "True", reason: "Told", message: "updated" };
    const add = (o: Wire): Wire =>
      merged(o, { spec: { group: "ignored" }, status: { conditions: [...o.status.conditions, told] } });
    const updated = await rest.update(status, add);
    assertIncludes(condition(updated, "Told"), told, "updated");
    assert.equal(updated.spec.group, crd.spec.group);
    const conditions = [...updated.status.conditions, { ...told, type: "Patched", message: "patched" }];
    const patched = await rest.patch(status, "merge", { spec: { group: "ignored" }, status: { conditions } });
    assert.equal(condition(patched, "Patched").message, "patched");
    assert.deepEqual(patched.spec, crd.spec);
  },
);
conforms(
  "CustomResourceDefinition resources should include custom resource definition resources in discovery documents",
  async ({ rest }) => {
    const { groups } = await rest.get("/apis");
    const group = groups.find((g: Wire) => g.name === "apiextensions.k8s.io");
    const v1 = { groupVersion: "apiextensions.k8s.io/v1", version: "v1" };
    assert.ok(group.versions.some((v: Wire) => v.groupVersion === v1.groupVersion && v.version === v1.version));
    assertIncludes(await rest.get("/apis/apiextensions.k8s.io"), { preferredVersion: v1 }, "group");
    const { resources } = await rest.get("/apis/apiextensions.k8s.io/v1");
    assert.ok(
      resources.some((r: Wire) => r.name === "customresourcedefinitions" && r.kind === "CustomResourceDefinition"),
    );
  },
);
conforms(
  "CustomResourceDefinition resources custom resource defaulting for requests and from storage works",
  async (world) => {
    const { rest, cluster, ns } = world;
    const group = `${ns}.example.com`;
    const schema = { type: "object", properties: { a: { type: "string" }, b: { type: "string" } } };
    const { metadata } = await establish(world, definition({ group, scope: "Cluster", schema }));
    const widgets = `/apis/${group}/v1/widgets`;
    const create = (name: string): Promise<Wire> =>
      rest.post(widgets, { apiVersion: `${group}/v1`, kind: "Widget", metadata: { name } });
    const properties = "/spec/versions/0/schema/openAPIV3Schema/properties";
    const first = await create("first");
    assert.equal(first.a, undefined);
    const crd = `${definitions}/${metadata.name}`;
    await rest.patch(crd, "json", [{ op: "add", path: `${properties}/a/default`, value: "A" }]);
    await cluster.until(async () => (await rest.get(`${widgets}/first`)).a === "A");
    const second = await create("second");
    assert.equal(second.a, "A");
    assert.ok(isNewer(second, first));
    await rest.patch(crd, "json", [
      { op: "remove", path: `${properties}/a/default` },
      { op: "add", path: `${properties}/b/default`, value: "B" },
    ]);
    await cluster.until(async () => (await rest.get(`${widgets}/second`)).b === "B");
    assertIncludes(await rest.get(`${widgets}/second`), { a: "A", b: "B" }, "what was stored stays");
    assertIncludes(await rest.get(`${widgets}/first`), { b: "B" }, "read from storage");
    assert.equal((await rest.get(`${widgets}/first`)).a, undefined, "reading stores nothing");
  },
);

const bar = {
  type: "object",
  required: ["name"],
  properties: {
    name: { type: "string", description: "Name of the bar." },
    age: { type: "string", description: "Age of the bar." },
    feeling: { type: "string", description: "How it feels.", enum: ["Great", "Down"] },
    bazs: { type: "array", description: "Its bazs.", items: { type: "string" } },
  },
};
const foo = {
  type: "object",
  description: "Foo for a test.",
  properties: {
    spec: {
      type: "object",
      description: "What a foo should be.",
      properties: { bars: { type: "array", description: "The bars of a foo.", items: bar } },
    },
    status: { type: "object", description: "What a foo is." },
  },
};
const waldo = {
  type: "object",
  description: "Waldo for a test.",
  properties: { spec: { type: "object", description: "Where it is.", properties: { dummy: { type: "string" } } } },
};
const version = (name: string, schema: object, more: object = {}): object => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema: schema },
  ...more,
});
type Version = readonly [crd: Wire, version: string];
/** What each document says about versions of kinds; undefined where one is not published. */
const documents: readonly ((rest: Rest, versions: readonly Version[]) => Promise<readonly Wire[]>)[] = [
  async (rest, versions) => {
    const { paths } = await rest.get("/openapi/v3");
    const read = async (version: Version): Promise<Wire> => {
      const at = paths[`apis/${version[0].spec.group}/${version[1]}`];
      return at && (await rest.get(at.serverRelativeURL)).components.schemas[model(version)];
    };
    return Promise.all(versions.map(read));
  },
  async (rest, versions) => {
    const { definitions } = await rest.get("/openapi/v2");
    return versions.map((version) => definitions[model(version)]);
  },
];
const model = ([{ spec }, version]: Version): string =>
  `${spec.group.split(".").toReversed().join(".")}.${version}.${spec.names.kind}`;
/** Waits until both documents have (or no longer have) descriptions of versions. */
async function publishes(
  { rest, cluster }: World,
  ...expected: readonly (readonly [...Version, schema: Wire | undefined])[]
): Promise<void> {
  const versions = expected.map(([crd, version]) => [crd, version] as const);
  for (const read of documents) {
    const found = await cluster.until(async () => {
      const found = await read(rest, versions);
      return expected.every(([, , schema], i) => found[i]?.description === schema?.description) && found;
    });
    for (const [i, [crd, version, schema]] of expected.entries())
      if (schema) assertDescribes(found[i], crd, version, schema);
      else assert.equal(found[i], undefined);
  }
}
function assertDescribes(found: Wire, { spec }: Wire, version: string, schema: Wire): void {
  const { group, names } = spec;
  assertIncludes(found.properties.spec, schema.properties.spec, version);
  assert.deepEqual(found["x-kubernetes-group-version-kind"], [{ group, version, kind: names.kind }]);
  assert.ok(found.properties.metadata && found.properties.apiVersion && found.properties.kind);
}
const worldWide = (world: World): string => `${world.ns}.example.com`;
const strictly = (rest: Rest, path: string, body: unknown, type?: string): Promise<Answer> =>
  type
    ? rest.ask(`${path}?fieldManager=test&fieldValidation=Strict`, { method: "PATCH", body, type })
    : rest.ask(`${path}?fieldValidation=Strict`, { body });

conforms("CustomResourcePublishOpenAPI works for CRD with validation schema", async (world) => {
  const { rest, path } = world;
  const group = worldWide(world);
  const crd = await establish(world, definition({ group, kind: "Foo", schema: foo }));
  await publishes(world, [crd, "v1", foo]);
  const foos = path(`/apis/${group}/v1`, "foos");
  const body = (spec: object): object => ({ apiVersion: `${group}/v1`, kind: "Foo", metadata: { name: "x" }, spec });
  const cases: readonly (readonly [object, string | undefined])[] = [
    [{ bars: [{ name: "one" }] }, undefined],
    [{ bars: [{ name: "one", feeling: "Odd" }] }, 'spec.bars[0].feeling: Unsupported value: "Odd"'],
    [{ foo: true }, 'unknown field "spec.foo"'],
    [{ bars: [{ age: "10" }] }, "spec.bars[0].name: Required value"],
  ];
  for (const [spec, problem] of cases)
    for (const type of [undefined, patchTypes.apply]) {
      const { code, text } = await strictly(rest, type ? `${foos}/x` : foos, body(spec), type);
      assert.equal(code < 300, problem === undefined, text);
      // apply knows the fields by the schema that is published
      const expected = type && problem?.startsWith("unknown") ? ".spec.foo: field not declared in schema" : problem;
      if (expected) assert.ok(JSON.parse(text).message.includes(expected), text);
      else await rest.delete(`${foos}/x`);
    }
});
for (const [title, schema] of [
  ["CustomResourcePublishOpenAPI works for CRD without validation schema", anything],
  [
    "CustomResourcePublishOpenAPI works for CRD preserving unknown fields at the schema root",
    { ...anything, description: "Root." },
  ],
  [
    "CustomResourcePublishOpenAPI works for CRD preserving unknown fields in an embedded object",
    {
      type: "object",
      description: "Nested.",
      properties: { spec: { ...anything, description: "May hold anything." }, status: { type: "object" } },
    },
  ],
] as const)
  conforms(title, async (world) => {
    const { rest, cluster, path } = world;
    const group = worldWide(world);
    const crd = await establish(world, definition({ group, kind: "Foo", schema }));
    const read = async (document: (typeof documents)[number]): Promise<Wire> =>
      (await document(rest, [[crd, "v1"]]))[0];
    const [v3, v2] = await Promise.all(documents.map((document) => cluster.until(() => read(document))));
    const isNested = "properties" in schema;
    for (const found of [v2, v3]) assert.equal(found.type, "object");
    if (isNested) assertIncludes(v3.properties.spec, schema.properties.spec, "v3");
    else assert.equal(v3["x-kubernetes-preserve-unknown-fields"], true);
    const foos = path(`/apis/${group}/v1`, "foos");
    const content = isNested ? { spec: { b: [{ c: "d" }] } } : { a: { b: [{ c: "d" }] } };
    const body = { apiVersion: `${group}/v1`, kind: "Foo", metadata: { name: "x" }, ...content };
    for (const type of [undefined, patchTypes.apply]) {
      const { body: created, text } = await strictly(rest, type ? `${foos}/x` : foos, body, type);
      assertIncludes(created, content, text);
      await rest.delete(`${foos}/x`);
    }
  });
conforms("CustomResourcePublishOpenAPI works for multiple CRDs of different groups", async (world) => {
  const one = await establish(world, definition({ group: `one.${worldWide(world)}`, kind: "Foo", schema: foo }));
  const two = await establish(world, definition({ group: `two.${worldWide(world)}`, kind: "Waldo", schema: waldo }));
  await publishes(world, [one, "v1", foo], [two, "v1", waldo]);
});
conforms("CustomResourcePublishOpenAPI works for multiple CRDs of same group but different versions", async (world) => {
  const group = worldWide(world);
  const versions = [version("v2", foo, { storage: true }), version("v3", foo)];
  const several = await establish(world, definition({ group, kind: "Foo", versions }));
  const four = definition({ group, kind: "Bar", versions: [version("v4", foo, { storage: true })] });
  const five = definition({ group, kind: "Waldo", versions: [version("v5", waldo, { storage: true })] });
  for (const crd of [four, five]) await establish(world, crd);
  await publishes(world, [several, "v2", foo], [several, "v3", foo], [four, "v4", foo], [five, "v5", waldo]);
});
conforms(
  "CustomResourcePublishOpenAPI works for multiple CRDs of same group and version but different kinds",
  async (world) => {
    const group = worldWide(world);
    const one = await establish(world, definition({ group, kind: "Foo", schema: foo }));
    const two = await establish(world, definition({ group, kind: "Waldo", schema: waldo }));
    await publishes(world, [one, "v1", foo], [two, "v1", waldo]);
  },
);
const twoVersions = (world: World): Wire =>
  definition({
    group: worldWide(world),
    kind: "Foo",
    versions: [version("v2", foo, { storage: true }), version("v3", foo)],
  });
conforms("CustomResourcePublishOpenAPI updates the published spec when one version gets renamed", async (world) => {
  const crd = await establish(world, twoVersions(world));
  await publishes(world, [crd, "v2", foo], [crd, "v3", foo]);
  await world.rest.patch(`${definitions}/${crd.metadata.name}`, "json", [
    { op: "test", path: "/spec/versions/1/name", value: "v3" },
    { op: "replace", path: "/spec/versions/1/name", value: "v4" },
  ]);
  await publishes(world, [crd, "v4", foo], [crd, "v3", undefined], [crd, "v2", foo]);
});
conforms(
  "CustomResourcePublishOpenAPI removes definition from spec when one version gets changed to not be served",
  async (world) => {
    const crd = await establish(world, twoVersions(world));
    await publishes(world, [crd, "v2", foo], [crd, "v3", foo]);
    const stop = (o: Wire): Wire =>
      merged(o, { spec: { versions: o.spec.versions.with(1, { ...o.spec.versions[1], served: false }) } });
    assert.ok(isNewer(await world.rest.update(`${definitions}/${crd.metadata.name}`, stop), crd));
    await publishes(world, [crd, "v3", undefined], [crd, "v2", foo]);
  },
);

const deploymentText = (metadata: string, spec: string): string =>
  `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"${metadata}},"spec":{${spec}"selector":{"matchLabels":` +
  '{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"app:1"}]}}}}';
for (const [title, metadata, spec, problem] of [
  [
    "FieldValidation should detect unknown and duplicate fields of a typed object",
    "",
    '"unknownField":"foo","replicas":2,"replicas":3,',
    'strict decoding error: unknown field "spec.unknownField", duplicate field "spec.replicas"',
  ],
  [
    "FieldValidation should detect unknown metadata fields of a typed object",
    ',"unknownMeta":"foo"',
    "",
    'strict decoding error: unknown field "metadata.unknownMeta"',
  ],
] as const)
  conforms(title, async ({ rest, path }) => {
    const { code, body } = await strictly(rest, path("/apis/apps/v1", "deployments"), deploymentText(metadata, spec));
    assert.deepEqual([code, body.reason], [400, "BadRequest"]);
    assert.ok(body.message.includes(problem), body.message);
  });

const port = {
  type: "object",
  required: ["containerPort", "protocol"],
  properties: {
    containerPort: { type: "integer", format: "int32" },
    name: { type: "string" },
    protocol: { type: "string" },
  },
};
const properties = {
  foo: { type: "string" },
  cronSpec: { type: "string", pattern: "^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$" },
  ports: {
    type: "array",
    items: port,
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["containerPort", "protocol"],
  },
};
const closed = { type: "object", properties: { spec: { type: "object", properties } } };
const open = { type: "object", properties: { spec: { ...anything, properties } } };
const subobject = {
  type: "object",
  "x-kubernetes-embedded-resource": true,
  properties: { metadata: { type: "object", properties: { name: { type: "string" } } }, spec: { type: "object" } },
};
const embedded = {
  type: "object",
  properties: { spec: { ...anything, properties: { ...properties, template: subobject } } },
};
const sound = `  cronSpec: "* * * * */5"
  ports:
  - name: x
    containerPort: 80
    protocol: TCP`;
for (const [title, schema, top, spec, problem] of [
  [
    "FieldValidation should create/apply a valid CR for CRD with validation schema",
    closed,
    "",
    "  foo: foo1\n",
    undefined,
  ],
  [
    "FieldValidation should create/apply a CR with unknown fields for CRD with no validation schema",
    anything,
    "",
    "  unknown: uk1\n",
    undefined,
  ],
  [
    "FieldValidation should create/apply an invalid CR with extra properties for CRD with validation schema",
    closed,
    "unknownField: unknown\n",
    "  foo: foo1\n",
    /\.unknownField: field not declared in schema/,
  ],
  [
    "FieldValidation should detect unknown metadata fields in both the root and embedded object of a CR",
    embedded,
    "",
    "  template:\n    apiversion: foo/v1\n    kind: Sub\n    metadata:\n      unknownSubMeta: unknown\n      name: sub\n",
    /\.spec\.template\.metadata\.unknownSubMeta: field not declared in schema|\.metadata\.unknownMeta: field not declared/,
  ],
  [
    "FieldValidation should detect duplicates in a CR when preserving unknown fields",
    open,
    "",
    "  unknown: uk1\n  foo: foo1\n  foo: foo2\n",
    /line 8: key "foo" already set in map/,
  ],
] as const)
  conforms(title, async (world) => {
    const { rest } = world;
    const group = worldWide(world);
    await establish(world, definition({ group, scope: "Cluster", schema }));
    const unknownMeta = title.includes("metadata") ? "  unknownMeta: unknown\n" : "";
    const yaml = `apiVersion: ${group}/v1\nkind: Widget\nmetadata:\n  name: mine\n${unknownMeta}${top}spec:\n${spec}${sound}`;
    const { code, body, text } = await strictly(rest, `/apis/${group}/v1/widgets/mine`, yaml, patchTypes.apply);
    if (!problem) {
      assert.equal(code, 201, text);
      assert.equal((await rest.get(`/apis/${group}/v1/widgets/mine`)).spec.cronSpec, "* * * * */5");
      return;
    }
    assert.ok(code >= 400, text);
    assert.match(body.message, problem);
  });
