// The MutatingAdmissionPolicyBinding kind.
import { defineKind } from "#api/kind.ts";
import { MutatingAdmissionPolicyBinding as schema } from "#api/admissionregistration/policy-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface MutatingAdmissionPolicyBinding extends Infer<typeof schema> {}
export const MutatingAdmissionPolicyBinding = defineKind<MutatingAdmissionPolicyBinding>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "MutatingAdmissionPolicyBinding",
  plural: "mutatingadmissionpolicybindings",
  scope: "Cluster",
  categories: ["api-extensions"],
  schema,
  hasGeneration: true,
});
