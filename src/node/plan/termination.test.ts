import assert from "node:assert/strict";
import { it } from "node:test";
import { planPod } from "#node/plan-pod.ts";
import { describe } from "node:test";
import { check, deleted, nothing, now, two } from "./plan.fake.ts";
import { observedOf, testMemory, testPod, testRun, testSandbox } from "#node/pod/pod.fake.ts";

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
