// The API server under load from a process of its own, over TLS, beside upstream's kube-apiserver with etcd, one after the
// other in one run. The limits are for two cores, which server and load share. Ours runs its controllers and scheduler
// all the while, upstream's are other processes and stay away.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { keepAlive } from "#base/keep-alive.ts";
import type { Order, TaskName, Tasks } from "./api-client.ts";
import { startOurs, startUpstream, type BenchServer } from "./api-servers.ts";
import { upstreamPrograms } from "./api-upstream.ts";
import { printFigure, printMachine, type Figure } from "./figures.ts";

const listedPods = 10_000;
const storedPods = 150_000;
const quietMs = 15_000;
const root = join(import.meta.dirname, "..");
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** `npm run bench api` measures all; with BENCH_QUICK what takes minutes is left out. */
const isQuick = process.env["BENCH_QUICK"] !== undefined;

interface Line extends Pick<Figure, "name" | "unit" | "better"> {
  readonly limit?: number;
  readonly value: (measured: Measured) => number;
}
type Measured = Readonly<Record<string, number>>;
const lines: readonly Line[] = [
  { name: "get of a pod", value: (m) => m["get"]!, unit: "/s", better: "more", limit: 8_000 },
  { name: "get of a pod, p99", value: (m) => m["getP99"]!, unit: "ms", better: "less" },
  { name: "durable create of 10,000 pods", value: (m) => m["create"]!, unit: "/s", better: "more", limit: 3_000 },
  { name: "durable create of 130,000 pods", value: (m) => m["filled"]!, unit: "/s", better: "more", limit: 3_000 },
  { name: "durable create of a pod, p99", value: (m) => m["createP99"]!, unit: "ms", better: "less" },
  { name: "patch of a pod's status", value: (m) => m["report"]!, unit: "/s", better: "more" },
  { name: "list of 10,000 pods", value: (m) => m["list"]!, unit: "ms", better: "less", limit: 150 },
  { name: "list of 10,000 pods, gzip", value: (m) => m["zipped"]!, unit: "ms", better: "less" },
  { name: "1,000 watchers, 100 changes/s, p50", value: (m) => m["watchP50"]!, unit: "ms", better: "less" },
  { name: "1,000 watchers, 100 changes/s, p99", value: (m) => m["watch"]!, unit: "ms", better: "less", limit: 50 },
  { name: "resident with 150,000 pods", value: (m) => m["resident"]!, unit: "MB", better: "less", limit: 1_500 },
];

interface Load extends Disposable {
  do<N extends TaskName>(task: N, asked: Tasks[N]["asked"]): Promise<Tasks[N]["result"]>;
}
function startLoad(server: BenchServer): Load {
  const { name, target } = server;
  const child = fork(join(import.meta.dirname, "api-client.ts"), { stdio: "inherit" });
  return {
    async do<N extends TaskName>(task: N, asked: Tasks[N]["asked"]): Promise<Tasks[N]["result"]> {
      const [cpu, begin] = [server.cpuSeconds(), performance.now()];
      child.send({ task, target, asked } satisfies Order);
      const [answer] = (await once(child, "message")) as [{ result?: Tasks[N]["result"]; error?: string }];
      if (answer.error !== undefined) throw new Error(`${name}, ${task}: ${answer.error}`);
      const seconds = (performance.now() - begin) / 1000;
      const used = `${(server.cpuSeconds() - cpu).toFixed(2)} s of CPU in ${seconds.toFixed(2)} s`;
      console.log(`# ${name} ${task} ${JSON.stringify(asked)}: ${used}; ${JSON.stringify(answer.result)}`);
      return answer.result!;
    },
    [Symbol.dispose]: () => child.disconnect(),
  };
}

async function measure(server: BenchServer): Promise<Measured> {
  using load = startLoad(server);
  await load.do("prepare", {});
  await load.do("createPods", { from: 0, count: listedPods });
  const report = await load.do("reportPods", { count: listedPods });
  await load.do("getPods", { of: listedPods, seconds: 2 });
  const get = await load.do("getPods", { of: listedPods, seconds: 8 });
  await load.do("listPods", { times: 3, gzip: false });
  const list = await load.do("listPods", { times: 15, gzip: false });
  const zipped = await load.do("listPods", { times: 7, gzip: true });
  const watch = await load.do("watchLeases", { watchers: 1_000, perSecond: 100, seconds: 10 });
  const create = await load.do("createPods", { from: listedPods, count: listedPods });
  const measured = {
    get: get.perSecond,
    getP99: get.p99Ms,
    create: create.perSecond,
    createP99: create.p99Ms,
    report: report.perSecond,
    list: list.p50Ms,
    zipped: zipped.p50Ms,
    watch: watch.p99Ms,
    watchP50: watch.p50Ms,
  };
  if (isQuick) return measured;
  const filled = await load.do("createPods", { from: 2 * listedPods, count: storedPods - 2 * listedPods });
  await pause(quietMs);
  return { ...measured, filled: filled.perSecond, resident: server.residentMb() };
}
async function measured(start: () => Promise<BenchServer>): Promise<Measured> {
  await using server = await start();
  return await measure(server);
}
function print(name: string, ours: Measured, against: (line: Line) => number | undefined): void {
  for (const line of lines) {
    const [value, limit] = [line.value(ours), against(line)];
    if (value === undefined || limit === undefined) continue;
    printFigure({ ...line, value, against: { name, value: limit } });
  }
}

printMachine();
using _alive = keepAlive();
const programs = upstreamPrograms(root);
const ours = await measured(() => startOurs(root));
const upstream = programs && (await measured(() => startUpstream(programs)));
printMachine();
print("limit", ours, (line) => line.limit);
if (upstream) print("kube-apiserver 1.36 and etcd 3.6", ours, (line) => line.value(upstream));
else console.log("# not compared with upstream's kube-apiserver: there is no Go to build it with");
