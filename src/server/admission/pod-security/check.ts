// What the single checks of Pod Security are made of: the containers of a pod, and the words of a finding.
import type { Pod } from "#api/core/pod.ts";

export type PodSpec = Pod["spec"];
export type Container = PodSpec["containers"][number];
export type Annotations = Readonly<Record<string, string>>;

export interface Violation {
  readonly reason: string;
  readonly detail: string;
}
export type CheckPod = (spec: PodSpec, annotations: Annotations) => Violation | undefined;

/** A check as it is from a minor version of Kubernetes on. */
export interface Revision {
  readonly since: number;
  readonly check: CheckPod;
}
export interface Check {
  readonly id: string;
  /** Oldest first. */
  readonly revisions: readonly Revision[];
  /** Baseline checks that this one takes the place of. */
  readonly replaces?: string;
}

/** All of them; ephemeral containers have the fields that matter here. */
export const containersOf = (spec: PodSpec): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
  ...((spec.ephemeralContainers ?? []) as unknown as readonly Container[]),
];
export const namesOf = (spec: PodSpec, isBad: (container: Container) => boolean): string[] =>
  containersOf(spec)
    .filter(isBad)
    .map((c) => c.name);

export const quoted = (items: readonly string[]): string => items.map((item) => `"${item}"`).join(", ");
/** Sorted, each once. */
export const distinct = (items: Iterable<string>): string[] => [...new Set(items)].toSorted();
/** `container "a"`, `containers "a", "b"` */
export const containersText = (names: readonly string[]): string =>
  `${names.length === 1 ? "container" : "containers"} ${quoted(names)}`;
/** Who sets something: the pod, some containers, or both. */
export const setters = (isPod: boolean, names: readonly string[]): string =>
  [...(isPod ? ["pod"] : []), ...(names.length > 0 ? [containersText(names)] : [])].join(" and ");

export const isWindows = (spec: PodSpec): boolean => spec.os?.name === "windows";
/** In a user namespace root is nobody on the node. */
export const isOwnUserNamespace = (spec: PodSpec): boolean => spec.hostUsers === false;
export const except =
  (isExempt: (spec: PodSpec) => boolean, check: CheckPod): CheckPod =>
  (spec, annotations) =>
    isExempt(spec) ? undefined : check(spec, annotations);
