// Expressions of webhooks and policies must compile when they are stored. The kinds' own rules know nothing of the
// expression language; hence this is a plugin, asked when all else is in order.
import { MutatingAdmissionPolicy } from "#api/admissionregistration/mutating-admission-policy.ts";
import { MutatingWebhookConfiguration } from "#api/admissionregistration/mutating-webhook-configuration.ts";
import type { MatchCondition, Variable } from "#api/admissionregistration/policy-schema.ts";
import { ValidatingAdmissionPolicy } from "#api/admissionregistration/validating-admission-policy.ts";
import { ValidatingWebhookConfiguration } from "#api/admissionregistration/validating-webhook-configuration.ts";
import { invalid } from "#api/errors.ts";
import { type FieldError, invalidValue } from "#api/field-error.ts";
import { deepEqual } from "#api/json.ts";
import type { AnyKind } from "#api/kind.ts";
import type { Environment } from "#cel/environment.ts";
import { jsonPatchType, resolveMutationType } from "#cel/kubernetes/mutation.ts";
import { boolType, listType, nullType, stringType, type CelType } from "#cel/type.ts";
import type { AdmissionPlugin } from "#server/admission/admission.ts";
import {
  compileCondition,
  compileExpression,
  environmentFor,
  Variables,
} from "#server/admission/expressions/compile.ts";

type Check<T> = (object: T, old: T | undefined) => FieldError[];

function conditionProblems(path: string, conditions: readonly MatchCondition[] = [], params = false): FieldError[] {
  const environment = environmentFor({ params, authorizer: true });
  return conditions.flatMap(({ expression }, i) => {
    const text = expression.trim();
    const { problem } = compileCondition(environment, text);
    return problem ? [invalidValue(`${path}[${i}].expression`, text, problem)] : [];
  });
}

type Webhooks = ValidatingWebhookConfiguration | MutatingWebhookConfiguration;
const conditionsOf = ({ webhooks = [] }: Webhooks): unknown => webhooks.map((hook) => hook.matchConditions);
const checkWebhooks: Check<Webhooks> = (object, old) =>
  old && deepEqual(conditionsOf(object), conditionsOf(old))
    ? []
    : (object.webhooks ?? []).flatMap((hook, i) =>
        conditionProblems(`webhooks[${i}].matchConditions`, hook.matchConditions),
      );

/** Compiles one expression after the other against what is known so far. */
class Problems {
  readonly found: FieldError[] = [];
  readonly #variables: Variables | undefined;
  /** Without variables the name stands for nothing. */
  constructor(variables: Variables | undefined) {
    this.#variables = variables;
  }
  add(
    field: string,
    environment: Environment,
    text: string | undefined,
    types: readonly CelType[],
    shown = text,
  ): void {
    if (!text) return;
    const { problem } = compileExpression(this.#variables?.extend(environment) ?? environment, text, types);
    if (problem) this.found.push(invalidValue(field, shown, problem));
  }
  variable(field: string, environment: Environment, { name, expression }: Variable): void {
    const { problem } = this.#variables!.add(environment, name, expression);
    if (problem) this.found.push(invalidValue(field, expression, problem));
  }
}

const checkValidating: Check<ValidatingAdmissionPolicy> = ({ spec }, old) => {
  if (old && deepEqual(spec, old.spec)) return [];
  const params = spec.paramKind !== undefined;
  const environment = environmentFor({ params, authorizer: true });
  const forMessages = environmentFor({ params });
  const problems = new Problems(spec.variables?.length ? new Variables() : undefined);
  problems.found.push(...conditionProblems("spec.matchConditions", spec.matchConditions, params));
  for (const [i, variable] of (spec.variables ?? []).entries())
    problems.variable(`spec.variables[${i}].expression`, environment, variable);
  for (const [i, { expression, messageExpression }] of (spec.validations ?? []).entries()) {
    const path = `spec.validations[${i}]`;
    problems.add(`${path}.expression`, environment, expression, [boolType]);
    problems.add(`${path}.messageExpression`, forMessages, messageExpression, [stringType]);
  }
  for (const [i, { valueExpression }] of (spec.auditAnnotations ?? []).entries()) {
    const path = `spec.auditAnnotations[${i}].valueExpression`;
    problems.add(path, environment, valueExpression.trim(), [stringType, nullType], valueExpression);
  }
  return problems.found;
};

const checkMutating: Check<MutatingAdmissionPolicy> = ({ spec }, old) => {
  if (old && deepEqual(spec, old.spec)) return [];
  const vocabulary = { params: spec.paramKind !== undefined, authorizer: true };
  const environment = environmentFor({ ...vocabulary, patchTypes: true });
  const problems = new Problems(new Variables());
  problems.found.push(...conditionProblems("spec.matchConditions", spec.matchConditions, vocabulary.params));
  for (const [i, variable] of (spec.variables ?? []).entries())
    problems.variable(`spec.variables[${i}].expression`, environmentFor(vocabulary), variable);
  for (const [i, { jsonPatch, applyConfiguration }] of (spec.mutations ?? []).entries()) {
    const path = `spec.mutations[${i}]`;
    problems.add(`${path}.jsonPatch.expression`, environment, jsonPatch?.expression?.trim(), [listType(jsonPatchType)]);
    const object = resolveMutationType("Object")!;
    problems.add(`${path}.applyConfiguration.expression`, environment, applyConfiguration?.expression?.trim(), [
      object,
    ]);
  }
  return problems.found;
};

// Each check is given objects of its kind; those of other versions are alike.
const checks = new Map<AnyKind, Check<never>>([
  [ValidatingWebhookConfiguration, checkWebhooks],
  [MutatingWebhookConfiguration, checkWebhooks],
  [ValidatingAdmissionPolicy, checkValidating],
  [MutatingAdmissionPolicy, checkMutating],
]);

const checkOf = (of: AnyKind): Check<never> | undefined => checks.get(of.storedAs?.kind ?? of);

export const admissionExpressions: AdmissionPlugin = {
  name: "AdmissionExpressions",
  concerns: ({ of, subresource, operation }) =>
    checkOf(of) !== undefined && subresource === "" && (operation === "CREATE" || operation === "UPDATE"),
  validate({ of, object, old, name }) {
    const found = checkOf(of)!(object as never, old as never);
    if (found.length > 0) throw invalid(of, name || (object?.metadata?.name ?? ""), found);
  },
};
