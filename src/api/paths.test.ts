import { test } from "node:test";
import assert from "node:assert/strict";
import { getPath, parsePath, setPath } from "./paths.ts";
import { deepFreeze } from "./json.ts";

test("a path is read and written without touching the original", () => {
  const object = deepFreeze({ spec: { replicas: 2, "a.b": { c: 1 } } });
  assert.equal(getPath(object, ".spec.replicas"), 2);
  assert.equal(getPath(object, "spec['a.b'].c"), 1);
  assert.equal(getPath(object, ".spec.replicas.x"), undefined);
  assert.equal(getPath(object, ".constructor"), undefined);
  assert.deepEqual(setPath(object, ".spec.replicas", 3), { spec: { replicas: 3, "a.b": { c: 1 } } });
  assert.deepEqual(setPath(object, ".status.replicas", 1), { ...object, status: { replicas: 1 } });
  assert.deepEqual(setPath(object, ".spec.replicas", undefined), { spec: { "a.b": { c: 1 } } });
  assert.equal(setPath(object, ".status.replicas", undefined), object);
  assert.deepEqual(parsePath(""), []);
  assert.throws(() => parsePath(".spec.items[0]"), /trouble at "\[0\]"/);
});
