// An agent with a simulated runtime against a real API server in memory, on virtual time: what tests of the agent use.
import { Pod } from "#api/core/pod.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { createClient } from "#client/api-client.ts";
import type { Client } from "#client/client.ts";
import { createInformers } from "#client/informers.ts";
import { inProcessTransport } from "#cluster/in-process-transport.ts";
import type { NodeAgent, NodeAgentOptions } from "./agent.ts";
import { createSimulatedNode } from "./simulated-node.ts";
import { MemoryFiles } from "#node/host/memory-files.ts";
import { createSimulatedProber } from "#node/probes/prober.ts";
import { SimulatedRuntime, type SimulatedOptions } from "#node/runtime/simulated.ts";
import { admin, settle, testServer, type TestServer } from "#server/api-server.fake.ts";

export class AgentBench implements AsyncDisposable {
  readonly api: TestServer;
  readonly client: Client;
  readonly runtime: SimulatedRuntime;
  readonly files = new MemoryFiles();
  /** "reason: message" of each event, in order. */
  readonly said: string[] = [];
  agent!: NodeAgent;
  #stop = new AbortController();
  #running: Promise<unknown>[] = [];

  constructor(api: TestServer, simulated: Partial<SimulatedOptions>) {
    this.api = api;
    this.client = createClient(inProcessTransport(api.server.handler, admin));
    this.runtime = new SimulatedRuntime({ clock: api.clock, podCidr: "10.244.1.0/24", ...simulated });
  }
  /** Starts the agent, or starts it anew, on the same runtime and files. */
  async start(options: Partial<NodeAgentOptions> = {}): Promise<void> {
    this.#stop = new AbortController();
    const parts = { client: this.client, clock: this.api.clock, random: seededRandom(3), log: silentLog };
    const informers = createInformers(parts);
    const { runtime, files } = this;
    ({ agent: this.agent } = createSimulatedNode({
      ...parts,
      nodeName: "n1",
      informers,
      podCidr: "10.244.1.0/24",
      nodeIp: "192.168.0.1",
      events: { event: (_about, _type, reason, message) => void this.said.push(`${reason}: ${message}`) },
      agent: { runtime, files, prober: createSimulatedProber(runtime), ...options },
    }));
    this.#running = [this.agent.run(this.#stop.signal), informers.run(this.#stop.signal)];
    await this.agent.ready;
  }
  async stop(): Promise<void> {
    this.#stop.abort(new Error("the test stops the agent"));
    await Promise.all(this.#running);
  }
  create(pod: object): Promise<Pod> {
    return this.api.create("/api/v1/namespaces/ns/pods", pod);
  }
  /** Undefined when there is none. */
  async pod(name = "p"): Promise<Pod | undefined> {
    const answer = await this.api.ask("GET", `/api/v1/namespaces/ns/pods/${name}`);
    return answer.code === 200 ? (answer.body as Pod) : undefined;
  }
  /** Waits, with virtual time passing, until the pod is as wanted. */
  async until<T>(what: () => Promise<T | undefined | false>, withinMs = 600_000): Promise<T> {
    const { clock } = this.api;
    const end = clock.now() + withinMs;
    for (;;) {
      for (let quiet = 0; quiet < 30; quiet++) {
        const found = await what();
        if (found) return found;
        await settle();
      }
      if (!clock.runNext(end))
        throw new Error(`nothing more happens: ${JSON.stringify(await this.pod())}\n${this.said.join("\n")}`);
    }
  }
  untilPod(is: (pod: Pod) => unknown, name = "p"): Promise<Pod> {
    return this.until(async () => {
      const pod = await this.pod(name);
      return pod && is(pod) ? pod : undefined;
    });
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.api[Symbol.asyncDispose]();
  }
}
/** The agent is ready; a pod called "p" in "ns" is its subject. */
export async function agentBench(
  simulated: Partial<SimulatedOptions> = {},
  options: Partial<NodeAgentOptions> = {},
): Promise<AgentBench> {
  const bench = new AgentBench(await testServer(), simulated);
  await bench.start(options);
  return bench;
}
export const podManifest = (spec: object = {}, metadata: object = {}): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p", namespace: "ns", ...metadata },
  spec: { nodeName: "n1", containers: [{ name: "c", image: "busybox:1" }], ...spec },
});
