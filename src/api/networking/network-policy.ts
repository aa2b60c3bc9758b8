// The NetworkPolicy kind.
import { defineKind } from "#api/kind.ts";
import { NetworkPolicy as schema } from "#api/networking/policy-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface NetworkPolicy extends Infer<typeof schema> {}
export const NetworkPolicy = defineKind<NetworkPolicy>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "NetworkPolicy",
  plural: "networkpolicies",
  scope: "Namespaced",
  shortNames: ["netpol"],
  schema,
  hasGeneration: true,
});
