import { test } from "node:test";
import assert from "node:assert/strict";
import type { Pod } from "#api/core/pod.ts";
import { formatTime } from "#api/time.ts";
import { choosePodsToDelete, deletionCost } from "./deletion-order.ts";

const now = Date.UTC(2026, 0, 10);
interface Shape {
  node?: string;
  phase?: string;
  /** Hours since it became ready. */
  ready?: number;
  cost?: string;
  restarts?: number;
  /** Hours since it was made. */
  age?: number;
}
const pod = (name: string, s: Shape): Pod =>
  ({
    metadata: {
      name,
      uid: name,
      creationTimestamp: formatTime(now - (s.age ?? 100) * 3600e3),
      ...(s.cost === undefined ? {} : { annotations: { "controller.kubernetes.io/pod-deletion-cost": s.cost } }),
    },
    spec: { nodeName: s.node ?? "n1", containers: [] },
    status: {
      phase: s.phase ?? "Running",
      conditions:
        s.ready === undefined
          ? []
          : [{ type: "Ready", status: "True", lastTransitionTime: formatTime(now - s.ready * 3600e3) }],
      containerStatuses: [{ restartCount: s.restarts ?? 0 }],
    },
  }) as unknown as Pod;

const cases: [string, first: Shape, second: Shape][] = [
  ["not on a node", { node: "", ready: 9 }, { phase: "Pending" }],
  ["pending before unknown", { phase: "Pending" }, { phase: "Unknown" }],
  ["unknown before running", { phase: "Unknown", ready: 9 }, {}],
  ["not ready", {}, { ready: 1 }],
  ["cheap", { ready: 90, cost: "-5" }, { ready: 1 }],
  ["on the fuller node", { ready: 90 }, { ready: 1, node: "n2" }],
  ["ready lately", { ready: 1, restarts: 0 }, { ready: 90, restarts: 9 }],
  ["restarted often", { ready: 1, restarts: 3 }, { ready: 1, restarts: 2, age: 1 }],
  ["young", { ready: 1, age: 2 }, { ready: 1, age: 90 }],
  ["about as old: by uid", { ready: 1, age: 90 }, { ready: 1, age: 80 }],
];
for (const [name, first, second] of cases)
  test(`goes first: ${name}`, () => {
    const pods = [pod("a", first), pod("b", second)];
    const related = [...pods, pod("c", {}), pod("d", {})];
    for (const order of [pods, pods.toReversed()])
      assert.deepEqual(
        choosePodsToDelete(order, related, 1, now).map((p) => p.metadata.name),
        ["a"],
      );
  });

test("the cost must be a plain 32-bit number", () => {
  const costs = ["5", "-7", "+5", "05", "1.5", "", "2147483648", "0"].map((cost) => deletionCost(pod("p", { cost })));
  assert.deepEqual(costs, [5, -7, 0, 0, 0, 0, 0, 0]);
});
