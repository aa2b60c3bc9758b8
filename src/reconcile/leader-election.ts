// One of several servers leads: the one whose name is in a Lease and who renews it in time. Whether another's lease
// has run out is judged by when it was last seen to change, never by the times written in it, so clocks may differ.
import { isReason } from "#api/errors.ts";
import { Lease } from "#api/coordination/lease.ts";
import { formatMicroTime } from "#api/time.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import { deferred, type Service } from "#base/service.ts";
import type { Client } from "#client/client.ts";

export interface LeaderElectionOptions {
  /** Name of the Lease in kube-system, for example kube-controller-manager. */
  readonly lease: string;
  /** This candidate; no two may share it. */
  readonly identity: string;
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** What the leader does; its signal is aborted when the lead is lost. Called anew for each term. */
  readonly lead: (signal: AbortSignal) => Promise<void>;
}
const namespace = "kube-system";
const leaseDurationMs = 15_000;
const renewDeadlineMs = 10_000;
const retryPeriodMs = 2_000;

/** `ready` once this candidate or another leads. */
export function createLeaderElection(options: LeaderElectionOptions): Service {
  const ready = deferred();
  return {
    name: `leader election ${options.lease}`,
    ready: ready.promise,
    async run(signal) {
      const candidate = new Candidate(options, ready.resolve);
      while (!signal.aborted) {
        if (!(await candidate.acquire(signal))) return;
        options.log.info("became the leader", { lease: options.lease, identity: options.identity });
        await candidate.term(signal);
        if (!signal.aborted) options.log.warn("lost the lead", { lease: options.lease, identity: options.identity });
      }
    },
  };
}

class Candidate {
  readonly #o: LeaderElectionOptions;
  readonly #decided: () => void;
  #seen: { readonly version: string; readonly at: number } | undefined;

  constructor(options: LeaderElectionOptions, decided: () => void) {
    this.#o = options;
    this.#decided = decided;
  }
  /** Waits until it leads; false when it was stopped first. */
  async acquire(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (await this.#tryOnce(signal)) return true;
      await this.#pause(signal);
    }
    return false;
  }
  /** Leads until the lease cannot be renewed or the signal is aborted. */
  async term(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const termSignal = AbortSignal.any([signal, over.signal]);
    let failure: { error: unknown } | undefined;
    const leading = this.#o
      .lead(termSignal)
      .catch((error: unknown) => void (failure = { error }))
      .finally(() => over.abort(new Error("the term is over")));
    const { clock } = this.#o;
    let renewedAt = clock.monotonic();
    while (!termSignal.aborted) {
      await this.#pause(termSignal);
      if (termSignal.aborted) break;
      if (await this.#tryOnce(termSignal)) renewedAt = clock.monotonic();
      else if (clock.monotonic() - renewedAt >= renewDeadlineMs) over.abort(new Error("the lease was not renewed"));
    }
    await leading;
    if (signal.aborted) await this.#release();
    if (failure && !signal.aborted) throw failure.error;
  }
  async #pause(signal: AbortSignal): Promise<void> {
    const delayMs = retryPeriodMs * (1 + 0.2 * this.#o.random.next());
    await this.#o.clock.sleep(delayMs, signal).catch(() => undefined);
  }
  /** Takes or renews the lease; false when another holds it or the server cannot be asked. */
  async #tryOnce(signal: AbortSignal): Promise<boolean> {
    const { client, clock, identity, lease: name } = this.#o;
    const now = clock.now();
    const stamp = formatMicroTime(now);
    try {
      const lease = await this.#read(signal);
      if (!lease) {
        const spec = { holderIdentity: identity, leaseDurationSeconds: leaseDurationMs / 1000 };
        await client.create(
          Lease,
          {
            metadata: { name, namespace },
            spec: { ...spec, acquireTime: stamp, renewTime: stamp, leaseTransitions: 0 },
          },
          { signal },
        );
        this.#decided();
        return true;
      }
      const version = lease.metadata.resourceVersion!;
      if (this.#seen?.version !== version) this.#seen = { version, at: clock.monotonic() };
      const holder = lease.spec.holderIdentity ?? "";
      const mine = holder === identity;
      const validMs = 1000 * (lease.spec.leaseDurationSeconds ?? 0);
      if (!mine && holder && clock.monotonic() - this.#seen.at < validMs) {
        this.#decided();
        return false;
      }
      const taken = mine ? {} : { acquireTime: stamp, leaseTransitions: (lease.spec.leaseTransitions ?? 0) + 1 };
      const spec = { ...lease.spec, holderIdentity: identity, leaseDurationSeconds: leaseDurationMs / 1000 };
      await client.update(Lease, { ...lease, spec: { ...spec, ...taken, renewTime: stamp } }, { signal });
      this.#decided();
      return true;
    } catch (error) {
      if (!signal.aborted && !isReason(error, "Conflict", "AlreadyExists"))
        this.#o.log.warn("the lease could not be written", { lease: name, error });
      return false;
    }
  }
  async #read(signal: AbortSignal): Promise<Lease | undefined> {
    try {
      return await this.#o.client.get(Lease, { namespace, name: this.#o.lease }, { signal });
    } catch (error) {
      if (isReason(error, "NotFound")) return undefined;
      throw error;
    }
  }
  /** Lets the next candidate in at once. */
  async #release(): Promise<void> {
    const { client, identity, lease: name, log } = this.#o;
    const signal = AbortSignal.timeout(renewDeadlineMs);
    try {
      const lease = await this.#read(signal);
      if (lease?.spec.holderIdentity !== identity) return;
      const spec = { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1 };
      await client.update(Lease, { ...lease, spec }, { signal });
    } catch (error) {
      log.debug("the lease was not released and will run out", { lease: name, error });
    }
  }
}
