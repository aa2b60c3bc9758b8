// Evaluating with a budget that several expressions share. What goes wrong in one expression is its own affair; when the
// budget is used up, all is over.
import type { Program } from "#cel/program.ts";
import { CelError } from "#cel/failure.ts";
import { perCallLimit } from "#cel/kubernetes/environment.ts";
import type { Activation } from "#cel/plan/frame.ts";
import type { Value } from "#cel/value.ts";
import type { Expression } from "./compile.ts";

export type Outcome =
  | { readonly value: Value; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: string };

export class OutOfBudget extends Error {
  constructor() {
    super("validation failed due to running out of cost budget, no further validation rules will be run");
  }
}
export class Budget {
  #rest: number;
  constructor(limit: number) {
    this.#rest = limit;
  }
  /** Throws OutOfBudget. */
  spend(cost: number): void {
    if (cost > this.#rest) throw new OutOfBudget();
    this.#rest -= cost;
  }
}

/** Throws OutOfBudget, or the signal's reason. */
export async function evaluate(
  { text, program, problem }: Expression,
  activation: Activation,
  budget: Budget,
  signal: AbortSignal,
): Promise<Outcome> {
  if (!program) return { error: `compilation error: ${problem}` };
  const { outcome, cost } = await run(program, activation, signal);
  budget.spend(cost);
  if (outcome.error === undefined) return outcome;
  return { error: `expression '${text}' resulted in error: ${outcome.error}` };
}
async function run(
  program: Program,
  activation: Activation,
  signal: AbortSignal,
): Promise<{ outcome: Outcome; cost: number }> {
  try {
    const { value, cost } = await program.evaluateAsync(activation, { costLimit: perCallLimit }, signal);
    return { outcome: { value }, cost };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CelError)) throw error;
    return { outcome: { error: error.message }, cost: error.cost };
  }
}
