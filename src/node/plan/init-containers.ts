// Init containers, one after another, with sidecars among them that keep running. The newest one that has run in
// this sandbox tells how far the pod has come, so records of earlier ones may be missing.
//
//   regular:  (absent) ─start─▶ running ─exit 0─▶ next        ─exit ≠0─▶ start again, or the pod fails (Never)
//   sidecar:  (absent) ─start─▶ running ─started─▶ next       ─exit───▶ start again, always
import { isStarted, stopUnknown, tend } from "./running.ts";
import { isToRunAgain, start, type Turn } from "./turn.ts";
import { isSidecar, type Container } from "#node/pod/types.ts";

/** Whether some regular init container has failed for good. */
export function initFailed(turn: Turn): boolean {
  return (turn.pod.spec.initContainers ?? []).some((container) => {
    if (isSidecar(container)) return false;
    const run = turn.view.runs(container.name)[0];
    return run?.state === "exited" && run.exitCode !== 0 && !isToRunAgain(turn, { container, role: "init" }, run);
  });
}
/** Appends what the init containers need; true when the main containers may run. */
export function planInit(turn: Turn): boolean {
  const inits = turn.pod.spec.initContainers ?? [];
  if (inits.length === 0) return true;
  const { view } = turn;
  const initialized = turn.pod.spec.containers.some((c) => {
    const run = view.current(c.name);
    return run !== undefined && run.state !== "created";
  });
  const reached = initialized ? inits.length : inits.findLastIndex((c) => view.current(c.name) !== undefined);
  for (const earlier of inits.slice(0, Math.max(0, reached))) if (isSidecar(earlier)) keepSidecar(turn, earlier);
  if (initialized) return true;
  if (reached >= 0 && !isPassed(turn, inits[reached]!)) return false;
  const next = inits[reached + 1];
  if (!next) return true;
  start(turn, next, isSidecar(next) ? "sidecar" : "init");
  return false;
}
function keepSidecar(turn: Turn, container: Container): void {
  const run = turn.view.current(container.name);
  if (run?.state === "running") tend(turn, { container, role: "sidecar" }, run);
  else if (run?.state === "unknown") stopUnknown(turn, "sidecar", run);
  else start(turn, container, "sidecar");
}
/** Whether the init container reached last lets the next one start; if not, appends what it needs. */
function isPassed(turn: Turn, container: Container): boolean {
  const run = turn.view.current(container.name)!;
  if (isSidecar(container)) {
    keepSidecar(turn, container);
    return run.state === "running" && isStarted(turn, container, run) && !isBeingKilled(turn, run.id);
  }
  if (run.state === "exited" && run.exitCode === 0) return true;
  if (run.state === "running") tend(turn, { container, role: "init" }, run);
  else if (run.state === "unknown") stopUnknown(turn, "init", run);
  else start(turn, container, "init");
  return false;
}
const isBeingKilled = (turn: Turn, id: string): boolean =>
  turn.actions.some((a) => a.type === "killContainer" && a.id === id);
