import { describe, test } from "node:test";
import assert from "node:assert/strict";
import type { Lease } from "#api/coordination/lease.ts";
import type { Node } from "#api/core/node.ts";
import type { Taint } from "#api/core/schema/node-selector.ts";
import { formatTime } from "#api/time.ts";
import { CidrPool } from "./cidr-pool.ts";
import { evictionRate, hear, planNodeHealth, planTaints } from "./plan-node-health.ts";
import { planEviction } from "./taint-eviction-controller.ts";

const start = Date.UTC(2026, 0, 1);
const at = (seconds: number): number => start + seconds * 1000;
interface Shape {
  ready?: string;
  heartbeat?: number;
  more?: Record<string, string>;
  taints?: Taint[];
  unschedulable?: boolean;
}
const node = (s: Shape = {}): Node =>
  ({
    metadata: { name: "n", uid: "n", creationTimestamp: formatTime(start) },
    spec: { taints: s.taints ?? [], ...(s.unschedulable ? { unschedulable: true } : {}) },
    status: {
      conditions: [
        ...(s.ready ? [{ type: "Ready", status: s.ready, lastHeartbeatTime: formatTime(at(s.heartbeat ?? 0)) }] : []),
        ...Object.entries(s.more ?? {}).map(([type, status]) => ({ type, status })),
      ],
    },
  }) as unknown as Node;
const lease = (renewed: number): Lease => ({ spec: { renewTime: String(renewed) } }) as unknown as Lease;

describe("hearing from a node", () => {
  test("a renewed lease or heartbeat counts from when it was noticed, whatever time it names", () => {
    const first = hear(undefined, node({ ready: "True" }), lease(1), at(100));
    assert.equal(first.at, at(100));
    assert.equal(hear(first, node({ ready: "True" }), lease(1), at(120)).at, at(100));
    assert.equal(hear(first, node({ ready: "True" }), lease(2), at(120)).at, at(120));
    assert.equal(hear(first, node({ ready: "True", heartbeat: 5 }), lease(1), at(130)).at, at(130));
    assert.equal(hear(first, node({ ready: "Unknown", heartbeat: 9 }), lease(1), at(140)).at, at(100));
  });
  test("silence is judged after 50 s, for a node that never spoke after 60 s from its creation", () => {
    const spoke = hear(undefined, node({ ready: "True" }), lease(1), at(0));
    assert.deepEqual(planNodeHealth(node({ ready: "True" }), spoke, at(30)), { againInMs: 20_000 });
    const silent = planNodeHealth(node({ ready: "True", more: { DiskPressure: "False" } }), spoke, at(50)).conditions!;
    assert.deepEqual(
      silent.map((c) => `${c.type} ${c.status} ${c.reason}`),
      [
        "Ready Unknown NodeStatusUnknown",
        "DiskPressure Unknown NodeStatusUnknown",
        "MemoryPressure Unknown NodeStatusNeverUpdated",
        "PIDPressure Unknown NodeStatusNeverUpdated",
      ],
    );
    assert.equal(silent[0]!.message, "Kubelet stopped posting node status.");
    const mute = hear(undefined, node(), undefined, at(45));
    assert.deepEqual(planNodeHealth(node(), mute, at(50)), { againInMs: 10_000 });
    assert.equal(planNodeHealth(node(), mute, at(60)).conditions?.length, 4);
  });
  test("a node that is known to be silent is left as it is", () => {
    const unknown = { MemoryPressure: "Unknown", DiskPressure: "Unknown", PIDPressure: "Unknown" };
    const silent = node({ ready: "Unknown", more: unknown });
    assert.deepEqual(planNodeHealth(silent, hear(undefined, silent, undefined, at(0)), at(90)), {});
  });
});

describe("taints", () => {
  const brief = (s: Shape, mayEvict = true) =>
    planTaints(node(s), node(s).status.conditions ?? [], mayEvict, start)?.map((t) => `${t.key}:${t.effect}`);
  const key = (name: string): string => `node.kubernetes.io/${name}`;
  const taint = (name: string, effect: Taint["effect"]): Taint => ({ key: key(name), effect });
  const own: Taint = { key: "team", value: "a", effect: "NoSchedule" };
  const cases: [string, Shape, string[] | undefined][] = [
    ["ready and clean", { ready: "True" }, undefined],
    ["not ready", { ready: "False" }, [`${key("not-ready")}:NoSchedule`, `${key("not-ready")}:NoExecute`]],
    ["silent", { ready: "Unknown" }, [`${key("unreachable")}:NoSchedule`, `${key("unreachable")}:NoExecute`]],
    [
      "from not ready to silent",
      { ready: "Unknown", taints: [own, taint("not-ready", "NoSchedule"), taint("not-ready", "NoExecute")] },
      ["team:NoSchedule", `${key("unreachable")}:NoSchedule`, `${key("unreachable")}:NoExecute`],
    ],
    [
      "ready again",
      { ready: "True", taints: [taint("not-ready", "NoSchedule"), own, taint("unreachable", "NoExecute")] },
      ["team:NoSchedule"],
    ],
    [
      "pressure",
      { ready: "True", more: { MemoryPressure: "True", DiskPressure: "Unknown" } },
      [`${key("memory-pressure")}:NoSchedule`],
    ],
    ["cordoned", { ready: "True", unschedulable: true }, [`${key("unschedulable")}:NoSchedule`]],
    ["before the first report", {}, undefined],
    [
      "as it should be",
      { ready: "False", taints: [taint("not-ready", "NoExecute"), taint("not-ready", "NoSchedule")] },
      undefined,
    ],
  ];
  for (const [name, shape, expected] of cases) test(name, () => assert.deepEqual(brief(shape), expected));
  test("without leave to evict, pods are kept away but not driven away", () => {
    assert.deepEqual(brief({ ready: "False" }, false), [`${key("not-ready")}:NoSchedule`]);
    assert.deepEqual(
      brief({ ready: "False", taints: [taint("not-ready", "NoSchedule"), taint("not-ready", "NoExecute")] }, false),
      [`${key("not-ready")}:NoSchedule`],
    );
  });
  test("the more of a zone is in trouble, the slower", () => {
    assert.equal(evictionRate({ ready: 9, notReady: 1 }), 0.1);
    assert.equal(evictionRate({ ready: 4, notReady: 6 }), 0);
    assert.equal(evictionRate({ ready: 40, notReady: 60 }), 0.01);
    assert.equal(evictionRate({ ready: 0, notReady: 3 }), 0.1);
  });
});

describe("eviction by taints", () => {
  const noExecute = (key: string, added?: number): Taint => ({
    key,
    effect: "NoExecute",
    ...(added === undefined ? {} : { timeAdded: formatTime(at(added)) }),
  });
  const tolerate = (key: string, tolerationSeconds?: number) => ({
    key,
    operator: "Exists" as const,
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  });
  const cases: [string, ReturnType<typeof tolerate>[], Taint[], number | undefined][] = [
    ["not tolerated: at once", [], [noExecute("a", 5)], 0],
    ["tolerated for ever", [tolerate("a")], [noExecute("a")], undefined],
    ["tolerated for a while, from when the taint came", [tolerate("a", 300)], [noExecute("a", 5)], at(305)],
    ["or was noticed", [tolerate("a", 300)], [noExecute("a")], at(310)],
    [
      "the shortest of several",
      [tolerate("a", 300), tolerate("b", 20)],
      [noExecute("a", 5), noExecute("b", 7)],
      at(27),
    ],
    ["one of two not tolerated", [tolerate("a")], [noExecute("a"), noExecute("b")], 0],
    ["negative means none", [tolerate("a", -5)], [noExecute("a", 5)], at(5)],
  ];
  for (const [name, tolerations, taints, expected] of cases)
    test(name, () => assert.equal(planEviction(tolerations, taints, at(10)), expected));
});

test("parts of the pod network are handed out once each, and the last is followed by none", () => {
  const pool = new CidrPool("10.244.7.9/22", 24);
  const taken = new Set(["10.244.5.0/24"]);
  const given: (string | undefined)[] = [];
  for (let next = pool.next(taken); next; next = pool.next(taken)) {
    given.push(next);
    taken.add(next);
  }
  assert.deepEqual(given, ["10.244.4.0/24", "10.244.6.0/24", "10.244.7.0/24"]);
  taken.delete("10.244.5.0/24");
  assert.equal(pool.next(taken), "10.244.5.0/24");
  assert.equal(new CidrPool("fd00:1::/48", 64).next(new Set(["fd00:1::/64"])), "fd00:1:0:1::/64");
  assert.throws(() => new CidrPool("10.0.0.0/25", 24), /cannot be divided/);
});
