// SelfSubjectAccessReview: asks whether one may do something oneself. Nothing is stored.
import { defineKind } from "#api/kind.ts";
import { noMetadata, validateSelf } from "#api/authorization/review-validation.ts";
import { SelfSubjectAccessReview as schema } from "#api/authorization/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface SelfSubjectAccessReview extends Infer<typeof schema> {}
export const SelfSubjectAccessReview = defineKind<SelfSubjectAccessReview>({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SelfSubjectAccessReview",
  plural: "selfsubjectaccessreviews",
  scope: "Cluster",
  verbs: ["create"],
  schema,
  rules: { validate: (review) => [...validateSelf(review.spec), ...noMetadata(review)] },
});
