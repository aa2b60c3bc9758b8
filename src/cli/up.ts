// `timonier up`: from a bare machine or a stopped cluster to a Ready node and a kubectl that talks to it.
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Command } from "commander";
import { giveCacheToOwner, makeBundle } from "#cluster/program/bundle.ts";
import { grantAccess } from "#cluster/access/grant-access.ts";
import { checkedFeatures } from "#cluster/features.ts";
import { kubeconfigFile, readKubeconfig } from "#cluster/access/kubeconfig.ts";
import type { Layout } from "#cluster/layout.ts";
import { homeDirectory } from "#cluster/open.ts";
import { messageOf } from "#cluster/problem.ts";
import { runsFromSource } from "#cluster/program/program.ts";
import type { Progress } from "#cluster/progress.ts";
import { defaultWaitMs, startCluster } from "#cluster/start.ts";
import type { Invocation } from "./command.ts";
import { clusterOptions, portNumber, seconds, withOptions, type ClusterOptions } from "./options.ts";
import { throughSudo } from "./root.ts";
import type { FeatureSettings } from "#server/features/settings.ts";
import { duration, terminalProgress } from "./terminal.ts";

export interface UpOptions extends ClusterOptions {
  readonly port?: number;
  readonly kubeconfig?: string;
  readonly wait: number;
  readonly verbose?: true;
  readonly runtimeConfig?: string;
  readonly featureGates?: string;
}

export const declareUp = (command: Command): Command =>
  clusterOptions(command)
    .option("--port <port>", "port of the API (default: the first free one from 6443)", portNumber)
    .option("--kubeconfig <file>", "file that gets the context (default: the first of $KUBECONFIG, or ~/.kube/config)")
    .option(
      "--wait <seconds>",
      "how long to wait for the node to be Ready; 0: not at all",
      seconds,
      defaultWaitMs / 1000,
    )
    .option(
      "--runtime-config <settings>",
      "APIs to serve or not, such as api/beta=true,resource.k8s.io/v1alpha3=true; kept for later starts",
    )
    .option(
      "--feature-gates <settings>",
      "features of Kubernetes to switch, such as GenericWorkload=true; kept for later starts",
    )
    .option("--verbose", "print every detail");

export const run = (invocation: Invocation): Promise<number> =>
  withOptions<UpOptions>(
    invocation,
    "up",
    (command) =>
      declareUp(command).description(
        "Creates the cluster, or starts it again. On a running cluster it changes nothing.",
      ),
    (options) => bringUp(invocation, options, "up"),
  );

/** `from`: components run from a bundle, which is made if need be, or from source as it is. */
export async function bringUp(
  invocation: Invocation,
  options: UpOptions,
  commandName: string,
  from: "bundle" | "source" = "bundle",
): Promise<number> {
  const need = { command: commandName, reason: `${commandName} starts containers and sets up their network` };
  const elsewhere = await throughSudo(invocation, { ...need, addKubeconfig: options.kubeconfig === undefined });
  if (elsewhere !== undefined) return elsewhere;
  const { clock, env, stdout, signal, random, program } = invocation;
  const began = clock.monotonic();
  const kubeconfig = kubeconfigFile(env, options.kubeconfig);
  readKubeconfig(kubeconfig.path); // a damaged one is said before anything is made
  const progress = terminalProgress({ out: stdout, clock, verbose: options.verbose === true });
  const home = homeDirectory(env);
  const { layout, already } = await startCluster({
    home,
    wanted: wantedCluster(options),
    program: {
      node: program.node,
      entry: async () => (from === "source" ? program.entry : bundleEntry(invocation, progress)),
      compileCache: join(program.cache, "compile"),
    },
    env,
    waitMs: options.wait * 1000,
    ...{ kubeconfig, clock, random, progress, signal },
  });
  const access = await grantAccess(home, layout, kubeconfig, !already, clock, signal);
  const where = `https://127.0.0.1:${layout.apiPort}`;
  if (already) {
    stdout.write(`The cluster "${layout.name}" is already running at ${where}; nothing was changed.\n`);
    if (!runsThisProgram(layout, program.entry))
      stdout.write("It runs an earlier build of the program. To run this one: timonier down, then timonier up\n");
    if (access === "written")
      stdout.write(`Its context "${layout.context}" was missing in ${kubeconfig.path} and is there again.\n`);
    return 0;
  }
  const kubectl =
    env["KUBECONFIG"] || options.kubeconfig === undefined ? "kubectl" : `kubectl --kubeconfig ${kubeconfig.path}`;
  const name = layout.name === "default" ? "" : ` --name ${layout.name}`;
  stdout.write(
    `\nThe cluster "${layout.name}" is up after ${duration(clock.monotonic() - began)}: ${where}, context "${layout.context}" in ${kubeconfig.path}\n\n` +
      `Next:\n  ${kubectl} get nodes\n  ${kubectl} create deployment hello --image=nginx\n  ${program.root}/timonier status${name}\n`,
  );
  return 0;
}

/** A cluster has a copy of the bundle it was started from; one that runs from source has none. The launcher names a link. */
const runsThisProgram = (layout: Layout, entry: string): boolean =>
  !existsSync(layout.programDir) || existsSync(join(layout.programDir, basename(dirname(realpathSync(entry)))));

const wantedCluster = (options: UpOptions) => ({
  ...(options.name === undefined ? {} : { name: options.name }),
  ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
  ...(options.port === undefined ? {} : { apiPort: options.port }),
  ...featuresOf(options),
});
function featuresOf({ runtimeConfig, featureGates }: UpOptions): { features?: FeatureSettings } {
  if (runtimeConfig === undefined && featureGates === undefined) return {};
  const features = {
    ...(runtimeConfig === undefined ? {} : { runtimeConfig }),
    ...(featureGates === undefined ? {} : { featureGates }),
  };
  return { features: checkedFeatures(features) };
}

/** The bundle this process runs from; when it runs from source, a new one. A checkout that cannot be bundled runs as it is. */
async function bundleEntry({ program, clock }: Invocation, progress: Progress): Promise<string> {
  if (!runsFromSource(program)) return program.entry;
  try {
    const { root, cache } = program;
    const directory = await progress.step("bundling the program", () => makeBundle({ root, cache, clock }));
    giveCacheToOwner(root, cache);
    return join(directory, "main.js");
  } catch (error) {
    if (!existsSync(program.entry)) throw error;
    progress.note(`the program runs from source, which starts more slowly: ${messageOf(error)}`);
    return program.entry;
  }
}
