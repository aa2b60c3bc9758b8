// A cluster of simulated nodes in this process: how long a thousand nodes take to be ready, then ten thousand pods of a
// hundred Deployments, then ten idle minutes; and what all that takes of memory. Node agents, scheduler and controllers are
// the real ones; containers, machines and time are not. The peer is kwok's CI: 83 nodes/s, 167 pods/s (it has limits).
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Deployment } from "#api/apps/deployment.ts";
import { Pod } from "#api/core/pod.ts";
import { testCluster, type TestCluster } from "#testing.ts";
import { printFigure, printMachine } from "./figures.ts";

const [nodes = 1_000, pods = 10_000] = process.argv.slice(2).map(Number);
const perDeployment = 100;

const deployment = (i: number, replicas: number): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: `app-${i}` },
  spec: {
    replicas,
    selector: { matchLabels: { app: `app-${i}` } },
    template: {
      metadata: { labels: { app: `app-${i}` } },
      spec: { containers: [{ name: "c", image: "app:1", resources: { requests: { cpu: "100m", memory: "64Mi" } } }] },
    },
  },
});
/** Seconds of the machine's time. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return (performance.now() - since) / 1000;
}
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const residentMb = (): number => {
  collect();
  return process.memoryUsage().rss / 1e6;
};
const allReady = async (cluster: TestCluster): Promise<boolean> =>
  (await cluster.list(Deployment)).every((d) => d.status.readyReplicas === d.spec.replicas);

printMachine();
const empty = await timed(async () => (await testCluster())[Symbol.asyncDispose]());
printFigure({
  name: "test cluster without nodes, boot",
  value: empty * 1000,
  unit: "ms",
  against: { name: "limit", value: 300 },
  better: "less",
});
await using cluster = await testCluster({ sharesWatches: true });
const before = residentMb();
const nodesTook = await timed(() => cluster.addNodes(Array.from({ length: nodes }, () => ({}))));
const withNodes = residentMb();
printFigure({
  name: `${nodes} simulated nodes, ready`,
  value: nodes / nodesTook,
  unit: "nodes/s",
  against: { name: "kwok", value: 83 },
  better: "more",
});
const startedAt = cluster.clock.now();
const podsTook = await timed(async () => {
  await cluster.apply(Array.from({ length: Math.ceil(pods / perDeployment) }, (_, i) => deployment(i, perDeployment)));
  await cluster.until(() => allReady(cluster));
});
const withPods = residentMb();
printFigure({
  name: `${pods} pods, ready`,
  value: pods / podsTook,
  unit: "pods/s",
  against: { name: "kwok", value: 167 },
  better: "more",
});
const count = (await cluster.list(Pod)).length;
console.log(`# ${count} pods ready ${(cluster.clock.now() - startedAt) / 1000} s later by the cluster's own clock`);
const idleTook = await timed(() => cluster.advance("10m"));
console.log(`# ten idle minutes of the cluster take ${idleTook.toFixed(1)} s`);
console.log(
  `# resident: ${before.toFixed(0)} MB empty, ${withNodes.toFixed(0)} MB with nodes, ${withPods.toFixed(0)} MB with pods: ` +
    `${(((withNodes - before) / nodes) * 1000).toFixed(0)} KB a node, ${(((withPods - withNodes) / pods) * 1000).toFixed(0)} KB a pod`,
);
