import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { planPod } from "#node/plan-pod.ts";
import { viewOf } from "#node/plan/pod-view.ts";
import type { PodMemory } from "#node/plan/types.ts";
import { observedOf, testContainer, testMemory, testPod, testRun, testSandbox } from "#node/pod/pod.fake.ts";
import type { ContainerState, Pod, PodStatus } from "#node/pod/types.ts";
import type { Observed } from "#node/runtime/runtime.ts";
import { podStatus } from "./pod-status.ts";
import { asReported } from "./reported.ts";
import { statusPatch } from "./status-patch.ts";
import { terminationMessage } from "./termination-message.ts";

const now = Date.UTC(2026, 0, 1);
interface Situation {
  readonly pod?: Pod;
  readonly observed?: Observed;
  readonly memory?: Partial<PodMemory>;
  readonly messages?: ReadonlyMap<string, string>;
}
/** The status that follows from the plan of the same facts. */
function statusOf({ pod = testPod(), observed = observedOf(), memory, messages = new Map() }: Situation): PodStatus {
  const remembered = testMemory({ acceptedAt: now, ...memory });
  const plan = planPod(pod, observed, remembered, now);
  return podStatus({
    pod,
    view: viewOf(observed),
    memory: plan.end ? { ...remembered, end: plan.end } : remembered,
    plan,
    runtimeName: "containerd",
    hostIPs: ["192.168.0.1"],
    messages,
    now,
  });
}
const stateText = (state: ContainerState | undefined): string =>
  state?.waiting
    ? `waiting ${state.waiting.reason}`
    : state?.running
      ? "running"
      : state?.terminated
        ? `terminated ${state.terminated.reason} ${state.terminated.exitCode}`
        : "-";
const summary = (status: PodStatus): string =>
  [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
    .map(
      (s) => `${s.name}: ${stateText(s.state)}${s.ready ? " ready" : ""}${s.restartCount ? ` #${s.restartCount}` : ""}`,
    )
    .join(", ");
const conditionsText = (status: PodStatus): string =>
  (status.conditions ?? [])
    .map((c) => `${c.type}=${c.status}${c.reason ? ` (${c.reason}: ${c.message ?? ""})` : ""}`)
    .join("; ");

const init = testContainer("i");
const side = testContainer("s", { restartPolicy: "Always" });
const crashed = (attempt: number): Observed => observedOf([testRun("c", "exited", { exitCode: 1, attempt })]);
const two = [testContainer("a"), testContainer("b")];

it("what was said last holds, though the API's copy is behind", () => {
  const pod = testPod({ initContainers: [init], restartPolicy: "Never" });
  const failed = statusOf({ pod, observed: observedOf([testRun("i", "exited", { exitCode: 2 })]) });
  assert.equal(failed.phase, "Failed");
  const gone = { pod: asReported(pod, failed), observed: observedOf([]), memory: { removed: true } };
  const after = statusOf(gone);
  assert.deepEqual([after.phase, summary(after)], ["Failed", "i: terminated Error 2, c: waiting PodInitializing"]);
  const evicted = { ...pod, status: { phase: "Failed" } } as Pod;
  assert.equal(asReported(evicted, { ...failed, phase: "Running" }).status?.phase, "Failed");
});

it("a resize is in progress until every container has what it asks for", () => {
  const asks = (cpu: string) => testContainer("c", { resources: { requests: { cpu }, limits: { cpu } } });
  const pod = testPod({ containers: [asks("20m")] });
  const observed = observedOf([testRun("c", "running")]);
  const given = (cpu: string) => new Map([[observed.containers[0]!.id, asks(cpu).resources!]]);
  const during = statusOf({ pod, observed, memory: { resources: given("10m") } });
  assert.match(conditionsText(during), /PodResizeInProgress=True/);
  assert.deepEqual(during.containerStatuses?.[0]?.resources?.limits, { cpu: "10m" });
  const after = { pod: { ...pod, status: during }, observed, memory: { resources: given("20m") } };
  assert.doesNotMatch(conditionsText(statusOf(after)), /Resize/);
  assert.deepEqual(statusPatch(during, statusOf(after))?.["conditions"], [
    { $patch: "delete", type: "PodResizeInProgress" },
  ]);
});

describe("phase and container states", () => {
  const cases: [string, Situation, string, string][] = [
    ["just accepted", { observed: { sandboxes: [], containers: [] } }, "Pending", "c: waiting ContainerCreating"],
    [
      "before its init containers end",
      { pod: testPod({ initContainers: [init] }), observed: observedOf([testRun(init, "running")]) },
      "Pending",
      "i: running, c: waiting PodInitializing",
    ],
    [
      "with init containers done",
      {
        pod: testPod({ initContainers: [init] }),
        observed: observedOf([testRun(init, "exited"), testRun("c", "running")]),
      },
      "Running",
      "i: terminated Completed 0 ready, c: running ready",
    ],
    [
      "a sidecar runs, the main container does not",
      { pod: testPod({ initContainers: [side] }), observed: observedOf([testRun(side, "running")]) },
      "Pending",
      "s: running ready, c: waiting PodInitializing",
    ],
    ["running", { observed: observedOf([testRun("c", "running")]) }, "Running", "c: running ready"],
    ["about to restart", { observed: crashed(0) }, "Running", "c: terminated Error 1"],
    [
      "in back-off",
      {
        observed: observedOf([testRun("c", "exited", { exitCode: 1, attempt: 3, finishedAt: now })]),
        memory: { backOff: new Map([["c", { delayMs: 10_000, since: now }]]) },
      },
      "Running",
      "c: waiting CrashLoopBackOff #3",
    ],
    [
      "image cannot be pulled",
      { memory: { failures: new Map([["c", { reason: "ErrImagePull", message: "m", retryAt: now + 1 }]]) } },
      "Pending",
      "c: waiting ErrImagePull",
    ],
    [
      "the program cannot be started",
      {
        observed: observedOf([testRun("c", "exited", { exitCode: 128, reason: "StartError", finishedAt: now })]),
        memory: { failures: new Map([["c", { reason: "RunContainerError", message: "m", retryAt: now + 1 }]]) },
      },
      "Running",
      "c: waiting RunContainerError",
    ],
    [
      "done",
      { pod: testPod({ restartPolicy: "Never" }), observed: observedOf([testRun("c", "exited")]) },
      "Succeeded",
      "c: terminated Completed 0",
    ],
    ["failed", { pod: testPod({ restartPolicy: "Never" }), observed: crashed(0) }, "Failed", "c: terminated Error 1"],
    [
      "out of memory",
      {
        pod: testPod({ restartPolicy: "Never" }),
        observed: observedOf([testRun("c", "exited", { exitCode: 137, reason: "OOMKilled" })]),
      },
      "Failed",
      "c: terminated OOMKilled 137",
    ],
    [
      "one of two done",
      {
        pod: testPod({ restartPolicy: "Never", containers: two }),
        observed: observedOf([testRun("a", "exited"), testRun("b", "running")]),
      },
      "Running",
      "a: terminated Completed 0, b: running ready",
    ],
    [
      "an init container failed for good",
      {
        pod: testPod({ restartPolicy: "Never", initContainers: [init] }),
        observed: observedOf([testRun(init, "exited", { exitCode: 2 })], [testSandbox({ ready: false })]),
        memory: { tornDown: true },
      },
      "Failed",
      "i: terminated Error 2, c: waiting PodInitializing",
    ],
    [
      "the deadline has passed but the container still runs",
      {
        pod: testPod({ activeDeadlineSeconds: 1 }, { status: { startTime: "2025-01-01T00:00:00Z", phase: "Running" } }),
        observed: observedOf([testRun("c", "running")]),
      },
      "Running",
      "c: running ready",
    ],
    [
      "deleted before it started",
      {
        pod: testPod({}, { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }),
        observed: { sandboxes: [], containers: [] },
        memory: { tornDown: true },
      },
      "Failed",
      "c: waiting ContainerCreating",
    ],
    [
      "deleted and stopped by its signal handler",
      {
        pod: testPod({}, { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }),
        observed: observedOf([testRun("c", "exited")], [testSandbox({ ready: false })]),
      },
      "Succeeded",
      "c: terminated Completed 0",
    ],
    [
      "a terminal phase stays",
      { pod: testPod({}, { status: { phase: "Failed", reason: "Evicted", message: "m" } }), observed: crashed(0) },
      "Failed",
      "c: terminated Error 1",
    ],
  ];
  for (const [name, situation, phase, containers] of cases)
    it(name, () => {
      const status = statusOf(situation);
      assert.equal(status.phase, phase);
      assert.equal(summary(status), containers);
    });
});

describe("status details", () => {
  it("names the runs", () => {
    const status = statusOf({
      observed: observedOf([
        testRun("c", "running", { attempt: 1, user: { uid: 5, gid: 6, supplementalGroups: [7] } }),
        testRun("c", "exited", { exitCode: 3, startedAt: now, finishedAt: now + 1000 }),
      ]),
      messages: new Map([["c-0", "goodbye"]]),
    });
    const c = status.containerStatuses![0]!;
    assert.equal(c.containerID, "containerd://c-1");
    assert.equal(c.imageID, "sha256:abc");
    assert.equal(c.restartCount, 1);
    assert.deepEqual(c.user, { linux: { uid: 5, gid: 6, supplementalGroups: [7] } });
    assert.deepEqual(c.lastState.terminated, {
      exitCode: 3,
      reason: "Error",
      message: "goodbye",
      startedAt: "2026-01-01T00:00:00Z",
      finishedAt: "2026-01-01T00:00:01Z",
      containerID: "containerd://c-0",
    });
  });
  it("has addresses, start time and quality of service", () => {
    const status = statusOf({});
    assert.equal(status.podIP, "10.1.0.5");
    assert.deepEqual(status.podIPs, [{ ip: "10.1.0.5" }]);
    assert.equal(status.hostIP, "192.168.0.1");
    assert.equal(status.startTime, "2026-01-01T00:00:00Z");
    assert.equal(status.qosClass, "BestEffort");
    assert.equal(status.observedGeneration, 1);
  });
  it("keeps the address of a pod whose sandbox is gone", () => {
    const pod = testPod({ restartPolicy: "Never" }, { status: { podIPs: [{ ip: "10.9.9.9" }] } });
    const observed = observedOf([testRun("c", "exited")], [testSandbox({ ready: false, ips: [] })]);
    assert.equal(statusOf({ pod, observed }).podIP, "10.9.9.9");
  });
  it("the host network's address is the node's", () =>
    assert.equal(statusOf({ pod: testPod({ hostNetwork: true }) }).podIP, "192.168.0.1"));
  it("gives the reason of an end", () => {
    const end = { reason: "Evicted", message: "low on memory" };
    const observed = observedOf([testRun("c", "exited")], [testSandbox({ ready: false })]);
    const status = statusOf({ observed, memory: { end } });
    assert.deepEqual([status.phase, status.reason, status.message], ["Failed", "Evicted", "low on memory"]);
    assert.match(conditionsText(status), /DisruptionTarget=True \(TerminationByKubelet: low on memory\)/);
  });
  it("a failed start moves the run that ended to lastState", () => {
    const status = statusOf({
      observed: crashed(0),
      memory: { failures: new Map([["c", { reason: "ErrImagePull", message: "no", retryAt: now + 9 }]]) },
    });
    const c = status.containerStatuses![0]!;
    assert.deepEqual([stateText(c.state), stateText(c.lastState)], ["waiting ErrImagePull", "terminated Error 1"]);
  });
});

describe("readiness", () => {
  const probed = testContainer("c", { readinessProbe: { exec: {} }, startupProbe: { exec: {} } });
  const running = observedOf([testRun(probed, "running")]);
  const cases: [string, object, boolean, boolean][] = [
    ["nothing known", {}, false, false],
    ["startup not yet", { readiness: "Success" }, false, false],
    ["started, readiness not yet", { startup: "Success" }, true, false],
    ["both", { startup: "Success", readiness: "Success" }, true, true],
    ["readiness lost", { startup: "Success", readiness: "Failure" }, true, false],
  ];
  for (const [name, probes, started, ready] of cases)
    it(name, () => {
      const memory = { probes: new Map([["c-0", probes]]) };
      const status = statusOf({ pod: testPod({ containers: [probed] }), observed: running, memory });
      const c = status.containerStatuses![0]!;
      assert.deepEqual([c.started, c.ready], [started, ready]);
    });
});

describe("conditions", () => {
  const cases: [string, Situation, string][] = [
    [
      "no sandbox",
      { observed: { sandboxes: [], containers: [] } },
      "PodReadyToStartContainers=False; Initialized=True; Ready=False (ContainersNotReady: containers with unready status: [c]); ContainersReady=False (ContainersNotReady: containers with unready status: [c]); PodScheduled=True",
    ],
    [
      "ready",
      { observed: observedOf([testRun("c", "running")]) },
      "PodReadyToStartContainers=True; Initialized=True; Ready=True; ContainersReady=True; PodScheduled=True",
    ],
    [
      "initializing",
      { pod: testPod({ initContainers: [init, side] }) },
      "PodReadyToStartContainers=True; Initialized=False (ContainersNotInitialized: containers with incomplete status: [i s]); Ready=False (ContainersNotReady: containers with unready status: [s c]); ContainersReady=False (ContainersNotReady: containers with unready status: [s c]); PodScheduled=True",
    ],
    [
      "completed",
      {
        pod: testPod({ restartPolicy: "Never" }),
        observed: observedOf([testRun("c", "exited")], [testSandbox({ ready: false })]),
      },
      "PodReadyToStartContainers=False; Initialized=True (PodCompleted: ); Ready=False (PodCompleted: ); ContainersReady=False (PodCompleted: ); PodScheduled=True",
    ],
    [
      "a readiness gate is not open",
      { pod: testPod({ readinessGates: [{ conditionType: "x/y" }] }), observed: observedOf([testRun("c", "running")]) },
      'PodReadyToStartContainers=True; Initialized=True; Ready=False (ReadinessGatesNotReady: corresponding condition of pod readiness gate "x/y" does not exist.); ContainersReady=True; PodScheduled=True',
    ],
  ];
  for (const [name, situation, expected] of cases)
    it(name, () => assert.equal(conditionsText(statusOf(situation)), expected));
  it("keep the time of their last change, and those of others", () => {
    const conditions = [
      { type: "Ready", status: "True", lastTransitionTime: "2025-12-31T00:00:00Z" },
      { type: "ContainersReady", status: "False", lastTransitionTime: "2025-12-31T00:00:00Z" },
      { type: "example.com/mine", status: "True" },
    ];
    const pod = testPod({}, { status: { conditions } });
    const made = statusOf({ pod, observed: observedOf([testRun("c", "running")]) }).conditions!;
    const time = (type: string): string | undefined => made.find((c) => c.type === type)?.lastTransitionTime;
    assert.equal(time("Ready"), "2025-12-31T00:00:00Z");
    assert.equal(time("ContainersReady"), "2026-01-01T00:00:00Z");
    assert.ok(made.some((c) => c.type === "example.com/mine"));
  });
});

describe("termination message", () => {
  const log = "2026-01-01T00:00:00Z stdout F one\n2026-01-01T00:00:00Z stderr P tw\n2026-01-01T00:00:00Z stderr F o\n";
  const cases: [string, Parameters<typeof terminationMessage>[0], string][] = [
    ["the file", { policy: "File", exitCode: 1, file: "bye", log: () => log }, "bye"],
    ["no file", { policy: "File", exitCode: 1, file: "", log: () => log }, ""],
    ["the log", { policy: "FallbackToLogsOnError", exitCode: 1, file: "", log: () => log }, "one\ntwo\n"],
    ["the file before the log", { policy: "FallbackToLogsOnError", exitCode: 1, file: "x", log: () => log }, "x"],
    ["no log after success", { policy: "FallbackToLogsOnError", exitCode: 0, file: "", log: () => log }, ""],
    ["at most 4096 bytes", { policy: "File", exitCode: 0, file: "a".repeat(5000), log: () => "" }, "a".repeat(4096)],
  ];
  for (const [name, options, expected] of cases) it(name, () => assert.equal(terminationMessage(options), expected));
});
