// `timonier node`: the node process, in the mount namespace of its containerd. Its supervising loop runs it.
import { ensureCertificates } from "#cluster/pki/certificates.ts";
import { ensurePauseImage } from "#cluster/containerd/images.ts";
import { primaryAddress } from "#cluster/machine/machine-facts.ts";
import { nodeConfig } from "#cluster/node-process.ts";
import { createNode } from "#cluster/node-services.ts";
import { homeDirectory, openCluster } from "#cluster/open.ts";
import { containerdPrograms } from "#cluster/prepare.ts";
import { runComponent } from "#cluster/supervise/run-component.ts";
import { certificateNames, waitForContainerd } from "#cluster/start.ts";
import type { Invocation } from "./command.ts";
import { clusterOptions, withOptions, type ClusterOptions } from "./options.ts";

export const run = (invocation: Invocation): Promise<number> =>
  withOptions<ClusterOptions>(
    invocation,
    "node",
    (command) =>
      clusterOptions(command).description(
        "Runs the node agent, the Service proxy and the DNS of a cluster that 'up' has made.",
      ),
    (options) => node(invocation, options),
  );

async function node({ clock, random, env, stdout, signal }: Invocation, options: ClusterOptions): Promise<number> {
  const layout = openCluster(homeDirectory(env), options);
  const { renewAt } = await ensureCertificates(layout.pki, certificateNames(layout), { clock, random });
  const config = nodeConfig(layout, {
    address: primaryAddress(/^timonier\d*$/),
    hasCrun: containerdPrograms().crun !== undefined,
  });
  const logsOf = ["node", "containerd"] as const;
  return runComponent({ layout, component: "node", logsOf, renewAt, clock, stdout, signal }, async (log) => {
    await waitForContainerd(layout, { waitMs: 0, clock, signal });
    await ensurePauseImage(layout, signal);
    return createNode(config, { clock, random, log });
  });
}
