import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { containerConfig, type ContainerFacts } from "./container-config.ts";
import { oomScoreAdj, podLimit, podRequest, qosClassOf } from "#node/pod/resources.ts";
import { testContainer, testPod, testUid } from "#node/pod/pod.fake.ts";
import type { Container, Pod, PodSpec, ResourceRequirements } from "#node/pod/types.ts";

const facts: ContainerFacts = {
  restartCount: 2,
  imageRef: "sha256:abc",
  image: {},
  env: new Map([["A", "1"]]),
  mountSources: [],
  readOnlyVolumes: new Set(),
  terminationMessageFile: "/d/message",
  memoryCapacityBytes: 1000 * 2 ** 20,
  seccompRoot: "/d/seccomp",
};
const config = (container: Partial<Container>, more: Partial<ContainerFacts> = {}, spec: Partial<PodSpec> = {}) => {
  const c = testContainer("c", container);
  return containerConfig(testPod({ containers: [c], ...spec }), c, { ...facts, ...more });
};

describe("container config", () => {
  it("expands command and arguments", () => {
    const made = config({ command: ["run", "$(A)"], args: ["$(B)", "$$(A)"] });
    assert.deepEqual(
      [made.command, made.args],
      [
        ["run", "1"],
        ["$(B)", "$(A)"],
      ],
    );
  });
  it("carries what a restarted agent must know", () => {
    const made = config({ lifecycle: { preStop: { sleep: { seconds: 1 } } } });
    assert.equal(made.labels["io.kubernetes.pod.uid"], testUid);
    assert.equal(made.labels["io.kubernetes.container.name"], "c");
    assert.equal(made.annotations["io.kubernetes.container.restartCount"], "2");
    assert.equal(made.annotations["io.kubernetes.pod.terminationGracePeriod"], "30");
    assert.equal(made.annotations["io.kubernetes.container.preStopHandler"], '{"sleep":{"seconds":1}}');
    assert.equal(made.attempt, 2);
    assert.equal(made.logPath, "c/2.log");
  });
  it("mounts volumes, the hosts file and the termination log", () => {
    const made = config(
      {
        volumeMounts: [
          { name: "v", mountPath: "data", readOnly: true },
          { name: "ro", mountPath: "/ro" },
        ],
        terminationMessagePath: "/tmp/end",
      },
      { mountSources: ["/h/v", "/h/ro"], readOnlyVolumes: new Set(["ro"]), hostsFile: "/h/etc-hosts" },
    );
    assert.deepEqual(
      made.mounts.map((m) => [m.containerPath, m.hostPath, m.readOnly]),
      [
        ["/data", "/h/v", true],
        ["/ro", "/h/ro", true],
        ["/etc/hosts", "/h/etc-hosts", false],
        ["/tmp/end", "/d/message", false],
      ],
    );
  });
  it("leaves /etc/hosts to a container that mounts its own", () => {
    const made = config(
      { volumeMounts: [{ name: "v", mountPath: "/etc/hosts" }] },
      { mountSources: ["/h/v"], hostsFile: "/h/etc-hosts" },
    );
    assert.deepEqual(
      made.mounts.map((m) => m.hostPath),
      ["/h/v", "/d/message"],
    );
  });
});

describe("security", () => {
  it("merges the container's over the pod's", () => {
    const { security } = config(
      {
        securityContext: {
          runAsUser: 7,
          allowPrivilegeEscalation: false,
          capabilities: { add: ["NET_ADMIN"], drop: ["ALL"] },
          readOnlyRootFilesystem: true,
        },
      },
      {},
      {
        securityContext: {
          runAsUser: 5,
          runAsGroup: 6,
          fsGroup: 9,
          supplementalGroups: [8, 9],
          seccompProfile: { type: "Localhost", localhostProfile: "x.json" },
        },
        shareProcessNamespace: true,
      },
    );
    assert.deepEqual(security, {
      privileged: false,
      readOnlyRootfs: true,
      noNewPrivileges: true,
      addCapabilities: ["NET_ADMIN"],
      dropCapabilities: ["ALL"],
      runAsUser: 7,
      runAsGroup: 6,
      supplementalGroups: [8, 9],
      seccomp: { type: "Localhost", path: "/d/seccomp/x.json" },
      procMount: "Default",
      pidMode: "pod",
    });
  });
  it("an ephemeral container sees its target", () => {
    const { security } = config({}, { targetId: "t1" }, { hostPID: true });
    assert.deepEqual([security.pidMode, security.targetId], ["target", "t1"]);
  });
  const where = `(pod: "p_ns(${testUid})", container: c)`;
  const cases: [string, Partial<Container>, ContainerFacts["image"], string | undefined][] = [
    ["root image", {}, { uid: 0 }, `container has runAsNonRoot and image will run as root ${where}`],
    ["image without a user", {}, {}, `container has runAsNonRoot and image will run as root ${where}`],
    [
      "image with a named user",
      {},
      { username: "app" },
      `container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root ${where}`,
    ],
    [
      "asked for root",
      { securityContext: { runAsUser: 0 } },
      { uid: 5 },
      `container's runAsUser breaks non-root policy ${where}`,
    ],
    ["numeric user", {}, { uid: 1000 }, undefined],
    ["asked for a user", { securityContext: { runAsUser: 3 } }, { uid: 0 }, undefined],
    ["the container allows root", { securityContext: { runAsNonRoot: false } }, { uid: 0 }, undefined],
  ];
  for (const [name, container, image, message] of cases)
    it(`runAsNonRoot: ${name}`, () => {
      const spec = { securityContext: { runAsNonRoot: true } };
      if (message) assert.throws(() => config(container, { image }, spec), { message });
      else assert.ok(config(container, { image }, spec));
    });
});

const sized = (requests: object, limits?: object): ResourceRequirements =>
  ({ requests, ...(limits ? { limits } : {}) }) as ResourceRequirements;
const podOf = (...resources: ResourceRequirements[]): Pod =>
  testPod({ containers: resources.map((r, i) => testContainer(`c${i}`, { resources: r })) });

describe("resources", () => {
  it("become shares, quota and a memory limit", () =>
    assert.deepEqual(config({ resources: sized({ cpu: "250m" }, { cpu: "1500m", memory: "64Mi" }) }).resources, {
      cpuShares: 256,
      cpuQuota: 150_000,
      cpuPeriod: 100_000,
      memoryLimitBytes: 64 * 2 ** 20,
      oomScoreAdj: 936,
    }));
  it("the least of them", () =>
    assert.deepEqual(config({ resources: sized({}, { cpu: "1m" }) }).resources, {
      cpuShares: 2,
      cpuQuota: 1000,
      cpuPeriod: 100_000,
      oomScoreAdj: 999,
    }));
  const full = sized({ cpu: "1", memory: "1Gi" }, { cpu: "1000m", memory: "1Gi" });
  const classes: [string, Pod, string, number][] = [
    ["nothing", podOf({}), "BestEffort", 1000],
    ["all", podOf(full, full), "Guaranteed", -997],
    ["one without", podOf(full, {}), "Burstable", 3],
    ["a request alone", podOf(sized({ memory: "250Mi" })), "Burstable", 750],
    ["request below limit", podOf(sized({ cpu: "1", memory: "1Mi" }, { cpu: "1", memory: "1Gi" })), "Burstable", 999],
    ["a tiny request", podOf(sized({ memory: "1Ki" })), "Burstable", 999],
  ];
  for (const [name, pod, qos, score] of classes)
    it(`${name}: ${qos}`, () => {
      assert.equal(qosClassOf(pod), qos);
      assert.equal(oomScoreAdj(pod, pod.spec.containers[0]!, 1000 * 2 ** 20), score);
    });
  it("a system-critical pod is the last to be killed", () =>
    assert.equal(oomScoreAdj(testPod({ priority: 2_000_001_000 }), testContainer("c"), 1), -997));
  it("init containers count by their peak, sidecars with the rest", () => {
    const { spec } = testPod({
      initContainers: [
        testContainer("side", { restartPolicy: "Always", resources: sized({ cpu: "1" }, { cpu: "1" }) }),
        testContainer("init", { resources: sized({ cpu: "5" }, { cpu: "5" }) }),
      ],
      containers: [testContainer("c", { resources: sized({ cpu: "2" }, { cpu: "2" }) })],
      overhead: { cpu: "100m" },
    });
    assert.equal(podRequest(spec, "cpu"), 6100);
    assert.equal(podLimit(spec, "cpu"), 6100);
    assert.equal(podLimit(spec, "memory"), undefined);
  });
});
