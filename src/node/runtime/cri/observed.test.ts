import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode } from "./message.ts";
import { container, containerState, containerStatus, podSandbox, podSandboxStatus } from "./messages.ts";
import { containerUsage, imageFacts, observedContainer, observedSandbox, readiness } from "./observed.ts";

const found = decode(container, encode(container, { id: "c", podSandboxId: "s" }));
const status = (change: object) => ({ ...decode(containerStatus, Buffer.alloc(0)), id: "c", ...change });
const times = (change: object) => {
  const { state, startedAt, finishedAt } = observedContainer(found, status(change));
  return [state, startedAt, finishedAt];
};

const containers: [what: string, change: object, want: [string, number, number]][] = [
  ["made", { state: containerState.created }, ["created", 0, 0]],
  ["running", { state: containerState.running, startedAt: 5 }, ["running", 5, 0]],
  ["ended", { state: containerState.exited, startedAt: 5, finishedAt: 9 }, ["exited", 5, 9]],
  ["ended before its start was noted", { state: containerState.exited, startedAt: 9, finishedAt: 5 }, ["exited", 5, 5]],
  ["never started", { state: containerState.exited, startedAt: 0, finishedAt: 9 }, ["exited", 0, 9]],
  ["in a state of its own", { state: 77, startedAt: 1 }, ["unknown", 1, 0]],
];
for (const [what, change, want] of containers)
  test(`times of a container that is ${what}`, () => assert.deepEqual(times(change), want));

test("a sandbox has addresses only while it is ready", () => {
  const metadata = { name: "p", uid: "u", namespace: "n", attempt: 3 };
  const sandbox = decode(podSandbox, encode(podSandbox, { id: "s", metadata, state: 1 }));
  assert.deepEqual(observedSandbox(sandbox, undefined), {
    id: "s",
    podUid: "u",
    podName: "p",
    namespace: "n",
    attempt: 3,
    ready: false,
    createdAt: 0,
    ips: [],
    labels: {},
    annotations: {},
  });
  const ready = encode(podSandboxStatus, { state: 0, network: { ip: "10.0.0.1", additionalIps: [{ ip: "fd00::1" }] } });
  const seen = observedSandbox(sandbox, decode(podSandboxStatus, ready));
  assert.deepEqual([seen.ready, seen.ips], [true, ["10.0.0.1", "fd00::1"]]);
});

test("an image tells its user by number or name, or not at all", () => {
  const image = { id: "i", repoTags: [], repoDigests: [], size: 1, uid: undefined, username: "", pinned: false };
  assert.equal("uid" in imageFacts(image), false);
  assert.equal(imageFacts({ ...image, uid: 0 }).uid, 0);
  assert.equal(imageFacts({ ...image, username: "www" }).username, "www");
});

test("a container without figures has no usage", () =>
  assert.equal(
    containerUsage({ attributes: undefined, cpu: undefined, memory: undefined, writableLayer: undefined }),
    undefined,
  ));

test("conditions become the texts of a node", () => {
  const ok = { type: "RuntimeReady", status: true, reason: "", message: "" };
  const network = { type: "NetworkReady", status: false, reason: "NetworkPluginNotReady", message: "no plugin" };
  assert.deepEqual(readiness([ok, network]), {
    runtimeReady: true,
    networkReady: false,
    message: "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:no plugin",
  });
  assert.deepEqual(readiness([]), { runtimeReady: false, networkReady: false, message: "" });
});
