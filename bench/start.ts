// From `up` on an installed machine to a usable cluster, for a new cluster and for one that was stopped. The limits are
// the project's own; the best peer measured in public takes 19.9 s until DNS answers.
import { Resolver } from "node:dns/promises";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import type { KubeObject, Kind } from "#api/kind.ts";
import type { Client } from "#client/client.ts";
import { keepAlive } from "#base/keep-alive.ts";
import { startBenchCluster } from "./bench-cluster.ts";
import { printFigure, printMachine } from "./figures.ts";

const patience = AbortSignal.timeout(60_000);

async function until<T extends KubeObject>(
  client: Client,
  kind: Kind<T>,
  namespace: string,
  holds: (object: T) => boolean,
): Promise<void> {
  for await (const event of client.watch(kind, { namespace }, patience))
    if (event.type !== "BOOKMARK" && event.type !== "ERROR" && holds(event.object)) return;
}
const nodeReady = (node: Node): boolean =>
  node.status.conditions?.some((c) => c.type === "Ready" && c.status === "True") ?? false;

async function measure(label: string, warm: boolean): Promise<void> {
  await using cluster = await startBenchCluster({ warm });
  const since = (): number => (performance.now() - cluster.calledAt) / 1000;
  const client = await cluster.client();
  const api = since();
  await until(client, Node, "", nodeReady);
  const node = since();
  const spec = { containers: [{ name: "c", image: "registry.k8s.io/pause:3.10.1" }], terminationGracePeriodSeconds: 0 };
  for (;;) {
    try {
      await client.create(Pod, { metadata: { name: "first", namespace: "default" }, spec });
      break;
    } catch (error) {
      if (since() > 30) throw error; // the default service account may be a moment away
    }
  }
  await until(client, Pod, "default", (pod) => pod.metadata.name === "first" && pod.status.phase === "Running");
  const resolver = new Resolver({ timeout: 1000, tries: 20 });
  const services = (await client.raw("GET", "/api/v1/namespaces/kube-system/services/kube-dns")) as {
    spec: { clusterIP: string };
  };
  resolver.setServers([services.spec.clusterIP]);
  await resolver.resolve4("kubernetes.default.svc.cluster.local");
  const usable = since();
  const limit = (value: number): { name: string; value: number } => ({ name: "limit", value });
  printFigure({ name: `${label}: up to /readyz`, value: api, unit: "s", against: limit(1), better: "less" });
  printFigure({ name: `${label}: up to node Ready`, value: node, unit: "s", against: limit(2), better: "less" });
  printFigure({
    name: `${label}: up to first pod Running and DNS`,
    value: usable,
    unit: "s",
    against: limit(3),
    better: "less",
  });
  printFigure({
    name: `${label}: the same, beside the best peer`,
    value: usable,
    unit: "s",
    against: { name: "k3d, published", value: 19.94 },
    better: "less",
  });
}

printMachine();
using _alive = keepAlive();
for (let round = 0; round < 3; round++) {
  await measure("new cluster", false);
  await measure("stopped cluster", true);
}
