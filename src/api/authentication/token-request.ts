// TokenRequest: asks for a token of a ServiceAccount; the body of serviceaccounts/token.
import { defineKind } from "#api/kind.ts";
import { type FieldError, invalidValue } from "#api/field-error.ts";
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
  rules: {
    validate({ spec: { expirationSeconds: seconds = 0 } }) {
      const found: FieldError[] = [];
      const field = "spec.expirationSeconds";
      if (seconds < 600) found.push(invalidValue(field, seconds, "may not specify a duration less than 10 minutes"));
      if (seconds > 2 ** 32)
        found.push(invalidValue(field, seconds, "may not specify a duration larger than 2^32 seconds"));
      return found;
    },
  },
});
