// The agent's memory of one pod, as steps write it and plans read it.
import type { BackOff } from "#node/plan/back-off.ts";
import { nextBackOff } from "#node/plan/back-off.ts";
import type { Failure, Kill, PodEnd, PodMemory, ProbeFacts } from "#node/plan/types.ts";
import type { ResourceRequirements } from "./types.ts";

export class PodRecord implements PodMemory {
  readonly acceptedAt: number;
  terminatingSince?: number;
  end?: PodEnd;
  removed = false;
  volumesReady = false;
  volumeFailure?: Failure;
  sandboxFailure?: Failure;
  tornDown = false;
  readonly backOff = new Map<string, BackOff>();
  readonly failures = new Map<string, Failure>();
  readonly kills = new Map<string, Kill>();
  readonly resources = new Map<string, ResourceRequirements>();
  readonly probes: ReadonlyMap<string, ProbeFacts>;
  /** Containers whose preStop hook has run or begun, by id. */
  readonly preStopped = new Set<string>();
  /** Containers whose end or back-off has been told in an event, by id. */
  readonly announced = new Set<string>();
  /** Last words of ended containers, by id. */
  readonly messages = new Map<string, string>();
  /** The sandbox whose hosts file is written. */
  hostsFileOf = "";
  /** The object is deleted, or will be when its finalizers are done. */
  deleteSent = false;

  constructor(acceptedAt: number, probes: ReadonlyMap<string, ProbeFacts>) {
    this.acceptedAt = acceptedAt;
    this.probes = probes;
  }
  /** A container of this name is being started again after one that ended at `endedAt`. */
  restarting(name: string, endedAt: number, now: number): void {
    this.backOff.set(name, nextBackOff(this.backOff.get(name), endedAt, now));
  }
  /** What a pod refers to has changed: whatever failed for want of it is tried at once. */
  retryNow(): void {
    for (const [name, failure] of this.failures)
      if (failure.reason === "CreateContainerConfigError") this.failures.set(name, { ...failure, retryAt: 0 });
    if (this.volumeFailure) this.volumeFailure = { ...this.volumeFailure, retryAt: 0 };
  }
  /** Forgets containers that are gone. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const map of [this.kills, this.resources, this.messages])
      for (const id of map.keys()) if (!ids.has(id)) map.delete(id);
    for (const set of [this.preStopped, this.announced]) for (const id of set) if (!ids.has(id)) set.delete(id);
  }
}
