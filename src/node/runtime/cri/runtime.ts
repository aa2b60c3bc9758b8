// The container runtime interface (CRI v1) of containerd and its like as the node agent's ContainerRuntime.
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { labels } from "#node/pod/identity.ts";
import type { ContainerRuntime } from "#node/runtime/runtime.ts";
import { createChannel, unlessGone, type CallOptions, type Channel } from "./channel.ts";
import { createContainerRequest, resourcesMessage, sandboxMessage } from "./config.ts";
import { runtimeEvents, type PodsById } from "./events.ts";
import { imageMountMethods } from "./image-mounts.ts";
import { methods } from "./messages.ts";
import { observe } from "./observe.ts";
import { containerUsage, imageFacts, readiness } from "./observed.ts";
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
  const within: Within = (signal, limitMs) => ({ signal, deadline: clock.now() + limitMs });
  const usual = (signal: AbortSignal): CallOptions => within(signal, usualMs);
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
    events: (signal) => runtimeEvents({ channel, clock, log, pods }, signal),
    ...sandboxMethods(channel, pods, within),
    ...containerMethods(channel, pods, within),
    ...createStreaming(channel, clock),
    ...imageMethods(channel, usual),
    ...imageMountMethods(channel, usual),
    async stats(podUid, signal) {
      const request = podUid === undefined ? {} : { filter: { labelSelector: { [labels.podUid]: podUid } } };
      const { stats } = await channel.call(methods.listContainerStats, request, usual(signal));
      return stats.flatMap((s) => containerUsage(s) ?? []);
    },
  };
}

type Within = (signal: AbortSignal, limitMs: number) => CallOptions;
type Usual = (signal: AbortSignal) => CallOptions;

function sandboxMethods(
  channel: Channel,
  pods: PodsById,
  within: Within,
): Pick<ContainerRuntime, "runSandbox" | "stopSandbox" | "removeSandbox"> {
  return {
    async runSandbox(config, signal) {
      const request = { config: sandboxMessage(config), runtimeHandler: config.runtimeHandler };
      const { podSandboxId } = await channel.call(methods.runPodSandbox, request, within(signal, sandboxMs));
      pods.set(podSandboxId, config.podUid);
      return podSandboxId;
    },
    async stopSandbox(id, signal) {
      await unlessGone(channel.call(methods.stopPodSandbox, { podSandboxId: id }, within(signal, usualMs)));
    },
    async removeSandbox(id, signal) {
      await unlessGone(channel.call(methods.removePodSandbox, { podSandboxId: id }, within(signal, usualMs)));
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
function containerMethods(channel: Channel, pods: PodsById, within: Within): ContainerMethods {
  const usual: Usual = (signal) => within(signal, usualMs);
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
      await unlessGone(channel.call(methods.stopContainer, request, within(signal, usualMs + graceSeconds * 1000)));
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
      return channel.call(methods.execSync, request, within(signal, timeoutMs));
    },
  };
}

function imageMethods(
  channel: Channel,
  usual: Usual,
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
