import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { clusterLayout, isClusterName, longestDataDirBytes, mostClusters, type Layout } from "./layout.ts";
import { Problem } from "./problem.ts";
import { allocate, readRegistry, updateRegistry, type Registry, type Taken } from "./registry.ts";

const record = (index: number, name: string) => ({
  ...{ format: 1 as const, name, index, dataDir: `/var/lib/timonier/${name}`, nodeName: "a", createdAt: 0 },
  ...{ apiPort: 6443 + index, kubeletPort: 10_250 + 10 * index, runtime: "crun" as const },
});
const free: Taken = { ports: new Set(), routed: () => false };

test("two clusters share nothing that a machine has only once", () => {
  const layouts = Array.from({ length: mostClusters }, (_, i) => clusterLayout(record(i, `c${i}`)));
  const own: readonly ((layout: Layout) => string)[] = [
    (l) => l.podCidr,
    (l) => l.serviceCidr,
    (l) => l.bridge,
    (l) => l.nftTable,
    (l) => l.cgroup,
    (l) => l.containerd.socket,
    (l) => l.context,
  ];
  for (const value of own) assert.equal(new Set(layouts.map(value)).size, mostClusters, String(value));
  for (const layout of layouts) assert.ok(layout.bridge.length <= 15, "the kernel's limit for interface names");
});

test("addresses of the first cluster are the customary ones", () => {
  const layout = clusterLayout(record(0, "default"));
  assert.equal(layout.context, "timonier");
  assert.equal(layout.podCidr, "10.244.0.0/16");
  assert.equal(layout.gateway, "10.244.0.1");
  assert.equal(layout.apiServiceIp, "10.96.0.1");
  assert.equal(layout.dnsServiceIp, "10.96.0.10");
});

test("names of clusters, and directories that leave room for socket paths", () => {
  for (const name of ["default", "a", "a-1", "x".repeat(40)]) assert.ok(isClusterName(name), name);
  for (const name of ["", "-a", "a-", "A", "a.b", "a/b", "x".repeat(41)]) assert.ok(!isClusterName(name), name);
  const dataDir = `/${"d".repeat(longestDataDirBytes - 1)}`;
  const { socket } = clusterLayout({ ...record(0, "a"), dataDir }).containerd;
  assert.ok(Buffer.byteLength(`${socket}.ttrpc`) <= 107);
});

test("allocation takes the first free index and ports", () => {
  const first = allocate({ clusters: [] }, { name: "default", dataDir: "/a" }, free);
  assert.deepEqual(first, { name: "default", dataDir: "/a", index: 0, apiPort: 6443, kubeletPort: 10_250 });
  const registry: Registry = { clusters: [first, { ...first, name: "c", dataDir: "/c", index: 2, apiPort: 6444 }] };
  const second = allocate(registry, { name: "b", dataDir: "/b" }, { ...free, ports: new Set([6445]) });
  assert.deepEqual([second.index, second.apiPort, second.kubeletPort], [1, 6446, 10_260]);
  const routed = allocate(
    { clusters: [] },
    { name: "d", dataDir: "/d", apiPort: 7000 },
    { ...free, routed: (p) => p === "10.244" },
  );
  assert.deepEqual([routed.index, routed.apiPort], [1, 7000]);
  assert.throws(() => allocate(registry, { name: "e", dataDir: "/c" }, free), /belongs to another cluster/);
  assert.throws(
    () => allocate({ clusters: [] }, { name: "f", dataDir: "/f" }, { ...free, routed: () => true }),
    Problem,
  );
});

test("the registry file: empty, updated under its lock, damaged", (t) => {
  const home = mkdtempSync(join(tmpdir(), "home-"));
  t.after(() => rmSync(home, { recursive: true }));
  assert.deepEqual(readRegistry(home), { clusters: [] });
  const entry = allocate({ clusters: [] }, { name: "default", dataDir: "/a" }, free);
  updateRegistry(home, (registry) => ({ ...registry, clusters: [...registry.clusters, entry] }));
  assert.deepEqual(readRegistry(home), { clusters: [entry] });
  writeFileSync(join(home, "clusters.json"), "{");
  assert.throws(() => readRegistry(home), /the list of clusters is damaged/);
  rmSync(join(home, "clusters.json"));
});
