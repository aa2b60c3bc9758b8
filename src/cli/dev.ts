// `timonier dev`: a cluster named "dev" that runs from source. A change below src/ restarts the server and the node
// process; their logs follow on the terminal; Ctrl-C stops the cluster, and its data stays.
import { watch } from "node:fs";
import { join } from "node:path";
import { homeDirectory, openCluster } from "#cluster/open.ts";
import { lockCluster } from "#cluster/start.ts";
import { stopCluster } from "#cluster/stop.ts";
import { restartComponent } from "#cluster/supervise/supervisor.ts";
import type { Clock, Timer } from "#base/clock.ts";
import type { Invocation } from "./command.ts";
import { run as logs } from "./logs.ts";
import { withOptions } from "./options.ts";
import { terminalProgress } from "./terminal.ts";
import { bringUp, declareUp, type UpOptions } from "./up.ts";

export const run = (invocation: Invocation): Promise<number> =>
  withOptions<UpOptions>(
    invocation,
    "dev",
    (command) => declareUp(command).description("Runs a cluster from source, restarted on every change, until Ctrl-C."),
    (options) => dev(invocation, { ...options, name: options.name ?? "dev" }),
  );

/** Editors write several files at once, and some write a file twice. */
const quietMs = 150;

async function dev(invocation: Invocation, options: UpOptions): Promise<number> {
  const { clock, env, stdout, signal, program } = invocation;
  const source = join(program.root, "src");
  const fromSource = { ...invocation, program: { ...program, entry: join(source, "main.ts") } };
  const code = await bringUp(fromSource, options, "dev", "source");
  if (code !== 0) return code;
  const home = homeDirectory(env);
  const layout = openCluster(home, options);
  const restart = quietly(clock, (file) => {
    stdout.write(`changed: ${file}; restarting server and node\n`);
    for (const component of ["server", "node"] as const) restartComponent(layout, component);
  });
  watch(source, { recursive: true, signal }, (_event, file) => {
    if (file !== null && /\.(ts|sh|proto)$/.test(file) && !file.endsWith(".test.ts")) restart(file);
  });
  await logs({ ...invocation, args: ["--name", layout.name, "--follow", "--tail", "0"] });
  using _lock = lockCluster(home, layout.name);
  const progress = terminalProgress({ out: stdout, clock, verbose: false });
  await stopCluster(layout, { graceMs: 2_000, clock, progress });
  return 0;
}

/** Calls `act` with the last value once nothing has come for a moment. */
function quietly(clock: Clock, act: (value: string) => void): (value: string) => void {
  let timer: Timer | undefined;
  return (value) => {
    timer?.stop();
    timer = clock.after(quietMs, () => act(value));
  };
}
