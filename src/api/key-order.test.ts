import assert from "node:assert/strict";
import { test } from "node:test";
import { PersistentVolume } from "./core/persistent-volume.ts";
import { Pod } from "./core/pod.ts";
import { inOrder } from "./key-order.ts";

const text = (kind: { readonly schema: unknown }, value: object): string =>
  JSON.stringify(inOrder(kind.schema as never, value as never));

test("members stand as in the schema, keys of maps are sorted", () => {
  const pod = {
    apiVersion: "v1",
    metadata: { labels: { b: "1", a: "2" }, name: "x", uid: "u" },
    spec: { nodeName: "n", containers: [{ image: "i", name: "c" }], volumes: [{ emptyDir: {}, name: "v" }] },
    kind: "Pod",
  };
  assert.equal(
    text(Pod, pod),
    '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"x","uid":"u","labels":{"a":"2","b":"1"}},' +
      '"spec":{"volumes":[{"name":"v","emptyDir":{}}],"containers":[{"name":"c","image":"i"}],"nodeName":"n"}}',
  );
  const volume = { spec: { accessModes: ["a"], hostPath: { path: "/" }, capacity: { storage: "1" } } };
  assert.equal(
    text(PersistentVolume, volume),
    '{"spec":{"capacity":{"storage":"1"},"hostPath":{"path":"/"},"accessModes":["a"]}}',
  );
});

test("what is in order is not copied", () => {
  const pod = Object.freeze({ kind: "Pod", metadata: Object.freeze({ name: "x", labels: Object.freeze({ a: "1" }) }) });
  assert.equal(inOrder(Pod.schema as never, pod as never), pod);
});
