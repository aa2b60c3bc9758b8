// Containers on a node: how they start, fail, wait, are probed and end.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { Pod } from "#api/core/pod.ts";
import { parseTime } from "#api/time.ts";
import type { TestCluster } from "#testing.ts";
import { becomesReady, container, firstStatus, isReady, podManifest, story } from "../support/test-cluster.ts";

const p = { namespace: "default", name: "p" };
const get = async (cluster: TestCluster): Promise<Pod> => (await cluster.get(Pod, "p"))!;
const seconds = (cluster: TestCluster, since: number): number => Math.round((cluster.clock.now() - since) / 100) / 10;
/** Seconds from one start of the container to the next, until it has been started again so often. */
async function restartGaps(cluster: TestCluster, count: number, already = 0): Promise<number[]> {
  const gaps: number[] = [];
  let last = cluster.clock.now();
  for (let restarts = already + 1; restarts <= count; restarts++) {
    await cluster.until(async () => (firstStatus(await get(cluster))?.restartCount ?? 0) >= restarts, "20m");
    gaps.push(seconds(cluster, last));
    last = cluster.clock.now();
  }
  return gaps;
}
const waiting = async (cluster: TestCluster) => firstStatus(await get(cluster))?.state.waiting;

describe("a container that crashes", () => {
  story("waits 10 s, 20 s, 40 s … 5 min between its starts", { nodes: 1 }, async (cluster) => {
    await cluster.apply(podManifest("p", { containers: [container({ command: ["false"] })] }));
    assert.deepEqual(await restartGaps(cluster, 8), [0, 10, 20, 40, 80, 160, 300, 300]);
    await cluster.advance("5s");
    const state = await waiting(cluster);
    assert.equal(state?.reason, "CrashLoopBackOff");
    assert.match(state?.message ?? "", /^back-off 5m0s restarting failed container=c pod=p_default\(.+\)$/);
    const { lastState } = firstStatus(await get(cluster))!;
    assert.deepEqual([lastState.terminated?.exitCode, lastState.terminated?.reason], [1, "Error"]);
    const backOff = (await cluster.events()).find((e) => e.startsWith("BackOff: "));
    assert.match(backOff ?? "", /^BackOff: Back-off restarting failed container c in pod p_default\(.+\)/);
  });
  story("starts over after ten good minutes", { nodes: 1 }, async (cluster) => {
    let lifeMs = 1000;
    cluster.behaviour.process = () => ({ exitAfterMs: lifeMs, exitCode: 1 });
    await cluster.apply(podManifest("p"));
    assert.deepEqual(await restartGaps(cluster, 2), [1, 11]);
    lifeMs = 11 * 60_000;
    assert.deepEqual(await restartGaps(cluster, 3, 2), [21]);
    lifeMs = 1000;
    assert.deepEqual(await restartGaps(cluster, 6, 3), [660, 11, 21]);
  });
  for (const [restartPolicy, command, phase, restarts] of [
    ["Never", "false", "Failed", 0],
    ["Never", "true", "Succeeded", 0],
    ["OnFailure", "true", "Succeeded", 0],
    ["OnFailure", "false", "Running", 2],
    ["Always", "true", "Running", 2],
  ] as const)
    story(`under ${restartPolicy} and ${command} ends as ${phase}`, { nodes: 1 }, async (cluster) => {
      await cluster.apply(podManifest("p", { restartPolicy, containers: [container({ command: [command] })] }));
      await cluster.advance("15s");
      const { status } = await get(cluster);
      assert.deepEqual([status.phase, status.containerStatuses?.[0]?.restartCount], [phase, restarts]);
    });
});

describe("an image that cannot be pulled", () => {
  story("is tried again and again with growing pauses, until it is there", { nodes: 1 }, async (cluster) => {
    const tries: number[] = [];
    const startedAt = cluster.clock.now();
    let isThere = false;
    cluster.behaviour.canPull = () => {
      tries.push(seconds(cluster, startedAt));
      return isThere;
    };
    await cluster.apply(podManifest("p"));
    await cluster.settle();
    assert.equal((await waiting(cluster))?.reason, "ErrImagePull");
    await cluster.advance("5s");
    assert.deepEqual(await waiting(cluster), {
      reason: "ImagePullBackOff",
      message: (await waiting(cluster))?.message,
    });
    assert.match((await waiting(cluster))?.message ?? "", /^Back-off pulling image "app:1"/);
    await cluster.advance("3m");
    assert.deepEqual(tries, [0, 10, 30, 70, 150]);
    isThere = true;
    await becomesReady(cluster, "p");
    assert.equal(tries.length, 6);
    const events = await cluster.events();
    for (const start of [
      'Failed: Failed to pull image "app:1": ',
      "Failed: Error: ErrImagePull",
      'BackOff: Back-off pulling image "app:1"',
    ])
      assert.ok(
        events.some((e) => e.startsWith(start)),
        start,
      );
  });
  story("and must not be pulled is an error of its own", { nodes: 1 }, async (cluster) => {
    await cluster.apply(podManifest("p", { containers: [container({ imagePullPolicy: "Never" })] }));
    await cluster.advance("5s");
    const state = await waiting(cluster);
    assert.deepEqual(
      [state?.reason, state?.message],
      ["ErrImageNeverPull", 'Container image "app:1" is not present with pull policy of Never'],
    );
  });
});

describe("probes", () => {
  story("readiness comes and goes without a restart", { nodes: 1 }, async (cluster) => {
    let isBusy = true;
    cluster.behaviour.probe = () => (isBusy ? "busy" : "");
    const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 5, failureThreshold: 2, initialDelaySeconds: 3 };
    await cluster.apply(podManifest("p", { containers: [container({ readinessProbe })] }));
    await cluster.advance("4s");
    assert.equal(isReady(await get(cluster)), false);
    isBusy = false;
    await cluster.advance("5s");
    assert.equal(isReady(await get(cluster)), true);
    isBusy = true;
    await cluster.advance("5s");
    assert.equal(isReady(await get(cluster)), true);
    await cluster.advance("5s");
    const pod = await get(cluster);
    assert.deepEqual([isReady(pod), firstStatus(pod)?.restartCount], [false, 0]);
    const why = pod.status.conditions?.find((c) => c.type === "Ready");
    assert.deepEqual([why?.reason, why?.message], ["ContainersNotReady", "containers with unready status: [c]"]);
  });
  story("a failed liveness restarts the container, within its grace", { nodes: 1 }, async (cluster) => {
    let isHung = false;
    cluster.behaviour.probe = () => (isHung ? "hung" : "");
    cluster.behaviour.process = () => ({ stopAfterMs: 3_600_000 });
    const livenessProbe = { tcpSocket: { port: 80 }, periodSeconds: 10, terminationGracePeriodSeconds: 5 };
    await cluster.apply(podManifest("p", { containers: [container({ livenessProbe })] }));
    await becomesReady(cluster, "p");
    await cluster.advance("1s");
    isHung = true;
    const since = cluster.clock.now();
    await cluster.until(async () => firstStatus(await get(cluster))?.lastState.terminated);
    const terminated = firstStatus(await get(cluster))!.lastState.terminated!;
    assert.deepEqual([terminated.exitCode, seconds(cluster, since)], [137, 34]);
    const events = await cluster.events();
    assert.ok(events.includes("Killing: Container c failed liveness probe, will be restarted"));
    assert.ok(events.includes("Unhealthy: Liveness probe failed: hung (x3)"));
    isHung = false;
    await becomesReady(cluster, "p");
    assert.equal(firstStatus(await get(cluster))?.restartCount, 1);
  });
  story("startup holds the others back, and ends a container that takes too long", { nodes: 1 }, async (cluster) => {
    let isUp = false;
    const asked: string[] = [];
    cluster.behaviour.probe = (_, kind) => {
      asked.push(kind);
      return kind !== "startup" || isUp ? "" : "still starting";
    };
    const startupProbe = { httpGet: { port: 80 }, periodSeconds: 2, failureThreshold: 5 };
    const httpGet = { port: 80 };
    const probes = { startupProbe, livenessProbe: { httpGet }, readinessProbe: { httpGet } };
    await cluster.apply(podManifest("p", { containers: [container(probes)] }));
    await cluster.advance("7s");
    assert.deepEqual(new Set(asked), new Set(["startup"]));
    assert.deepEqual([firstStatus(await get(cluster))?.started, isReady(await get(cluster))], [false, false]);
    await cluster.advance("2s");
    assert.equal(firstStatus(await get(cluster))?.restartCount, 1);
    isUp = true;
    await cluster.advance("10s");
    assert.deepEqual([firstStatus(await get(cluster))?.started, isReady(await get(cluster))], [true, true]);
    assert.ok(asked.includes("liveness"));
  });
});

describe("the end of a pod", () => {
  const ends = async (cluster: TestCluster, gracePeriodSeconds?: number): Promise<number> => {
    const since = cluster.clock.now();
    await cluster.client.delete(Pod, p, gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });
    await cluster.until(async () => (await cluster.get(Pod, "p")) === undefined);
    return seconds(cluster, since);
  };
  const preStop = { lifecycle: { preStop: { exec: { command: ["sleep", "5"] } } } };
  for (const [name, spec, stopAfterMs, grace, expected] of [
    ["that obeys takes as long as it needs", {}, 4000, undefined, 4],
    ["that does not obey takes the grace", {}, 600_000, undefined, 30],
    ["with its own grace", { terminationGracePeriodSeconds: 7 }, 600_000, undefined, 7],
    ["with the grace of the deletion", { terminationGracePeriodSeconds: 70 }, 600_000, 3, 3],
    ["after its hook", { containers: [container(preStop)] }, 2000, undefined, 7],
    // the hook used up the grace; two seconds are left to stop
    [
      "whose hook takes all the grace",
      { containers: [container(preStop)], terminationGracePeriodSeconds: 4 },
      600_000,
      undefined,
      6,
    ],
  ] as const)
    story(name, { nodes: 1 }, async (cluster) => {
      cluster.behaviour.process = () => ({ stopAfterMs });
      await cluster.apply(podManifest("p", spec));
      await becomesReady(cluster, "p");
      assert.equal(await ends(cluster, grace), expected);
    });
  story("may be hurried, never delayed", { nodes: 1 }, async (cluster) => {
    cluster.behaviour.process = () => ({ stopAfterMs: 600_000 });
    await cluster.apply(podManifest("p"));
    await becomesReady(cluster, "p");
    await cluster.client.delete(Pod, p, { gracePeriodSeconds: 60 });
    await cluster.advance("5s");
    await cluster.client.delete(Pod, p, { gracePeriodSeconds: 90 });
    assert.equal((await get(cluster)).metadata.deletionGracePeriodSeconds, 60);
    assert.ok((await ends(cluster, 10)) <= 10);
  });
});

describe("init containers", () => {
  const init = (name: string, more: object = {}): object => ({
    name,
    image: "app:1",
    command: ["sleep", "2"],
    ...more,
  });
  story("run one after another, before the others", { nodes: 1 }, async (cluster) => {
    await cluster.apply(podManifest("p", { initContainers: [init("one"), init("two")] }));
    await cluster.advance("3s");
    const middle = await get(cluster);
    assert.deepEqual(
      middle.status.initContainerStatuses?.map((s) => Object.keys(s.state)[0]),
      ["terminated", "running"],
    );
    assert.deepEqual([firstStatus(middle)?.state.waiting?.reason, middle.status.phase], ["PodInitializing", "Pending"]);
    await becomesReady(cluster, "p");
    const { status } = await get(cluster);
    const [one, two] = status.initContainerStatuses!.map((s) => s.state.terminated!);
    const startedAt = firstStatus(await get(cluster))?.state.running?.startedAt;
    assert.ok(parseTime(one!.finishedAt!) <= parseTime(two!.startedAt!));
    assert.ok(parseTime(two!.finishedAt!) <= parseTime(startedAt!));
  });
  story("that fail are tried again, or fail the pod", { nodes: 1 }, async (cluster) => {
    let works = false;
    cluster.behaviour.process = (at) =>
      at.container === "one" ? { exitAfterMs: 0, exitCode: works || at.pod === "never" ? 0 : 1 } : undefined;
    await cluster.apply([
      podManifest("p", { initContainers: [init("one")] }),
      podManifest("failed", { restartPolicy: "Never", initContainers: [init("one")] }),
    ]);
    await cluster.advance("15s");
    const { status } = await get(cluster);
    assert.deepEqual([status.phase, status.initContainerStatuses?.[0]?.restartCount], ["Pending", 2]);
    assert.equal(status.initContainerStatuses?.[0]?.state.waiting?.reason, "CrashLoopBackOff");
    assert.equal((await cluster.get(Pod, "failed"))?.status.phase, "Failed");
    works = true;
    await becomesReady(cluster, "p");
  });
  story("that are sidecars run beside the others and end after them", { nodes: 1 }, async (cluster) => {
    const sidecar = init("side", { command: undefined, restartPolicy: "Always" });
    cluster.behaviour.process = ({ container: name }) => (name === "c" ? { exitAfterMs: 5000 } : { stopAfterMs: 1000 });
    await cluster.apply(podManifest("p", { restartPolicy: "Never", initContainers: [sidecar] }));
    await becomesReady(cluster, "p");
    await cluster.until(async () => (await get(cluster)).status.phase === "Succeeded");
    const { status } = await get(cluster);
    const main = status.containerStatuses![0]!.state.terminated!;
    const side = status.initContainerStatuses![0]!.state.terminated!;
    assert.equal(parseTime(side.finishedAt!) - parseTime(main.finishedAt!), 1000);
  });
});

describe("configuration of a container", () => {
  story("that is missing is waited for", { nodes: 1 }, async (cluster) => {
    const env = [{ name: "KEY", valueFrom: { configMapKeyRef: { name: "settings", key: "k" } } }];
    await cluster.apply(podManifest("p", { containers: [container({ env })] }));
    await cluster.advance("5s");
    const state = await waiting(cluster);
    assert.deepEqual([state?.reason, state?.message], ["CreateContainerConfigError", 'configmap "settings" not found']);
    await cluster.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" }, data: { k: "v" } });
    await becomesReady(cluster, "p");
  });
  story("a pod on a node that has no room for it fails there", { nodes: [{ cpus: 1 }] }, async (cluster) => {
    const resources = { requests: { cpu: "2" } };
    await cluster.apply(podManifest("p", { nodeName: "node-1", containers: [container({ resources })] }));
    await cluster.advance("1s");
    const { status } = await get(cluster);
    assert.deepEqual([status.phase, status.reason], ["Failed", "OutOfcpu"]);
  });
});
