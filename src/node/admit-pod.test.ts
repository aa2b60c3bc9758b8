import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { admitPod, type AdmissionFacts } from "./admit-pod.ts";
import { choosePod, pressureSignals, type NodePressure } from "./eviction.ts";
import { testContainer, testPod } from "#node/pod/pod.fake.ts";
import type { Container, Pod, PodSpec } from "#node/pod/types.ts";
import type { ContainerUsage } from "#node/runtime/runtime.ts";

const facts: AdmissionFacts = {
  nodeLabels: { disk: "ssd" },
  allocatable: { cpu: "1", memory: "1Gi", pods: "3", "example.com/dongle": "1" },
  others: [],
  allowedUnsafeSysctls: ["net.core.*"],
};
const podOf = (uid: string, container: Partial<Container> = {}, spec: Partial<PodSpec> = {}): Pod =>
  testPod({ containers: [testContainer("c", container)], ...spec }, { metadata: { uid, name: uid } });
const asks = (requests: Record<string, string>): Partial<Container> => ({ resources: { requests } });
const sysctls = (name: string): Partial<PodSpec> => ({ securityContext: { sysctls: [{ name, value: "1" }] } });
const port = (hostPort: number, hostIP?: string, protocol?: "UDP"): Partial<Container> => ({
  ports: [{ containerPort: 1, hostPort, ...(hostIP ? { hostIP } : {}), ...(protocol ? { protocol } : {}) }],
});

describe("admission on the node", () => {
  const cases: [string, Pod, Pod[], string | undefined][] = [
    ["a plain pod", podOf("a"), [], undefined],
    ["what fits beside others", podOf("a", asks({ cpu: "500m" })), [podOf("b", asks({ cpu: "500m" }))], undefined],
    ["too much CPU", podOf("a", asks({ cpu: "600m" })), [podOf("b", asks({ cpu: "500m" }))], "OutOfcpu"],
    ["too much of another resource", podOf("a", asks({ "example.com/dongle": "2" })), [], "OutOfexample.com/dongle"],
    ["too many pods", podOf("a"), ["b", "c", "d"].map((uid) => podOf(uid)), "OutOfpods"],
    [
      "those that are over do not count",
      podOf("a", asks({ cpu: "1" })),
      [{ ...podOf("b", asks({ cpu: "1" })), status: { phase: "Failed" } }],
      undefined,
    ],
    [
      "its own earlier version does not count",
      podOf("a", asks({ cpu: "1" })),
      [podOf("a", asks({ cpu: "1" }))],
      undefined,
    ],
    ["a safe kernel setting", podOf("a", {}, sysctls("kernel.shm_rmid_forced")), [], undefined],
    ["an allowed one", podOf("a", {}, sysctls("net.core.somaxconn")), [], undefined],
    ["an unsafe one", podOf("a", {}, sysctls("kernel.msgmax")), [], "SysctlForbidden"],
    ["a node selector that fits", podOf("a", {}, { nodeSelector: { disk: "ssd" } }), [], undefined],
    ["one that does not", podOf("a", {}, { nodeSelector: { disk: "hdd" } }), [], "NodeAffinity"],
    ["another system", podOf("a", {}, { os: { name: "windows" } }), [], "PodOSNotSupported"],
    ["a taken port", podOf("a", port(80)), [podOf("b", port(80))], "NodePorts"],
    ["another address", podOf("a", port(80, "10.0.0.1")), [podOf("b", port(80, "10.0.0.2"))], undefined],
    ["all addresses", podOf("a", port(80)), [podOf("b", port(80, "10.0.0.2"))], "NodePorts"],
    ["another protocol", podOf("a", port(80)), [podOf("b", port(80, undefined, "UDP"))], undefined],
  ];
  for (const [name, pod, others, reason] of cases)
    it(name, () => assert.equal(admitPod(pod, { ...facts, others })?.reason, reason));
});

describe("eviction", () => {
  const calm: NodePressure = {
    memoryAvailableBytes: 2 ** 30,
    diskAvailableBytes: 50,
    diskCapacityBytes: 100,
    inodes: 100,
    inodesFree: 50,
  };
  const short: NodePressure = { ...calm, memoryAvailableBytes: 50 * 2 ** 20 };
  const uses = (podUid: string, mebibytes: number): ContainerUsage =>
    ({ podUid, memoryWorkingSetBytes: mebibytes * 2 ** 20, writableLayerBytes: 0 }) as ContainerUsage;
  it("knows the thresholds", () => {
    assert.deepEqual(pressureSignals(calm), []);
    assert.deepEqual(pressureSignals(short), ["memory.available"]);
    assert.deepEqual(pressureSignals({ ...calm, diskAvailableBytes: 9 }), ["nodefs.available"]);
    assert.deepEqual(pressureSignals({ ...calm, inodesFree: 4 }), ["nodefs.inodesFree"]);
  });
  const a = podOf("a", asks({ memory: "100Mi" }));
  const b = podOf("b", asks({ memory: "10Mi" }));
  const important = podOf("c", asks({ memory: "10Mi" }), { priority: 1000 });
  const cases: [string, Pod[], ContainerUsage[], string | undefined][] = [
    ["those above their request first", [a, b], [uses("a", 90), uses("b", 20)], "b"],
    ["then the least important", [b, important], [uses("b", 20), uses("c", 200)], "b"],
    ["then the largest excess", [a, b], [uses("a", 200), uses("b", 20)], "a"],
    ["never a critical one", [podOf("k", {}, { priority: 2_000_000_000 })], [uses("k", 999)], undefined],
    ["never one that ends", [{ ...a, status: { phase: "Succeeded" } }], [uses("a", 999)], undefined],
  ];
  for (const [name, pods, usage, victim] of cases)
    it(name, () => assert.equal(choosePod(pods, usage, short)?.pod.metadata.uid, victim));
  it("says why", () =>
    assert.equal(
      choosePod([b], [uses("b", 20)], short)?.end.message,
      "The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. Container c was using 20Mi, request is 10Mi, has larger consumption of memory.",
    ));
  it("leaves a calm node alone", () => assert.equal(choosePod([b], [uses("b", 20)], calm), undefined));
});
