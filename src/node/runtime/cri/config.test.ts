import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerConfig, SandboxConfig } from "#node/runtime/runtime.ts";
import { containerMessage, sandboxMessage, signalNumber } from "./config.ts";

const sandbox: SandboxConfig = {
  podUid: "u1",
  podName: "web",
  namespace: "default",
  attempt: 2,
  hostname: "web",
  hostNetwork: false,
  hostPID: false,
  hostIPC: false,
  shareProcessNamespace: false,
  labels: { app: "web" },
  annotations: {},
  logDirectory: "/logs",
  portMappings: [{ protocol: "UDP", containerPort: 53, hostPort: 5353, hostIP: "127.0.0.1" }],
  cgroupParent: "/pods/u1",
  sysctls: { "net.ipv4.ip_unprivileged_port_start": "0" },
  runtimeHandler: "",
  security: { privileged: false, runAsUser: 0, supplementalGroups: [7] },
};
const container: ContainerConfig = {
  name: "c",
  attempt: 0,
  imageRef: "sha256:1",
  image: "busybox",
  command: ["sh"],
  args: [],
  workingDir: "",
  env: [{ name: "A", value: "1" }],
  mounts: [{ containerPath: "/a", hostPath: "/b", readOnly: true, propagation: "Bidirectional" }],
  devices: [],
  labels: {},
  annotations: {},
  logPath: "c/0.log",
  stdin: false,
  stdinOnce: false,
  tty: false,
  resources: { oomScoreAdj: 1000, memoryLimitBytes: 5 },
  security: {
    privileged: false,
    readOnlyRootfs: false,
    noNewPrivileges: false,
    addCapabilities: [],
    dropCapabilities: ["ALL"],
    supplementalGroups: [],
    procMount: "Default",
    pidMode: "container",
  },
};
const namespaces = (change: Partial<SandboxConfig>) => {
  const options = sandboxMessage({ ...sandbox, ...change }).linux!.securityContext!.namespaceOptions!;
  return [options.network, options.pid, options.ipc];
};
const security = (change: Partial<ContainerConfig["security"]>, pod: Partial<SandboxConfig> = {}) =>
  containerMessage({ ...container, security: { ...container.security, ...change } }, { ...sandbox, ...pod }).linux!
    .securityContext!;

// pod 0, container 1, node 2, target 3
const namespaceTable: [change: Partial<SandboxConfig>, network: number, pid: number, ipc: number][] = [
  [{}, 0, 1, 0],
  [{ hostNetwork: true }, 2, 1, 0],
  [{ hostPID: true }, 0, 2, 0],
  [{ hostIPC: true }, 0, 1, 2],
  [{ shareProcessNamespace: true }, 0, 0, 0],
];
for (const [change, ...want] of namespaceTable)
  test(`namespaces of a sandbox with ${JSON.stringify(change)}`, () => assert.deepEqual(namespaces(change), want));

test("a sandbox: uid in the labels, user 0 is sent, ports by number", () => {
  const { labels, linux, portMappings } = sandboxMessage(sandbox);
  assert.equal(labels!["io.kubernetes.pod.uid"], "u1");
  assert.equal(linux!.securityContext!.runAsUser, 0);
  assert.equal("runAsGroup" in linux!.securityContext!, false);
  assert.deepEqual(portMappings, [{ protocol: 1, containerPort: 53, hostPort: 5353, hostIp: "127.0.0.1" }]);
});

test("/proc is masked by default, and not when unmasked or privileged", () => {
  assert.ok(security({}).maskedPaths!.includes("/proc/kcore"));
  assert.ok(security({}).readonlyPaths!.includes("/proc/sys"));
  assert.deepEqual(security({ procMount: "Unmasked" }).maskedPaths, []);
  assert.deepEqual(security({ privileged: true }).readonlyPaths, []);
});

test("seccomp: unconfined unless said otherwise", () => {
  assert.deepEqual(security({}).seccomp, { profileType: 1, localhostRef: "" });
  assert.deepEqual(security({ seccomp: { type: "RuntimeDefault" } }).seccomp, { profileType: 0, localhostRef: "" });
  assert.deepEqual(security({ seccomp: { type: "Localhost", path: "/p" } }).seccomp, {
    profileType: 2,
    localhostRef: "/p",
  });
});

test("an ephemeral container joins its target", () =>
  assert.deepEqual(security({ pidMode: "target", targetId: "x" }).namespaceOptions, {
    network: 0,
    ipc: 0,
    pid: 3,
    targetId: "x",
  }));

const signals: [name: string, number: number][] = [
  ["SIGABRT", 1],
  ["SIGKILL", 13],
  ["SIGQUIT", 18],
  ["SIGTERM", 23],
  ["SIGXFSZ", 34],
  ["SIGRTMIN", 35],
  ["SIGRTMIN+15", 50],
  ["SIGRTMAX-14", 51],
  ["SIGRTMAX-1", 64],
  ["SIGRTMAX", 65],
  ["nonsense", 0],
];
for (const [name, number] of signals)
  test(`${name} is signal ${number}`, () => assert.equal(signalNumber(name), number));
