// The probes of one pod: one timer for each probe of each running container. Readiness and liveness wait for the
// startup probe; when a pod ends only readiness goes on.
import type { Clock, Timer } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import type { PodView } from "#node/plan/pod-view.ts";
import type { ProbeFacts, Stage } from "#node/plan/types.ts";
import { afterOutcome, initialProbe, type ProbeKind, type ProbeState } from "./probe-state.ts";
import type { Prober, ProbeReport } from "./prober.ts";
import { containersOf, fieldPathOf, type Pod, type Probe, type RoledContainer } from "#node/pod/types.ts";
import type { ObservedContainer } from "#node/runtime/runtime.ts";
import type { EventRecorder } from "#reconcile/event-recorder.ts";

export interface ProbeParts {
  readonly prober: Prober;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventRecorder;
}
interface Running {
  state: ProbeState;
  readonly kind: ProbeKind;
  readonly probe: Probe;
  readonly stop: AbortController;
  timer?: Timer;
}
const fields = { startup: "startupProbe", liveness: "livenessProbe", readiness: "readinessProbe" } as const;
const kinds = ["startup", "liveness", "readiness"] as const;
const titles = { startup: "Startup", liveness: "Liveness", readiness: "Readiness" } as const;

export class PodProbes {
  readonly #parts: ProbeParts;
  readonly #changed: () => void;
  /** By container id, then kind. */
  readonly #running = new Map<string, Map<ProbeKind, Running>>();
  /** The verdicts, by container id. */
  readonly facts = new Map<string, ProbeFacts>();
  #pod: Pod;
  #podIP = "";

  /** `changed`: some verdict is another than before. */
  constructor(parts: ProbeParts, pod: Pod, changed: () => void) {
    this.#parts = parts;
    this.#pod = pod;
    this.#changed = changed;
  }
  /** Probes what runs, and forgets what does not. */
  sync(pod: Pod, view: PodView, stage: Stage, podIP: string): void {
    this.#pod = pod;
    this.#podIP = podIP;
    const alive = new Set(view.alive.map((run) => run.id));
    for (const id of this.#running.keys()) if (!alive.has(id)) this.#forget(id);
    for (const id of this.facts.keys()) if (!alive.has(id)) this.facts.delete(id);
    for (const roled of containersOf(pod.spec)) {
      if (roled.role === "init" || roled.role === "ephemeral") continue;
      const run = view.current(roled.container.name);
      if (run?.state === "running") this.#syncRun(roled, run, stage);
    }
  }
  /** Ends all probes. */
  stop(): void {
    for (const id of this.#running.keys()) this.#forget(id);
  }
  #forget(id: string): void {
    for (const running of this.#running.get(id)?.values() ?? []) end(running);
    this.#running.delete(id);
  }
  #syncRun(roled: RoledContainer, run: ObservedContainer, stage: Stage): void {
    const known = this.#running.get(run.id) ?? new Map<ProbeKind, Running>();
    const isNew = !this.#running.has(run.id);
    this.#running.set(run.id, known);
    if (isNew) this.facts.set(run.id, this.#remembered(roled, run));
    for (const kind of kinds) {
      const probe = roled.container[fields[kind]];
      const running = known.get(kind);
      if (!probe || !this.#mayRun(kind, roled, run, stage)) {
        if (running) end(running);
        known.delete(kind);
      } else if (!running) known.set(kind, this.#begin(kind, probe, roled, run));
    }
  }
  #mayRun(kind: ProbeKind, { container }: RoledContainer, run: ObservedContainer, stage: Stage): boolean {
    if (stage !== "active" && kind !== "readiness") return false;
    return kind === "startup" || !container.startupProbe || this.facts.get(run.id)?.startup === "Success";
  }
  /** What the agent before this one had found, as the pod's status tells it. */
  #remembered({ container }: RoledContainer, run: ObservedContainer): ProbeFacts {
    const { status } = this.#pod;
    const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
    const old = all.find((s) => s.name === container.name && s.containerID?.endsWith(run.id));
    return {
      ...(old?.started && container.startupProbe ? { startup: "Success" } : {}),
      ...(old?.ready && container.readinessProbe ? { readiness: "Success" } : {}),
    };
  }
  #begin(kind: ProbeKind, probe: Probe, roled: RoledContainer, run: ObservedContainer): Running {
    const { clock, random } = this.#parts;
    const state = initialProbe(kind, this.facts.get(run.id)?.[kind]);
    const running: Running = { state, kind, probe, stop: new AbortController() };
    const periodMs = (probe.periodSeconds ?? 10) * 1000;
    const dueAt = run.startedAt + (probe.initialDelaySeconds ?? 0) * 1000;
    // a container that has run for a while is one that a new agent found: spread the probes of all of them
    const isOld = clock.now() - run.startedAt > periodMs && kind !== "startup" && !roled.container.startupProbe;
    const delayMs = Math.max(0, dueAt - clock.now()) + (isOld ? random.next() * periodMs : 0);
    if (!state.isOver) running.timer = clock.after(delayMs, () => void this.#probe(running, roled, run, periodMs));
    return running;
  }
  async #probe(running: Running, roled: RoledContainer, run: ObservedContainer, periodMs: number): Promise<void> {
    const { clock, prober } = this.#parts;
    const { probe, kind, stop } = running;
    const since = clock.monotonic();
    const target = { container: roled.container, containerId: run.id, podIP: this.#podIP };
    let report: ProbeReport;
    try {
      report = await prober.probe(probe, target, stop.signal);
    } catch (error) {
      if (stop.signal.aborted) return;
      report = { outcome: "unknown", output: (error as Error).message };
    }
    if (stop.signal.aborted) return;
    this.#announce(kind, roled, report);
    const before = running.state;
    running.state = afterOutcome(before, kind, probe, report.outcome);
    if (!running.state.isOver)
      running.timer = clock.after(
        Math.max(0, periodMs - (clock.monotonic() - since)),
        () => void this.#probe(running, roled, run, periodMs),
      );
    const { verdict } = running.state;
    if (verdict === undefined || this.facts.get(run.id)?.[kind] === verdict) return;
    this.facts.set(run.id, { ...this.facts.get(run.id), [kind]: verdict });
    if (verdict !== before.verdict) this.#changed();
  }
  #announce(kind: ProbeKind, roled: RoledContainer, report: ProbeReport): void {
    const say = (reason: string, message: string): void =>
      this.#parts.events.event(this.#pod, "Warning", reason, message, { fieldPath: fieldPathOf(roled) });
    const title = titles[kind];
    if (report.outcome === "failure") say("Unhealthy", `${title} probe failed: ${report.output}`);
    else if (report.outcome === "unknown")
      say("Unhealthy", `${title} probe errored and resulted in unknown state: ${report.output}`);
    else if (report.warning) say("ProbeWarning", `${title} probe warning: ${report.output}`);
  }
}
function end(running: Running): void {
  running.timer?.stop();
  running.stop.abort();
}
