// The service proxy: watches Services and EndpointSlices and keeps the node's nftables table equal to the plan. Changes
// that come together are applied in one transaction; a transaction that fails reloads the whole table.
import { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import { Service as ServiceKind } from "#api/core/service.ts";
import type { Clock, Timer } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { aborted, deferred, type Service } from "#base/service.ts";
import type { InformerSet } from "#client/informer.ts";
import {
  baseTable,
  changeScript,
  elementsOf,
  goneEndpoints,
  noElements,
  type Elements,
  type TableFacts,
} from "#proxy/ruleset.ts";
import { planTargets, type NodeView } from "#proxy/targets.ts";

/** Runs programs of the node; each rejects with the program's own words. */
export interface PacketFilter {
  /** Applies one nft script as a transaction. */
  apply(script: string): Promise<void>;
  /** Elements of the affinity map that lead to `endpoint` ("ip . port"). */
  affinityElements(table: string, endpoint: string): Promise<readonly string[]>;
  /** Forgets UDP connections that were sent to an endpoint. */
  forgetUdp(endpoint: { ip: string; port: number }): Promise<void>;
}
export interface ProxyOptions {
  readonly informers: InformerSet;
  readonly view: NodeView;
  readonly facts: TableFacts;
  readonly filter: PacketFilter;
  readonly clock: Clock;
  readonly log: Log;
}
/** Changes within this time go into one transaction. */
const gatherMs = 10;
const retryMs = 2_000;

class Proxy implements Service {
  readonly name = "proxy";
  readonly #options: ProxyOptions;
  readonly #ready = deferred();
  #applied: Elements | undefined;
  #timer: Timer | undefined;
  #busy: Promise<void> = Promise.resolve();
  #dirty = false;

  constructor(options: ProxyOptions) {
    this.#options = options;
  }
  get ready(): Promise<void> {
    return this.#ready.promise;
  }
  async run(signal: AbortSignal): Promise<void> {
    const services = this.#options.informers.informer(ServiceKind);
    const slices = this.#options.informers.informer(EndpointSlice);
    await Promise.race([Promise.all([services.synced, slices.synced]), aborted(signal)]);
    if (signal.aborted) return;
    const changed = (): void => this.#schedule(gatherMs, signal);
    using _s = services.onChange(changed);
    using _e = slices.onChange(changed);
    this.#schedule(0, signal);
    await aborted(signal);
    this.#timer?.stop();
    await this.#busy;
  }
  #schedule(delayMs: number, signal: AbortSignal): void {
    this.#dirty = true;
    this.#timer ??= this.#options.clock.after(delayMs, () => {
      this.#timer = undefined;
      this.#busy = this.#busy.then(() => this.#sync(signal));
    });
  }
  async #sync(signal: AbortSignal): Promise<void> {
    if (!this.#dirty || signal.aborted) return;
    this.#dirty = false;
    const { informers, view, facts, filter, log } = this.#options;
    const targets = planTargets(informers.informer(ServiceKind).list(), informers.informer(EndpointSlice).list(), view);
    const wanted = elementsOf(targets);
    const old = this.#applied;
    const script = (old ? "" : baseTable(facts)) + changeScript(facts.table, old ?? noElements, wanted);
    try {
      if (script) await filter.apply(script);
      this.#applied = wanted;
      if (old) await this.#wipe(old, wanted);
      this.#ready.resolve();
    } catch (error) {
      log.error("service rules were not applied, loading them anew", { error });
      this.#applied = undefined;
      this.#schedule(retryMs, signal);
    }
  }
  async #wipe(old: Elements, wanted: Elements): Promise<void> {
    const { filter, facts } = this.#options;
    const affine = [...old.chains.keys()].some((c) => c.startsWith("aff_"));
    for (const { protocol, endpoint } of goneEndpoints(old, wanted)) {
      const [ip, port] = endpoint.split(" . ") as [string, string];
      if (protocol === "udp") await filter.forgetUdp({ ip, port: Number(port) });
      if (!affine) continue;
      const stale = await filter.affinityElements(facts.table, endpoint);
      if (stale.length) await filter.apply(`delete element ip ${facts.table} affinity { ${stale.join(", ")} }\n`);
    }
  }
}
export const createProxy = (options: ProxyOptions): Service => new Proxy(options);
