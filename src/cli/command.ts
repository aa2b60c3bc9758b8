// What a command is: a summary for the help and a module that is loaded only when the command runs.
import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import type { Program } from "#cluster/program/program.ts";

/** Everything a command may use of the world. */
export interface Invocation {
  /** What follows the command's name. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly clock: Clock;
  readonly random: Random;
  readonly program: Program;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

/** Resolves to the exit code; throws Problem for what a person can mend. */
export type Run = (invocation: Invocation) => Promise<number>;

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Left out of the help: run by the program itself. */
  readonly hidden?: true;
  load(): Promise<{ readonly run: Run }>;
}
