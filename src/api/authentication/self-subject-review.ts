// SelfSubjectReview: asks the server who one is. Nothing is stored.
import { defineKind } from "#api/kind.ts";
import { SelfSubjectReview as schema } from "#api/authentication/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface SelfSubjectReview extends Infer<typeof schema> {}
export const SelfSubjectReview = defineKind<SelfSubjectReview>({
  group: "authentication.k8s.io",
  version: "v1",
  kind: "SelfSubjectReview",
  plural: "selfsubjectreviews",
  scope: "Cluster",
  verbs: ["create"],
  schema,
});
