// Making the sandbox of a pod, and its configuration again for each container that goes into it.
import { RuntimeClass } from "#api/node/runtime-class.ts";
import { resolverConfigOf } from "#node/config/dns.ts";
import { sandboxConfig } from "#node/config/sandbox-config.ts";
import { RuntimeError, type SandboxConfig } from "#node/runtime/runtime.ts";
import { patiently } from "./patiently.ts";
import { say, type PodWork } from "./pod-work.ts";

const firstRetryMs = 1000;
const longestRetryMs = 30_000;

async function runtimeHandler({ pod, parts }: PodWork, signal: AbortSignal): Promise<string> {
  const name = pod.spec.runtimeClassName;
  if (!name) return "";
  const found = await parts.references.get(RuntimeClass, "", name, signal);
  if (!found)
    throw new Error(
      `failed to get RuntimeClass ${JSON.stringify(name)}: runtimeclass.node.k8s.io ${JSON.stringify(name)} not found`,
    );
  return found.handler;
}
export async function sandboxConfigOf(work: PodWork, attempt: number, signal: AbortSignal): Promise<SandboxConfig> {
  const { pod, parts } = work;
  return sandboxConfig(pod, {
    attempt,
    logDirectory: parts.paths.logDirectory(pod),
    cgroupParent: parts.cgroups.path(pod),
    dns: parts.dns,
    runtimeHandler: await runtimeHandler(work, signal),
  });
}
/** A failure is remembered, told, and tried again later. */
export async function createSandbox(work: PodWork, attempt: number, signal: AbortSignal): Promise<boolean> {
  const { parts, pod, record } = work;
  if (attempt > 0) say(work, "Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
  const { problem } = resolverConfigOf(pod, parts.dns);
  if (problem && attempt === 0) say(work, "Warning", problem.reason, problem.message);
  try {
    await parts.starts.run(async () => {
      const config = await sandboxConfigOf(work, attempt, signal);
      await parts.cgroups.ensurePod(pod);
      await parts.files.makeDirectory(config.logDirectory, 0o755);
      await parts.files.makeDirectory(parts.paths.podDirectory(config.podUid), 0o750);
      await patiently(work, signal, (patient) => parts.runtime.runSandbox(config, patient));
    }, signal);
    delete record.sandboxFailure;
    return true;
  } catch (error) {
    signal.throwIfAborted();
    const message = error instanceof RuntimeError ? error.quoted : (error as Error).message;
    say(work, "Warning", "FailedCreatePodSandBox", `Failed to create pod sandbox: ${message}`);
    parts.log.warn("sandbox not created", { pod: `${pod.metadata.namespace}/${pod.metadata.name}`, error });
    record.sandboxFailure = { reason: "FailedCreatePodSandBox", message, ...retry(work) };
    return false;
  }
}
/** Twice as long after each failure. */
function retry({ record, parts }: PodWork): { retryAt: number; delayMs: number } {
  const before = record.sandboxFailure?.delayMs;
  const delayMs = before === undefined ? firstRetryMs : Math.min(before * 2, longestRetryMs);
  return { retryAt: parts.clock.now() + delayMs, delayMs };
}
