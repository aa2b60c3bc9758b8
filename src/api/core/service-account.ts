// ServiceAccount: an identity for programs in pods.
import { defineKind } from "#api/kind.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { ServiceAccount as schema } from "#api/core/schema/service.ts";
import { ageColumn, nameColumn } from "#api/meta/columns.ts";

const enforceMountable = "kubernetes.io/enforce-mountable-secrets";

export interface ServiceAccount extends Infer<typeof schema> {}
export const ServiceAccount = defineKind<ServiceAccount>({
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  returnsDeleted: true,
  scope: "Namespaced",
  shortNames: ["sa"],
  schema,
  subresources: [
    { name: "token", verbs: ["create"], body: { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest" } },
  ],
  columns: [nameColumn, ageColumn],
  rules: {
    prepareForCreate: keepSecretNames,
    prepareForUpdate: keepSecretNames,
    warnings(object, old) {
      const marked = (account?: ServiceAccount): boolean =>
        account?.metadata.annotations?.[enforceMountable] !== undefined;
      if (!marked(object) || marked(old)) return [];
      return [
        `metadata.annotations[${enforceMountable}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
      ];
    },
  },
});

/** Secrets are of the account's own namespace: their name says it all. */
function keepSecretNames(draft: Draft<ServiceAccount>): void {
  if (draft.secrets) draft.secrets = draft.secrets.map((secret) => (secret?.name ? { name: secret.name } : {}));
}
