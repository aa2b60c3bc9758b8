// What runs in a node process: the agent on containerd, the node's own HTTPS server, and the network side.
import { readFileSync } from "node:fs";
import { deferred, runAll, type Service } from "#base/service.ts";
import { createClient } from "#client/api-client.ts";
import { createHttpTransport } from "#client/http-transport.ts";
import { createInformers } from "#client/informers.ts";
import { createNodeAgent } from "#node/agent.ts";
import { readHostFacts } from "#node/host/host-facts.ts";
import { readPressure } from "#node/host/pressure.ts";
import { realFiles } from "#node/host/real-files.ts";
import { createCriRuntime } from "#node/runtime/cri/runtime.ts";
import { createNodeServer } from "#node/server/server.ts";
import { createEventRecorder } from "#reconcile/event-recorder.ts";
import { createNodeNetwork } from "./node-network-services.ts";
import { clientAddress, type NodeConfig } from "./node-process.ts";
import type { Surroundings } from "./server-process.ts";
import { createTracing, readTracing } from "./tracing.ts";

const kubeletVersion = "v1.36.0";
const mostPods = 110;

/** Ready when the node has registered itself and its network works. Containerd answers on its socket by then. */
export function createNode(config: NodeConfig, surroundings: Surroundings): Service {
  const ready = deferred();
  return {
    name: "node",
    ready: ready.promise,
    async run(signal) {
      try {
        const network = createNodeNetwork(config, surroundings);
        const services = await createAgent(config, surroundings, signal);
        void Promise.all([network.ready, ...services.map((s) => s.ready)]).then(() => ready.resolve(), ready.reject);
        await runAll([network, ...services], signal);
      } catch (error) {
        ready.reject(error);
        throw error;
      }
    },
  };
}

async function createAgent(
  config: NodeConfig,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<readonly Service[]> {
  const { clock, random, log } = surroundings;
  const configuration = await readTracing(config.tracing);
  const tracing = configuration && createTracing(configuration, "kubelet", surroundings);
  const tracer = tracing ? { tracer: tracing.tracer } : {};
  const client = createClient(createHttpTransport(clientAddress(config, config.nodeClient, "kubelet/timonier"), clock));
  const informers = createInformers({ client, clock, random, log });
  const runtime = createCriRuntime({ socket: config.containerdSocket, clock, log });
  const agent = createNodeAgent({
    nodeName: config.nodeName,
    client,
    informers,
    runtime,
    clock,
    random,
    log,
    events: createEventRecorder({ client, component: "kubelet", host: config.nodeName, clock, random, log, signal }),
    files: realFiles,
    hostFacts: await readHostFacts(realFiles),
    dataDir: config.stateDir,
    podsDir: config.podsDir,
    podLogsDir: config.podLogsDir,
    nodeIps: [config.nodeIp],
    clusterDns: [config.dnsServiceIp],
    clusterDomain: config.clusterDomain,
    podCidr: config.nodePodCidr,
    mostPods,
    kubeletPort: config.kubeletPort,
    kubeletVersion,
    runtimeHandlers: config.runtimeHandlers,
    cgroupRoot: config.podsCgroup,
    pressure: () => readPressure(realFiles, config.podsDir),
    ...tracer,
  });
  const server = createNodeServer({
    nodeName: config.nodeName,
    port: config.kubeletPort,
    tls: {
      cert: readFileSync(config.serving.certificate, "utf8"),
      key: readFileSync(config.serving.key, "utf8"),
      clientCa: readFileSync(config.api.authority, "utf8"),
    },
    runtime,
    pods: agent,
    podsDir: config.podsDir,
    clock,
    log,
    ...tracer,
  });
  return [informers, agent, server, ...(tracing ? [tracing.exporter] : [])];
}
