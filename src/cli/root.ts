// Commands that need root run again through sudo, with the person's own kubeconfig named on the way.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { kubeconfigFile } from "#cluster/access/kubeconfig.ts";
import { findProgram } from "#cluster/machine/packages.ts";
import { Problem } from "#cluster/problem.ts";
import type { Invocation } from "./command.ts";

export interface RootNeed {
  readonly command: string;
  /** "it starts containers", for the sentence that asks for the password. */
  readonly reason: string;
  /** Whether the command has an option --kubeconfig that was not given. */
  readonly addKubeconfig: boolean;
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The words to run; pure. */
export function rootCommand(
  invocation: Pick<Invocation, "args" | "env" | "program">,
  need: RootNeed,
): readonly string[] {
  const own = need.addKubeconfig ? ["--kubeconfig", kubeconfigFile(invocation.env, undefined).path] : [];
  const kept = ["TIMONIER_HOME", "TIMONIER_NODE", "http_proxy", "https_proxy", "no_proxy"];
  const settings = kept.flatMap((name) =>
    invocation.env[name] === undefined ? [] : [`${name}=${invocation.env[name]}`],
  );
  const environment = settings.length > 0 ? ["env", ...settings] : [];
  return [...environment, `${invocation.program.root}/timonier`, need.command, ...invocation.args, ...own];
}

/** Undefined for root; else the exit code of the same command under sudo. Throws Problem where there is no sudo. */
export async function throughSudo(invocation: Invocation, need: RootNeed): Promise<number | undefined> {
  if (process.getuid?.() === 0) return undefined;
  const words = rootCommand(invocation, need);
  if (!findProgram("sudo"))
    throw new Problem(`'${need.command}' needs root`, {
      why: `${need.reason}, and this machine has no sudo`,
      remedy: `as root, run: ${words.map(quoted).join(" ")}`,
    });
  invocation.stderr.write(`timonier: ${need.reason}, which needs root; asking sudo\n`);
  const child = spawn("sudo", [...words], { stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
