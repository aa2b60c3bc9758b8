// Lease: who holds a role, and until when they need not be asked. The heartbeat of nodes and the vote of leaders.
import { type FieldError, forbiddenValue, invalidValue, notSupported } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { Lease as schema } from "#api/coordination/schema.ts";
import { qualifiedName } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";

export interface Lease extends Infer<typeof schema> {}
export const Lease = defineKind<Lease>({
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  scope: "Namespaced",
  schema,
  columns: [
    nameColumn,
    textColumn("Holder", "Who holds the lease.", ({ spec }) => spec.holderIdentity ?? ""),
    ageColumn,
  ],
  rules: { validate },
  createOnUpdate: true,
  unconditionalUpdate: false,
});

function validate({ spec }: Lease): FieldError[] {
  const found: FieldError[] = [];
  const { leaseDurationSeconds: duration, leaseTransitions: transitions, strategy, preferredHolder } = spec;
  if (duration !== undefined && duration <= 0)
    found.push(invalidValue("spec.leaseDurationSeconds", duration, "must be greater than 0"));
  if (transitions !== undefined && transitions < 0)
    found.push(invalidValue("spec.leaseTransitions", transitions, "must be greater than or equal to 0"));
  if (strategy !== undefined) {
    if (strategy.includes("/")) qualifiedName(found, "spec.strategy", strategy);
    else if (strategy !== "OldestEmulationVersion")
      found.push(notSupported("spec.strategy", strategy, ["OldestEmulationVersion"]));
  }
  if (preferredHolder && !strategy)
    found.push(forbiddenValue("spec.preferredHolder", "may only be specified if `strategy` is defined"));
  return found;
}
