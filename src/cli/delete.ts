// `timonier delete`: stops a cluster and removes its data, its context and everything it has in the kernel.
import { kubeconfigFile } from "#cluster/access/kubeconfig.ts";
import { homeDirectory, openForRemoval } from "#cluster/open.ts";
import { removeCluster } from "#cluster/remove.ts";
import { lockCluster } from "#cluster/start.ts";
import type { Invocation } from "./command.ts";
import { clusterOptions, withOptions, type ClusterOptions } from "./options.ts";
import { throughSudo } from "./root.ts";
import { terminalProgress } from "./terminal.ts";

interface DeleteOptions extends ClusterOptions {
  readonly kubeconfig?: string;
  readonly verbose?: true;
}

export const run = (invocation: Invocation): Promise<number> =>
  withOptions<DeleteOptions>(
    invocation,
    "delete",
    (command) =>
      clusterOptions(command)
        .description("Stops the cluster and removes its data, its context and every trace on this machine.")
        .option("--kubeconfig <file>", "file that loses the context, besides the one of the last 'up'")
        .option("--verbose", "print every detail"),
    (options) => deleteCluster(invocation, options),
  );

async function deleteCluster(invocation: Invocation, options: DeleteOptions): Promise<number> {
  const need = { command: "delete", reason: "delete stops containers and removes their data" };
  const elsewhere = await throughSudo(invocation, { ...need, addKubeconfig: options.kubeconfig === undefined });
  if (elsewhere !== undefined) return elsewhere;
  const { clock, env, stdout, signal } = invocation;
  const home = homeDirectory(env);
  const layout = openForRemoval(home, options);
  using _lock = lockCluster(home, layout.name);
  const progress = terminalProgress({ out: stdout, clock, verbose: options.verbose === true });
  const kubeconfig = kubeconfigFile(env, options.kubeconfig);
  await removeCluster(layout, { graceMs: 0, home, kubeconfig, clock, progress, signal });
  stdout.write(`The cluster "${layout.name}" is deleted\n`);
  return 0;
}
