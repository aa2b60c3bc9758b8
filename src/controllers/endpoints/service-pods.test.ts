import { describe, test } from "node:test";
import assert from "node:assert/strict";
import type { Node } from "#api/core/node.ts";
import type { Pod } from "#api/core/pod.ts";
import type { Service } from "#api/core/service.ts";
import { planSubsets, truncate } from "./plan-endpoints.ts";
import { sliceGroups } from "./slice-endpoints.ts";

interface Shape {
  ready?: boolean;
  phase?: string;
  going?: boolean;
  ip?: string | null;
  ports?: object[];
  spec?: object;
  labels?: Record<string, string>;
}
const pod = (name: string, s: Shape = {}): Pod =>
  ({
    metadata: {
      name,
      namespace: "ns",
      uid: name,
      labels: s.labels ?? { app: "web" },
      ...(s.going ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
    },
    spec: { nodeName: "n1", containers: [{ name: "c", ports: s.ports ?? [] }], ...s.spec },
    status: {
      phase: s.phase ?? "Running",
      ...(s.ip === null ? {} : { podIPs: (s.ip ?? `10.0.0.${name}`).split(",").map((ip) => ({ ip })) }),
      conditions: [{ type: "Ready", status: s.ready === false ? "False" : "True" }],
    },
  }) as unknown as Pod;
const service = (spec: object = {}): Service =>
  ({
    metadata: { name: "web", namespace: "ns", uid: "S" },
    spec: { selector: { app: "web" }, ports: [{ port: 80, protocol: "TCP" }], ipFamilies: ["IPv4"], ...spec },
    status: {},
  }) as unknown as Service;
const nodeOf = (name: string): Node =>
  ({ metadata: { name, labels: { "topology.kubernetes.io/zone": "z1" } } }) as unknown as Node;

describe("subsets of Endpoints", () => {
  const brief = (s: Service, pods: Pod[]) =>
    planSubsets(s, pods).map((subset) => ({
      ready: subset.addresses?.map((a) => a.ip) ?? [],
      not: subset.notReadyAddresses?.map((a) => a.ip) ?? [],
      ports: subset.ports?.map((p) => p.port) ?? [],
    }));
  const cases: [string, object, Pod[], ReturnType<typeof brief>][] = [
    [
      "ready and others",
      {},
      [pod("1"), pod("2", { ready: false })],
      [{ ready: ["10.0.0.1"], not: ["10.0.0.2"], ports: [80] }],
    ],
    [
      "stopping, finished, without address, other labels",
      {},
      [pod("1", { going: true }), pod("2", { phase: "Succeeded" }), pod("3", { ip: null }), pod("4", { labels: {} })],
      [],
    ],
    [
      "tolerant Services take stopping and unready ones as ready",
      { publishNotReadyAddresses: true },
      [pod("1", { going: true, ready: false })],
      [{ ready: ["10.0.0.1"], not: [], ports: [80] }],
    ],
    [
      "a named port differs from pod to pod",
      {
        ports: [
          { name: "http", port: 80, targetPort: "web" },
          { name: "m", port: 9, targetPort: 9 },
        ],
      },
      [
        pod("1", { ports: [{ name: "web", containerPort: 8080 }] }),
        pod("2", { ports: [{ name: "web", containerPort: 9090 }] }),
        pod("3"),
      ],
      [
        { ready: ["10.0.0.1"], not: [], ports: [8080] },
        { ready: ["10.0.0.1", "10.0.0.2", "10.0.0.3"], not: [], ports: [9] },
        { ready: ["10.0.0.2"], not: [], ports: [9090] },
      ],
    ],
    [
      "headless without ports",
      { clusterIP: "None", ports: [] },
      [pod("1")],
      [{ ready: ["10.0.0.1"], not: [], ports: [] }],
    ],
    [
      "the Service's first family",
      { ipFamilies: ["IPv6"] },
      [pod("1", { ip: "10.0.0.1,fd00::1" })],
      [{ ready: ["fd00::1"], not: [], ports: [80] }],
    ],
  ];
  for (const [name, spec, pods, expected] of cases)
    test(name, () => assert.deepEqual(brief(service(spec), pods), expected));

  test("too many addresses are cut off, unready ones first", () => {
    const pods = Array.from({ length: 8 }, (_, i) => pod(String(i), { ready: i % 2 === 0 }));
    const cut = truncate(planSubsets(service(), pods), 5)!;
    assert.deepEqual([cut[0]!.addresses?.length, cut[0]!.notReadyAddresses?.length], [4, 1]);
    assert.equal(truncate(planSubsets(service(), pods), 8), undefined);
  });
});

describe("endpoints of slices", () => {
  const conditions = (spec: object, p: Pod) => sliceGroups(service(spec), [p], nodeOf)[0]?.endpoints[0]?.conditions;
  const cases: [string, object, Pod, [boolean, boolean, boolean]][] = [
    ["ready", {}, pod("1"), [true, true, false]],
    ["not ready", {}, pod("1", { ready: false }), [false, false, false]],
    ["stopping but still serving", {}, pod("1", { going: true }), [false, true, true]],
    [
      "published though not ready",
      { publishNotReadyAddresses: true },
      pod("1", { ready: false, going: true }),
      [true, false, true],
    ],
  ];
  for (const [name, spec, p, [ready, serving, terminating]] of cases)
    test(name, () => assert.deepEqual(conditions(spec, p), { ready, serving, terminating }));

  test("an endpoint says where it runs and what it is", () => {
    const p = pod("1", { spec: { hostname: "h", subdomain: "web" } });
    assert.deepEqual(sliceGroups(service(), [p], nodeOf)[0]?.endpoints[0], {
      addresses: ["10.0.0.1"],
      conditions: { ready: true, serving: true, terminating: false },
      hostname: "h",
      targetRef: { kind: "Pod", namespace: "ns", name: "1", uid: "1" },
      nodeName: "n1",
      zone: "z1",
    });
  });
  test("both families make two groups", () => {
    const groups = sliceGroups(
      service({ ipFamilies: ["IPv4", "IPv6"] }),
      [pod("1", { ip: "10.0.0.1,fd00::1" })],
      nodeOf,
    );
    assert.deepEqual(
      groups.map((g) => [g.addressType, g.endpoints[0]?.addresses]),
      [
        ["IPv4", ["10.0.0.1"]],
        ["IPv6", ["fd00::1"]],
      ],
    );
  });
  test("near traffic is hinted at when every zone is known", () => {
    const near = service({ trafficDistribution: "PreferClose" });
    assert.deepEqual(sliceGroups(near, [pod("1")], nodeOf)[0]?.endpoints[0]?.hints, { forZones: [{ name: "z1" }] });
    assert.equal(sliceGroups(near, [pod("1")], () => undefined)[0]?.endpoints[0]?.hints, undefined);
  });
});
