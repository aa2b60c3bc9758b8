// MutatingAdmissionPolicyBinding: puts a policy into force, for some requests and with parameters.
import type { FieldError } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { MutatingAdmissionPolicyBinding as schema } from "#api/admissionregistration/policy-schema.ts";
import type { Infer } from "#api/schema.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { paramText } from "./policy-cells.ts";
import { validateBinding } from "./policy-validation.ts";

export interface MutatingAdmissionPolicyBinding extends Infer<typeof schema> {}
export const MutatingAdmissionPolicyBinding = defineKind<MutatingAdmissionPolicyBinding>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "MutatingAdmissionPolicyBinding",
  plural: "mutatingadmissionpolicybindings",
  scope: "Cluster",
  categories: ["api-extensions"],
  schema,
  hashedVersion: "v1beta1",
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
      return found;
    },
  },
  unconditionalUpdate: false,
  hasGeneration: true,
});
