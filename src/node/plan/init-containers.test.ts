import { describe } from "node:test";
import { check, now } from "./plan.fake.ts";
import { observedOf, testContainer, testPod, testRun } from "#node/pod/pod.fake.ts";
import type { Pod } from "#node/pod/types.ts";

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
