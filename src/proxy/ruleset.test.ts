import { test } from "node:test";
import assert from "node:assert/strict";
import type { Service } from "#api/core/service.ts";
import type { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import type { Draft } from "#api/schema.ts";
import { changeScript, elementsOf, goneEndpoints, noElements } from "./ruleset.ts";
import { planTargets } from "./targets.ts";

const service = (name: string, spec: Draft<Service["spec"]>): Service =>
  ({
    metadata: { name, namespace: "ns" },
    spec: { type: "ClusterIP", clusterIP: "10.96.0.9", ...spec },
    status: { loadBalancer: {} },
  }) as unknown as Service;
const slice = (name: string, ips: readonly (readonly [ip: string, over?: object])[], port = 8080): EndpointSlice =>
  ({
    metadata: { name: `${name}-1`, namespace: "ns", labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    ports: [{ name: "", port, protocol: "TCP" }],
    endpoints: ips.map(([ip, over]) => ({ addresses: [ip], nodeName: "n1", conditions: { ready: true }, ...over })),
  }) as unknown as EndpointSlice;
const view = { nodeName: "n1", ownAddresses: new Set(["10.96.0.10"]) };
const ports = [{ port: 80, protocol: "TCP" as const, nodePort: 30080 }];
const elements = (s: Service[], e: EndpointSlice[]): ReturnType<typeof elementsOf> =>
  elementsOf(planTargets(s, e, view));

test("a service leads to its ready endpoints, by address and by node port", () => {
  const got = elements(
    [service("web", { ports })],
    [slice("web", [["10.1.0.2"], ["10.1.0.3"], ["10.1.0.4", { conditions: { ready: false } }]])],
  );
  assert.deepEqual([...got.maps.get("service")!], [["10.96.0.9 . tcp . 80", "goto n2"]]);
  assert.deepEqual(
    [...got.maps.get("endpoint")!],
    [
      ["10.96.0.9 . tcp . 80 . 0", "10.1.0.2 . 8080"],
      ["10.96.0.9 . tcp . 80 . 1", "10.1.0.3 . 8080"],
    ],
  );
  assert.deepEqual([...got.maps.get("node_port")!], [["tcp . 30080", "goto np2"]]);
  assert.deepEqual(got.chains.get("n2"), ["meta mark set numgen random mod 2", "goto pick"]);
});

test("what has no endpoints is refused, and what serves while ending is used when nothing else is left", () => {
  const none = elements([service("web", { ports })], []);
  assert.deepEqual([...none.maps.get("empty_service")!], [["10.96.0.9 . tcp . 80", "goto refuse"]]);
  assert.deepEqual([...none.maps.get("empty_node_port")!], [["tcp . 30080", "goto refuse"]]);
  const ending = elements(
    [service("web", { ports })],
    [slice("web", [["10.1.0.2", { conditions: { ready: false, serving: true, terminating: true } }]])],
  );
  assert.equal(ending.maps.get("service")!.get("10.96.0.9 . tcp . 80"), "goto n1");
});

test("policies: Local keeps to this node and to the client's address", () => {
  const far = ["10.2.0.2", { nodeName: "n2" }] as const;
  const got = elements(
    [service("web", { ports, externalTrafficPolicy: "Local" })],
    [slice("web", [["10.1.0.2"], far])],
  );
  assert.equal(got.maps.get("service")!.get("10.96.0.9 . tcp . 80"), "goto n2");
  assert.equal(got.maps.get("node_port")!.get("tcp . 30080"), "goto npl1");
});

test("headless services, names and the node's own addresses take no part", () => {
  const got = elements(
    [
      service("a", { clusterIP: "None", ports }),
      service("b", { type: "ExternalName", ports }),
      service("c", { clusterIP: "10.96.0.10", ports: [{ port: 53 }] }),
    ],
    [],
  );
  assert.equal(got.maps.get("empty_service")!.size + got.maps.get("service")!.size, 0);
});

test("a change touches its own elements only", () => {
  const before = elements([service("web", { ports })], [slice("web", [["10.1.0.2"], ["10.1.0.3"]])]);
  const after = elements([service("web", { ports })], [slice("web", [["10.1.0.2"]])]);
  assert.equal(changeScript("t", before, before), "");
  assert.deepEqual(
    changeScript("t", before, after)
      .split("\n")
      .filter((l) => l.includes("element")),
    [
      "delete element ip t service { 10.96.0.9 . tcp . 80 }",
      "add element ip t service { 10.96.0.9 . tcp . 80 : goto n1 }",
      "delete element ip t endpoint { 10.96.0.9 . tcp . 80 . 1 }",
      "delete element ip t node_port { tcp . 30080 }",
      "add element ip t node_port { tcp . 30080 : goto np1 }",
      "delete element ip t node_port_endpoint { tcp . 30080 . 1 }",
      "delete element ip t hairpin { 10.1.0.3 . 10.1.0.3 }",
    ],
  );
  assert.deepEqual(
    goneEndpoints(before, after).map((g) => `${g.key} ${g.endpoint}`),
    ["10.96.0.9 . tcp . 80 10.1.0.3 . 8080", "tcp . 30080 10.1.0.3 . 8080"],
  );
});

test("a service with affinity has chains of its own, which go with it", () => {
  const affine = elements(
    [service("web", { ports: [{ port: 80 }], sessionAffinity: "ClientIP" })],
    [slice("web", [["10.1.0.2"], ["10.1.0.3"]])],
  );
  const made = changeScript("t", noElements, affine);
  assert.match(
    made,
    /update @affinity \{ ip saddr \. ip daddr \. meta l4proto \. th dport timeout 10800s : 10\.1\.0\.2 \. 8080 \}/,
  );
  assert.match(made, /numgen random mod 2 vmap/);
  const gone = changeScript("t", affine, noElements);
  assert.equal(gone.match(/delete chain ip t aff_/g)?.length, 3);
});
