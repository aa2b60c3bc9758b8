import assert from "node:assert/strict";
import { test } from "node:test";
import { isRouted, parseCgroups, parseListening, parseRoutes, type MachineFacts } from "./machine-facts.ts";
import { examineMachine, refuseUnfit } from "./machine.ts";
import { explain, Problem } from "#cluster/problem.ts";

const GiB = 2 ** 30;
const good: MachineFacts = {
  platform: "linux",
  arch: "x64",
  kernel: "6.1.0",
  isRoot: true,
  filesystems: "nodev\tsysfs\nnodev\toverlay\n",
  modules: new Set(["nf_tables", "bridge", "veth", "overlay"]),
  namespaces: ["ipc", "mnt", "net", "pid", "uts"],
  cgroups: { v1: {}, v2: { path: "/sys/fs/cgroup", controllers: ["cpu", "memory", "pids"] } },
  freeDiskBytes: 20 * GiB,
  memoryBytes: 4 * GiB,
  inotifyInstances: 512,
  inotifyWatches: 65_536,
  listening: [],
  routes: [],
};

const cases: readonly [string, Partial<MachineFacts>, severity: string, what: RegExp][] = [
  ["other system", { platform: "darwin" }, "error", /darwin, not Linux/],
  ["no net namespaces", { namespaces: ["ipc", "mnt", "pid", "uts"] }, "error", /no net namespaces/],
  ["no overlay", { filesystems: "ext4", modules: new Set(["nf_tables", "bridge", "veth"]) }, "error", /overlay/],
  ["no nf_tables", { modules: new Set(["overlay", "bridge", "veth"]) }, "error", /nf_tables/],
  ["memory controller off", { cgroups: { v1: { cpu: "/a", pids: "/b" } } }, "error", /lack: memory/],
  ["full disk", { freeDiskBytes: 0.5 * GiB }, "error", /0\.5 GiB/],
  ["small disk", { freeDiskBytes: 2 * GiB }, "warning", /2\.0 GiB/],
  ["small memory", { memoryBytes: 0.25 * GiB }, "warning", /memory/],
  ["few watches", { inotifyInstances: 20 }, "warning", /inotify/],
];

test("a good machine has no findings", () => {
  assert.deepEqual(examineMachine(good), []);
  assert.deepEqual(examineMachine({ ...good, modules: undefined }), [], "what cannot be seen is not held against it");
  const v1 = { v1: { cpu: "/sys/fs/cgroup/cpu", memory: "/sys/fs/cgroup/memory", pids: "/sys/fs/cgroup/pids" } };
  assert.deepEqual(examineMachine({ ...good, cgroups: v1 }), []);
});

for (const [name, facts, severity, what] of cases)
  test(`finding: ${name}`, () => {
    const findings = examineMachine({ ...good, ...facts });
    assert.equal(findings.length, 1);
    assert.equal(findings[0]!.severity, severity);
    assert.match(findings[0]!.what, what);
    assert.notEqual(findings[0]!.remedy, "");
  });

test("everything that is missing comes in one message", () => {
  const findings = examineMachine({ ...good, platform: "sunos", namespaces: [], freeDiskBytes: 0, memoryBytes: 0 });
  assert.throws(
    () => refuseUnfit(findings),
    (error) => error instanceof Problem && error.why.split("\n").length === 7 && explain(error).includes("sunos"),
  );
  refuseUnfit(findings.filter((finding) => finding.severity === "warning"));
});

test("cgroup mounts of version 1, 2 and both", () => {
  const read = (path: string): string => (path === "/sys/fs/cgroup/unified/cgroup.controllers" ? "hugetlb\n" : "");
  const mounts = [
    "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,nodev,noexec,relatime,cpu,cpuacct 0 0",
    "cgroup /sys/fs/cgroup/systemd cgroup rw,relatime,xattr,name=systemd 0 0",
    "cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0",
    "tmpfs /tmp tmpfs rw 0 0",
  ].join("\n");
  const { v1, v2 } = parseCgroups(mounts, read);
  assert.equal(v1["cpu"], "/sys/fs/cgroup/cpu,cpuacct");
  assert.equal(v1["cpuacct"], "/sys/fs/cgroup/cpu,cpuacct");
  assert.equal(v1["name=systemd"], "/sys/fs/cgroup/systemd");
  assert.deepEqual(v2, { path: "/sys/fs/cgroup/unified", controllers: ["hugetlb"] });
});

test("listening ports and routes from /proc/net", () => {
  const table = [
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
    "   0: 0100007F:192B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0",
    "   1: 0100007F:192C 0100007F:1000 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0",
  ].join("\n");
  assert.deepEqual(parseListening(table), [{ port: 6443, inode: "4711" }]);
  const routes = parseRoutes(
    [
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
      "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
      "cni0\t0000F40A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
      "tun0\t0000600A\t00000000\t0001\t0\t0\t0\t0000F0FF\t0\t0\t0",
    ].join("\n"),
  );
  for (const [prefix, want] of [
    ["10.244", true],
    ["10.245", false],
    ["10.96", true],
    ["10.103", true],
    ["10.112", false],
  ] as const)
    assert.equal(isRouted(routes, prefix), want, prefix);
});
