import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { deepFreeze } from "#api/json.ts";
import { Deployment } from "#api/apps/deployment.ts";
import { Pod } from "#api/core/pod.ts";
import { Service } from "#api/core/service.ts";
import type { AnyKind } from "#api/kind.ts";
import { strategicMerge } from "./strategic-merge.ts";

const merge = (kind: AnyKind, original: unknown, patch: unknown): unknown =>
  strategicMerge(kind.schema, deepFreeze(original), deepFreeze(patch));
const spec = (kind: AnyKind, original: unknown, patch: unknown): unknown =>
  (merge(kind, { spec: original }, { spec: patch }) as { spec: unknown }).spec;

test("objects merge, null removes, other values replace", () => {
  const original = { metadata: { labels: { a: "1", b: "2" } }, spec: { replicas: 1, paused: true } };
  assert.deepEqual(merge(Deployment, original, { metadata: { labels: { b: null, c: "3" } }, spec: { replicas: 2 } }), {
    metadata: { labels: { a: "1", c: "3" } },
    spec: { replicas: 2, paused: true },
  });
  assert.deepEqual(merge(Deployment, {}, { metadata: { labels: { a: null, b: "x" } } }), {
    metadata: { labels: { b: "x" } },
  });
});

test("lists with a merge key merge by it", () => {
  const containers = [
    { name: "a", image: "1", env: [{ name: "X", value: "1" }] },
    { name: "b", image: "1" },
  ];
  const table: readonly [unknown[], unknown[]][] = [
    [[{ name: "b", image: "2" }], [containers[0], { name: "b", image: "2" }]],
    [[{ name: "c", image: "1" }], [{ name: "c", image: "1" }, ...containers]],
    [
      [{ name: "a", env: [{ name: "Y", value: "2" }] }],
      [
        {
          name: "a",
          image: "1",
          env: [
            { name: "Y", value: "2" },
            { name: "X", value: "1" },
          ],
        },
        containers[1],
      ],
    ],
    [[{ name: "a", $patch: "delete" }], [containers[1]]],
    [[{ $patch: "replace" }, { name: "z" }], [{ name: "z" }]],
    [
      [
        { name: "b", image: null },
        { name: "a", env: null },
      ],
      [{ name: "b" }, { name: "a", image: "1" }],
    ],
  ];
  for (const [patch, result] of table) {
    assert.deepEqual(spec(Pod, { containers }, { containers: patch }), { containers: result }, JSON.stringify(patch));
  }
});

test("the order of a merged list follows the patch, and the server where the patch is silent", () => {
  const named = (...names: string[]): unknown[] => names.map((name) => ({ name }));
  const patch = { containers: named("new"), "$setElementOrder/containers": named("b", "new", "a") };
  assert.deepEqual(spec(Pod, { containers: named("a", "s", "b") }, patch), { containers: named("s", "b", "new", "a") });
  const reorder = { "$setElementOrder/containers": named("b", "a") };
  assert.deepEqual(spec(Pod, { containers: named("a", "b", "s") }, reorder), { containers: named("b", "a", "s") });
  assert.deepEqual(spec(Pod, { containers: named("s", "a", "b") }, reorder), { containers: named("s", "b", "a") });
  const ports = { ports: [{ port: 80 }, { port: 443 }] };
  assert.deepEqual(
    spec(Service, ports, {
      ports: [{ port: 443, name: "tls" }],
      "$setElementOrder/ports": [{ port: 443 }, { port: 80 }],
    }),
    { ports: [{ port: 443, name: "tls" }, { port: 80 }] },
  );
});

test("lists of scalars merge, lose items, or are replaced", () => {
  const meta = (finalizers: unknown, patch: object): unknown =>
    merge(Pod, { metadata: { finalizers } }, { metadata: patch });
  assert.deepEqual(meta(["a", "b"], { finalizers: ["c", "a"] }), { metadata: { finalizers: ["c", "a", "b"] } });
  assert.deepEqual(meta(["a", "b"], { "$deleteFromPrimitiveList/finalizers": ["a"] }), {
    metadata: { finalizers: ["b"] },
  });
  assert.deepEqual(
    meta(["a", "b"], {
      "$deleteFromPrimitiveList/finalizers": ["a"],
      "$setElementOrder/finalizers": ["c", "b"],
      finalizers: ["c"],
    }),
    { metadata: { finalizers: ["c", "b"] } },
  );
  assert.deepEqual(meta(undefined, { finalizers: ["x"] }), { metadata: { finalizers: ["x"] } });
  assert.deepEqual(
    spec(Pod, { containers: [{ name: "a", args: ["1", "2"] }] }, { containers: [{ name: "a", args: ["3"] }] }),
    { containers: [{ name: "a", args: ["3"] }] },
  );
});

test("directives on objects: replace, delete, retainKeys", () => {
  const strategy = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } };
  assert.deepEqual(spec(Deployment, { strategy }, { strategy: { $retainKeys: ["type"], type: "Recreate" } }), {
    strategy: { type: "Recreate" },
  });
  assert.deepEqual(spec(Deployment, { strategy }, { strategy: { $patch: "replace", type: "Recreate" } }), {
    strategy: { type: "Recreate" },
  });
  assert.deepEqual(spec(Deployment, { strategy }, { strategy: { $patch: "delete" } }), { strategy: {} });
  const volumes = [{ name: "v", emptyDir: {} }];
  assert.deepEqual(
    spec(Pod, { volumes }, { volumes: [{ name: "v", $retainKeys: ["name", "hostPath"], hostPath: { path: "/x" } }] }),
    { volumes: [{ name: "v", hostPath: { path: "/x" } }] },
  );
});

test("malformed patches", () => {
  const table: readonly [unknown, unknown, string][] = [
    [{}, { strategy: { $patch: "melt" } }, ""],
    [{ strategy: {} }, { strategy: { $patch: "melt" } }, "unknown patch type: melt in map: map[$patch:melt]"],
    [
      { strategy: {} },
      { strategy: { $retainKeys: ["type"], rollingUpdate: {} } },
      "invalid patch format of retainKeys",
    ],
    [{ strategy: {} }, { strategy: { $retainKeys: "x" } }, "invalid patch format of retainKeys"],
  ];
  for (const [original, patch, message] of table) {
    if (message === "") assert.deepEqual(spec(Deployment, original, patch), {});
    else assert.throws(() => spec(Deployment, original, patch), { reason: "BadRequest", message });
  }
  const containers = [{ name: "a" }];
  const pods: readonly [unknown, string][] = [
    [
      { containers: [{ image: "x", b: [1, null] }] },
      "map: map[b:[1 <nil>] image:x] does not contain declared merge key: name",
    ],
    [{ containers: [["x"]] }, "list element types are not identical: [[map[name:a]] [[x]]]"],
    [{ containers: ["x"] }, "list element types are not identical: [[map[name:a]] [x]]"],
    [{ "$setElementOrder/containers": "x" }, "expected a []interface {}, but received a string"],
    [
      { containers: [{ name: "b" }, { name: "a" }], "$setElementOrder/containers": [{ name: "a" }, { name: "b" }] },
      "The order in patch list:\n[map[name:b] map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:a] map[name:b]]\n",
    ],
  ];
  for (const [patch, message] of pods) assert.throws(() => spec(Pod, { containers }, patch), { message });
  assert.throws(() => merge(Pod, {}, []), { message: "invalid JSON document" });
});

test("laws: nothing changes nothing; once is enough; the arguments stay", () => {
  const name = fc.constantFrom("a", "b", "c", "d");
  const container = fc.record({ name, image: fc.option(name) }, { requiredKeys: ["name"] });
  const unique = fc.uniqueArray(container, { selector: (c) => c.name });
  const labels = fc.dictionary(name, fc.oneof(name, fc.constant(null)));
  const pod = fc.record({
    metadata: fc.record({ labels, finalizers: fc.uniqueArray(name) }, { requiredKeys: [] }),
    spec: fc.record({ containers: unique }, { requiredKeys: [] }),
  });
  fc.assert(
    fc.property(pod, pod, (before, patch) => {
      const original = merge(Pod, {}, before);
      assert.deepEqual(merge(Pod, original, {}), original);
      const once = merge(Pod, original, patch);
      assert.deepEqual(merge(Pod, once, patch), once);
      assert.deepEqual(merge(Pod, {}, { ...(original as object) }), original);
    }),
  );
});
