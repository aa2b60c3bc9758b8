import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { VirtualClock } from "#base/clock.fake.ts";
import { systemClock } from "#base/clock.ts";
import { seededRandom } from "#base/random.ts";
import { viewOf } from "#node/plan/pod-view.ts";
import { observedOf, testContainer, testPod, testRun } from "#node/pod/pod.fake.ts";
import type { Container, Probe } from "#node/pod/types.ts";
import { PodProbes } from "./pod-probes.ts";
import { afterOutcome, initialProbe, type ProbeKind, type ProbeOutcome } from "./probe-state.ts";
import { createProber, type ProbeReport } from "./prober.ts";
import { RuntimeError, type ContainerRuntime } from "#node/runtime/runtime.ts";

const signal = new AbortController().signal;

describe("probe state", () => {
  /** s, f and u: outcomes. The verdict after each, as S, F or -; "!" when it is over. */
  const cases: [string, ProbeKind, Probe, string, string][] = [
    ["liveness fails after three", "liveness", {}, "ffsfff", "S S S S S F!"],
    ["liveness with threshold one", "liveness", { failureThreshold: 1 }, "sf", "S F!"],
    ["readiness comes and goes", "readiness", {}, "sfffs", "S S S F S"],
    ["readiness with two successes", "readiness", { successThreshold: 2 }, "sfss", "F F F S"],
    ["startup succeeds once", "startup", { failureThreshold: 2 }, "fsf", "- S! S!"],
    ["startup fails", "startup", { failureThreshold: 2 }, "ff", "- F!"],
    ["unknown counts for nothing", "liveness", { failureThreshold: 2 }, "fuf", "S S F!"],
  ];
  const outcomes: Record<string, ProbeOutcome> = { s: "success", f: "failure", u: "unknown" };
  for (const [name, kind, probe, sequence, expected] of cases)
    it(name, () => {
      let state = initialProbe(kind);
      const seen = [...sequence].map((c) => {
        state = afterOutcome(state, kind, probe, outcomes[c]!);
        return `${state.verdict?.[0] ?? "-"}${state.isOver ? "!" : ""}`;
      });
      assert.equal(seen.join(" "), expected);
    });
});

describe("prober", () => {
  const http = createServer((request, response) => {
    const code = /^\/code\/(\d+)$/.exec(request.url ?? "")?.[1];
    if (request.url === "/slow") return;
    if (request.url === "/here") response.writeHead(302, { location: "/code/200" });
    else if (request.url === "/away") response.writeHead(302, { location: "http://example.com/" });
    else response.writeHead(Number(code ?? 200));
    response.end(JSON.stringify(request.headers));
  });
  const rpc = new Server();
  let port = 0;
  let rpcPort = 0;
  let closed = 0;
  before(async () => {
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    port = (http.address() as AddressInfo).port;
    const probe = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => probe.once("listening", resolve));
    closed = (probe.address() as AddressInfo).port;
    await new Promise((resolve) => probe.close(resolve));
    rpc.addService(
      {
        check: {
          path: "/grpc.health.v1.Health/Check",
          requestStream: false,
          responseStream: false,
          requestSerialize: (b: Buffer) => b,
          requestDeserialize: (b: Buffer) => b,
          responseSerialize: (b: Buffer) => b,
          responseDeserialize: (b: Buffer) => b,
        },
      },
      {
        check: (call: { request: Buffer }, reply: (error: null, answer: Buffer) => void) =>
          reply(null, Buffer.from([0x08, call.request.subarray(2).toString() === "bad" ? 2 : 1])),
      },
    );
    rpcPort = await new Promise<number>((resolve, reject) =>
      rpc.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
  });
  after(async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    rpc.forceShutdown();
  });
  const run = (probe: Probe, runtime: Partial<ContainerRuntime> = {}): Promise<ProbeReport> =>
    createProber({ runtime: runtime as ContainerRuntime, clock: systemClock }).probe(
      probe,
      {
        container: testContainer("c", { ports: [{ name: "web", containerPort: port }] }),
        containerId: "c-0",
        podIP: "127.0.0.1",
      },
      signal,
    );
  it("http: success, and headers", async () => {
    const report = await run({
      httpGet: {
        port: "web",
        path: "/x",
        httpHeaders: [
          { name: "Host", value: "me" },
          { name: "X-A", value: "1" },
        ],
      },
    });
    assert.equal(report.outcome, "success");
    const headers = JSON.parse(report.output) as Record<string, string>;
    assert.deepEqual([headers["user-agent"], headers["host"], headers["x-a"]], ["kube-probe/1.36", "me", "1"]);
  });
  it("http: other answers", async () => {
    const get = (path: string): Promise<ProbeReport> => run({ httpGet: { port, path } });
    assert.deepEqual(await get("/code/500"), { outcome: "failure", output: "HTTP probe failed with statuscode: 500" });
    assert.equal((await get("/code/399")).outcome, "success");
    assert.equal((await get("/here")).outcome, "success");
    assert.equal((await get("/away")).warning, true);
  });
  it("http: refused, too slow, no such port", async () => {
    assert.deepEqual(await run({ httpGet: { port: closed, path: "/" } }), {
      outcome: "failure",
      output: `Get "http://127.0.0.1:${closed}/": dial tcp 127.0.0.1:${closed}: connect: connection refused`,
    });
    assert.deepEqual(await run({ httpGet: { port, path: "/slow" }, timeoutSeconds: 0.05 }), {
      outcome: "failure",
      output: `Get "http://127.0.0.1:${port}/slow": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    });
    assert.equal((await run({ httpGet: { port: "none" } })).outcome, "unknown");
  });
  it("tcp", async () => {
    assert.equal((await run({ tcpSocket: { port } })).outcome, "success");
    assert.deepEqual(await run({ tcpSocket: { port: closed } }), {
      outcome: "failure",
      output: `dial tcp 127.0.0.1:${closed}: connect: connection refused`,
    });
  });
  it("grpc", async () => {
    assert.equal((await run({ grpc: { port: rpcPort } })).outcome, "success");
    assert.deepEqual(await run({ grpc: { port: rpcPort, service: "bad" } }), {
      outcome: "failure",
      output: 'service unhealthy (responded with "NOT_SERVING")',
    });
    assert.match((await run({ grpc: { port: closed } })).output, /^timeout: failed to connect service "127\.0\.0\.1:/);
  });
  it("exec", async () => {
    const answer = (exitCode: number) => ({
      execSync: async () => ({ exitCode, stdout: Buffer.from("out"), stderr: Buffer.from("err") }),
    });
    const exec = { command: ["a", "b"] };
    assert.deepEqual(await run({ exec }, answer(0)), { outcome: "success", output: "outerr" });
    assert.deepEqual(await run({ exec }, answer(2)), { outcome: "failure", output: "outerr" });
    const late = { execSync: () => Promise.reject(new RuntimeError("DeadlineExceeded", "x")) };
    assert.deepEqual(await run({ exec }, late), {
      outcome: "failure",
      output: 'command timed out: "a b" timed out after 1s',
    });
    const broken = { execSync: () => Promise.reject(new RuntimeError("Unknown", "no container")) };
    assert.deepEqual(await run({ exec }, broken), { outcome: "unknown", output: "no container" });
  });
});

describe("probes of a pod", () => {
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  function bench(container: Partial<Container>, status: object = {}) {
    const clock = new VirtualClock();
    const said: string[] = [];
    const made: string[] = [];
    let outcome: ProbeOutcome = "success";
    let changes = 0;
    const c = testContainer("c", container);
    const pod = testPod({ containers: [c] }, { status });
    const prober = {
      probe: async (probe: Probe): Promise<ProbeReport> => {
        made.push(`${probe.exec?.command?.[0]}@${(clock.monotonic() / 1000).toFixed(0)}`);
        return { outcome, output: "why" };
      },
    };
    const events = {
      event: (_: unknown, type: string, reason: string, message: string) =>
        void said.push(`${type} ${reason} ${message}`),
    };
    const probes = new PodProbes({ prober, clock, random: seededRandom(1), events }, pod, () => {
      changes++;
      sync();
    });
    const view = viewOf(observedOf([testRun(c, "running", { startedAt: clock.now() })]));
    const sync = (stage: "active" | "terminating" = "active"): void => probes.sync(pod, view, stage, "10.0.0.1");
    const run = async (seconds: number): Promise<void> => {
      const until = clock.now() + seconds * 1000;
      while (clock.runNext(until)) await settle();
      clock.moveTo(until);
    };
    return {
      clock,
      said,
      made,
      probes,
      sync,
      run,
      view,
      pod,
      set: (o: ProbeOutcome) => (outcome = o),
      changes: () => changes,
    };
  }
  const exec = (name: string): Pick<Probe, "exec"> => ({ exec: { command: [name] } });

  it("begin after the initial delay and repeat", async () => {
    const { sync, run, made, probes } = bench({
      readinessProbe: { ...exec("r"), initialDelaySeconds: 5, periodSeconds: 10 },
    });
    sync();
    await run(26);
    assert.deepEqual(made, ["r@5", "r@15", "r@25"]);
    assert.equal(probes.facts.get("c-0")?.readiness, "Success");
  });
  it("readiness and liveness wait for startup", async () => {
    const { sync, run, made, set } = bench({
      startupProbe: { ...exec("s"), periodSeconds: 2 },
      livenessProbe: { ...exec("l"), periodSeconds: 10 },
      readinessProbe: { ...exec("r"), periodSeconds: 10 },
    });
    set("failure");
    sync();
    await run(3);
    set("success");
    await run(2);
    assert.deepEqual(made, ["s@0", "s@2", "s@4", "l@4", "r@4"]);
    await run(8);
    assert.equal(made.length, 5);
  });
  it("a failed liveness is told once, with events, and not probed on", async () => {
    const { sync, run, set, said, made, changes, probes } = bench({
      livenessProbe: { ...exec("l"), periodSeconds: 1, failureThreshold: 2 },
    });
    set("failure");
    sync();
    await run(10);
    assert.equal(made.length, 2);
    assert.equal(changes(), 1);
    assert.equal(probes.facts.get("c-0")?.liveness, "Failure");
    assert.deepEqual(said, Array(2).fill("Warning Unhealthy Liveness probe failed: why"));
  });
  it("only readiness goes on while the pod ends", async () => {
    const { sync, run, made } = bench({ livenessProbe: exec("l"), readinessProbe: exec("r") });
    sync();
    await run(1);
    sync("terminating");
    await run(10);
    assert.deepEqual(made, ["l@0", "r@0", "r@10"]);
  });
  it("what the agent before found stays until it is found again", () => {
    const { sync, probes } = bench(
      { readinessProbe: exec("r"), startupProbe: exec("s") },
      { containerStatuses: [{ name: "c", containerID: "containerd://c-0", ready: true, started: true }] },
    );
    sync();
    assert.deepEqual(probes.facts.get("c-0"), { startup: "Success", readiness: "Success" });
  });
  it("end with their container, leaving no timer", async () => {
    const { sync, probes, clock, pod } = bench({ readinessProbe: exec("r") });
    sync();
    probes.sync(pod, viewOf(observedOf([])), "active", "");
    assert.equal(clock.nextAt(), undefined);
    assert.equal(probes.facts.size, 0);
  });
});
