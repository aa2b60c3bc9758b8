// Admission: plugins that may change a write and then may refuse it. All mutating parts run in order, then, on the
// final object, all validating parts.
import type { AdmissionStep, AdmissionTimer } from "./admission-metrics.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { activeSpan } from "#base/tracing/span.ts";
import type { Draft } from "#api/schema.ts";
import type { UserInfo } from "#server/pipeline.ts";
import type { Revision } from "#store/store.ts";

export type Operation = "CREATE" | "UPDATE" | "DELETE" | "CONNECT";

export type Settle = (written: Revision | undefined) => Promise<void> | void;

export interface AdmissionRequest {
  readonly operation: Operation;
  /** The kind of the resource in the path. */
  readonly of: AnyKind;
  readonly subresource: string;
  readonly namespace: string;
  /** "" where the server still makes it up. */
  readonly name: string;
  /** What is written: in `admit` it may be edited in place. For a subresource with a body of its own: that body. */
  readonly object: Draft<KubeObject> | undefined;
  /** What stands there now. */
  readonly old: KubeObject | undefined;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** CreateOptions, UpdateOptions, DeleteOptions, as far as given. */
  readonly options: object;
  /** Adds a Warning header. */
  warn(text: string): void;
  /** Adds to the annotations of the audit event; absent where nothing is audited. */
  annotate?(key: string, value: string): void;
  /** Calls `settle` when the write is over: with its revision, or with undefined when nothing was written. */
  afterwards?(settle: Settle): void;
}

/** Who changes an object late lets all who may change it see it once more: there are one or two rounds of `admit`. */
export class Rounds {
  #isAsked = false;
  #isSecond = false;
  get isSecond(): boolean {
    return this.#isSecond;
  }
  askAgain(): void {
    this.#isAsked = true;
  }
  /** Whether there is a further round, which then begins. */
  next(): boolean {
    if (this.#isSecond || !this.#isAsked) return false;
    this.#isSecond = true;
    return true;
  }
}

export interface AdmissionPlugin {
  readonly name: string;
  /** Skips the plugin for everything else; absent: it is asked about everything. */
  readonly concerns?: (request: AdmissionRequest) => boolean;
  /** May edit request.object, or throw ApiError. */
  admit?(request: AdmissionRequest, signal: AbortSignal, rounds: Rounds): Promise<void> | void;
  /** Throws ApiError to refuse. */
  validate?(request: AdmissionRequest, signal: AbortSignal): Promise<void> | void;
}

export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #timer: AdmissionTimer | undefined;
  constructor(plugins: readonly AdmissionPlugin[], timer?: AdmissionTimer) {
    this.#plugins = plugins;
    this.#timer = timer;
  }
  async admit(request: AdmissionRequest, signal: AbortSignal): Promise<void> {
    activeSpan()?.event("About to check admission control");
    const rounds = new Rounds();
    await this.#timed("admit", request, "", async () => {
      do {
        for (const plugin of this.#plugins) {
          if (!plugin.admit || plugin.concerns?.(request) === false) continue;
          const pending = this.#timed("admit", request, plugin.name, () => plugin.admit!(request, signal, rounds));
          if (pending) await pending;
        }
      } while (rounds.next());
    });
  }
  async validate(request: AdmissionRequest, signal: AbortSignal): Promise<void> {
    await this.#timed("validate", request, "", async () => {
      for (const plugin of this.#plugins) {
        if (!plugin.validate || plugin.concerns?.(request) === false) continue;
        const pending = this.#timed("validate", request, plugin.name, () => plugin.validate!(request, signal));
        if (pending) await pending;
      }
    });
  }
  /** What is done at once stays so. */
  #timed(
    step: AdmissionStep,
    { operation }: AdmissionRequest,
    plugin: string,
    run: () => Promise<void> | void,
  ): Promise<void> | void {
    const timer = this.#timer;
    if (!timer) return run();
    const start = timer.start();
    const ended = (isRejected: boolean): void => timer.end(start, step, operation, plugin, isRejected);
    try {
      const pending = run();
      if (!pending) return ended(false);
      return pending.then(
        () => ended(false),
        (error: unknown) => {
          ended(true);
          throw error;
        },
      );
    } catch (error) {
      ended(true);
      throw error;
    }
  }
}

/** For `concerns`: writes of one resource itself, by operation. */
export const concernsOnly =
  (of: AnyKind, ...operations: readonly Operation[]) =>
  (request: AdmissionRequest): boolean =>
    request.of.plural === of.plural &&
    request.of.group === of.group &&
    request.subresource === "" &&
    operations.includes(request.operation);
