// A node without a machine: the agent on a simulated runtime, with files in memory. For tests of whole clusters and
// for clusters of thousands of nodes in one process.
import { createNodeAgent, type NodeAgent, type NodeAgentOptions } from "./agent.ts";
import { simulatedHostFacts } from "#node/host/host-facts.ts";
import { MemoryFiles } from "#node/host/memory-files.ts";
import { createSimulatedProber } from "#node/probes/prober.ts";
import { SimulatedRuntime, type SimulatedOptions } from "#node/runtime/simulated.ts";
import { simulatedTokens } from "#node/volumes/tokens.ts";
import type { SharedSources } from "./shared-sources.ts";

type Given = "nodeName" | "client" | "informers" | "clock" | "random" | "log" | "events";
export interface SimulatedNodeOptions extends Pick<NodeAgentOptions, Given> {
  /** For example 10.244.1.0/24. */
  readonly podCidr: string;
  readonly nodeIp: string;
  /** Made once for all nodes of the process. */
  readonly shared?: SharedSources;
  readonly runtime?: Partial<SimulatedOptions>;
  readonly agent?: Partial<NodeAgentOptions>;
}
export interface SimulatedNode {
  readonly agent: NodeAgent;
  readonly runtime: SimulatedRuntime;
  readonly files: MemoryFiles;
}
export function createSimulatedNode(options: SimulatedNodeOptions): SimulatedNode {
  const { podCidr, nodeIp, shared, runtime: simulated, agent, ...given } = options;
  const runtime = new SimulatedRuntime({ clock: given.clock, podCidr, ...simulated });
  const files = new MemoryFiles();
  return {
    runtime,
    files,
    agent: createNodeAgent({
      ...given,
      runtime,
      files,
      podCidr,
      nodeIps: [nodeIp],
      hostFacts: simulatedHostFacts,
      dataDir: "/data",
      clusterDns: ["10.96.0.10"],
      clusterDomain: "cluster.local",
      cgroupRoot: "",
      prober: createSimulatedProber(runtime),
      tokens: simulatedTokens,
      ...(shared
        ? { pods: shared.pods(given.nodeName), nodes: shared.nodes(given.nodeName), references: shared.references }
        : {}),
      ...agent,
    }),
  };
}
