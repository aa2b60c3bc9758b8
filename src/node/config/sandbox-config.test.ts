import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseResolvConf, resolverConfigOf, type DnsFacts } from "./dns.ts";
import { hostsFile, podNameOf } from "./hosts-file.ts";
import { sandboxConfig, type SandboxFacts } from "./sandbox-config.ts";
import { testContainer, testPod } from "#node/pod/pod.fake.ts";
import type { PodSpec } from "#node/pod/types.ts";

const dns: DnsFacts = {
  clusterDns: ["10.96.0.10"],
  clusterDomain: "cluster.local",
  node: { servers: ["1.1.1.1"], searches: ["corp.example"], options: ["rotate"] },
};
const facts: SandboxFacts = {
  attempt: 1,
  logDirectory: "/l",
  cgroupParent: "/k/pod1",
  dns,
  runtimeHandler: "",
};

describe("sandbox config", () => {
  it("takes namespaces, ports and sysctls from the pod", () => {
    const made = sandboxConfig(
      testPod({
        hostname: "web-0",
        hostPID: true,
        containers: [testContainer("c", { ports: [{ containerPort: 80, hostPort: 8080 }, { containerPort: 81 }] })],
        securityContext: { sysctls: [{ name: "net/core/somaxconn", value: "9" }] },
      }),
      facts,
    );
    assert.equal(made.hostname, "web-0");
    assert.equal(made.hostPID, true);
    assert.deepEqual(made.portMappings, [{ protocol: "TCP", containerPort: 80, hostPort: 8080, hostIP: "" }]);
    assert.deepEqual(made.sysctls, { "net.core.somaxconn": "9" });
    assert.equal(made.security.seccomp?.type, "RuntimeDefault");
  });
  it("has no host name and no port mappings on the host network", () => {
    const ports = [{ containerPort: 80, hostPort: 80 }];
    const made = sandboxConfig(testPod({ hostNetwork: true, containers: [testContainer("c", { ports })] }), facts);
    assert.equal(made.hostname, "");
    assert.deepEqual(made.portMappings, []);
  });
  it("is privileged when a container is", () => {
    const containers = [testContainer("c", { securityContext: { privileged: true } })];
    const { security } = sandboxConfig(testPod({ containers }), facts);
    assert.deepEqual([security.privileged, security.seccomp?.type], [true, "Unconfined"]);
  });
});

describe("resolver configuration", () => {
  const cluster = ["ns.svc.cluster.local", "svc.cluster.local", "cluster.local", "corp.example"];
  const cases: [string, Partial<PodSpec>, object][] = [
    ["ClusterFirst", {}, { servers: ["10.96.0.10"], searches: cluster, options: ["ndots:5"] }],
    ["ClusterFirst on the host network", { hostNetwork: true }, dns.node],
    [
      "ClusterFirstWithHostNet",
      { hostNetwork: true, dnsPolicy: "ClusterFirstWithHostNet" },
      { servers: ["10.96.0.10"], searches: cluster, options: ["ndots:5"] },
    ],
    ["Default", { dnsPolicy: "Default" }, dns.node],
    [
      "None with its own",
      {
        dnsPolicy: "None",
        dnsConfig: { nameservers: ["9.9.9.9"], searches: ["a.b"], options: [{ name: "ndots", value: "2" }] },
      },
      { servers: ["9.9.9.9"], searches: ["a.b"], options: ["ndots:2"] },
    ],
    [
      "own options override",
      { dnsConfig: { options: [{ name: "ndots", value: "3" }, { name: "edns0" }], searches: ["cluster.local"] } },
      { servers: ["10.96.0.10"], searches: cluster, options: ["ndots:3", "edns0"] },
    ],
  ];
  for (const [name, spec, expected] of cases)
    it(name, () => assert.deepEqual(resolverConfigOf(testPod(spec), dns), expected));
  it("keeps three name servers and says so", () => {
    const made = resolverConfigOf(testPod({ dnsConfig: { nameservers: ["1", "2", "3"] } }), dns);
    assert.deepEqual(made.servers, ["10.96.0.10", "1", "2"]);
    assert.equal(made.problem?.reason, "DNSConfigForming");
  });
  it("falls back to the node's without a cluster DNS", () => {
    const made = resolverConfigOf(testPod(), { ...dns, clusterDns: [] });
    assert.deepEqual(made.servers, ["1.1.1.1"]);
    assert.equal(made.problem?.reason, "MissingClusterDNS");
  });
  it("reads the node's file", () =>
    assert.deepEqual(parseResolvConf("# x\nnameserver 8.8.8.8\nsearch a.\nsearch b c.d.\noptions ndots:1 rotate\n"), {
      servers: ["8.8.8.8"],
      searches: ["b", "c.d"],
      options: ["ndots:1", "rotate"],
    }));
});

const of = (spec: Partial<PodSpec>): string =>
  hostsFile(testPod(spec), {
    podIPs: ["10.1.0.5"],
    clusterDomain: "cluster.local",
    nodeHosts: "127.0.0.1\tlocalhost\n",
  });
describe("hosts file", () => {
  it("names the pod", () => {
    const lines = of({ hostname: "web", subdomain: "db" }).split("\n");
    assert.equal(lines[0], "# Kubernetes-managed hosts file.");
    assert.ok(lines.includes("127.0.0.1\tlocalhost"));
    assert.ok(lines.includes("10.1.0.5\tweb.db.ns.svc.cluster.local\tweb"));
  });
  it("adds aliases", () =>
    assert.match(
      of({ hostAliases: [{ ip: "1.2.3.4", hostnames: ["a", "b"] }] }),
      /\n10\.1\.0\.5\tp\n\n# Entries added by HostAliases\.\n1\.2\.3\.4\ta\tb\n$/,
    ));
  it("is the node's own on the host network", () =>
    assert.equal(of({ hostNetwork: true }), "# Kubernetes-managed hosts file (host network).\n127.0.0.1\tlocalhost\n"));
  it("host names are cut to 63 characters", () => {
    const name = podNameOf(testPod({ hostname: `${"a".repeat(62)}.b` }), "x");
    assert.equal(name.hostname, "a".repeat(62));
  });
  it("a full name that is too long is refused", () =>
    assert.throws(
      () => podNameOf(testPod({ setHostnameAsFQDN: true, hostname: "a".repeat(50), subdomain: "s" }), "cluster.local"),
      /is too long \(64 characters is the max, /,
    ));
});
