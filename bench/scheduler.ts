// How fast the scheduler places pods: API server, scheduler and store in one process, nodes that are only objects. Every
// pod is decided, bound through the API and told of in an event, as in a cluster. The peers are the least
// that upstream's CI accepts of kube-scheduler on 5,000 nodes (test/integration/scheduler_perf), which has more cores.
import { generateKeyPairSync } from "node:crypto";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import { systemClock } from "#base/clock.ts";
import { keepAlive } from "#base/keep-alive.ts";
import { createLog } from "#base/log.ts";
import { systemRandom } from "#base/random.ts";
import type { Client } from "#client/client.ts";
import { createInformers } from "#client/informers.ts";
import { createControlPlane } from "#cluster/control-plane.ts";
import { createPlugins } from "#scheduler/plugins/all.ts";
import { createScheduler } from "#scheduler/scheduler.ts";
import { createMemoryStore } from "#store/memory.ts";
import { printFigure, printMachine } from "./figures.ts";

const writers = 64;

interface Case {
  readonly name: string;
  readonly nodes: number;
  readonly pods: number;
  /** Pods per second that upstream's CI asks for on 5,000 nodes. */
  readonly floor: number;
  /** Parts of the pods' spec. */
  readonly spec?: object;
}
const like = { labelSelector: { matchLabels: { app: "bench" } } };
const zone = "topology.kubernetes.io/zone";
const spread = { maxSkew: 5, topologyKey: zone, whenUnsatisfiable: "DoNotSchedule", ...like };
const required = (topologyKey: string): object => ({
  requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, ...like }],
});
const cases: readonly Case[] = [
  { name: "plain", nodes: 1_000, pods: 10_000, floor: 680 },
  { name: "plain", nodes: 5_000, pods: 10_000, floor: 680 },
  { name: "spread over zones", nodes: 5_000, pods: 5_000, floor: 460, spec: { topologySpreadConstraints: [spread] } },
  {
    name: "apart from their like",
    nodes: 5_000,
    pods: 2_000,
    floor: 60,
    spec: { affinity: { podAntiAffinity: required("kubernetes.io/hostname") } },
  },
  {
    name: "together with their like",
    nodes: 5_000,
    pods: 5_000,
    floor: 35,
    spec: { affinity: { podAffinity: required(zone) } },
  },
];
/** Runs `one` for 0 … count-1, so many at a time. */
async function each(count: number, one: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) await one(next++);
  };
  await Promise.all(Array.from({ length: writers }, work));
}
async function createNodes(client: Client, count: number): Promise<void> {
  const amounts = { cpu: "32", memory: "128Gi", pods: "250", "ephemeral-storage": "1Ti" };
  const conditions = [{ type: "Ready", status: "True" }];
  await each(count, async (i) => {
    const name = `node-${i}`;
    const labels = { "kubernetes.io/hostname": name, [zone]: `zone-${i % 3}` };
    const status = { capacity: amounts, allocatable: amounts, conditions };
    await client.create(Node, { metadata: { name, labels }, status });
    // the taint that new nodes get until a controller has looked at them
    await client.patch(Node, { name }, { type: "merge", patch: { spec: { taints: null } } });
  });
}
const createPods = (client: Client, { pods, spec }: Case): Promise<void> =>
  each(pods, (i) =>
    client.create(Pod, {
      metadata: { name: `pod-${i}`, namespace: "default", labels: { app: "bench" } },
      spec: {
        containers: [{ name: "c", image: "app:1", resources: { requests: { cpu: "100m", memory: "500Mi" } } }],
        ...spec,
      },
    }),
  );
/** Resolves when so many pods have a node. */
async function placed(client: Client, count: number, signal: AbortSignal): Promise<void> {
  const done = new Set<string>();
  for await (const event of client.watch(Pod, { resourceVersion: "0" }, signal)) {
    if (event.type === "ERROR" || event.type === "BOOKMARK") continue;
    if (event.object.spec.nodeName) done.add(event.object.metadata.name!);
    if (done.size >= count) return;
  }
}
async function measure(one: Case): Promise<void> {
  const log = createLog({ clock: systemClock, level: "warn", write: console.error });
  const parts = { clock: systemClock, random: systemRandom, log };
  const plane = createControlPlane({
    ...parts,
    store: createMemoryStore(),
    serverAddress: "127.0.0.1:6443",
    issuer: "https://kubernetes.default.svc",
    signingKey: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
    controllerRules: new Map(),
  });
  const stop = new AbortController();
  const running = [plane.api.run(stop.signal)];
  await plane.api.ready;
  const admin = plane.clientAs({ name: "admin", groups: ["system:masters", "system:authenticated"] });
  await admin.create(ServiceAccount, { metadata: { name: "default", namespace: "default" } });
  await createNodes(admin, one.nodes);
  await createPods(admin, one);
  const client = plane.clientAs({ name: "system:kube-scheduler", groups: ["system:authenticated"] });
  const informers = createInformers({ client, ...parts });
  const scheduler = createScheduler({ client, informers, plugins: createPlugins, ...parts });
  const [since, cpuSince] = [performance.now(), process.cpuUsage()];
  running.push(informers.run(stop.signal), scheduler.run(stop.signal));
  await placed(admin, one.pods, stop.signal);
  const seconds = (performance.now() - since) / 1000;
  const { user, system } = process.cpuUsage(cpuSince);
  stop.abort();
  await Promise.all(running);
  printFigure({
    name: `scheduler: pods ${one.name}, ${one.nodes} nodes`,
    value: one.pods / seconds,
    unit: "pods/s",
    against: { name: "upstream CI", value: one.floor },
    better: "more",
  });
  console.log(`# ${(one.pods / ((user + system) / 1e6)).toFixed(0)} pods per second of CPU time`);
}

printMachine();
using _alive = keepAlive();
const wanted = process.argv[2];
for (const one of cases) if (wanted === undefined || one.name.includes(wanted)) await measure(one);
