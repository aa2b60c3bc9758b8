// The MutatingAdmissionPolicy kind.
import { defineKind } from "#api/kind.ts";
import { MutatingAdmissionPolicy as schema } from "#api/admissionregistration/policy-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface MutatingAdmissionPolicy extends Infer<typeof schema> {}
export const MutatingAdmissionPolicy = defineKind<MutatingAdmissionPolicy>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "MutatingAdmissionPolicy",
  plural: "mutatingadmissionpolicies",
  scope: "Cluster",
  categories: ["api-extensions"],
  schema,
  hasGeneration: true,
});
