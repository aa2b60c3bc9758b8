// `timonier down`: stops the processes and pods of a cluster; its data stays for the next `up`.
import { homeDirectory, openCluster } from "#cluster/open.ts";
import { stopCluster } from "#cluster/stop.ts";
import { lockCluster } from "#cluster/start.ts";
import type { Invocation } from "./command.ts";
import { clusterOptions, seconds, withOptions, type ClusterOptions } from "./options.ts";
import { throughSudo } from "./root.ts";
import { terminalProgress } from "./terminal.ts";

interface DownOptions extends ClusterOptions {
  readonly grace: number;
  readonly verbose?: true;
}

export const run = (invocation: Invocation): Promise<number> =>
  withOptions<DownOptions>(
    invocation,
    "down",
    (command) =>
      clusterOptions(command)
        .description("Stops the cluster: pods, containerd, node and server. Its data stays.")
        .option("--grace <seconds>", "how long containers get to end by themselves", seconds, 10)
        .option("--verbose", "print every detail"),
    (options) => down(invocation, options),
  );

async function down(invocation: Invocation, options: DownOptions): Promise<number> {
  const need = { command: "down", reason: "down stops containers and their network", addKubeconfig: false };
  const elsewhere = await throughSudo(invocation, need);
  if (elsewhere !== undefined) return elsewhere;
  const { clock, env, stdout } = invocation;
  const home = homeDirectory(env);
  const layout = openCluster(home, options);
  using _lock = lockCluster(home, layout.name);
  const progress = terminalProgress({ out: stdout, clock, verbose: options.verbose === true });
  const { wasRunning } = await stopCluster(layout, { graceMs: options.grace * 1000, clock, progress });
  stdout.write(
    wasRunning
      ? `The cluster "${layout.name}" is stopped; its data stays in ${layout.dataDir}\n`
      : `The cluster "${layout.name}" was not running\n`,
  );
  return 0;
}
