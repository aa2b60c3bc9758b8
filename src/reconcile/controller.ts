// A controller is level-triggered: it is told which object, never what happened, and brings the observed state
// nearer to the desired one. Everything it may touch comes in a Turn.
import type { AnyKind, Kind, KubeObject } from "#api/kind.ts";
import type { Client } from "#client/client.ts";
import type { Informer } from "#client/informer.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { EventRecorder } from "#reconcile/event-recorder.ts";

export interface Turn {
  /** "namespace/name" of the object at hand. */
  readonly key: string;
  readonly client: Client;
  /** The shared cache of a kind; the controller must have named the kind in for, owns or watches. */
  cache<T extends KubeObject>(kind: Kind<T>): Informer<T>;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly signal: AbortSignal;
}
export interface Watched {
  readonly kind: AnyKind;
  /** Keys of the controller's objects that this change concerns; `old` is what stood there before. */
  // eslint-disable-next-line
  readonly concerns: (
    object: any,
    old: any,
    cache: <T extends KubeObject>(kind: Kind<T>) => Informer<T>,
  ) => Iterable<string>;
}
export interface Controller<T extends KubeObject = KubeObject> {
  /** As in upstream's controller manager, for example "deployment-controller"; also its ServiceAccount. */
  readonly name: string;
  readonly for: Kind<T>;
  /** Kinds whose objects point at ours by an owner reference with controller: true. */
  readonly owns?: readonly AnyKind[];
  readonly watches?: readonly Watched[];
  /** Keys that run at a time; default 5. A key never runs twice at once. */
  readonly concurrency?: number;
  /** An error puts the key back with exponential back-off. */
  reconcile(object: T, turn: Turn): Promise<void | { readonly againInMs: number }>;
  /** The object is gone. */
  gone?(key: string, turn: Turn): Promise<void>;
}
/** Declares a controller. */
export const defineController = <T extends KubeObject>(controller: Controller<T>): Controller<T> => controller;
