// What a test may say about simulated containers where their commands and annotations do not say it. It is asked anew
// each time, so a test changes the world by changing a variable.
import { containersOf, type Pod, type Probe } from "#node/pod/types.ts";
import { labels } from "#node/pod/identity.ts";
import type { ProbeKind } from "#node/probes/probe-state.ts";
import { createSimulatedProber, type Prober } from "#node/probes/prober.ts";
import type { ContainerRuntime, ExecResult, ObservedContainer } from "#node/runtime/runtime.ts";
import type { SimulatedOptions } from "#node/runtime/simulated.ts";
import { looksMissing } from "#node/runtime/simulated-images.ts";
import type { SimulatedProcess } from "#node/runtime/simulated-process.ts";

/** Which container a question is about. */
export interface At {
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}
export interface Behaviour {
  /** How the main process of a container that is being made will behave: when it ends, with which code. */
  process?: (at: At) => Partial<SimulatedProcess> | undefined;
  /** What a command in a container answers, for exec, hooks and exec probes. */
  exec?: (at: At, command: readonly string[]) => { readonly exitCode?: number; readonly stdout?: string } | undefined;
  /** Why a probe fails; "": it succeeds; undefined: commands run, everything else succeeds. */
  probe?: (at: At, kind: ProbeKind) => string | undefined;
  /** Whether an image can be pulled; default: unless its name says "missing", "invalid" and the like. */
  canPull?: (image: string, node: string) => boolean | undefined;
}

const placeOf = (node: string, facts: Readonly<Record<string, string>>, container: string): At => ({
  node,
  namespace: facts[labels.podNamespace] ?? "",
  pod: facts[labels.podName] ?? "",
  container,
});
const placeOfRun = (node: string, run: ObservedContainer): At => placeOf(node, run.labels, run.name);

function resultOf(answer: ReturnType<NonNullable<Behaviour["exec"]>>): Partial<ExecResult> | undefined {
  if (!answer) return undefined;
  return { exitCode: answer.exitCode ?? 0, stdout: new TextEncoder().encode(answer.stdout ?? "") };
}

/** The runtime's side of it. `behaviour` is read at each use. */
export const runtimeBehaviour = (
  node: string,
  behaviour: Behaviour,
): Pick<SimulatedOptions, "behaviour" | "exec" | "isMissing"> => ({
  behaviour: (config) => behaviour.process?.(placeOf(node, config.labels, config.name)),
  exec: (run, command) => resultOf(behaviour.exec?.(placeOfRun(node, run), command)),
  isMissing: (image) => !(behaviour.canPull?.(image, node) ?? !looksMissing(image)),
});

const fields = { startup: "startupProbe", liveness: "livenessProbe", readiness: "readinessProbe" } as const;
const kindOf = (probe: Probe, container: Pod["spec"]["containers"][number]): ProbeKind =>
  (["startup", "liveness", "readiness"] as const).find((kind) => container[fields[kind]] === probe) ?? "readiness";

/** The prober's side of it. */
export function proberOf(node: string, behaviour: Behaviour, runtime: ContainerRuntime): Prober {
  const simulated = createSimulatedProber(runtime);
  return {
    async probe(probe, target, signal) {
      if (!behaviour.probe) return simulated.probe(probe, target, signal);
      const { containers } = await runtime.observe(undefined, signal);
      const run = containers.find((c) => c.id === target.containerId);
      const said = run && behaviour.probe(placeOfRun(node, run), kindOf(probe, target.container));
      if (said === undefined) return simulated.probe(probe, target, signal);
      return { outcome: said === "" ? "success" : "failure", output: said };
    },
  };
}

/** The only container of a pod, or the one named. */
export function containerOf(pod: Pod, name: string | undefined): string {
  const names = containersOf(pod.spec).map(({ container }) => container.name);
  if (name === undefined && names.length === 1) return names[0]!;
  if (name !== undefined && names.includes(name)) return name;
  throw new Error(`pod ${pod.metadata.name} has the containers ${names.join(", ")}: name one of them`);
}
