import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { planPod } from "#node/plan-pod.ts";
import type { Plan, PodAction, PodMemory } from "#node/plan/types.ts";
import { observedOf, testContainer, testMemory, testPod, testRun, testSandbox } from "#node/pod/pod.fake.ts";
import type { Observed } from "#node/runtime/runtime.ts";
import type { Pod } from "#node/pod/types.ts";

const now = 100_000;
/** One word per action: what, and to whom. */
function words(actions: readonly PodAction[]): string[] {
  return actions.map((a) => {
    switch (a.type) {
      case "startContainer":
        return `start ${a.container.name}${a.restartCount ? `#${a.restartCount}` : ""}${a.leftover ? " replacing" : ""}`;
      case "killContainer":
        return `kill ${a.id} ${a.graceSeconds}s: ${a.message}`;
      case "createSandbox":
        return `sandbox ${a.attempt}`;
      case "stopSandbox":
      case "removeSandbox":
      case "removeContainer":
      case "resizeContainer":
        return `${a.type} ${a.id}`;
      default:
        return a.type;
    }
  });
}
interface Case {
  readonly name: string;
  readonly pod?: Pod;
  readonly observed?: Observed;
  readonly memory?: Partial<PodMemory>;
  readonly do: readonly string[];
  readonly stage?: Plan["stage"];
  readonly again?: number;
  readonly backingOff?: Readonly<Record<string, string>>;
}
function check(cases: readonly Case[]): void {
  for (const c of cases)
    it(c.name, () => {
      const plan = planPod(c.pod ?? testPod(), c.observed ?? observedOf(), testMemory(c.memory), now);
      assert.deepEqual(words(plan.actions), c.do);
      assert.equal(plan.stage, c.stage ?? "active");
      assert.equal(plan.againInMs, c.again);
      const waits = Object.fromEntries([...plan.backingOff].map(([k, v]) => [k, v.message]));
      assert.deepEqual(waits, c.backingOff ?? {});
    });
}
const nothing: Observed = { sandboxes: [], containers: [] };
const two = [testContainer("a"), testContainer("b")];
const deleted = { deletionTimestamp: "1970-01-01T00:02:00Z", deletionGracePeriodSeconds: 20 };
const ended = (code: number, more: object = {}): Observed =>
  observedOf([testRun("c", "exited", { exitCode: code, finishedAt: now - 1000, ...more })]);

describe("planPod: start", () => {
  check([
    { name: "volumes come first", observed: nothing, memory: { volumesReady: false }, do: ["setUpVolumes"] },
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

describe("planPod: probes", () => {
  const live = testContainer("c", {
    livenessProbe: { exec: { command: ["x"] }, terminationGracePeriodSeconds: 5 },
    startupProbe: { exec: { command: ["x"] } },
  });
  const running = observedOf([testRun(live, "running")]);
  const facts = (probe: object): Partial<PodMemory> => ({ probes: new Map([["c-0", probe]]) });
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

describe("planPod: init containers and sidecars", () => {
  const one = testContainer("one");
  const next = testContainer("next");
  const side = testContainer("side", { restartPolicy: "Always" });
  const slow = testContainer("side", { restartPolicy: "Always", startupProbe: { exec: { command: ["x"] } } });
  const pod = (initContainers: readonly (typeof one)[], restartPolicy: "Always" | "Never" = "Always"): Pod =>
    testPod({ initContainers, restartPolicy });
  check([
    { name: "the first starts alone", pod: pod([one, next]), do: ["start one"] },
    { name: "the next waits", pod: pod([one, next]), observed: observedOf([testRun(one, "running")]), do: [] },
    {
      name: "the next follows success",
      pod: pod([one, next]),
      observed: observedOf([testRun(one, "exited")]),
      do: ["start next"],
    },
    {
      name: "the main containers follow the last",
      pod: pod([one, next]),
      observed: observedOf([testRun(next, "exited")]),
      do: ["start c"],
    },
    {
      name: "a failed one runs again",
      pod: pod([one]),
      observed: observedOf([testRun(one, "exited", { exitCode: 1, finishedAt: now })]),
      do: ["start one#1"],
    },
    {
      name: "with back-off",
      pod: pod([one]),
      observed: observedOf([testRun(one, "exited", { exitCode: 1, finishedAt: now })]),
      memory: { backOff: new Map([["one", { delayMs: 20_000, since: now }]]) },
      do: [],
      again: 20_000,
      backingOff: {
        one: "back-off 20s restarting failed container=one pod=p_ns(5b1c6e0a-0000-4000-8000-000000000001)",
      },
    },
    {
      name: "a failed one ends the pod under Never",
      pod: pod([one], "Never"),
      observed: observedOf([testRun(one, "exited", { exitCode: 1 })]),
      do: ["stopSandbox s0"],
      stage: "terminating",
    },
    {
      name: "a running sidecar lets the next start",
      pod: pod([side, one]),
      observed: observedOf([testRun(side, "running")]),
      do: ["start one"],
    },
    {
      name: "a sidecar with a startup probe is waited for",
      pod: pod([slow, one]),
      observed: observedOf([testRun(slow, "running")]),
      do: [],
    },
    {
      name: "until the probe succeeds",
      pod: pod([slow, one]),
      observed: observedOf([testRun(slow, "running")]),
      memory: { probes: new Map([["side-0", { startup: "Success" }]]) },
      do: ["start one"],
    },
    {
      name: "a sidecar that ended while a later init container runs comes back",
      pod: pod([side, one], "Never"),
      observed: observedOf([testRun(side, "exited", { finishedAt: now }), testRun(one, "running")]),
      do: ["start side#1"],
    },
    {
      name: "a sidecar that ended beside main containers comes back",
      pod: pod([one, side], "Never"),
      observed: observedOf([testRun(one, "exited"), testRun(side, "exited"), testRun("c", "running")]),
      do: ["start side#1"],
    },
    {
      name: "completed init containers are not run again",
      pod: pod([one, next]),
      observed: observedOf([testRun("c", "running")]),
      do: [],
    },
    {
      name: "when the main containers are done the sidecars end, the last first",
      pod: pod([side, testContainer("late", { restartPolicy: "Always" })], "Never"),
      observed: observedOf([testRun(side, "running"), testRun("late", "running"), testRun("c", "exited")]),
      do: ["kill late-0 30s: Stopping container late"],
      stage: "terminating",
    },
  ]);
});

describe("planPod: ephemeral containers", () => {
  const pod = testPod({
    initContainers: [testContainer("i")],
    ephemeralContainers: [{ name: "debug", image: "busybox:1", resources: {} }],
  });
  check([
    {
      name: "start before the pod is initialized",
      pod,
      observed: observedOf([testRun("i", "running")]),
      do: ["start debug"],
    },
    {
      name: "never run twice",
      pod,
      observed: observedOf([testRun("i", "running"), testRun("debug", "exited", { exitCode: 1 })]),
      do: [],
    },
    {
      name: "do not keep the pod alive",
      pod: testPod({ restartPolicy: "Never", ephemeralContainers: pod.spec.ephemeralContainers! }),
      observed: observedOf([testRun("c", "exited"), testRun("debug", "running")]),
      do: ["kill debug-0 30s: Stopping container debug"],
      stage: "terminating",
    },
  ]);
});

describe("planPod: end", () => {
  const pod = testPod({ containers: two }, { metadata: deleted });
  const halted = observedOf([testRun("a", "exited"), testRun("b", "exited")], [testSandbox({ ready: false })]);
  check([
    {
      name: "deletion stops all main containers with the granted grace",
      pod,
      observed: observedOf([testRun("a", "running"), testRun("b", "running")]),
      do: ["kill a-0 20s: Stopping container a", "kill b-0 20s: Stopping container b"],
      stage: "terminating",
    },
    {
      name: "the grace runs from the beginning of the end",
      pod,
      observed: observedOf([testRun("a", "running")]),
      memory: { terminatingSince: now - 15_500 },
      do: ["kill a-0 5s: Stopping container a"],
      stage: "terminating",
    },
    {
      name: "then the sandbox",
      pod,
      observed: observedOf([testRun("a", "exited"), testRun("b", "exited")]),
      do: ["stopSandbox s0"],
      stage: "terminating",
    },
    { name: "then what the node keeps", pod, observed: halted, do: ["tearDown"], stage: "terminated" },
    {
      name: "then the object",
      pod,
      observed: halted,
      memory: { tornDown: true },
      do: ["deletePod"],
      stage: "terminated",
    },
    {
      name: "and when it is gone the remains",
      pod,
      observed: halted,
      memory: { tornDown: true, removed: true },
      do: ["removeSandbox s0", "forget"],
      stage: "terminated",
    },
    {
      name: "a completed pod keeps its containers for their logs",
      pod: testPod({ restartPolicy: "Never" }, { status: { phase: "Succeeded" } }),
      observed: observedOf([testRun("c", "exited")], [testSandbox({ ready: false })]),
      memory: { tornDown: true },
      do: [],
      stage: "terminated",
    },
    {
      name: "a pod that the API calls Failed is stopped",
      pod: testPod({}, { status: { phase: "Failed" } }),
      observed: observedOf([testRun("c", "running")]),
      do: ["kill c-0 30s: Stopping container c"],
      stage: "terminating",
    },
    {
      name: "a deleted pod that never started is deleted at once",
      pod,
      observed: nothing,
      memory: { tornDown: true },
      do: ["deletePod"],
      stage: "terminated",
    },
    {
      name: "an orphan is stopped",
      observed: observedOf([testRun("c", "running")]),
      memory: { removed: true },
      do: ["kill c-0 30s: Stopping container c"],
      stage: "terminating",
    },
    {
      name: "an eviction's grace counts",
      observed: observedOf([testRun("c", "running")]),
      memory: { end: { reason: "Evicted", message: "m", graceSeconds: 0 } },
      do: ["kill c-0 0s: Stopping container c"],
      stage: "terminating",
    },
    {
      name: "the active deadline wakes the plan",
      pod: testPod({ activeDeadlineSeconds: 60 }, { status: { startTime: "1970-01-01T00:01:00Z" } }),
      observed: observedOf([testRun("c", "running")]),
      do: [],
      again: 20_000,
    },
    {
      name: "the active deadline ends the pod",
      pod: testPod({ activeDeadlineSeconds: 30 }, { status: { startTime: "1970-01-01T00:01:00Z" } }),
      observed: observedOf([testRun("c", "running")]),
      do: ["kill c-0 30s: Stopping container c"],
      stage: "terminating",
    },
  ]);
  it("the deadline is the reason of the end", () => {
    const plan = planPod(testPod({ activeDeadlineSeconds: 1 }), observedOf(), testMemory(), now);
    assert.equal(plan.end?.reason, "DeadlineExceeded");
  });
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
