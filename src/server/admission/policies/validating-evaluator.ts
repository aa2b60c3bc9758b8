// What a ValidatingAdmissionPolicy says of one request with one set of parameters.
import type { Validation, ValidatingAdmissionPolicySpec } from "#api/admissionregistration/policy-schema.ts";
import { matchConditionsLimit, totalLimit } from "#cel/kubernetes/environment.ts";
import type { Activation } from "#cel/plan/frame.ts";
import { nullType, stringType } from "#cel/type.ts";
import { runtimeName } from "#cel/value.ts";
import {
  compileCondition,
  compileExpression,
  environmentFor,
  Variables,
  type Expression,
} from "#server/admission/expressions/compile.ts";
import { allHold, Undecided } from "#server/admission/expressions/conditions.ts";
import { Budget, evaluate, OutOfBudget } from "#server/admission/expressions/evaluate.ts";
import { activationOf, type Scene } from "#server/admission/expressions/scene.ts";

export interface Judgement {
  /** What is held against the request; `index` is that of the validation. */
  readonly denials: readonly Denial[];
  /** Audit annotations, and what went wrong with them. */
  readonly annotations: readonly { readonly key: string; readonly value: string }[];
  readonly failures: readonly string[];
}
export interface Denial {
  readonly index: number;
  readonly message: string;
  /** "" for that of all refusals. */
  readonly reason: string;
}
interface Check {
  readonly validation: Validation;
  readonly expression: Expression;
  readonly message: Expression | undefined;
}
interface Note {
  readonly key: string;
  readonly expression: Expression;
}
const nothing: Judgement = { denials: [], annotations: [], failures: [] };
const longestMessageBytes = 5 * 1024;

export class ValidatingEvaluator {
  readonly #conditions: readonly Expression[];
  readonly #variables = new Variables();
  readonly #checks: readonly Check[];
  readonly #notes: readonly Note[];
  readonly #ignoresFailure: boolean;

  constructor(spec: ValidatingAdmissionPolicySpec) {
    const params = spec.paramKind !== undefined;
    const withAuthorizer = environmentFor({ params, authorizer: true });
    for (const { name, expression } of spec.variables ?? []) this.#variables.add(withAuthorizer, name, expression);
    const environment = this.#variables.extend(withAuthorizer);
    const forMessages = this.#variables.extend(environmentFor({ params }));
    this.#conditions = (spec.matchConditions ?? []).map((c) => compileCondition(withAuthorizer, c.expression));
    this.#checks = (spec.validations ?? []).map((validation) => {
      const { expression, messageExpression } = validation;
      return {
        validation,
        expression: compileCondition(environment, expression),
        message: messageExpression ? compileExpression(forMessages, messageExpression, [stringType]) : undefined,
      };
    });
    this.#notes = (spec.auditAnnotations ?? []).map(({ key, valueExpression }) => ({
      key,
      expression: compileExpression(environment, valueExpression, [stringType, nullType]),
    }));
    this.#ignoresFailure = spec.failurePolicy === "Ignore";
  }

  async judge(scene: Scene, signal: AbortSignal): Promise<Judgement> {
    try {
      const { namespace: _, ...bare } = scene;
      const budget = new Budget(matchConditionsLimit);
      if (!(await allHold(this.#conditions, activationOf(bare), budget, signal))) return nothing;
      const denials = await this.#check(scene, signal);
      return { denials, ...(await this.#annotate(scene, signal)) };
    } catch (error) {
      if (!(error instanceof Undecided || error instanceof OutOfBudget)) throw error;
      return { ...nothing, denials: this.#failed(0, error.message) };
    }
  }
  #failed(index: number, message: string): Denial[] {
    return this.#ignoresFailure ? [] : [{ index, message, reason: "" }];
  }

  async #check(scene: Scene, signal: AbortSignal): Promise<Denial[]> {
    const budget = new Budget(totalLimit);
    const activation = activationOf(scene, { known: this.#variables, budget });
    const denials: Denial[] = [];
    const failed: { index: number; check: Check }[] = [];
    for (const [index, check] of this.#checks.entries()) {
      const { value, error } = await evaluate(check.expression, activation, budget, signal);
      if (error !== undefined) denials.push(...this.#failed(index, error));
      else if (value !== true) failed.push({ index, check });
    }
    const quiet = activationOf({ ...scene, authorizer: undefined }, { known: this.#variables, budget });
    for (const { index, check } of failed) {
      const { message, error } = await messageOf(check, quiet, budget, signal);
      if (error !== undefined) denials.push(...this.#failed(index, `failed messageExpression: ${error}`));
      else denials.push({ index, message, reason: check.validation.reason ?? "Invalid" });
    }
    return denials.toSorted((a, b) => a.index - b.index);
  }

  async #annotate(scene: Scene, signal: AbortSignal): Promise<Pick<Judgement, "annotations" | "failures">> {
    const budget = new Budget(totalLimit);
    const activation = activationOf({ ...scene, authorizer: undefined }, { known: this.#variables, budget });
    const annotations: { key: string; value: string }[] = [];
    const failures: string[] = [];
    for (const { key, expression } of this.#notes) {
      const { value, error } = await evaluate(expression, activation, budget, signal);
      if (error !== undefined) {
        if (!this.#ignoresFailure) failures.push(error);
      } else if (typeof value === "string") {
        const text = value.trim();
        if (text !== "") annotations.push({ key, value: text });
      } else if (value !== null) {
        const type = runtimeName(value!);
        failures.push(
          `valueExpression '${expression.text}' resulted in unsupported return type: ${type}. Return type must be ` +
            "either string or null.",
        );
      }
    }
    return { annotations, failures };
  }
}

/** The expression's text where it is of use, else the one that is given, else the expression itself. */
async function messageOf(
  { validation, message }: Check,
  activation: Activation,
  budget: Budget,
  signal: AbortSignal,
): Promise<{ readonly message: string; readonly error?: undefined } | { readonly error: string; message?: undefined }> {
  try {
    const { value } = message ? await evaluate(message, activation, budget, signal) : {};
    const text = typeof value === "string" ? value.trim() : "";
    const isUsable = text !== "" && Buffer.byteLength(text) <= longestMessageBytes && !text.includes("\n");
    if (isUsable) return { message: text };
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return { error: error.message };
  }
  return { message: validation.message?.trim() || `failed expression: ${validation.expression.trim()}` };
}
