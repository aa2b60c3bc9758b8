// What the node's server must know of the pods on the node; the agent answers from memory.
import type { Pod } from "#node/pod/types.ts";

export interface PodLookup {
  /** Undefined when the node has no such pod. */
  find(namespace: string, name: string): LocatedPod | undefined;
  /** Every pod of the node, with the status that the agent last worked out. */
  list(): readonly Pod[];
  /** Resolves when a container has ended: at once when it has, or is not known. Rejects when `signal` is aborted. */
  ended(containerId: string, signal: AbortSignal): Promise<void>;
}

export interface LocatedPod {
  /** With the latest status: container states name their containers as "<runtime>://<id>". */
  readonly pod: Pod;
  /** The sandbox that is ready. */
  readonly sandboxId: string | undefined;
  /** Absolute path of a container's log file, of earlier runs too; undefined when the runtime has no such container. */
  logPath(containerId: string): string | undefined;
}
