import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "#api/kind.ts";
import { crdServer, define, definition, object, version, widget, widgets } from "./crd.fake.ts";
import { columnsOf } from "./columns.ts";

const now = Date.UTC(2026, 0, 2);
const shown = {
  metadata: { name: "a", creationTimestamp: "2026-01-01T00:00:00Z" },
  spec: { size: 3.7, open: true, name: "x", list: [{ v: "p" }, { v: "q" }], at: "soon", map: { k: 1 } },
} as unknown as KubeObject;

const cells: readonly (readonly [string, string, unknown])[] = [
  ["string", ".spec.name", "x"],
  ["string", ".spec.size", "3.7"],
  ["string", ".spec.map", '{"k":1}'],
  ["string", ".spec.list[*].v", "p"],
  ["string", ".spec.none", null],
  ["integer", ".spec.size", 3],
  ["integer", ".spec.name", null],
  ["number", ".spec.size", 3.7],
  ["boolean", ".spec.open", true],
  ["date", ".metadata.creationTimestamp", "24h"],
  ["date", ".spec.at", "<invalid>"],
  ["date", ".metadata.deletionTimestamp", null],
];
for (const [type, jsonPath, expected] of cells)
  test(`a ${type} column of ${jsonPath} shows ${JSON.stringify(expected)}`, () => {
    const [, column] = columnsOf([{ name: "X", type, jsonPath }]);
    assert.equal(column!.value(shown, now), expected);
  });

test("a path that cannot be read leaves the name", () => {
  assert.deepEqual(
    columnsOf([{ name: "X", type: "string", jsonPath: ".a[" }]).map((c) => c.name),
    ["Name"],
  );
  assert.deepEqual(
    columnsOf(undefined).map((c) => `${c.name} ${c.type}`),
    ["Name string", "Age date"],
  );
});

test("fields that the definition names can be selected by", async () => {
  await using server = await crdServer();
  const schema = object({ spec: object({ color: { type: "string" }, size: { type: "integer" } }) });
  await define(
    server,
    definition([
      version("v1", schema, { selectableFields: [{ jsonPath: ".spec.color" }, { jsonPath: ".spec.size" }] }),
    ]),
  );
  await server.create(widgets, widget("a", { spec: { color: "red", size: 1 } }));
  await server.create(widgets, widget("b", { spec: { color: "blue", size: 2 } }));
  const names = async (selector: string): Promise<string[]> =>
    (await server.get(`${widgets}?fieldSelector=${encodeURIComponent(selector)}`)).items.map(
      (w: KubeObject) => w.metadata.name,
    );
  assert.deepEqual(await names("spec.color=red"), ["a"]);
  assert.deepEqual(await names("spec.size!=1"), ["b"]);
  assert.equal((await server.ask("GET", `${widgets}?fieldSelector=spec.other%3D1`)).code, 400);
});
