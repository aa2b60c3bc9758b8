// A node as the scheduler sees it: what it has, what its pods take, kept up to date pod by pod.
import type { Node } from "#api/core/node.ts";
import type { Taint } from "#api/core/schema/node-selector.ts";
import type { HostPort, PodFacts } from "#scheduler/pod-facts.ts";
import { add, noResources, podLimitOf, resourcesOf, type Resources } from "#scheduler/resources.ts";

const noLabels: Readonly<Record<string, string>> = {};
const anyAddress = "0.0.0.0";

export class NodeState {
  readonly name: string;
  /** Undefined when only pods of the node are known so far, or still. */
  #node: Node | undefined;
  allocatable: Resources = noResources();
  podLimit = 0;
  /** Taints that keep pods away. */
  hardTaints: readonly Taint[] = [];
  /** Taints with the effect PreferNoSchedule. */
  softTaints: readonly Taint[] = [];
  #images: ReadonlyMap<string, number> | undefined;
  readonly pods = new Map<string, PodFacts>();
  readonly requested: Resources = noResources();
  readonly scoredRequested: Resources = noResources();
  /** Pods with any affinity or anti-affinity towards pods. */
  readonly affinityPods = new Set<PodFacts>();
  readonly requiredAntiAffinityPods = new Set<PodFacts>();
  /** Protocol and port → address → number of pods. */
  readonly #ports = new Map<string, Map<string, number>>();

  constructor(name: string) {
    this.name = name;
  }
  get node(): Node | undefined {
    return this.#node;
  }
  get labels(): Readonly<Record<string, string>> {
    return this.#node?.metadata.labels ?? noLabels;
  }
  /** Image name → size in bytes. */
  get images(): ReadonlyMap<string, number> {
    return (this.#images ??= imagesOf(this.#node));
  }
  setNode(node: Node | undefined): void {
    this.#node = node;
    this.allocatable = resourcesOf(node?.status.allocatable);
    this.podLimit = podLimitOf(node?.status.allocatable);
    const taints = node?.spec.taints ?? [];
    this.hardTaints = taints.filter((t) => t.effect === "NoSchedule" || t.effect === "NoExecute");
    this.softTaints = taints.filter((t) => t.effect === "PreferNoSchedule");
    this.#images = undefined;
  }
  addPod(pod: PodFacts): void {
    const known = this.pods.get(pod.uid);
    if (known) this.removePod(known);
    this.pods.set(pod.uid, pod);
    this.#count(pod, 1);
  }
  removePod(pod: PodFacts): void {
    const known = this.pods.get(pod.uid);
    if (!known) return;
    this.pods.delete(pod.uid);
    this.#count(known, -1);
  }
  #count(pod: PodFacts, sign: 1 | -1): void {
    add(this.requested, pod.requests, sign);
    add(this.scoredRequested, pod.scoredRequests, sign);
    for (const port of pod.ports) this.#countPort(port, sign);
    if (!pod.hasPodAffinity) return;
    if (sign === 1) this.affinityPods.add(pod);
    else this.affinityPods.delete(pod);
    if (sign === -1) this.requiredAntiAffinityPods.delete(pod);
    else if (pod.terms.requiredAntiAffinity.length > 0) this.requiredAntiAffinityPods.add(pod);
  }
  #countPort({ ip, protocol, port }: HostPort, sign: 1 | -1): void {
    const id = `${protocol}/${port}`;
    const addresses = this.#ports.get(id) ?? new Map<string, number>();
    this.#ports.set(id, addresses);
    const count = (addresses.get(ip) ?? 0) + sign;
    if (count > 0) addresses.set(ip, count);
    else addresses.delete(ip);
    if (addresses.size === 0) this.#ports.delete(id);
  }
  /** Whether a pod of this node has the port; 0.0.0.0 stands for every address. */
  hasPort({ ip, protocol, port }: HostPort): boolean {
    const addresses = this.#ports.get(`${protocol}/${port}`);
    if (!addresses) return false;
    return ip === anyAddress || addresses.has(ip) || addresses.has(anyAddress);
  }
  /** A copy to try things on. */
  copy(): NodeState {
    const copy = new NodeState(this.name);
    copy.setNode(this.#node);
    for (const pod of this.pods.values()) copy.addPod(pod);
    return copy;
  }
}

function imagesOf(node: Node | undefined): ReadonlyMap<string, number> {
  const images = new Map<string, number>();
  for (const image of node?.status.images ?? [])
    for (const name of image.names ?? []) images.set(name, image.sizeBytes ?? 0);
  return images;
}
