// A container runtime without containers: state in memory, time on a Clock. It keeps what a real one keeps between
// restarts of the agent, and costs a few objects a pod, so that one process can hold thousands of nodes.
import { Duplex } from "node:stream";
import type { Clock, Timer } from "#base/clock.ts";
import { orAborted } from "#base/or-aborted.ts";
import {
  RuntimeError,
  type ContainerConfig,
  type ContainerResources,
  type ContainerRuntime,
  type ContainerUsage,
  type ExecResult,
  type ImageFacts,
  type ImageMount,
  type Observed,
  type ObservedContainer,
  type ObservedSandbox,
  type ProcessStreams,
  type RuntimeEvent,
  type SandboxConfig,
} from "./runtime.ts";
import { looksMissing, SimulatedImages, type SimulatedImageOptions } from "./simulated-images.ts";
import { commandOutcome, processOf, type SimulatedProcess } from "./simulated-process.ts";
import { AddressPool } from "./simulated-addresses.ts";

export interface SimulatedOptions extends Partial<Omit<SimulatedImageOptions, "clock">> {
  readonly clock: Clock;
  /** IPv4 range of the pods, for example 10.244.1.0/24. */
  readonly podCidr: string;
  readonly sandboxMs?: number;
  readonly startMs?: number;
  /** Overrides what commands and annotations say. */
  readonly behaviour?: (config: ContainerConfig, sandbox: SandboxConfig) => Partial<SimulatedProcess> | undefined;
  /** Result of exec; undefined: as the command's name says, else success without output. */
  readonly exec?: (container: ObservedContainer, command: readonly string[]) => Partial<ExecResult> | undefined;
}
interface Sandbox {
  facts: ObservedSandbox;
  readonly config: SandboxConfig;
}
interface SimulatedContainer {
  facts: ObservedContainer;
  readonly process: SimulatedProcess;
  exit?: Timer;
  /** Those that wait for its end. */
  readonly waiting: Set<() => void>;
  resources: ContainerResources;
}
const kill = 137;

export class SimulatedRuntime implements ContainerRuntime {
  readonly name = "simulated";
  readonly #options: SimulatedOptions;
  readonly #clock: Clock;
  readonly #addresses: AddressPool;
  readonly #images: SimulatedImages;
  readonly #sandboxes = new Map<string, Sandbox>();
  readonly #containers = new Map<string, SimulatedContainer>();
  readonly #listeners = new Set<(event: RuntimeEvent) => void>();
  #serial = 0;
  /** Set by tests: the network is not ready, and why. */
  networkProblem = "";

  constructor(options: SimulatedOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#addresses = new AddressPool(options.podCidr);
    this.#images = new SimulatedImages({
      clock: options.clock,
      pullMs: options.pullMs ?? 0,
      present: options.present ?? [],
      isMissing: options.isMissing ?? looksMissing,
    });
  }
  async version(): Promise<{ name: string; version: string; apiVersion: string }> {
    return { name: "simulated", version: "1.0.0", apiVersion: "v1" };
  }
  async status(): Promise<{ runtimeReady: boolean; networkReady: boolean; message: string }> {
    return { runtimeReady: true, networkReady: this.networkProblem === "", message: this.networkProblem };
  }
  async observe(podUid: string | undefined): Promise<Observed> {
    const sandboxes: ObservedSandbox[] = [];
    const containers: ObservedContainer[] = [];
    for (const { facts } of this.#sandboxes.values())
      if (podUid === undefined || facts.podUid === podUid) sandboxes.push(facts);
    for (const { facts } of this.#containers.values())
      if (podUid === undefined || facts.podUid === podUid) containers.push(facts);
    return { sandboxes, containers };
  }
  async *events(signal: AbortSignal): AsyncIterable<RuntimeEvent> {
    const pending = new Map<string, RuntimeEvent>();
    let wake: (() => void) | undefined;
    const listener = (event: RuntimeEvent): void => {
      pending.set(event.podUid ?? "", event);
      wake?.();
    };
    const onAbort = (): void => wake?.();
    this.#listeners.add(listener);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (!signal.aborted) {
        const [first] = pending;
        if (first) {
          pending.delete(first[0]);
          yield first[1];
        } else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener("abort", onAbort);
    }
  }
  #changed(podUid: string): void {
    for (const listener of this.#listeners) listener({ podUid });
  }

  async runSandbox(config: SandboxConfig, signal: AbortSignal): Promise<string> {
    if (this.#options.sandboxMs) await this.#clock.sleep(this.#options.sandboxMs, signal);
    const id = `sandbox-${++this.#serial}`;
    this.#sandboxes.set(id, {
      config,
      facts: {
        id,
        podUid: config.podUid,
        podName: config.podName,
        namespace: config.namespace,
        attempt: config.attempt,
        ready: true,
        createdAt: this.#clock.now(),
        ips: config.hostNetwork ? [] : [this.#addresses.take()],
        labels: config.labels,
        annotations: config.annotations,
      },
    });
    this.#changed(config.podUid);
    return id;
  }
  async stopSandbox(id: string): Promise<void> {
    const sandbox = this.#sandboxes.get(id);
    if (!sandbox?.facts.ready) return;
    for (const container of this.#containers.values())
      if (container.facts.sandboxId === id) this.#end(container, kill, "Error");
    for (const ip of sandbox.facts.ips) this.#addresses.free(ip);
    sandbox.facts = { ...sandbox.facts, ready: false, ips: [] };
    this.#changed(sandbox.facts.podUid);
  }
  async removeSandbox(id: string): Promise<void> {
    const sandbox = this.#sandboxes.get(id);
    if (!sandbox) return;
    await this.stopSandbox(id);
    for (const container of this.#containers.values())
      if (container.facts.sandboxId === id) this.#containers.delete(container.facts.id);
    this.#sandboxes.delete(id);
    this.#changed(sandbox.facts.podUid);
  }

  async createContainer(sandboxId: string, config: ContainerConfig, sandbox: SandboxConfig): Promise<string> {
    const parent = this.#sandboxes.get(sandboxId);
    if (!parent?.facts.ready) throw new RuntimeError("NotFound", `sandbox ${sandboxId} is not running`);
    const image = this.#images.status(config.imageRef);
    if (!image) throw new RuntimeError("NotFound", `image ${config.imageRef} is not present`);
    const id = `container-${++this.#serial}`;
    this.#containers.set(id, {
      process: { ...processOf(config, sandbox), ...this.#options.behaviour?.(config, sandbox) },
      resources: config.resources,
      waiting: new Set(),
      facts: {
        id,
        sandboxId,
        podUid: sandbox.podUid,
        name: config.name,
        attempt: config.attempt,
        state: "created",
        image: image.repoTags[0] ?? config.image,
        imageRef: image.repoDigests[0] ?? image.id,
        createdAt: this.#clock.now(),
        startedAt: 0,
        finishedAt: 0,
        exitCode: 0,
        reason: "",
        message: "",
        logPath: `${parent.config.logDirectory}/${config.logPath}`,
        labels: config.labels,
        annotations: config.annotations,
      },
    });
    this.#changed(sandbox.podUid);
    return id;
  }
  async startContainer(id: string, signal: AbortSignal): Promise<void> {
    const container = this.#container(id);
    if (this.#options.startMs) await this.#clock.sleep(this.#options.startMs, signal);
    if (container.facts.state !== "created")
      throw new RuntimeError("Unknown", `container ${id} is ${container.facts.state}`);
    const { startError, exitAfterMs, exitCode } = container.process;
    container.facts = { ...container.facts, state: "running", startedAt: this.#clock.now() };
    if (startError !== undefined) {
      this.#end(container, 128, "StartError", startError);
      throw new RuntimeError("Unknown", startError);
    }
    if (exitAfterMs !== undefined)
      container.exit = this.#clock.after(exitAfterMs, () =>
        this.#end(container, exitCode, exitCode === 0 ? "Completed" : "Error"),
      );
    this.#changed(container.facts.podUid);
  }
  #container(id: string): SimulatedContainer {
    const container = this.#containers.get(id);
    if (!container) throw new RuntimeError("NotFound", `container ${id} does not exist`);
    return container;
  }
  #end(container: SimulatedContainer, exitCode: number, reason: string, message = ""): void {
    if (container.facts.state !== "running") return;
    container.exit?.stop();
    const finishedAt = this.#clock.now();
    container.facts = { ...container.facts, state: "exited", finishedAt, exitCode, reason, message };
    for (const resolve of container.waiting) resolve();
    container.waiting.clear();
    this.#changed(container.facts.podUid);
  }
  async stopContainer(id: string, graceSeconds: number, signal: AbortSignal): Promise<void> {
    const container = this.#containers.get(id);
    if (container?.facts.state !== "running") return;
    const { stopAfterMs, stopCode } = container.process;
    const obeys = stopAfterMs <= graceSeconds * 1000;
    const afterMs = obeys ? stopAfterMs : graceSeconds * 1000;
    const end = (): void =>
      this.#end(container, obeys ? stopCode : kill, stopCode === 0 && obeys ? "Completed" : "Error");
    if (afterMs === 0) return end();
    const ended = new Promise<void>((resolve) => container.waiting.add(resolve));
    using _ = this.#clock.after(afterMs, end);
    await orAborted(ended, signal);
  }
  async removeContainer(id: string): Promise<void> {
    const container = this.#containers.get(id);
    if (!container) return;
    this.#end(container, kill, "Error");
    this.#containers.delete(id);
    this.#changed(container.facts.podUid);
  }
  async updateResources(id: string, resources: ContainerResources): Promise<void> {
    this.#container(id).resources = resources;
  }
  async reopenLog(id: string): Promise<void> {
    this.#container(id);
  }

  async execSync(id: string, command: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<ExecResult> {
    const { facts } = this.#container(id);
    if (facts.state !== "running") throw new RuntimeError("Unknown", `container ${id} is not running`);
    const given = this.#options.exec?.(facts, command);
    const outcome = given ? undefined : commandOutcome(command);
    if (outcome && outcome.afterMs > timeoutMs) {
      await this.#clock.sleep(timeoutMs, signal);
      throw new RuntimeError("DeadlineExceeded", `command ${command.join(" ")} timed out`);
    }
    if (outcome && outcome.afterMs > 0) await this.#clock.sleep(outcome.afterMs, signal);
    const stdout = new TextEncoder().encode(outcome?.output ?? "");
    return { exitCode: outcome?.code ?? 0, stdout, stderr: new Uint8Array(), ...given };
  }
  async exec(id: string, command: readonly string[], _: unknown, signal: AbortSignal): Promise<ProcessStreams> {
    const result = this.execSync(id, command, Infinity, signal);
    const part = async function* (of: "stdout" | "stderr"): AsyncGenerator<Uint8Array> {
      const bytes = (await result)[of];
      if (bytes.length > 0) yield bytes;
    };
    return {
      stdout: part("stdout"),
      stderr: part("stderr"),
      resize: () => undefined,
      done: result.then((r) => r.exitCode),
    };
  }
  async attach(id: string, _: unknown, signal: AbortSignal): Promise<ProcessStreams> {
    const container = this.#container(id);
    const ended = new Promise<void>((resolve) => container.waiting.add(resolve));
    const done = orAborted(ended, signal).then(() => container.facts.exitCode);
    const silence = async function* (): AsyncGenerator<Uint8Array> {
      await done;
      yield* [];
    };
    return { stdout: silence(), stderr: silence(), resize: () => undefined, done };
  }
  /** An echo: what is sent comes back. */
  async portForward(sandboxId: string): Promise<Duplex> {
    if (!this.#sandboxes.get(sandboxId)?.facts.ready)
      throw new RuntimeError("NotFound", `sandbox ${sandboxId} is not running`);
    return new Duplex({
      read() {},
      write(chunk: Uint8Array, _encoding, done) {
        this.push(chunk);
        done();
      },
      final(done) {
        this.push(null);
        done();
      },
    });
  }

  async imageStatus(image: string): Promise<ImageFacts | undefined> {
    return this.#images.status(image);
  }
  async listImages(): Promise<readonly ImageFacts[]> {
    return this.#images.list();
  }
  pullImage(image: string, _auth: unknown, _sandbox: unknown, signal: AbortSignal): Promise<string> {
    return this.#images.pull(image, signal);
  }
  async removeImage(image: string): Promise<void> {
    this.#images.remove(image);
  }
  /** Simulated images hold no files. */
  async imageMounts(): Promise<readonly ImageMount[]> {
    return [];
  }
  async releaseImage(): Promise<void> {}
  async imageFsUsage(): Promise<{ usedBytes: number; mountpoint: string }> {
    return { usedBytes: this.#images.usedBytes(), mountpoint: "/" };
  }
  async stats(podUid: string | undefined): Promise<readonly ContainerUsage[]> {
    const { containers } = await this.observe(podUid);
    const timestampMs = this.#clock.now();
    return containers
      .filter((c) => c.state === "running")
      .map((c) => ({
        containerId: c.id,
        name: c.name,
        podUid: c.podUid,
        timestampMs,
        cpuNanoseconds: (timestampMs - c.startedAt) * 1000,
        memoryWorkingSetBytes: 2 ** 20,
        memoryUsageBytes: 2 ** 20,
        memoryRssBytes: 2 ** 20,
        writableLayerBytes: 0,
      }));
  }

  /** For tests: the container's process ends by itself. */
  exitContainer(id: string, exitCode: number, reason = exitCode === 0 ? "Completed" : "Error"): void {
    this.#end(this.#container(id), exitCode, reason);
  }
  /** For tests: what a container was last given. */
  resourcesOf(id: string): ContainerResources {
    return this.#container(id).resources;
  }
}
