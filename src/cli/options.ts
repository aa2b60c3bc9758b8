// The command line of one command, by commander: typed options, its help, and its errors as exit code 2.
import { Command, CommanderError } from "commander";
import { Problem } from "#cluster/problem.ts";
import type { Invocation } from "./command.ts";

/**
 * Declares the options with `declare`, parses, and runs `body` with them. Help and usage errors end the command
 * without `body`.
 */
export async function withOptions<Options extends object>(
  invocation: Invocation,
  name: string,
  declare: (command: Command) => Command,
  body: (options: Options, positional: readonly string[]) => Promise<number>,
): Promise<number> {
  const command = declare(new Command(`timonier ${name}`))
    .exitOverride()
    .showHelpAfterError(`('timonier ${name} --help' lists the options)`)
    .configureOutput({
      writeOut: (text) => void invocation.stdout.write(text),
      writeErr: (text) => void invocation.stderr.write(text),
    });
  try {
    command.parse([...invocation.args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  return body(command.opts<Options>(), command.args);
}

/** The cluster a command speaks of. */
export interface ClusterOptions {
  readonly name?: string;
  readonly dataDir?: string;
}
export const clusterOptions = (command: Command): Command =>
  command
    .option("--name <name>", 'name of the cluster (default: "default")')
    .option("--data-dir <directory>", "where the cluster keeps everything (default: /var/lib/timonier/<name>)");

/** For the value of an option. */
export function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Problem(`"${text}" is no port`, { why: "a port is a number from 1 to 65535", remedy: "for example 6443" });
}

export function seconds(text: string): number {
  const value = Number(text);
  if (text !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new Problem(`"${text}" is no number of seconds`, { why: "it is not 0 or more", remedy: "for example 30" });
}

export function lineCount(text: string): number {
  const value = Number(text);
  if (text !== "" && Number.isInteger(value) && value >= 0) return value;
  throw new Problem(`"${text}" is no number of lines`, { why: "it is not 0, 1, 2 ...", remedy: "for example 50" });
}
