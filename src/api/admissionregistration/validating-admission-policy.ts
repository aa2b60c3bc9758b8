// The ValidatingAdmissionPolicy kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { ValidatingAdmissionPolicy as schema } from "#api/admissionregistration/policy-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface ValidatingAdmissionPolicy extends Infer<typeof schema> {}
export const ValidatingAdmissionPolicy = defineKind<ValidatingAdmissionPolicy>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "ValidatingAdmissionPolicy",
  plural: "validatingadmissionpolicies",
  scope: "Cluster",
  categories: ["api-extensions"],
  schema,
  subresources: [statusSubresource],
});
