// Carries out the actions of a plan: in order, but kills that stand side by side together, and volumes together with
// the sandbox.
import { Pod } from "#api/core/pod.ts";
import { isReason } from "#api/errors.ts";
import type { KillAction, PodAction } from "#node/plan/types.ts";
import { containerResources } from "#node/pod/resources.ts";
import { podKey, uidOf } from "#node/pod/types.ts";
import { killContainer } from "./kill-container.ts";
import { say, type PodWork } from "./pod-work.ts";
import { createSandbox } from "./sandbox.ts";
import { startContainer } from "./start-container.ts";
import { VolumeError } from "#node/volumes/pod-volumes.ts";

const firstRetryMs = 500;
const longestRetryMs = 122_000;

/** Rejects when an action fails in a way that is not remembered in the pod's record, or when `signal` is aborted. */
export async function runActions(work: PodWork, actions: readonly PodAction[], signal: AbortSignal): Promise<void> {
  for (let i = 0; i < actions.length; i++) {
    signal.throwIfAborted();
    const action = actions[i]!;
    const next = actions[i + 1];
    if (action.type === "setUpVolumes" && next?.type === "createSandbox") {
      const both = await Promise.all([runAction(work, action, signal), runAction(work, next, signal)]);
      if (both.includes(false)) return;
      i++;
    } else if (action.type !== "killContainer") {
      if (!(await runAction(work, action, signal))) return;
    } else {
      const end = actions.findIndex((a, at) => at > i && a.type !== "killContainer");
      const kills = actions.slice(i, end < 0 ? actions.length : end) as readonly KillAction[];
      await work.waiting(() => Promise.all(kills.map((kill) => killContainer(work, kill, signal))));
      i += kills.length - 1;
    }
  }
}
/** False: what comes after it makes no sense any more. */
async function runAction(work: PodWork, action: Exclude<PodAction, KillAction>, signal: AbortSignal): Promise<boolean> {
  const { runtime } = work.parts;
  switch (action.type) {
    case "setUpVolumes":
      return setUpVolumes(work, signal);
    case "createSandbox":
      return createSandbox(work, action.attempt, signal);
    case "startContainer":
      await startContainer(work, action, signal);
      return true;
    case "resizeContainer":
      await resize(work, action.id, action.container, signal);
      return true;
    case "stopSandbox":
      await runtime.stopSandbox(action.id, signal);
      return true;
    case "removeSandbox":
      await runtime.removeSandbox(action.id, signal);
      return true;
    case "removeContainer":
      await removeContainer(work, action.id, action.name, signal);
      return true;
    case "tearDown":
      await tearDown(work, signal);
      return true;
    case "deletePod":
      await deletePod(work, signal);
      return true;
    case "forget":
      await work.parts.files.remove(work.parts.paths.logDirectory(work.pod));
      return true;
  }
}
async function setUpVolumes(work: PodWork, signal: AbortSignal): Promise<boolean> {
  const { parts, pod, record, volumes } = work;
  try {
    await volumes.setUp(pod, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof VolumeError)) throw error;
    say(work, "Warning", "FailedMount", error.message);
    const before = record.volumeFailure?.delayMs;
    const delayMs = before === undefined ? firstRetryMs : Math.min(before * 2, longestRetryMs);
    const retryAt = parts.clock.now() + delayMs;
    record.volumeFailure = { reason: "FailedMount", message: error.message, delayMs, retryAt };
    return false;
  }
  record.volumesReady = true;
  delete record.volumeFailure;
  return true;
}
async function resize(
  { parts, pod, record }: PodWork,
  id: string,
  container: Parameters<typeof containerResources>[1],
  signal: AbortSignal,
): Promise<void> {
  await parts.cgroups.ensurePod(pod);
  await parts.runtime.updateResources(id, containerResources(pod, container, parts.memoryCapacityBytes), signal);
  record.resources.set(id, container.resources ?? {});
}
async function removeContainer({ parts, view }: PodWork, id: string, name: string, signal: AbortSignal): Promise<void> {
  const run = view.runs(name).find((r) => r.id === id);
  await parts.runtime.removeContainer(id, signal);
  if (!run?.logPath) return;
  const directory = run.logPath.slice(0, run.logPath.lastIndexOf("/"));
  const file = run.logPath.slice(directory.length + 1);
  for (const found of await parts.files.list(directory))
    if (found === file || found.startsWith(`${file}.`)) await parts.files.remove(`${directory}/${found}`);
}
async function tearDown({ parts, pod, record, volumes }: PodWork, signal: AbortSignal): Promise<void> {
  const uid = uidOf(pod);
  await volumes.tearDown(signal);
  await parts.cgroups.removePod(uid);
  parts.images.forgetPod(uid);
  parts.volumes.tokens.forgetPod(uid);
  parts.references.hold(uid, [], () => undefined);
  record.tornDown = true;
}
/** The last status must be in the API first: controllers count on it. */
async function deletePod({ parts, pod, record }: PodWork, signal: AbortSignal): Promise<void> {
  if (record.deleteSent) return;
  const uid = uidOf(pod);
  const { namespace = "", name = "" } = pod.metadata;
  await parts.status.flush(uid);
  try {
    await parts.client.delete(Pod, { namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid }, signal });
    parts.log.info("pod deleted", { pod: podKey(pod), uid });
  } catch (error) {
    if (!isReason(error, "NotFound", "Conflict")) throw error;
  }
  record.deleteSent = true;
}
