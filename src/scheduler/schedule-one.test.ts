import { describe, test } from "node:test";
import assert from "node:assert/strict";
import type { Node } from "#api/core/node.ts";
import type { Pod } from "#api/core/pod.ts";
import { seededRandom } from "#base/random.ts";
import { decisionPlugins } from "./plugins/all.ts";
import { PodFacts } from "./pod-facts.ts";
import { sampleSize, scheduleOne } from "./schedule-one.ts";
import { cluster, node, place, pod } from "./scheduler.fake.ts";

const noSchedule = (key: string, value = "") => ({ key, value, effect: "NoSchedule" as const });
const required = (key: string, operator: string, values?: string[]) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key, operator, ...(values ? { values } : {}) }] }],
      },
    },
  },
});
const named = (...names: string[]) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: names }] }],
      },
    },
  },
});

describe("which node, or why none", () => {
  const cases: [string, nodes: Node[], placed: Pod[], Pod, expected: string][] = [
    ["no nodes", [], [], pod("p"), "no nodes available to schedule pods"],
    ["the only node", [node("a")], [], pod("p"), "a"],
    [
      "several reasons, counted and in order",
      [node("a", { taints: [noSchedule("k", "v")] }), node("b", { cpu: "1" }), node("c", { cpu: "1" })],
      [pod("x", { on: "b", cpu: "800m" }), pod("y", { on: "c", cpu: "800m" })],
      pod("p", { cpu: "500m" }),
      "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu.",
    ],
    [
      "cordoned",
      [node("a", { unschedulable: true })],
      [],
      pod("p"),
      "0/1 nodes are available: 1 node(s) were unschedulable.",
    ],
    [
      "cordoned but tolerated",
      [node("a", { unschedulable: true })],
      [],
      pod("p", { spec: { tolerations: [{ operator: "Exists" }] } }),
      "a",
    ],
    [
      "selector",
      [node("a"), node("b", { labels: { disk: "ssd" } })],
      [],
      pod("p", { spec: { nodeSelector: { disk: "ssd" } } }),
      "b",
    ],
    [
      "selector without match",
      [node("a")],
      [],
      pod("p", { spec: { nodeSelector: { disk: "ssd" } } }),
      "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
    ],
    [
      "affinity In",
      [node("a"), node("b", { labels: { z: "1" } })],
      [],
      pod("p", { spec: required("z", "In", ["1", "2"]) }),
      "b",
    ],
    [
      "affinity NotIn holds without the label",
      [node("a"), node("b", { labels: { z: "1" } })],
      [],
      pod("p", { spec: required("z", "NotIn", ["1"]) }),
      "a",
    ],
    [
      "affinity Gt",
      [node("a", { labels: { z: "3" } }), node("b", { labels: { z: "7" } })],
      [],
      pod("p", { spec: required("z", "Gt", ["5"]) }),
      "b",
    ],
    [
      "affinity Lt of a word",
      [node("a", { labels: { z: "x" } })],
      [],
      pod("p", { spec: required("z", "Lt", ["5"]) }),
      "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
    ],
    ["named by field", [node("a"), node("b")], [], pod("p", { spec: named("b") }), "b"],
    [
      "named by field, and full",
      [node("a"), node("b", { pods: 1 })],
      [pod("x", { on: "b" })],
      pod("p", { spec: named("b") }),
      "0/2 nodes are available: 1 Too many pods, 1 node(s) didn't satisfy plugin(s) [NodeAffinity].",
    ],
    [
      "memory and storage",
      [node("a", { memory: "1Gi" })],
      [],
      pod("p", { memory: "2Gi", requests: { "ephemeral-storage": "1" } }),
      "0/1 nodes are available: 1 Insufficient ephemeral-storage, 1 Insufficient memory.",
    ],
    [
      "extended resource",
      [node("a"), node("b", { more: { "x.io/gpu": "1" } })],
      [],
      pod("p", { requests: { "x.io/gpu": "1" } }),
      "b",
    ],
    [
      "extended resource taken",
      [node("b", { more: { "x.io/gpu": "1" } })],
      [pod("x", { on: "b", requests: { "x.io/gpu": "1" } })],
      pod("p", { requests: { "x.io/gpu": "1" } }),
      "0/1 nodes are available: 1 Insufficient x.io/gpu.",
    ],
    [
      "port taken",
      [node("a")],
      [pod("x", { on: "a", ports: [{ containerPort: 1, hostPort: 80 }] })],
      pod("p", { ports: [{ containerPort: 1, hostPort: 80 }] }),
      "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
    ],
    [
      "the same port with another protocol",
      [node("a")],
      [pod("x", { on: "a", ports: [{ containerPort: 1, hostPort: 80, protocol: "TCP" }] })],
      pod("p", { ports: [{ containerPort: 1, hostPort: 80, protocol: "UDP" }] }),
      "a",
    ],
    [
      "the same port on another address",
      [node("a")],
      [pod("x", { on: "a", ports: [{ containerPort: 1, hostPort: 80, hostIP: "127.0.0.1" }] })],
      pod("p", { ports: [{ containerPort: 1, hostPort: 80, hostIP: "127.0.0.2" }] }),
      "a",
    ],
    [
      "the port on every address",
      [node("a")],
      [pod("x", { on: "a", ports: [{ containerPort: 1, hostPort: 80, hostIP: "127.0.0.1" }] })],
      pod("p", { ports: [{ containerPort: 1, hostPort: 80 }] }),
      "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
    ],
    [
      "most room",
      [node("a"), node("b"), node("c")],
      [pod("x", { on: "a", cpu: "2" }), pod("y", { on: "c", cpu: "1" })],
      pod("p", { cpu: "1" }),
      "b",
    ],
    ["pods without requests spread as well", [node("a"), node("b")], [pod("x", { on: "a" })], pod("p"), "b"],
    [
      "preferred affinity",
      [node("a"), node("b", { labels: { z: "1" } })],
      [pod("x", { on: "b", cpu: "1" })],
      pod("p", {
        spec: {
          affinity: {
            nodeAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [
                { weight: 10, preference: { matchExpressions: [{ key: "z", operator: "Exists" }] } },
              ],
            },
          },
        },
      }),
      "b",
    ],
    [
      "soft taints are avoided",
      [node("a", { taints: [{ key: "k", effect: "PreferNoSchedule" }] }), node("b")],
      [pod("x", { on: "b", cpu: "2" })],
      pod("p"),
      "b",
    ],
    [
      "the image is there",
      [node("a"), node("b", { images: { "reg/i:1": 900e6 } })],
      [],
      pod("p", { image: "reg/i:1", cpu: "1", memory: "2Gi" }),
      "b",
    ],
  ];
  for (const [name, nodes, placed, p, expected] of cases)
    test(name, () => assert.equal(place(p, cluster(nodes, placed)), expected));
});

describe("what a pod asks for", () => {
  const container = (cpu: string, restartPolicy?: string) => ({
    name: cpu,
    resources: { requests: { cpu } },
    ...(restartPolicy ? { restartPolicy } : {}),
  });
  const cases: [string, spec: object, expected: number][] = [
    ["all containers together", { containers: [container("1"), container("500m")] }, 1500],
    [
      "the largest init container",
      { containers: [container("1")], initContainers: [container("2"), container("3")] },
      3000,
    ],
    [
      "a sidecar counts with the containers",
      { containers: [container("1")], initContainers: [container("2", "Always")] },
      3000,
    ],
    [
      "an init container after a sidecar",
      { containers: [container("1")], initContainers: [container("2", "Always"), container("3")] },
      5000,
    ],
    [
      "an init container before a sidecar",
      { containers: [container("1")], initContainers: [container("3"), container("2", "Always")] },
      3000,
    ],
    ["the overhead of the runtime", { containers: [container("1")], overhead: { cpu: "250m" } }, 1250],
    ["the pod's own figure", { containers: [container("1")], resources: { requests: { cpu: "4" } } }, 4000],
  ];
  for (const [name, spec, expected] of cases)
    test(name, () => assert.equal(new PodFacts(pod("p", { spec })).requests.milliCpu, expected));
});

test("of many nodes a share is looked at, never fewer than a hundred", () => {
  const sizes = [50, 100, 200, 1000, 5000, 15_000].map((n) => sampleSize(n));
  assert.deepEqual(sizes, [50, 100, 100, 420, 500, 750]);
  assert.equal(sampleSize(1000, 70), 700);
  assert.equal(sampleSize(1000, 100), 1000);
});

test("every node gets its turn, though each decision looks at a sample", () => {
  const snapshot = cluster(Array.from({ length: 300 }, (_, i) => node(`n${i}`)));
  const options = { plugins: decisionPlugins, random: seededRandom(1), cursor: { next: 0 } };
  const used = new Set<string>();
  for (let i = 0; i < 600; i++) {
    const facts = new PodFacts(pod(`p${i}`, { cpu: "100m", memory: "100Mi" }));
    const decision = scheduleOne(facts, snapshot, options);
    assert.ok(decision.type === "node");
    snapshot.assume(facts, decision.node.name);
    used.add(decision.node.name);
  }
  assert.equal(used.size, 300);
  assert.ok(
    snapshot.nodes.every((n) => n.pods.size >= 1 && n.pods.size <= 3),
    "and they fill evenly",
  );
});

test("a pod may not take what a waiting pod of no less importance was promised", () => {
  const snapshot = cluster([node("a", { cpu: "2" })]);
  const waiting = new PodFacts(pod("waiting", { cpu: "2", priority: 10 }));
  snapshot.nominate(waiting, "a");
  assert.equal(place(pod("p", { cpu: "1", priority: 10 }), snapshot), "0/1 nodes are available: 1 Insufficient cpu.");
  assert.equal(place(pod("p", { cpu: "1", priority: 11 }), snapshot), "a");
  assert.equal(place(waiting.pod, snapshot), "a");
  snapshot.nominate(waiting, undefined);
  assert.equal(place(pod("p", { cpu: "1", priority: 1 }), snapshot), "a");
});

test("the snapshot counts a pod once, whether assumed, bound, moved or gone", () => {
  const snapshot = cluster([node("a"), node("b")]);
  const p = pod("p", { cpu: "1" });
  const cpu = (name: string): number => snapshot.node(name)!.requested.milliCpu;
  snapshot.assume(new PodFacts(p), "a");
  assert.equal(cpu("a"), 1000);
  snapshot.setPod(pod("p", { cpu: "1", on: "a" }));
  assert.equal(cpu("a"), 1000);
  snapshot.forget("p");
  assert.equal(cpu("a"), 1000, "a bound pod is not forgotten");
  snapshot.setPod(pod("p", { cpu: "2", on: "b" }));
  assert.deepEqual([cpu("a"), cpu("b")], [0, 2000]);
  snapshot.removePod("p");
  assert.deepEqual([cpu("a"), cpu("b")], [0, 0]);
  snapshot.setPod(pod("early", { cpu: "1", on: "c" }));
  assert.equal(snapshot.node("c"), undefined, "a node that is only heard of takes no pods");
  snapshot.setNode("c", node("c"));
  assert.equal(cpu("c"), 1000);
});
