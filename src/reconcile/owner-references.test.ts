import { test } from "node:test";
import assert from "node:assert/strict";
import type { KubeObject } from "#api/kind.ts";
import { planClaims } from "./owner-references.ts";

const owner = (going = false): KubeObject => ({
  metadata: { name: "o", namespace: "ns", uid: "O", ...(going ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}) },
});
const object = (name: string, o: { by?: string; labels?: boolean; going?: boolean }): KubeObject => ({
  metadata: {
    name,
    labels: o.labels === false ? {} : { app: "x" },
    ...(o.going ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
    ...(o.by
      ? { ownerReferences: [{ apiVersion: "v1", kind: "X", name: "o", uid: o.by, controller: true }] }
      : { ownerReferences: [{ apiVersion: "v1", kind: "X", name: "o", uid: "O" }] }),
  },
});
const matches = (o: KubeObject): boolean => o.metadata.labels?.["app"] === "x";

const cases: [string, Parameters<typeof object>[1], { going?: boolean }, "owned" | "adopt" | "release" | "none"][] = [
  ["ours and matching", { by: "O" }, {}, "owned"],
  ["ours, matching, being deleted", { by: "O", going: true }, {}, "owned"],
  ["ours but no longer matching", { by: "O", labels: false }, {}, "release"],
  ["ours, not matching, owner is going", { by: "O", labels: false }, { going: true }, "none"],
  ["an orphan that matches, with a plain owner reference", {}, {}, "adopt"],
  ["an orphan that does not match", { labels: false }, {}, "none"],
  ["an orphan being deleted", { going: true }, {}, "none"],
  ["an orphan while the owner is going", {}, { going: true }, "none"],
  ["another controller's", { by: "P" }, {}, "none"],
  ["of an owner of the same name with another uid, not matching", { by: "P", labels: false }, {}, "none"],
];
for (const [name, shape, of, expected] of cases)
  test(`claims: ${name}`, () => {
    const claims = planClaims(owner(of.going), [object("a", shape)], matches);
    const found = (["owned", "adopt", "release"] as const).filter((k) => claims[k].length > 0);
    assert.deepEqual(found, expected === "none" ? [] : [expected]);
  });
