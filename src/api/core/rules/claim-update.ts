// What of a claim may change: once it is bound, its size and the class of its adjustable properties. A volume may be
// written into it, and a class where it had none.
import { type FieldError, forbiddenValue, notSupported, requiredValue } from "#api/field-error.ts";
import { compareQuantity } from "#api/quantity.ts";
import { isNativeResource } from "#api/core/pod-rules/resource-names.ts";
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from "#api/core/schema/persistent-volume.ts";
import { immutable, qualifiedName, sameValue } from "#api/meta/checks.ts";
import { valueDiff } from "#api/meta/value-diff.ts";
import { basicAmount, validateClaimSpec } from "./claim-validation.ts";
import { betaClassAnnotation } from "./storage-cells.ts";

export function validateClaim({ spec }: PersistentVolumeClaim): FieldError[] {
  const found: FieldError[] = [];
  validateClaimSpec(found, "spec", spec);
  return found;
}
export function validateClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const found: FieldError[] = [];
  const { spec, status } = claim;
  const [annotation, before] = [claim, old].map((of) => of.metadata.annotations?.[betaClassAnnotation]);
  const takesFromAnnotation =
    before !== undefined &&
    old.spec.storageClassName === undefined &&
    spec.storageClassName === before &&
    (annotation === undefined || annotation === before);
  if (!takesFromAnnotation)
    immutable(found, `metadata.annotations.${betaClassAnnotation}`, annotation ?? "", before ?? "");
  const takesClass =
    old.spec.storageClassName === undefined && (before === undefined || spec.storageClassName === before);
  const fixed = (of: PersistentVolumeClaimSpec): PersistentVolumeClaimSpec => {
    const { storageClassName, volumeAttributesClassName, volumeName, resources, ...rest } = of;
    const bound = status.phase === "Bound";
    const { storage: _storage, ...requests } = resources.requests ?? {};
    return {
      ...rest,
      ...(!takesClass && !takesFromAnnotation && storageClassName !== undefined && { storageClassName }),
      ...(!bound && volumeAttributesClassName !== undefined && { volumeAttributesClassName }),
      ...(old.spec.volumeName && volumeName !== undefined && { volumeName }),
      resources: bound && resources.requests ? { ...resources, requests } : resources,
    };
  };
  const [now, then] = [fixed(spec), fixed(old.spec)];
  if (!sameValue(now, then)) {
    const text =
      "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
    found.push(forbiddenValue("spec", `${text}\n${valueDiff(then, now)}`));
  }
  validateSize(found, "spec.resources.requests.storage", claim, old);
  immutable(found, "volumeMode", spec.volumeMode, old.spec.volumeMode);
  validateAttributesClass(found, "spec.volumeAttributesClassName", spec, old);
  return found;
}
/** A claim that could not grow may ask for less again, though not for less than it has. */
function validateSize(
  found: FieldError[],
  field: string,
  { spec }: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
): void {
  const size = spec.resources.requests?.["storage"] ?? "0";
  const before = old.spec.resources.requests?.["storage"] ?? "0";
  if (compareQuantity(size, before) < 0 && compareQuantity(size, old.status.capacity?.["storage"] ?? "0") <= 0)
    found.push(forbiddenValue(field, "field can not be less than status.capacity"));
}
function validateAttributesClass(
  found: FieldError[],
  field: string,
  { volumeAttributesClassName: name }: PersistentVolumeClaimSpec,
  old: PersistentVolumeClaim,
): void {
  if (name === old.spec.volumeAttributesClassName || old.status.currentVolumeAttributesClassName === undefined) return;
  if (name) return;
  const to = name === undefined ? "nil" : "empty string";
  const text = `update to ${to} is forbidden when status.currentVolumeAttributesClassName is not nil`;
  found.push(forbiddenValue(field, text));
}

const resizeStages = [
  "ControllerResizeInProgress",
  "ControllerResizeInfeasible",
  "NodeResizePending",
  "NodeResizeInProgress",
  "NodeResizeInfeasible",
];
export function validateClaimStatus({ spec, status }: PersistentVolumeClaim): FieldError[] {
  const found: FieldError[] = [];
  if ((spec.accessModes ?? []).length === 0) found.push(requiredValue("Spec.accessModes"));
  amounts(found, "status.capacity", status.capacity);
  const stages = "status.allocatedResourceStatuses";
  for (const [name, stage] of Object.entries(status.allocatedResourceStatuses ?? {})) {
    validateResource(found, stages, name);
    if (!resizeStages.includes(stage)) found.push(notSupported(stages, name, resizeStages.toSorted()));
  }
  const allocated: Record<string, string> = {};
  for (const [name, amount] of Object.entries(status.allocatedResources ?? {}))
    if (validateResource(found, "status.allocatedResources", name)) allocated[name] = amount;
  amounts(found, "status.allocatedResources", allocated);
  return found;
}
function amounts(found: FieldError[], field: string, values: Readonly<Record<string, string>> | undefined): void {
  for (const [name, amount] of Object.entries(values ?? {})) basicAmount(found, `${field}[${name}]`, amount);
}
function validateResource(found: FieldError[], field: string, name: string): boolean {
  const before = found.length;
  qualifiedName(found, field, name);
  if (found.length === before && isNativeResource(name) && name !== "storage")
    found.push(notSupported(field, name, ["storage"]));
  return found.length === before;
}
