// The Eviction kind: the body of pods/eviction, a delete that respects disruption budgets.
import { defineKind } from "#api/kind.ts";
import { Eviction as schema } from "#api/policy/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface Eviction extends Infer<typeof schema> {}
export const Eviction = defineKind<Eviction>({
  group: "policy",
  version: "v1",
  kind: "Eviction",
  plural: "evictions",
  scope: "Namespaced",
  verbs: [],
  schema,
});
