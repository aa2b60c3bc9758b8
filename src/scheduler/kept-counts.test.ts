import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { AnyPlugin } from "./framework.ts";
import { Moves } from "./moves.ts";
import type { NodeState } from "./node-state.ts";
import { PodFacts } from "./pod-facts.ts";
import { interPodAffinity } from "./plugins/inter-pod-affinity.ts";
import { podTopologySpread } from "./plugins/pod-topology-spread.ts";
import { cluster, node, pod } from "./scheduler.fake.ts";
import type { Snapshot } from "./snapshot.ts";

const hostname = "kubernetes.io/hostname";
const like = (app: string) => ({ labelSelector: { matchLabels: { app } } });
const required = (topologyKey: string) => ({
  requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, ...like("a") }],
});
const preferred = (topologyKey: string) => ({
  preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 7, podAffinityTerm: { topologyKey, ...like("b") } }],
});
const spread = (topologyKey: string, whenUnsatisfiable: string) => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable,
  ...like("a"),
});
const specs: readonly object[] = [
  {},
  { affinity: { podAntiAffinity: required(hostname) } },
  { affinity: { podAffinity: required("zone") } },
  { affinity: { podAffinity: preferred("zone"), podAntiAffinity: preferred(hostname) } },
  { topologySpreadConstraints: [spread("zone", "DoNotSchedule"), spread("rack", "DoNotSchedule")] },
  { topologySpreadConstraints: [spread("zone", "ScheduleAnyway"), spread(hostname, "ScheduleAnyway")] },
  { topologySpreadConstraints: [spread("zone", "DoNotSchedule")], nodeSelector: { disk: "fast" } },
];
const names = ["n0", "n1", "n2", "n3"];
const oneOf = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const labels = fc.record(
  { zone: oneOf("x", "y"), rack: oneOf("1", "2"), disk: oneOf("fast", "slow") },
  { requiredKeys: [] },
);
const placed = fc.record({
  uid: fc.nat(7),
  on: oneOf(...names),
  app: oneOf("a", "b"),
  spec: fc.nat(specs.length - 1),
  ends: fc.boolean(),
});
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("place" as const), ...{ pod: placed } }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("remove" as const), uid: fc.nat(7) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("node" as const), name: oneOf(...names), labels: fc.option(labels) }),
  },
);

/** What both plugins say of every node, for a pod of each kind. */
function opinions(snapshot: Snapshot): string {
  const said: string[] = [];
  const nodes = snapshot.nodes.toSorted((a, b) => a.name.localeCompare(b.name));
  for (const spec of specs)
    for (const app of ["a", "b"]) {
      const facts = new PodFacts(pod("new", { labels: { app }, spec }));
      for (const plugin of [interPodAffinity, podTopologySpread] as readonly AnyPlugin[])
        said.push(opinion(plugin, facts, nodes, snapshot));
    }
  return said.join("\n");
}
function opinion(plugin: AnyPlugin, facts: PodFacts, nodes: readonly NodeState[], snapshot: Snapshot): string {
  const prepared = plugin.prepare!(facts, snapshot);
  const refusals = nodes.map((n) =>
    prepared.type === "ready" ? (plugin.filter!(facts, n, prepared.state)?.reasons.join() ?? "fits") : prepared.type,
  );
  const context = plugin.score!.prepare(facts, nodes, snapshot);
  const scores = context === undefined ? [] : nodes.map((n) => plugin.score!.score(facts, n, context));
  return [...refusals, ...scores].join(" ");
}

test("counts that are kept equal counts that are made anew", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const nodes = new Map(names.map((name, i) => [name, node(name, { labels: { zone: i < 2 ? "x" : "y" } })]));
      const pods = new Map<string, ReturnType<typeof pod>>();
      const snapshot = cluster([...nodes.values()]);
      for (const s of steps) {
        if (s.do === "place") {
          const { uid, on, app, spec, ends } = s.pod;
          const metadata = ends ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {};
          const one = pod(`p${uid}`, { on, labels: { app }, spec: specs[spec]!, metadata });
          pods.set(`p${uid}`, one);
          snapshot.setPod(one);
        } else if (s.do === "remove") {
          pods.delete(`p${s.uid}`);
          snapshot.removePod(`p${s.uid}`);
        } else {
          const one = s.labels ? node(s.name, { labels: s.labels as Record<string, string> }) : undefined;
          if (one) nodes.set(s.name, one);
          else nodes.delete(s.name);
          snapshot.setNode(s.name, one);
        }
        assert.equal(opinions(snapshot), opinions(cluster([...nodes.values()], [...pods.values()])));
      }
    }),
    { numRuns: 60 },
  );
});

test("moves are kept for a while", () => {
  const moves = new Moves();
  const move = { pod: new PodFacts(pod("p")), node: cluster([node("n")]).nodes[0]!, sign: 1 as const };
  for (let i = 0; i < 10_000; i++) moves.add(move);
  assert.equal(moves.count, 10_000);
  assert.equal(moves.after(9_990)?.length, 10);
  assert.deepEqual(moves.after(10_000), []);
  assert.equal(moves.after(10), undefined);
});
