// What planPod is told beyond the pod and the runtime's report, and what it answers. The memory is what only the
// agent can know; all of it may be lost at a restart without harm to running pods.
import type { BackOff } from "./back-off.ts";
import type { Container, ContainerRole, ResourceRequirements } from "#node/pod/types.ts";

/** Why a container does not run, as its status shows it. */
export interface WaitingReason {
  readonly reason: string;
  readonly message: string;
}
/** A step that failed, and when it is worth trying again. */
export interface Failure extends WaitingReason {
  /** The wait before the next try, where it grows. */
  readonly delayMs?: number;
  readonly retryAt: number;
}
/** The agent's own decision that a pod is over. */
export interface PodEnd {
  /** "DeadlineExceeded", "Evicted", "OutOfcpu", "NodeAffinity" … */
  readonly reason: string;
  readonly message: string;
  /** Overrides the pod's grace. */
  readonly graceSeconds?: number;
}
export interface ProbeFacts {
  readonly startup?: "Success" | "Failure";
  readonly liveness?: "Success" | "Failure";
  readonly readiness?: "Success" | "Failure";
}
export type KillCause = "liveness" | "startup" | "changed" | "resize" | "postStart" | "unknown" | "pod";
/** A container that the agent stops or has stopped. */
export interface Kill {
  readonly cause: KillCause;
  /** It is to run again whatever the restart policy says. */
  readonly restart: boolean;
}

export interface PodMemory {
  /** When the agent first saw the pod; milliseconds. */
  readonly acceptedAt: number;
  /** When its end began; absent while it lives. */
  readonly terminatingSince?: number;
  readonly end?: PodEnd;
  /** The API no longer has it. */
  readonly removed: boolean;
  readonly volumesReady: boolean;
  readonly volumeFailure?: Failure;
  readonly sandboxFailure?: Failure;
  /** By container name. */
  readonly backOff: ReadonlyMap<string, BackOff>;
  /** Why the last start of a container failed, by name; gone once one succeeds. */
  readonly failures: ReadonlyMap<string, Failure>;
  /** By container id. */
  readonly kills: ReadonlyMap<string, Kill>;
  /** By container id. */
  readonly probes: ReadonlyMap<string, ProbeFacts>;
  /** Resources last given to a container, by id. */
  readonly resources: ReadonlyMap<string, ResourceRequirements>;
  /** Volumes, cgroups and the like are gone. */
  readonly tornDown: boolean;
}

export interface StartAction {
  readonly type: "startContainer";
  readonly container: Container;
  readonly role: ContainerRole;
  /** Number of restarts before this start; also the runtime's attempt. */
  readonly restartCount: number;
  /** A container that was made but never started, to be removed first. */
  readonly leftover?: string;
  /** When the container before this one ended; for the back-off. */
  readonly previousEndedAt?: number;
}
export interface KillAction {
  readonly type: "killContainer";
  readonly id: string;
  readonly name: string;
  readonly cause: KillCause;
  readonly restart: boolean;
  /** Text of the Killing event. */
  readonly message: string;
  readonly graceSeconds: number;
}
export type PodAction =
  | { readonly type: "setUpVolumes" }
  | { readonly type: "createSandbox"; readonly attempt: number }
  | StartAction
  | KillAction
  | {
      readonly type: "resizeContainer";
      readonly id: string;
      readonly container: Container;
    }
  | { readonly type: "stopSandbox"; readonly id: string }
  | { readonly type: "removeSandbox"; readonly id: string }
  | { readonly type: "removeContainer"; readonly id: string; readonly name: string }
  /** Unmounts volumes and removes the pod's cgroup and directories. */
  | { readonly type: "tearDown" }
  /** Writes the last status and deletes the object. */
  | { readonly type: "deletePod" }
  /** Nothing of the pod is left on the node: forget it. */
  | { readonly type: "forget" };

/**
 *   active ──▶ terminating ──▶ terminated ──▶ (deleted) removed
 *   start and restart          stop apps, sidecars,      tear down, and delete the object when that was asked for
 *                              then the sandbox
 */
export type Stage = "active" | "terminating" | "terminated";

export interface Plan {
  readonly stage: Stage;
  /** To be done in order; kills that stand side by side at once. */
  readonly actions: readonly PodAction[];
  /** Containers that wait for their back-off, by name, with the id of the one that ended. */
  readonly backingOff: ReadonlyMap<string, WaitingReason & { readonly after: string }>;
  /** Containers that run have other resources than the pod asks for by now. */
  readonly isResizing: boolean;
  /** Set once the pod must end for a reason of the agent's. */
  readonly end?: PodEnd;
  /** When to plan again if nothing changes. */
  readonly againInMs?: number;
}
