// Other servers beside this one, each for some group-versions: requests are passed on, discovery tells of them, and their
// APIServices say whether they answer.
import { APIService } from "#api/apiregistration/api-service.ts";
import { Service } from "#api/core/service.ts";
import { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import { isReason } from "#api/errors.ts";
import type { KubeObject } from "#api/kind.ts";
import { formatTime } from "#api/time.ts";
import { orAborted } from "#base/or-aborted.ts";
import type { ApiContext } from "#server/api-context.ts";
import type { Companion } from "#server/api-server.ts";
import type { Authenticated, Stage } from "#server/pipeline.ts";
import type { Registry } from "#server/registry.ts";
import { changeStored } from "#server/verbs/change-stored.ts";
import { checkAvailability, type Availability } from "./availability.ts";
import { LocalServices } from "./local-services.ts";
import { aggregate } from "./proxy.ts";
import { RemoteDiscovery } from "./remote-discovery.ts";
import { RemoteServices, type ProxyCertificate } from "./remote-services.ts";

const checkEveryMs = 30_000;
const firstRetryMs = 250;
const retryMs = 1_000;

export class Aggregation {
  readonly discovery = new RemoteDiscovery();
  readonly #certificate: () => ProxyCertificate | undefined;
  readonly #services = new WeakMap<Registry, RemoteServices>();
  constructor(options: { readonly certificate: () => ProxyCertificate | undefined }) {
    this.#certificate = options.certificate;
  }
  #servicesOf({ registry, clock }: ApiContext): RemoteServices {
    let services = this.#services.get(registry);
    if (!services) this.#services.set(registry, (services = new RemoteServices(registry, this.#certificate, clock)));
    return services;
  }
  /** Stands before what this server answers itself. */
  stage(context: ApiContext): Stage<Authenticated> {
    const { discovery } = this;
    return aggregate({ services: this.#servicesOf(context), discovery, clock: context.clock });
  }
  companions(context: ApiContext): readonly Companion[] {
    return [
      (signal) => keepLocal(context, signal),
      (signal) => new Watch(context, this.#servicesOf(context), this.discovery, signal).run(),
    ];
  }
}

/** Works until `signal` is aborted: after every change of what is served, or of the objects. */
async function keepLocal(context: ApiContext, signal: AbortSignal): Promise<void> {
  const { registry, clock, log } = context;
  const served = registry.find(APIService.group, APIService.version, APIService.plural);
  if (!served) return;
  const local = new LocalServices(context, served, signal);
  let wake: (() => void) | undefined;
  let isDirty = true;
  const dirty = (): void => {
    isDirty = true;
    wake?.();
  };
  using _kinds = registry.onChange(dirty);
  using _objects = served.cache.onEvent(dirty);
  while (!signal.aborted) {
    if (isDirty) {
      isDirty = false;
      try {
        await local.keep();
      } catch (error) {
        if (signal.aborted) return;
        log.error("the APIServices of this server could not be brought up to date", { error });
        clock.after(retryMs, dirty);
      }
      continue;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    await orAborted(promise, signal).catch(() => undefined); // The loop sees the abort.
  }
}

/** Looks after the APIServices that name other servers. */
class Watch {
  readonly #context: ApiContext;
  readonly #services: RemoteServices;
  readonly #discovery: RemoteDiscovery;
  readonly #signal: AbortSignal;
  /** By name: whether it is to be looked at once more when the present look is over. */
  readonly #running = new Map<string, boolean>();
  readonly #failures = new Map<string, number>();

  constructor(context: ApiContext, services: RemoteServices, discovery: RemoteDiscovery, signal: AbortSignal) {
    this.#context = context;
    this.#services = services;
    this.#discovery = discovery;
    this.#signal = signal;
  }
  async run(): Promise<void> {
    const { registry, clock } = this.#context;
    const cacheOf = (kind: { group: string; version: string; plural: string }) =>
      registry.find(kind.group, kind.version, kind.plural)?.cache;
    using stack = new DisposableStack();
    const own = cacheOf(APIService);
    if (own) stack.use(own.onEvent(({ type, stored }) => this.#changed(type, stored.object as APIService)));
    for (const kind of [Service, EndpointSlice]) {
      const cache = cacheOf(kind);
      if (cache) stack.use(cache.onEvent(({ stored }) => this.#lookAtThoseOf(stored.object)));
    }
    while (!this.#signal.aborted) {
      for (const service of this.#services.all()) this.#look(service.metadata.name!);
      await clock.sleep(checkEveryMs, this.#signal).catch(() => undefined); // The loop sees the abort.
    }
  }
  #changed(type: string, { metadata, spec }: APIService): void {
    const { group = "", version = "" } = spec;
    if (type === "DELETED" || !spec.service) this.#discovery.forget({ group, version });
    else this.#look(metadata.name!);
  }
  #lookAtThoseOf({ kind, metadata }: KubeObject): void {
    const name = kind === "Service" ? metadata.name : metadata.labels?.["kubernetes.io/service-name"];
    for (const { metadata: own, spec } of this.#services.all())
      if (spec.service?.namespace === metadata.namespace && spec.service?.name === name) this.#look(own.name!);
  }
  #look(name: string): void {
    if (this.#running.has(name)) return void this.#running.set(name, true);
    this.#running.set(name, false);
    this.#check(name)
      .catch((error: unknown) => {
        if (!this.#signal.aborted) this.#context.log.error("an APIService could not be checked", { name, error });
      })
      .finally(() => {
        const isAgain = this.#running.get(name);
        this.#running.delete(name);
        if (isAgain && !this.#signal.aborted) this.#look(name);
      });
  }
  async #check(name: string): Promise<void> {
    const { registry, clock } = this.#context;
    const service = registry.get(APIService, name);
    if (!service?.spec.service || this.#signal.aborted) return;
    const options = { registry, services: this.#services, clock };
    const found = await checkAvailability(service, options, this.#signal);
    await this.#tell(name, found);
    await this.#discovery.refresh(service, this.#services, clock, this.#signal);
    if (found.status === "True") return void this.#failures.delete(name);
    // Sooner than with the next round, but less and less.
    const count = this.#failures.get(name) ?? 0;
    this.#failures.set(name, count + 1);
    const delayMs = Math.min(firstRetryMs * 2 ** count, checkEveryMs);
    if (found.reason === "FailedDiscoveryCheck" && delayMs < checkEveryMs) clock.after(delayMs, () => this.#look(name));
  }
  async #tell(name: string, found: Availability): Promise<void> {
    const { clock, registry } = this.#context;
    const served = registry.find(APIService.group, APIService.version, APIService.plural)!;
    const write = (object: KubeObject): KubeObject => {
      const service = object as APIService;
      const { conditions = [] } = service.status ?? {};
      const before = conditions.find((c) => c.type === "Available");
      const isSame =
        before?.status === found.status && before.reason === found.reason && before.message === found.message;
      if (isSame) return object;
      const moved = before?.status !== found.status;
      const lastTransitionTime = moved ? formatTime(clock.now()) : before.lastTransitionTime;
      const condition = { type: "Available", lastTransitionTime, ...found };
      const others = conditions.filter((c) => c.type !== "Available");
      return { ...service, status: { conditions: [...others, condition] } } as KubeObject;
    };
    try {
      await changeStored(this.#context, served, name, write, this.#signal);
    } catch (error) {
      if (!isReason(error, "NotFound")) throw error;
    }
  }
}
