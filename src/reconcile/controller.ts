// A controller is level-triggered: it is told which object, never what happened, and brings the observed state
// nearer to the desired one. Everything it may touch comes in a Turn. Its cache is never behind its own writes: a key
// waits until the informers have seen what the controller wrote for it (see own-writes.ts).
import type { AnyKind, Kind, KubeObject } from "#api/kind.ts";
import type { PolicyRule } from "#api/rbac/schema.ts";
import type { Client } from "#client/client.ts";
import type { Informer, InformerSet } from "#client/informer.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { EventRecorder } from "#reconcile/event-recorder.ts";

/** The shared cache of a kind; only kinds that the controller has named. */
export type CacheOf = <T extends KubeObject>(kind: Kind<T>) => Informer<T>;

export interface Turn {
  /** "namespace/name" of the object at hand. */
  readonly key: string;
  readonly client: Client;
  readonly cache: CacheOf;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly signal: AbortSignal;
}
// The object type differs from entry to entry of one list, hence the escape; `watching` gives the types back.
// eslint-disable-next-line
type AnyObject = any;
export interface Watched {
  readonly kind: AnyKind;
  /** Keys of the controller's objects that this object concerns. Asked for the state before and after a change. */
  readonly concerns: (object: AnyObject, cache: CacheOf) => Iterable<string>;
  /** Whether a change is worth a turn; default: every change. Absent: deleted, or not there before. */
  readonly matters?: (object: AnyObject, old: AnyObject) => boolean;
}
/** Declares what a change of another kind means for the controller's objects. */
export const watching = <T extends KubeObject>(
  kind: Kind<T>,
  concerns: (object: T, cache: CacheOf) => Iterable<string>,
  matters?: (object: T | undefined, old: T | undefined) => boolean,
): Watched => ({ kind, concerns, ...(matters ? { matters } : {}) });

interface Common {
  /** As in upstream's controller manager, for example "deployment-controller"; also its ServiceAccount. */
  readonly name: string;
  /** What the controller's ServiceAccount may do; becomes the ClusterRole system:controller:<name>. */
  readonly rules: readonly PolicyRule[];
}
export interface Controller<T extends KubeObject = KubeObject> extends Common {
  readonly for: Kind<T>;
  /** Which changes of the object itself are worth a turn; default: every change. */
  readonly matters?: (object: T | undefined, old: T | undefined) => boolean;
  /** Kinds whose objects point at ours by an owner reference with controller: true. */
  readonly owns?: readonly AnyKind[];
  readonly watches?: readonly Watched[];
  /** Kinds that are read from the cache without giving rise to turns. */
  readonly reads?: readonly AnyKind[];
  /** Keys that run at a time; default 5. A key never runs twice at once. */
  readonly concurrency?: number;
  /** An error puts the key back with exponential back-off. */
  reconcile(object: T, turn: Turn): Promise<void | { readonly againInMs: number }>;
  /** The object is gone. */
  gone?(key: string, turn: Turn): Promise<void>;
}
/** What a controller that is no plain reconciler of one kind gets to work with. */
export interface LoopParts {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}
/** A controller with a life of its own, such as the garbage collector. */
export interface ControllerLoop extends Common {
  /** Runs until the signal is aborted; called anew when it is to run again. */
  run(parts: LoopParts, signal: AbortSignal): Promise<void>;
}
// Controllers of different kinds in one list.
// eslint-disable-next-line
export type AnyController = Controller<any> | ControllerLoop;

/** Declares a controller. */
export const defineController = <T extends KubeObject>(controller: Controller<T>): Controller<T> => controller;
