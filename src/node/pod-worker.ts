// One pod's worker: look, plan, report, act, and again when something changes. Looking and reporting go on while a
// long step runs; there is never more than one step.
//
//   wake ─▶ pass: observe ─▶ plan ─▶ status ─▶ (no step running?) step ─▶ done ─▶ wake
//                                     │
//                                     └─ step running and the plan has turned against it: the step is given up
import { deepEqual } from "#api/json.ts";
import type { Timer } from "#base/clock.ts";
import type { Attributes } from "#base/tracing/span.ts";
import { orAborted } from "#base/or-aborted.ts";
import type { NodeParts } from "./node-parts.ts";
import { planPod } from "./plan-pod.ts";
import { viewOf, type PodView } from "#node/plan/pod-view.ts";
import { graceOf } from "#node/plan/turn.ts";
import type { Plan, PodAction, PodEnd, Stage } from "#node/plan/types.ts";
import { PodRecord } from "#node/pod/pod-record.ts";
import { referencesOf } from "#node/pod/references-of.ts";
import { podKey, uidOf, type Container, type Pod, type PodCondition, type PodStatus } from "#node/pod/types.ts";
import { PodProbes } from "#node/probes/pod-probes.ts";
import { passingConditions } from "#node/status/conditions.ts";
import { podStatus } from "#node/status/pod-status.ts";
import { asReported } from "#node/status/reported.ts";
import { readMessages } from "#node/status/read-messages.ts";
import { runActions } from "#node/steps/run-actions.ts";
import { say, type PodWork } from "#node/steps/pod-work.ts";
import type { Observed } from "#node/runtime/runtime.ts";
import { PodVolumes } from "#node/volumes/pod-volumes.ts";

interface Step {
  readonly stage: Stage;
  /** For a step of the pod's end: the grace it was begun with. */
  readonly graceSeconds: number;
  readonly hard: AbortController;
  readonly soft: AbortController;
  /** Waits under way that may be long. */
  waits: number;
}
export interface WorkerListener {
  /** Nothing of the pod is left. */
  finished(worker: PodWorker): void;
  /** The view and the status are fresh. */
  looked(): void;
}
const emptyReport: Observed = { sandboxes: [], containers: [] };
const nothing: PodView = viewOf(emptyReport);
const firstRetryMs = 500;
const longestRetryMs = 30_000;
const sameStepMs = 1000;

const differsInNotes = ({ metadata: a }: Pod, { metadata: b }: Pod): boolean =>
  !deepEqual(a.labels, b.labels) || !deepEqual(a.annotations, b.annotations);
/** Whether a new version of the pod holds more than the node's own report, in which `phase` stood. */
function concernsTheNode(before: Pod, now: Pod, phase: string | undefined): boolean {
  const [a, b] = [before.metadata, now.metadata];
  return (
    a.generation !== b.generation ||
    a.deletionTimestamp !== b.deletionTimestamp ||
    a.deletionGracePeriodSeconds !== b.deletionGracePeriodSeconds ||
    (before.status?.phase !== now.status?.phase && now.status?.phase !== phase) ||
    differsInNotes(before, now) ||
    !deepEqual(foreignConditions(before), foreignConditions(now))
  );
}
const ownConditions = new Set([
  ...["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"],
  ...passingConditions,
]);
/** What the containers ask for, as events of a resize show it. */
function resourcesText({ spec, metadata }: Pod): string {
  const show = (containers: readonly Container[]): object[] =>
    containers.map(({ name, resources }) => ({ name, resources: resources ?? {} }));
  const initContainers = show(spec.initContainers ?? []);
  return JSON.stringify({
    ...(initContainers.length > 0 ? { initContainers } : {}),
    containers: show(spec.containers),
    generation: metadata.generation ?? 0,
  });
}
const foreignConditions = (pod: Pod): readonly PodCondition[] =>
  (pod.status?.conditions ?? []).filter((c) => !ownConditions.has(c.type));

const spanNames: Readonly<Record<Stage, string>> = {
  active: "syncPod",
  terminating: "syncTerminatingPod",
  terminated: "syncTerminatedPod",
};
const spanAttributes = (pod: Pod): Attributes => ({
  "k8s.pod.uid": uidOf(pod),
  "k8s.pod": podKey(pod),
  "k8s.pod.name": pod.metadata.name!,
  "k8s.namespace.name": pod.metadata.namespace!,
});

export class PodWorker {
  readonly uid: string;
  readonly #parts: NodeParts;
  readonly #record: PodRecord;
  readonly #probes: PodProbes;
  readonly #volumes: PodVolumes;
  readonly #told: WorkerListener;
  #pod: Pod;
  #view: PodView = nothing;
  #status: PodStatus | undefined;
  #step: Step | undefined;
  #timer: Timer | undefined;
  #passing = false;
  #isNew: boolean;
  #isResizing = false;
  #isDirty = false;
  #isOver = false;
  #retryMs = firstRetryMs;
  #retryAt = 0;
  #lastStep = "";
  #lastStepEndedAt = 0;

  /** Does nothing before the first `wake`. `isNew`: the runtime cannot know the pod yet. */
  constructor(parts: NodeParts, pod: Pod, told: WorkerListener, isNew = false) {
    this.#isNew = isNew;
    this.uid = uidOf(pod);
    this.#parts = parts;
    this.#pod = pod;
    this.#told = told;
    this.#probes = new PodProbes(parts, pod, () => this.wake());
    this.#record = new PodRecord(parts.clock.now(), this.#probes.facts);
    const refreshFailed = (error: Error): void =>
      say({ parts, pod: this.#pod }, "Warning", "FailedMount", error.message);
    this.#volumes = new PodVolumes(parts.volumes, pod, refreshFailed, parts.signal);
    this.#hold();
  }
  get pod(): Pod {
    return this.#pod;
  }
  /** As last reported; what the API had before that. */
  get status(): PodStatus {
    return this.#status ?? this.#pod.status ?? {};
  }
  get view(): PodView {
    return this.#view;
  }
  /** The API no longer has the pod. */
  get isRemoved(): boolean {
    return this.#record.removed;
  }
  get isEnding(): boolean {
    return this.#record.terminatingSince !== undefined;
  }
  /** The API has a newer version of the pod. */
  update(pod: Pod): void {
    const before = this.#pod;
    this.#pod = pod;
    if (pod.metadata.generation !== before.metadata.generation) this.#hold();
    if (differsInNotes(before, pod)) this.#volumes.refresh(pod);
    if (concernsTheNode(before, pod, this.#status?.phase)) this.#pass();
    // an echo of the node's own writes, as a rule
    else if (this.#status) this.#parts.status.set(pod, this.#status);
  }
  /** The API no longer has the pod. */
  remove(): void {
    this.#record.removed = true;
    this.#parts.status.forget(this.uid);
    this.#pass();
  }
  /** The agent ends the pod: it is evicted or was never admitted. */
  end(end: PodEnd): void {
    this.#record.end ??= end;
    this.#pass();
  }
  /** Something of the pod may have changed in the runtime. */
  wake(): void {
    // a step that is quick will be looked at when it is done
    if (this.#step && this.#step.waits === 0) this.#isDirty = true;
    else this.#pass();
  }
  /** The agent stops; the pod goes on. */
  leave(): void {
    this.#isOver = true;
    this.#timer?.stop();
    this.#probes.stop();
    this.#volumes.leave();
    this.#step?.hard.abort(new Error("the agent stops"));
  }
  #hold(): void {
    if (this.#record.tornDown || this.#record.removed) return;
    this.#parts.references.hold(this.uid, referencesOf(this.#pod), () => {
      this.#record.retryNow();
      this.#volumes.refresh(this.#pod);
      this.#pass();
    });
  }

  #pass(): void {
    this.#isDirty = true;
    if (this.#passing || this.#isOver) return;
    this.#passing = true;
    void this.#passes();
  }
  async #passes(): Promise<void> {
    const { clock, log, signal } = this.#parts;
    while (this.#isDirty && !this.#isOver) {
      this.#isDirty = false;
      try {
        await this.#once(signal);
      } catch (error) {
        if (signal.aborted) break;
        log.warn("pod not looked at", { pod: podKey(this.#pod), error });
        this.#again(clock.now() + this.#retryMs);
        this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
      }
    }
    this.#passing = false;
  }
  async #once(signal: AbortSignal): Promise<void> {
    const { clock, runtime } = this.#parts;
    const observed = this.#isNew ? emptyReport : await runtime.observe(this.uid, signal);
    this.#isNew = false;
    if (this.#isOver) return;
    this.#view = viewOf(observed);
    this.#record.keepOnly(new Set(observed.containers.map((c) => c.id)));
    await readMessages(this.#view, this.#record.messages, this.#parts.files);
    const pod = asReported(this.#pod, this.#status);
    const plan = planPod(pod, observed, this.#record, clock.now());
    if (plan.end) this.#record.end ??= plan.end;
    if (plan.stage !== "active") this.#record.terminatingSince ??= clock.now();
    this.#probes.sync(this.#pod, this.#view, plan.stage, this.#podIP());
    this.#announce(plan);
    this.#announceResize(plan);
    this.#report(pod, plan);
    this.#told.looked();
    this.#timer?.stop();
    if (plan.againInMs !== undefined) this.#again(clock.now() + plan.againInMs);
    if (this.#step) this.#reconsider(this.#step, plan);
    else this.#act(plan);
  }
  #podIP(): string {
    return (this.#pod.spec.hostNetwork ? this.#parts.hostIPs()[0] : this.#view.sandbox?.ips[0]) ?? "";
  }
  #announce(plan: Plan): void {
    for (const [name, { after }] of plan.backingOff) {
      if (this.#record.announced.has(after)) continue;
      this.#record.announced.add(after);
      const { name: podName, namespace, uid } = this.#pod.metadata;
      const message = `Back-off restarting failed container ${name} in pod ${podName}_${namespace}(${uid})`;
      say({ parts: this.#parts, pod: this.#pod }, "Warning", "BackOff", message, name);
    }
  }
  #announceResize({ stage, isResizing }: Plan): void {
    if (isResizing === this.#isResizing) return;
    this.#isResizing = isResizing;
    if (stage !== "active") return;
    const [reason, what] = isResizing ? ["ResizeStarted", "started"] : ["ResizeCompleted", "completed"];
    say({ parts: this.#parts, pod: this.#pod }, "Normal", reason!, `Pod resize ${what}: ${resourcesText(this.#pod)}`);
  }
  #report(pod: Pod, plan: Plan): void {
    if (this.#record.removed || this.#record.deleteSent) return;
    const { runtimeName, clock, status } = this.#parts;
    this.#status = podStatus({
      pod,
      view: this.#view,
      memory: this.#record,
      plan,
      runtimeName,
      hostIPs: this.#parts.hostIPs(),
      messages: this.#record.messages,
      now: clock.now(),
    });
    status.set(this.#pod, this.#status);
  }
  /** Gives up a running step that the plan no longer wants. */
  #reconsider(step: Step, plan: Plan): void {
    const grace = this.#grace();
    const isTurned = step.stage === "active" && plan.stage !== "active";
    const isShorter = step.stage !== "active" && grace < step.graceSeconds;
    if (isTurned || isShorter) step.hard.abort(new Error("the pod's end has begun or its grace is shorter"));
    else if (plan.actions.some((a) => a.type === "killContainer")) step.soft.abort(new Error("a container must stop"));
  }
  #grace(): number {
    return this.#record.end?.graceSeconds ?? graceOf(this.#pod);
  }
  #act(plan: Plan): void {
    const { clock } = this.#parts;
    const actions = plan.actions.filter((a) => !(a.type === "deletePod" && this.#record.deleteSent));
    if (actions.length === 0) {
      this.#retryMs = firstRetryMs;
      this.#lastStep = "";
      return;
    }
    const name = JSON.stringify(actions.map((a) => ({ ...a, container: undefined, graceSeconds: undefined })));
    // a step that changed nothing must not be repeated without end
    if (name === this.#lastStep) this.#retryAt = Math.max(this.#retryAt, this.#lastStepEndedAt + sameStepMs);
    if (clock.now() < this.#retryAt) this.#again(this.#retryAt);
    else {
      this.#lastStep = name;
      void this.#run(plan.stage, actions);
    }
  }
  #again(at: number): void {
    this.#timer?.stop();
    this.#timer = this.#parts.clock.after(at - this.#parts.clock.now(), () => this.#pass());
  }
  async #run(stage: Stage, actions: readonly PodAction[]): Promise<void> {
    const { log, clock, signal, tracer } = this.#parts;
    const [hard, soft] = [new AbortController(), new AbortController()];
    const step: Step = { stage, graceSeconds: this.#grace(), hard, soft, waits: 0 };
    this.#step = step;
    const since = clock.now();
    this.#timer?.stop();
    try {
      const run = (): Promise<void> => runActions(this.#work(step), actions, AbortSignal.any([signal, hard.signal]));
      await (tracer ? tracer.run(spanNames[stage], { attributes: spanAttributes(this.#pod) }, run) : run());
      this.#retryAt = 0;
      log.debug("pod step done", {
        pod: podKey(this.#pod),
        actions: actions.map((a) => a.type),
        ms: clock.now() - since,
      });
      if (actions.at(-1)?.type === "forget") return this.#forget();
    } catch (error) {
      if (!signal.aborted && !hard.signal.aborted && !soft.signal.aborted) {
        log.warn("pod step failed", { pod: podKey(this.#pod), stage, error });
        this.#retryAt = clock.now() + this.#retryMs;
        this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
      }
    } finally {
      this.#step = undefined;
      this.#lastStepEndedAt = clock.now();
    }
    if (!signal.aborted) this.#pass();
  }
  #work(step: Step): PodWork {
    return {
      parts: this.#parts,
      pod: this.#pod,
      view: this.#view,
      record: this.#record,
      volumes: this.#volumes,
      waiting: async (wait) => {
        step.waits++;
        if (this.#isDirty) this.#pass();
        try {
          return await orAborted(wait(step.soft.signal), AbortSignal.any([step.hard.signal, this.#parts.signal]));
        } finally {
          step.waits--;
        }
      },
    };
  }
  #forget(): void {
    this.leave();
    this.#parts.references.hold(this.uid, [], () => undefined);
    this.#parts.status.forget(this.uid);
    this.#told.finished(this);
  }
}
