// `timonier status`: the components, what they use and since when, for people or as JSON. Exit code 0: running,
// 3: stopped or degraded.
import { homeDirectory, openCluster } from "#cluster/open.ts";
import { kubernetesVersion } from "#cluster/program/program.ts";
import { clusterStatus, type ClusterStatus } from "#cluster/status.ts";
import type { ComponentStatus } from "#cluster/supervise/supervisor.ts";
import type { Invocation } from "./command.ts";
import { clusterOptions, withOptions, type ClusterOptions } from "./options.ts";
import { age, mebibytes, table } from "./terminal.ts";

interface StatusOptions extends ClusterOptions {
  readonly output?: "json";
}

/** How long the API may take to say whether it is ready. */
const patienceMs = 2_000;

export const run = (invocation: Invocation): Promise<number> =>
  withOptions<StatusOptions>(
    invocation,
    "status",
    (command) =>
      clusterOptions(command)
        .description("Shows what runs, since when, with how much memory, and where it listens.")
        .addOption(command.createOption("-o, --output <format>", "for programs").choices(["json"])),
    (options) => status(invocation, options),
  );

async function status(invocation: Invocation, options: StatusOptions): Promise<number> {
  const { env, stdout, clock, signal, program } = invocation;
  const layout = openCluster(homeDirectory(env), options);
  const versions = { version: program.version, kubernetesVersion, nodeVersion: process.version };
  const late = new AbortController();
  using _timer = clock.after(patienceMs, () => late.abort());
  const found = await clusterStatus(layout, versions, AbortSignal.any([signal, late.signal]));
  stdout.write(options.output === "json" ? `${JSON.stringify(found, undefined, 2)}\n` : statusText(found, clock.now()));
  return found.state === "running" ? 0 : 3;
}

export function statusText(found: ClusterStatus, now: number): string {
  const { endpoints, components } = found;
  const head = table([
    ["Cluster", `${found.name} (${found.state})`],
    ["API", `${endpoints.api} ${found.apiReady ? "ready" : "not ready"}`],
    ["Context", found.context],
    ["Data", found.dataDir],
    ["Versions", `Timonier ${found.version}, Kubernetes API ${found.kubernetesVersion}, Node ${found.nodeVersion}`],
    ["Network", `pods ${found.podCidr}, Services ${found.serviceCidr}`],
    ["Pods", `${found.pods} (${found.runtime})`],
  ]);
  const rows = components.map((component) => [
    component.name,
    stateText(component),
    component.pid === undefined ? "-" : String(component.pid),
    component.since === undefined ? "-" : age(now - component.since),
    component.memoryBytes === undefined ? "-" : mebibytes(component.memoryBytes),
    String(component.restarts),
  ]);
  return `${head}\n${table([["COMPONENT", "STATE", "PID", "SINCE", "MEMORY", "RESTARTS"], ...rows])}${advice(found)}`;
}

const stateText = ({ state, ready }: ComponentStatus): string => (state === "running" && !ready ? "starting" : state);

function advice(found: ClusterStatus): string {
  const name = found.name === "default" ? "" : ` --name ${found.name}`;
  if (found.state === "stopped") return `\nIt is stopped. Start it: timonier up${name}\n`;
  if (found.components.some((c) => c.state === "unsupervised" || c.state === "stopped"))
    return `\nA part runs without its supervising loop, or not at all. Mend it: timonier up${name}\n`;
  return found.state === "degraded" ? `\nSomething does not work. See why: timonier logs${name}\n` : "";
}
