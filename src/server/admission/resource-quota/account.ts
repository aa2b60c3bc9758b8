// What this server knows of one quota beyond what is stored: the charges of writes that are under way or just over. The
// stored sum is a controller's too, which counts what it sees; a charge whose object it cannot have seen is added again.
import { addUsage, type Usage } from "#api/core/quota-usage.ts";
import type { ResourceQuota } from "#api/core/resource-quota.ts";
import { compareQuantity, subtractQuantity } from "#api/quantity.ts";
import type { StoredObject } from "#server/cache/stored-object.ts";
import type { Revision } from "#store/store.ts";

export interface Charge {
  readonly added: Usage;
  /** Where the object was written; undefined: not yet. */
  written?: Revision;
  /** Milliseconds since the epoch. */
  settledAt?: number;
}
/** How long a charge is remembered after its object was written: longer than any controller's cache lags. */
const memoryMs = 10_000;

export class QuotaAccount {
  #latest: StoredObject | undefined;
  #charges: Charge[] = [];

  /** The newer of what the cache shows and what was written last. */
  current(cached: StoredObject | undefined): StoredObject | undefined {
    const own = this.#latest;
    return own && (!cached || own.revision > cached.revision) ? own : cached;
  }
  /** What is used, as far as anybody can know. */
  used(stored: StoredObject): Usage {
    const sum = { ...usedOf(stored) };
    if (!this.#isRecount(stored)) return sum;
    for (const { added, written } of this.#charges)
      if (written === undefined || written > stored.revision) addUsage(sum, known(added, sum));
    return sum;
  }
  /** Every charge is in a sum that this server has written. */
  #isOwn(stored: StoredObject): boolean {
    return stored.revision === this.#latest?.revision;
  }
  /** Other servers only add to the sum, so one that went down was counted anew. */
  #isRecount(stored: StoredObject): boolean {
    if (!this.#latest || this.#isOwn(stored)) return false;
    const now = usedOf(stored);
    const isLess = (name: string, before: string): boolean =>
      Object.hasOwn(now, name) && compareQuantity(now[name]!, before) < 0;
    return Object.entries(usedOf(this.#latest)).some(([name, before]) => isLess(name, before));
  }
  /** After `stored` with all charges and these was written. */
  wrote(stored: StoredObject, charges: readonly Charge[], now: number): void {
    this.#latest = stored;
    this.#charges = [...this.#charges.filter((c) => !isForgotten(c, now)), ...charges];
  }
  /** What is used without a charge whose object was not written; undefined where it is not in the stored sum. */
  without(stored: StoredObject, charge: Charge): Usage | undefined {
    const before = this.#charges.length;
    this.#charges = this.#charges.filter((c) => c !== charge);
    if (this.#charges.length === before || !this.#isOwn(stored)) return undefined;
    const sum = { ...usedOf(stored) };
    for (const [name, amount] of Object.entries(known(charge.added, sum)))
      sum[name] = subtractQuantity(sum[name]!, amount);
    return sum;
  }
}
const usedOf = (stored: StoredObject): Readonly<Usage> => (stored.object as ResourceQuota).status?.used ?? {};
const isForgotten = ({ settledAt }: Charge, now: number): boolean =>
  settledAt !== undefined && now - settledAt > memoryMs;
const known = (added: Usage, sum: Usage): Usage =>
  Object.fromEntries(Object.entries(added).filter(([name]) => Object.hasOwn(sum, name)));
