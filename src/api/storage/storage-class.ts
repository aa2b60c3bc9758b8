// StorageClass: a kind of storage on offer, with the driver that makes volumes of it.
import { type FieldError, duplicateValue, requiredValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import type { TopologySelectorTerm } from "#api/core/schema/node-selector.ts";
import { deprecatedNodeLabel } from "#api/core/pod-rules/warnings.ts";
import { StorageClass as schema } from "#api/storage/class-schema.ts";
import type { Infer } from "#api/schema.ts";
import { immutable, qualifiedName, supported } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { validateDriver, validateParameters } from "./class-validation.ts";

export interface StorageClass extends Infer<typeof schema> {}
export const StorageClass = defineKind<StorageClass>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "StorageClass",
  plural: "storageclasses",
  returnsDeleted: true,
  scope: "Cluster",
  shortNames: ["sc"],
  schema,
  columns: [
    {
      ...nameColumn,
      value: (object) => `${object.metadata.name ?? ""}${isDefaultClass(object) ? " (default)" : ""}`,
    },
    textColumn("Provisioner", "Driver that makes the volumes.", ({ provisioner }) => provisioner),
    textColumn("ReclaimPolicy", "What becomes of volumes.", ({ reclaimPolicy }) => reclaimPolicy ?? "Delete"),
    textColumn(
      "VolumeBindingMode",
      "When volumes are made.",
      ({ volumeBindingMode }) => volumeBindingMode ?? "Immediate",
    ),
    textColumn(
      "AllowVolumeExpansion",
      "Whether claims may grow.",
      ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false,
    ),
    ageColumn,
  ],
  rules: {
    validate,
    validateUpdate(object, old) {
      const found: FieldError[] = [];
      for (const field of ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"] as const)
        immutable(found, field, object[field], old[field]);
      return found;
    },
    warnings: ({ allowedTopologies = [] }) =>
      allowedTopologies.flatMap(({ matchLabelExpressions = [] }, i) =>
        matchLabelExpressions.flatMap(({ key }, j) =>
          deprecatedNodeLabel(key)
            ? [`allowedTopologies[${i}].matchLabelExpressions[${j}].key: ${deprecatedNodeLabel(key)}`]
            : [],
        ),
      ),
  },
});

const defaultAnnotations = [
  "storageclass.kubernetes.io/is-default-class",
  "storageclass.beta.kubernetes.io/is-default-class",
];
/** Given to claims that name no class. */
export const isDefaultClass = ({ metadata }: StorageClass): boolean =>
  defaultAnnotations.some((name) => metadata.annotations?.[name] === "true");

function validate(object: StorageClass): FieldError[] {
  const found: FieldError[] = [];
  const { provisioner, parameters, reclaimPolicy, volumeBindingMode, allowedTopologies = [] } = object;
  validateDriver(found, "provisioner", provisioner);
  validateParameters(found, "parameters", parameters);
  if (reclaimPolicy) supported(found, "reclaimPolicy", reclaimPolicy, ["Delete", "Retain"]);
  if (volumeBindingMode === undefined) found.push(requiredValue("volumeBindingMode"));
  else supported(found, "volumeBindingMode", volumeBindingMode, ["Immediate", "WaitForFirstConsumer"]);
  // A term without tests picks everything, and counts as one too many even alone.
  const seen = new Set([JSON.stringify([])]);
  for (const [i, term] of allowedTopologies.entries()) {
    const field = `allowedTopologies[${i}].matchLabelExpressions`;
    const tests = validateTerm(found, field, term);
    if (seen.has(tests)) found.push(duplicateValue(field, ""));
    seen.add(tests);
  }
  return found;
}
/** Returns the tests in a form that is the same for the same tests. */
function validateTerm(
  found: FieldError[],
  field: string,
  { matchLabelExpressions = [] }: TopologySelectorTerm,
): string {
  const tests = new Map<string, readonly string[]>();
  for (const [i, { key, values = [] }] of matchLabelExpressions.entries()) {
    const at = `${field}[${i}]`;
    if (values.length === 0) found.push(requiredValue(`${at}.values`));
    for (const [j, value] of values.entries())
      if (values.indexOf(value) < j) found.push(duplicateValue(`${at}.values[${j}]`, value));
    qualifiedName(found, `${at}.key`, key ?? "");
    if (tests.has(key)) found.push(duplicateValue(`${at}.key`, key));
    tests.set(key, [...new Set(values)].toSorted());
  }
  return JSON.stringify([...tests].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
