// What a cluster costs that does nothing: resident memory and CPU of server and node process over a minute.
import { readFileSync } from "node:fs";
import { keepAlive } from "#base/keep-alive.ts";
import { startBenchCluster } from "./bench-cluster.ts";
import { printFigure, printMachine } from "./figures.ts";

const settleMs = 20_000;
const measuredMs = 60_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Ticks of 10 ms, in user and kernel mode. */
function ticks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1000;

printMachine();
using _alive = keepAlive();
await using cluster = await startBenchCluster({ warm: true });
await cluster.client();
await pause(settleMs);
const pids = { server: cluster.pidOf("server"), node: cluster.pidOf("node") };
const before = { server: ticks(pids.server), node: ticks(pids.node) };
await pause(measuredMs);
const cpu = ((ticks(pids.server) - before.server + ticks(pids.node) - before.node) / (measuredMs / 10)) * 100;
const memory = { server: residentMb(pids.server), node: residentMb(pids.node) };
console.log(`# server ${memory.server.toFixed(0)} MB, node ${memory.node.toFixed(0)} MB`);
printFigure({
  name: "idle: server and node, resident",
  value: memory.server + memory.node,
  unit: "MB",
  against: { name: "limit", value: 200 },
  better: "less",
});
printFigure({
  name: "idle: server and node, resident",
  value: memory.server + memory.node,
  unit: "MB",
  against: { name: "k3s, by users", value: 535 },
  better: "less",
});
printFigure({ name: "idle: CPU", value: cpu, unit: "% core", against: { name: "limit", value: 1 }, better: "less" });
