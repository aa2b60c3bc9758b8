// Pods and runtime reports for tests: short ways to write the usual ones.
import type { Observed, ObservedContainer, ObservedSandbox } from "#node/runtime/runtime.ts";
import type { PodMemory } from "#node/plan/types.ts";
import { annotations, containerHash } from "./identity.ts";
import type { Container, Pod, PodSpec } from "./types.ts";

export const testUid = "5b1c6e0a-0000-4000-8000-000000000001";

export const testContainer = (name: string, more: Partial<Container> = {}): Container => ({
  name,
  image: "busybox:1",
  resources: {},
  ...more,
});
export function testPod(spec: Partial<PodSpec> = {}, more: { metadata?: object; status?: object } = {}): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "ns", uid: testUid, generation: 1, ...more.metadata },
    spec: {
      containers: [testContainer("c")],
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      nodeName: "n",
      ...spec,
    },
    status: { ...more.status },
  };
}
export const testSandbox = (more: Partial<ObservedSandbox> = {}): ObservedSandbox => ({
  id: "s0",
  podUid: testUid,
  podName: "p",
  namespace: "ns",
  attempt: 0,
  ready: true,
  createdAt: 1000,
  ips: ["10.1.0.5"],
  labels: {},
  annotations: {},
  ...more,
});
/** A run of a container; its attempt is also its restart count. */
export function testRun(
  container: Container | string,
  state: ObservedContainer["state"],
  more: Partial<ObservedContainer> = {},
): ObservedContainer {
  const of = typeof container === "string" ? testContainer(container) : container;
  const attempt = more.attempt ?? 0;
  return {
    id: `${of.name}-${attempt}`,
    sandboxId: "s0",
    podUid: testUid,
    name: of.name,
    attempt,
    state,
    image: of.image ?? "",
    imageRef: "sha256:abc",
    createdAt: 2000 + attempt,
    startedAt: state === "created" ? 0 : 2500,
    finishedAt: state === "exited" ? 3000 : 0,
    exitCode: 0,
    reason: state === "exited" ? ((more.exitCode ?? 0) === 0 ? "Completed" : "Error") : "",
    message: "",
    logPath: "",
    labels: {},
    annotations: { [annotations.hash]: containerHash(of), [annotations.restartCount]: String(attempt) },
    ...more,
  };
}
export const observedOf = (
  containers: readonly ObservedContainer[] = [],
  sandboxes: readonly ObservedSandbox[] = [testSandbox()],
): Observed => ({ sandboxes, containers });

export const testMemory = (more: Partial<PodMemory> = {}): PodMemory => ({
  acceptedAt: 0,
  removed: false,
  volumesReady: true,
  backOff: new Map(),
  failures: new Map(),
  kills: new Map(),
  probes: new Map(),
  resources: new Map(),
  tornDown: false,
  ...more,
});
