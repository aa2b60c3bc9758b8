// Fields of features that are off do not get in, and stay where they are already.
import { test } from "node:test";
import assert from "node:assert/strict";
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { Pod } from "#api/core/pod.ts";
import { StatefulSet } from "#api/apps/stateful-set.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { kinds } from "#api/kinds.ts";
import { previewKinds } from "#api/preview-kinds.ts";
import { ResourceSlice } from "#api/resource/resource-slice.ts";
import { type Schema, resolve } from "#api/schema.ts";
import { createDropDisabled } from "./drop-disabled.ts";
import { defaultGates, parseFeatureGates } from "./feature-gates.ts";
import { gatedFields } from "./gated-fields.ts";
import { knownGates } from "./known-gates.ts";

const metadata = { name: "a" };
function dropped(gates: string, kind: AnyKind, object: object, old?: object): object {
  const draft = structuredClone({ metadata, ...object });
  createDropDisabled(parseFeatureGates(gates))(kind, draft, old && ({ metadata, ...old } as KubeObject));
  const { metadata: _, ...rest } = draft;
  return rest;
}
const grouped = { spec: { schedulingGroup: { podGroupName: "g" }, hostname: "h" } };
const stopping = (more: object) => ({ spec: { containers: [{ lifecycle: { stopSignal: "SIGINT", ...more } }] } });

test("a field of a feature that is off is dropped", () => {
  assert.deepEqual(dropped("", Pod, grouped), { spec: { hostname: "h" } });
  assert.deepEqual(dropped("GenericWorkload=true", Pod, grouped), grouped);
  const template = { spec: { template: grouped } };
  assert.deepEqual(dropped("", StatefulSet, template), { spec: { template: { spec: { hostname: "h" } } } });
});
test("what the object has already stays", () => {
  assert.deepEqual(dropped("", Pod, grouped, grouped), grouped);
  assert.deepEqual(dropped("", Pod, grouped, { spec: {} }), { spec: { hostname: "h" } });
});
test("a part that holds nothing else goes as a whole", () => {
  assert.deepEqual(dropped("", Pod, stopping({})), { spec: { containers: [{}] } });
  const more = { preStop: { exec: {} } };
  assert.deepEqual(dropped("", Pod, stopping(more)), { spec: { containers: [{ lifecycle: more }] } });
});
test("only some values belong to a feature", () => {
  const claim = (namespace: string) => ({ spec: { dataSourceRef: { kind: "A", name: "b", namespace } } });
  assert.deepEqual(dropped("", PersistentVolumeClaim, claim("c")), { spec: {} });
  assert.deepEqual(dropped("", PersistentVolumeClaim, claim("")), claim(""));
});
test("in lists and maps", () => {
  const slice = { spec: { devices: [{ name: "d", capacity: { a: { value: "1", requestPolicy: {} } } }] } };
  const gates = "DRAConsumableCapacity=false";
  assert.deepEqual(dropped(gates, ResourceSlice, slice), {
    spec: { devices: [{ name: "d", capacity: { a: { value: "1" } } }] },
  });
  assert.deepEqual(dropped("", ResourceSlice, slice), slice);
});

function typesOf(schema: Schema, found: Map<string, Set<string>>): void {
  const type = resolve(schema);
  if (type.type === "list") typesOf(type.items, found);
  if (type.type === "map") typesOf(type.values, found);
  if (type.type !== "message") return;
  const [short, , group] = type.name.split(".").toReversed();
  const name = `${group}.${short} ${type.name}`;
  if (found.has(name)) return;
  found.set(name, new Set(Object.keys(type.fields)));
  for (const field of Object.values(type.fields)) typesOf(field.schema, found);
}
test("the table names gates that can be switched, and fields that are there", () => {
  const found = new Map<string, Set<string>>();
  for (const { schema } of [...kinds, ...previewKinds]) typesOf(schema as Schema, found);
  const has = (type: string, field: string): boolean =>
    [...found].some(([name, fields]) => name.startsWith(`${type} `) && fields.has(field));
  for (const { gate, types, fields } of gatedFields) {
    assert.equal(knownGates.get(gate)?.isLocked, false, gate);
    for (const field of fields)
      assert.ok(
        types.some((type) => has(type, field)),
        `${gate} ${field}`,
      );
    for (const type of types)
      assert.ok(
        fields.some((field) => has(type, field)),
        `${gate} ${type}`,
      );
  }
  assert.equal(defaultGates.isOn("GenericWorkload"), false);
});
