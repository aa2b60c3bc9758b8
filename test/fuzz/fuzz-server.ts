// The API server as a server process composes it, asked without a socket: requests go in as HTTP exchanges, so that
// negotiation, bodies, headers and compression are those of the listener. Nothing it does leaves the process.
import { generateKeyPairSync } from "node:crypto";
import { Readable, Writable } from "node:stream";
import { notFound } from "#api/errors.ts";
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { Service } from "#api/core/service.ts";
import { sleepWith, systemClock, type Clock } from "#base/clock.ts";
import type { Fields, Log } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { createControlPlane, type ControlPlane } from "#cluster/control-plane.ts";
import { createFeatures } from "#server/features/served-kinds.ts";
import { createConnectHandlers } from "#server/connect/handlers.ts";
import { BodyBudget } from "#server/http/body-budget.ts";
import type { Exchange } from "#server/http/exchange.ts";
import { serve } from "#server/http/serve.ts";
import { createMemoryStore } from "#store/memory.ts";
import type { FuzzRequest } from "./request.ts";

export interface FuzzAnswer {
  readonly code: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  /** The client left before the answer was complete: a watch. */
  readonly isCut: boolean;
  /** What the server logged as its own fault meanwhile. */
  readonly errors: readonly string[];
  /** Of a processor's time where the server is in this process: others on the machine do not count. */
  readonly tookMs: number;
}

/** Beta and alpha kinds are attacked as well. */
const features = await createFeatures({ runtimeConfig: "api/all=true", featureGates: "AllAlpha=true,AllBeta=true" });

const cpuMs = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1_000;

/** Timers fire early, so that what waits for seconds does not hold the fuzzer up. */
const hurry = 20;
const quickClock: Clock = {
  ...systemClock,
  after: (delayMs, run) => systemClock.after(delayMs / hurry, run),
  sleep: (delayMs, signal) => sleepWith(quickClock, delayMs, signal),
};

function loggingTo(errors: string[]): Log {
  const nothing = (): void => undefined;
  const shown = (value: unknown): string =>
    value instanceof Error
      ? `${value.stack ?? value.message}${value.cause ? `\n cause: ${shown(value.cause)}` : ""}`
      : String(value);
  const log: Log = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (message, fields?: Fields) =>
      void errors.push(
        `${message} ${Object.entries(fields ?? {})
          .map(([k, v]) => `${k}=${shown(v)}`)
          .join(" ")}`,
      ),
    with: () => log,
  };
  return log;
}

export class FuzzServer implements AsyncDisposable {
  readonly plane: ControlPlane;
  readonly #errors: string[] = [];
  readonly #stop = new AbortController();
  readonly #random = seededRandom(11);
  readonly #log: Log;
  readonly #bodies = new BodyBudget();
  #running: Promise<void> | undefined;

  constructor() {
    this.#log = loggingTo(this.#errors);
    const missing = (of: { group: string; plural: string }) => async (_: string, name?: string) => {
      throw notFound(of, name ?? "");
    };
    const surroundings = { clock: quickClock, random: this.#random, log: this.#log };
    this.plane = createControlPlane({
      features,
      ...surroundings,
      store: createMemoryStore(),
      serverAddress: "127.0.0.1:6443",
      issuer: "https://kubernetes.default.svc.cluster.local",
      signingKey: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
      controllerRules: new Map(),
      cluster: {
        serviceCidr: "10.96.0.0/16",
        nodePorts: { from: 30_000, to: 32_767 },
        advertise: { address: "10.96.255.1", port: 6443 },
      },
      extra: {
        handlers: () =>
          createConnectHandlers({
            ...surroundings,
            lookupPod: missing(Pod) as never,
            lookupNode: missing(Node) as never,
            lookupService: missing(Service) as never,
            lookupEndpointSlices: () => Promise.resolve([]),
            nodeTls: () => ({ cert: "", key: "", ca: "" }),
          }),
      },
    });
  }
  async start(): Promise<this> {
    this.#running = this.plane.api.run(this.#stop.signal);
    await this.plane.api.ready;
    if (this.#errors.length > 0) throw new Error(`the server did not start well: ${this.#errors.join("\n")}`);
    return this;
  }
  /** Asks as an administrator whom a certificate proves; leaves after `stayMs` when the answer is a stream. */
  async ask(request: FuzzRequest, stayMs = 2): Promise<FuzzAnswer> {
    const leave = new AbortController();
    const chunks: Buffer[] = [];
    let head: { code: number; headers: Record<string, unknown> } = { code: 0, headers: {} };
    let isAborted = false;
    const output = new Writable({
      write(chunk: Buffer, _, done) {
        chunks.push(chunk);
        done();
      },
    });
    const exchange: Exchange = {
      method: request.method,
      url: request.url,
      headers: { host: "127.0.0.1:6443", ...request.headers },
      input: Readable.from(request.body ? [Buffer.from(request.body)] : []),
      output,
      respond(code, headers) {
        if (head.code) throw new Error("answered twice");
        head = { code, headers };
        const isWatch = headers["content-length"] === undefined && !headers["content-encoding"];
        if (isWatch) setTimeout(() => leave.abort(new Error("left")), stayMs);
      },
      abort: () => void (isAborted = true),
    };
    const from = this.#errors.length;
    const cpu = process.cpuUsage();
    const peer = { address: "fuzz", certificate: { commonName: "admin", organizations: ["system:masters"] } };
    await serve(
      {
        handler: this.plane.api.handler,
        clock: quickClock,
        random: this.#random,
        log: this.#log,
        protobuf: this.plane.protobuf,
        bodies: this.#bodies,
      },
      exchange,
      peer,
      leave.signal,
    );
    return {
      ...head,
      body: Buffer.concat(chunks),
      isCut: leave.signal.aborted || isAborted,
      errors: this.#errors.slice(from),
      tookMs: cpuMs(process.cpuUsage(cpu)),
    };
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}
