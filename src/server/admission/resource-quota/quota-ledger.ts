// Charges quotas, one batch of requests of a namespace after the other: what waits while a batch is written is judged
// together afterwards, so that many writes cost one update of the quota. Two servers are kept apart by the revision.
import { addUsage, type Usage } from "#api/core/quota-usage.ts";
import { ResourceQuota } from "#api/core/resource-quota.ts";
import { ApiError } from "#api/errors.ts";
import type { KubeObject } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import type { StoredObject } from "#server/cache/stored-object.ts";
import type { WatchCache } from "#server/cache/watch-cache.ts";
import type { Registry } from "#server/registry.ts";
import type { Revision } from "#store/store.ts";
import { QuotaAccount, type Charge } from "./account.ts";
import { concerns, planCharge, type QuotaRequest, type QuotaState } from "./check-quota.ts";

const attempts = 5;

/** By the quota's key. */
type Charges = Map<string, Charge>;
interface Job {
  readonly request: QuotaRequest;
  readonly charges: Charges;
  why?: string;
  readonly done: PromiseWithResolvers<Verdict>;
}
export type Verdict =
  | { readonly ok: false; readonly why: string }
  /** `settle` must be called when the write is over. */
  | { readonly ok: true; readonly settle?: (written: Revision | undefined) => Promise<void> };

interface Open {
  readonly key: string;
  readonly account: QuotaAccount;
  readonly stored: StoredObject;
  used: Usage;
  charges: Charge[];
}

export class QuotaLedger {
  readonly #registry: Registry;
  readonly #clock: Clock;
  readonly #cache: WatchCache;
  readonly #accounts = new Map<string, QuotaAccount>();
  readonly #waiting = new Map<string, Job[]>();

  constructor(registry: Registry, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
    this.#cache = registry.storage.cache(ResourceQuota.group, ResourceQuota.plural);
    this.#cache.onEvent(({ type, stored }) => {
      if (type === "DELETED") this.#accounts.delete(stored.key);
    });
  }
  /** Whether any quota of the namespace counts such objects. */
  isRelevant(namespace: string, request: QuotaRequest): boolean {
    for (const stored of this.#cache.list(namespace))
      if (concerns(request.of, stored.object as ResourceQuota)) return true;
    return false;
  }
  /** Looks without charging. */
  look(namespace: string, request: QuotaRequest): Verdict {
    const plan = planCharge(request, this.#open(namespace).map(stateOf));
    return plan.ok ? { ok: true } : plan;
  }
  charge(namespace: string, request: QuotaRequest): Promise<Verdict> {
    const job: Job = { request, charges: new Map(), done: Promise.withResolvers() };
    const waiting = this.#waiting.get(namespace);
    if (waiting) waiting.push(job);
    else {
      this.#waiting.set(namespace, [job]);
      // The callers wait for their jobs, each of which ends one way or the other.
      void this.#work(namespace);
    }
    return job.done.promise;
  }
  async #work(namespace: string): Promise<void> {
    for (;;) {
      const batch = this.#waiting.get(namespace)!;
      if (batch.length === 0) break;
      this.#waiting.set(namespace, []);
      try {
        await this.#settleBatch(this.#open(namespace), batch);
        for (const job of batch) job.done.resolve(await this.#verdictOf(job));
      } catch (error) {
        for (const job of batch) {
          // What cannot be taken back now is counted anew by the controller.
          await this.#release(job.charges).catch(() => undefined);
          job.done.reject(error);
        }
      }
    }
    this.#waiting.delete(namespace);
  }
  #open(namespace: string): Open[] {
    return Array.from(this.#cache.list(namespace), (cached) => this.#openOne(cached.key, cached)).flatMap(
      (open) => open ?? [],
    );
  }
  #openOne(key: string, seen: StoredObject | undefined): Open | undefined {
    let account = this.#accounts.get(key);
    if (!account) this.#accounts.set(key, (account = new QuotaAccount()));
    const stored = account.current(seen);
    return stored && { key, account, stored, used: account.used(stored), charges: [] };
  }

  /** Judges all, writes what changed, and judges those again whose quota somebody else has written meanwhile. */
  async #settleBatch(quotas: readonly Open[], batch: readonly Job[]): Promise<void> {
    let open = quotas;
    for (let attempt = 1; open.length > 0; attempt++) {
      for (const job of batch) if (job.why === undefined) judge(job, open);
      const written = await Promise.all(open.map((quota) => this.#write(quota)));
      open = written.flatMap((quota) => quota ?? []);
      if (open.length > 0 && attempt === attempts)
        throw new ApiError("Conflict", "the quota of the namespace is being changed by others; try again", {
          details: { retryAfterSeconds: 1 },
        });
    }
  }
  /** The quota as it stands where somebody else was faster; undefined: done, or gone. */
  async #write(quota: Open): Promise<Open | undefined> {
    if (quota.charges.length === 0) return undefined;
    const written = await this.#put(quota.key, quota.stored, quota.used);
    if (!written.ok) return written.current && this.#openOne(quota.key, written.current);
    quota.account.wrote(written.stored, quota.charges, this.#clock.now());
    return undefined;
  }
  #put(key: string, stored: StoredObject, used: Usage): ReturnType<Registry["storage"]["put"]> {
    const quota = stored.object as ResourceQuota;
    const object = { ...quota, status: { ...quota.status, used } } as KubeObject;
    return this.#registry.storage.put(this.#cache, key, object, stored.revision);
  }

  async #verdictOf(job: Job): Promise<Verdict> {
    if (job.why !== undefined) {
      await this.#release(job.charges);
      return { ok: false, why: job.why };
    }
    const { charges } = job;
    if (charges.size === 0) return { ok: true };
    return {
      ok: true,
      settle: async (written) => {
        if (written === undefined) return this.#release(charges);
        for (const charge of charges.values()) Object.assign(charge, { written, settledAt: this.#clock.now() });
      },
    };
  }
  /** Takes back what was charged for nothing. A quota that others have written meanwhile is counted anew by them. */
  async #release(charges: Charges): Promise<void> {
    for (const [key, charge] of charges) {
      const account = this.#accounts.get(key);
      const stored = account?.current(this.#cache.get(key));
      const used = stored && account!.without(stored, charge);
      if (!used) continue;
      const written = await this.#put(key, stored, used);
      if (written.ok) account!.wrote(written.stored, [], this.#clock.now());
    }
  }
}

const stateOf = ({ stored, used }: Open): QuotaState => ({ quota: stored.object as ResourceQuota, used });

/** Charges a job on all open quotas, or on none. */
function judge(job: Job, open: readonly Open[]): void {
  const plan = planCharge(job.request, open.map(stateOf));
  if (!plan.ok) {
    job.why = plan.why;
    return;
  }
  for (const [i, added] of plan.added.entries()) {
    if (!added) continue;
    const quota = open[i]!;
    const charge: Charge = { added };
    job.charges.set(quota.key, charge);
    quota.charges.push(charge);
    quota.used = addUsage({ ...quota.used }, added);
  }
}
