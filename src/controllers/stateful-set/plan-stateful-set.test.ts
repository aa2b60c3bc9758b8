import { describe, test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { StatefulSet } from "#api/apps/stateful-set.ts";
import type { Pod } from "#api/core/pod.ts";
import { planStatefulSet, statefulSetStatus, type SetAction } from "./plan-stateful-set.ts";

interface SetShape {
  replicas?: number;
  parallel?: boolean;
  start?: number;
  strategy?: object;
  going?: boolean;
}
const set = (s: SetShape = {}): StatefulSet =>
  ({
    metadata: {
      name: "web",
      namespace: "ns",
      uid: "S",
      ...(s.going ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
    },
    spec: {
      replicas: s.replicas ?? 3,
      podManagementPolicy: s.parallel ? "Parallel" : "OrderedReady",
      updateStrategy: s.strategy ?? { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
      ...(s.start === undefined ? {} : { ordinals: { start: s.start } }),
    },
    status: {},
  }) as unknown as StatefulSet;
interface PodState {
  readonly ordinal: number;
  readonly revision: string;
  state: "up" | "down" | "going" | "failed";
}
const pod = ({ ordinal, revision, state }: PodState): Pod =>
  ({
    metadata: {
      name: `web-${ordinal}`,
      labels: { "controller-revision-hash": revision, "statefulset.kubernetes.io/pod-name": `web-${ordinal}` },
      ...(state === "going" ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
    },
    spec: {},
    status: {
      phase: state === "failed" ? "Failed" : state === "down" ? "Pending" : "Running",
      conditions: [{ type: "Ready", status: state === "up" ? "True" : "False" }],
    },
  }) as unknown as Pod;
/** "0 1! 2old": ready, not ready, on the old revision; "~": going; "x": failed. */
const pods = (text: string): PodState[] =>
  text
    .split(" ")
    .filter(Boolean)
    .map((t) => ({
      ordinal: Number.parseInt(t, 10),
      revision: t.includes("old") ? "old" : "new",
      state: t.includes("!") ? "down" : t.includes("~") ? "going" : t.includes("x") ? "failed" : "up",
    }));
const brief = (a: SetAction): string =>
  a.type === "create"
    ? `+${a.ordinal}${a.revision === "old" ? "old" : ""}`
    : `${a.type === "delete" ? "-" : "="}${a.pod.metadata.name!.slice(4)}`;
const plan = (s: SetShape, states: readonly PodState[]): SetAction[] => [
  ...planStatefulSet({ set: set(s), pods: states.map(pod), current: "old", update: "new", now: 0 }).actions,
];

describe("steps of a StatefulSet", () => {
  const cases: [string, SetShape, string, string][] = [
    ["the first pod first", {}, "", "+0"],
    ["the next when it is ready", {}, "0", "+1"],
    ["not before", {}, "0!", ""],
    ["a gap is filled", {}, "0 2", "+1"],
    ["complete", {}, "0 1 2", ""],
    ["all at once when parallel", { parallel: true }, "", "+0 +1 +2"],
    ["parallel does not wait", { parallel: true }, "0! 1~", "+2"],
    ["ordinals may start elsewhere", { start: 5 }, "5", "+6"],
    ["and move", { start: 1, replicas: 2 }, "0 1 2", "-0"],
    ["the last goes first", { replicas: 1 }, "0 1 2", "-2"],
    ["one at a time", { replicas: 1 }, "0 1 2~", ""],
    ["not while others are unwell", { replicas: 1 }, "0! 1 2", ""],
    ["the first unwell one may go, if it is the last", { replicas: 2 }, "0 1 2!", "-2"],
    ["nor while another surplus pod is unwell", { replicas: 1 }, "0 1! 2", "-2"],
    ["at once when parallel", { replicas: 1, parallel: true }, "0 1 2!", "-2 -1"],
    ["a failed pod is replaced", {}, "0x 1 2", "-0"],
    ["when it has gone", {}, "1 2", "+0"],
    ["updates start with the last", {}, "0old 1old 2old", "-2"],
    ["and go on when it is well", {}, "0old 1old 2", "-1"],
    ["not before", {}, "0old 1old 2!", ""],
    ["a going pod is waited for", {}, "0old 1old 2~", ""],
    ["the partition stays behind", { strategy: { rollingUpdate: { partition: 2 } } }, "0old 1old 2old", "-2"],
    ["completely", { strategy: { rollingUpdate: { partition: 2 } } }, "0old 1old 2", ""],
    ["and is made anew as it was", { strategy: { rollingUpdate: { partition: 2 } } }, "0old 2", "+1old"],
    ["on deletion only", { strategy: { type: "OnDelete" } }, "0old 1old 2old", ""],
    ["but then as it should be", { strategy: { type: "OnDelete" } }, "0old 2old", "+1"],
    [
      "two at a time",
      { replicas: 5, strategy: { rollingUpdate: { maxUnavailable: 2 } } },
      "0old 1old 2old 3old 4old",
      "-4 -3",
    ],
    [
      "one of two is still away",
      { replicas: 5, parallel: true, strategy: { rollingUpdate: { maxUnavailable: "40%" } } },
      "0old 1old 2old 3old 4!",
      "-3",
    ],
    ["an old pod that is down costs nothing", { parallel: true }, "0old 1old 2old!", "-2"],
    ["a set that goes does nothing", { going: true }, "0", ""],
  ];
  for (const [name, shape, state, expected] of cases)
    test(name, () => assert.equal(plan(shape, pods(state)).map(brief).join(" "), expected));
});

test("the status counts, and names the revision that all have reached", () => {
  const status = (state: string) =>
    statefulSetStatus({
      set: set(),
      pods: pods(state).map(pod),
      current: "old",
      update: "new",
      now: 0,
      collisionCount: 0,
    });
  const { replicas, readyReplicas, currentReplicas, updatedReplicas, currentRevision } = status("0old 1! 2");
  assert.deepEqual([replicas, readyReplicas, currentReplicas, updatedReplicas, currentRevision], [3, 2, 1, 2, "old"]);
  assert.equal(status("0 1 2").currentRevision, "new");
  assert.equal(status("0 1 2").currentReplicas, 3);
});

test("whatever the start, an ordered set ends with all pods new, and never takes a well one while another is away", () => {
  const initial = fc.uniqueArray(
    fc.record({
      ordinal: fc.nat(5),
      revision: fc.constantFrom("old", "new"),
      state: fc.constantFrom<PodState["state"]>("up", "down", "going", "failed"),
    }),
    { selector: (p) => p.ordinal, maxLength: 6 },
  );
  fc.assert(
    fc.property(initial, fc.integer({ min: 0, max: 5 }), fc.boolean(), (start, replicas, parallel) => {
      let world: PodState[] = start.map((p) => ({ ...p }));
      for (let turn = 0; turn < 60; turn++) {
        const away = Array.from({ length: replicas }, (_, i) => world.find((p) => p.ordinal === i)).filter(
          (p) => p?.state !== "up",
        ).length;
        const actions = plan({ replicas, parallel }, world);
        for (const action of actions) {
          if (action.type === "create") {
            assert.ok(!world.some((p) => p.ordinal === action.ordinal), "a name is used once");
            world.push({ ordinal: action.ordinal, revision: action.revision, state: "down" });
            continue;
          }
          const name = action.pod.metadata.name;
          const target = world.find((p) => `web-${p.ordinal}` === name)!;
          if (action.type === "delete" && action.why === "update" && target.state === "up") assert.equal(away, 0);
          target.state = "going";
        }
        if (actions.length > 0) continue;
        // Nothing to do: time passes, pods stop or start.
        world = world.filter((p) => p.state !== "going");
        for (const p of world) if (p.state === "down") p.state = "up";
      }
      const end = world.toSorted((a, b) => a.ordinal - b.ordinal).map((p) => `${p.ordinal}${p.revision}${p.state}`);
      assert.deepEqual(
        end,
        Array.from({ length: replicas }, (_, i) => `${i}newup`),
      );
    }),
  );
});
