import { describe, test } from "node:test";
import assert from "node:assert/strict";
import type { Pod } from "#api/core/pod.ts";
import { cluster, node, place, pod, type PodShape } from "../scheduler.fake.ts";

const inZone = (name: string, zone: string) => node(name, { labels: { "topology.kubernetes.io/zone": zone } });
const nodes = [inZone("a1", "a"), inZone("a2", "a"), inZone("b1", "b"), inZone("b2", "b")];
const zone = "topology.kubernetes.io/zone";
const host = "kubernetes.io/hostname";
const term = (app: string, topologyKey: string, more: object = {}) => ({
  labelSelector: { matchLabels: { app } },
  topologyKey,
  ...more,
});
type Kind = "podAffinity" | "podAntiAffinity";
const required = (kind: Kind, ...terms: object[]) => ({
  affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
});
const preferred = (kind: Kind, weight: number, podAffinityTerm: object) => ({
  affinity: { [kind]: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm }] } },
});
const app = (name: string, on: string, labels: string, more: PodShape = {}): Pod =>
  pod(name, { on, labels: { app: labels }, ...more });
const all = (reason: string): string => `0/4 nodes are available: 4 node(s) didn't ${reason}.`;

describe("pods near and far from pods", () => {
  const cases: [string, Pod[], Pod, string | RegExp][] = [
    [
      "near a pod, in its zone",
      [app("x", "b1", "db")],
      pod("p", { spec: required("podAffinity", term("db", zone)) }),
      /^b/,
    ],
    [
      "near a pod, on its node",
      [app("x", "b2", "db")],
      pod("p", { spec: required("podAffinity", term("db", host)) }),
      "b2",
    ],
    ["no such pod", [], pod("p", { spec: required("podAffinity", term("db", zone)) }), all("match pod affinity rules")],
    [
      "the first of its kind",
      [],
      pod("p", { labels: { app: "db" }, spec: required("podAffinity", term("db", zone)) }),
      /./,
    ],
    [
      "another namespace does not count",
      [app("x", "b1", "db", { namespace: "other" })],
      pod("p", { spec: required("podAffinity", term("db", zone)) }),
      all("match pod affinity rules"),
    ],
    [
      "unless it is named",
      [app("x", "b1", "db", { namespace: "other" })],
      pod("p", { spec: required("podAffinity", term("db", zone, { namespaces: ["other"] })) }),
      /^b/,
    ],
    [
      "far from a pod, out of its zone",
      [app("x", "b1", "db")],
      pod("p", { spec: required("podAntiAffinity", term("db", zone)) }),
      /^a/,
    ],
    [
      "far from pods in all zones",
      [app("x", "a1", "db"), app("y", "b1", "db")],
      pod("p", { spec: required("podAntiAffinity", term("db", zone)) }),
      all("match pod anti-affinity rules"),
    ],
    [
      "what existing pods refuse",
      [app("x", "a1", "db", { spec: required("podAntiAffinity", term("web", zone)) })],
      pod("p", { labels: { app: "web" } }),
      /^b/,
    ],
    [
      "refused everywhere",
      ["a1", "b1"].map((n) => app(n, n, "db", { spec: required("podAntiAffinity", term("web", zone)) })),
      pod("p", { labels: { app: "web" } }),
      all("satisfy existing pods anti-affinity rules"),
    ],
    [
      "one of each on a node",
      ["a1", "a2", "b1"].map((n) => app(n, n, "web", { spec: required("podAntiAffinity", term("web", host)) })),
      pod("p", { labels: { app: "web" }, spec: required("podAntiAffinity", term("web", host)) }),
      "b2",
    ],
    ["rather near", [app("x", "b2", "db")], pod("p", { spec: preferred("podAffinity", 50, term("db", host)) }), "b2"],
    [
      "rather far",
      ["a1", "a2", "b1"].map((n) => app(n, n, "db")),
      pod("p", { spec: preferred("podAntiAffinity", 50, term("db", host)) }),
      "b2",
    ],
    [
      "an existing pod likes it near",
      [app("x", "b2", "db", { spec: preferred("podAffinity", 50, term("web", host)) })],
      pod("p", { labels: { app: "web" } }),
      "b2",
    ],
  ];
  for (const [name, placed, p, expected] of cases)
    test(name, () => {
      const text = place(p, cluster(nodes, placed));
      if (typeof expected === "string") assert.equal(text, expected);
      else assert.match(text, expected);
    });
  test("namespaces are chosen by their labels", () => {
    const snapshot = cluster(nodes, [app("x", "b1", "db", { namespace: "other" })]);
    const spec = required("podAffinity", term("db", host, { namespaceSelector: { matchLabels: { team: "t" } } }));
    assert.match(place(pod("p", { spec }), snapshot), /match pod affinity rules/);
    snapshot.setNamespace("other", { metadata: { name: "other", labels: { team: "t" } } } as never);
    assert.equal(place(pod("p", { spec }), snapshot), "b1");
  });
});

describe("spreading", () => {
  const spread = (whenUnsatisfiable: string, topologyKey: string, maxSkew = 1, more: object = {}) => ({
    maxSkew,
    topologyKey,
    whenUnsatisfiable,
    labelSelector: { matchLabels: { app: "web" } },
    ...more,
  });
  const web = (constraint: object, spec: object = {}): Pod =>
    pod("p", { labels: { app: "web" }, spec: { topologySpreadConstraints: [constraint], ...spec } });
  const on = (...names: string[]): Pod[] => names.map((n, i) => app(`w${i}`, n, "web"));
  const cases: [string, Pod[], Pod, string | RegExp][] = [
    ["the emptier zone", on("a1", "a2", "b1"), web(spread("DoNotSchedule", zone)), /^b/],
    [
      "within the skew either zone will do, and room decides",
      on("a1", "a2", "b1"),
      web(spread("DoNotSchedule", zone, 2)),
      "b2",
    ],
    ["each node once", on("a1", "a2", "b1"), web(spread("DoNotSchedule", host)), "b2"],
    [
      "nodes without the label",
      [],
      web(spread("DoNotSchedule", "rack")),
      "0/4 nodes are available: 4 node(s) didn't match pod topology spread constraints (missing required label).",
    ],
    [
      "fewer areas than asked for",
      on("a1", "b1"),
      web(spread("DoNotSchedule", zone, 1, { minDomains: 3 })),
      all("match pod topology spread constraints"),
    ],
    [
      "nodes the pod cannot use do not count",
      on("a1"),
      web(spread("DoNotSchedule", zone), { nodeSelector: { [zone]: "a" } }),
      "a2",
    ],
    [
      "unless told so",
      on("a1"),
      web(spread("DoNotSchedule", zone, 1, { nodeAffinityPolicy: "Ignore" }), { nodeSelector: { [zone]: "a" } }),
      "0/4 nodes are available: 2 node(s) didn't match Pod's node affinity/selector, 2 node(s) didn't match pod topology spread constraints.",
    ],
    ["a wish for the emptier zone", on("a1", "a2"), web(spread("ScheduleAnyway", zone)), /^b/],
    ["a wish for the emptier node", on("a1", "a2", "b2"), web(spread("ScheduleAnyway", host)), "b1"],
    [
      "pods that are going do not count",
      [
        app("w", "a1", "web"),
        app("g", "b1", "web", { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }),
        app("h", "b2", "web", { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }),
      ],
      web(spread("DoNotSchedule", zone)),
      /^b/,
    ],
  ];
  for (const [name, placed, p, expected] of cases)
    test(name, () => {
      const text = place(p, cluster(nodes, placed));
      if (typeof expected === "string") assert.equal(text, expected);
      else assert.match(text, expected);
    });
  test("pods of one controller are spread over nodes and zones without being told", () => {
    const metadata = {
      ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "r", uid: "R", controller: true }],
    };
    const placed = ["a1", "a1", "a2", "a2", "b1"].map((n, i) => pod(`w${i}`, { on: n, metadata }));
    const others = ["b2", "b2", "b2"].map((n, i) => pod(`o${i}`, { on: n, cpu: "500m" }));
    assert.equal(place(pod("p", { metadata }), cluster(nodes, [...placed, ...others])), "b2");
  });
});
