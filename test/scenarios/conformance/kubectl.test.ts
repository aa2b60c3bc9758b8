// The real kubectl against the cluster, where the official test is about the program.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { suite, type World } from "../../support/conformance.ts";
import { execute, type Outcome } from "../../support/real-cluster.ts";
import { kubectlPath } from "../../support/tools.ts";

const { conforms } = suite();

interface Kubectl extends Disposable {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  run(args: readonly string[], input?: string): Promise<Outcome>;
}
async function kubectlFor({ cluster, ns }: World): Promise<Kubectl> {
  const { kubeconfig } = await cluster.listen();
  const folder = mkdtempSync(join(tmpdir(), "timonier-kubectl-"));
  const config = join(folder, "config");
  writeFileSync(config, kubeconfig, { mode: 0o600 });
  const env = { ...process.env, KUBECONFIG: config, HOME: folder };
  return {
    folder,
    env,
    run: (args, input) =>
      execute(kubectlPath("35"), ["-n", ns, ...args], { env, ...(input === undefined ? {} : { input }) }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
async function succeeds(world: World, args: readonly string[], input?: string): Promise<string> {
  using kubectl = await kubectlFor(world);
  const { code, stdout, stderr } = await kubectl.run(args, input);
  assert.equal(code, 0, stderr);
  return stdout;
}

conforms("Kubectl client Kubectl api-versions should check if v1 is in available api versions", async (world) => {
  assert.ok((await succeeds(world, ["api-versions"])).split("\n").includes("v1"));
});
conforms(
  "Kubectl client Kubectl cluster-info should check if Kubernetes control plane services is included in cluster-info",
  async (world) => {
    const output = await succeeds(world, ["cluster-info"]);
    assert.match(output, /Kubernetes control plane/);
    assert.match(output, /is running at/);
  },
);
conforms("Kubectl client Kubectl version should check is all data is printed", async (world) => {
  const output = await succeeds(world, ["version"]);
  for (const side of ["Client", "Server"]) assert.match(output, new RegExp(`${side} Version: v\\d\\.\\d+\\.[\\w.+-]+`));
});
conforms("Kubectl client Kubectl run pod should create a pod from an image when restart is Never", async (world) => {
  await succeeds(world, ["run", "runs-once", "--restart=Never", "--image=app:1"]);
  const { spec } = await world.rest.get(`${world.path("/api/v1", "pods")}/runs-once`);
  assert.deepEqual([spec.restartPolicy, spec.containers[0].image], ["Never", "app:1"]);
});
conforms(
  "Kubectl client Kubectl diff should check if kubectl diff finds a difference for Deployments",
  async (world) => {
    const manifest = (image: string): string =>
      JSON.stringify({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "d" },
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: "d" } },
          template: { metadata: { labels: { app: "d" } }, spec: { containers: [{ name: "c", image }] } },
        },
      });
    using kubectl = await kubectlFor(world);
    assert.equal((await kubectl.run(["create", "-f", "-"], manifest("app:1"))).code, 0);
    const same = await kubectl.run(["diff", "-f", "-"], manifest("app:1"));
    assert.deepEqual([same.code, same.stdout], [0, ""]);
    const { code, stdout } = await kubectl.run(["diff", "-f", "-"], manifest("app:2"));
    assert.equal(code, 1);
    assert.match(stdout, /^-\s+- image: app:1\n\+\s+- image: app:2$/m);
  },
);

/** Runs the proxy until `ask` has its answer. */
async function throughProxy(
  world: World,
  args: readonly string[],
  ask: (line: string, folder: string) => Promise<string>,
): Promise<string> {
  using kubectl = await kubectlFor(world);
  const all = ["proxy", ...args.map((arg) => arg.replace("FOLDER", kubectl.folder))];
  const proxy = spawn(kubectlPath("35"), all, { env: kubectl.env, stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = (await once(proxy.stdout.setEncoding("utf8"), "data")) as [string];
    return await ask(line, kubectl.folder);
  } finally {
    const ended = once(proxy, "exit");
    proxy.kill();
    await ended;
  }
}
const versions = async (options: object): Promise<string> => {
  const [response] = await once(get({ path: "/api/", agent: false, ...options }), "response");
  return text(response);
};
conforms("Kubectl client Proxy server should support proxy with --port 0", async (world) => {
  const answer = await throughProxy(world, ["--port=0", "--disable-filter"], (line) => {
    const [, port] = /127\.0\.0\.1:(\d+)/.exec(line) ?? assert.fail(line);
    return versions({ host: "127.0.0.1", port });
  });
  assert.deepEqual(JSON.parse(answer).versions, ["v1"]);
});
conforms("Kubectl client Proxy server should support --unix-socket=/path", async (world) => {
  const answer = await throughProxy(world, ["--unix-socket=FOLDER/socket"], (_line, folder) =>
    versions({ socketPath: join(folder, "socket") }),
  );
  assert.deepEqual(JSON.parse(answer).versions, ["v1"]);
});
