// CSINode: the storage drivers that a node has. The name of the object is that of the node.
import { type FieldError, duplicateValue, invalidValue, requiredValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { validateDriverName } from "#api/core/pod-rules/driver-names.ts";
import { CSINodeDriver, CSINode as schema } from "#api/storage/csi-schema.ts";
import type { Infer } from "#api/schema.ts";
import { immutableText, nonNegative, qualifiedName, sameValue } from "#api/meta/checks.ts";
import { ageColumn, integerColumn, nameColumn } from "#api/meta/columns.ts";
import { goStruct } from "#api/meta/go-struct.ts";

const maxNodeIdLength = 256;

export interface CSINode extends Infer<typeof schema> {}
export const CSINode = defineKind<CSINode>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "CSINode",
  plural: "csinodes",
  returnsDeleted: true,
  scope: "Cluster",
  schema,
  columns: [
    nameColumn,
    integerColumn("Drivers", "How many drivers the node has.", ({ spec }) => spec.drivers.length),
    ageColumn,
  ],
  rules: { validate, validateUpdate },
  unconditionalUpdate: false,
});

function validate({ spec }: CSINode): FieldError[] {
  const found: FieldError[] = [];
  const names = new Set<string>();
  for (const [i, driver] of spec.drivers.entries()) {
    const field = `spec.drivers[${i}]`;
    validateDriver(found, field, driver);
    if (names.has(driver.name)) found.push(duplicateValue(`${field}.name`, driver.name));
    names.add(driver.name);
    validateKeys(found, field, driver.topologyKeys ?? []);
  }
  return found;
}
function validateDriver(found: FieldError[], field: string, { name, nodeID = "", allocatable }: CSINodeDriver): void {
  validateDriverName(found, `${field}.name`, name);
  if (!nodeID) found.push(requiredValue(`${field}.nodeID`));
  if (nodeID.length > maxNodeIdLength)
    found.push(invalidValue(`${field}.nodeID`, nodeID, `must be ${maxNodeIdLength} characters or less`));
  nonNegative(found, `${field}.allocatable.count`, allocatable?.count);
}
function validateKeys(found: FieldError[], field: string, keys: readonly string[]): void {
  for (const [i, key] of keys.entries()) {
    if (!key) found.push(requiredValue(field));
    if (keys.indexOf(key) < i) found.push(duplicateValue(field, key));
    qualifiedName(found, field, key);
  }
}
/** A driver that is there stays as it is, but for how many volumes it can handle. */
function validateUpdate({ spec }: CSINode, old: CSINode): FieldError[] {
  const fixed = ({ allocatable: _allocatable, ...driver }: CSINodeDriver): CSINodeDriver => driver;
  return old.spec.drivers.flatMap((before) =>
    spec.drivers
      .filter((driver) => driver.name === before.name && !sameValue(fixed(driver), fixed(before)))
      .map((driver) => invalidValue("spec.drivers", goStruct(CSINodeDriver, fixed(driver)), immutableText)),
  );
}
