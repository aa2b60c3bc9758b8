// Priority and fairness: which flow a request is of, and when it may run. Works from the stored configuration, and from
// the one that a cluster starts with as long as nothing is stored.
import { FlowSchema } from "#api/flowcontrol/flow-schema.ts";
import { PriorityLevelConfiguration } from "#api/flowcontrol/priority-level-configuration.ts";
import { ApiError } from "#api/errors.ts";
import type { Clock } from "#base/clock.ts";
import { orAborted } from "#base/or-aborted.ts";
import type { WatchCache } from "#server/cache/watch-cache.ts";
import type { Registry } from "#server/registry.ts";
import { compileSchemas, type Asked, type CompiledSchema } from "./classify.ts";
import type { PriorityLevel, Waiter } from "./priority-level.ts";
import { Seats, type LevelConfig } from "./seats.ts";
import { flowControlObjects } from "./suggested.ts";

/** A quarter of what a request may take altogether. */
const longestWaitMs = 15_000;

export type Rejection = "queue-full" | "concurrency-limit" | "time-out" | "cancelled";
/** What is counted of one flow schema at its level. */
export interface FlowCounts {
  dispatched: number;
  executing: number;
  waiting: number;
  readonly rejected: Map<Rejection, number>;
}
export interface Flow {
  readonly schema: CompiledSchema;
  readonly level: PriorityLevel;
  readonly counts: FlowCounts;
}
export interface Waited {
  (flow: Flow, seconds: number, isExecuted: boolean): void;
}

const startSchemas = flowControlObjects
  .filter(({ kind }) => kind === FlowSchema)
  .map(({ object }) => object as unknown as FlowSchema);
const startLevels = flowControlObjects
  .filter(({ kind }) => kind === PriorityLevelConfiguration)
  .map(({ object }) => object as unknown as PriorityLevelConfiguration);
const catchAll = "catch-all";

const tooMany = (): ApiError =>
  new ApiError("TooManyRequests", "Too many requests, please try again later.", { details: { retryAfterSeconds: 1 } });

export class FlowController {
  readonly #clock: Clock;
  readonly #total: number;
  readonly #schemaCache: WatchCache;
  readonly #levelCache: WatchCache;
  readonly #seats = new Seats();
  readonly #counts = new Map<string, FlowCounts>();
  #flows: readonly Flow[] = [];
  #builtFrom = -1;
  /** Told of every request that had to wait. */
  onWaited: Waited = () => undefined;

  /** `total`: how many requests may run at a time, exempt ones not counted. */
  constructor(options: { readonly registry: Registry; readonly clock: Clock; readonly total: number }) {
    const { storage } = options.registry;
    this.#clock = options.clock;
    this.#total = options.total;
    this.#schemaCache = storage.cache(FlowSchema.group, FlowSchema.plural);
    this.#levelCache = storage.cache(PriorityLevelConfiguration.group, PriorityLevelConfiguration.plural);
  }
  get total(): number {
    return this.#total;
  }
  levels(): Iterable<PriorityLevel> {
    return this.#seats.levels();
  }
  flows(): readonly Flow[] {
    return this.#flows;
  }
  classify(asked: Asked): Flow {
    if (this.#builtFrom !== this.#schemaCache.changes + this.#levelCache.changes) this.#rebuild();
    for (const flow of this.#flows) if (flow.schema.matches(asked)) return flow;
    return this.#flows.at(-1)!;
  }
  #rebuild(): void {
    this.#builtFrom = this.#schemaCache.changes + this.#levelCache.changes;
    const stored = <T>(cache: WatchCache, others: readonly T[]): readonly T[] =>
      cache.size === 0 ? others : Array.from(cache.list(), (one) => one.object as T);
    const levels = stored(this.#levelCache, startLevels);
    const schemas = stored(this.#schemaCache, startSchemas);
    const missing = startLevels.filter((wanted) => {
      const isMandatory = wanted.metadata.name === "exempt" || wanted.metadata.name === catchAll;
      return isMandatory && !levels.some(({ metadata }) => metadata.name === wanted.metadata.name);
    });
    const configs = [...levels, ...missing].map(({ metadata, spec }): LevelConfig => ({
      name: metadata.name!,
      uid: metadata.uid ?? "",
      spec,
    }));
    this.#seats.configure(configs, this.#total);
    const last = startSchemas.filter(({ metadata }) => metadata.name === catchAll);
    // A schema whose level is missing matches nothing; the last of all is there in any case.
    this.#flows = [...compileSchemas(schemas), ...compileSchemas(last)].flatMap((schema) => {
      const level = this.#seats.level(schema.level);
      return level ? [{ schema, level, counts: this.#countsOf(schema, level) }] : [];
    });
  }
  #countsOf(schema: CompiledSchema, level: PriorityLevel): FlowCounts {
    const key = `${schema.name}/${level.name}`;
    let counts = this.#counts.get(key);
    if (!counts) this.#counts.set(key, (counts = { dispatched: 0, executing: 0, waiting: 0, rejected: new Map() }));
    return counts;
  }

  /** Takes a seat at once; false: it must wait, by `waitForSeat`. */
  tryStart({ level, counts }: Flow): boolean {
    if (level.isExempt) this.#seats.take(level);
    else if (!this.#seats.tryTake(level)) return false;
    counts.dispatched++;
    counts.executing++;
    return true;
  }
  finish({ level, counts }: Flow): void {
    counts.executing--;
    this.#seats.giveBack(level);
  }
  /** Resolves with a seat taken; throws TooManyRequests. */
  async waitForSeat(flow: Flow, asked: Asked, signal: AbortSignal): Promise<void> {
    const { level, counts, schema } = flow;
    const turn = Promise.withResolvers<void>();
    const waiter: Waiter = { flow: `${schema.name}/${schema.distinguish(asked)}`, start: turn.resolve };
    if (!this.#seats.enqueue(level, waiter)) throw reject(flow, level.mayQueue ? "queue-full" : "concurrency-limit");
    const since = this.#clock.monotonic();
    counts.waiting++;
    const late = new AbortController();
    using _timer = this.#clock.after(longestWaitMs, () => late.abort());
    try {
      await orAborted(turn.promise, AbortSignal.any([signal, late.signal]));
      counts.dispatched++;
      counts.executing++;
      this.onWaited(flow, (this.#clock.monotonic() - since) / 1000, true);
    } catch {
      // Its turn may have come with the end of its patience.
      if (!this.#seats.leave(level, waiter)) this.#seats.giveBack(level);
      this.onWaited(flow, (this.#clock.monotonic() - since) / 1000, false);
      throw reject(flow, late.signal.aborted ? "time-out" : "cancelled");
    } finally {
      counts.waiting--;
    }
  }
}

function reject({ counts }: Flow, reason: Rejection): ApiError {
  counts.rejected.set(reason, (counts.rejected.get(reason) ?? 0) + 1);
  return tooMany();
}
