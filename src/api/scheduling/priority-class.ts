// PriorityClass: a name for how important a pod is. Who is in the way of a more important pod may be evicted.
import { member } from "#api/json.ts";
import { type FieldError, forbiddenValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { immutable, requiredOneOf } from "#api/meta/checks.ts";
import { ageColumn, booleanColumn, integerColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { PriorityClass as schema } from "#api/scheduling/schema.ts";

const highestUserPriority = 1_000_000_000;
export const systemPriorities: Readonly<Record<string, number>> = {
  "system-cluster-critical": 2_000_000_000,
  "system-node-critical": 2_000_001_000,
};

export interface PriorityClass extends Infer<typeof schema> {}
export const PriorityClass = defineKind<PriorityClass>({
  group: "scheduling.k8s.io",
  version: "v1",
  kind: "PriorityClass",
  plural: "priorityclasses",
  scope: "Cluster",
  shortNames: ["pc"],
  schema,
  columns: [
    nameColumn,
    integerColumn("Value", "The priority; the greater is the more important.", ({ value }) => value ?? 0),
    booleanColumn(
      "Global-Default",
      "Whether pods without a class get this one.",
      ({ globalDefault }) => globalDefault ?? false,
    ),
    ageColumn,
    textColumn(
      "PreemptionPolicy",
      "Whether its pods may have others evicted.",
      ({ preemptionPolicy }) => preemptionPolicy ?? "",
    ),
  ],
  rules: { validate, validateUpdate, changesGeneration: () => false },
  hasGeneration: true,
});

function validate({
  metadata: { name = "" },
  value = 0,
  globalDefault,
  preemptionPolicy,
}: PriorityClass): FieldError[] {
  const found: FieldError[] = [];
  if (name.startsWith("system-")) {
    const why = systemProblem(name, value, globalDefault ?? false);
    if (why)
      found.push(
        forbiddenValue(
          "metadata.name",
          `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`,
        ),
      );
  } else if (value > highestUserPriority)
    found.push(forbiddenValue("value", `maximum allowed value of a user defined priority is ${highestUserPriority}`));
  if (preemptionPolicy !== undefined)
    requiredOneOf(found, "preemptionPolicy", preemptionPolicy, ["PreemptLowerPriority", "Never"]);
  return found;
}
function systemProblem(name: string, value: number, globalDefault: boolean): string | undefined {
  const known = member(systemPriorities, name);
  if (known === undefined) return `${name} is not a known system priority class`;
  if (value !== known) return `value of ${name} PriorityClass must be ${known}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}
function validateUpdate(object: PriorityClass, old: PriorityClass): FieldError[] {
  const found: FieldError[] = [];
  if ((object.value ?? 0) !== (old.value ?? 0)) found.push(forbiddenValue("value", "may not be changed in an update."));
  immutable(found, "preemptionPolicy", object.preemptionPolicy, old.preemptionPolicy);
  return found;
}
