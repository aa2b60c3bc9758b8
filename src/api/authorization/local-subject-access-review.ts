// LocalSubjectAccessReview: asks whether somebody may do something in one namespace. Nothing is stored.
import { defineKind } from "#api/kind.ts";
import { validateLocal } from "#api/authorization/review-validation.ts";
import { LocalSubjectAccessReview as schema } from "#api/authorization/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface LocalSubjectAccessReview extends Infer<typeof schema> {}
export const LocalSubjectAccessReview = defineKind<LocalSubjectAccessReview>({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "LocalSubjectAccessReview",
  plural: "localsubjectaccessreviews",
  scope: "Namespaced",
  verbs: ["create"],
  schema,
  rules: { validate: validateLocal },
});
