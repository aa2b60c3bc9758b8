// Server-side apply told as stories: each is a row of writes by named managers, with what stands there afterwards.
import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { ApiError } from "#api/errors.ts";
import { decodeObject } from "#api/decode.ts";
import { deepFreeze } from "#api/json.ts";
import { Deployment } from "#api/apps/deployment.ts";
import { ConfigMap } from "#api/core/config-map.ts";
import { Pod } from "#api/core/pod.ts";
import { Service } from "#api/core/service.ts";
import { type AnyKind, apiVersionOf, defineKind } from "#api/kind.ts";
import { type ManagedFieldsEntry, ObjectMeta } from "#api/meta/schema.ts";
import * as s from "#api/schema.ts";
import { strategicMerge } from "../strategic-merge.ts";
import { applyPatch } from "./apply-patch.ts";
import { lastAppliedAnnotation } from "./last-applied.ts";
import { recordUpdate } from "./record-update.ts";
import { resetFieldsOf } from "./reset-fields.ts";

type Json = Record<string, unknown>;
interface Options {
  readonly force?: boolean;
  readonly subresource?: string;
  readonly resetFields?: readonly string[];
}
/** One object and its life; time moves a minute with every write. */
class Story {
  readonly kind: AnyKind;
  object: Json | undefined;
  #minute = 0;
  constructor(kind: AnyKind) {
    this.kind = kind;
  }
  #now(): string {
    return `2026-01-01T00:${String(this.#minute++).padStart(2, "0")}:00Z`;
  }
  get #common(): { schema: s.Message<unknown>; apiVersion: string; live: Json | undefined; time: string } {
    return { schema: this.kind.schema, apiVersion: apiVersionOf(this.kind), live: this.object, time: this.#now() };
  }
  #store(object: unknown, managedFields: readonly ManagedFieldsEntry[]): void {
    const { draft } = decodeObject(this.kind, object, { unknownFields: "ignore" });
    const metadata = { name: "x", ...(draft.metadata as object), managedFields };
    this.object = deepFreeze({ ...(draft as Json), metadata });
  }
  apply(manager: string, config: Json, options: Options = {}): this {
    const { kind } = this;
    const full = { apiVersion: apiVersionOf(kind), kind: kind.kind, ...config };
    const patch = { ...this.#common, kind: kind.kind, config: deepFreeze(full), manager, force: false, ...options };
    const applied = applyPatch(patch);
    this.#store(applied.object, applied.managedFields);
    return this;
  }
  update(manager: string, change: (object: Json) => Json, options: Options = {}): this {
    const { draft } = decodeObject(this.kind, change(this.object ?? {}), { unknownFields: "ignore" });
    const entries = recordUpdate({ ...this.#common, object: draft as Json, manager, ...options });
    this.#store(draft, entries);
    return this;
  }
  get entries(): readonly ManagedFieldsEntry[] {
    return (this.object!["metadata"] as { managedFields: ManagedFieldsEntry[] }).managedFields;
  }
  /** The fields of each manager. */
  get owned(): Json {
    return Object.fromEntries(this.entries.map((e) => [e.manager!, e.fieldsV1]));
  }
  part(name: string): unknown {
    return this.object![name];
  }
  conflict(manager: string, config: Json): ApiError {
    try {
      this.apply(manager, config);
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
    throw new Error("there is no conflict");
  }
}

test("who creates an object owns what it set; structs are no members, maps and items are", () => {
  const story = new Story(Deployment).update("kubectl-create", () => ({
    metadata: { name: "x", labels: { app: "a" } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: "a" } },
      template: { spec: { containers: [{ name: "c", image: "i" }] } },
    },
  }));
  const [entry] = story.entries;
  assert.equal(entry!.operation, "Update");
  assert.equal(entry!.apiVersion, "apps/v1");
  assert.equal(entry!.time, "2026-01-01T00:00:00Z");
  assert.deepEqual(entry!.fieldsV1, {
    "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
    "f:spec": {
      "f:replicas": {},
      "f:selector": {},
      "f:template": {
        "f:spec": {
          "f:containers": { 'k:{"name":"c"}': { ".": {}, "f:image": {}, "f:name": {}, "f:resources": {} } },
        },
      },
    },
  });
});

test("a field belongs to whoever changed it last", () => {
  const story = new Story(ConfigMap)
    .update("a", () => ({ data: { x: "1", y: "1" } }))
    .update("b", (o) => ({ ...o, data: { x: "1", y: "2", z: "2" } }));
  assert.deepEqual(story.owned, {
    a: { "f:data": { ".": {}, "f:x": {} } },
    b: { "f:data": { "f:y": {}, "f:z": {} } },
  });
  story.update("c", (o) => ({ ...o, data: { z: "2" } }));
  assert.deepEqual(story.owned, { a: { "f:data": {} }, b: { "f:data": { "f:z": {} } } });
});

test("a write that changes nothing leaves the entries alone", () => {
  const story = new Story(ConfigMap).update("a", () => ({ data: { x: "1" } }));
  const before = story.entries;
  story.update("b", (o) => o);
  assert.deepEqual(story.entries, before);
  assert.deepEqual(story.update("b", (o) => ({ ...o, data: { x: "1" } })).entries, before);
});

test("apply creates, and the applier owns exactly what it said", () => {
  const story = new Story(ConfigMap).apply("me", { metadata: { name: "x" }, data: { a: "1" } });
  assert.deepEqual(story.part("data"), { a: "1" });
  assert.deepEqual(story.entries, [
    {
      manager: "me",
      operation: "Apply",
      apiVersion: "v1",
      time: "2026-01-01T00:00:00Z",
      fieldsType: "FieldsV1",
      fieldsV1: { "f:data": { "f:a": {} } },
    },
  ]);
});

test("what an applier no longer says goes, unless somebody else owns it", () => {
  const story = new Story(ConfigMap)
    .apply("a", { data: { x: "1", y: "1" } })
    .apply("b", { data: { y: "1", z: "1" } })
    .apply("a", { data: { x: "1" } });
  assert.deepEqual(story.part("data"), { x: "1", y: "1", z: "1" });
  assert.deepEqual(story.owned["a"], { "f:data": { "f:x": {} } });
  story.apply("b", { data: { z: "1" } });
  assert.deepEqual(story.part("data"), { x: "1", z: "1" });
  story.apply("b", {});
  assert.deepEqual(story.part("data"), { x: "1" });
  assert.deepEqual(Object.keys(story.owned), ["a"]);
});

test("the same value makes shared owners, another value a conflict", () => {
  const story = new Story(Deployment).apply("a", { spec: { replicas: 1 } }).apply("b", { spec: { replicas: 1 } });
  assert.deepEqual(story.owned, { a: { "f:spec": { "f:replicas": {} } }, b: { "f:spec": { "f:replicas": {} } } });
  const error = story.conflict("c", { spec: { replicas: 2 } });
  assert.equal(error.code, 409);
  assert.equal(
    error.message,
    'Apply failed with 2 conflicts: conflicts with "a":\n- .spec.replicas\nconflicts with "b":\n- .spec.replicas',
  );
  story.apply("c", { spec: { replicas: 2 } }, { force: true });
  assert.deepEqual(story.owned, { c: { "f:spec": { "f:replicas": {} } } });
  assert.equal((story.part("spec") as Json)["replicas"], 2);
});

test("conflicts with updaters name the version; causes name each field", () => {
  const story = new Story(Deployment).update("hpa", () => ({ spec: { replicas: 3 } }), {});
  const error = story.conflict("me", { spec: { replicas: 1 } });
  assert.equal(error.message, 'Apply failed with 1 conflict: conflict with "hpa" using apps/v1: .spec.replicas');
  assert.deepEqual(error.details?.causes, [
    { reason: "FieldManagerConflict", message: 'conflict with "hpa" using apps/v1', field: ".spec.replicas" },
  ]);
  const scaled = new Story(Deployment)
    .update("a", () => ({ spec: { replicas: 1 } }))
    .update("hpa", (o) => ({ ...o, spec: { replicas: 3 } }), { subresource: "scale" });
  assert.match(
    scaled.conflict("me", { spec: { replicas: 1 } }).message,
    /conflict with "hpa" with subresource "scale" using apps\/v1: /,
  );
});

test("an applier may change what it owns alone", () => {
  const story = new Story(Deployment).apply("me", { spec: { replicas: 1 } }).apply("me", { spec: { replicas: 5 } });
  assert.equal((story.part("spec") as Json)["replicas"], 5);
  assert.equal(story.entries[0]!.time, "2026-01-01T00:01:00Z");
});

test("to give a field up, an applier leaves it out while another owns it", () => {
  const story = new Story(Deployment)
    .apply("me", { spec: { replicas: 1, paused: true } })
    .update("hpa", (o) => ({ ...o, spec: { ...(o["spec"] as Json), replicas: 4 } }))
    .apply("me", { spec: { paused: true } });
  assert.equal((story.part("spec") as Json)["replicas"], 4);
  assert.equal((story.part("spec") as Json)["paused"], true);
});

test("an apply that changes nothing keeps its time, however it spells it", () => {
  const container = (cpu: unknown): Json => ({
    metadata: { creationTimestamp: null, name: "x" },
    spec: { containers: [{ name: "c", image: "i", resources: { requests: { cpu } } }] },
    status: {},
  });
  const reset = { resetFields: ["status"] };
  const story = new Story(Pod).apply("me", container("1"), reset);
  const before = story.entries;
  assert.deepEqual(story.apply("me", container("1"), reset).entries, before);
  assert.deepEqual(story.apply("me", container("1000m"), reset).entries, before);
  assert.notDeepEqual(story.apply("me", container("2"), reset).entries, before);
});

test("items of keyed lists are owned one by one; order follows the configuration", () => {
  const named = (...names: string[]): Json => ({ spec: { containers: names.map((name) => ({ name, image: name })) } });
  const names = (s: Story): string[] =>
    (s.part("spec") as { containers: { name: string }[] }).containers.map((c) => c.name);
  const story = new Story(Pod).apply("a", named("one", "two")).apply("b", named("three", "two"));
  assert.deepEqual(names(story), ["one", "three", "two"]);
  story.apply("a", named("two", "one"));
  assert.deepEqual(names(story), ["three", "two", "one"]);
  story.apply("a", named("one"));
  assert.deepEqual(names(story), ["three", "two", "one"]);
  story.apply("b", named("three"));
  assert.deepEqual(names(story), ["three", "one"]);
});

test("an item that its applier drops takes along what others changed within it", () => {
  const story = new Story(Pod)
    .apply("a", {
      spec: {
        containers: [
          { name: "one", image: "1" },
          { name: "two", image: "1" },
        ],
      },
    })
    .update("b", (o) => {
      const spec = o["spec"] as { containers: Json[] };
      return { ...o, spec: { ...spec, containers: spec.containers.map((c) => ({ ...c, image: "2" })) } };
    });
  assert.match(
    story.conflict("a", { spec: { containers: [{ name: "one", image: "1" }] } }).message,
    /\[name="one"\]\.image$/,
  );
  story.apply("a", { spec: { containers: [{ name: "one" }] } });
  assert.deepEqual((story.part("spec") as { containers: Json[] }).containers, [
    { name: "one", image: "2", resources: {} },
  ]);
});

test("keys with defaults identify an item although the configuration leaves them out", () => {
  const story = new Story(Service)
    .update("a", () => ({ spec: { ports: [{ port: 80, protocol: "TCP", name: "web" }] } }))
    .apply("b", {
      spec: {
        ports: [
          { port: 80, targetPort: 8080 },
          { port: 80, protocol: "UDP" },
        ],
      },
    });
  const { ports } = story.part("spec") as { ports: Json[] };
  assert.deepEqual(
    ports,
    [
      { name: "web", protocol: "TCP", port: 80, targetPort: 8080 },
      { protocol: "UDP", port: 80 },
    ].map((p) => p),
  );
  const owned = story.owned["b"] as { "f:spec": { "f:ports": Json } };
  assert.ok('k:{"port":80,"protocol":"UDP"}' in owned["f:spec"]["f:ports"]);
});

test("sets of scalars have members; atomic lists and maps are one", () => {
  const story = new Story(Pod)
    .apply("a", { metadata: { finalizers: ["x/a"] }, spec: { nodeSelector: { a: "1" }, tolerations: [{ key: "t" }] } })
    .apply("b", { metadata: { finalizers: ["x/b"] } });
  assert.deepEqual((story.part("metadata") as Json)["finalizers"], ["x/a", "x/b"]);
  assert.deepEqual(story.owned["b"], { "f:metadata": { "f:finalizers": { 'v:"x/b"': {} } } });
  assert.deepEqual((story.owned["a"] as { "f:spec": Json })["f:spec"], { "f:nodeSelector": {}, "f:tolerations": {} });
  assert.match(story.conflict("b", { spec: { nodeSelector: { b: "1" } } }).message, /"a": \.spec\.nodeSelector$/);
});

test("an object from before apply: its fields belong to before-first-apply", () => {
  const story = new Story(ConfigMap);
  story.object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" }, data: { a: "1" } };
  story.update("old-client", (o) => ({ ...o, data: { a: "1", b: "1" } }));
  assert.deepEqual(story.entries, []);
  assert.match(story.conflict("me", { data: { a: "2" } }).message, /"before-first-apply" using v1: \.data\.a$/);
  story.apply("me", { data: { b: "1" } });
  assert.deepEqual(story.owned, {
    "before-first-apply": { "f:data": { ".": {}, "f:a": {}, "f:b": {} } },
    me: { "f:data": { "f:b": {} } },
  });
});

test("kubectl passes from client-side to server-side apply without conflicts with itself", () => {
  const last = (data: Json): string => JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", data });
  const client = (data: Json, said: Json): Story =>
    new Story(ConfigMap).update("kubectl-client-side-apply", () => ({
      metadata: { annotations: { [lastAppliedAnnotation]: last(said) } },
      data,
    }));
  const story = client({ a: "1" }, { a: "1" }).apply("kubectl", { data: { a: "2" } });
  assert.deepEqual(story.part("data"), { a: "2" });
  const annotations = (story.part("metadata") as { annotations: Record<string, string> }).annotations;
  assert.deepEqual(JSON.parse(annotations[lastAppliedAnnotation]!), {
    apiVersion: "v1",
    kind: "ConfigMap",
    data: { a: "2" },
    metadata: {},
  });
  assert.match(client({ a: "9" }, { a: "1" }).conflict("kubectl", { data: { a: "2" } }).message, /\.data\.a$/);
  assert.match(client({ a: "1" }, { a: "1" }).conflict("other", { data: { a: "2" } }).message, /\.data\.a$/);
});

test("the status is a matter of its subresource", () => {
  const main = { resetFields: resetFieldsOf(Deployment, "") };
  const status = { subresource: "status", resetFields: resetFieldsOf(Deployment, "status") };
  assert.deepEqual([main.resetFields, status.resetFields], [["status"], ["spec", "metadata.labels"]]);
  assert.deepEqual(resetFieldsOf(ConfigMap, ""), []);
  const story = new Story(Deployment)
    .update("user", () => ({ spec: { replicas: 1 }, status: { replicas: 9 } }), main)
    .update("controller", (o) => ({ ...o, status: { replicas: 1 } }), status);
  assert.deepEqual(story.owned, {
    user: { "f:spec": { "f:replicas": {} } },
    controller: { "f:status": { "f:replicas": {} } },
  });
  assert.equal(story.entries[1]!.subresource, "status");
  const { owned } = story.apply("me", { spec: { paused: true }, status: { replicas: 7 } }, main);
  assert.deepEqual(owned["me"], { "f:spec": { "f:paused": {} } });
});

test("many updaters are folded into ancient-changes", () => {
  const story = new Story(ConfigMap).update("m0", () => ({ data: { k0: "" } }));
  for (let i = 1; i <= 11; i++) {
    story.update(`m${i}`, (o) => ({ ...o, data: { ...(o["data"] as Json), [`k${i}`]: "" } }));
  }
  const managers = story.entries.map((e) => e.manager);
  assert.equal(managers.length, 10);
  assert.equal(managers[0], "ancient-changes");
  assert.deepEqual(story.owned["ancient-changes"], { "f:data": { ".": {}, "f:k0": {}, "f:k1": {}, "f:k2": {} } });
  assert.equal(managers.at(-1), "m11");
});

test("clients can reset the entries, and their own edits of them count", () => {
  const story = new Story(ConfigMap).update("a", () => ({ data: { x: "1" } }));
  const kept = story.entries;
  const withEntries = (managedFields: unknown) => (o: Json) => ({
    ...o,
    metadata: { ...(o["metadata"] as Json), managedFields },
  });
  story.update("b", withEntries([{ operation: "bad" }]));
  assert.deepEqual(story.entries, kept);
  story.update("b", withEntries([{ ...kept[0], manager: "renamed" }]));
  assert.deepEqual(Object.keys(story.owned), ["renamed"]);
  story.update("b", withEntries([{}]));
  assert.deepEqual(story.entries, []);
});

const Widget = defineKind({
  group: "x.io",
  version: "v1",
  kind: "Widget",
  plural: "widgets",
  scope: "Namespaced",
  schema: s.topLevel("x.v1.Widget", "", {
    metadata: s.struct(1, ObjectMeta, ""),
    spec: s.pointer(
      2,
      s.message("x.v1.Spec", "", { size: s.pointer(1, s.int32, "") }, [], { preserveUnknown: true }),
      "",
    ),
    free: s.pointer(3, s.anyValue, ""),
    raw: s.pointer(4, s.rawExtension, ""),
  }),
});
test("custom resources: what has no schema merges by member, and lists in it are one", () => {
  const story = new Story(Widget)
    .apply("a", { spec: { size: 1, extra: { a: 1 }, list: [1] }, free: { x: { y: 1 } }, raw: { a: 1 } })
    .apply("b", { spec: { extra: { b: [{ c: 1 }] } }, free: { x: { z: 2 } } });
  assert.deepEqual(story.part("spec"), { size: 1, extra: { a: 1, b: [{ c: 1 }] }, list: [1] });
  assert.deepEqual(story.part("free"), { x: { y: 1, z: 2 } });
  assert.deepEqual(story.owned["b"], {
    "f:free": { "f:x": { ".": {}, "f:z": {} } },
    "f:spec": { "f:extra": { ".": {}, "f:b": {} } },
  });
  assert.match(story.conflict("b", { spec: { list: [2] } }).message, /: \.spec\.list$/);
  assert.match(story.conflict("b", { raw: { b: 1 } }).message, /: \.raw$/);
  story.apply("b", {});
  assert.deepEqual(story.part("free"), { x: { y: 1 } });
});

test("laws: the configuration is in the result; a second time changes nothing", () => {
  const name = fc.constantFrom("a", "b", "c");
  const container = fc.record({ name, image: name }, { requiredKeys: ["name"] });
  // What is empty is not stored, so that its owner owns nothing that is there.
  const labels = fc.dictionary(name, name, { minKeys: 1 });
  const config = fc.record(
    {
      metadata: fc.record(
        {
          labels,
          finalizers: fc.uniqueArray(
            name.map((n) => `x/${n}`),
            { minLength: 1 },
          ),
        },
        { requiredKeys: [] },
      ),
      spec: fc.record(
        { containers: fc.uniqueArray(container, { selector: (c) => c.name, minLength: 1 }), nodeSelector: labels },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  const write = fc.tuple(fc.constantFrom("m1", "m2", "m3"), config);
  fc.assert(
    fc.property(fc.array(write, { minLength: 1, maxLength: 5 }), (writes) => {
      const story = new Story(Pod);
      for (const [manager, body] of writes) story.apply(manager, body as Json, { force: true });
      const [manager, body] = writes.at(-1)!;
      const canonical = (o: unknown): unknown => decodeObject(Pod, o, { unknownFields: "ignore" }).draft;
      const before = JSON.stringify(story.object);
      const patched = strategicMerge(Pod.schema, story.object, body);
      assert.deepEqual(decodeObject(Pod, patched, { unknownFields: "ignore" }).draft, canonical(story.object));
      story.apply(manager, body as Json);
      assert.equal(JSON.stringify(story.object), before);
    }),
  );
});

test("bad configurations", () => {
  const head = "failed to create typed patch object (/x; apps/v1, Kind=Deployment): ";
  const pods = (containers: unknown): Json => ({ spec: { template: { spec: { containers } } } });
  const at = ".spec.template.spec.containers";
  const table: readonly [Json, string][] = [
    [{ spec: { foo: 1 } }, ".spec.foo: field not declared in schema"],
    [{ spec: { replicas: "1" } }, ".spec.replicas: expected numeric (int or float), got string"],
    [{ spec: { paused: "no" } }, ".spec.paused: expected boolean, got &{no}"],
    [{ spec: [] }, ".spec: expected map, got &{[]}"],
    [pods({ a: 1 }), `${at}: expected list, got &{map[a:1]}`],
    [pods([{ name: "a" }, { name: "a" }]), `${at}: duplicate entries for key [name="a"]`],
    [
      pods([{ name: "a", image: true }]),
      `${at}[name="a"].image: expected string, got &value.valueUnstructured{Value:true}`,
    ],
    [{ a: 1, b: 2 }, "errors:\n  .a: field not declared in schema\n  .b: field not declared in schema"],
  ];
  for (const [config, why] of table) {
    assert.throws(() => new Story(Deployment).apply("me", { metadata: { name: "x" }, ...config }), {
      message: head + why,
    });
  }
  const other = { apiVersion: "v1", kind: "Pod" };
  assert.throws(() => new Story(Deployment).apply("me", other), { message: "invalid object type: /v1, Kind=Pod" });
  assert.throws(() => new Story(ConfigMap).apply("me", { metadata: { managedFields: [{}] } }), {
    reason: "BadRequest",
    message: "metadata.managedFields must be nil",
  });
});
