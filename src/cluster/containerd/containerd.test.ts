import assert from "node:assert/strict";
import { test } from "node:test";
import { containerdConfig, podNetworkConfig } from "./containerd.ts";
import { clusterLayout, type ClusterRecord } from "#cluster/layout.ts";
import { hybridUnified, mountsBelow } from "./mount-namespace.ts";
import { planUnmapping } from "./port-mappings.ts";
import { isOwnTable } from "#cluster/stop.ts";

const record: ClusterRecord = {
  ...{ format: 1, name: "x", index: 1, dataDir: "/d", nodeName: "n", apiPort: 6444, kubeletPort: 10_260 },
  ...{ createdAt: 0, runtime: "crun" },
};
const layout = clusterLayout(record);
const programs = { containerd: "/c", runc: "/usr/sbin/runc", crun: "/usr/bin/crun", cni: "/usr/lib/cni" };

test("containerd's configuration keeps to the data directory", () => {
  const config = containerdConfig(layout, programs);
  const lines = new Set(config.split("\n"));
  for (const line of [
    "version = 2",
    'root = "/d/containerd/root"',
    'address = "/d/run/containerd.sock"',
    '[plugins."io.containerd.grpc.v1.cri".containerd]',
    'default_runtime_name = "crun"',
    "restrict_oom_score_adj = true",
    "netns_mounts_under_state_dir = true",
    'conf_dir = "/d/cni/conf"',
    '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun.options]',
    'BinaryName = "/usr/bin/crun"',
  ])
    assert.ok(lines.has(line), line);
  const paths = [...config.matchAll(/"(\/[^"]+)"/g)].map((match) => match[1]!);
  for (const path of paths) assert.match(path, /^(\/d\/|\/usr\/)/);
  const tables = [...lines].filter((line) => line.startsWith("["));
  assert.equal(tables.length, new Set(tables).size, "TOML allows each table once");
  const onlyRunc = containerdConfig({ ...layout, runtime: "runc" }, { ...programs, crun: undefined });
  assert.ok(!onlyRunc.includes("crun"));
});

test("the pod network: the cluster's own bridge, range and store", () => {
  const { name, plugins } = JSON.parse(podNetworkConfig(layout)) as { name: string; plugins: Record<string, never>[] };
  assert.equal(name, "timonier1");
  assert.deepEqual(
    plugins.map((plugin) => plugin["type"]),
    ["bridge", "portmap"],
  );
  const { ipam, ...bridge } = plugins[0] as unknown as { bridge: string; ipam: object };
  assert.equal(bridge.bridge, "timonier1");
  assert.deepEqual(ipam, {
    ...{ type: "host-local", ranges: [[{ subnet: "10.245.0.0/24" }]], routes: [{ dst: "0.0.0.0/0" }] },
    dataDir: "/d/cni/ipam",
  });
});

test("mounts below a directory, deepest first", () => {
  const mounts = ["a /d/run/ns ext4 rw 0 0", "b /d/run/ns/mnt nsfs rw 0 0", "c /data ext4 rw 0 0", "e /d/a\\040b x"];
  assert.deepEqual(mountsBelow(mounts.join("\n"), "/d"), ["/d/a b", "/d/run/ns/mnt", "/d/run/ns"]);
});

test("a cgroup v2 tree is hidden only beside v1", () => {
  const v2 = { path: "/sys/fs/cgroup/unified", controllers: [] };
  assert.equal(hybridUnified({ v1: { cpu: "/c" }, v2 }), "/sys/fs/cgroup/unified");
  assert.equal(hybridUnified({ v1: {}, v2 }), undefined);
});

test("tables of a cluster, not of its neighbours", () => {
  for (const [name, own] of [
    ["timonier1", true],
    ["timonier1-policy", true],
    ["timonier1_policy", true],
    ["timonier", false],
    ["timonier10", false],
    ["nat", false],
  ] as const)
    assert.equal(isOwnTable(layout, name), own, name);
});

const mapping = (network: string, chain: string): string =>
  `-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"${network}\\" id: \\"abc\\"" -m multiport --dports 80 -j ${chain}`;
const saved = (...mappings: readonly string[]): string =>
  [
    "*nat",
    ":PREROUTING ACCEPT [0:0]",
    ":CNI-DN-1 - [0:0]",
    ":CNI-HOSTPORT-DNAT - [0:0]",
    ":CNI-HOSTPORT-MASQ - [0:0]",
    ":CNI-HOSTPORT-SETMARK - [0:0]",
    "-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
    "-A POSTROUTING -m comment --comment x -j CNI-HOSTPORT-MASQ",
    "-A CNI-DN-1 -p tcp -m tcp --dport 80 -j CNI-HOSTPORT-SETMARK",
    ...mappings,
    "COMMIT",
  ].join("\n");

test("port mappings left behind: the last network takes the shared chains along", () => {
  const plan = planUnmapping(saved(mapping("timonier1", "CNI-DN-1")), "timonier1");
  assert.deepEqual(plan, [
    "-D PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
    "-D POSTROUTING -m comment --comment x -j CNI-HOSTPORT-MASQ",
    ...["CNI-DN-1", "CNI-HOSTPORT-DNAT", "CNI-HOSTPORT-SETMARK", "CNI-HOSTPORT-MASQ"].map((chain) => `-F ${chain}`),
    ...["CNI-DN-1", "CNI-HOSTPORT-DNAT", "CNI-HOSTPORT-SETMARK", "CNI-HOSTPORT-MASQ"].map((chain) => `-X ${chain}`),
  ]);
});

test("port mappings of others stay", () => {
  const [mine, other] = [mapping("timonier1", "CNI-DN-1"), mapping("other", "CNI-DN-2")];
  const remove = mine.replace(/^-A/, "-D");
  assert.deepEqual(planUnmapping(saved(mine, other), "timonier1"), [remove, "-F CNI-DN-1", "-X CNI-DN-1"]);
  assert.deepEqual(planUnmapping(saved(other), "timonier1"), []);
  assert.deepEqual(planUnmapping("*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT", "timonier1"), []);
});
