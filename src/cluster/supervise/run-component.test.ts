import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { test, type TestContext } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { aborted, deferred, type Service } from "#base/service.ts";
import { clusterLayout, readyFile } from "#cluster/layout.ts";
import { runComponent } from "./run-component.ts";

function setUp(t: TestContext) {
  const dataDir = mkdtempSync(join(tmpdir(), "component-"));
  t.after(() => rmSync(dataDir, { recursive: true }));
  const layout = clusterLayout({
    ...{ format: 1, name: "t", index: 0, dataDir, nodeName: "n", createdAt: 0 },
    ...{ apiPort: 1, kubeletPort: 2, runtime: "crun" },
  });
  const clock = new VirtualClock();
  const stop = new AbortController();
  let written = "";
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString();
      done();
    },
  });
  const ready = deferred();
  const service = (fails?: Error): Service => ({
    name: "part",
    ready: ready.promise,
    async run(signal) {
      if (fails) throw fails;
      await aborted(signal);
    },
  });
  const run = (part: Service, renewAt = Number.MAX_SAFE_INTEGER): Promise<number> =>
    runComponent({ layout, component: "server", logsOf: [], renewAt, clock, stdout, signal: stop.signal }, () => part);
  const mark = readyFile(layout, "server");
  return { run, service, ready, clock, stop, mark, output: () => written };
}
const turns = async (count = 20): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

test("the mark of readiness is there while the component is ready", async (t) => {
  const { run, service, ready, stop, mark } = setUp(t);
  const ended = run(service());
  await turns();
  assert.equal(existsSync(mark), false);
  ready.resolve();
  await turns();
  assert.equal(readFileSync(mark, "utf8"), `${process.pid}\n`);
  stop.abort();
  assert.equal(await ended, 0);
  assert.equal(existsSync(mark), false);
});

test("two processes on one data directory: the second is refused", async (t) => {
  const { run, service, stop } = setUp(t);
  const first = run(service());
  await assert.rejects(run(service()), /another server process uses/);
  stop.abort();
  assert.equal(await first, 0);
});

test("a failing part ends the process with code 1 and one line of log", async (t) => {
  const { run, service, output } = setUp(t);
  assert.equal(await run(service(new Error("the disk is full"))), 1);
  const lines = output().trim().split("\n");
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /"level":"error".*the disk is full/);
});

test("the process ends in peace when its certificates are due, however far away that is", async (t) => {
  const { run, service, clock, output } = setUp(t);
  const days = 100;
  const renewAt = clock.now() + days * 86_400_000;
  let code: number | undefined;
  void run(service(), renewAt).then((value) => (code = value));
  const passUntil = async (end: number): Promise<void> => {
    while (code === undefined && clock.runNext(end)) await turns(2);
    clock.moveTo(end);
    await turns();
  };
  await turns();
  await passUntil(renewAt - 1);
  assert.equal(code, undefined);
  await passUntil(renewAt);
  assert.equal(code, 0);
  assert.match(output(), /certificates are due/);
});
