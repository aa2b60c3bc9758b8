import assert from "node:assert/strict";
import { test } from "node:test";
import type { Node } from "#api/core/node.ts";
import type { Pod } from "#api/core/pod.ts";
import type { Service } from "#api/core/service.ts";
import type { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import { seededRandom } from "#base/random.ts";
import { proxiedPath, rewriteLocation } from "./rewrite.ts";
import { nodeServerOf, parseNamedPort, podTarget, serviceEndpoints } from "./targets.ts";

const names: [id: string, want: object | undefined][] = [
  ["a", { scheme: "http", name: "a", port: "" }],
  ["a:80", { scheme: "http", name: "a", port: "80" }],
  ["a:web", { scheme: "http", name: "a", port: "web" }],
  ["HTTPS:a:443", { scheme: "https", name: "a", port: "443" }],
  [":a:", { scheme: "http", name: "a", port: "" }],
  ["ftp:a:21", undefined],
  [":80", undefined],
  ["a:b:c:d", undefined],
];
for (const [id, want] of names)
  test(`name ${id}`, () => {
    if (want) assert.deepEqual(parseNamedPort(id, "pod"), want);
    else assert.throws(() => parseNamedPort(id, "pod"), { message: `invalid pod request "${id}"` });
  });

const pod = (ip: string, ports: readonly number[] = []): Pod =>
  ({
    metadata: { name: "p" },
    spec: { containers: [{ name: "a" }, { name: "b", ports: ports.map((containerPort) => ({ containerPort })) }] },
    status: ip ? { podIP: ip, podIPs: [{ ip }] } : {},
  }) as unknown as Pod;
const pods: [pod: Pod, port: string, want: string | undefined][] = [
  [pod("10.1.2.3"), "80", "10.1.2.3:80"],
  [pod("10.1.2.3", [8080, 9090]), "", "10.1.2.3:8080"],
  [pod("10.1.2.3"), "", "10.1.2.3"],
  [pod("fd00::1"), "80", "[fd00::1]:80"],
  [pod("127.0.0.1"), "80", undefined],
  [pod("169.254.169.254"), "80", undefined],
  [pod("::1"), "80", undefined],
  [pod("fe80::1"), "80", undefined],
  [pod("224.0.0.1"), "80", undefined],
  [pod(""), "80", undefined],
];
for (const [of, port, want] of pods)
  test(`pod at ${of.status.podIP}, port "${port}"`, () => {
    if (want) assert.equal(podTarget(of, port), want);
    else assert.throws(() => podTarget(of, port), { reason: "BadRequest", message: "address not allowed" });
  });

test("a node's server: internal address first, its own port", () => {
  const node = (status: object): Node => ({ metadata: { name: "n" }, spec: {}, status }) as unknown as Node;
  const addresses = [
    { type: "Hostname", address: "n" },
    { type: "InternalIP", address: "10.0.0.1" },
  ];
  assert.deepEqual(nodeServerOf(node({ addresses })), { host: "10.0.0.1", port: 10250 });
  const daemonEndpoints = { kubeletEndpoint: { Port: 7 } };
  assert.deepEqual(nodeServerOf(node({ addresses: addresses.slice(0, 1), daemonEndpoints })), { host: "n", port: 7 });
  assert.throws(() => nodeServerOf(node({})), { message: "no preferred addresses found; known addresses: []" });
});

const service = {
  spec: {
    ports: [
      { name: "web", port: 80 },
      { name: "admin", port: 81 },
    ],
  },
} as unknown as Service;
const endpoint = (ip: string, ready = true, kind = "Pod") => ({
  addresses: [ip],
  conditions: { ready },
  targetRef: { kind, name: `pod-${ip}` },
});
const slices = [
  {
    ports: [
      { name: "web", port: 8080 },
      { name: "admin", port: 8081 },
    ],
    endpoints: [endpoint("10.0.0.1"), endpoint("10.0.0.2", false), endpoint("10.0.0.3", true, "Node")],
  },
] as unknown as EndpointSlice[];
const services: [port: string, slices: readonly EndpointSlice[], want: object | string][] = [
  ["80", slices, [{ address: "10.0.0.1", port: 8080, pod: "pod-10.0.0.1" }]],
  ["admin", slices, [{ address: "10.0.0.1", port: 8081, pod: "pod-10.0.0.1" }]],
  ["99", slices, 'no service port 99 found for service "s"'],
  ["other", slices, 'no endpoints available for service "s:other"'],
  ["80", [], 'no endpoints available for service "s:80"'],
];
for (const [port, given, want] of services)
  test(`service port ${port} with ${given.length} slices`, () => {
    const find = () =>
      serviceEndpoints(service, given, { scheme: "http", name: "s", port }, `s:${port}`, seededRandom(1));
    if (typeof want === "string") assert.throws(find, { reason: "ServiceUnavailable", message: want });
    else assert.deepEqual(find(), want);
  });

const paths: [raw: string, prefix: string, suffix: string][] = [
  ["/api/v1/nodes/n/proxy", "/api/v1/nodes/n/proxy", ""],
  ["/api/v1/nodes/n/proxy/", "/api/v1/nodes/n/proxy", "/"],
  ["/api/v1/namespaces/x/pods/p:80/proxy/a%2Fb/c/", "/api/v1/namespaces/x/pods/p:80/proxy", "/a%2Fb/c/"],
  ["/api/v1/namespaces/pods/pods/proxy/proxy/proxy", "/api/v1/namespaces/pods/pods/proxy/proxy", "/proxy"],
];
for (const [raw, prefix, suffix] of paths)
  test(`path ${raw}`, () => assert.deepEqual(proxiedPath(raw), { prefix, suffix }));

const from = new URL("http://10.0.0.1:80/page");
const locations: [location: string, want: string][] = [
  ["/login", "/p/proxy/login"],
  ["/login/?a=1#x", "/p/proxy/login/?a=1#x"],
  ["http://10.0.0.1/login", "/p/proxy/login"],
  ["http://api:6443/login", "/p/proxy/login"],
  ["//10.0.0.1/login", "/p/proxy/login"],
  ["http://elsewhere/login", "http://elsewhere/login"],
  ["login", "login"],
  ["/p/proxy/login", "/p/proxy/login"],
  ["http://[", "http://["],
];
for (const [location, want] of locations)
  test(`redirect to ${location}`, () => assert.equal(rewriteLocation(location, from, "api:6443", "/p/proxy"), want));
