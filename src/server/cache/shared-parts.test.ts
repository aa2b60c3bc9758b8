import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "#api/kind.ts";
import { withSharedParts } from "./shared-parts.ts";

const pod = (name: string, image: string): KubeObject =>
  JSON.parse(
    JSON.stringify({
      kind: "Pod",
      apiVersion: "v1",
      metadata: {
        name,
        labels: { app: "web", tier: "front" },
        managedFields: [{ manager: name, fieldsV1: { "f:metadata": { "f:labels": {} } } }],
      },
      spec: { nodeName: name, containers: [{ name: "c", image }] },
      status: { conditions: [{ type: "Ready", status: "True" }] },
    }),
  ) as KubeObject;
// any: what a pod holds is for the test to know
// eslint-disable-next-line
type Any = any;

test("equal parts of different objects become one, and nothing else changes", () => {
  const [a, b, c] = [pod("a", "web:1"), pod("b", "web:1"), pod("c", "web:2")].map(withSharedParts) as [Any, Any, Any];
  assert.deepEqual([a, b, c], [pod("a", "web:1"), pod("b", "web:1"), pod("c", "web:2")]);
  assert.equal(JSON.stringify(a), JSON.stringify(pod("a", "web:1")));
  assert.equal(a.metadata.labels, c.metadata.labels);
  assert.equal(a.metadata.managedFields[0].fieldsV1, b.metadata.managedFields[0].fieldsV1);
  assert.equal(a.spec.containers, b.spec.containers);
  assert.notEqual(a.spec.containers, c.spec.containers);
  assert.ok(Object.isFrozen(a.spec.containers[0]));
});

test("what is not asked for is forgotten, what is asked for stays", () => {
  const first = withSharedParts(pod("a", "kept:1")) as Any;
  for (let i = 0; i < 10_000; i++) {
    withSharedParts(pod("b", `other:${i}`));
    if (i % 1_000 === 0) withSharedParts(pod("b", "kept:1"));
  }
  assert.equal((withSharedParts(pod("c", "kept:1")) as Any).spec.containers, first.spec.containers);
});

test("a part is what its JSON says", () => {
  const withZero = (value: unknown): Any =>
    withSharedParts({ metadata: {}, spec: { a: { someNumber: value } } } as Any);
  withZero(-0);
  assert.ok(Object.is(withZero(0).spec.a.someNumber, 0));
  const odd = JSON.parse(
    '{"metadata":{"__proto__":{"name":"of the prototype"}},"spec":{"__proto__":{"x":"yyyyyyyy"}}}',
  );
  assert.equal(JSON.stringify(withSharedParts(odd)), JSON.stringify(odd));
});

test("objects without the usual parts stay as they are", () => {
  for (const object of [
    { metadata: {} },
    { metadata: { managedFields: [null] }, spec: [{ a: 1 }] },
    { metadata: {}, spec: 1 },
  ])
    assert.deepEqual(withSharedParts(object as never), object);
});
