// The Node object of a machine: what the agent makes of it when it registers, and the patch that keeps the agent's own
// fields true. Resources that others add to the capacity survive, and become allocatable.
import { Node } from "#api/core/node.ts";
import { deepEqual } from "#api/json.ts";
import { integerValue, quantityOf } from "#api/quantity.ts";
import type { Draft } from "#api/schema.ts";
import { formatTime } from "#api/time.ts";
import type { HostFacts } from "#node/host/host-facts.ts";
import type { ImageFacts } from "#node/runtime/runtime.ts";

type NodeStatus = Node["status"];
type NodeCondition = NonNullable<NodeStatus["conditions"]>[number];
type Amounts = Readonly<Record<string, string>>;

export interface NodeFacts {
  readonly name: string;
  readonly host: HostFacts;
  readonly addresses: readonly string[];
  readonly mostPods: number;
  readonly ephemeralBytes: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly kubeletVersion: string;
  /** "containerd://1.7.1" */
  readonly runtimeVersion: string;
  readonly runtimeHandlers: readonly string[];
  /** 0: the node serves nothing. */
  readonly kubeletPort: number;
  /** "" is ready; else why not. */
  readonly notReady: string;
  readonly pressures: { readonly memory: boolean; readonly disk: boolean; readonly pids: boolean };
  readonly images: readonly ImageFacts[];
}
const memoryReserveBytes = 100 * 2 ** 20;
const mostImages = 50;
const mostImageNames = 5;

const pageName = (kilobytes: number): string => `hugepages-${quantityOf(kilobytes * 1024, "BinarySI")}`;
const wholeKilobytes = (bytes: number): string => quantityOf(Math.floor(bytes / 1024) * 1024, "BinarySI");

export function capacityOf(facts: NodeFacts): Amounts {
  const { host } = facts;
  const hugePages = [...host.hugePages].map(([size, count]) => [
    pageName(size),
    quantityOf(size * 1024 * count, "BinarySI"),
  ]);
  return {
    cpu: String(host.cpus),
    memory: wholeKilobytes(host.memoryBytes),
    "ephemeral-storage": wholeKilobytes(facts.ephemeralBytes),
    pods: String(facts.mostPods),
    ...Object.fromEntries(hugePages),
  };
}
/** What pods may use: without what is held back so that the node itself does not run dry. */
export function allocatableOf(facts: NodeFacts): Amounts {
  const { host } = facts;
  const huge = [...host.hugePages].reduce((sum, [size, count]) => sum + size * 1024 * count, 0);
  return {
    ...capacityOf(facts),
    memory: wholeKilobytes(Math.max(0, host.memoryBytes - memoryReserveBytes - huge)),
    "ephemeral-storage": String(Math.floor(facts.ephemeralBytes * 0.9)),
  };
}
const nodeLabels = (facts: NodeFacts): Record<string, string> => ({
  "beta.kubernetes.io/arch": facts.host.architecture,
  "beta.kubernetes.io/os": "linux",
  "kubernetes.io/arch": facts.host.architecture,
  "kubernetes.io/hostname": facts.name,
  "kubernetes.io/os": "linux",
  ...facts.labels,
});

interface Verdict {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}
function verdicts(facts: NodeFacts): Verdict[] {
  const { memory, disk, pids } = facts.pressures;
  const pressure = (
    type: string,
    is: boolean,
    [good, bad]: readonly [string, string],
    words: readonly [string, string],
  ): Verdict => ({
    type,
    status: is ? "True" : "False",
    reason: is ? bad : good,
    message: is ? words[1] : words[0],
  });
  return [
    pressure(
      "MemoryPressure",
      memory,
      ["KubeletHasSufficientMemory", "KubeletHasInsufficientMemory"],
      ["kubelet has sufficient memory available", "kubelet has insufficient memory available"],
    ),
    pressure(
      "DiskPressure",
      disk,
      ["KubeletHasNoDiskPressure", "KubeletHasDiskPressure"],
      ["kubelet has no disk pressure", "kubelet has disk pressure"],
    ),
    pressure(
      "PIDPressure",
      pids,
      ["KubeletHasSufficientPID", "KubeletHasInsufficientPID"],
      ["kubelet has sufficient PID available", "kubelet has insufficient PID available"],
    ),
    facts.notReady === ""
      ? { type: "Ready", status: "True", reason: "KubeletReady", message: "kubelet is posting ready status" }
      : { type: "Ready", status: "False", reason: "KubeletNotReady", message: facts.notReady },
  ];
}
function conditionsOf(facts: NodeFacts, old: readonly NodeCondition[], now: number): NodeCondition[] {
  return verdicts(facts).map((verdict) => {
    const before = old.find((c) => c.type === verdict.type);
    const since = before?.status === verdict.status ? before.lastTransitionTime : undefined;
    return { ...verdict, lastHeartbeatTime: formatTime(now), lastTransitionTime: since ?? formatTime(now) };
  });
}
const imageNames = ({ repoDigests, repoTags }: ImageFacts): string[] =>
  [...repoDigests, ...repoTags].slice(0, mostImageNames);

/** The agent's part of the status, but the conditions. */
function ownStatus(facts: NodeFacts): NodeStatus {
  const { host } = facts;
  return {
    capacity: capacityOf(facts),
    allocatable: allocatableOf(facts),
    addresses: [
      ...facts.addresses.map((address) => ({ type: "InternalIP", address })),
      { type: "Hostname", address: facts.name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: facts.kubeletPort } },
    nodeInfo: {
      machineID: host.machineID,
      systemUUID: host.systemUUID,
      bootID: host.bootID,
      kernelVersion: host.kernelVersion,
      osImage: host.osImage,
      containerRuntimeVersion: facts.runtimeVersion,
      kubeletVersion: facts.kubeletVersion,
      kubeProxyVersion: "",
      operatingSystem: "linux",
      architecture: host.architecture,
      ...(host.swapBytes > 0 ? { swap: { capacity: host.swapBytes } } : {}),
    },
    images: facts.images
      .toSorted((a, b) => b.sizeBytes - a.sizeBytes)
      .slice(0, mostImages)
      .map((image) => ({ names: imageNames(image), sizeBytes: image.sizeBytes })),
    runtimeHandlers: facts.runtimeHandlers.map((name) => ({ name })),
  };
}
/** What is created when the API does not know the node. `podCidr`: of the configuration; else others assign one. */
export function newNode(facts: NodeFacts, podCidr: string | undefined, now: number): Draft<Node> {
  const node: Node = {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: facts.name,
      labels: nodeLabels(facts),
      annotations: { "volumes.kubernetes.io/controller-managed-attach-detach": "true" },
    },
    spec: podCidr ? { podCIDR: podCidr, podCIDRs: [podCidr] } : {},
    status: { ...ownStatus(facts), conditions: conditionsOf(facts, [], now) },
  };
  return node as Draft<Node>;
}
/** Labels that a registered node lacks; undefined when it has them all. */
export function labelPatch(node: Node, facts: NodeFacts): object | undefined {
  const wanted = Object.entries(nodeLabels(facts)).filter(([key, value]) => node.metadata.labels?.[key] !== value);
  return wanted.length > 0 ? { metadata: { labels: Object.fromEntries(wanted) } } : undefined;
}

function foreignAmounts(node: Node, own: Amounts): Record<string, string | null> {
  const capacity = node.status?.capacity ?? {};
  const allocatable = node.status?.allocatable ?? {};
  const patch: Record<string, string | null> = {};
  for (const [name, amount] of Object.entries(capacity))
    if (!(name in own) && allocatable[name] !== amount) patch[name] = amount;
  for (const name of Object.keys(allocatable)) if (!(name in own) && !(name in capacity)) patch[name] = null;
  return patch;
}
const sameAmount = (a: string | undefined, b: string): boolean =>
  a !== undefined && integerValue(a) === integerValue(b);
const changedAmounts = (has: Amounts | undefined, wants: Amounts): Record<string, string> =>
  Object.fromEntries(Object.entries(wants).filter(([name, amount]) => !sameAmount(has?.[name], amount)));

/**
 * A strategic merge patch of the status. Undefined: nothing has changed, and `heartbeat` does not ask for fresh
 * times either.
 */
export function nodeStatusPatch(node: Node, facts: NodeFacts, heartbeat: boolean, now: number): object | undefined {
  const has: Partial<NodeStatus> = node.status ?? {};
  const wants = ownStatus(facts);
  const patch: Record<string, unknown> = {};
  const capacity = changedAmounts(has.capacity, wants.capacity!);
  const allocatable = {
    ...changedAmounts(has.allocatable, wants.allocatable!),
    ...foreignAmounts(node, wants.capacity!),
  };
  if (Object.keys(capacity).length > 0) patch["capacity"] = capacity;
  if (Object.keys(allocatable).length > 0) patch["allocatable"] = allocatable;
  if (!deepEqual(has.addresses, wants.addresses))
    patch["addresses"] = has.addresses?.length ? [{ $patch: "replace" }, ...wants.addresses!] : wants.addresses;
  for (const field of ["daemonEndpoints", "nodeInfo", "images", "runtimeHandlers"] as const)
    if (wants[field] !== undefined && !deepEqual(has[field] ?? [], wants[field])) patch[field] = wants[field];
  const conditions = conditionsOf(facts, has.conditions ?? [], now);
  const turned = conditions.some((condition) => {
    const before = has.conditions?.find((c) => c.type === condition.type);
    return (
      before?.status !== condition.status || before.reason !== condition.reason || before.message !== condition.message
    );
  });
  if (turned || heartbeat) patch["conditions"] = conditions;
  return Object.keys(patch).length > 0 ? patch : undefined;
}
