// The status of one container, from its runs and from what the agent knows about why it does not run. Waiting wins
// over terminated only where a restart is held up: then the run that ended moves to lastState.
import { formatTime } from "#api/time.ts";
import type { ObservedContainer } from "#node/runtime/runtime.ts";
import type { PodView } from "#node/plan/pod-view.ts";
import { restartsAfter } from "#node/plan/restart.ts";
import type { Plan, PodMemory, ProbeFacts } from "#node/plan/types.ts";
import { lost } from "./lost-containers.ts";
import { restartCountOf } from "#node/pod/identity.ts";
import type { Container, ContainerState, ContainerStatus, Pod, RoledContainer } from "#node/pod/types.ts";

export interface StatusFacts {
  readonly pod: Pod;
  readonly view: PodView;
  readonly memory: PodMemory;
  readonly plan: Pick<Plan, "stage" | "backingOff" | "isResizing">;
  /** Prefix of container ids: "containerd" or the simulated runtime's name. */
  readonly runtimeName: string;
  readonly hostIPs: readonly string[];
  /** Last words of ended containers, by id. */
  readonly messages: ReadonlyMap<string, string>;
  readonly now: number;
}
type Terminated = NonNullable<ContainerState["terminated"]>;

const idOf = (facts: StatusFacts, run: ObservedContainer): string => `${facts.runtimeName}://${run.id}`;

/** The termination file goes with the pod's other files; what the API was told stays true. */
function terminatedState(facts: StatusFacts, run: ObservedContainer, old: ContainerStatus | undefined): Terminated {
  const told = [old?.state?.terminated, old?.lastState?.terminated].find((t) => t?.containerID === idOf(facts, run));
  const message = facts.messages.get(run.id) || told?.message || run.message;
  return {
    exitCode: run.exitCode,
    ...(run.signal ? { signal: run.signal } : {}),
    reason: run.reason || (run.exitCode === 0 ? "Completed" : "Error"),
    ...(message ? { message } : {}),
    ...(run.startedAt ? { startedAt: formatTime(run.startedAt) } : {}),
    ...(run.finishedAt ? { finishedAt: formatTime(run.finishedAt) } : {}),
    containerID: idOf(facts, run),
  };
}
function stateOf(
  facts: StatusFacts,
  run: ObservedContainer,
  waiting: ContainerState,
  old: ContainerStatus | undefined,
): ContainerState {
  if (run.state === "running") return { running: { startedAt: formatTime(run.startedAt) } };
  if (run.state === "exited") return { terminated: terminatedState(facts, run, old) };
  return waiting;
}
/** What the status says while there is no run to tell more. */
function withoutRun(facts: StatusFacts, old: ContainerStatus | undefined, waiting: ContainerState): ContainerState {
  if (old?.state?.terminated) return old.state;
  if (old?.state?.running && facts.pod.metadata.deletionTimestamp !== undefined)
    return lost("The container could not be located when the pod was deleted.  The container used to be Running");
  return waiting;
}

/** `old` is what the API has of this container. */
export function containerStatus(
  facts: StatusFacts,
  roled: RoledContainer,
  old: ContainerStatus | undefined,
): ContainerStatus {
  const { container } = roled;
  const [run, previous] = facts.view.runs(container.name);
  const hasInit = (facts.pod.spec.initContainers ?? []).length > 0;
  const waiting = { waiting: { reason: hasInit ? "PodInitializing" : "ContainerCreating" } };
  let state = run ? stateOf(facts, run, waiting, old) : withoutRun(facts, old, waiting);
  let lastState: ContainerState =
    previous?.state === "exited" ? { terminated: terminatedState(facts, previous, old) } : (old?.lastState ?? {});
  const heldUp = waitingReason(facts, roled, run);
  if (heldUp) {
    if (state.terminated) lastState = { terminated: state.terminated };
    state = { waiting: { reason: heldUp.reason, ...(heldUp.message ? { message: heldUp.message } : {}) } };
  }
  const probes = run ? facts.memory.probes.get(run.id) : undefined;
  const started = isStarted(roled, state, probes);
  return {
    name: container.name,
    state,
    lastState,
    ready: isReady(roled, state, started, probes),
    restartCount: run ? restartCountOf(run) : (old?.restartCount ?? 0),
    image: run?.image || (container.image ?? ""),
    imageID: run?.imageRef ?? old?.imageID ?? "",
    ...(run ? { containerID: idOf(facts, run) } : old?.containerID ? { containerID: old.containerID } : {}),
    started,
    ...(run ? ofRun(facts, container, run) : {}),
  };
}
function waitingReason(
  facts: StatusFacts,
  { container, role }: RoledContainer,
  run: ObservedContainer | undefined,
): { reason: string; message: string } | undefined {
  if (facts.plan.stage !== "active" || run?.state === "running") return undefined;
  const mayStart =
    run?.state !== "exited" ||
    facts.memory.kills.get(run.id)?.restart === true ||
    restartsAfter(facts.pod.spec, container, role, run.exitCode);
  if (!mayStart) return undefined;
  return facts.plan.backingOff.get(container.name) ?? facts.memory.failures.get(container.name);
}
function isStarted({ container }: RoledContainer, state: ContainerState, probes: ProbeFacts | undefined): boolean {
  if (!state.running) return false;
  return !container.startupProbe || probes?.startup === "Success";
}
function isReady(
  { container, role }: RoledContainer,
  state: ContainerState,
  started: boolean,
  probes: ProbeFacts | undefined,
): boolean {
  if (role === "init") return state.terminated?.exitCode === 0;
  if (!started || role === "ephemeral") return false;
  return !container.readinessProbe || probes?.readiness === "Success";
}
/** What only a run has: resources in force, mounts, user. */
function ofRun(facts: StatusFacts, container: Container, run: ObservedContainer): Partial<ContainerStatus> {
  const applied = facts.memory.resources.get(run.id) ?? container.resources ?? {};
  const { requests, limits } = applied;
  const allocated = container.resources?.requests;
  const mounts = container.volumeMounts ?? [];
  const stopSignal = container.lifecycle?.stopSignal;
  return {
    ...(allocated && Object.keys(allocated).length > 0 ? { allocatedResources: allocated } : {}),
    resources: { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) },
    ...(mounts.length > 0
      ? {
          volumeMounts: mounts.map((m) => ({
            name: m.name,
            mountPath: m.mountPath,
            ...(m.readOnly ? { readOnly: true, recursiveReadOnly: "Disabled" } : {}),
          })),
        }
      : {}),
    ...(run.user
      ? {
          user: {
            linux: { uid: run.user.uid, gid: run.user.gid, supplementalGroups: run.user.supplementalGroups },
          },
        }
      : {}),
    ...(stopSignal ? { stopSignal } : {}),
  };
}
