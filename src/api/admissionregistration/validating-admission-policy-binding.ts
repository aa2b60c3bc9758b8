// ValidatingAdmissionPolicyBinding: puts a policy into force, for some requests and with parameters.
import { type FieldError, duplicateValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { ValidatingAdmissionPolicyBinding as schema } from "#api/admissionregistration/policy-schema.ts";
import type { Infer } from "#api/schema.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { paramText } from "./policy-cells.ts";
import { validateBinding } from "./policy-validation.ts";

export interface ValidatingAdmissionPolicyBinding extends Infer<typeof schema> {}
export const ValidatingAdmissionPolicyBinding = defineKind<ValidatingAdmissionPolicyBinding>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "ValidatingAdmissionPolicyBinding",
  plural: "validatingadmissionpolicybindings",
  scope: "Cluster",
  categories: ["api-extensions"],
  schema,
  columns: [
    nameColumn,
    textColumn("PolicyName", "The policy.", ({ spec }) => spec.policyName ?? ""),
    textColumn("ParamRef", "Its parameters.", ({ spec }) => paramText(spec.paramRef)),
    ageColumn,
  ],
  rules: {
    validate({ spec }) {
      const found: FieldError[] = [];
      validateBinding(found, spec);
      validateActions(found, "spec.validationActions", spec.validationActions ?? []);
      return found;
    },
  },
  unconditionalUpdate: false,
  hasGeneration: true,
});

const actions = ["Audit", "Deny", "Warn"];
function validateActions(found: FieldError[], field: string, given: readonly string[]): void {
  for (const [i, action] of given.entries()) {
    if (!actions.includes(action)) found.push(notSupported(`${field}[${i}]`, action, actions));
    if (given.indexOf(action) < i) found.push(duplicateValue(`${field}[${i}]`, action));
  }
  if (given.includes("Deny") && given.includes("Warn")) {
    const text =
      "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)";
    found.push(invalidValue(field, given, text));
  }
  if (given.length === 0) found.push(requiredValue(field, "at least one validation action is required"));
}
