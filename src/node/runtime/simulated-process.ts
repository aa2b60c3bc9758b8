// How a simulated container behaves, read from its pod's annotations and its command, so that ordinary manifests do
// something sensible: `sleep 5` ends after five seconds, `false` fails, anything else runs until it is stopped.
import { parseDuration } from "#api/time.ts";
import type { ContainerConfig, SandboxConfig } from "./runtime.ts";

export interface SimulatedProcess {
  /** Absent: it runs until it is stopped. */
  readonly exitAfterMs?: number;
  readonly exitCode: number;
  /** It cannot be started: why. */
  readonly startError?: string;
  /** What the process does with the stop signal: ends after so long; more than the grace means it is killed. */
  readonly stopAfterMs: number;
  readonly stopCode: number;
}
/** Annotations of a pod; ".<container>" at the end makes them those of one container. */
export const simulatedAnnotations = {
  exitAfter: "simulated.timonier.io/exit-after",
  exitCode: "simulated.timonier.io/exit-code",
  startError: "simulated.timonier.io/start-error",
  stopAfter: "simulated.timonier.io/stop-after",
} as const;

const forever: SimulatedProcess = { exitCode: 0, stopAfterMs: 0, stopCode: 143 };

/** The words of a command; a shell's script is read where it is one plain command. */
function programOf(config: Pick<ContainerConfig, "command" | "args">): string[] {
  const words = [...config.command, ...config.args];
  const shell = /(^|\/)(ba|a)?sh$/.test(words[0] ?? "") && words[1] === "-c";
  return shell ? (words[2] ?? "").trim().split(/\s+/) : words;
}
export function commandOutcome(
  words: readonly string[],
): { afterMs: number; code: number; output: string } | undefined {
  const name = (words[0] ?? "").replace(/^.*\//, "");
  switch (name) {
    case "true":
      return { afterMs: 0, code: 0, output: "" };
    case "false":
      return { afterMs: 0, code: 1, output: "" };
    case "echo":
      return { afterMs: 0, code: 0, output: `${words.slice(1).join(" ")}\n` };
    case "exit":
      return { afterMs: 0, code: Number(words[1] ?? "0"), output: "" };
    case "sleep": {
      const seconds = Number(words[1]);
      return Number.isFinite(seconds) ? { afterMs: seconds * 1000, code: 0, output: "" } : undefined;
    }
    default:
      return undefined;
  }
}
export function processOf(config: ContainerConfig, sandbox: SandboxConfig): SimulatedProcess {
  const note = (name: string): string | undefined =>
    sandbox.annotations[`${name}.${config.name}`] ?? sandbox.annotations[name];
  const words = programOf(config);
  const outcome = commandOutcome(words);
  const exitAfter = note(simulatedAnnotations.exitAfter);
  const exitCode = note(simulatedAnnotations.exitCode);
  const stopAfter = note(simulatedAnnotations.stopAfter);
  const missing = (words[0] ?? "").startsWith("/no/such/")
    ? `exec: "${words[0]}": no such file or directory`
    : undefined;
  const startError = note(simulatedAnnotations.startError) ?? missing;
  const exitAfterMs = exitAfter === undefined ? outcome?.afterMs : parseDuration(exitAfter);
  return {
    ...forever,
    ...(exitAfterMs === undefined ? {} : { exitAfterMs }),
    exitCode: exitCode === undefined ? (outcome?.code ?? 0) : Number(exitCode),
    ...(startError === undefined ? {} : { startError }),
    ...(stopAfter === undefined ? {} : { stopAfterMs: parseDuration(stopAfter) }),
  };
}
