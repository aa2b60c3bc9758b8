// The seats of the server, shared out among priority levels by their shares. What a level may lend, others use while it
// does not need it; a seat that comes free goes to levels that have less than their own first.
import type { PriorityLevelConfigurationSpec } from "#api/flowcontrol/schema.ts";
import { PriorityLevel, type Limits, type Waiter } from "./priority-level.ts";

export interface LevelConfig {
  readonly name: string;
  readonly uid: string;
  readonly spec: PriorityLevelConfigurationSpec;
}

const sharesOf = ({ limited, exempt }: PriorityLevelConfigurationSpec): { shares: number; lendable: number } => ({
  shares: (limited ?? exempt)?.nominalConcurrencyShares ?? 0,
  lendable: (limited ?? exempt)?.lendablePercent ?? 0,
});
/** What of `total` seats each level has. */
export function limitsOf(configs: readonly LevelConfig[], total: number): Limits[] {
  const sum = configs.reduce((all, { spec }) => all + sharesOf(spec).shares, 0);
  return configs.map(({ spec }) => {
    const { shares, lendable } = sharesOf(spec);
    const nominal = sum === 0 ? 0 : Math.ceil((total * shares) / sum);
    const borrowed = spec.limited?.borrowingLimitPercent;
    return {
      nominal,
      least: nominal - Math.round((nominal * lendable) / 100),
      most: borrowed === undefined ? Infinity : nominal + Math.round((nominal * borrowed) / 100),
    };
  });
}

export class Seats {
  readonly #levels = new Map<string, PriorityLevel>();
  #total = 0;
  /** Seats that are taken or kept for a level that lends less than it has free. */
  #claimed = 0;
  #waiting = 0;

  /** In the order of their configuration. */
  levels(): Iterable<PriorityLevel> {
    return this.#levels.values();
  }
  level(name: string): PriorityLevel | undefined {
    return this.#levels.get(name);
  }
  /** Levels that are gone live on until their requests are done. */
  configure(configs: readonly LevelConfig[], total: number): void {
    const limits = limitsOf(configs, total);
    this.#total = Math.max(
      total,
      limits.reduce((all, { nominal }) => all + nominal, 0),
    );
    const homeless: { readonly level: PriorityLevel; readonly waiter: Waiter }[] = [];
    for (const [i, { name, uid, spec }] of configs.entries()) {
      const level = this.#levels.get(name) ?? new PriorityLevel(name, uid);
      this.#levels.set(name, level);
      level.limits = limits[i]!;
      for (const waiter of level.configure(uid, spec)) homeless.push({ level, waiter });
    }
    const named = new Set(configs.map(({ name }) => name));
    for (const [name, level] of this.#levels)
      if (!named.has(name) && level.executing + level.waiting === 0) this.#levels.delete(name);
    this.#count();
    for (const { level, waiter } of homeless) {
      this.take(level);
      waiter.start();
    }
    this.#dispatch();
  }
  #count(): void {
    this.#claimed = 0;
    this.#waiting = 0;
    for (const { executing, limits, waiting, isExempt } of this.#levels.values()) {
      if (!isExempt) this.#claimed += Math.max(executing, limits.least);
      this.#waiting += waiting;
    }
  }
  /** Takes a seat if there is one for the level. */
  tryTake(level: PriorityLevel): boolean {
    if (level.waiting > 0 || !this.#hasSeat(level)) return false;
    this.take(level);
    return true;
  }
  #hasSeat({ executing, limits }: PriorityLevel): boolean {
    if (executing < limits.least) return true;
    return executing < limits.most && this.#claimed < this.#total;
  }
  /** Exempt levels take no seats from others. */
  take(level: PriorityLevel): void {
    if (!level.isExempt && level.executing >= level.limits.least) this.#claimed++;
    level.executing++;
  }
  giveBack(level: PriorityLevel): void {
    level.executing--;
    if (!level.isExempt && level.executing >= level.limits.least) this.#claimed--;
    if (this.#waiting > 0) this.#dispatch();
  }
  /** False: there is no room to wait. */
  enqueue(level: PriorityLevel, waiter: Waiter): boolean {
    if (!level.enqueue(waiter)) return false;
    this.#waiting++;
    return true;
  }
  /** False: it did not wait any more. */
  leave(level: PriorityLevel, waiter: Waiter): boolean {
    if (!level.remove(waiter)) return false;
    this.#waiting--;
    return true;
  }
  #dispatch(): void {
    for (let level = this.#neediest(); level; level = this.#neediest()) {
      const waiter = level.next();
      if (!waiter) return;
      this.#waiting--;
      this.take(level);
      waiter.start();
    }
  }
  /** Of the levels that wait and for which there is a seat: the one with the smallest part of its own. */
  #neediest(): PriorityLevel | undefined {
    let neediest: PriorityLevel | undefined;
    let smallest = Infinity;
    for (const level of this.#levels.values()) {
      if (level.waiting === 0 || !this.#hasSeat(level)) continue;
      const part = level.executing / Math.max(level.limits.nominal, 1);
      if (part < smallest) [neediest, smallest] = [level, part];
    }
    return neediest;
  }
}
