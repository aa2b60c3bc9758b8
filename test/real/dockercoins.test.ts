// The tour of the README: five services from stock images, scaled, disturbed and looked into with real kubectl.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually, execute, startRealCluster, type RealCluster } from "../support/real-cluster.ts";
import { kubectlReleases, root } from "../support/tools.ts";

let cluster: RealCluster;
before(async () => {
  cluster = await startRealCluster("tour", { pulled: ["node", "redis"] });
});
after(() => cluster[Symbol.asyncDispose]());

const example = join(root, "examples/dockercoins");
async function speed(): Promise<{ speed: number; hashes: number }> {
  const port = (await cluster.kubectl("get", "svc", "webui", "-o", "jsonpath={.spec.ports[0].nodePort}")).trim();
  const { stdout, code, stderr } = await execute("curl", ["-sS", "-m", "5", `http://127.0.0.1:${port}/json`]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as { speed: number; hashes: number };
}

test("apply brings up all five services", async () => {
  await cluster.kubectl("apply", "-f", example);
  for (const name of ["redis", "rng", "hasher", "worker", "webui"])
    await cluster.kubectl("rollout", "status", `deploy/${name}`, "--timeout=60s");
  for (const release of kubectlReleases) {
    const shown = await cluster.kubectlOf(release, ["get", "deploy,rs,po,svc", "-o", "wide"]);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /deployment\.apps\/worker\s+1\/1\s+1\s+1\s+\S+\s+worker\s+node:24-slim\s+app=worker/);
    assert.match(shown.stdout, /pod\/redis-\S+\s+1\/1\s+Running\s+0\s+\S+\s+10\.\d+\.\d+\.\d+/);
    assert.match(shown.stdout, /service\/webui\s+NodePort\s+10\.\S+\s+<none>\s+80:3\d{4}\/TCP/);
  }
});

test("the webui shows the hashing speed, which rises with the workers", async () => {
  const one = await eventually("a first speed", async () => {
    const now = await speed();
    return now.hashes > 20 && now.speed > 0 ? now : undefined;
  });
  await cluster.kubectl("scale", "deploy/worker", "--replicas=5");
  await cluster.kubectl("rollout", "status", "deploy/worker", "--timeout=60s");
  await eventually(`more than twice ${one.speed}`, async () => (await speed()).speed > one.speed * 2, 40_000);
});

test("logs, exec, and a deleted pod that comes back", async () => {
  const logs = await cluster.kubectl("logs", "deploy/worker", "--tail=5");
  assert.match(logs, /units of work done/);
  const info = await cluster.kubectl("exec", "deploy/redis", "--", "redis-cli", "info", "server");
  assert.match(info, /redis_version:/);
  const before = await cluster.kubectl("get", "pod", "-l", "app=rng", "-o", "name");
  await cluster.kubectl("delete", "pod", "-l", "app=rng");
  await cluster.kubectl("rollout", "status", "deploy/rng", "--timeout=60s");
  const now = await cluster.kubectl("get", "pod", "-l", "app=rng", "-o", "name");
  assert.notEqual(now, before);
});

test("down keeps the data, up brings it back", async () => {
  const down = await cluster.timonier("down");
  assert.equal(down.code, 0, down.stderr);
  const refused = await cluster.kubectlOf("35", ["get", "nodes"]);
  assert.notEqual(refused.code, 0);
  const up = await cluster.timonier("up");
  assert.equal(up.code, 0, up.stderr);
  await cluster.kubectl("rollout", "status", "deploy/webui", "--timeout=60s");
  const status = JSON.parse((await cluster.timonier("status", "-o", "json")).stdout) as { components: object[] };
  assert.ok(status.components.length >= 3);
});
