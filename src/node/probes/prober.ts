// Makes one probe and says what came of it, in the words that events show.
import { connect } from "node:net";
import type { Clock } from "#base/clock.ts";
import { formatDuration } from "#api/time.ts";
import { httpGet, dialError, hostPort } from "./http-get.ts";
import type { ProbeOutcome } from "./probe-state.ts";
import { resolvePort, type Container, type HTTPGetAction, type Probe, type TCPSocketAction } from "#node/pod/types.ts";
import { RuntimeError, type ContainerRuntime } from "#node/runtime/runtime.ts";

export interface ProbeTarget {
  readonly container: Container;
  readonly containerId: string;
  readonly podIP: string;
}
export interface ProbeReport {
  readonly outcome: ProbeOutcome;
  readonly output: string;
  /** It succeeded, but not quite as meant. */
  readonly warning?: boolean;
}
export interface Prober {
  /** Rejects only when `signal` is aborted. */
  probe(probe: Probe, target: ProbeTarget, signal: AbortSignal): Promise<ProbeReport>;
}
const mostOutputBytes = 10 * 1024;
const failure = (output: string): ProbeReport => ({ outcome: "failure", output });

export async function execProbe(
  runtime: ContainerRuntime,
  probe: Probe,
  target: ProbeTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeReport> {
  const command = probe.exec?.command ?? [];
  try {
    const result = await runtime.execSync(target.containerId, command, timeoutMs, signal);
    const output = Buffer.concat([result.stdout, result.stderr]).subarray(0, mostOutputBytes).toString("utf8");
    return { outcome: result.exitCode === 0 ? "success" : "failure", output };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RuntimeError && error.code === "DeadlineExceeded") {
      const words = JSON.stringify(command.join(" "));
      return failure(`command timed out: ${words} timed out after ${formatDuration(timeoutMs)}`);
    }
    return { outcome: "unknown", output: (error as Error).message };
  }
}
interface Attempt {
  readonly target: ProbeTarget;
  readonly timeoutMs: number;
  readonly clock: Clock;
}
async function httpProbe(action: HTTPGetAction, attempt: Attempt, signal: AbortSignal): Promise<ProbeReport> {
  const { target, timeoutMs, clock } = attempt;
  const port = resolvePort(action.port, target.container);
  if (port === undefined) return { outcome: "unknown", output: `couldn't find port: ${action.port}` };
  const host = action.host || target.podIP;
  const answer = await httpGet(action, { host, port, timeoutMs, clock, userAgent: "kube-probe/1.36" }, signal);
  if ("error" in answer) return failure(answer.error);
  if (answer.redirectedAway) {
    const output = `Probe terminated redirects, Response body: ${answer.body}`;
    return { outcome: "success", output, warning: true };
  }
  if (answer.status >= 200 && answer.status < 400) return { outcome: "success", output: answer.body };
  return failure(`HTTP probe failed with statuscode: ${answer.status}`);
}
async function tcpProbe(action: TCPSocketAction, attempt: Attempt, signal: AbortSignal): Promise<ProbeReport> {
  const { target, timeoutMs, clock } = attempt;
  const port = resolvePort(action.port, target.container);
  if (port === undefined) return { outcome: "unknown", output: `couldn't find port: ${action.port}` };
  const host = action.host || target.podIP;
  const socket = connect({ host, port });
  using _ = clock.after(timeoutMs, () => socket.destroy(new Error("i/o timeout")));
  const onAbort = (): void => void socket.destroy(signal.reason as Error);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      socket.on("connect", () => resolve({ outcome: "success", output: "" }));
      socket.on("error", (error: NodeJS.ErrnoException) => {
        if (signal.aborted) reject(error);
        else if (error.code) resolve(failure(dialError(error, host, port)));
        else resolve(failure(`dial tcp ${hostPort(host, port)}: ${error.message}`));
      });
    });
  } finally {
    signal.removeEventListener("abort", onAbort);
    socket.destroy();
  }
}

/** Probes over the machine's network and the runtime's exec. */
export function createProber(parts: { readonly runtime: ContainerRuntime; readonly clock: Clock }): Prober {
  return {
    async probe(probe, target, signal) {
      const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
      if (probe.exec) return execProbe(parts.runtime, probe, target, timeoutMs, signal);
      const attempt = { target, timeoutMs, clock: parts.clock };
      if (probe.httpGet) return httpProbe(probe.httpGet, attempt, signal);
      if (probe.tcpSocket) return tcpProbe(probe.tcpSocket, attempt, signal);
      if (!probe.grpc) return { outcome: "unknown", output: "missing probe handler" };
      // loaded at the first such probe: it is large, and few pods need it
      const { grpcProbe } = await import("./grpc-probe.ts");
      return grpcProbe(probe.grpc, { host: target.podIP, timeoutMs, now: parts.clock.now() }, signal);
    },
  };
}
/** For simulated nodes, which have no network: commands run, everything else succeeds. */
export const createSimulatedProber = (runtime: ContainerRuntime): Prober => ({
  async probe(probe, target, signal) {
    if (probe.exec) return execProbe(runtime, probe, target, (probe.timeoutSeconds ?? 1) * 1000, signal);
    return { outcome: "success", output: "" };
  },
});
