// A compiled expression. Evaluating is synchronous; where a function of the host has its answer only later (an authorizer
// that asks a webhook), `evaluateAsync` waits for it and evaluates anew.
import { estimateCost, sizesOf } from "./cost/estimate.ts";
import type { SizeOfPath } from "./cost/estimate.ts";
import type { Range } from "./cost/range.ts";
import { Abort, CelError, Failure, Pending } from "./failure.ts";
import { Frame } from "./plan/frame.ts";
import type { Activation, Code } from "./plan/frame.ts";
import { childrenOf } from "./syntax/expr.ts";
import type { Expr } from "./syntax/expr.ts";
import type { CelType } from "./type.ts";
import type { Value } from "./value.ts";

export interface EvaluateOptions {
  /** Evaluation that costs more ends with an error. Default: none. */
  readonly costLimit?: number;
  readonly signal?: AbortSignal;
}
export interface Evaluated {
  readonly value: Value;
  readonly cost: number;
}
/** How often an evaluation may begin anew for the sake of one more answer. */
const maxRounds = 100;

export class Program {
  readonly resultType: CelType;
  /** Names of the variables that the expression uses. */
  readonly references: ReadonlySet<string>;
  readonly #expr: Expr;
  readonly #code: Code;
  readonly #variables: Readonly<Record<string, CelType>>;
  constructor(expr: Expr, code: Code, variables: Readonly<Record<string, CelType>>) {
    this.#expr = expr;
    this.#code = code;
    this.#variables = variables;
    this.resultType = expr.type!;
    this.references = new Set(namesIn(expr));
  }
  /** Least and greatest cost, by the sizes that are given or that the variables' types allow. */
  estimateCost(sizes: SizeOfPath = sizesOf(this.#variables)): Range {
    return estimateCost(this.#expr, sizes);
  }
  /** Throws CelError. */
  evaluate(activation: Activation, { costLimit = Infinity, signal }: EvaluateOptions = {}): Evaluated {
    const frame = new Frame(activation, costLimit, signal);
    try {
      const value = this.#code(frame);
      return { value, cost: frame.cost };
    } catch (error) {
      if (error instanceof Failure) throw new CelError(error.message, "failed", frame.cost);
      if (error instanceof Abort) throw new CelError(error.message, error.reason, frame.cost);
      throw error;
    }
  }
  async evaluateAsync(activation: Activation, options: Omit<EvaluateOptions, "signal">, signal: AbortSignal) {
    for (let round = 0; round < maxRounds; round++) {
      try {
        return this.evaluate(activation, { ...options, signal });
      } catch (error) {
        if (!(error instanceof Pending)) throw error;
        await error.promise;
        signal.throwIfAborted();
      }
    }
    throw new CelError("operation interrupted", "interrupted", 0);
  }
}
/** `bound`: names of loops and bindings around it. */
function* namesIn(expr: Expr, bound: readonly string[] = []): Iterable<string> {
  if (expr.kind === "comprehension") {
    const { accuVar, iterVar, iterVar2 = iterVar } = expr;
    yield* namesIn(expr.range, bound);
    yield* namesIn(expr.init, bound);
    for (const part of [expr.condition, expr.step]) yield* namesIn(part, [...bound, accuVar, iterVar, iterVar2]);
    yield* namesIn(expr.result, [...bound, accuVar]);
    return;
  }
  const isName = expr.kind === "ident" || expr.kind === "select";
  if (isName && expr.reference !== undefined && !bound.includes(expr.reference)) yield expr.reference;
  for (const child of childrenOf(expr)) yield* namesIn(child, bound);
}
