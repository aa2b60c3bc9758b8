// The PodDisruptionBudget kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { PodDisruptionBudget as schema } from "#api/policy/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface PodDisruptionBudget extends Infer<typeof schema> {}
export const PodDisruptionBudget = defineKind<PodDisruptionBudget>({
  group: "policy",
  version: "v1",
  kind: "PodDisruptionBudget",
  plural: "poddisruptionbudgets",
  scope: "Namespaced",
  shortNames: ["pdb"],
  schema,
  subresources: [statusSubresource],
});
