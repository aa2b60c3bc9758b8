// Match conditions: expressions that must all be true for a webhook or a policy to be asked.
import type { MatchCondition } from "#api/admissionregistration/policy-schema.ts";
import { forbidden } from "#api/errors.ts";
import { matchConditionsLimit } from "#cel/kubernetes/environment.ts";
import type { Activation } from "#cel/plan/frame.ts";
import { nameOf } from "#server/admission/match/criteria.ts";
import { show } from "#server/admission/match/versions.ts";
import type { ConditionsOf } from "#server/admission/webhooks/hooks.ts";
import type { Authorizer } from "#server/pipeline.ts";
import { compileCondition, environmentFor, type Expression } from "./compile.ts";
import { Budget, evaluate, OutOfBudget } from "./evaluate.ts";
import { activationOf } from "./scene.ts";

/** Conditions that could not be decided. */
export class Undecided extends Error {}

/** Whether all hold; one that is false settles it. Throws Undecided where some fail and none is false. */
export async function allHold(
  conditions: readonly Expression[],
  activation: Activation,
  budget: Budget,
  signal: AbortSignal,
): Promise<boolean> {
  const errors = new Set<string>();
  try {
    for (const condition of conditions) {
      const { value, error } = await evaluate(condition, activation, budget, signal);
      if (error !== undefined) errors.add(error);
      else if (value === false) return false;
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    throw new Undecided(error.message, { cause: error });
  }
  if (errors.size === 0) return true;
  const [first, ...others] = errors;
  throw new Undecided(others.length === 0 ? first! : `[${[...errors].join(", ")}]`);
}

/** The conditions of webhooks; those that fail refuse the request, or keep the webhook out where its failures are ignored. */
export const webhookConditions =
  (authorizer: Authorizer): ConditionsOf =>
  (conditions: readonly MatchCondition[], failurePolicy) => {
    const environment = environmentFor({ authorizer: true });
    const compiled = conditions.map(({ expression }) => compileCondition(environment, expression));
    return async (request, of, signal) => {
      const scene = { request, of, shown: await show(request, of), authorizer };
      try {
        return await allHold(compiled, activationOf(scene), new Budget(matchConditionsLimit), signal);
      } catch (error) {
        if (!(error instanceof Undecided)) throw error;
        if (failurePolicy === "Ignore") return false;
        throw forbidden(request.of, nameOf(request), error.message);
      }
    };
  };
