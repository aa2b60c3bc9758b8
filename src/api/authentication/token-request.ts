// The TokenRequest kind: the body of serviceaccounts/token.
import { defineKind } from "#api/kind.ts";
import { TokenRequest as schema } from "#api/authentication/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface TokenRequest extends Infer<typeof schema> {}
export const TokenRequest = defineKind<TokenRequest>({
  group: "authentication.k8s.io",
  version: "v1",
  kind: "TokenRequest",
  plural: "tokenrequests",
  scope: "Namespaced",
  verbs: [],
  schema,
});
