// MutatingAdmissionPolicy: expressions that change what requests bring. It takes effect through its bindings.
import { type FieldError, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { type Mutation, MutatingAdmissionPolicy as schema } from "#api/admissionregistration/policy-schema.ts";
import type { Infer } from "#api/schema.ts";
import { requiredOneOf } from "#api/meta/checks.ts";
import { ageColumn, integerColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { paramKindText } from "./policy-cells.ts";
import { validateConditions, validatePolicy } from "./policy-validation.ts";
import { reinvocationPolicies } from "./rule-validation.ts";

export interface MutatingAdmissionPolicy extends Infer<typeof schema> {}
export const MutatingAdmissionPolicy = defineKind<MutatingAdmissionPolicy>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "MutatingAdmissionPolicy",
  plural: "mutatingadmissionpolicies",
  scope: "Cluster",
  categories: ["api-extensions"],
  schema,
  hashedVersion: "v1beta1",
  columns: [
    nameColumn,
    integerColumn("Mutations", "How many changes it makes.", ({ spec }) => spec.mutations?.length ?? 0),
    textColumn("ParamKind", "Kind of its parameters.", ({ spec }) => paramKindText(spec.paramKind)),
    ageColumn,
  ],
  rules: {
    validate,
    validateCreate: ({ spec }) => conditions(spec),
    validateUpdate: ({ spec }, old) => conditions(spec, old.spec),
  },
  unconditionalUpdate: false,
  hasGeneration: true,
});

type Spec = MutatingAdmissionPolicy["spec"];
function conditions(spec: Spec, old?: Spec): FieldError[] {
  const found: FieldError[] = [];
  validateConditions(found, spec, old);
  return found;
}
/** What is deleted cannot be changed on the way. */
const operations = ["*", "CONNECT", "CREATE", "UPDATE"];
function validate({ spec }: MutatingAdmissionPolicy): FieldError[] {
  const found: FieldError[] = [];
  validatePolicy(found, spec);
  for (const rule of spec.matchConstraints?.resourceRules ?? [])
    for (const operation of rule.operations ?? [])
      if (!operations.includes(operation))
        found.push(notSupported("spec.matchConstraints.resourceRules.operations", operation, operations));
  const { mutations = [] } = spec;
  if (mutations.length === 0) found.push(requiredValue("spec.mutations", "mutations must contain at least one item"));
  for (const [i, mutation] of mutations.entries()) validateMutation(found, `spec.mutations[${i}]`, mutation);
  requiredOneOf(found, "spec.reinvocationPolicy", spec.reinvocationPolicy, reinvocationPolicies);
  return found;
}
const forms = { ApplyConfiguration: "applyConfiguration", JSONPatch: "jsonPatch" } as const;
function validateMutation(found: FieldError[], field: string, mutation: Mutation): void {
  const { patchType } = mutation;
  if (!requiredOneOf(found, `${field}.patchType`, patchType, Object.keys(forms))) return;
  const name = forms[patchType as keyof typeof forms];
  const other = Object.values(forms).find((form) => form !== name)!;
  const change = mutation[name];
  const hasExpression = Boolean(change?.expression?.trim());
  if (!change) found.push(requiredValue(`${field}.${name}`, `must be specified when patchType is ${patchType}`));
  const refused = mutation[other]
    ? [invalidValue(`${field}.${other}`, `{${other}}`, `must not be specified when patchType is ${patchType}`)]
    : [];
  const missing = change && !hasExpression ? [requiredValue(`${field}.${name}.expression`)] : [];
  // Upstream: the order differs between the two.
  found.push(...(name === "jsonPatch" ? [...refused, ...missing] : [...missing, ...refused]));
}
