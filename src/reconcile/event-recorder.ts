// Events: what a component did to an object, told to people. Repeats are counted instead of written again.
import type { KubeObject } from "#api/kind.ts";

export interface EventOptions {
  /** The part of the object that is meant, for example spec.containers{web}. */
  readonly fieldPath?: string;
}
export interface EventRecorder {
  /** Never throws and never waits: an event that cannot be written is dropped and logged. */
  event(about: KubeObject, type: "Normal" | "Warning", reason: string, message: string, options?: EventOptions): void;
}
