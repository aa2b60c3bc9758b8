import { test } from "node:test";
import assert from "node:assert/strict";
import { ConfigMap } from "./core/config-map.ts";
import { Pod } from "./core/pod.ts";
import { Service } from "./core/service.ts";
import { Deployment } from "./apps/deployment.ts";
import { CustomResourceDefinition } from "./apiextensions/custom-resource-definition.ts";
import { DeleteOptions } from "./meta/options-schema.ts";
import { applySchemaDefaults, decodeMessage, decodeObject, validateSchema } from "./decode.ts";
import { type AnyKind, defineKind } from "./kind.ts";
import { deepFreeze } from "./json.ts";
import { ObjectMeta } from "./meta/schema.ts";
import { decodeProtobuf, encodeObject, schemaLookup } from "./protobuf.ts";
import * as s from "./schema.ts";

const decode = (kind: AnyKind, value: unknown): unknown => {
  const { draft, unknown } = decodeObject(kind, value, { unknownFields: "collect" });
  assert.deepEqual(unknown, []);
  return draft;
};

test("what is always written is there, and the order is kind, apiVersion, metadata, schema", () => {
  const value = {
    status: null,
    spec: { containers: [{ image: "i" }], nodeName: "" },
    metadata: { name: "a", labels: {} },
  };
  assert.equal(
    JSON.stringify(decode(Pod, deepFreeze(value))),
    '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"},' +
      '"spec":{"containers":[{"name":"","image":"i","resources":{}}]},"status":{}}',
  );
});

test("zero values go, unless the field is a pointer or always written", () => {
  const spec = {
    replicas: 0,
    minReadySeconds: 0,
    paused: false,
    selector: {},
    template: { spec: { containers: null } },
  };
  assert.deepEqual(decode(Deployment, { spec }), {
    kind: "Deployment",
    apiVersion: "apps/v1",
    metadata: {},
    spec: { replicas: 0, selector: {}, template: { metadata: {}, spec: { containers: [] } }, strategy: {} },
    status: {},
  });
});

test("texts take their canonical form", () => {
  const container = {
    name: "c",
    resources: { limits: { cpu: 1, memory: "1024Mi", x: "0.5" } },
    env: [{ name: "E", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } }],
    livenessProbe: { httpGet: { port: "http" } },
  };
  const metadata = { creationTimestamp: "2026-01-02T03:04:05.5+01:00", deletionTimestamp: null };
  const pod = decode(Pod, { metadata, spec: { containers: [container] } }) as {
    metadata: object;
    spec: { containers: { resources: object; env: object[]; livenessProbe: object }[] };
  };
  assert.deepEqual(pod.metadata, { creationTimestamp: "2026-01-02T02:04:05Z" });
  const [first] = pod.spec.containers;
  assert.deepEqual(first?.resources, { limits: { cpu: "1", memory: "1Gi", x: "500m" } });
  assert.deepEqual(first?.env[0], {
    name: "E",
    valueFrom: { resourceFieldRef: { resource: "limits.cpu", divisor: "0" } },
  });
  assert.deepEqual(first?.livenessProbe, { httpGet: { port: "http" } });
});

test("type errors have upstream's texts", () => {
  const head = (k: string): string => `${k} in version "v1" cannot be handled as a ${k}: `;
  const table: readonly [AnyKind, unknown, string][] = [
    [
      Deployment,
      { spec: { replicas: "3" } },
      "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
    ],
    [
      Deployment,
      { spec: { replicas: 1.5 } },
      "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32",
    ],
    [
      Deployment,
      { spec: { replicas: 3000000000 } },
      "json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32",
    ],
    [
      Pod,
      { spec: { containers: {} } },
      "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container",
    ],
    [
      Pod,
      { spec: { containers: [{ args: [1] }] } },
      "json: cannot unmarshal number into Go struct field Container.spec.containers.args of type string",
    ],
    [
      Pod,
      { spec: { containers: [{ imagePullPolicy: 1, name: "a" }] } },
      "json: cannot unmarshal number into Go struct field Container.spec.containers.imagePullPolicy of type v1.PullPolicy",
    ],
    [
      Pod,
      { spec: { containers: [{ livenessProbe: { httpGet: { path: 1 } } }] } },
      "json: cannot unmarshal number into Go struct field HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.path of type string",
    ],
    [
      Pod,
      { spec: { containers: [{ resources: { limits: "x" } }] } },
      "json: cannot unmarshal string into Go struct field ResourceRequirements.spec.containers.resources.limits of type v1.ResourceList",
    ],
    [
      Pod,
      { spec: { containers: [{ securityContext: { capabilities: { add: [1] } } }] } },
      "json: cannot unmarshal number into Go struct field Capabilities.spec.containers.securityContext.capabilities.add of type v1.Capability",
    ],
    [
      Pod,
      { spec: { containers: ["x"] } },
      "json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type v1.Container",
    ],
    [
      Pod,
      { metadata: { labels: { a: 1 } } },
      "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string",
    ],
    [
      Pod,
      { metadata: { labels: [] } },
      "json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string",
    ],
    [Pod, { spec: "x" }, "json: cannot unmarshal string into Go struct field Pod.spec of type v1.PodSpec"],
    [
      Pod,
      { spec: { hostNetwork: "true" } },
      "json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool",
    ],
    [Pod, { metadata: { creationTimestamp: 5 } }, "json: cannot unmarshal number into Go value of type string"],
    [
      Pod,
      { spec: { containers: [{ resources: { limits: { cpu: true } } }] } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [Service, { spec: { ports: [{ targetPort: true }] } }, "json: cannot unmarshal bool into Go value of type int32"],
    [ConfigMap, { binaryData: { a: "YQ=" } }, "illegal base64 data at input byte 3"],
    [ConfigMap, { binaryData: { a: "!!" } }, "illegal base64 data at input byte 0"],
    [Pod, [], "json: cannot unmarshal array into Go value of type v1.Pod"],
  ];
  for (const [kind, value, text] of table) {
    const message = head(kind.kind) + text;
    assert.throws(() => decodeObject(kind, value, { unknownFields: "ignore" }), { reason: "BadRequest", message });
  }
});

test("unknown fields are dropped, and collected by path on request", () => {
  const value = { x: 1, metadata: { y: 1 }, spec: { containers: [{ name: "a" }, { name: "b", z: { q: 1 } }] } };
  const { draft, unknown } = decodeObject(Pod, value, { unknownFields: "collect" });
  assert.deepEqual(unknown.toSorted(), ["metadata.y", "spec.containers[1].z", "x"]);
  assert.ok(!JSON.stringify(draft).includes('"q"'));
  assert.deepEqual(decodeObject(Pod, value, { unknownFields: "ignore" }).unknown, []);
});

test("one-of-several shapes keep theirs", () => {
  const schema = (openAPIV3Schema: unknown): unknown => ({ spec: { versions: [{ schema: { openAPIV3Schema } }] } });
  const back = (openAPIV3Schema: unknown): unknown => {
    const crd = decode(CustomResourceDefinition, schema(openAPIV3Schema)) as {
      spec: { versions: { schema: { openAPIV3Schema: unknown } }[] };
    };
    return crd.spec.versions[0]?.schema.openAPIV3Schema;
  };
  for (const props of [
    { additionalProperties: false },
    { additionalProperties: { type: "string" } },
    { items: [{ type: "string" }] },
    { items: { type: "string", default: "x" } },
    { default: { a: [1, null] }, enum: [1, "b", null] },
    { properties: { a: { properties: { b: { type: "integer" } } } } },
  ]) {
    assert.deepEqual(back(props), props);
  }
  assert.throws(() => back({ additionalProperties: 1 }), /boolean or JSON schema expected/);
});

test("bodies that are no kinds", () => {
  const value = { kind: "DeleteOptions", gracePeriodSeconds: 0, preconditions: { uid: "u" }, foo: 1 };
  const { draft, unknown } = decodeMessage(DeleteOptions, value, { unknownFields: "collect" });
  assert.equal(draft.gracePeriodSeconds, 0);
  assert.deepEqual(draft.preconditions, { uid: "u" });
  assert.ok(unknown.includes("foo"));
  assert.deepEqual(decodeMessage(DeleteOptions, null, { unknownFields: "ignore" }).draft, {});
  assert.throws(() => decodeMessage(DeleteOptions, { gracePeriodSeconds: "x" }, { unknownFields: "ignore" }), {
    message: "json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64",
  });
});

const Part = s.message("x.v1.Part", "", {
  mode: s.optional(1, s.oneOf("B", "A"), "", { default: "A" }),
  count: s.pointer(2, s.int32, "", { default: 5 }),
  labels: s.optional(3, s.map(s.string), "", { default: { a: "b" } }),
});
const Thing = defineKind({
  group: "x",
  version: "v1",
  kind: "Thing",
  plural: "things",
  scope: "Namespaced",
  schema: s.topLevel("x.v1.Thing", "", {
    metadata: s.struct(1, ObjectMeta, ""),
    first: s.struct(2, Part, ""),
    parts: s.optional(3, s.list(Part), ""),
    named: s.optional(4, s.map(Part), ""),
    always: s.required(5, s.int32, "", { default: 3 }),
    ref: s.pointer(6, Part, ""),
    any: s.pointer(7, s.anyValue, ""),
    open: s.pointer(8, s.message("x.v1.Open", "", { a: s.pointer(1, s.int32, "") }, [], { preserveUnknown: true }), ""),
  }),
  rules: {
    applyDefaults: (draft) => {
      draft.metadata!.name ??= "default";
    },
  },
} as const);

test("defaults fill what is absent, and what is zero where nobody can tell", () => {
  const { draft } = decodeObject(
    Thing,
    { always: 0, parts: [{ count: 0, mode: "" }, { labels: { c: "d" } }], named: { x: {} } },
    { unknownFields: "ignore" },
  );
  applySchemaDefaults(Thing, draft);
  const full = { mode: "A", count: 5, labels: { a: "b" } };
  assert.deepEqual(draft, {
    kind: "Thing",
    apiVersion: "x/v1",
    metadata: { name: "default" },
    first: full,
    parts: [
      { ...full, count: 0 },
      { ...full, labels: { c: "d" } },
    ],
    named: { x: full },
    always: 3,
  });
});

test("closed lists of values are checked wherever they lie", () => {
  const object = {
    metadata: {},
    first: { mode: "X" },
    parts: [{ mode: "A" }, { mode: "y" }],
    named: { k: { mode: "z" } },
  };
  assert.deepEqual(
    validateSchema(Thing, object).map((e) => `${e.field}: ${e.message}`),
    [
      'first.mode: Unsupported value: "X": supported values: "A", "B"',
      'parts[1].mode: Unsupported value: "y": supported values: "A", "B"',
      'named[k].mode: Unsupported value: "z": supported values: "A", "B"',
    ],
  );
});

test("custom resources: what the schema leaves open is kept, wrong types can stay for validation", () => {
  const value = { any: null, open: { a: "no", b: { __proto__: null, c: [1] } }, always: "x" };
  const { draft, unknown } = decodeObject(Thing, value, { unknownFields: "collect", wrongTypes: "keep" });
  assert.deepEqual(unknown, []);
  assert.equal(
    JSON.stringify({ ...draft, kind: 0, apiVersion: 0 }),
    '{"kind":0,"apiVersion":0,"metadata":{},"first":{},"always":"x","any":null,"open":{"a":"no","b":{"c":[1]}}}',
  );
});

test("pointers and bytes that are always written are null where nothing is, and absent on the wire", () => {
  const Part = s.message("x.v1.Part", "", { a: s.optional(1, s.string, "") });
  const Whole = s.topLevel("x.v1.Whole", "", {
    metadata: s.struct(1, ObjectMeta, ""),
    part: s.pointer(2, Part, "", { always: true }),
    bytes: s.optional(3, s.bytes, "", { always: true }),
  });
  const of = defineKind({
    group: "x",
    version: "v1",
    kind: "Whole",
    plural: "wholes",
    scope: "Cluster",
    schema: Whole,
  });
  const { draft } = decodeObject(of, {}, { unknownFields: "collect" });
  assert.deepEqual(draft, { kind: "Whole", apiVersion: "x/v1", metadata: {}, part: null, bytes: null });
  const read = (value: unknown): object => decodeObject(of, value, { unknownFields: "collect" }).draft;
  assert.deepEqual(read(JSON.parse(JSON.stringify(draft))), draft);
  assert.deepEqual(read(decodeProtobuf(schemaLookup([of]), encodeObject(of, draft as never))), draft);
});
