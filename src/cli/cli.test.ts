import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { test } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { seededRandom } from "#base/random.ts";
import { explain, Problem } from "#cluster/problem.ts";
import { overallState } from "#cluster/status.ts";
import type { Invocation } from "./command.ts";
import { commands, overview } from "./commands.ts";
import { LogTail } from "./logs.ts";
import { clusterOptions, portNumber, seconds, withOptions, type ClusterOptions } from "./options.ts";
import { rootCommand } from "./root.ts";
import { statusText } from "./status.ts";
import { age, duration, table, terminalProgress } from "./terminal.ts";

class Sink extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

function invocation(...args: readonly string[]): Invocation & { readonly out: Sink; readonly err: Sink } {
  const [out, err] = [new Sink(), new Sink()];
  return {
    ...{ args, env: {}, stdin: process.stdin, out, err, clock: new VirtualClock(), random: seededRandom(1) },
    stdout: out as unknown as NodeJS.WriteStream,
    stderr: err as unknown as NodeJS.WriteStream,
    program: { root: "/opt/timonier", cache: "/c", node: "/n", entry: "/m.js", version: "1" },
    signal: new AbortController().signal,
  };
}

test("every command loads, has a summary, and explains itself", async () => {
  for (const entry of commands) {
    const asked = invocation("--help");
    assert.equal(await (await entry.load()).run(asked), 0, entry.name);
    assert.match(asked.out.text, new RegExp(`Usage: timonier ${entry.name}`));
    assert.equal(overview("timonier").includes(`  ${entry.name} `), !entry.hidden, entry.name);
  }
});

test("options: defaults, values, mistakes", async () => {
  const parse = async (...args: readonly string[]) => {
    const asked = invocation(...args);
    let seen: unknown;
    const declare: Parameters<typeof withOptions>[2] = (command) =>
      clusterOptions(command).option("--port <port>", "", portNumber).option("--wait <s>", "", seconds, 60);
    const code = await withOptions<ClusterOptions>(asked, "up", declare, async (options) => {
      seen = options;
      return 0;
    });
    return { code, seen, err: asked.err.text };
  };
  assert.deepEqual((await parse()).seen, { wait: 60 });
  assert.deepEqual((await parse("--name", "b", "--data-dir=/d", "--port", "7000", "--wait", "0.5")).seen, {
    ...{ name: "b", dataDir: "/d", port: 7000, wait: 0.5 },
  });
  const mistake = await parse("--nmae", "b");
  assert.equal(mistake.code, 2);
  assert.match(mistake.err, /unknown option '--nmae'/);
  for (const port of ["0", "65536", "x", "1.5"]) await assert.rejects(parse("--port", port), Problem, port);
  await assert.rejects(parse("--wait", "-1"), Problem);
});

test("the same command through sudo, with the person's own kubeconfig", () => {
  const asked = {
    ...invocation("--name", "b c"),
    env: { HOME: "/home/ann", TIMONIER_HOME: "/h", https_proxy: "http://p", SECRET: "x" },
  };
  const need = { command: "up", reason: "", addKubeconfig: true };
  assert.deepEqual(rootCommand(asked, need), [
    ...["env", "TIMONIER_HOME=/h", "https_proxy=http://p", "/opt/timonier/timonier", "up", "--name", "b c"],
    ...["--kubeconfig", "/home/ann/.kube/config"],
  ]);
  assert.deepEqual(rootCommand({ ...asked, env: {} }, { ...need, addKubeconfig: false }), [
    ...["/opt/timonier/timonier", "up", "--name", "b c"],
  ]);
});

test("ages, durations and tables", () => {
  for (const [ms, text] of [
    [0, "0s"],
    [119_000, "119s"],
    [180_000, "3m"],
    [600_500, "10m"],
    [605_000, "10m5s"],
    [3 * 3_600_000 + 120_000, "3h2m"],
    [50 * 3_600_000, "2d2h"],
  ] as const)
    assert.equal(age(ms), text);
  assert.deepEqual([9.4, 999, 1234, 12_345].map(duration), ["9 ms", "999 ms", "1.23 s", "12.3 s"]);
  assert.equal(
    table([
      ["A", "LONG"],
      ["bbb", "c"],
    ]),
    "A    LONG\nbbb  c\n",
  );
});

test("progress without a terminal: a line when a step ends, details now and then, failures marked", async () => {
  const { out, stdout, clock } = invocation();
  const virtual = clock as VirtualClock;
  const progress = terminalProgress({ out: stdout, clock, verbose: false });
  const pass = (ms: number): void => virtual.moveTo(virtual.now() + ms);
  await progress.step("packages", (report) => {
    report("1 % Unpacking runc");
    pass(2500);
    for (const percent of [2, 3]) report(`${percent} % Unpacking crun`);
    report("4 % Configuring crun");
    pass(500);
  });
  await progress.step("nothing to do", () => undefined);
  await assert.rejects(
    progress.step("node", () => {
      throw new Error("x");
    }),
  );
  progress.note("little disk space");
  const lines = out.text.split("\n");
  assert.deepEqual(lines.slice(0, 1), ["    2 % Unpacking crun"]);
  assert.match(lines[1]!, /^ {2}✓ packages +3\.00 s$/);
  assert.match(lines[2]!, /^ {2}✗ node +0 ms$/);
  assert.equal(lines[3], "  ! little disk space");
});

test("a log that grows, is cut within a line, and starts over when rotated", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "tail-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "x.log");
  const tail = new LogTail(path);
  assert.equal(tail.read(), "");
  writeFileSync(path, "one\ntw");
  assert.equal(tail.read(), "one\n");
  appendFileSync(path, "o é\n");
  assert.equal(tail.read(), "two é\n");
  truncateSync(path);
  appendFileSync(path, "new\n");
  assert.equal(tail.read(), "new\n");
});

test("the state of a whole cluster, and what to do about it", () => {
  const component = (name: "containerd" | "server" | "node", state: "running" | "stopped" | "unsupervised") => ({
    ...{ name, state, ready: state === "running", restarts: 0 },
  });
  const all = (state: "running" | "stopped") =>
    (["containerd", "server", "node"] as const).map((n) => component(n, state));
  assert.equal(overallState(all("running"), true), "running");
  assert.equal(overallState(all("running"), false), "degraded");
  assert.equal(overallState(all("stopped"), false), "stopped");
  const orphaned = [...all("running").slice(0, 2), component("node", "unsupervised")];
  assert.equal(overallState(orphaned, true), "degraded");
  const text = statusText(
    {
      ...{ name: "b", state: "degraded", version: "1", kubernetesVersion: "v1", nodeVersion: "v26", apiReady: true },
      ...{ context: "timonier-b", dataDir: "/d", podCidr: "p", serviceCidr: "s", runtime: "crun", pods: 2 },
      endpoints: { api: "https://127.0.0.1:6443", kubelet: "", containerd: "" },
      components: orphaned,
    },
    0,
  );
  assert.match(text, /node +unsupervised/);
  assert.match(text, /timonier up --name b/);
});

test("a problem is what happened, why, and what to do", () => {
  const problem = new Problem("it failed", { why: "one\ntwo", remedy: "mend it" });
  assert.equal(explain(problem), "timonier: it failed\n  why:    one\n          two\n  remedy: mend it\n");
  assert.match(
    explain(new Error("odd", { cause: problem })),
    /should not have happened[^]*odd[^]*caused by[^]*mend it/,
  );
});
