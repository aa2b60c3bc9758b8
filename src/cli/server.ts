// `timonier server`: the server process. Its supervising loop runs it; by hand it stays in the foreground.
import { ensureCertificates } from "#cluster/pki/certificates.ts";
import { refreshAccess } from "#cluster/access/grant-access.ts";
import { readIfThere } from "#cluster/machine/machine-facts.ts";
import { homeDirectory, openCluster } from "#cluster/open.ts";
import { runComponent } from "#cluster/supervise/run-component.ts";
import { serverConfig } from "#cluster/server-process.ts";
import { createServer } from "#cluster/server-services.ts";
import { certificateNames } from "#cluster/start.ts";
import type { Invocation } from "./command.ts";
import { clusterOptions, withOptions, type ClusterOptions } from "./options.ts";

interface ServerOptions extends ClusterOptions {
  readonly etcd?: string;
}

export const run = (invocation: Invocation): Promise<number> =>
  withOptions<ServerOptions>(
    invocation,
    "server",
    (command) =>
      clusterOptions(command)
        .description("Runs the API server, the controllers and the scheduler of a cluster that 'up' has made.")
        .option("--etcd <urls>", "use this etcd instead of the embedded database (comma-separated)"),
    (options) => server(invocation, options),
  );

async function server({ clock, random, env, stdout, signal }: Invocation, options: ServerOptions): Promise<number> {
  const home = homeDirectory(env);
  const layout = openCluster(home, options);
  const { renewed, renewAt } = await ensureCertificates(layout.pki, certificateNames(layout), { clock, random });
  const config = serverConfig(layout, {
    hasIpv6: readIfThere("/proc/net/if_inet6") !== "",
    ...(options.etcd === undefined ? {} : { etcd: options.etcd.split(",") }),
  });
  const component = {
    layout,
    component: "server" as const,
    logsOf: ["server" as const],
    renewAt,
    clock,
    stdout,
    signal,
  };
  return runComponent(component, async (log) => {
    if (renewed.length > 0) log.info("certificates were renewed", { certificates: renewed });
    if (renewed.includes("admin"))
      await refreshAccess(home, layout, clock, signal).catch((error: unknown) =>
        log.warn("the kubeconfig could not be brought up to date", { error }),
      );
    return createServer(config, { clock, random, log });
  });
}
