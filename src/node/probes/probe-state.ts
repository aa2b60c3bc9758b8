// What a probe has found so far. A verdict changes only after enough equal results in a row.
//
//   startup:   unknown ─successThreshold─▶ Success (no more probes)   ─failureThreshold─▶ Failure (container is killed)
//   liveness:  Success ─failureThreshold─▶ Failure (container is killed; no more probes)
//   readiness: Failure ─successThreshold─▶ Success ─failureThreshold─▶ Failure …
import type { Probe } from "#node/pod/types.ts";

export type ProbeKind = "startup" | "liveness" | "readiness";
export type ProbeVerdict = "Success" | "Failure";
/** "unknown": the probe itself could not be made; it counts for nothing. */
export type ProbeOutcome = "success" | "failure" | "unknown";
export interface ProbeState {
  readonly verdict: ProbeVerdict | undefined;
  /** The last result, and how often it came in a row. */
  readonly last?: "success" | "failure";
  readonly inARow: number;
  /** Nothing is left to find out about this run of the container. */
  readonly isOver: boolean;
}
export const initialProbe = (kind: ProbeKind, before?: ProbeVerdict): ProbeState => ({
  verdict: before ?? (kind === "startup" ? undefined : kind === "liveness" ? "Success" : "Failure"),
  inARow: 0,
  isOver: kind === "startup" && before === "Success",
});
export function afterOutcome(state: ProbeState, kind: ProbeKind, probe: Probe, outcome: ProbeOutcome): ProbeState {
  if (outcome === "unknown" || state.isOver) return state;
  const inARow = state.last === outcome ? state.inARow + 1 : 1;
  const needed = outcome === "success" ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
  if (inARow < needed) return { ...state, last: outcome, inARow };
  const verdict = outcome === "success" ? "Success" : "Failure";
  const isOver = kind === "startup" || (kind === "liveness" && verdict === "Failure");
  return { verdict, last: outcome, inARow, isOver };
}
