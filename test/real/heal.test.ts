// kill -9 of every part, one after another, under load: the cluster heals by itself, nothing acknowledged is lost, and
// pods that need not restart do not.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { eventually, startRealCluster, type RealCluster } from "../support/real-cluster.ts";

let cluster: RealCluster;
before(async () => {
  cluster = await startRealCluster("heal", { pulled: ["busybox"] });
  await cluster.kubectl(
    "create",
    "deployment",
    "steady",
    "--image=busybox",
    "--replicas=3",
    "--",
    "sh",
    "-c",
    "trap exit TERM; while true; do sleep 1; done",
  );
  await cluster.kubectl("rollout", "status", "deploy/steady", "--timeout=60s");
});
after(() => cluster[Symbol.asyncDispose]());

interface Pods {
  readonly items: readonly {
    metadata: { uid: string };
    status: { containerStatuses: readonly { containerID: string; restartCount: number }[] };
  }[];
}
async function containers(): Promise<string[]> {
  const pods = JSON.parse(await cluster.kubectl("get", "pods", "-l", "app=steady", "-o", "json")) as Pods;
  return pods.items
    .map(
      (p) =>
        `${p.metadata.uid} ${p.status.containerStatuses[0]!.containerID} ${p.status.containerStatuses[0]!.restartCount}`,
    )
    .sort();
}
async function pidOf(component: string): Promise<number> {
  const { stdout } = await cluster.timonier("status", "-o", "json");
  const status = JSON.parse(stdout) as { components: readonly { name: string; pid?: number }[] };
  return status.components.find((c) => c.name === component)?.pid ?? 0;
}
/** Writes config maps one after another until stopped; returns the names whose write was acknowledged. */
function load(prefix: string): { stop(): Promise<string[]> } {
  const acknowledged: string[] = [];
  let running = true;
  const done = (async () => {
    for (let i = 0; running; i++) {
      const name = `${prefix}-${i}`;
      const { code } = await cluster.kubectlOf("35", [
        "create",
        "configmap",
        name,
        "--from-literal=i=1",
        "--request-timeout=5s",
      ]);
      if (code === 0) acknowledged.push(name);
    }
  })();
  return {
    async stop() {
      running = false;
      await done;
      return acknowledged;
    },
  };
}

for (const component of ["server", "node", "containerd"])
  test(`kill -9 of ${component}`, async () => {
    const before = await containers();
    const writes = load(component);
    const pid = await pidOf(component);
    assert.ok(pid > 0, `${component} has a process`);
    process.kill(pid, "SIGKILL");
    await eventually(`${component} runs again`, async () => {
      const now = await pidOf(component);
      return now > 0 && now !== pid;
    });
    await eventually("the API answers and the node is ready", async () =>
      (await cluster.kubectl("get", "nodes", "--request-timeout=3s")).includes(" Ready "),
    );
    const acknowledged = await writes.stop();
    assert.ok(acknowledged.length > 0);
    const found = await cluster.kubectl("get", "configmap", "-o", "name");
    for (const name of acknowledged)
      assert.ok(found.includes(`configmap/${name}\n`), `${name} was acknowledged and is there`);
    assert.deepEqual(await containers(), before, "no pod was started again");
    await cluster.kubectl(
      "run",
      `after-${component}`,
      "--image=busybox",
      "--image-pull-policy=IfNotPresent",
      "--restart=Never",
      "--",
      "true",
    );
    await cluster.kubectl(
      "wait",
      "--for=jsonpath={.status.phase}=Succeeded",
      `pod/after-${component}`,
      "--timeout=30s",
    );
  });

test("kill -9 of a container's own process", async () => {
  const [pod] = (await cluster.kubectl("get", "pods", "-l", "app=steady", "-o", "name")).trim().split("\n");
  await cluster.kubectl("exec", pod!, "--", "sh", "-c", "kill -9 1; kill -TERM 1");
  await eventually("the container was started again", async () => {
    const count = await cluster.kubectl("get", pod!, "-o", "jsonpath={.status.containerStatuses[0].restartCount}");
    return Number(count) === 1;
  });
  await cluster.kubectl("rollout", "status", "deploy/steady", "--timeout=60s");
});
