// `timonier version`: of this program, of the API it speaks, of Node, and of containerd and its runtimes.
import { execute } from "#cluster/machine/execute.ts";
import { findProgram } from "#cluster/machine/packages.ts";
import { kubernetesVersion, runsFromSource } from "#cluster/program/program.ts";
import type { Invocation } from "./command.ts";
import { withOptions } from "./options.ts";
import { table } from "./terminal.ts";

interface VersionOptions {
  readonly output?: "json";
}

export const run = (invocation: Invocation): Promise<number> =>
  withOptions<VersionOptions>(
    invocation,
    "version",
    (command) =>
      command
        .description("Prints the versions of the program and its parts.")
        .addOption(command.createOption("-o, --output <format>", "for programs").choices(["json"])),
    (options) => version(invocation, options),
  );

async function version({ program, stdout, signal }: Invocation, options: VersionOptions): Promise<number> {
  const parts = ["containerd", "crun", "runc", "nft"];
  const found = await Promise.all(parts.map(async (name) => [name, await versionOf(name, signal)] as const));
  const versions = {
    timonier: program.version,
    kubernetes: kubernetesVersion,
    node: process.version,
    ...Object.fromEntries(found.filter(([, text]) => text !== undefined)),
    program: runsFromSource(program) ? "source" : "bundle",
  };
  stdout.write(
    options.output === "json" ? `${JSON.stringify(versions, undefined, 2)}\n` : table(Object.entries(versions)),
  );
  return 0;
}

async function versionOf(name: string, signal: AbortSignal): Promise<string | undefined> {
  const path = findProgram(name);
  if (path === undefined) return undefined;
  const { stdout } = await execute(path, ["--version"], { signal });
  return /v?\d+\.\d+[\w.~+-]*/.exec(stdout)?.[0];
}
