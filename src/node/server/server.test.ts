import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { WebSocket } from "ws";
import { systemClock } from "#base/clock.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import type { Span } from "#base/tracing/span.ts";
import { Tracer } from "#base/tracing/tracer.ts";
import { RuntimeError, type ContainerRuntime, type ProcessStreams } from "#node/runtime/runtime.ts";
import type { Pod } from "#node/pod/types.ts";
import { dialPortForward } from "#streams/dial-port-forward.ts";
import { dialRemoteCommand } from "#streams/dial-remote-command.ts";
import { exitCodeOf } from "#streams/remote-command.ts";
import { UpgradeRefused } from "#streams/upgrade.ts";
import { createTestPki, type TestKeys } from "../../../test/support/test-pki.ts";
import { createNodeServer, type NodeServer } from "./server.ts";

const pod = {
  metadata: { name: "p", namespace: "n", uid: "u" },
  spec: { containers: [{ name: "c" }] },
  status: { containerStatuses: [{ name: "c", containerID: "x://now", state: { running: {} } }] },
} as unknown as Pod;

/** Says its command, then exits with the number of words; "fail" cannot be started. */
function process(command: readonly string[]): ProcessStreams {
  if (command[0] === "fail") throw new RuntimeError("Unknown", "no such program");
  const said = async function* () {
    yield Buffer.from(command.join(" "));
  };
  return { stdout: said(), resize: () => undefined, done: Promise.resolve(command.length) };
}
const runtime = {
  exec: async (_: string, command: readonly string[]) => process(command),
  attach: async () => process([]),
  portForward: async () => {
    throw new RuntimeError("Unavailable", "error forwarding port 9 to pod abc, uid : connection refused");
  },
  stats: async () => [],
  imageFsUsage: async () => ({ usedBytes: 1, mountpoint: "" }),
} as unknown as ContainerRuntime;

describe("the node's server", () => {
  const stop = new AbortController();
  const dir = mkdtempSync(join(tmpdir(), "node-server-"));
  const log = join(dir, "0.log");
  let server: NodeServer;
  let running: Promise<void>;
  const spans: Span[] = [];
  let ca = "";
  let apiServer: TestKeys;
  let stranger: TestKeys;
  let foreign: TestKeys;
  before(async () => {
    const [pki, otherPki] = await Promise.all([createTestPki(), createTestPki()]);
    ca = pki.ca;
    const [serving, api, other, forged] = await Promise.all([
      pki.server("node"),
      pki.client("kube-apiserver-kubelet-client"),
      pki.client("somebody"),
      otherPki.client("kube-apiserver-kubelet-client"),
    ]);
    [apiServer, stranger, foreign] = [api, other, forged];
    writeFileSync(log, "2026-01-01T00:00:00Z stdout F one\n2026-01-01T00:00:00Z stderr F two\n");
    const located = { pod, sandboxId: "s", logPath: () => log };
    const pods = {
      find: (namespace: string, name: string) => (namespace === "n" && name === "p" ? located : undefined),
      list: () => [pod],
      ended: () => Promise.resolve(),
    };
    const tls = { ...serving, clientCa: ca };
    server = createNodeServer({
      nodeName: "node",
      host: "127.0.0.1",
      port: 0,
      tls,
      runtime,
      pods,
      podsDir: dir,
      metrics: () => "m 1\n",
      clock: systemClock,
      log: silentLog,
      tracer: new Tracer({
        clock: systemClock,
        random: seededRandom(1),
        samplesPerMillion: 0,
        sink: (s) => spans.push(s),
      }),
    });
    running = server.run(stop.signal);
    await server.ready;
  });
  after(async () => {
    stop.abort();
    await running;
    rmSync(dir, { recursive: true, force: true });
  });

  const url = (path: string): string => `https://127.0.0.1:${server.port}${path}`;
  const ask = (path: string, keys?: TestKeys, headers = {}): Promise<[number, string]> =>
    new Promise((resolve, reject) => {
      get(url(path), { ca, ...keys, headers, agent: false }, (response) => {
        text(response).then((body) => resolve([response.statusCode!, body]), reject);
      }).on("error", reject);
    });
  const dial = () => ({ clock: systemClock, tls: { ca, ...apiServer } });
  const all = { stdin: false, stdout: true, stderr: true, tty: false };
  const signal = AbortSignal.timeout(20_000);

  it("is part of the trace that a request belongs to", async () => {
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    assert.deepEqual(await ask("/containerLogs/n/p/c", apiServer, { traceparent }), [200, "one\ntwo\n"]);
    const [span] = spans;
    assert.deepEqual([span?.name, span?.kind, span?.parentId], ["/containerLogs", "server", "b".repeat(16)]);
    assert.equal(span?.attributes.get("http.response.status_code"), 200);
    await ask("/healthz");
    assert.equal(spans.length, 1);
  });

  it("lets in who may, and anybody to /healthz", async () => {
    assert.deepEqual(await ask("/healthz"), [200, "ok"]);
    assert.deepEqual(await ask("/pods"), [401, "Unauthorized"]);
    assert.deepEqual(await ask("/pods", foreign), [401, "Unauthorized"]);
    assert.deepEqual(await ask("/stats/summary", stranger), [
      403,
      "Forbidden (user=somebody, verb=get, resource=nodes, subresource=stats)",
    ]);
    assert.equal((await ask("/pods", apiServer))[0], 200);
    assert.equal((await ask("/nothing", apiServer))[0], 404);
    assert.equal((await ask("/nothing"))[0], 401);
  });
  it("takes long commands", async () => {
    const query = `command=echo&command=${"a".repeat(60_000)}`;
    assert.equal((await ask(`/exec/n/p/c?${query}`, apiServer))[0], 400, "for it is no upgrade");
  });
  it("lists pods, figures and metrics", async () => {
    const list = JSON.parse((await ask("/pods", apiServer))[1]) as { kind: string; items: unknown[] };
    assert.deepEqual([list.kind, list.items], ["PodList", [pod]]);
    const summary = JSON.parse((await ask("/stats/summary", apiServer))[1]) as { node: { nodeName: string } };
    assert.equal(summary.node.nodeName, "node");
    const [code, metrics] = await ask("/metrics", apiServer);
    assert.equal(code, 200);
    assert.match(metrics, /^m 1$/m);
    assert.match(metrics, /^kubelet_node_name\{node="[^"]+"\} 1$/m);
    assert.match(metrics, /^kubelet_running_pods 1$/m);
    assert.match(metrics, /^kubelet_running_containers\{container_state="running"\} 1$/m);
    assert.match((await ask("/metrics/resource", apiServer))[1], /^node_cpu_usage_seconds_total \d/m);
  });
  it("gives logs, or says why not", async () => {
    assert.deepEqual(await ask("/containerLogs/n/p/c", apiServer), [200, "one\ntwo\n"]);
    assert.deepEqual(await ask("/containerLogs/n/p/c?follow=true&tailLines=1", apiServer), [200, "two\n"]);
    assert.deepEqual(await ask("/containerLogs/n/x/c", apiServer), [404, 'pod "x" does not exist']);
    assert.equal((await ask("/containerLogs/n/p/c?previous=true", apiServer))[0], 400);
    assert.equal((await ask("/containerLogs/n/p/c?tailLines=-1", apiServer))[0], 422);
  });
  it("gives logs over a WebSocket", async () => {
    for (const [protocol, want] of [
      ["binary.k8s.io", "one\ntwo\n"],
      ["base64.binary.k8s.io", Buffer.from("one\ntwo\n").toString("base64")],
    ]) {
      const socket = new WebSocket(url("/containerLogs/n/p/c").replace("https", "wss"), protocol, { ca, ...apiServer });
      let got = "";
      socket.on("message", (data: Buffer) => (got += data.toString()));
      await new Promise((resolve) => socket.on("close", resolve));
      assert.equal(got, want);
    }
  });
  it("runs commands and tells their end", async () => {
    const ran = await dialRemoteCommand(
      { ...dial(), url: url("/exec/n/p/c?output=1&error=1&command=a&command=b") },
      all,
      signal,
    );
    assert.equal(await text(ran.stdout!), "a b");
    assert.equal(exitCodeOf(await ran.status), 2);
    const failed = await dialRemoteCommand(
      { ...dial(), url: url("/exec/n/p/c?output=1&error=1&command=fail") },
      all,
      signal,
    );
    const status = await failed.status;
    assert.equal(status.message, "Internal error occurred: error executing command in container: no such program");
    assert.deepEqual([status.reason, status.code], ["InternalError", 500]);
  });
  it("refuses streams that cannot be", async () => {
    const refusals: [path: string, status: number, body: string][] = [
      ["/exec/n/x/c?output=1", 404, "pod does not exist"],
      ["/exec/n/p/other?output=1", 500, 'container not found ("other")'],
      ["/exec/n/p/c", 400, "you must specify at least 1 of stdin, stdout, stderr"],
      ["/exec/n/p/wrong-uid/c?output=1", 404, "pod does not exist"],
      ["/pods", 400, "this path cannot be upgraded"],
    ];
    for (const [path, status, body] of refusals)
      await assert.rejects(dialRemoteCommand({ ...dial(), url: url(path) }, all, signal), (error) => {
        assert.ok(error instanceof UpgradeRefused);
        assert.deepEqual([error.status, error.body], [status, body]);
        return true;
      });
    assert.deepEqual(await ask("/exec/n/p/c?output=1", apiServer), [400, "Upgrade request required"]);
  });
  it("tells why a port cannot be reached", async () => {
    const connection = await dialPortForward({ ...dial(), url: url("/portForward/n/p") }, 9, signal);
    await assert.rejects(text(connection), { message: "error forwarding port 9 to pod p, uid u: connection refused" });
  });
});
