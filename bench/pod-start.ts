// Pod start with the image present: create by the API until Running is seen by a watch, beside the same pod driven
// through CRI directly (sandbox, container, start), on a containerd of its own: a node agent removes pods that it does
// not know. The limit is on the difference.
import { Pod } from "#api/core/pod.ts";
import { systemClock } from "#base/clock.ts";
import { keepAlive } from "#base/keep-alive.ts";
import { silentLog } from "#base/log.ts";
import type { Client } from "#client/client.ts";
import { createCriRuntime } from "#node/runtime/cri/runtime.ts";
import type { ContainerRuntime } from "#node/runtime/runtime.ts";
import { startTestContainerd } from "../test/support/containerd.ts";
import { createPods, type TestPods } from "../test/support/cri-pods.ts";
import { startBenchCluster } from "./bench-cluster.ts";
import { percentile, printFigure, printMachine } from "./figures.ts";

const image = "registry.k8s.io/pause:3.10.1";
const rounds = 20;
const patience = AbortSignal.timeout(120_000);

async function throughApi(client: Client, name: string): Promise<number> {
  const spec = { containers: [{ name: "c", image }], terminationGracePeriodSeconds: 0 };
  const stop = new AbortController();
  const watching = client.watch(
    Pod,
    { namespace: "default", fieldSelector: `metadata.name=${name}` },
    AbortSignal.any([stop.signal, patience]),
  );
  const startedAt = performance.now();
  await client.create(Pod, { metadata: { name, namespace: "default" }, spec });
  for await (const event of watching) if (event.type === "MODIFIED" && event.object.status.phase === "Running") break;
  const tookMs = performance.now() - startedAt;
  stop.abort();
  await client.delete(Pod, { namespace: "default", name }, { gracePeriodSeconds: 0 });
  return tookMs;
}

async function throughCri(runtime: ContainerRuntime, pods: TestPods): Promise<number> {
  const startedAt = performance.now();
  const pod = await pods.run([], { image, imageRef: (await runtime.imageStatus(image, patience))!.id });
  const tookMs = performance.now() - startedAt;
  await runtime.stopContainer(pod.container, 0, patience);
  await runtime.stopSandbox(pod.sandbox, patience);
  await runtime.removeSandbox(pod.sandbox, patience);
  return tookMs;
}

printMachine();
using _alive = keepAlive();
await using cluster = await startBenchCluster({ warm: true });
const client = await cluster.client();
await using containerd = await startTestContainerd({ index: 9 });
const runtime = createCriRuntime({ socket: containerd.layout.containerd.socket, clock: systemClock, log: silentLog });
await throughApi(client, "warm-up");
const pods = createPods(runtime, containerd.layout, patience);
const api: number[] = [];
const cri: number[] = [];
for (let i = 0; i < rounds; i++) {
  api.push(await throughApi(client, `api-${i}`));
  cri.push(await throughCri(runtime, pods));
}
const [apiMs, criMs] = [percentile(api, 0.5), percentile(cri, 0.5)];
printFigure({
  name: "pod start p50",
  value: apiMs,
  unit: "ms",
  against: { name: "through CRI", value: criMs },
  better: "less",
});
printFigure({
  name: "pod start p50, above CRI",
  value: apiMs - criMs,
  unit: "ms",
  against: { name: "limit", value: 60 },
  better: "less",
});
