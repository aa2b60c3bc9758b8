// Starting a container: image, configuration, creation, start, postStart hook. A failure is remembered as the reason
// why it waits, told in an event, and tried again when it is due.
import { Secret } from "#api/core/secret.ts";
import { containerConfig } from "#node/config/container-config.ts";
import { ConfigError } from "#node/config/config-error.ts";
import { hostsFile } from "#node/config/hosts-file.ts";
import { environmentOf, type Environment } from "#node/config/environment.ts";
import type { ImageOutcome } from "#node/images/images.ts";
import { runHook } from "./hooks.ts";
import { killContainer } from "./kill-container.ts";
import { patiently } from "./patiently.ts";
import { podIPsOf, say, type PodWork } from "./pod-work.ts";
import { sandboxConfigOf } from "./sandbox.ts";
import { lookUp } from "./look-up.ts";
import type { StartAction } from "#node/plan/types.ts";
import { graceOf } from "#node/plan/turn.ts";
import { fieldPathOf, podKey, uidOf, type EphemeralContainer } from "#node/pod/types.ts";
import type { ContainerConfig, SandboxConfig } from "#node/runtime/runtime.ts";

type Image = Extract<ImageOutcome, { ok: true }>;
const retryMs = 10_000;
/** After a start that the runtime refused: soon, because the back-off of crashes applies as well. */
const soonMs = 1000;

/** Notes why the container waits, and tells it. */
function failed(work: PodWork, action: StartAction, reason: string, message: string, afterMs: number): void {
  const { record, parts } = work;
  record.failures.set(action.container.name, { reason, message, retryAt: parts.clock.now() + afterMs });
  say(work, "Warning", "Failed", `Error: ${message}`, action.container.name);
}

export async function startContainer(work: PodWork, action: StartAction, signal: AbortSignal): Promise<void> {
  const { parts, record, view } = work;
  const { name } = action.container;
  if (!view.sandbox) return;
  const sandbox = await sandboxConfigOf(work, view.sandbox.attempt, signal);
  const image = await work.waiting((soft) => ensureImage(work, action, sandbox, soft));
  if (!image.ok) {
    record.failures.set(name, image.failure);
    say(work, "Warning", "Failed", `Error: ${image.failure.reason}`, name);
    return;
  }
  const id = await parts.starts.run(() => createAndStart(work, action, image, sandbox, signal), signal);
  if (id === undefined) return;
  record.failures.delete(name);
  await postStart(work, action, id, signal);
}
async function ensureImage(
  work: PodWork,
  { container, role }: StartAction,
  sandbox: SandboxConfig,
  signal: AbortSignal,
): Promise<ImageOutcome> {
  const { parts, pod } = work;
  const secrets: Secret[] = [];
  const missing: string[] = [];
  for (const { name = "" } of pod.spec.imagePullSecrets ?? []) {
    const secret = await parts.references.get(Secret, pod.metadata.namespace ?? "", name, signal);
    if (secret) secrets.push(secret);
    else missing.push(name);
  }
  if (missing.length > 0)
    say(
      work,
      "Warning",
      "FailedToRetrieveImagePullSecret",
      `Unable to retrieve some image pull secrets (${missing.join(", ")}); attempting to pull the image may not succeed.`,
    );
  return parts.images.ensure({ pod, container, fieldPath: fieldPathOf({ container, role }), secrets, sandbox }, signal);
}

/** The id of the running container; undefined when it failed. */
async function createAndStart(
  work: PodWork,
  action: StartAction,
  image: Image,
  sandbox: SandboxConfig,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { parts, record, view } = work;
  const { runtime, clock } = parts;
  const { name } = action.container;
  if (action.previousEndedAt !== undefined) record.restarting(name, action.previousEndedAt, clock.now());
  let id: string;
  try {
    const config = await configOf(work, action, image, signal);
    if (action.leftover) await runtime.removeContainer(action.leftover, signal);
    id = await runtime.createContainer(view.sandbox!.id, config, sandbox, signal);
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof ConfigError ? error.reason : "CreateContainerError";
    failed(work, action, reason, (error as Error).message, retryMs);
    return undefined;
  }
  record.resources.set(id, action.container.resources ?? {});
  say(work, "Normal", "Created", "Container created", name);
  try {
    await patiently(work, signal, (patient) => runtime.startContainer(id, patient));
  } catch (error) {
    signal.throwIfAborted();
    failed(work, action, "RunContainerError", (error as Error).message, soonMs);
    return undefined;
  }
  say(work, "Normal", "Started", "Container started", name);
  return id;
}
async function configOf(
  work: PodWork,
  action: StartAction,
  image: Image,
  signal: AbortSignal,
): Promise<ContainerConfig> {
  const { parts, pod, volumes, view } = work;
  const { container, restartCount } = action;
  const sources = await lookUp(work, container, signal);
  const env: Environment = environmentOf(pod, container, sources);
  const target = (container as EphemeralContainer).targetContainerName;
  const targetId = target ? view.current(target)?.id : undefined;
  const messageFile = parts.paths.terminationMessageFile(uidOf(pod), container.name, restartCount);
  await parts.files.makeDirectory(messageFile.slice(0, messageFile.lastIndexOf("/")));
  await parts.files.writeFile(messageFile, "", 0o666);
  await parts.files.makeDirectory(`${parts.paths.logDirectory(pod)}/${container.name}`);
  return containerConfig(pod, container, {
    restartCount,
    imageRef: image.ref,
    image: image.facts ?? {},
    env,
    mountSources: await volumes.mountSources(container, (name) => env.get(name)),
    readOnlyVolumes: volumes.readOnlyNames,
    hostsFile: await ensureHostsFile(work),
    terminationMessageFile: messageFile,
    memoryCapacityBytes: parts.memoryCapacityBytes,
    seccompRoot: parts.paths.seccompRoot,
    ...(targetId === undefined ? {} : { targetId }),
  });
}
/** Written once for each sandbox, so that what containers add to it lasts as long as its address. */
async function ensureHostsFile(work: PodWork): Promise<string> {
  const { parts, pod, record, view } = work;
  const path = parts.paths.hostsFile(uidOf(pod));
  const sandbox = view.sandbox!.id;
  if (record.hostsFileOf === sandbox) return path;
  const podIPs = podIPsOf(work);
  const content = hostsFile(pod, { podIPs, clusterDomain: parts.dns.clusterDomain, nodeHosts: parts.nodeHosts });
  await parts.files.writeFile(path, content, 0o644);
  record.hostsFileOf = sandbox;
  return path;
}
async function postStart(work: PodWork, action: StartAction, id: string, signal: AbortSignal): Promise<void> {
  const { parts, pod } = work;
  const { container } = action;
  const handler = container.lifecycle?.postStart;
  if (!handler) return;
  const target = { container, containerId: id, podIP: podIPsOf(work)[0] ?? "" };
  try {
    await work.waiting(() => runHook(handler, target, parts, signal));
  } catch (error) {
    signal.throwIfAborted();
    say(work, "Warning", "FailedPostStartHook", "PostStartHook failed", container.name);
    const message = (error as Error).message;
    parts.log.warn("postStart hook failed", { pod: podKey(pod), container: container.name, error });
    work.record.failures.set(container.name, {
      reason: "PostStartHookError",
      message,
      retryAt: parts.clock.now() + soonMs,
    });
    const kill = { type: "killContainer", id, name: container.name, cause: "postStart", restart: false } as const;
    await killContainer(work, { ...kill, message: "FailedPostStartHook", graceSeconds: graceOf(pod) }, signal);
  }
}
