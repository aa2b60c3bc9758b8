// The composition root: picks the command, gives it the real clock, chance and streams, and turns its outcome into an
// exit code. Everything else is loaded by the command itself.
import { systemClock } from "#base/clock.ts";
import { keepAlive } from "#base/keep-alive.ts";
import { systemRandom } from "#base/random.ts";
import { commands, overview } from "#cli/commands.ts";
import { thisProgram } from "#cluster/program/program.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));

async function main(): Promise<number> {
  const [name = "help", ...args] = process.argv.slice(2);
  if (name === "help" || name === "--help" || name === "-h") {
    process.stdout.write(overview("timonier"));
    return 0;
  }
  const entry = commands.find((command) => command.name === (name === "--version" ? "version" : name));
  if (!entry) {
    process.stderr.write(`timonier: there is no command "${name}"\n\n${overview("timonier")}`);
    return 2;
  }
  using _alive = keepAlive();
  const { run } = await entry.load();
  return await run({
    args,
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: systemClock,
    random: systemRandom,
    program: thisProgram(process.env, process.execPath, process.argv[1]!),
    signal: stop.signal,
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  const { explain, Problem } = await import("#cluster/problem.ts");
  const wasStopped = stop.signal.aborted && !(error instanceof Problem);
  process.stderr.write(wasStopped ? `timonier: ${(stop.signal.reason as Error).message}\n` : explain(error));
  process.exitCode = wasStopped ? 130 : 1;
}
