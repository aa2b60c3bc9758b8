// What the node's server asks of the agent, answered from the workers' last look at their pods.
import { orAborted } from "#base/or-aborted.ts";
import type { PodPool } from "./pod-pool.ts";
import type { PodWorker } from "./pod-worker.ts";
import type { Pod } from "#node/pod/types.ts";
import type { ObservedContainer } from "#node/runtime/runtime.ts";
import type { LocatedPod, PodLookup } from "#node/server/pod-lookup.ts";

export type AgentLookup = PodLookup;

const current = (worker: PodWorker): Pod => ({ ...worker.pod, status: worker.status });
function findRun(worker: PodWorker, id: string): ObservedContainer | undefined {
  for (const name of worker.view.names) {
    const run = worker.view.runs(name).find((r) => r.id === id);
    if (run) return run;
  }
  return undefined;
}
function located(worker: PodWorker): LocatedPod {
  return {
    pod: current(worker),
    sandboxId: worker.view.sandbox?.id,
    logPath: (id) => findRun(worker, id)?.logPath,
  };
}
/** `pool`: undefined until the agent has begun. */
export function createAgentLookup(pool: () => PodPool | undefined): AgentLookup {
  const workers = (): readonly PodWorker[] => pool()?.workers ?? [];
  const isRunning = (id: string): boolean => workers().some((worker) => findRun(worker, id)?.state === "running");
  return {
    find(namespace, name) {
      const named = workers().filter(({ pod: { metadata: m } }) => m.name === name && m.namespace === namespace);
      // an older pod of the same name may still be ending
      const worker = named.find((w) => !w.isEnding) ?? named.at(-1);
      return worker && located(worker);
    },
    list: () => workers().map(current),
    async ended(id, signal) {
      const from = pool();
      if (!from || !isRunning(id)) return;
      const end = Promise.withResolvers<void>();
      using _ = from.onLook(() => {
        if (!isRunning(id)) end.resolve();
      });
      await orAborted(end.promise, signal);
    },
  };
}
