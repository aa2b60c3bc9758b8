// A control plane on a memory store and virtual time, with the controllers under test and kubelets that run every pod
// at once, for tests of controllers against the real API server.
import { generateKeyPairSync } from "node:crypto";
import { Event } from "#api/core/event.ts";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import { isReason } from "#api/errors.ts";
import { formatTime } from "#api/time.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { createLog, silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import type { Client } from "#client/client.ts";
import type { InformerSet } from "#client/informer.ts";
import { createInformers } from "#client/informers.ts";
import { createControlPlane } from "#cluster/control-plane.ts";
import type { AnyController } from "#reconcile/controller.ts";
import { createControllerRunner } from "#reconcile/runner.ts";
import { createPlugins } from "#scheduler/plugins/all.ts";
import { createScheduler } from "#scheduler/scheduler.ts";
import { createMemoryStore } from "#store/memory.ts";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

export interface WorldOptions {
  readonly controllers: readonly AnyController[];
  readonly nodes?: readonly string[];
  /** Pods that the kubelets bring to Ready; default: all. */
  readonly becomesReady?: (pod: Pod) => boolean;
  /** Whether kubelets and scheduler take part; default: yes. */
  readonly runsPods?: boolean;
}
export interface World extends AsyncDisposable {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly clock: VirtualClock;
  /** Lets everything happen that happens within so many milliseconds of virtual time; default 500. */
  settle(ms?: number): Promise<void>;
  /** Reason and message of each event, in the order of their names. */
  events(namespace?: string): Promise<string[]>;
}

export async function createWorld(options: WorldOptions): Promise<World> {
  const clock = new VirtualClock();
  const random = seededRandom(7);
  const log = process.env["VERBOSE"] ? createLog({ clock, level: "debug", write: console.log }) : silentLog;
  const stop = new AbortController();
  const rules = new Map(options.controllers.map((c) => [c.name, c.rules]));
  const plane = createControlPlane({
    store: createMemoryStore({}),
    clock,
    random,
    log,
    serverAddress: "127.0.0.1:6443",
    issuer: "https://kubernetes.default.svc",
    signingKey: privateKey,
    controllerRules: rules,
    cluster: { serviceCidr: "10.96.0.0/16", nodePorts: { from: 30_000, to: 32_767 } },
  });
  const client = plane.clientAs({ name: "admin", groups: ["system:masters", "system:authenticated"] });
  const informers = createInformers({ client, clock, random, log });
  const running = [plane.api.run(stop.signal)];
  await plane.api.ready;
  await client.create(ServiceAccount, { metadata: { name: "default", namespace: "default" } });
  for (const name of options.nodes ?? ["n1", "n2"]) await addNode(client, name, clock.now());
  const { controllers } = options;
  const runner = createControllerRunner({
    controllers,
    clientFor: plane.controllerClient,
    informers,
    clock,
    random,
    log,
  });
  running.push(informers.run(stop.signal), runner.run(stop.signal));
  if (options.runsPods !== false) {
    const user = { name: "system:kube-scheduler", groups: ["system:authenticated"] };
    const scheduler = createScheduler({
      client: plane.clientAs(user),
      informers,
      clock,
      random,
      log,
      plugins: createPlugins,
    });
    running.push(scheduler.run(stop.signal));
    runKubelets({ client, informers, clock, becomesReady: options.becomesReady ?? (() => true) });
  }
  const settle = async (ms = 500): Promise<void> => {
    const until = clock.now() + ms;
    do for (let i = 0; i < 30; i++) await new Promise((resolve) => setImmediate(resolve));
    while (clock.runNext(until));
    clock.moveTo(until);
  };
  await settle();
  return {
    client,
    informers,
    clock,
    settle,
    async events(namespace = "default") {
      const { items } = await client.list(Event, { namespace });
      return items.map((e) => `${e.reason}: ${e.message}${(e.count ?? 1) > 1 ? ` (x${e.count})` : ""}`);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(running);
    },
  };
}

export async function addNode(
  client: Client,
  name: string,
  now: number,
  labels: Record<string, string> = {},
): Promise<void> {
  const time = formatTime(now);
  const amounts = { cpu: "8", memory: "16Gi", pods: "110" };
  const ready = {
    type: "Ready",
    status: "True",
    reason: "KubeletReady",
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  };
  const status = { capacity: amounts, allocatable: amounts, conditions: [ready] };
  const node = await client.create(Node, {
    metadata: { name, labels: { "kubernetes.io/hostname": name, ...labels } },
    status,
  });
  await client.update(Node, { ...node, spec: { ...node.spec, taints: [] } });
  const fresh = await client.get(Node, { name });
  await client.update(Node, { ...fresh, status: { ...fresh.status, ...status } }, { subresource: "status" });
}

interface Kubelets {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly clock: VirtualClock;
  readonly becomesReady: (pod: Pod) => boolean;
}
function runKubelets({ client, informers, clock, becomesReady }: Kubelets): void {
  let addresses = 0;
  const sync = async (pod: Pod): Promise<void> => {
    const key = { namespace: pod.metadata.namespace!, name: pod.metadata.name! };
    try {
      if (pod.metadata.deletionTimestamp) await client.delete(Pod, key, { gracePeriodSeconds: 0 });
      else if (!pod.status.phase || pod.status.phase === "Pending") {
        const time = formatTime(clock.now());
        const ready = becomesReady(pod) ? "True" : "False";
        const ip = `10.${++addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
        const conditions = [
          { type: "PodScheduled", status: "True", lastTransitionTime: time },
          { type: "Ready", status: ready, lastTransitionTime: time },
        ];
        const status = { phase: "Running" as const, startTime: time, podIP: ip, podIPs: [{ ip }], conditions };
        await client.patch(Pod, key, { type: "strategic", patch: { status } }, { subresource: "status" });
      }
    } catch (error) {
      if (!isReason(error, "NotFound")) throw error;
    }
  };
  informers.informer(Pod).onChange((pod) => {
    if (pod?.spec.nodeName) void sync(pod);
  });
}
