// The container runtime interface (CRI v1) of containerd and its like as the node agent's ContainerRuntime.
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { labels } from "#node/pod/identity.ts";
import { RuntimeError, type ContainerRuntime, type Observed } from "#node/runtime/runtime.ts";
import { createChannel, type CallOptions, type Channel } from "./channel.ts";
import { createContainerRequest, resourcesMessage, sandboxMessage } from "./config.ts";
import { runtimeEvents, type PodsById } from "./events.ts";
import { methods, sandboxState } from "./messages.ts";
import { containerUsage, imageFacts, observedContainer, observedSandbox, readiness } from "./observed.ts";
import { createStreaming } from "./streaming.ts";

export interface CriRuntimeOptions {
  /** Path of the runtime's socket. */
  readonly socket: string;
  readonly clock: Clock;
  readonly log: Log;
}

const usualMs = 120_000;
/** A sandbox needs its network, whose plugins may be slow. */
const sandboxMs = 240_000;

export function createCriRuntime({ socket, clock, log }: CriRuntimeOptions): ContainerRuntime {
  const channel = createChannel(socket);
  const pods: PodsById = new Map();
  const within =
    (limitMs: number) =>
    (signal: AbortSignal, moreMs = 0): CallOptions => ({ signal, deadline: clock.now() + limitMs + moreMs });
  const usual = within(usualMs);
  const parts = { channel, clock, log, pods, usual };
  return {
    name: "cri",
    async version(signal) {
      const v = await channel.call(methods.version, {}, usual(signal));
      return { name: v.runtimeName, version: v.runtimeVersion, apiVersion: v.runtimeApiVersion };
    },
    async status(signal) {
      const { status } = await channel.call(methods.status, {}, usual(signal));
      return readiness(status?.conditions ?? []);
    },
    observe: (podUid, signal) => observe(channel, pods, podUid, usual(signal)),
    events: (signal) => runtimeEvents(parts, signal),
    ...sandboxMethods(channel, pods, usual, within(sandboxMs)),
    ...containerMethods(channel, pods, usual),
    ...createStreaming(channel, clock),
    ...imageMethods(channel, usual),
    async stats(podUid, signal) {
      const request = podUid === undefined ? {} : { filter: { labelSelector: { [labels.podUid]: podUid } } };
      const { stats } = await channel.call(methods.listContainerStats, request, usual(signal));
      return stats.flatMap((s) => containerUsage(s) ?? []);
    },
  };
}

type Within = (signal: AbortSignal, moreMs?: number) => CallOptions;

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RuntimeError && error.code === "NotFound") return undefined;
    throw error;
  }
}

/** How many status calls are under way at once. */
const atOnce = 16;
async function mapSome<T, R>(items: readonly T[], look: (item: T) => Promise<R>): Promise<R[]> {
  const out: R[] = [];
  for (let at = 0; at < items.length; at += atOnce)
    out.push(...(await Promise.all(items.slice(at, at + atOnce).map(look))));
  return out;
}

async function observe(
  channel: Channel,
  pods: PodsById,
  podUid: string | undefined,
  options: CallOptions,
): Promise<Observed> {
  const filter = podUid === undefined ? {} : { filter: { labelSelector: { [labels.podUid]: podUid } } };
  const [{ items }, { containers }] = await Promise.all([
    channel.call(methods.listPodSandbox, filter, options),
    channel.call(methods.listContainers, filter, options),
  ]);
  if (podUid === undefined) pods.clear();
  for (const sandbox of items) pods.set(sandbox.id, sandbox.metadata?.uid ?? "");
  for (const found of containers) pods.set(found.id, found.labels[labels.podUid] ?? "");
  const sandboxes = await mapSome(items, async (found) => {
    if (found.state !== sandboxState.ready) return observedSandbox(found, undefined);
    const request = { podSandboxId: found.id };
    const answer = await unlessGone(channel.call(methods.podSandboxStatus, request, options));
    return answer && observedSandbox(found, answer.status);
  });
  const statuses = await mapSome(containers, async (found) => {
    const answer = await unlessGone(channel.call(methods.containerStatus, { containerId: found.id }, options));
    return answer?.status && observedContainer(found, answer.status);
  });
  return {
    sandboxes: sandboxes.filter((s) => s !== undefined),
    containers: statuses.filter((s) => s !== undefined),
  };
}

function sandboxMethods(
  channel: Channel,
  pods: PodsById,
  usual: Within,
  patient: Within,
): Pick<ContainerRuntime, "runSandbox" | "stopSandbox" | "removeSandbox"> {
  return {
    async runSandbox(config, signal) {
      const request = { config: sandboxMessage(config), runtimeHandler: config.runtimeHandler };
      const { podSandboxId } = await channel.call(methods.runPodSandbox, request, patient(signal));
      pods.set(podSandboxId, config.podUid);
      return podSandboxId;
    },
    async stopSandbox(id, signal) {
      await unlessGone(channel.call(methods.stopPodSandbox, { podSandboxId: id }, usual(signal)));
    },
    async removeSandbox(id, signal) {
      await unlessGone(channel.call(methods.removePodSandbox, { podSandboxId: id }, usual(signal)));
      pods.delete(id);
    },
  };
}

type ContainerMethods = Pick<
  ContainerRuntime,
  | "createContainer"
  | "startContainer"
  | "stopContainer"
  | "removeContainer"
  | "updateResources"
  | "reopenLog"
  | "execSync"
>;
function containerMethods(channel: Channel, pods: PodsById, usual: Within): ContainerMethods {
  return {
    async createContainer(sandboxId, config, sandbox, signal) {
      const request = createContainerRequest(sandboxId, config, sandbox);
      const { containerId } = await channel.call(methods.createContainer, request, usual(signal));
      pods.set(containerId, sandbox.podUid);
      return containerId;
    },
    async startContainer(id, signal) {
      await channel.call(methods.startContainer, { containerId: id }, usual(signal));
    },
    async stopContainer(id, graceSeconds, signal) {
      const request = { containerId: id, timeout: graceSeconds };
      await unlessGone(channel.call(methods.stopContainer, request, usual(signal, graceSeconds * 1000)));
    },
    async removeContainer(id, signal) {
      await unlessGone(channel.call(methods.removeContainer, { containerId: id }, usual(signal)));
      pods.delete(id);
    },
    async updateResources(id, resources, signal) {
      const request = { containerId: id, linux: resourcesMessage(resources) };
      await channel.call(methods.updateContainerResources, request, usual(signal));
    },
    async reopenLog(id, signal) {
      await channel.call(methods.reopenContainerLog, { containerId: id }, usual(signal));
    },
    async execSync(id, command, timeoutMs, signal) {
      // The runtime counts whole seconds; the call's own deadline, which also ends the process, is exact.
      const request = { containerId: id, cmd: command, timeout: Math.ceil(timeoutMs / 1000) };
      return channel.call(methods.execSync, request, usual(signal, timeoutMs - usualMs));
    },
  };
}

function imageMethods(
  channel: Channel,
  usual: Within,
): Pick<ContainerRuntime, "imageStatus" | "listImages" | "pullImage" | "removeImage" | "imageFsUsage"> {
  return {
    async imageStatus(image, signal) {
      const answer = await channel.call(methods.imageStatus, { image: { image } }, usual(signal));
      return answer.image && imageFacts(answer.image);
    },
    async listImages(signal) {
      const { images } = await channel.call(methods.listImages, {}, usual(signal));
      return images.map(imageFacts);
    },
    async pullImage(image, auth, sandbox, signal) {
      const request = {
        image: { image },
        ...(auth ? { auth } : {}),
        ...(sandbox ? { sandboxConfig: sandboxMessage(sandbox) } : {}),
      };
      // No deadline: a large image over a slow line takes its time.
      const { imageRef } = await channel.call(methods.pullImage, request, { signal });
      return imageRef;
    },
    async removeImage(image, signal) {
      await unlessGone(channel.call(methods.removeImage, { image: { image } }, usual(signal)));
    },
    async imageFsUsage(signal) {
      const { imageFilesystems } = await channel.call(methods.imageFsInfo, {}, usual(signal));
      const [first] = imageFilesystems;
      const usedBytes = imageFilesystems.reduce((sum, fs) => sum + (fs.usedBytes ?? 0), 0);
      return { usedBytes, mountpoint: first?.fsId?.mountpoint ?? "" };
    },
  };
}
