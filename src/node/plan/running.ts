// What to do about a container that runs: leave it, resize it, or stop it because its definition changed or a probe
// failed. The order of the checks is upstream's.
import type { ObservedContainer } from "#node/runtime/runtime.ts";
import { restartPolicyOf } from "./restart.ts";
import { resizeOf } from "./resize.ts";
import { kill, type Turn } from "./turn.ts";
import type { KillCause } from "./types.ts";
import { hasHash } from "#node/pod/identity.ts";
import type { Container, ContainerRole, Probe, RoledContainer } from "#node/pod/types.ts";

/** Appends what a running container needs; true when it is left to run. */
export function tend(turn: Turn, { container, role }: RoledContainer, run: ObservedContainer): boolean {
  const subject = `${role === "app" ? "Container" : "Init container"} ${container.name}`;
  const again = restartPolicyOf(turn.pod.spec, container, role) !== "Never";
  const stop = (cause: KillCause, restart: boolean, why: string, probe?: Probe): false => {
    const grace = probe?.terminationGracePeriodSeconds;
    const message = `${subject} ${why}${restart ? ", will be restarted" : ""}`;
    kill(turn, run, { cause, restart, message, ...(grace === undefined ? {} : { graceSeconds: grace }) });
    return false;
  };
  if (role !== "init" && !hasHash(run, container)) return stop("changed", true, "definition changed");
  const facts = turn.memory.probes.get(run.id);
  if (container.livenessProbe && facts?.liveness === "Failure")
    return stop("liveness", again, "failed liveness probe", container.livenessProbe);
  if (container.startupProbe && facts?.startup === "Failure")
    return stop("startup", again, "failed startup probe", container.startupProbe);
  const resize = resizeOf(turn, container, run);
  if (resize === "restart") return stop("resize", true, "resize requires restart");
  if (resize === "inPlace") turn.actions.push({ type: "resizeContainer", id: run.id, container });
  return true;
}

/** Whether a running container counts as started: its startup probe, if any, has succeeded. */
export const isStarted = (turn: Turn, container: Container, run: ObservedContainer): boolean =>
  !container.startupProbe || turn.memory.probes.get(run.id)?.startup === "Success";

/** Stops a container whose state the runtime cannot tell, so that another run cannot meet it. */
export const stopUnknown = (turn: Turn, role: ContainerRole, run: ObservedContainer): void =>
  kill(turn, run, {
    cause: "unknown",
    restart: role !== "ephemeral",
    message: "Container is in unknown state, try killing it before restarting",
  });
