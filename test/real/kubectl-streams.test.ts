// Real kubectl, old (SPDY) and new (WebSocket), through the API server and the node's server to containers: exec, attach,
// cp, logs, port-forward and the proxies.
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { WebSocket } from "ws";
import { Pod } from "#api/core/pod.ts";
import { Service } from "#api/core/service.ts";
import { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import { systemClock } from "#base/clock.ts";
import { silentLog } from "#base/log.ts";
import { createCriRuntime } from "#node/runtime/cri/runtime.ts";
import type { ContainerRuntime } from "#node/runtime/runtime.ts";
import type { LocatedPod, PodLookup } from "#node/server/pod-lookup.ts";
import { canRunContainerd, startTestContainerd, type TestContainerd } from "../support/containerd.ts";
import { createPods, type TestPods } from "../support/cri-pods.ts";
import { startStreamCluster, type StreamCluster } from "../support/stream-cluster.ts";
import { kubectlPath, kubectlReleases, type KubectlRelease } from "../support/tools.ts";

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe("kubectl streams", { skip: canRunContainerd() ? false : "needs root, containerd and runc" }, () => {
  const signal = AbortSignal.timeout(150_000);
  const located = new Map<string, LocatedPod>();
  const dir = mkdtempSync(join(tmpdir(), "kubectl-"));
  let containerd: TestContainerd;
  let runtime: ContainerRuntime;
  let pods: TestPods;
  let cluster: StreamCluster;

  const lookup: PodLookup = {
    find: (namespace, name) => located.get(`${namespace}/${name}`),
    list: () => [...located.values()].map((l) => l.pod),
    async ended(id, stop) {
      for await (const _ of runtime.events(stop)) {
        const { containers } = await runtime.observe(undefined, stop);
        if (containers.find((c) => c.id === id)?.state !== "running") return;
      }
    },
  };
  /** A running pod that the API server and the node know. */
  async function runPod(
    name: string,
    command: readonly string[],
    more: Parameters<TestPods["run"]>[1] = {},
  ): Promise<void> {
    const made = await pods.run(command, more);
    const containers = [
      { name: "main", image: "busybox", command: [...command], stdin: more.stdin ?? false, tty: more.tty ?? false },
    ];
    await cluster.client.create(Pod, {
      metadata: { name, namespace: "default" },
      spec: { nodeName: "node-1", containers },
    });
    const { sandboxes, containers: found } = await runtime.observe(made.podUid, signal);
    const containerID = `containerd://${made.container}`;
    const status = {
      phase: "Running",
      podIP: sandboxes[0]!.ips[0]!,
      podIPs: [{ ip: sandboxes[0]!.ips[0]! }],
      containerStatuses: [
        {
          name: "main",
          image: "busybox",
          imageID: "",
          ready: true,
          restartCount: 0,
          containerID,
          state: { running: { startedAt: "2026-01-01T00:00:00Z" } },
        },
      ],
    };
    const options = { subresource: "status" };
    const pod = await cluster.client.patch(
      Pod,
      { namespace: "default", name },
      { type: "merge", patch: { status } },
      options,
    );
    const logPath = found[0]!.logPath;
    located.set(`default/${name}`, {
      pod,
      sandboxId: made.sandbox,
      logPath: (id) => (id === made.container ? logPath : undefined),
    });
  }
  function start(release: KubectlRelease, args: readonly string[]): ChildProcess {
    const env = { ...process.env, KUBECONFIG: cluster.kubeconfig, HOME: dir };
    return spawn(kubectlPath(release), [...args], { env, stdio: ["pipe", "pipe", "pipe"] });
  }
  async function kubectl(release: KubectlRelease, args: readonly string[], input = ""): Promise<Outcome> {
    const child = start(release, args);
    child.stdin!.on("error", () => undefined).end(input);
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const [out, err] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
    return { code: await ended, out, err };
  }

  before(async () => {
    containerd = await startTestContainerd({ index: 9 });
    runtime = createCriRuntime({ socket: containerd.layout.containerd.socket, clock: systemClock, log: silentLog });
    pods = createPods(runtime, containerd.layout, signal);
    cluster = await startStreamCluster({ runtime, pods: lookup, podsDir: dir });
    await runPod("web", [
      "sh",
      "-c",
      "echo started; echo problem >&2; echo hello > /tmp/index.html; exec httpd -f -p 8080 -h /tmp",
    ]);
    await runPod("talker", ["sh", "-c", "i=0; while read line; do echo line $line; done; sleep 1000"], {
      stdin: true,
      stdinOnce: false,
    });
  });
  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await containerd?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  for (const release of kubectlReleases) {
    describe(`kubectl 1.${release}`, () => {
      it("exec: output, errors and exit code", async () => {
        const done = await kubectl(release, ["exec", "web", "--", "sh", "-c", "echo out; echo err >&2; exit 3"]);
        assert.deepEqual([done.out, done.code], ["out\n", 3]);
        assert.equal(done.err, "err\ncommand terminated with exit code 3\n");
      });
      it("exec -i: input ends and output goes on", async () => {
        const done = await kubectl(release, ["exec", "-i", "web", "--", "sort"], "b\na\n");
        assert.deepEqual(done, { code: 0, out: "a\nb\n", err: "" });
      });
      it("exec -i: a large input and output", async () => {
        const done = await kubectl(release, ["exec", "-i", "web", "--", "cat"], "0123456789abcdef".repeat(500_000));
        assert.deepEqual([done.code, done.out.length, done.err], [0, 8_000_000, ""]);
      });
      it("exec: a program that is not there", async () => {
        const done = await kubectl(release, ["exec", "web", "--", "/no/such"]);
        assert.notEqual(done.code, 0);
        assert.match(
          done.err,
          /^error: Internal error occurred: error executing command in container: failed to exec in container: /,
        );
      });
      it("exec: a container or pod that is not there", async () => {
        assert.match(
          (await kubectl(release, ["exec", "web", "-c", "other", "--", "true"])).err,
          /container other is not valid for pod web/,
        );
        assert.match((await kubectl(release, ["exec", "nope", "--", "true"])).err, /pods "nope" not found/);
      });
      it("cp: there and back", async () => {
        const file = join(dir, `file-${release}`);
        const content = `content ${release}\n`.repeat(50_000);
        writeFileSync(file, content);
        const there = await kubectl(release, ["cp", file, `web:/tmp/copied-${release}`]);
        assert.deepEqual([there.code, there.err], [0, ""]);
        const back = await kubectl(release, ["cp", `web:/tmp/copied-${release}`, `${file}.back`]);
        assert.equal(back.code, 0, back.err);
        assert.equal(readFileSync(`${file}.back`, "utf8"), content);
      });
      it("logs: all, tail, time stamps, bytes", async () => {
        const all = await kubectl(release, ["logs", "web"]);
        assert.deepEqual(all.out.split("\n").toSorted(), ["", "problem", "started"]);
        const tail = await kubectl(release, ["logs", "web", "--tail=1", "--timestamps"]);
        assert.match(tail.out, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z \w+\n$/);
        assert.equal((await kubectl(release, ["logs", "web", "--limit-bytes=4"])).out.length, 4);
        assert.match(
          (await kubectl(release, ["logs", "web", "--previous"])).err,
          /BadRequest\): previous terminated container "main" in pod "web" not found/,
        );
      });
      it("attach -i, and logs -f see the same", async () => {
        const following = start(release, ["logs", "-f", "talker", "--since=1s"]);
        const attached = start(release, ["attach", "-i", "talker"]);
        const word = `word-${release}`;
        let said = "";
        attached.stdin!.write(`${word}\n`);
        for await (const chunk of attached.stdout!) if ((said += String(chunk)).includes(`line ${word}\n`)) break;
        let logged = "";
        for await (const chunk of following.stdout!) if ((logged += String(chunk)).includes(`line ${word}\n`)) break;
        for (const child of [attached, following]) {
          child.kill();
          await new Promise((resolve) => child.once("close", resolve));
        }
      });
      it("port-forward: several connections at once, and a port that refuses", async () => {
        const child = start(release, ["port-forward", "pod/web", ":8080", ":9999"]);
        const errors = text(child.stderr!);
        const ports: number[] = [];
        let said = "";
        await new Promise<void>((resolve) =>
          child.stdout!.on("data", (chunk) => {
            said += String(chunk);
            ports.splice(0, ports.length, ...[...said.matchAll(/127\.0\.0\.1:(\d+) ->/g)].map((m) => Number(m[1])));
            if (ports.length === 2) resolve();
          }),
        );
        const bodies = await Promise.all(
          [1, 2, 3].map(async () => (await fetch(`http://127.0.0.1:${ports[0]}/`)).text()),
        );
        assert.deepEqual(bodies, ["hello\n", "hello\n", "hello\n"]);
        const refused = connect(ports[1]!, "127.0.0.1");
        await new Promise((resolve) => refused.on("error", resolve).on("close", resolve).resume());
        child.kill();
        assert.match(await errors, /error forwarding port 9999 to pod web, uid \S+: .*connection refused/);
      });
    });
  }
  it("the proxies reach the pod, its Service and the node", async () => {
    const raw = async (path: string): Promise<string> => {
      const done = await kubectl("33", ["get", "--raw", path]);
      return done.out || done.err;
    };
    const base = "/api/v1/namespaces/default";
    assert.equal(await raw(`${base}/pods/web:8080/proxy/`), "hello\n");
    assert.match(
      await raw(`${base}/pods/web:9999/proxy/`),
      /ServiceUnavailable.*error trying to reach service: dial tcp \S+:9999: connect: connection refused/s,
    );
    assert.equal(await raw("/api/v1/nodes/node-1/proxy/healthz"), "ok");
    const summary = JSON.parse(await raw("/api/v1/nodes/node-1/proxy/stats/summary")) as { node: { nodeName: string } };
    assert.equal(summary.node.nodeName, "node-1");

    assert.match(await raw(`${base}/services/web:80/proxy/`), /NotFound.*services "web" not found/);
    const metadata = { name: "web", namespace: "default", labels: { "kubernetes.io/service-name": "web" } };
    await cluster.client.create(Service, {
      metadata,
      spec: { clusterIP: "None", ports: [{ name: "http", port: 80 }] },
    });
    assert.match(await raw(`${base}/services/web:80/proxy/`), /no endpoints available for service "web:80"/);
    const { pod } = located.get("default/web")!;
    await cluster.client.create(EndpointSlice, {
      metadata,
      addressType: "IPv4",
      ports: [{ name: "http", port: 8080, protocol: "TCP" }],
      endpoints: [
        {
          addresses: [pod.status.podIP!],
          conditions: { ready: true },
          targetRef: { kind: "Pod", name: "web", namespace: "default" },
        },
      ],
    });
    for (const name of ["web:80", "web:http", "http:web:http"])
      assert.equal(await raw(`${base}/services/${name}/proxy/index.html`), "hello\n");
  });
  it("WebSocket clients: a log as one text, a command with channel bytes", async () => {
    const admin = await cluster.pki.client("admin", "system:masters");
    const messages = async (path: string, protocol: string): Promise<Buffer[]> => {
      const url = `${cluster.url.replace("https", "wss")}/api/v1/namespaces/default/pods/web/${path}`;
      const socket = new WebSocket(url, protocol, { ca: cluster.pki.ca, ...admin });
      const got: Buffer[] = [];
      socket.on("message", (data: Buffer) => got.push(data));
      await new Promise((resolve, reject) => socket.on("close", resolve).on("error", reject));
      return got;
    };
    const log = Buffer.concat(await messages("log?container=main", "binary.k8s.io")).toString();
    assert.deepEqual(log.split("\n").toSorted(), ["", "problem", "started"]);
    const said = await messages("exec?stdout=1&stderr=1&command=echo&command=remote&container=main", "channel.k8s.io");
    assert.ok(said.every((message) => message[0] === 1));
    assert.equal(Buffer.concat(said.map((message) => message.subarray(1))).toString(), "remote\n");
  });
  it("20 MB through a forwarded port", async () => {
    const child = start("35", ["port-forward", "pod/web", ":8080"]);
    const port = await new Promise<string>((resolve) =>
      child.stdout!.on("data", (chunk) => resolve(/:(\d+) ->/.exec(String(chunk))?.[1] ?? "")),
    );
    await kubectl("35", ["exec", "web", "--", "dd", "if=/dev/zero", "of=/tmp/large", "bs=1M", "count=20"]);
    const body = await (await fetch(`http://127.0.0.1:${port}/large`)).arrayBuffer();
    child.kill();
    assert.equal(body.byteLength, 20 << 20);
  });
});
