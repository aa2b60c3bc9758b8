import { describe, test } from "node:test";
import assert from "node:assert/strict";
import type { Pod } from "#api/core/pod.ts";
import type { PodDisruptionBudget } from "#api/policy/pod-disruption-budget.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { seededRandom } from "#base/random.ts";
import type { Client } from "#client/client.ts";
import { PodFacts } from "../pod-facts.ts";
import { scheduleOne } from "../schedule-one.ts";
import { cluster, node, place, pod } from "../scheduler.fake.ts";
import { decisionPlugins } from "./all.ts";
import { bestCandidate, chooseVictims, createDefaultPreemption, type Candidate } from "./default-preemption.ts";

const budget = (app: string, disruptionsAllowed: number): PodDisruptionBudget =>
  ({ spec: { selector: { matchLabels: { app } } }, status: { disruptionsAllowed } }) as unknown as PodDisruptionBudget;
const plugins = [
  ...decisionPlugins,
  createDefaultPreemption({
    client: {} as Client,
    events: { event: () => undefined },
    budgets: () => [],
    clock: new VirtualClock(),
    random: seededRandom(1),
    schedulerName: "default-scheduler",
  }),
];

describe("what is told when no node fits", () => {
  const nodes = [
    node("a", { cpu: "2" }),
    node("b", { taints: [{ key: "k", value: "v", effect: "NoSchedule" }] }),
    node("c", { cpu: "2" }),
  ];
  const full = ["a", "c"].map((n) => pod(`on-${n}`, { on: n, cpu: "2", priority: 5 }));
  const head = "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu.";
  const cases: [string, Pod, string][] = [
    [
      "nobody is less important",
      pod("p", { cpu: "1", priority: 5 }),
      `${head} preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.`,
    ],
    [
      "it does not want others to go",
      pod("p", { cpu: "1", priority: 9, spec: { preemptionPolicy: "Never" } }),
      `${head} preemption: not eligible due to preemptionPolicy=Never.`,
    ],
    [
      "nothing would help",
      pod("p", { cpu: "4", priority: 9 }),
      `${head} preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.`,
    ],
    ["room can be made", pod("p", { cpu: "1", priority: 9 }), head],
  ];
  for (const [name, p, expected] of cases)
    test(name, () => assert.equal(place(p, cluster(nodes, full), plugins), expected));
});

describe("the victims of a node", () => {
  const started = (day: number) => ({ status: { startTime: `2026-01-0${day}T00:00:00Z` } });
  const cases: [string, Pod[], Pod, PodDisruptionBudget[], string[], number][] = [
    [
      "as few as will do, the least important",
      [pod("low", { on: "a", cpu: "1", priority: 1 }), pod("mid", { on: "a", cpu: "1", priority: 5 })],
      pod("p", { cpu: "3", priority: 9 }),
      [],
      ["low"],
      0,
    ],
    [
      "the younger of equals",
      [pod("old", { on: "a", cpu: "2", ...started(1) }), pod("young", { on: "a", cpu: "2", ...started(2) })],
      pod("p", { cpu: "1", priority: 9 }),
      [],
      ["young"],
      0,
    ],
    [
      "rather one that no budget protects",
      [
        pod("x", { on: "a", cpu: "2", labels: { app: "x" }, priority: 1 }),
        pod("y", { on: "a", cpu: "2", labels: { app: "y" }, priority: 5 }),
      ],
      pod("p", { cpu: "1", priority: 9 }),
      [budget("x", 0)],
      ["y"],
      0,
    ],
    [
      "a protected one when it must be",
      [pod("x", { on: "a", cpu: "4", labels: { app: "x" } })],
      pod("p", { cpu: "1", priority: 9 }),
      [budget("x", 0)],
      ["x"],
      1,
    ],
    [
      "as far as the budget goes",
      ["1", "2"].map((n) => pod(n, { on: "a", cpu: "2", labels: { app: "x" }, ...started(Number(n)) })),
      pod("p", { cpu: "4", priority: 9 }),
      [budget("x", 1)],
      ["1", "2"],
      1,
    ],
  ];
  for (const [name, placed, p, budgets, victims, violations] of cases)
    test(name, () => {
      const snapshot = cluster([node("a")], placed);
      const facts = new PodFacts(p);
      const decision = scheduleOne(facts, snapshot, {
        plugins: decisionPlugins,
        random: seededRandom(1),
        cursor: { next: 0 },
      });
      assert.ok(decision.type === "none");
      const found = chooseVictims(facts, snapshot.node("a")!, decision.attempt, () => budgets);
      assert.ok("victims" in found, JSON.stringify(found));
      assert.deepEqual(
        found.victims.map((v) => v.pod.metadata.name),
        victims,
      );
      assert.equal(found.violations, violations);
      assert.equal(snapshot.node("a")!.pods.size, placed.length, "the real node is as it was");
    });
});

describe("the best node", () => {
  const snapshot = cluster(["a", "b"].map((n) => node(n)));
  const candidate = (
    name: string,
    violations: number,
    ...victims: [priority: number, startDay?: number][]
  ): Candidate => ({
    node: snapshot.node(name)!,
    violations,
    victims: victims.map(
      ([priority, day = 1], i) =>
        new PodFacts(pod(`${name}${i}`, { priority, status: { startTime: `2026-01-0${day}T00:00:00Z` } })),
    ),
  });
  const cases: [string, worse: Candidate, better: Candidate][] = [
    ["fewer protected victims", candidate("a", 1, [0]), candidate("b", 0, [9], [9])],
    ["less important at most", candidate("a", 0, [5]), candidate("b", 0, [4], [4])],
    ["less important together", candidate("a", 0, [5], [4]), candidate("b", 0, [5], [3])],
    ["fewer", candidate("a", 0, [5], [0]), candidate("b", 0, [5])],
    ["started later", candidate("a", 0, [5, 1]), candidate("b", 0, [5, 2])],
  ];
  for (const [name, worse, better] of cases)
    test(name, () => {
      assert.equal(bestCandidate([worse, better]), better);
      assert.equal(bestCandidate([better, worse]), better);
    });
});
