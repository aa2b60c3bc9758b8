// The ValidatingAdmissionPolicyBinding kind.
import { defineKind } from "#api/kind.ts";
import { ValidatingAdmissionPolicyBinding as schema } from "#api/admissionregistration/policy-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface ValidatingAdmissionPolicyBinding extends Infer<typeof schema> {}
export const ValidatingAdmissionPolicyBinding = defineKind<ValidatingAdmissionPolicyBinding>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "ValidatingAdmissionPolicyBinding",
  plural: "validatingadmissionpolicybindings",
  scope: "Cluster",
  categories: ["api-extensions"],
  schema,
  hasGeneration: true,
});
