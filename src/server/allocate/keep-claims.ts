// Keeps the claims of Services right: what a Service has is claimed for it, and what no Service has any more is given
// back. A claim without a Service may be of a write that is still under way somewhere, so a young one is left alone.
import { Service } from "#api/core/service.ts";
import { parseTime } from "#api/time.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Storage } from "#server/cache/storage.ts";
import type { StoredObject } from "#server/cache/stored-object.ts";
import type { Revision } from "#store/store.ts";
import { take, type Claim, type ClaimKind, type ServiceKey } from "./claims.ts";

/** Longer than any write takes. */
const underWayMs = 90_000;

export interface ClaimKeeperOptions {
  readonly storage: Storage;
  readonly kinds: readonly ClaimKind[];
  readonly clock: Clock;
  readonly log: Log;
}

class ClaimKeeper {
  readonly #options: ClaimKeeperOptions;
  readonly #signal: AbortSignal;
  readonly #services: ReturnType<Storage["cache"]>;
  /** What is being done about a claim; one thing at a time. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(options: ClaimKeeperOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#services = options.storage.cache(Service.group, Service.plural);
  }
  async run(): Promise<void> {
    const { kinds } = this.#options;
    using _services = this.#services.onEvent(({ type, stored, previous }) => {
      if (this.#signal.aborted) return;
      const before = claimsOf(kinds, previous);
      const now = type === "DELETED" ? [] : claimsOf(kinds, stored);
      for (const claim of [...now, ...before]) this.#settle(claim, stored.key, stored.revision);
    });
    for (const stored of Array.from(this.#services.list()))
      for (const claim of claimsOf(kinds, stored))
        if (!claim.kind.cache.get(claim.name)) this.#settle(claim, stored.key, stored.revision);
    for (const kind of kinds)
      for (const stored of Array.from(kind.cache.list())) this.#look({ kind, name: stored.key }, stored);
    const signal = this.#signal;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }
  #has(service: ServiceKey, { kind, name }: Claim): boolean {
    const stored = this.#services.get(service);
    return stored !== undefined && kind.namesOf(stored.object as Service).includes(name);
  }
  /** Claims without a Service go when they are old enough. */
  #look(claim: Claim, stored: StoredObject): void {
    const { clock } = this.#options;
    const owner = claim.kind.ownerOf(stored.object);
    if (owner === undefined || this.#has(owner, claim)) return;
    const ageMs = clock.now() - parseTime(stored.object.metadata.creationTimestamp ?? "1970-01-01T00:00:00Z");
    if (ageMs >= underWayMs) return this.#settle(claim, owner, Infinity);
    const timer = clock.after(underWayMs - ageMs, () => {
      const later = claim.kind.cache.get(claim.name);
      if (later && !this.#signal.aborted) this.#look(claim, later);
    });
    this.#signal.addEventListener("abort", () => timer.stop(), { once: true });
  }
  #settle(claim: Claim, service: ServiceKey, at: Revision): void {
    const key = `${claim.kind.cache.prefix}${claim.name}`;
    const turn = (this.#underWay.get(key) ?? Promise.resolve())
      .then(() => (this.#has(service, claim) ? this.#ensure(claim, service) : this.#giveBack(claim, service, at)))
      .catch((error: unknown) => {
        if (!this.#signal.aborted) this.#options.log.error("a claim of a Service could not be kept", { error, key });
      })
      .finally(() => {
        if (this.#underWay.get(key) === turn) this.#underWay.delete(key);
      });
    this.#underWay.set(key, turn);
  }
  async #ensure(claim: Claim, service: ServiceKey): Promise<void> {
    const { storage, log } = this.#options;
    const stored = await storage.read(claim.kind.cache, claim.name);
    if (stored && claim.kind.ownerOf(stored.object) === service) return;
    if (stored || !(await take(storage, claim, service)))
      log.warn("a Service has an address or port that is not its own", { name: claim.name, service });
  }
  /** `at`: when the Service lost it; a later claim is of another write. */
  async #giveBack(claim: Claim, service: ServiceKey, at: Revision): Promise<void> {
    const { storage } = this.#options;
    const stored = await storage.read(claim.kind.cache, claim.name);
    if (!stored || claim.kind.ownerOf(stored.object) !== service) return;
    if (stored.revision < at) await storage.delete(claim.kind.cache, stored);
    else this.#look(claim, stored);
  }
}
const claimsOf = (kinds: readonly ClaimKind[], stored: StoredObject | undefined): Claim[] =>
  stored ? kinds.flatMap((kind) => kind.namesOf(stored.object as Service).map((name): Claim => ({ kind, name }))) : [];

/** Until `signal` is aborted. */
export const keepClaims = (options: ClaimKeeperOptions, signal: AbortSignal): Promise<void> =>
  new ClaimKeeper(options, signal).run();
