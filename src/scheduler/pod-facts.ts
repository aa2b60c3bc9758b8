// A pod as the scheduler sees it: what the decision needs again and again, worked out once, and only when asked for.
import type { Pod } from "#api/core/pod.ts";
import type { PodAffinityTerm, Toleration } from "#api/core/schema/node-selector.ts";
import { deepEqual } from "#api/json.ts";
import { keyOf } from "#api/kind.ts";
import { requirementsOf, type LabelRequirement } from "#api/selectors.ts";
import { parseTime } from "#api/time.ts";
import { requiredNodes, type NodePredicate } from "#api/core/node-affinity.ts";
import { controllerOf } from "#reconcile/owner-references.ts";
import { podRequests, type Resources } from "#scheduler/resources.ts";

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}
/** A term of pod affinity, ready for matching. */
export interface AffinityTerm {
  /** Undefined: no pod. */
  readonly selector: readonly LabelRequirement[] | undefined;
  readonly namespaces: ReadonlySet<string>;
  /** Undefined: only the named namespaces. */
  readonly namespaceSelector: readonly LabelRequirement[] | undefined;
  readonly topologyKey: string;
  readonly weight: number;
}
export interface PodTerms {
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly AffinityTerm[];
  readonly preferredAntiAffinity: readonly AffinityTerm[];
}
/** Upstream: what a container without requests counts as when nodes are scored, so that such pods spread as well. */
const scoredMilliCpu = 100;
const scoredMemory = 200 * 1024 * 1024;

export class PodFacts {
  readonly pod: Pod;
  readonly uid: string;
  readonly key: string;
  readonly priority: number;
  /** Uid of its controller. */
  readonly owner: string | undefined;
  readonly hasPodAffinity: boolean;
  #requests: Resources | undefined;
  #scored: Resources | undefined;
  #ports: readonly HostPort[] | undefined;
  #required: { readonly predicate: NodePredicate | undefined } | undefined;
  #terms: PodTerms | undefined;
  #likeness: string | undefined;

  constructor(pod: Pod) {
    this.pod = pod;
    this.uid = pod.metadata.uid!;
    this.key = keyOf(pod);
    this.priority = pod.spec.priority ?? 0;
    this.owner = controllerOf(pod)?.uid;
    const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
    this.hasPodAffinity = podAffinity !== undefined || podAntiAffinity !== undefined;
  }
  get requests(): Resources {
    return (this.#requests ??= podRequests(this.pod));
  }
  /** Requests for scoring: with default amounts where a container names none. */
  get scoredRequests(): Resources {
    return (this.#scored ??= podRequests(this.pod, (requests) => {
      requests.milliCpu ||= scoredMilliCpu;
      requests.memory ||= scoredMemory;
    }));
  }
  get ports(): readonly HostPort[] {
    return (this.#ports ??= hostPorts(this.pod));
  }
  get tolerations(): readonly Toleration[] {
    return this.pod.spec.tolerations ?? [];
  }
  get requiredNodes(): NodePredicate | undefined {
    return (this.#required ??= { predicate: requiredNodes(this.pod) }).predicate;
  }
  get terms(): PodTerms {
    return (this.#terms ??= podTerms(this.pod));
  }
  /** The same for pods that are alike in all that says where other pods want them, and they others. */
  get likeness(): string {
    const { metadata, spec } = this.pod;
    return (this.#likeness ??= JSON.stringify([
      metadata.namespace,
      metadata.labels,
      spec.affinity,
      spec.topologySpreadConstraints,
      spec.nodeSelector,
      spec.tolerations,
    ]));
  }
  /** Whether other pods' wishes count this pod as they count the other one. */
  countsAs(other: PodFacts): boolean {
    const [a, b] = [this.pod, other.pod];
    return (
      a.metadata.deletionTimestamp === b.metadata.deletionTimestamp &&
      deepEqual(a.metadata.labels, b.metadata.labels) &&
      deepEqual(a.spec.affinity, b.spec.affinity)
    );
  }
  /** Milliseconds since 1970. */
  get startedAt(): number {
    return this.pod.status.startTime === undefined ? Number.MAX_SAFE_INTEGER : parseTime(this.pod.status.startTime);
  }
}

function hostPorts(pod: Pod): readonly HostPort[] {
  const ports: HostPort[] = [];
  const sidecars = (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === "Always");
  for (const container of [...pod.spec.containers, ...sidecars])
    for (const { hostPort = 0, hostIP, protocol = "TCP" } of container.ports ?? [])
      if (hostPort > 0) ports.push({ ip: hostIP || "0.0.0.0", protocol, port: hostPort });
  return ports;
}

function podTerms(pod: Pod): PodTerms {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  const term = (t: PodAffinityTerm, weight = 0): AffinityTerm => ({
    selector: t.labelSelector && requirementsOf(t.labelSelector),
    namespaces: new Set(t.namespaces?.length || t.namespaceSelector ? t.namespaces : [pod.metadata.namespace!]),
    namespaceSelector: t.namespaceSelector && requirementsOf(t.namespaceSelector),
    topologyKey: t.topologyKey,
    weight,
  });
  const required = (terms: readonly PodAffinityTerm[] | undefined) => (terms ?? []).map((t) => term(t));
  type Preferred = readonly { readonly weight: number; readonly podAffinityTerm: PodAffinityTerm }[];
  const preferred = (terms: Preferred | undefined) => (terms ?? []).map((t) => term(t.podAffinityTerm, t.weight));
  return {
    requiredAffinity: required(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAntiAffinity: required(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferredAffinity: preferred(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAntiAffinity: preferred(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  };
}
