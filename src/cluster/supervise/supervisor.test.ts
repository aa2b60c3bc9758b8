import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { systemClock as clock } from "#base/clock.ts";
import { keepAlive } from "#base/keep-alive.ts";
import { clusterLayout, logFile, type Layout } from "#cluster/layout.ts";
import { haveEnded, isAlive, processId } from "#cluster/machine/processes.ts";
import { Problem } from "#cluster/problem.ts";
import {
  componentStatus,
  parseState,
  readState,
  restartComponent,
  startLoop,
  stopLoop,
  waitUntilReady,
  type LoopState,
} from "./supervisor.ts";

const { signal } = new AbortController();

async function setUp(t: TestContext, ...command: readonly string[]): Promise<Layout> {
  const dataDir = mkdtempSync(join(tmpdir(), "loop-"));
  const alive = keepAlive();
  const layout = clusterLayout({
    ...{ format: 1, name: "t", index: 0, dataDir, nodeName: "n", createdAt: 0 },
    ...{ apiPort: 1, kubeletPort: 2, runtime: "crun" },
  });
  t.after(async () => {
    await stopLoop(layout, "server", 0, clock);
    rmSync(dataDir, { recursive: true });
    alive[Symbol.dispose]();
  });
  await startLoop(layout, "server", { command, env: { PATH: process.env["PATH"] ?? "" }, cgroups: [] }, clock);
  return layout;
}

/** The state once the component runs and `holds`. */
async function stateWhere(layout: Layout, holds: (state: LoopState) => boolean): Promise<LoopState> {
  for (;;) {
    const state = readState(layout, "server");
    if (state && isAlive(state.component) && holds(state)) return state;
    await clock.sleep(5, signal);
  }
}
const running = (layout: Layout): Promise<LoopState> => stateWhere(layout, () => true);

test("the line of a loop's state", () => {
  assert.deepEqual(parseState("10 100 11 101 2 137\n"), {
    loop: { pid: 10, start: 100 },
    component: { pid: 11, start: 101 },
    restarts: 2,
    lastExit: 137,
  });
  assert.equal(parseState("10 100 11 101 0 -")?.lastExit, undefined);
  for (const text of ["", "10 100 11"]) assert.equal(parseState(text), undefined);
});

test("a component that dies is started again at once; a restart on request is one too", async (t) => {
  const layout = await setUp(t, "sleep", "1000");
  const first = await running(layout);
  assert.deepEqual(first.loop, processId(first.loop.pid));
  process.kill(first.component.pid, "SIGKILL");
  const second = await stateWhere(layout, (state) => state.restarts === 1);
  assert.equal(second.lastExit, 137);
  assert.deepEqual(second.loop, first.loop);
  restartComponent(layout, "server");
  const third = await stateWhere(layout, (state) => state.restarts === 2);
  assert.notEqual(third.component.pid, second.component.pid);
  const { state, memoryBytes, restarts } = componentStatus(layout, "server");
  assert.equal(state, "running");
  assert.equal(restarts, 2);
  assert.ok(memoryBytes! > 0);
});

test("stopping ends both, and kills what does not want to end", async (t) => {
  const stubborn = "trap '' TERM; echo deaf; while :; do sleep 0.05; done";
  const layout = await setUp(t, "sh", "-c", stubborn);
  const { loop, component } = await running(layout);
  while (!readFileSync(logFile(layout, "server"), "utf8").includes("deaf")) await clock.sleep(5, signal);
  await stopLoop(layout, "server", 30, clock);
  assert.ok(await haveEnded([loop, component], 2_000, clock));
  assert.equal(componentStatus(layout, "server").state, "stopped");
});

test("a component without its loop is unsupervised, and a new loop takes over", async (t) => {
  const layout = await setUp(t, "sleep", "1000");
  const { loop, component } = await running(layout);
  process.kill(loop.pid, "SIGKILL");
  assert.ok(await haveEnded([loop], 2_000, clock));
  assert.equal(componentStatus(layout, "server").state, "unsupervised");
  await startLoop(layout, "server", { command: ["sleep", "1000"], env: {}, cgroups: [] }, clock);
  await running(layout);
  assert.equal(isAlive(component), false);
  assert.equal(componentStatus(layout, "server").state, "running");
});

test("a second loop for the same component gives way", async (t) => {
  const layout = await setUp(t, "sleep", "1000");
  const { component } = await running(layout);
  await startLoop(layout, "server", { command: ["sleep", "1000"], env: {}, cgroups: [] }, clock);
  assert.deepEqual((await running(layout)).component, component);
});

test("waiting for a component: ready, failing again and again, too late", async (t) => {
  const options = (limitMs: number) => ({ limitMs, clock, signal });
  const layout = await setUp(t, "sleep", "1000");
  await assert.rejects(waitUntilReady(layout, "server", options(150)), /does not start/);
  await stopLoop(layout, "server", 0, clock);

  const ready = ["sh", "-c", `sleep 0.05; : > "${layout.run}/server.ready"; sleep 1000`];
  await startLoop(layout, "server", { command: ready, env: {}, cgroups: [] }, clock);
  await waitUntilReady(layout, "server", options(20_000));
  assert.equal(componentStatus(layout, "server").ready, true);
  await stopLoop(layout, "server", 0, clock);

  const failing = ["sh", "-c", "echo the disk is on fire >&2; exit 3"];
  await startLoop(layout, "server", { command: failing, env: {}, cgroups: [] }, clock);
  await assert.rejects(waitUntilReady(layout, "server", options(20_000)), (error: Problem) => {
    assert.match(error.why, /ended 3 times, the last time with code 3/);
    assert.match(error.why, /disk is on fire/);
    return error instanceof Problem;
  });
});
