// The runtime's report of one pod, sorted for planning and for the status: the sandbox in use, and for each
// container name its runs, newest first.
import type { Observed, ObservedContainer, ObservedSandbox } from "#node/runtime/runtime.ts";

export interface PodView {
  /** Newest first. */
  readonly sandboxes: readonly ObservedSandbox[];
  /** The sandbox that containers run in: the newest, when it is ready. */
  readonly sandbox?: ObservedSandbox;
  /** Every run of a container name, newest first, over all sandboxes. */
  runs(name: string): readonly ObservedContainer[];
  /** The newest run inside the sandbox in use. */
  current(name: string): ObservedContainer | undefined;
  readonly names: readonly string[];
  /** Not certainly ended: running, or of unknown state. */
  readonly alive: readonly ObservedContainer[];
}
const newest = (a: { attempt: number; createdAt: number }, b: { attempt: number; createdAt: number }): number =>
  b.createdAt - a.createdAt || b.attempt - a.attempt;

const none: readonly ObservedContainer[] = [];

export function viewOf(observed: Observed): PodView {
  const sandboxes = observed.sandboxes.toSorted(newest);
  const inUse = sandboxes[0]?.ready ? sandboxes[0] : undefined;
  const byName = new Map<string, ObservedContainer[]>();
  for (const container of observed.containers) {
    const runs = byName.get(container.name);
    if (runs) runs.push(container);
    else byName.set(container.name, [container]);
  }
  for (const runs of byName.values()) runs.sort(newest);
  const runs = (name: string): readonly ObservedContainer[] => byName.get(name) ?? none;
  return {
    sandboxes,
    ...(inUse ? { sandbox: inUse } : {}),
    runs,
    current: (name) => runs(name).find((c) => c.sandboxId === inUse?.id),
    names: [...byName.keys()],
    alive: observed.containers.filter((c) => c.state === "running" || c.state === "unknown"),
  };
}
