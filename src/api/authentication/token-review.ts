// TokenReview: asks the server whose token this is. Nothing is stored.
import { defineKind } from "#api/kind.ts";
import { TokenReview as schema } from "#api/authentication/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface TokenReview extends Infer<typeof schema> {}
export const TokenReview = defineKind<TokenReview>({
  group: "authentication.k8s.io",
  version: "v1",
  kind: "TokenReview",
  plural: "tokenreviews",
  scope: "Cluster",
  verbs: ["create"],
  schema,
});
