// Exec, attach and port-forward: the runtime gives a URL of its streaming server on this machine, which is then spoken
// to in SPDY/3.1.
import type { Duplex } from "node:stream";
import type { Clock } from "#base/clock.ts";
import { RuntimeError, type ContainerRuntime, type ProcessStreams, type StreamOptions } from "#node/runtime/runtime.ts";
import { dialPortForward } from "#streams/dial-port-forward.ts";
import { dialRemoteCommand } from "#streams/dial-remote-command.ts";
import { exitCodeOf, type StreamStatus } from "#streams/remote-command.ts";
import type { Channel } from "./channel.ts";
import { cleanText } from "./channel.ts";
import { methods } from "./messages.ts";

const urlMs = 30_000;

/** The runtime's words, without those that the callers of this interface put before them again. */
export const streamText = (message: string): string =>
  cleanText(
    message.replace(/^(?:Internal error occurred: )?(?:error (?:executing command in|attaching to) container: )?/, ""),
  );

export function createStreaming(
  channel: Channel,
  clock: Clock,
): Pick<ContainerRuntime, "exec" | "attach" | "portForward"> {
  const deadline = (): number => clock.now() + urlMs;
  return {
    async exec(id, command, options, signal) {
      const request = { containerId: id, cmd: command, ...flags(options) };
      const { url } = await channel.call(methods.exec, request, { signal, deadline: deadline() });
      return openProcess(url, options, clock, signal);
    },
    async attach(id, options, signal) {
      const request = { containerId: id, ...flags(options) };
      const { url } = await channel.call(methods.attach, request, { signal, deadline: deadline() });
      return openProcess(url, options, clock, signal);
    },
    async portForward(sandboxId, port, signal): Promise<Duplex> {
      const request = { podSandboxId: sandboxId, port: [port] };
      const { url } = await channel.call(methods.portForward, request, { signal, deadline: deadline() });
      return reached(dialPortForward({ url, clock }, port, signal), signal);
    },
  };
}

/** With a terminal there is one output only. */
const flags = (options: StreamOptions): StreamOptions => (options.tty ? { ...options, stderr: false } : options);

async function reached<T>(dialled: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await dialled;
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new RuntimeError("Unavailable", (cause as Error).message, { cause });
  }
}

async function openProcess(
  url: string,
  options: StreamOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<ProcessStreams> {
  const process = await reached(dialRemoteCommand({ url, clock }, flags(options), signal), signal);
  const done = process.status.then(codeOf);
  done.catch(() => undefined).finally(() => process.close());
  const { stdin, stdout, stderr } = process;
  return {
    ...(stdin ? { stdin } : {}),
    ...(stdout ? { stdout } : {}),
    ...(stderr ? { stderr } : {}),
    resize: (width, height) => process.resize({ width, height }),
    done,
  };
}

function codeOf(status: StreamStatus): number {
  const code = exitCodeOf(status);
  if (code === undefined) throw new RuntimeError("Unknown", streamText(status.message ?? "the process failed"));
  return code;
}
