// A whole cluster inside one process, for tests: the real API server, controllers, scheduler and node agents, on a store
// in memory, simulated containers and a clock that moves only when the test says so. No sockets, no sleeps, no leaks.
//
//   await using cluster = await testCluster({ nodes: 3 });
//   await cluster.apply(manifest);
//   await cluster.until(async () => (await cluster.get(Deployment, "web"))?.status.readyReplicas === 3);
//   await cluster.node("node-1").stop();
//   await cluster.advance("6m");
import { Event } from "#api/core/event.ts";
import { Node } from "#api/core/node.ts";
import { isReason } from "#api/errors.ts";
import { parseKey, type AnyKind, type Kind, type KubeObject, type ObjectKey } from "#api/kind.ts";
import { parseDuration, parseTime } from "#api/time.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { createLog, type Log } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import type { Client, Selectors } from "#client/client.ts";
import { createInformers } from "#client/informers.ts";
import { createControllers } from "#controllers/all.ts";
import { sharedSources, type SharedSources } from "#node/shared-sources.ts";
import type { AnyController } from "#reconcile/controller.ts";
import type { FeatureSettings } from "#server/features/settings.ts";
import type { UserInfo } from "#server/pipeline.ts";
import { createMemoryStore } from "#store/memory.ts";
import type { Store } from "#store/store.ts";
import { comesToRest } from "#testing/at-rest.ts";
import type { Behaviour } from "#testing/behaviour.ts";
import { listen, type Listening } from "#testing/listen.ts";
import { applyManifests } from "#testing/manifests.ts";
import { podCidr, TestNode, type NodeSpec, type NodeSurroundings } from "#testing/node.ts";
import { ServerSide } from "#testing/server-side.ts";

export type { VirtualClock } from "#base/clock.fake.ts";
export type { At, Behaviour } from "#testing/behaviour.ts";
export type { Listening } from "#testing/listen.ts";
export type { NodeSpec, TestNode } from "#testing/node.ts";
export { simulatedAnnotations } from "#node/runtime/simulated-process.ts";

export interface TestClusterOptions {
  /** How many nodes, or what they are like; default: none. */
  readonly nodes?: number | readonly NodeSpec[];
  /** Kinds that are served besides the built-in ones. */
  readonly kinds?: readonly AnyKind[];
  /** Which beta and alpha APIs are served and which features are on, as the flags have them; default: as upstream. */
  readonly features?: FeatureSettings;
  /** Controllers that run besides the built-in ones, or instead of them: made anew at each start of the server. */
  readonly controllers?: (builtIn: readonly AnyController[]) => readonly AnyController[];
  /** What simulated containers do; may be changed later. */
  readonly behaviour?: Behaviour;
  /** All nodes share one watch of pods. Default: with more than 50 nodes. */
  readonly sharesWatches?: boolean;
  /** Default: a new one in memory. */
  readonly store?: Store;
  /** The first moment, milliseconds since the epoch; default: the start of 2026. */
  readonly startsAt?: number;
  /** Chance is the same for the same seed. */
  readonly seed?: number;
  /** Receives lines of JSON; default: warnings and errors are kept in `warnings`. */
  readonly log?: Log;
}
/** Milliseconds, or a duration such as "5m30s". */
export type Duration = number | string;
type Key = string | ObjectKey;

const administrator: UserInfo = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] };
const mostTurns = 1_000_000;
const mostWarnings = 10_000;
const ownWatches = 50;
const ms = (duration: Duration): number => (typeof duration === "number" ? duration : parseDuration(duration));

/** With its nodes ready to take pods. */
export async function testCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const cluster = new TestCluster(options);
  try {
    await cluster.startServer();
    const { nodes = 0 } = options;
    await cluster.addNodes(typeof nodes === "number" ? Array.from({ length: nodes }, () => ({})) : nodes);
    await cluster.settle();
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

export class TestCluster implements AsyncDisposable {
  readonly clock: VirtualClock;
  /** May do everything. */
  readonly client: Client;
  /** What simulated containers do; a test may set its parts at any time. */
  readonly behaviour: Behaviour;
  /** Lines of the log at the levels warn and error, unless the test brought a log of its own. */
  readonly warnings: string[] = [];
  readonly #server: ServerSide;
  readonly #nodes = new Map<string, TestNode>();
  readonly #stop = new AbortController();
  readonly #surroundings: Omit<NodeSurroundings, "shared">;
  readonly #sharesWatches: boolean;
  #shared: SharedSources | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #listening: Listening | undefined;

  /** `testCluster` is how to get one. */
  constructor(options: TestClusterOptions) {
    const clock = new VirtualClock(options.startsAt);
    const random = seededRandom(options.seed ?? 1);
    const write = (line: string): void => {
      if (this.warnings.length < mostWarnings) this.warnings.push(line);
    };
    const log = options.log ?? createLog({ clock, level: "warn", write });
    const { kinds = [], controllers = (builtIn) => builtIn } = options;
    this.clock = clock;
    this.behaviour = { ...options.behaviour };
    this.#server = new ServerSide({
      store: options.store ?? createMemoryStore(),
      clock,
      random,
      log,
      kinds,
      features: options.features ?? {},
      controllers: (builtIn) =>
        controllers(
          createControllers({
            kinds: [...builtIn, ...kinds],
            rootCertificates: "test certificate authority",
            clusterCidrs: [podCidr],
          }),
        ),
    });
    this.client = this.#server.clientAs(administrator);
    this.#surroundings = { server: this.#server, clock, random, log, behaviour: this.behaviour };
    const { nodes = 0 } = options;
    this.#sharesWatches = options.sharesWatches ?? (typeof nodes === "number" ? nodes : nodes.length) > ownWatches;
  }

  // ── time ──
  /** Lets everything happen that happens without time passing. Throws when that does not end. */
  async settle(): Promise<void> {
    const isAtRest = await comesToRest(mostTurns);
    this.#server.throwIfFailed();
    if (isAtRest) return;
    throw new Error(`the cluster does not come to rest; its last requests:\n${this.#server.lastCalls.join("\n")}`);
  }
  /** Lets time pass, with everything that happens meanwhile. */
  async advance(duration: Duration): Promise<void> {
    const until = this.clock.now() + ms(duration);
    await this.settle();
    while (this.clock.runMoment(until)) await this.settle();
    this.clock.moveTo(until);
  }
  /** Lets time pass until `what` yields something, and returns that. */
  async until<T>(
    what: () => Promise<T | undefined | false> | T | undefined | false,
    within: Duration = "10m",
  ): Promise<T> {
    const end = this.clock.now() + ms(within);
    for (;;) {
      await this.settle();
      const found = await what();
      if (found !== undefined && found !== false) return found;
      if (!this.clock.runMoment(end))
        throw new Error(`it did not come about within ${within}\n${await this.#report()}`);
    }
  }
  async #report(): Promise<string> {
    const events = await this.events("");
    return [...events.slice(-20), ...this.warnings.slice(-10)].join("\n");
  }

  // ── objects ──
  /** Applies manifests: YAML text with any number of documents, an object, or a list of them. */
  apply(manifests: string | object | readonly object[]): Promise<readonly KubeObject[]> {
    return applyManifests(manifests, this.client, () => this.#server.kinds());
  }
  /** A served kind by its name, for kinds that are known only to the cluster. */
  kind(name: string, group?: string): AnyKind {
    const found = this.#server.kinds().find((k) => k.kind === name && (group === undefined || k.group === group));
    if (!found) throw new Error(`the cluster serves no kind ${name}`);
    return found;
  }
  /** Undefined when there is none. A name without a namespace is one in "default". */
  async get<T extends KubeObject>(kind: Kind<T>, key: Key): Promise<T | undefined> {
    try {
      return await this.client.get(kind, keyFor(kind, key));
    } catch (error) {
      if (isReason(error, "NotFound")) return undefined;
      throw error;
    }
  }
  /** Of all namespaces unless one is named. */
  async list<T extends KubeObject>(kind: Kind<T>, query: Selectors = {}): Promise<readonly T[]> {
    return (await this.client.list(kind, query)).items;
  }
  /** "reason: message" of each event of a namespace ("": all), in the order of their last time. */
  async events(namespace = "default"): Promise<readonly string[]> {
    const events = await this.list(Event, namespace ? { namespace } : {});
    const at = (e: Event): number => parseTime(e.lastTimestamp ?? e.metadata.creationTimestamp ?? "");
    return events
      .toSorted((a, b) => at(a) - at(b) || Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map((e) => `${e.reason}: ${e.message}${(e.count ?? 1) > 1 ? ` (x${e.count})` : ""}`);
  }
  /** A client that acts as somebody else. */
  clientAs(user: string | UserInfo): Client {
    return this.#server.clientAs(typeof user === "string" ? { name: user, groups: ["system:authenticated"] } : user);
  }

  // ── nodes ──
  get nodes(): readonly TestNode[] {
    return [...this.#nodes.values()];
  }
  node(name: string): TestNode {
    const node = this.#nodes.get(name);
    if (!node) throw new Error(`the cluster has the nodes ${[...this.#nodes.keys()].join(", ")}, but no ${name}`);
    return node;
  }
  /** Resolves when the node takes pods. */
  async addNode(spec: NodeSpec = {}): Promise<TestNode> {
    const [node] = await this.addNodes([spec]);
    return node!;
  }
  async addNodes(specs: readonly NodeSpec[]): Promise<readonly TestNode[]> {
    const shared = this.#sharesWatches ? (this.#shared ??= this.#share()) : undefined;
    const nodes = specs.map(
      (spec, i) => new TestNode(spec, this.#nodes.size + i + 1, { ...this.#surroundings, shared }),
    );
    for (const node of nodes) this.#nodes.set(node.name, node);
    await Promise.all(nodes.map((node) => node.start()));
    for (const [i, { taints }] of specs.entries()) if (taints) await this.#taint(nodes[i]!.name, taints);
    for (const node of nodes) await this.until(() => this.isReady(node.name), "1m");
    return nodes;
  }
  /** Whether the API says that the node is ready, and nothing that it finds wrong itself keeps pods away. */
  async isReady(name: string): Promise<boolean> {
    const node = await this.get(Node, name);
    const isWell = !node?.spec.taints?.some((t) => t.key.startsWith("node.kubernetes.io/"));
    return isWell && node?.status.conditions?.find((c) => c.type === "Ready")?.status === "True";
  }
  async #taint(name: string, taints: NonNullable<Node["spec"]["taints"]>): Promise<void> {
    const { spec, metadata } = await this.client.get(Node, { name });
    const patch = {
      metadata: { resourceVersion: metadata.resourceVersion },
      spec: { taints: [...(spec.taints ?? []), ...taints] },
    };
    await this.client.patch(Node, { name }, { type: "merge", patch });
  }
  #share(): SharedSources {
    const { clock, random, log } = this.#surroundings;
    const informers = createInformers({ client: this.client, clock, random, log });
    const shared = sharedSources(informers);
    this.#running = informers.run(this.#stop.signal);
    return shared;
  }

  // ── the server ──
  async startServer(): Promise<void> {
    await this.#server.start();
  }
  /** The API, controllers and scheduler are gone; what is stored stays. */
  stopServer(): Promise<void> {
    return this.#server.stop();
  }
  /** A new server on the same store. */
  async restartServer(): Promise<void> {
    await this.stopServer();
    await this.startServer();
  }
  /** Opens an HTTPS port for real clients. The cluster's time still moves only by `advance` and `until`. */
  async listen(): Promise<Listening> {
    return (this.#listening ??= await listen(this.#server, this.#surroundings));
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listening?.stop();
    await Promise.all(this.nodes.map((node) => node.stop()));
    this.#stop.abort(new Error("the test cluster ends"));
    await this.#running;
    await this.#server.stop();
    this.#server.throwIfFailed();
  }
}

function keyFor(kind: AnyKind, key: Key): ObjectKey {
  const { namespace, name } = typeof key === "string" ? parseKey(key) : key;
  return kind.scope === "Namespaced" ? { namespace: namespace ?? "default", name } : { name };
}
