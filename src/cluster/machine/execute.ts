// Runs another program to its end and collects what it says. Nothing passes through a shell.
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";

export interface Outcome {
  /** The exit code; 128 + n after signal n is not made up: a killed program has code null. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
export interface ExecuteOptions {
  readonly input?: string | Readable;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Leave the program's output alone, because a child it leaves behind would hold it open. */
  readonly discardOutput?: boolean;
  /** Receives each whole line of descriptor 3, which some programs report their progress on. */
  readonly onProgress?: (line: string) => void;
}

/** Output beyond this is dropped: the programs run here say little. */
const mostOutputBytes = 4 << 20;

/** Rejects when the program cannot be started or `signal` ends it; an exit code other than 0 is an outcome. */
export function execute(file: string, args: readonly string[], options: ExecuteOptions = {}): Promise<Outcome> {
  const output = options.discardOutput ? "ignore" : "pipe";
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...args], {
      stdio: ["pipe", output, output, options.onProgress ? "pipe" : "ignore"],
      ...(options.env ? { env: options.env } : {}),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    if (options.onProgress) eachLine(child.stdio[3] as Readable, options.onProgress);
    child.stdin!.on("error", () => undefined); // the program ended before it read everything
    if (typeof options.input === "object") {
      const { input } = options;
      // A source that breaks off ends the program's input too.
      input.on("error", () => undefined).once("close", () => child.stdin!.end());
      input.pipe(child.stdin!);
    } else child.stdin!.end(options.input ?? "");
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout: stdout(), stderr: stderr() }));
  });
}

function collect(stream: Readable | null): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= mostOutputBytes) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

function eachLine(stream: Readable, receive: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) receive(line);
  });
}

/** `execute`, where anything but exit code 0 is an error with what the program said. */
export async function mustExecute(
  file: string,
  args: readonly string[],
  options: ExecuteOptions = {},
): Promise<Outcome> {
  const outcome = await execute(file, args, options);
  if (outcome.code === 0) return outcome;
  const said = (outcome.stderr.trim() || outcome.stdout.trim()).slice(-2_000);
  throw new Error(`${file} ${args.join(" ").slice(0, 200)} ended with code ${outcome.code}${said && `: ${said}`}`);
}
