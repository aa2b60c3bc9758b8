// The node agent (kubelet): a worker for every pod that is assigned to the node, and what they share. Everything is
// driven by the watch of pods, by the runtime's events and by timers. It keeps nothing that it needs after a restart:
// it looks at what runs, and goes on.
import { Node } from "#api/core/node.ts";
import { Service as KubeService } from "#api/core/service.ts";
import { Pod } from "#api/core/pod.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Tracer } from "#base/tracing/tracer.ts";
import { Limiter } from "#base/limiter.ts";
import { orAborted } from "#base/or-aborted.ts";
import { deferred, type Service } from "#base/service.ts";
import type { Client } from "#client/client.ts";
import type { Informer, InformerSet } from "#client/informer.ts";
import { createAgentLookup, type AgentLookup } from "./agent-lookup.ts";
import { createCgroups, namedCgroups } from "#node/host/cgroups.ts";
import { parseResolvConf } from "#node/config/dns.ts";
import type { HostFacts } from "#node/host/host-facts.ts";
import type { HostFiles } from "#node/host/host-files.ts";
import { createImageFiles } from "#node/images/image-files.ts";
import { Images } from "#node/images/images.ts";
import type { NodeParts } from "./node-parts.ts";
import { NodeReporter } from "./node-reporter.ts";
import { allocatableOf, type NodeFacts } from "./node-status.ts";
import type { NodePressure } from "./eviction.ts";
import { nodePaths } from "#node/pod/paths.ts";
import { PodPool } from "./pod-pool.ts";
import { createProber, type Prober } from "#node/probes/prober.ts";
import { createReferences, type References } from "./references.ts";
import type { ContainerRuntime } from "#node/runtime/runtime.ts";
import type { ObjectSource } from "./shared-sources.ts";
import { StatusWriter } from "#node/status/status-writer.ts";
import { Upkeep } from "./upkeep.ts";
import { createTokens, type TokenSource } from "#node/volumes/tokens.ts";
import type { EventRecorder } from "#reconcile/event-recorder.ts";

export interface NodeAgentOptions {
  readonly nodeName: string;
  readonly client: Client;
  readonly informers: InformerSet;
  readonly runtime: ContainerRuntime;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly events: EventRecorder;
  readonly files: HostFiles;
  readonly hostFacts: HostFacts;
  readonly dataDir: string;
  readonly podsDir?: string;
  readonly podLogsDir?: string;
  /** Addresses of the node, the first is the one that is told first. */
  readonly nodeIps: readonly string[];
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  /** Given to the Node object when it is created; else a controller assigns one. */
  readonly podCidr?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly mostPods?: number;
  /** Where the node serves its API; 0: nowhere. */
  readonly kubeletPort?: number;
  readonly kubeletVersion?: string;
  readonly runtimeHandlers?: readonly string[];
  /** Path of the pods' control groups below the root of the hierarchy; "" makes none. */
  readonly cgroupRoot: string;
  readonly mostParallelPulls?: number;
  readonly mostParallelStarts?: number;
  readonly allowedUnsafeSysctls?: readonly string[];
  /** Absent: eviction and pressure conditions are off. */
  readonly pressure?: (signal: AbortSignal) => Promise<NodePressure>;
  /** Absent: nothing is recorded. */
  readonly tracer?: Tracer;
  /** Overrides for simulated nodes. */
  readonly prober?: Prober;
  readonly references?: References;
  readonly tokens?: TokenSource;
  readonly pods?: ObjectSource<Pod>;
  readonly nodes?: ObjectSource<Node>;
}
export interface NodeAgent extends Service, AgentLookup {
  /** The Node object as last seen. */
  readonly node: Node | undefined;
  /** For the node's server. */
  readonly parts: Pick<NodeParts, "runtime" | "files" | "clock" | "log" | "nodeName">;
}
const text = (bytes: Uint8Array | undefined): string => (bytes ? Buffer.from(bytes).toString("utf8") : "");
const mostFileBytes = 64 * 1024;

class Agent implements NodeAgent {
  readonly name: string;
  readonly #ready = deferred();
  readonly #options: NodeAgentOptions;
  readonly #pods: ObjectSource<Pod>;
  readonly #services: Informer<KubeService>;
  readonly #lookup: AgentLookup;
  readonly #reporter: NodeReporter;
  #pool: PodPool | undefined;
  #upkeep: Upkeep | undefined;
  #ephemeralBytes = 0;
  #runtimeVersion = "";

  constructor(options: NodeAgentOptions) {
    this.#options = options;
    this.name = `node agent ${options.nodeName}`;
    const fieldSelector = `spec.nodeName=${options.nodeName}`;
    this.#pods = options.pods ?? options.informers.informer(Pod, { fieldSelector });
    this.#services = options.informers.informer(KubeService);
    this.#lookup = createAgentLookup(() => this.#pool);
    this.#reporter = new NodeReporter(options.nodeName, {
      client: options.client,
      clock: options.clock,
      log: options.log,
      events: options.events,
      nodes: options.nodes ?? options.informers.informer(Node, { fieldSelector: `metadata.name=${options.nodeName}` }),
      podCidr: options.podCidr,
      facts: (signal) => this.#facts(signal),
    });
  }
  get ready(): Promise<void> {
    return this.#ready.promise;
  }
  get node(): Node | undefined {
    return this.#reporter.node;
  }
  get parts(): NodeAgent["parts"] {
    return this.#options;
  }
  find: AgentLookup["find"] = (namespace, name) => this.#lookup.find(namespace, name);
  list: AgentLookup["list"] = () => this.#lookup.list();
  ended: AgentLookup["ended"] = (id, signal) => this.#lookup.ended(id, signal);

  async run(signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    let pool: PodPool;
    try {
      pool = await this.#start(signal);
    } catch (error) {
      this.#ready.reject(error);
      if (signal.aborted) return;
      throw error;
    }
    const loops = [this.#reporter.run(signal), this.#upkeep!.run(signal)];
    void this.#reporter.registered.then(() => this.#ready.resolve());
    try {
      await orAborted(this.#pods.synced, signal);
      await pool.run(this.#pods, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      pool.leave();
      await Promise.all(loops);
      log.info("node agent stopped", { node: this.#options.nodeName });
    }
  }
  async #start(signal: AbortSignal): Promise<PodPool> {
    const { options: o, parts } = await this.#prepare(signal);
    const pool = new PodPool(parts, {
      allowedUnsafeSysctls: o.allowedUnsafeSysctls ?? [],
      nodeLabels: () => this.node?.metadata.labels ?? {},
      allocatable: () => this.#allocatable(),
    });
    this.#pool = pool;
    this.#upkeep = new Upkeep(parts, pool, {
      ...(o.pressure ? { pressure: o.pressure } : {}),
      changed: () => this.#reporter.changed(signal),
    });
    return pool;
  }
  async #prepare(signal: AbortSignal): Promise<{ options: NodeAgentOptions; parts: NodeParts }> {
    const o = this.#options;
    const { files, clock, random, client, runtime, log } = o;
    const paths = nodePaths(o);
    await files.makeDirectory(paths.podsRoot, 0o700);
    await files.makeDirectory(paths.logsRoot, 0o755);
    await this.#mountMemory(paths.memoryRoot);
    this.#ephemeralBytes = (await files.fileSystem(paths.podsRoot)).capacityBytes;
    const version = await runtime.version(signal);
    this.#runtimeVersion = `${version.name}://${version.version}`;
    const references = o.references ?? createReferences({ client, clock, random, log, signal });
    const tokens = o.tokens ?? createTokens({ client, clock, random });
    const images = new Images({
      runtime,
      events: o.events,
      clock,
      signal,
      mostParallelPulls: o.mostParallelPulls ?? 5,
      pulled: () => this.#upkeep?.imagePulled(signal),
    });
    const parts: NodeParts = {
      nodeName: o.nodeName,
      client,
      runtime,
      runtimeName: version.name,
      events: o.events,
      clock,
      random,
      log,
      files,
      paths,
      references,
      images,
      cgroups: o.cgroupRoot === "" ? namedCgroups("/kubepods") : await createCgroups(files, o.cgroupRoot),
      volumes: {
        ...{ files, paths, references, tokens, clock, random },
        imageFiles: createImageFiles({ images, runtime, files, references }),
        allocatable: () => this.#allocatable(),
      },
      prober: o.prober ?? createProber({ runtime, clock }),
      status: new StatusWriter({ client, clock, log, signal }),
      dns: {
        clusterDns: o.clusterDns,
        clusterDomain: o.clusterDomain,
        node: parseResolvConf(text(await files.readFile("/etc/resolv.conf", mostFileBytes))),
      },
      nodeHosts: text(await files.readFile("/etc/hosts", mostFileBytes)) || "127.0.0.1\tlocalhost\n",
      memoryCapacityBytes: o.hostFacts.memoryBytes,
      hostIPs: () => o.nodeIps,
      services: (namespace, signal) => this.#servicesOf(namespace, signal),
      starts: new Limiter(o.mostParallelStarts ?? 10),
      ...(o.tracer ? { tracer: o.tracer } : {}),
      signal,
    };
    return { options: o, parts };
  }
  /** One memory file system for all secrets of the node: a mount for each volume would cost a process each. */
  async #mountMemory(path: string): Promise<void> {
    const { files, log } = this.#options;
    await files.makeDirectory(path, 0o700);
    if ((await files.mountsBelow(path)).includes(path)) return;
    try {
      await files.mountTmpfs(path, {});
      await files.chmod(path, 0o700);
    } catch (error) {
      log.warn("secrets of pods will be kept on disk: no memory file system could be mounted", { path, error });
    }
  }
  async #servicesOf(namespace: string, signal: AbortSignal): Promise<readonly KubeService[]> {
    await orAborted(this.#services.synced, signal);
    return this.#services.list(namespace);
  }
  #allocatable(): Readonly<Record<string, string>> {
    return this.node?.status?.allocatable ?? allocatableOf(this.#staticFacts());
  }
  #staticFacts(): NodeFacts {
    const o = this.#options;
    return {
      name: o.nodeName,
      host: o.hostFacts,
      addresses: o.nodeIps,
      mostPods: o.mostPods ?? 110,
      ephemeralBytes: this.#ephemeralBytes,
      labels: o.labels ?? {},
      kubeletVersion: o.kubeletVersion ?? "v1.36.0",
      runtimeVersion: this.#runtimeVersion,
      runtimeHandlers: o.runtimeHandlers ?? [],
      kubeletPort: o.kubeletPort ?? 0,
      notReady: "",
      pressures: { memory: false, disk: false, pids: false },
      images: [],
    };
  }
  async #facts(signal: AbortSignal): Promise<NodeFacts> {
    const { runtime } = this.#options;
    const base = { ...this.#staticFacts(), pressures: this.#upkeep?.pressures ?? this.#staticFacts().pressures };
    try {
      const status = await runtime.status(signal);
      const images = await runtime.listImages(signal);
      const notReady = !status.runtimeReady
        ? `container runtime is not ready: ${status.message}`
        : status.networkReady
          ? ""
          : `container runtime network not ready: ${status.message}`;
      return { ...base, images, notReady };
    } catch (error) {
      signal.throwIfAborted();
      return { ...base, notReady: `container runtime is down: ${(error as Error).message}` };
    }
  }
}
export const createNodeAgent = (options: NodeAgentOptions): NodeAgent => new Agent(options);
