// SelfSubjectRulesReview: asks for all that one may do in a namespace. Nothing is stored.
import { defineKind } from "#api/kind.ts";
import { SelfSubjectRulesReview as schema } from "#api/authorization/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface SelfSubjectRulesReview extends Infer<typeof schema> {}
export const SelfSubjectRulesReview = defineKind<SelfSubjectRulesReview>({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SelfSubjectRulesReview",
  plural: "selfsubjectrulesreviews",
  scope: "Cluster",
  verbs: ["create"],
  schema,
});
