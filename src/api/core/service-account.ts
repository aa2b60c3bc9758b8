// The ServiceAccount kind.
import { defineKind } from "#api/kind.ts";
import { ServiceAccount as schema } from "#api/core/schema/service.ts";
import type { Infer } from "#api/schema.ts";

export interface ServiceAccount extends Infer<typeof schema> {}
export const ServiceAccount = defineKind<ServiceAccount>({
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  scope: "Namespaced",
  shortNames: ["sa"],
  schema,
  subresources: [
    { name: "token", verbs: ["create"], body: { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest" } },
  ],
});
