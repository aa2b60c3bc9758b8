// Lifecycle hooks: postStart after a container has started, preStop before it is asked to stop.
import type { Clock } from "#base/clock.ts";
import { httpGet } from "#node/probes/http-get.ts";
import { resolvePort, type Container, type LifecycleHandler } from "#node/pod/types.ts";
import type { ContainerRuntime } from "#node/runtime/runtime.ts";

export interface HookTarget {
  readonly container: Container;
  readonly containerId: string;
  readonly podIP: string;
}
const mostOutputCharacters = 1024;
const httpTimeoutMs = 300_000;
/** A hook may take as long as its container; the grace, or the end of the pod, cuts it off. */
const mostExecMs = 86_400_000;

/** Resolves when the hook has succeeded; rejects with what went wrong, or with the signal's reason. */
export async function runHook(
  handler: LifecycleHandler,
  target: HookTarget,
  parts: { readonly runtime: ContainerRuntime; readonly clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  const { exec, httpGet: get, sleep } = handler;
  if (exec) {
    const command = exec.command ?? [];
    const result = await parts.runtime.execSync(target.containerId, command, mostExecMs, signal);
    if (result.exitCode === 0) return;
    const output = Buffer.concat([result.stdout, result.stderr]).toString("utf8").slice(0, mostOutputCharacters);
    throw new Error(`command '${command.join(" ")}' exited with ${result.exitCode}: ${output}`);
  }
  if (get) {
    const port = resolvePort(get.port || 80, target.container);
    if (port === undefined) throw new Error(`couldn't find port: ${get.port}`);
    const host = get.host || target.podIP;
    const options = { host, port, timeoutMs: httpTimeoutMs, clock: parts.clock, userAgent: "kube-lifecycle/1.36" };
    const answer = await httpGet(get, options, signal);
    if ("error" in answer) throw new Error(answer.error);
    return;
  }
  if (sleep) return parts.clock.sleep(sleep.seconds * 1000, signal);
  throw new Error("the hook names nothing to run");
}
