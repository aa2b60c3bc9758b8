// SubjectAccessReview: asks whether somebody may do something anywhere. Nothing is stored.
import { defineKind } from "#api/kind.ts";
import { noMetadata, validateSubject } from "#api/authorization/review-validation.ts";
import { SubjectAccessReview as schema } from "#api/authorization/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface SubjectAccessReview extends Infer<typeof schema> {}
export const SubjectAccessReview = defineKind<SubjectAccessReview>({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SubjectAccessReview",
  plural: "subjectaccessreviews",
  scope: "Cluster",
  verbs: ["create"],
  schema,
  rules: { validate: (review) => [...validateSubject(review.spec), ...noMetadata(review)] },
});
