// What runs in a node process: the network side; the agent joins it here.
import { runAll, type Service } from "#base/service.ts";
import { createNodeNetwork } from "./node-network-services.ts";
import type { NodeConfig } from "./node-process.ts";
import type { Surroundings } from "./server-process.ts";

/** Ready when the node takes pods. Containerd answers on its socket when this is called. */
export function createNode(config: NodeConfig, surroundings: Surroundings): Service {
  const network = createNodeNetwork(config, surroundings);
  return { name: "node", ready: network.ready, run: (signal) => runAll([network], signal) };
}
