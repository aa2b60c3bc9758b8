// What the runtime reports, in the node agent's terms. Pure.
import { labels } from "#node/pod/identity.ts";
import type { ContainerUsage, ImageFacts, ObservedContainer, ObservedSandbox } from "#node/runtime/runtime.ts";
import type { Value } from "./message.ts";
import {
  containerState,
  sandboxState,
  type container,
  type containerStatus,
  type image,
  type methods,
  type podSandbox,
  type podSandboxStatus,
} from "./messages.ts";

const states: Readonly<Record<number, ObservedContainer["state"]>> = {
  [containerState.created]: "created",
  [containerState.running]: "running",
  [containerState.exited]: "exited",
};

/** `status` is given for sandboxes that are ready: only then is there an address. */
export function observedSandbox(
  found: Value<typeof podSandbox>,
  status: Value<typeof podSandboxStatus> | undefined,
): ObservedSandbox {
  const addresses = [status?.network?.ip ?? "", ...(status?.network?.additionalIps ?? []).map((a) => a.ip)];
  return {
    id: found.id,
    podUid: found.metadata?.uid ?? "",
    podName: found.metadata?.name ?? "",
    namespace: found.metadata?.namespace ?? "",
    attempt: found.metadata?.attempt ?? 0,
    ready: (status ?? found).state === sandboxState.ready,
    createdAt: found.createdAt,
    ips: addresses.filter((ip) => ip !== ""),
    labels: found.labels,
    annotations: found.annotations,
  };
}

export function observedContainer(
  found: Value<typeof container>,
  status: Value<typeof containerStatus>,
): ObservedContainer {
  const state = states[status.state] ?? "unknown";
  const user = status.user?.linux;
  const finishedAt = state === "exited" ? status.finishedAt : 0;
  return {
    id: status.id,
    sandboxId: found.podSandboxId,
    podUid: status.labels[labels.podUid] ?? "",
    name: status.metadata?.name ?? "",
    attempt: status.metadata?.attempt ?? 0,
    state,
    image: status.image?.image ?? "",
    imageRef: status.imageRef,
    createdAt: status.createdAt,
    // containerd notes the start when it has heard of it, which can be after a short process has ended.
    startedAt: Math.max(0, finishedAt ? Math.min(status.startedAt, finishedAt) : status.startedAt),
    finishedAt,
    exitCode: status.exitCode,
    reason: status.reason,
    message: status.message,
    logPath: status.logPath,
    labels: status.labels,
    annotations: status.annotations,
    ...(user ? { user } : {}),
  };
}

export function imageFacts(found: Value<typeof image>): ImageFacts {
  return {
    id: found.id,
    repoTags: found.repoTags,
    repoDigests: found.repoDigests,
    sizeBytes: found.size,
    ...(found.uid === undefined ? {} : { uid: found.uid }),
    ...(found.username === "" ? {} : { username: found.username }),
    pinned: found.pinned,
  };
}

type Stats = Value<typeof methods.listContainerStats.answer>["stats"][number];

/** Undefined for a container that has no figures yet. */
export function containerUsage(found: Stats): ContainerUsage | undefined {
  const { attributes, cpu, memory } = found;
  if (!attributes || !cpu || !memory) return undefined;
  const workingSet = memory.workingSetBytes ?? 0;
  return {
    containerId: attributes.id,
    name: attributes.metadata?.name ?? "",
    podUid: attributes.labels[labels.podUid] ?? "",
    timestampMs: cpu.timestamp,
    cpuNanoseconds: cpu.usageCoreNanoSeconds ?? 0,
    memoryWorkingSetBytes: workingSet,
    memoryUsageBytes: memory.usageBytes ?? workingSet,
    memoryRssBytes: memory.rssBytes ?? 0,
    writableLayerBytes: found.writableLayer?.usedBytes ?? 0,
  };
}

type Conditions = NonNullable<Value<typeof methods.status.answer>["status"]>["conditions"];

/** Texts as users know them from a node's Ready condition. */
export function readiness(conditions: Conditions): { runtimeReady: boolean; networkReady: boolean; message: string } {
  const ready = (type: string): boolean => conditions.some((c) => c.type === type && c.status);
  const about: Readonly<Record<string, string>> = {
    RuntimeReady: "container runtime not ready",
    NetworkReady: "container runtime network not ready",
  };
  const messages = conditions
    .filter((c) => !c.status && c.type in about)
    .map((c) => `${about[c.type]}: ${c.type}=false reason:${c.reason} message:${c.message}`);
  return { runtimeReady: ready("RuntimeReady"), networkReady: ready("NetworkReady"), message: messages.join(", ") };
}
