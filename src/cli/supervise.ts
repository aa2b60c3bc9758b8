// `timonier supervise`: a cluster in the foreground, for service managers and containers. It comes up, stays, and goes
// down on SIGTERM; the loops of `up` do the restarting.
import { aborted } from "#base/service.ts";
import { openCluster, homeDirectory } from "#cluster/open.ts";
import { lockCluster } from "#cluster/start.ts";
import { stopCluster } from "#cluster/stop.ts";
import type { Invocation } from "./command.ts";
import { terminalProgress } from "./terminal.ts";
import { bringUp, declareUp, type UpOptions } from "./up.ts";
import { withOptions } from "./options.ts";

export const run = (invocation: Invocation): Promise<number> =>
  withOptions<UpOptions>(
    invocation,
    "supervise",
    (command) =>
      declareUp(command).description("Like 'up', but stays in the foreground and stops the cluster on SIGTERM."),
    (options) => supervise(invocation, options),
  );

async function supervise(invocation: Invocation, options: UpOptions): Promise<number> {
  const code = await bringUp(invocation, options, "supervise");
  if (code !== 0) return code;
  await aborted(invocation.signal);
  const { clock, env, stdout } = invocation;
  const home = homeDirectory(env);
  const layout = openCluster(home, options);
  using _lock = lockCluster(home, layout.name);
  const progress = terminalProgress({ out: stdout, clock, verbose: true });
  await stopCluster(layout, { graceMs: 10_000, clock, progress });
  return 0;
}
