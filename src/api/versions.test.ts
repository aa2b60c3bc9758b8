// Versions derived from the stored one: names, fields that differ, and objects on the way there and back.
import { test } from "node:test";
import assert from "node:assert/strict";
import { ResourceClaim } from "./resource/resource-claim.ts";
import { ResourceSlice } from "./resource/resource-slice.ts";
import { ResourceClaimV1Beta1, ResourceSliceV1Beta1 } from "./resource/v1beta1.ts";
import { ResourceClaimV1Beta2 } from "./resource/v1beta2.ts";
import { applySchemaDefaults, decodeObject } from "./decode.ts";
import type { AnyKind, KubeObject } from "./kind.ts";
import { previewKinds } from "./preview-kinds.ts";
import { type Message, type Schema, resolve } from "./schema.ts";

const metadata = { name: "a", namespace: "d" };
const decoded = (kind: AnyKind, body: object): KubeObject => {
  const { draft } = decodeObject(kind, { metadata, ...body }, { unknownFields: "ignore" });
  applySchemaDefaults(kind, draft);
  return draft as KubeObject;
};
const roundTrip = (kind: AnyKind, object: KubeObject): KubeObject =>
  kind.storedAs!.fromStored(kind.storedAs!.toStored(object) as KubeObject) as KubeObject;

test("types carry the names of their version, at every depth", () => {
  const strays = new Set<string>();
  const visit = (schema: Schema, { group, version }: AnyKind, seen = new Set<string>()): void => {
    const type = resolve(schema);
    if (type.type === "list") return visit(type.items, { group, version } as AnyKind, seen);
    if (type.type === "map") return visit(type.values, { group, version } as AnyKind, seen);
    if (type.type !== "message" || seen.has(type.name)) return;
    seen.add(type.name);
    const own = `io.k8s.api.${group.split(".")[0]}.`;
    if (type.name.startsWith(own) && !type.name.startsWith(`${own}${version}.`)) strays.add(type.name);
    for (const field of Object.values((type as Message<unknown>).fields))
      visit(field.schema, { group, version } as AnyKind, seen);
  };
  for (const kind of previewKinds) visit(kind.schema as Schema, kind);
  assert.deepEqual([...strays], []);
});

test("a version of the same shape differs in its name only", () => {
  const object = { apiVersion: "resource.k8s.io/v1beta2", kind: "ResourceClaim", metadata } as KubeObject;
  assert.deepEqual(ResourceClaimV1Beta2.storedAs!.toStored(object as never), {
    ...object,
    apiVersion: "resource.k8s.io/v1",
  });
  assert.deepEqual(roundTrip(ResourceClaimV1Beta2, object), object);
  assert.deepEqual(ResourceClaimV1Beta2.rules, ResourceClaim.rules);
});

test("requests of the first beta name their class themselves", () => {
  const requests = [
    { name: "a", deviceClassName: "c" },
    { name: "b", firstAvailable: [{ name: "x", deviceClassName: "d" }] },
  ];
  const object = decoded(ResourceClaimV1Beta1, {
    apiVersion: "resource.k8s.io/v1beta1",
    kind: "ResourceClaim",
    spec: { devices: { requests } },
  });
  const stored = ResourceClaimV1Beta1.storedAs!.toStored(object as never) as unknown as ResourceClaim;
  const sub = { name: "x", deviceClassName: "d", allocationMode: "ExactCount", count: 1 };
  assert.equal(stored.apiVersion, "resource.k8s.io/v1");
  assert.deepEqual(stored.spec.devices.requests, [
    { name: "a", exactly: { deviceClassName: "c", allocationMode: "ExactCount", count: 1 } },
    { name: "b", firstAvailable: [sub] },
  ]);
  assert.deepEqual(roundTrip(ResourceClaimV1Beta1, object), object);
});

test("devices of the first beta say what they are like in `basic`; what says nothing of nodes stays so", () => {
  const basic = { attributes: { model: { string: "x" } }, nodeName: "n" };
  const object = decoded(ResourceSliceV1Beta1, {
    apiVersion: "resource.k8s.io/v1beta1",
    kind: "ResourceSlice",
    spec: { driver: "d", pool: { name: "p", generation: 1, resourceSliceCount: 1 }, devices: [{ name: "a", basic }] },
  });
  const stored = ResourceSliceV1Beta1.storedAs!.toStored(object as never) as unknown as ResourceSlice;
  assert.deepEqual(stored.spec.devices, [{ name: "a", ...basic }]);
  assert.equal(stored.spec.nodeName, undefined);
  assert.equal(stored.spec.allNodes, undefined);
  assert.deepEqual(roundTrip(ResourceSliceV1Beta1, object), object);
});

test("every type and field has a description", () => {
  const missing = new Set<string>();
  const seen = new Set<string>();
  const visit = (schema: Schema): void => {
    const type = resolve(schema);
    if (type.type === "list") return visit(type.items);
    if (type.type === "map") return visit(type.values);
    if (type.type !== "message" || seen.has(type.name)) return;
    seen.add(type.name);
    if (!type.description) missing.add(type.name);
    for (const [name, field] of Object.entries((type as Message<unknown>).fields)) {
      if (!field.description) missing.add(`${type.name}.${name}`);
      visit(field.schema);
    }
  };
  for (const kind of previewKinds) visit(kind.schema as Schema);
  assert.deepEqual([...missing], []);
});
