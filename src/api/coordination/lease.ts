// The Lease kind.
import { defineKind } from "#api/kind.ts";
import { Lease as schema } from "#api/coordination/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface Lease extends Infer<typeof schema> {}
export const Lease = defineKind<Lease>({
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  scope: "Namespaced",
  schema,
  createOnUpdate: true,
});
