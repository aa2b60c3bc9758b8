import { describe } from "node:test";
import { check, ended, nothing, now, two } from "#node/plan/plan.fake.ts";
import type { PodMemory } from "#node/plan/types.ts";
import { observedOf, testContainer, testPod, testRun, testSandbox } from "#node/pod/pod.fake.ts";

describe("planPod: start", () => {
  check([
    {
      name: "volumes and sandbox are made side by side",
      observed: nothing,
      memory: { volumesReady: false },
      do: ["setUpVolumes", "sandbox 0"],
    },
    {
      name: "failed volumes wait",
      observed: nothing,
      memory: { volumesReady: false, volumeFailure: { reason: "r", message: "m", retryAt: now + 500 } },
      do: [],
      again: 500,
    },
    { name: "a sandbox is made", observed: nothing, do: ["sandbox 0"] },
    {
      name: "a failed sandbox waits",
      observed: nothing,
      memory: { sandboxFailure: { reason: "r", message: "m", retryAt: now + 700 } },
      do: [],
      again: 700,
    },
    { name: "every container is started, in order", pod: testPod({ containers: two }), do: ["start a", "start b"] },
    {
      name: "a container that was made but not started is made anew",
      observed: observedOf([testRun("c", "created")]),
      do: ["start c replacing"],
    },
    { name: "a running pod needs nothing", observed: observedOf([testRun("c", "running")]), do: [] },
    {
      name: "a failed start waits while others go on",
      pod: testPod({ containers: two }),
      memory: { failures: new Map([["a", { reason: "ErrImagePull", message: "m", retryAt: now + 3000 }]]) },
      do: ["start b"],
      again: 3000,
    },
    {
      name: "after a restart of the agent a running pod is left alone while its volumes are taken up",
      pod: testPod({ containers: two }),
      observed: observedOf([testRun("a", "running")]),
      memory: { volumesReady: false },
      do: ["setUpVolumes"],
    },
  ]);
});

describe("planPod: sandbox", () => {
  const dead = testSandbox({ ready: false });
  check([
    {
      name: "a lost sandbox is replaced",
      observed: observedOf([testRun("c", "exited", { exitCode: 137 })], [dead]),
      do: ["sandbox 1"],
    },
    {
      name: "what still runs in it is stopped first",
      observed: observedOf([testRun("c", "running")], [dead]),
      do: ["kill c-0 30s: Stopping container c", "stopSandbox s0", "sandbox 1"],
    },
    {
      name: "never again under Never once something ran",
      pod: testPod({ restartPolicy: "Never" }),
      observed: observedOf([testRun("c", "exited", { exitCode: 137 })], [dead]),
      do: ["tearDown"],
      stage: "terminated",
    },
    {
      name: "but under Never when nothing ran yet",
      pod: testPod({ restartPolicy: "Never" }),
      observed: observedOf([], [dead]),
      do: ["sandbox 1"],
    },
    {
      name: "init containers run again in the new one",
      pod: testPod({ initContainers: [testContainer("i")] }),
      observed: observedOf(
        [testRun("i", "exited"), testRun("c", "exited", { exitCode: 1 })],
        [dead, testSandbox({ id: "s1", attempt: 1, createdAt: 9000 })],
      ),
      do: ["start i#1"],
    },
    {
      name: "a main container that succeeded stays done under OnFailure",
      pod: testPod({ restartPolicy: "OnFailure", containers: two }),
      observed: observedOf(
        [testRun("a", "exited"), testRun("b", "exited", { exitCode: 1 })],
        [dead, testSandbox({ id: "s1", attempt: 1, createdAt: 9000 })],
      ),
      do: ["start b#1"],
    },
    {
      name: "a second ready sandbox is stopped",
      observed: observedOf(
        [testRun("c", "running", { sandboxId: "s1" })],
        [testSandbox(), testSandbox({ id: "s1", attempt: 1, createdAt: 9000 })],
      ),
      do: ["stopSandbox s0"],
    },
    {
      name: "an old sandbox without kept runs is removed",
      observed: observedOf(
        [testRun("c", "running", { sandboxId: "s1", attempt: 1 })],
        [dead, testSandbox({ id: "s1", attempt: 1, createdAt: 9000 })],
      ),
      do: ["removeSandbox s0"],
    },
  ]);
});

describe("planPod: restart", () => {
  check([
    { name: "Always, exit 0", observed: ended(0), do: ["start c#1"] },
    { name: "Always, exit 1", observed: ended(1), do: ["start c#1"] },
    {
      name: "OnFailure, exit 1",
      pod: testPod({ restartPolicy: "OnFailure" }),
      observed: ended(1),
      do: ["start c#1"],
    },
    {
      name: "OnFailure, exit 0",
      pod: testPod({ restartPolicy: "OnFailure" }),
      observed: ended(0),
      do: ["stopSandbox s0"],
      stage: "terminating",
    },
    {
      name: "Never, exit 1",
      pod: testPod({ restartPolicy: "Never" }),
      observed: ended(1),
      do: ["stopSandbox s0"],
      stage: "terminating",
    },
    {
      name: "Never, but the container's own policy is OnFailure",
      pod: testPod({ restartPolicy: "Never", containers: [testContainer("c", { restartPolicy: "OnFailure" })] }),
      observed: ended(1),
      do: ["start c#1"],
    },
    {
      name: "Never, but a rule restarts exit code 42",
      pod: testPod({
        restartPolicy: "Never",
        containers: [
          testContainer("c", {
            restartPolicy: "Never",
            restartPolicyRules: [{ action: "Restart", exitCodes: { operator: "In", values: [42] } }],
          }),
        ],
      }),
      observed: ended(42),
      do: ["start c#1"],
    },
    {
      name: "Never: the pod goes on while another container runs",
      pod: testPod({ restartPolicy: "Never", containers: two }),
      observed: observedOf([testRun("a", "exited", { exitCode: 1 }), testRun("b", "running")]),
      do: [],
    },
    {
      name: "a second crash backs off",
      observed: ended(1),
      memory: { backOff: new Map([["c", { delayMs: 10_000, since: now - 5000 }]]) },
      do: [],
      again: 9000,
      backingOff: {
        c: "back-off 10s restarting failed container=c pod=p_ns(5b1c6e0a-0000-4000-8000-000000000001)",
      },
    },
    {
      name: "the longest wait is five minutes",
      observed: ended(1),
      memory: { backOff: new Map([["c", { delayMs: 300_000, since: now - 5000 }]]) },
      do: [],
      again: 299_000,
      backingOff: {
        c: "back-off 5m0s restarting failed container=c pod=p_ns(5b1c6e0a-0000-4000-8000-000000000001)",
      },
    },
    {
      name: "a container that ran long enough starts at once",
      observed: ended(1),
      memory: { backOff: new Map([["c", { delayMs: 300_000, since: now - 700_000 }]]) },
      do: ["start c#1"],
    },
    {
      name: "a changed image replaces the container, under Never too",
      pod: testPod({ restartPolicy: "Never", containers: [testContainer("c", { image: "busybox:2" })] }),
      observed: observedOf([testRun("c", "running")]),
      do: ["kill c-0 30s: Container c definition changed, will be restarted"],
    },
    {
      name: "and it starts without back-off",
      pod: testPod({ restartPolicy: "Never", containers: [testContainer("c", { image: "busybox:2" })] }),
      observed: ended(137),
      memory: {
        kills: new Map([["c-0", { cause: "changed", restart: true }]]),
        backOff: new Map([["c", { delayMs: 10_000, since: now - 5000 }]]),
      },
      do: ["start c#1"],
    },
    {
      name: "an unknown state is stopped before anything else",
      observed: observedOf([testRun("c", "unknown")]),
      do: ["kill c-0 30s: Container is in unknown state, try killing it before restarting"],
    },
    {
      name: "the restart count goes on from the status when the runtime forgot",
      pod: testPod(
        {},
        {
          status: {
            containerStatuses: [
              { name: "c", restartCount: 4, containerID: "containerd://x", ready: false, image: "", imageID: "" },
            ],
          },
        },
      ),
      do: ["start c#5"],
    },
    {
      name: "only two runs of a name are kept",
      observed: observedOf([
        testRun("c", "running", { attempt: 3 }),
        testRun("c", "exited", { attempt: 2 }),
        testRun("c", "exited", { attempt: 1 }),
        testRun("c", "exited"),
      ]),
      do: ["removeContainer c-1", "removeContainer c-0"],
    },
  ]);
});

const facts = (probe: object): Partial<PodMemory> => ({ probes: new Map([["c-0", probe]]) });
describe("planPod: probes", () => {
  const live = testContainer("c", {
    livenessProbe: { exec: { command: ["x"] }, terminationGracePeriodSeconds: 5 },
    startupProbe: { exec: { command: ["x"] } },
  });
  const running = observedOf([testRun(live, "running")]);
  check([
    {
      name: "liveness: restarted, with the probe's own grace",
      pod: testPod({ containers: [live] }),
      observed: running,
      memory: facts({ liveness: "Failure" }),
      do: ["kill c-0 5s: Container c failed liveness probe, will be restarted"],
    },
    {
      name: "liveness under Never: stopped",
      pod: testPod({ containers: [live], restartPolicy: "Never" }),
      observed: running,
      memory: facts({ liveness: "Failure" }),
      do: ["kill c-0 5s: Container c failed liveness probe"],
    },
    {
      name: "startup",
      pod: testPod({ containers: [live] }),
      observed: running,
      memory: facts({ startup: "Failure" }),
      do: ["kill c-0 30s: Container c failed startup probe, will be restarted"],
    },
    {
      name: "success and readiness change nothing",
      pod: testPod({ containers: [live] }),
      observed: running,
      memory: facts({ startup: "Success", liveness: "Success", readiness: "Failure" }),
      do: [],
    },
  ]);
});

describe("planPod: resize", () => {
  const small = testContainer("c", { resources: { requests: { cpu: "10m" } } });
  const large = testContainer("c", { resources: { requests: { cpu: "20m" } } });
  const strict = testContainer("c", {
    ...large,
    resizePolicy: [{ resourceName: "cpu", restartPolicy: "RestartContainer" }],
  });
  const applied: Partial<PodMemory> = { resources: new Map([["c-0", small.resources]]) };
  const running = observedOf([testRun(small, "running")]);
  check([
    { name: "nothing changed", pod: testPod({ containers: [small] }), observed: running, memory: applied, do: [] },
    {
      name: "in place",
      pod: testPod({ containers: [large] }),
      observed: running,
      memory: applied,
      do: ["resizeContainer c-0"],
    },
    {
      name: "by restart",
      pod: testPod({ containers: [strict] }),
      observed: running,
      memory: applied,
      do: ["kill c-0 30s: Container c resize requires restart, will be restarted"],
    },
  ]);
});
