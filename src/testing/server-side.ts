// The server process of a test cluster without its process: API server, controllers and scheduler on one store. It can
// be stopped and started again; clients outlive it and find nobody there meanwhile.
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { ApiError } from "#api/errors.ts";
import type { AnyKind } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import { createClient } from "#client/api-client.ts";
import type { Client, Transport } from "#client/client.ts";
import { createControlPlane, type ControlPlane } from "#cluster/control-plane.ts";
import { inProcessTransport } from "#cluster/in-process-transport.ts";
import { previewControllers, servedControllers } from "#cluster/served-controllers.ts";
import { createReconcilers } from "#cluster/server-services.ts";
import { controllerRules } from "#controllers/all.ts";
import type { AnyController } from "#reconcile/controller.ts";
import { createFeatures, followedKinds } from "#server/features/served-kinds.ts";
import type { FeatureSettings } from "#server/features/settings.ts";
import type { Call, Handler, UserInfo } from "#server/pipeline.ts";
import type { Store } from "#store/store.ts";

export interface ServerSideOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Served besides the built-in ones. */
  readonly kinds: readonly AnyKind[];
  readonly features: FeatureSettings;
  /** Made anew for each start, for the built-in kinds that are served. */
  readonly controllers: (kinds: readonly AnyKind[]) => readonly AnyController[];
}
/** One key for all clusters of the process: making one takes longer than a cluster does. */
let signingKey: KeyObject | undefined;
const rememberedCalls = 12;
const stopped = new ApiError("ServiceUnavailable", "no answer from the API server: it is stopped");

export class ServerSide {
  readonly #options: ServerSideOptions;
  #plane: ControlPlane | undefined;
  #stop = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  #calls: string[] = [];

  constructor(options: ServerSideOptions) {
    this.#options = options;
  }
  /** What the API serves now; nothing while the server is stopped. */
  kinds(): readonly AnyKind[] {
    return this.#plane?.registry.kinds() ?? [];
  }
  /** The present one; throws while the server is stopped. */
  get plane(): ControlPlane {
    if (!this.#plane) throw stopped;
    return this.#plane;
  }
  /** The last requests, for people who look for what does not come to rest. */
  get lastCalls(): readonly string[] {
    return this.#calls;
  }
  /** Throws what ended the server against its will. */
  throwIfFailed(): void {
    if (this.#failure) throw new Error("the server of the test cluster failed", { cause: this.#failure.error });
  }
  async start(): Promise<void> {
    if (this.#plane) return;
    const { controllers: controllersFor, features: settings, ...surroundings } = this.#options;
    const features = await createFeatures(settings);
    const followed = followedKinds(features.kinds);
    const previews = await previewControllers(features);
    const controllers = () => [...servedControllers(controllersFor(followed), features), ...previews];
    signingKey ??= generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    const plane = createControlPlane({
      ...surroundings,
      features,
      serverAddress: "127.0.0.1:6443",
      issuer: "https://kubernetes.default.svc.cluster.local",
      signingKey,
      controllerRules: controllerRules(controllers()),
      cluster: {
        serviceCidr: "10.96.0.0/12",
        nodePorts: { from: 30_000, to: 32_767 },
        // where the API would be reached from; nobody goes there
        advertise: { address: "192.0.2.1", port: 6443 },
      },
      dnsServiceIp: "10.96.0.10",
    });
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const failed = (error: unknown): void => void (this.#failure ??= { error });
    const api = plane.api.run(signal).catch(failed);
    await plane.api.ready;
    this.#plane = plane;
    const reconciling = createReconcilers(plane, controllers, surroundings)(signal).catch(failed);
    this.#running = Promise.all([api, reconciling]);
  }
  async stop(): Promise<void> {
    this.#plane = undefined;
    this.#stop.abort(new Error("the server of the test cluster is stopped"));
    await this.#running;
  }
  readonly handle: Handler<Call> = async (call) => {
    if (!this.#plane) return { type: "object", code: stopped.code, object: stopped.toStatus() };
    if (this.#calls.push(`${call.method} ${call.rawPath}`) > 2 * rememberedCalls)
      this.#calls = this.#calls.slice(-rememberedCalls);
    return await this.#plane.api.handler(call);
  };
  transportAs(user: UserInfo): Transport {
    return inProcessTransport(this.handle, user, { clock: this.#options.clock });
  }
  clientAs(user: UserInfo, fieldManager = "timonier-testing"): Client {
    return createClient(this.transportAs(user), { fieldManager });
  }
}
