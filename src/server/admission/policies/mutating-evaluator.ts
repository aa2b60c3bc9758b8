// What a MutatingAdmissionPolicy makes of an object with one set of parameters.
import type { Mutation, MutatingAdmissionPolicySpec } from "#api/admissionregistration/policy-schema.ts";
import { ApiError } from "#api/errors.ts";
import type { KubeObject } from "#api/kind.ts";
import { jsonPatch } from "#apply/json-patch.ts";
import { Failure } from "#cel/failure.ts";
import { toJson } from "#cel/json.ts";
import { matchConditionsLimit, totalLimit } from "#cel/kubernetes/environment.ts";
import { jsonPatchType, misnamedObjects, resolveMutationType } from "#cel/kubernetes/mutation.ts";
import { listType } from "#cel/type.ts";
import { ListValue, StructValue, type Value } from "#cel/value.ts";
import {
  compileCondition,
  compileExpression,
  environmentFor,
  Variables,
  type Expression,
} from "#server/admission/expressions/compile.ts";
import { allHold } from "#server/admission/expressions/conditions.ts";
import { Budget, evaluate, OutOfBudget } from "#server/admission/expressions/evaluate.ts";
import { activationOf, type Scene } from "#server/admission/expressions/scene.ts";
import { applyConfiguration, PatchProblem } from "./apply-configuration.ts";

interface Change {
  readonly form: Mutation["patchType"];
  readonly expression: Expression;
}
const patchList = listType(jsonPatchType);
const objectType = resolveMutationType("Object")!;

export class MutatingEvaluator {
  readonly #conditions: readonly Expression[];
  readonly #variables = new Variables();
  readonly #changes: readonly Change[];
  readonly isReinvoked: boolean;

  constructor(spec: MutatingAdmissionPolicySpec) {
    const vocabulary = { params: spec.paramKind !== undefined, authorizer: true };
    const plain = environmentFor(vocabulary);
    for (const { name, expression } of spec.variables ?? []) this.#variables.add(plain, name, expression);
    const environment = this.#variables.extend(environmentFor({ ...vocabulary, patchTypes: true }));
    this.#conditions = (spec.matchConditions ?? []).map((c) => compileCondition(plain, c.expression));
    this.#changes = (spec.mutations ?? []).map(({ patchType, jsonPatch: patch, applyConfiguration: config }) => {
      const isPatch = patchType === "JSONPatch";
      const text = (isPatch ? patch : config)?.expression ?? "";
      return { form: patchType, expression: compileExpression(environment, text, [isPatch ? patchList : objectType]) };
    });
    this.isReinvoked = spec.reinvocationPolicy === "IfNeeded";
  }

  get size(): number {
    return this.#changes.length;
  }
  /** Throws Undecided. */
  isMet(scene: Scene, signal: AbortSignal): Promise<boolean> {
    const { namespace: _, ...bare } = scene;
    return allHold(this.#conditions, activationOf(bare), new Budget(matchConditionsLimit), signal);
  }
  /** The object after one of the changes; not yet decoded. Throws PatchProblem. */
  async change(index: number, scene: Scene, signal: AbortSignal): Promise<unknown> {
    const { form, expression } = this.#changes[index]!;
    if (!expression.program) throw new PatchProblem(expression.problem);
    const value = await this.#evaluate(expression, scene, signal);
    const object = scene.shown.object!;
    try {
      if (form === "JSONPatch") return patched(object, value as ListValue);
      checkNames(value);
      return applyConfiguration(scene.of, object, toJson(value) as Record<string, unknown>);
    } catch (error) {
      if (error instanceof Failure) throw new PatchProblem(error.message);
      throw error;
    }
  }
  async #evaluate(expression: Expression, scene: Scene, signal: AbortSignal): Promise<Value> {
    const budget = new Budget(totalLimit);
    const activation = activationOf(scene, { known: this.#variables, budget });
    try {
      const { value, error } = await evaluate(expression, activation, budget, signal);
      if (error !== undefined) throw new PatchProblem(error);
      return value;
    } catch (error) {
      if (error instanceof OutOfBudget) throw new PatchProblem(error.message);
      throw error;
    }
  }
}

function checkNames(value: Value): void {
  const wrong = misnamedObjects(value);
  if (wrong.length > 0) throw new PatchProblem(`type mismatch: ${wrong.join("\n")}`);
}

/** A test that fails leaves the object as it is. */
function patched(object: KubeObject, operations: ListValue): unknown {
  try {
    return jsonPatch(object, [...operations].map(operationOf));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const why = error.cause instanceof Error || isMessage(error.cause) ? error.cause.message : error.message;
    if (/^testing value .* failed$/s.test(why)) return object;
    throw new PatchProblem(`JSON Patch: ${why}`);
  }
}
const isMessage = (cause: unknown): cause is { readonly message: string } =>
  typeof cause === "object" && cause !== null && "message" in cause;
function operationOf(operation: Value): object {
  if (!(operation instanceof StructValue))
    throw new PatchProblem("type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch");
  const { fields } = operation;
  const text = (name: string): string => (fields.get(name) as string | undefined) ?? "";
  const value = fields.get("value");
  if (value instanceof StructValue) {
    const wrong = misnamedObjects(value, value.name);
    if (wrong.length > 0) throw new PatchProblem(`type mismatch: ${wrong.join("\n")}`);
  }
  const from = text("from");
  return {
    op: text("op"),
    path: text("path"),
    ...(from ? { from } : {}),
    ...(value === undefined ? {} : { value: toJson(value) }),
  };
}
