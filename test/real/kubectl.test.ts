// What people type, with real kubectl of the oldest and the newest releases that are supported.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually, startRealCluster, type RealCluster } from "../support/real-cluster.ts";
import type { KubectlRelease } from "../support/tools.ts";

let cluster: RealCluster;
before(async () => {
  cluster = await startRealCluster("kubectl", { pulled: ["busybox", "nginx"] });
});
after(() => cluster[Symbol.asyncDispose]());

for (const release of ["27", "33", "35"] as const satisfies readonly KubectlRelease[])
  describe(`kubectl 1.${release}`, { concurrency: 1 }, () => {
    const ns = `r${release}`;
    const raw = (...args: readonly string[]) => cluster.kubectlOf(release, ["-n", ns, ...args]);
    const k = async (...args: readonly string[]): Promise<string> => {
      const outcome = await raw(...args);
      assert.equal(outcome.code, 0, `kubectl ${args.join(" ")}: ${outcome.stderr}`);
      return outcome.stdout;
    };
    const file = (name: string, content: string): string => {
      const folder = join(cluster.folder, ns);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };

    test("create, expose, look", async () => {
      await k("create", "namespace", ns);
      await k("create", "deployment", "hello", "--image=nginx", "--replicas=2");
      await k("rollout", "status", "deploy/hello", "--timeout=60s");
      await k("expose", "deployment", "hello", "--type=NodePort", "--port=80");
      assert.match(await k("get", "all", "-A"), /deployment\.apps\/hello\s+2\/2\s+2\s+2/);
      assert.match(
        await k("get", "events"),
        /Normal\s+ScalingReplicaSet\s+deployment\/hello\s+Scaled up replica set hello-\S+ (from 0 )?to 2/,
      );
      const described = await k("describe", "pod", "-l", "app=hello");
      assert.match(described, /Status:\s+Running/);
      assert.match(described, /Successfully assigned/);
      assert.match(described, /Container image "nginx" already present on machine|Successfully pulled image "nginx"/);
      assert.match(await k("describe", "deploy", "hello"), /NewReplicaSet:\s+hello-\S+ \(2\/2 replicas created\)/);
      assert.match(await k("describe", "node"), /Allocated resources/);
      assert.match(await k("cluster-info"), /Kubernetes control plane.* is running at/);
      await k("wait", "--for=condition=ready", "pod", "-l", "app=hello", "--timeout=30s");
    });

    test("every form of output", async () => {
      assert.equal(JSON.parse(await k("get", "deploy", "hello", "-o", "json")).spec.replicas, 2);
      assert.match(await k("get", "deploy", "hello", "-o", "yaml"), /^apiVersion: apps\/v1$/m);
      assert.equal(await k("get", "deploy", "-o", "name"), "deployment.apps/hello\n");
      assert.equal(
        await k("get", "deploy", "hello", "-o", "jsonpath={.spec.template.spec.containers[0].image}"),
        "nginx",
      );
      assert.match(await k("get", "svc", "hello", "-o", "go-template={{(index .spec.ports 0).nodePort}}"), /^3\d{4}$/);
      assert.match(
        await k("get", "pods", "-o", "custom-columns=NAME:.metadata.name,PHASE:.status.phase"),
        /hello-\S+\s+Running/,
      );
      assert.match(await k("get", "pods", "--show-labels", "--sort-by=.metadata.name"), /app=hello,pod-template-hash=/);
      assert.match(
        await k("get", "pods", "-l", "app=hello,env!=prod", "--field-selector=status.phase=Running"),
        /hello-/,
      );
      assert.match(await k("api-resources"), /deployments\s+deploy\s+apps\/v1\s+true\s+Deployment/);
      assert.match(await k("api-versions"), /^apps\/v1$/m);
      assert.match(await k("explain", "deployment.spec.strategy"), /rollingUpdate/);
      assert.match(await k("explain", "pod.spec", "--recursive"), /terminationGracePeriodSeconds/);
    });

    test("rollouts: set image, history, undo, pause, resume, restart", async () => {
      await k("set", "image", "deploy/hello", "nginx=nginx:latest");
      await k("rollout", "status", "deploy/hello", "--timeout=60s");
      assert.match(await k("rollout", "history", "deploy/hello"), /^2\s/m);
      await k("rollout", "undo", "deploy/hello");
      await k("rollout", "status", "deploy/hello", "--timeout=60s");
      assert.equal(
        await k("get", "deploy", "hello", "-o", "jsonpath={.spec.template.spec.containers[0].image}"),
        "nginx",
      );
      await k("rollout", "pause", "deploy/hello");
      await k("set", "env", "deploy/hello", "A=b");
      await k("rollout", "resume", "deploy/hello");
      await k("rollout", "status", "deploy/hello", "--timeout=60s");
      await k("rollout", "restart", "deploy/hello");
      await k("rollout", "status", "deploy/hello", "--timeout=60s");
      await k("scale", "deploy/hello", "--replicas=3", "--current-replicas=2");
      await k("rollout", "status", "deploy/hello", "--timeout=60s");
      await k("label", "deploy", "hello", "tier=web");
      await k("annotate", "deploy", "hello", "note=x");
      await k("patch", "deploy", "hello", "-p", '{"spec":{"replicas":1}}');
      await k("patch", "deploy", "hello", "--type=json", "-p", '[{"op":"remove","path":"/metadata/labels/tier"}]');
      assert.equal(await k("get", "deploy", "hello", "-o", "jsonpath={.spec.replicas}{.metadata.labels.tier}"), "1");
    });

    test("apply, diff, replace, delete from files", async () => {
      const manifest = (value: string): string =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  key: ${value}\n`;
      const path = file("c.yaml", manifest("one"));
      assert.match(await k("apply", "-f", path), /configmap\/c created/);
      assert.match(await k("apply", "-f", path), /configmap\/c unchanged/);
      file("c.yaml", manifest("two"));
      const diff = await raw("diff", "-f", path);
      assert.equal(diff.code, 1, diff.stderr);
      assert.match(diff.stdout, /^\+\s+key: two$/m);
      assert.match(await k("apply", "-f", path), /configmap\/c configured/);
      file("c.yaml", manifest("three"));
      assert.match(await k("replace", "-f", path), /configmap\/c replaced/);
      assert.match(await k("apply", "--server-side", "--force-conflicts", "-f", path), /serverside-applied/);
      const wrong = await raw(
        "apply",
        "-f",
        file("wrong.yaml", `${manifest("x").replace("name: c", "name: d")}nope: 1\n`),
      );
      assert.notEqual(wrong.code, 0);
      assert.match(wrong.stderr, /unknown field "nope"/);
      assert.match(await k("delete", "-f", path), /configmap "c" deleted/);
      const gone = await raw("get", "cm", "c");
      assert.match(gone.stderr, /Error from server \(NotFound\): configmaps "c" not found/);
    });

    test("inside: exec, cp, logs, port-forward, attach, run", async () => {
      await k(
        "run",
        "box",
        "--image=busybox",
        "--restart=Never",
        "--image-pull-policy=IfNotPresent",
        "--",
        "sh",
        "-c",
        "trap exit TERM; echo started; while true; do sleep 1; done",
      );
      await k("wait", "--for=condition=ready", "pod/box", "--timeout=30s");
      assert.equal(await k("exec", "box", "--", "sh", "-c", "echo out; echo err >&2"), "out\n");
      const failed = await raw("exec", "box", "--", "sh", "-c", "exit 7");
      assert.equal(failed.code, 7);
      const piped = await cluster.kubectlOf(release, ["-n", ns, "exec", "-i", "box", "--", "sort"], "b\na\n");
      assert.equal(piped.stdout, "a\nb\n", piped.stderr);
      assert.equal(await k("logs", "box"), "started\n");
      assert.match(await k("logs", "box", "--timestamps", "--tail=1"), /^\d{4}-\d\d-\d\dT\S+ started\n$/);
      const source = file("sent.txt", "some content\n");
      await k("cp", source, `${ns}/box:/tmp/received.txt`);
      const back = join(cluster.folder, ns, "back.txt");
      await k("cp", `${ns}/box:/tmp/received.txt`, back);
      assert.equal(readFileSync(back, "utf8"), "some content\n");
      const forward = cluster.kubectlProcess(["-n", ns, "port-forward", "deploy/hello", ":80"], release);
      try {
        const port = await new Promise<string>((resolve, reject) => {
          let text = "";
          forward.stdout!.on("data", (chunk: Buffer) => {
            text += String(chunk);
            const found = /127\.0\.0\.1:(\d+) -> 80/.exec(text);
            if (found) resolve(found[1]!);
          });
          forward.once("exit", () => reject(new Error(`port-forward ended: ${text}`)));
        });
        const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
        assert.match(page, /Welcome to nginx/);
      } finally {
        forward.kill();
      }
    });

    test("watches, permissions, and a clear answer where there are no metrics", async () => {
      const watching = cluster.kubectlProcess(["-n", ns, "get", "cm", "-w", "-o", "name"], release);
      try {
        let seen = "";
        watching.stdout!.on("data", (chunk: Buffer) => (seen += String(chunk)));
        await eventually("the first objects", async () => seen.includes("kube-root-ca.crt"));
        await k("create", "configmap", "watched", "--from-literal=a=b");
        await eventually("the new object", async () => seen.includes("configmap/watched"));
      } finally {
        watching.kill();
      }
      assert.match(await k("auth", "can-i", "create", "pods"), /yes/);
      const no = await raw("auth", "can-i", "create", "pods", "--as", "system:serviceaccount:default:default");
      assert.match(no.stdout, /no/);
      const refused = await raw("get", "pods", "--as", "bob");
      assert.match(
        refused.stderr,
        new RegExp(
          `pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "${ns}"`,
        ),
      );
      const top = await raw("top", "nodes");
      assert.match(top.stderr, /Metrics API not available/);
      assert.match(await k("create", "token", "default"), /^eyJ/);
      await k("delete", "namespace", ns, "--timeout=60s");
      assert.match((await raw("get", "namespace", ns)).stderr, /not found/);
    });
  });
