// The JavaScript client: typed calls, every kind of patch, informers and raw watches, the streams, its own cp and top.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, connect, type AddressInfo } from "node:net";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { after, before, describe, test } from "node:test";
import * as k8s from "@kubernetes/client-node";
import { eventually, startRealCluster, type RealCluster } from "../../support/real-cluster.ts";

const namespace = "js";
let cluster: RealCluster;
let kc: k8s.KubeConfig;
let core: k8s.CoreV1Api;
let apps: k8s.AppsV1Api;

before(async () => {
  cluster = await startRealCluster("client-node", { pulled: ["busybox", "nginx"] });
  kc = new k8s.KubeConfig();
  kc.loadFromFile(cluster.kubeconfig);
  core = kc.makeApiClient(k8s.CoreV1Api);
  apps = kc.makeApiClient(k8s.AppsV1Api);
  await core.createNamespace({ body: { metadata: { name: namespace } } });
});
after(() => cluster[Symbol.asyncDispose]());

class Sink extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}
const as = (type: k8s.PatchStrategy) => k8s.setHeaderOptions("Content-Type", type);
const code = async (call: Promise<unknown>): Promise<{ code: number; reason: string }> => {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof k8s.ApiException, String(error));
    return { code: error.code, reason: (JSON.parse(String(error.body)) as { reason: string }).reason };
  }
  return { code: 200, reason: "" };
};

describe("objects", { concurrency: 1 }, () => {
  test("create, read, list, replace, delete; errors have code and reason", async () => {
    const body = { metadata: { name: "a", labels: { app: "x" } }, data: { k: "v" } };
    const made = await core.createNamespacedConfigMap({ namespace, body });
    assert.ok(made.metadata?.creationTimestamp instanceof Date);
    assert.deepEqual(await code(core.createNamespacedConfigMap({ namespace, body })), {
      code: 409,
      reason: "AlreadyExists",
    });
    const read = await core.readNamespacedConfigMap({ namespace, name: "a" });
    assert.deepEqual(read.data, { k: "v" });
    const replaced = await core.replaceNamespacedConfigMap({
      namespace,
      name: "a",
      body: { ...read, data: { k: "w" } },
    });
    assert.notEqual(replaced.metadata?.resourceVersion, made.metadata.resourceVersion);
    const stale = core.replaceNamespacedConfigMap({ namespace, name: "a", body: read });
    assert.deepEqual(await code(stale), { code: 409, reason: "Conflict" });
    const { items } = await core.listNamespacedConfigMap({ namespace, labelSelector: "app=x" });
    assert.deepEqual(
      items.map((c) => c.metadata?.name),
      ["a"],
    );
    await core.deleteNamespacedConfigMap({ namespace, name: "a" });
    const missing = core.readNamespacedConfigMap({ namespace, name: "a" });
    assert.deepEqual(await code(missing), { code: 404, reason: "NotFound" });
    const invalid = core.createNamespacedService({ namespace, body: { metadata: { name: "s" }, spec: { ports: [] } } });
    assert.deepEqual(await code(invalid), { code: 422, reason: "Invalid" });
  });

  test("pages", async () => {
    for (let i = 0; i < 7; i++)
      await core.createNamespacedSecret({ namespace, body: { metadata: { name: `p${i}`, labels: { page: "y" } } } });
    const names: string[] = [];
    let next: string | undefined;
    do {
      const page = await core.listNamespacedSecret({
        namespace,
        labelSelector: "page=y",
        limit: 3,
        ...(next ? { _continue: next } : {}),
      });
      names.push(...page.items.map((s) => s.metadata?.name ?? ""));
      next = page.metadata?._continue;
    } while (next);
    assert.deepEqual(
      names,
      [0, 1, 2, 3, 4, 5, 6].map((i) => `p${i}`),
    );
  });

  test("json, merge and strategic merge patch, and server-side apply with a conflict", async () => {
    const body: k8s.V1Deployment = {
      metadata: { name: "web" },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: "web" } },
        template: {
          metadata: { labels: { app: "web" } },
          spec: { terminationGracePeriodSeconds: 1, containers: [{ name: "web", image: "nginx" }] },
        },
      },
    };
    await apps.createNamespacedDeployment({ namespace, body });
    const at = { namespace, name: "web" };
    const json = [{ op: "replace", path: "/spec/replicas", value: 2 }];
    const one = await apps.patchNamespacedDeployment({ ...at, body: json }, as(k8s.PatchStrategy.JsonPatch));
    assert.equal(one.spec?.replicas, 2);
    const merge = { metadata: { labels: { a: "b" } } };
    const two = await apps.patchNamespacedDeployment({ ...at, body: merge }, as(k8s.PatchStrategy.MergePatch));
    assert.deepEqual(two.metadata?.labels, { a: "b" });
    const containers = [{ name: "side", image: "busybox", command: ["sleep", "3600"] }];
    const strategic = { spec: { template: { spec: { containers } } } };
    const three = await apps.patchNamespacedDeployment(
      { ...at, body: strategic },
      as(k8s.PatchStrategy.StrategicMergePatch),
    );
    assert.deepEqual(
      three.spec?.template.spec?.containers.map((c) => c.name),
      ["side", "web"],
    );
    const applied = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec: { replicas: 3 } };
    const apply = (force: boolean) =>
      apps.patchNamespacedDeployment(
        { ...at, body: applied, fieldManager: "js", force },
        as(k8s.PatchStrategy.ServerSideApply),
      );
    assert.deepEqual(await code(apply(false)), { code: 409, reason: "Conflict" });
    const four = await apply(true);
    assert.equal(four.spec?.replicas, 3);
    assert.ok(four.metadata?.managedFields?.some((m) => m.manager === "js" && m.operation === "Apply"));
    await eventually("a write that no controller came before", async () => {
      const scale = await apps.readNamespacedDeploymentScale(at);
      assert.equal(scale.spec?.replicas, 3);
      return apps.replaceNamespacedDeploymentScale({ ...at, body: { ...scale, spec: { replicas: 1 } } });
    });
    await eventually("one ready pod", async () => {
      const { status } = await apps.readNamespacedDeployment(at);
      return status?.readyReplicas === 1 && status.replicas === 1;
    });
  });

  test("objects of any kind by discovery, with a definition of one's own", async () => {
    const objects = k8s.KubernetesObjectApi.makeApiClient(kc);
    const names = { kind: "Toy", plural: "toys", singular: "toy", listKind: "ToyList" };
    const schema = {
      openAPIV3Schema: {
        type: "object",
        properties: { spec: { type: "object", properties: { size: { type: "integer", maximum: 9 } } } },
      },
    };
    await objects.create({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "toys.js.test" },
      spec: {
        group: "js.test",
        scope: "Namespaced",
        names,
        versions: [{ name: "v1", served: true, storage: true, schema }],
      },
    } as k8s.V1CustomResourceDefinition);
    const toy = (size: number) => ({
      apiVersion: "js.test/v1",
      kind: "Toy",
      metadata: { name: "ball", namespace },
      spec: { size },
    });
    await eventually("the new kind", () => objects.create(toy(1)));
    const patch = (size: number, type?: k8s.PatchStrategy) =>
      objects.patch(
        toy(size),
        undefined,
        undefined,
        "js",
        type === k8s.PatchStrategy.ServerSideApply || undefined,
        type,
      );
    assert.equal((await code(patch(2))).code, 415, "strategic merge patch is for built-in kinds");
    assert.equal((await code(patch(10, k8s.PatchStrategy.MergePatch))).reason, "Invalid");
    await patch(5, k8s.PatchStrategy.ServerSideApply);
    const custom = kc.makeApiClient(k8s.CustomObjectsApi);
    const listed = (await custom.listNamespacedCustomObject({
      group: "js.test",
      version: "v1",
      namespace,
      plural: "toys",
    })) as { items: { spec: { size: number } }[] };
    assert.deepEqual(
      listed.items.map((t) => t.spec.size),
      [5],
    );
    await objects.delete({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "toys.js.test" },
    });
  });

  test("reviews, tokens, health, version, and a clear answer where there are no metrics", async () => {
    const authorization = kc.makeApiClient(k8s.AuthorizationV1Api);
    const review = await authorization.createSelfSubjectAccessReview({
      body: { spec: { resourceAttributes: { verb: "create", resource: "pods", namespace } } },
    });
    assert.equal(review.status?.allowed, true);
    const { status } = await core.createNamespacedServiceAccountToken({
      namespace,
      name: "default",
      body: { spec: { audiences: [], expirationSeconds: 600 } },
    });
    const asAccount = new k8s.KubeConfig();
    asAccount.loadFromClusterAndUser(kc.getCurrentCluster()!, { name: "account", token: status!.token! });
    const asked = await asAccount.makeApiClient(k8s.AuthenticationV1Api).createSelfSubjectReview({ body: {} });
    assert.equal(asked.status?.userInfo?.username, `system:serviceaccount:${namespace}:default`);
    assert.equal((await code(asAccount.makeApiClient(k8s.CoreV1Api).listNode())).code, 403);
    assert.equal(await new k8s.Health(kc).readyz({}), true);
    assert.equal((await kc.makeApiClient(k8s.VersionApi).getCode()).minor, "36");
    // A group that nobody serves is a page not found, in text; this client wants to read it as JSON.
    await assert.rejects(new k8s.Metrics(kc).getNodeMetrics(), /Error occurred in metrics request/);
  });
});

describe("watching", { concurrency: 1 }, () => {
  test("an informer sees what happens, and goes on where it stopped", async () => {
    const list = () => core.listNamespacedConfigMap({ namespace, labelSelector: "watched" });
    const informer = k8s.makeInformer(kc, `/api/v1/namespaces/${namespace}/configmaps`, list, "watched");
    const seen: string[] = [];
    for (const verb of ["add", "update", "delete"] as const)
      informer.on(verb, (object) => void seen.push(`${verb} ${object.metadata?.name}`));
    const errors: unknown[] = [];
    informer.on("error", (error) => void errors.push(error));
    const labels = { watched: "" };
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: "w1", labels } } });
    await informer.start();
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: "w2", labels } } });
    await core.patchNamespacedConfigMap(
      { namespace, name: "w1", body: { data: { a: "b" } } },
      as(k8s.PatchStrategy.MergePatch),
    );
    await core.deleteNamespacedConfigMap({ namespace, name: "w2" });
    const expected = ["add w1", "add w2", "update w1", "delete w2"];
    await eventually("four events", async () => seen.length >= expected.length);
    assert.deepEqual(seen, expected);
    assert.deepEqual(errors, []);
    await informer.stop();
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: "w3", labels } } });
    await informer.start();
    await eventually("what came while it was away", async () => informer.get("w3", namespace));
    await informer.stop();
  });

  test("a watch that starts with everything there is, up to its mark", async () => {
    const watch = new k8s.Watch(kc);
    const phases: string[] = [];
    const marked = Promise.withResolvers<void>();
    const query = {
      sendInitialEvents: true,
      resourceVersionMatch: "NotOlderThan",
      allowWatchBookmarks: true,
      labelSelector: "page=y",
    };
    const stop = await watch.watch(
      `/api/v1/namespaces/${namespace}/secrets`,
      query,
      (phase, object: k8s.V1Secret) => {
        phases.push(phase);
        if (object.metadata?.annotations?.["k8s.io/initial-events-end"] === "true") marked.resolve();
      },
      (error) => marked.reject(error as Error),
    );
    await marked.promise;
    stop.abort();
    assert.deepEqual(phases, [...Array<string>(7).fill("ADDED"), "BOOKMARK"]);
  });
});

describe("streams", { concurrency: 1 }, () => {
  const pod = "box";
  const container = "main";
  before(async () => {
    const script =
      'echo begin; trap "exit 0" TERM; (while true; do echo -e "HTTP/1.0 200 OK\\r\\n\\r\\nhere" | nc -l -p 8080; done) & while read line; do echo "read $line"; done; while true; do sleep 1; done';
    await core.createNamespacedPod({
      namespace,
      body: {
        metadata: { name: pod },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: container,
              image: "busybox",
              imagePullPolicy: "IfNotPresent",
              stdin: true,
              command: ["sh", "-c", script],
            },
          ],
        },
      },
    });
    await eventually("a ready pod", async () => {
      const { status } = await core.readNamespacedPod({ namespace, name: pod });
      return status?.conditions?.some((c) => c.type === "Ready" && c.status === "True");
    });
  });
  const exec = async (command: readonly string[], stdin: PassThrough | null = null, tty = false) => {
    const out = new Sink();
    const err = new Sink();
    const status = await new Promise<k8s.V1Status>((resolve, reject) => {
      new k8s.Exec(kc).exec(namespace, pod, container, [...command], out, err, stdin, tty, resolve).catch(reject);
    });
    return { out: out.text, err: err.text, status };
  };

  test("exec: both outputs, input, exit codes, a terminal", async () => {
    const both = await exec(["sh", "-c", "echo out; echo err >&2"]);
    assert.deepEqual([both.out, both.err, both.status.status], ["out\n", "err\n", "Success"]);
    const failed = await exec(["sh", "-c", "exit 7"]);
    assert.equal(failed.status.reason, "NonZeroExitCode");
    assert.equal(failed.status.details?.causes?.find((c) => c.reason === "ExitCode")?.message, "7");
    const input = new PassThrough();
    const sorted = exec(["sort"], input);
    input.end("b\na\n");
    assert.equal((await sorted).out, "a\nb\n");
    assert.match((await exec(["tty"], null, true)).out, /^\/dev\/pts\/\d+\r\n$/);
  });

  test("attach and the log that goes on", async () => {
    const log = new Sink();
    log.on("pipe", (source: Readable) => source.on("error", () => undefined)); // the client leaves its end unhandled
    const stopLog = await new k8s.Log(kc).log(namespace, pod, container, log, { follow: true });
    const out = new Sink();
    const input = new PassThrough();
    const socket = await new k8s.Attach(kc).attach(namespace, pod, container, out, null, input, false);
    input.write("hello\n");
    await eventually("the answer at the terminal", async () => out.text.includes("read hello"));
    await eventually("the answer in the log", async () => log.text === "begin\nread hello\n");
    socket.close();
    stopLog.abort();
    const tail = await core.readNamespacedPodLog({ namespace, name: pod, container, tailLines: 1, timestamps: true });
    assert.match(tail, /^\d{4}-\d\d-\d\dT\S+Z read hello\n$/);
  });

  test("port-forward", async () => {
    const forward = new k8s.PortForward(kc);
    const server = createServer((socket) => {
      void forward.portForward(namespace, pod, [8080], socket, null, socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    socket.write("GET / HTTP/1.0\r\n\r\n");
    let text = "";
    socket.on("data", (chunk: Buffer) => (text += String(chunk)));
    try {
      await eventually("the answer", async () => text.includes("here"));
    } finally {
      socket.destroy();
      server.close();
    }
  });

  test("cp to a pod and back", async () => {
    const from = join(cluster.folder, "from");
    const back = join(cluster.folder, "back");
    mkdirSync(from);
    mkdirSync(back);
    const content = randomBytes(300_000);
    writeFileSync(join(from, "bytes"), content);
    const cp = new k8s.Cp(kc);
    // Neither waits for its end.
    await cp.cpToPod(namespace, pod, container, from, "/tmp");
    await eventually("the file in the pod", async () =>
      (await exec(["wc", "-c", "/tmp/bytes"])).out.startsWith("300000 "),
    );
    await cp.cpFromPod(namespace, pod, container, "bytes", back, "/tmp");
    await eventually("the file that came back", async () => readFileSync(join(back, "bytes")).equals(content));
  });

  test("eviction, and collections that go away", async () => {
    await core.createNamespacedPodEviction({ namespace, name: pod, body: { metadata: { name: pod } } });
    await eventually(
      "the pod to be gone",
      async () => (await code(core.readNamespacedPod({ namespace, name: pod }))).code === 404,
    );
    await core.deleteCollectionNamespacedSecret({ namespace, labelSelector: "page=y" });
    assert.equal((await core.listNamespacedSecret({ namespace, labelSelector: "page=y" })).items.length, 0);
    await core.deleteNamespace({ name: namespace });
    await eventually(
      "the namespace to be gone",
      async () => (await code(core.readNamespace({ name: namespace }))).code === 404,
    );
  });
});
