// The command line of one command, by commander: typed options, its help, and its errors as exit code 2.
import { Command, CommanderError } from "commander";
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
  readonly name: string;
  readonly dataDir?: string;
}
export const clusterOptions = (command: Command): Command =>
  command
    .option("--name <name>", "name of the cluster", "default")
    .option("--data-dir <directory>", "where the cluster keeps everything (default: /var/lib/timonier/<name>)");
