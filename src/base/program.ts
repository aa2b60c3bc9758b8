// Running a program of the machine to its end.
import { spawn } from "node:child_process";

const outputLimitBytes = 32 << 20;

/** Runs a program with `input` on its standard input; resolves to its output, rejects with its error text. */
export function runProgram(command: string, args: readonly string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let sizeBytes = 0;
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= outputLimitBytes) into.push(chunk);
      else child.kill("SIGKILL");
    };
    child.stdout.on("data", collect(out));
    child.stderr.on("data", collect(err));
    child.once("error", (error) =>
      reject(new Error(`${command} could not be started: ${error.message}`, { cause: error })),
    );
    child.once("close", (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else
        reject(
          new Error(
            `${command} ${args.join(" ")} failed (${code}): ${Buffer.concat(err).toString().trim().slice(0, 2000)}`,
          ),
        );
    });
    child.stdin.on("error", () => undefined); // the program ended early: its exit code tells
    child.stdin.end(input);
  });
}
