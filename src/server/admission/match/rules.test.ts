import assert from "node:assert/strict";
import { test } from "node:test";
import { matchesNamedRule, type Target } from "./rules.ts";

const base = { apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"] };
const pods: Target = {
  group: "",
  version: "v1",
  plural: "pods",
  subresource: "",
  operation: "CREATE",
  namespace: "n",
  name: "p",
};
const node: Target = { ...pods, plural: "nodes", namespace: "" };
const namespace: Target = { ...pods, plural: "namespaces", namespace: "n", name: "n" };

test("rules mean requests by operation, resource, scope and name", () => {
  const table: readonly [rule: object, target: Target, isMet: boolean][] = [
    [{}, pods, true],
    [{ apiGroups: ["apps"] }, pods, false],
    [{ apiGroups: ["apps", ""] }, pods, true],
    [{ apiVersions: ["v2"] }, pods, false],
    [{ operations: ["UPDATE", "DELETE"] }, pods, false],
    [{ operations: ["UPDATE", "CREATE"] }, pods, true],
    [{ resources: ["pods"] }, pods, true],
    [{ resources: ["pods"] }, { ...pods, subresource: "status" }, false],
    [{ resources: ["pods/status"] }, { ...pods, subresource: "status" }, true],
    [{ resources: ["pods/*"] }, { ...pods, subresource: "status" }, true],
    [{ resources: ["pods/*"] }, pods, true],
    [{ resources: ["*/scale"] }, { ...pods, subresource: "scale" }, true],
    [{ resources: ["*"] }, { ...pods, subresource: "scale" }, false],
    [{ resources: ["*/*"] }, { ...pods, subresource: "scale" }, true],
    [{ resources: ["services"] }, pods, false],
    [{ scope: "Namespaced" }, pods, true],
    [{ scope: "Cluster" }, pods, false],
    [{ scope: "*" }, node, true],
    [{ scope: "Namespaced" }, node, false],
    [{ scope: "Cluster" }, node, true],
    [{ scope: "Namespaced" }, namespace, false],
    [{ scope: "Cluster" }, namespace, true],
    [{ resourceNames: ["p"] }, pods, true],
    [{ resourceNames: ["q"] }, pods, false],
    [{ resourceNames: [] }, pods, true],
  ];
  for (const [rule, target, isMet] of table)
    assert.equal(matchesNamedRule({ ...base, ...rule } as never, target), isMet, JSON.stringify({ rule, target }));
});
