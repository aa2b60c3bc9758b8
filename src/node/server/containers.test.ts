import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pod } from "#node/pod/types.ts";
import { loggedContainer, runningContainer } from "./containers.ts";

const pod = (status?: object, field = "containerStatuses"): Pod =>
  ({
    metadata: { name: "p" },
    spec: { containers: [{ name: "c" }], initContainers: [{ name: "i" }] },
    status: status ? { [field]: [{ name: field === "containerStatuses" ? "c" : "i", ...status }] } : {},
  }) as unknown as Pod;
const running = { containerID: "containerd://now", state: { running: {} } };
const ended = { state: { terminated: { containerID: "containerd://now" } } };
const restarted = { ...running, lastState: { terminated: { containerID: "containerd://before" } } };
const waiting = (reason: string, lastState = {}) => ({ state: { waiting: { reason } }, lastState });
const about = 'container "c" in pod "p"';

const logs: [what: string, pod: Pod, name: string, previous: boolean, want: string][] = [
  ["running", pod(running), "c", false, "now"],
  ["ended", pod(ended), "c", false, "now"],
  ["an init container", pod(ended, "initContainerStatuses"), "i", false, "now"],
  ["before a restart", pod(restarted), "c", true, "before"],
  ["waiting to restart", pod(waiting("CrashLoopBackOff", restarted.lastState)), "c", false, "before"],
  ["never restarted", pod(running), "c", true, `400 previous terminated ${about} not found`],
  ["being made", pod(waiting("ContainerCreating")), "c", false, `400 ${about} is waiting to start: ContainerCreating`],
  [
    "without an image",
    pod(waiting("ErrImagePull")),
    "c",
    false,
    `400 ${about} is waiting to start: image can't be pulled`,
  ],
  [
    "without an image for long",
    pod(waiting("ImagePullBackOff")),
    "c",
    false,
    `400 ${about} is waiting to start: trying and failing to pull image`,
  ],
  ["in no state", pod({ state: {} }), "c", false, `400 ${about} is waiting to start - no logs yet`],
  ["ended without a trace", pod({ state: { terminated: {} } }), "c", false, `400 ${about} is terminated`],
  ["without a status", pod(), "c", false, `400 ${about} is not available`],
  ["unknown", pod(running), "x", false, '404 container "x" not found in pod "p"'],
];
for (const [what, of, name, previous, want] of logs)
  test(`log of a container that is ${what}`, () => {
    const choice = loggedContainer(of, name, previous);
    assert.equal("id" in choice ? choice.id : `${choice.code} ${choice.refusal}`, want);
  });

test("exec needs a running container", () => {
  assert.deepEqual(runningContainer(pod(running), "c"), { id: "now" });
  const refusal = { refusal: 'container not found ("c")', code: 500 };
  assert.deepEqual(runningContainer(pod(ended), "c"), refusal);
  assert.deepEqual(runningContainer(pod(), "c"), refusal);
});
