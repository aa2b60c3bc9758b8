// A node of a test cluster: the real agent on a simulated runtime, and all that can go wrong with a machine.
import { Node } from "#api/core/node.ts";
import { parseKey } from "#api/kind.ts";
import { toNumber } from "#api/quantity.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import { createClient } from "#client/api-client.ts";
import { createInformers } from "#client/informers.ts";
import type { NodeAgent, NodeAgentOptions } from "#node/agent.ts";
import { MemoryFiles } from "#node/host/memory-files.ts";
import { simulatedHostFacts } from "#node/host/host-facts.ts";
import { createSimulatedNode } from "#node/simulated-node.ts";
import type { SharedSources } from "#node/shared-sources.ts";
import type { ObservedContainer } from "#node/runtime/runtime.ts";
import { SimulatedRuntime, type SimulatedOptions } from "#node/runtime/simulated.ts";
import { createTokens } from "#node/volumes/tokens.ts";
import { createEventRecorder } from "#reconcile/event-recorder.ts";
import { containerOf, proberOf, runtimeBehaviour, type Behaviour } from "./behaviour.ts";
import { Link } from "./link.ts";
import type { ServerSide } from "./server-side.ts";

export interface NodeSpec {
  /** Default: node-1, node-2 … */
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: NonNullable<Node["spec"]["taints"]>;
  /** Whole processors; default 4. */
  readonly cpus?: number;
  /** A quantity; default 16Gi. */
  readonly memory?: string;
  /** How many pods it takes; default 110. */
  readonly pods?: number;
  /** How long a sandbox, a start and a pull take, and which images are there from the start. */
  readonly runtime?: Pick<SimulatedOptions, "sandboxMs" | "startMs" | "pullMs" | "present">;
}
export interface NodeSurroundings {
  readonly server: ServerSide;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly behaviour: Behaviour;
  /** Watches for all nodes of the process; absent: each node has its own, as real ones have. */
  readonly shared: SharedSources | undefined;
}
const addressOf = (number: number): string => `172.${16 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
/** 32,768 ranges of 256 addresses. */
export const podCidr = "10.128.0.0/9";
const podCidrOf = (number: number): string => `10.${128 + (number >> 8)}.${number & 255}.0/24`;

export class TestNode {
  readonly name: string;
  readonly ip: string;
  readonly #spec: NodeSpec;
  readonly #number: number;
  readonly #parts: NodeSurroundings;
  readonly #link: Link;
  #runtime: SimulatedRuntime;
  #files = new MemoryFiles();
  #agent: NodeAgent | undefined;
  #stop = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  /** `number` from 1 on tells the nodes of a cluster apart. Nothing happens before `start`. */
  constructor(spec: NodeSpec, number: number, parts: NodeSurroundings) {
    this.#spec = spec;
    this.#number = number;
    this.#parts = parts;
    this.name = spec.name ?? `node-${number}`;
    this.ip = addressOf(number);
    const groups = ["system:nodes", "system:authenticated"];
    this.#link = new Link(parts.server.transportAs({ name: `system:node:${this.name}`, groups }));
    this.#runtime = this.#newRuntime();
  }
  /** What runs here, for questions that this class does not answer. */
  get runtime(): SimulatedRuntime {
    return this.#runtime;
  }
  get files(): MemoryFiles {
    return this.#files;
  }
  get isRunning(): boolean {
    return this.#agent !== undefined;
  }
  #newRuntime(): SimulatedRuntime {
    const { clock, behaviour } = this.#parts;
    const { runtime: times } = this.#spec;
    const told = runtimeBehaviour(this.name, behaviour);
    return new SimulatedRuntime({ clock, podCidr: podCidrOf(this.#number), ...told, ...times });
  }
  /** Switches the machine on. Resolves when its agent has registered the node. */
  async start(): Promise<void> {
    if (this.isRunning) return;
    const { clock, random, log: parentLog, shared } = this.#parts;
    const { name, ip: nodeIp } = this;
    const log = parentLog.with({ node: name });
    const client = createClient(this.#link.transport);
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const informers = createInformers({ client, clock, random, log });
    const { agent } = createSimulatedNode({
      nodeName: name,
      nodeIp,
      podCidr: podCidrOf(this.#number),
      client,
      informers,
      clock,
      random,
      log,
      events: createEventRecorder({ client, component: "kubelet", host: name, clock, random, log, signal }),
      ...(shared ? { shared } : {}),
      agent: {
        ...this.#machine(),
        runtime: this.#runtime,
        files: this.#files,
        prober: proberOf(name, this.#parts.behaviour, this.#runtime),
        ...(shared ? {} : { tokens: createTokens({ client, clock, random }) }),
      },
    });
    this.#agent = agent;
    this.#running = Promise.all([agent.run(signal), informers.run(signal)]);
    await agent.ready;
  }
  #machine(): Partial<NodeAgentOptions> {
    const { cpus = simulatedHostFacts.cpus, memory, pods, labels } = this.#spec;
    const memoryBytes = memory === undefined ? simulatedHostFacts.memoryBytes : toNumber(memory);
    return {
      hostFacts: { ...simulatedHostFacts, cpus, memoryBytes },
      ...(pods === undefined ? {} : { mostPods: pods }),
      ...(labels ? { labels } : {}),
    };
  }
  async #stopAgent(): Promise<void> {
    this.#agent = undefined;
    this.#stop.abort(new Error(`the agent of ${this.name} is stopped`));
    await this.#running;
  }
  /** Pulls the plug: the agent and every container are gone at once, and the API is told nothing. */
  async stop(): Promise<void> {
    if (!this.isRunning) return;
    await this.#stopAgent();
    const { sandboxes } = await this.#runtime.observe(undefined);
    for (const { id } of sandboxes) await this.#runtime.removeSandbox(id);
    this.#runtime = this.#newRuntime();
    this.#files = new MemoryFiles();
  }
  /** The agent dies and starts again; containers go on. */
  async restartAgent(): Promise<void> {
    await this.#stopAgent();
    await this.start();
  }
  /** Pulls the network cable: containers go on, but the agent and the API hear nothing of each other. */
  disconnect(): void {
    if (this.#parts.shared) throw new Error(`${this.name} shares its watches with other nodes: stop it instead`);
    this.#link.cut();
  }
  connect(): void {
    this.#link.mend();
  }
  /** Every container of a pod ("namespace/name", or a name in "default") that the runtime has, also ended ones. */
  async containers(pod: string): Promise<readonly ObservedContainer[]> {
    const key = parseKey(pod);
    const { sandboxes, containers } = await this.#runtime.observe(undefined);
    const own = new Set(
      sandboxes.filter((s) => s.podName === key.name && s.namespace === (key.namespace ?? "default")).map((s) => s.id),
    );
    return containers.filter((c) => own.has(c.sandboxId));
  }
  /** Ends a container's process. */
  async killContainer(pod: string, container?: string, exitCode = 137): Promise<void> {
    const key = { namespace: "default", ...parseKey(pod) };
    const found = this.#agent?.find(key.namespace, key.name)?.pod;
    if (!found) throw new Error(`${this.name} has no pod ${pod}`);
    const name = containerOf(found, container);
    const run = (await this.containers(pod)).find((c) => c.name === name && c.state === "running");
    if (!run) throw new Error(`container ${name} of pod ${pod} does not run on ${this.name}`);
    this.#runtime.exitContainer(run.id, exitCode);
  }
}
