import { describe, test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import type { Endpoint } from "#api/discovery/schema.ts";
import { planSlices, type SlicePlan } from "./plan-slices.ts";
import type { SliceGroup } from "./slice-endpoints.ts";

const http = [{ name: "http", protocol: "TCP" as const, port: 80 }];
const endpoint = (id: number, ready = true): Endpoint => ({
  addresses: [`10.0.${id >> 8}.${id & 255}`],
  conditions: { ready, serving: ready, terminating: false },
  targetRef: { kind: "Pod", uid: `u${id}` },
});
const slice = (name: string, ids: readonly number[], ports = http): EndpointSlice => ({
  metadata: { name },
  addressType: "IPv4",
  ports,
  endpoints: ids.map((id) => endpoint(id)),
});
const group = (ids: readonly number[], ready?: (id: number) => boolean): SliceGroup => ({
  addressType: "IPv4",
  ports: http,
  endpoints: ids.map((id) => endpoint(id, ready?.(id))),
});
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const summary = (plan: SlicePlan) => ({
  create: plan.create.map((g) => g.endpoints.length),
  update: plan.update.map((u) => `${u.slice.metadata.name}:${u.endpoints.length}`),
  remove: plan.remove.map((s) => s.metadata.name),
});
const plan = (existing: EndpointSlice[], ...wanted: SliceGroup[]): SlicePlan =>
  planSlices({ existing, wanted, addressTypes: ["IPv4"] });

describe("packing", () => {
  const cases: [string, EndpointSlice[], SliceGroup[], ReturnType<typeof summary>][] = [
    ["a Service without pods has one empty slice", [], [], { create: [0], update: [], remove: [] }],
    ["and keeps it", [slice("a", [], [])], [], { create: [], update: [], remove: [] }],
    [
      "the first pods take new slices, the empty one goes",
      [slice("a", [], [])],
      [group([1, 2])],
      { create: [2], update: [], remove: ["a"] },
    ],
    ["250 pods are three slices", [], [group(range(0, 250))], { create: [100, 100, 50], update: [], remove: [] }],
    [
      "nothing changed, nothing is written",
      [slice("a", [1, 2])],
      [group([2, 1])],
      { create: [], update: [], remove: [] },
    ],
    [
      "a pod that became unready",
      [slice("a", [1]), slice("b", [2])],
      [group([1, 2], (id) => id === 1)],
      { create: [], update: ["b:1"], remove: [] },
    ],
    [
      "a new pod goes into the fullest slice with room",
      [slice("a", range(0, 99)), slice("b", range(100, 150))],
      [group([...range(0, 99), ...range(100, 150), 500])],
      { create: [], update: ["a:100"], remove: [] },
    ],
    [
      "a slice that is written anyway is filled first",
      [slice("a", range(0, 90)), slice("b", range(100, 150))],
      [group([...range(0, 90), ...range(101, 150), 500])],
      { create: [], update: ["b:50"], remove: [] },
    ],
    [
      "full slices are left alone",
      [slice("a", range(0, 100))],
      [group(range(0, 101))],
      { create: [1], update: [], remove: [] },
    ],
    [
      "a slice without pods goes while others have some",
      [slice("a", [1]), slice("b", [2])],
      [group([1])],
      { create: [], update: [], remove: ["b"] },
    ],
    [
      "other ports are other slices",
      [slice("a", [1], [{ name: "http", protocol: "TCP", port: 8080 }])],
      [group([1])],
      { create: [1], update: [], remove: ["a"] },
    ],
    ["replaced pods use the slice again", [slice("a", [1])], [group([2])], { create: [], update: ["a:1"], remove: [] }],
    ["the last pod leaves an empty slice", [slice("a", [1])], [], { create: [0], update: [], remove: ["a"] }],
  ];
  for (const [name, existing, wanted, expected] of cases)
    test(name, () => assert.deepEqual(summary(plan(existing, ...wanted)), expected));
});

test("slices of other families go, wanted ones are kept apart", () => {
  const six: EndpointSlice = { ...slice("six", [1]), addressType: "IPv6" };
  const result = planSlices({ existing: [six, slice("four", [1])], wanted: [group([1])], addressTypes: ["IPv4"] });
  assert.deepEqual(summary(result), { create: [], update: [], remove: ["six"] });
});

test("whatever happens, every endpoint stands in exactly one slice of at most the allowed size", () => {
  const state = fc.uniqueArray(fc.nat(40), { maxLength: 25 });
  fc.assert(
    fc.property(fc.array(fc.tuple(state, fc.nat(40)), { minLength: 1, maxLength: 8 }), (states) => {
      let slices: EndpointSlice[] = [];
      let made = 0;
      for (const [ids, unready] of states) {
        const wanted = ids.length > 0 ? [group(ids, (id) => id !== unready)] : [];
        const p = planSlices({ existing: slices, wanted, addressTypes: ["IPv4"], most: 4 });
        const touched = p.update.map((u) => u.slice);
        assert.equal(new Set([...touched, ...p.remove]).size, touched.length + p.remove.length);
        slices = [
          ...slices.filter((s) => !touched.includes(s) && !p.remove.includes(s)),
          ...p.update.map((u) => ({ ...u.slice, endpoints: u.endpoints })),
          ...p.create.map((g) => ({ ...g, metadata: { name: `s${made++}` } })),
        ];
        assert.ok(slices.length > 0);
        assert.ok(slices.every((s) => s.endpoints!.length <= 4));
        assert.ok(slices.length === 1 || slices.every((s) => s.endpoints!.length > 0));
        const all = slices.flatMap((s) => s.endpoints!);
        const byId = (a: Endpoint, b: Endpoint) => (a.targetRef!.uid! < b.targetRef!.uid! ? -1 : 1);
        assert.deepEqual(all.toSorted(byId), (wanted[0]?.endpoints ?? []).toSorted(byId));
        const again = planSlices({ existing: slices, wanted, addressTypes: ["IPv4"], most: 4 });
        assert.deepEqual(summary(again), { create: [], update: [], remove: [] }, "a second look changes nothing");
      }
    }),
  );
});
