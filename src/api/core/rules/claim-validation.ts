// Rules for what a claim asks for, in PersistentVolumeClaims and in the claim templates of pods and StatefulSets.
import { type FieldError, forbiddenValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { validateAnnotations } from "#api/metadata.ts";
import { isDnsLabel, isDnsSubdomain } from "#api/names.ts";
import { compareQuantity, integerValue } from "#api/quantity.ts";
import { invalidEach, labels, notPositiveText } from "#api/meta/checks.ts";
import { validateLabelSelector } from "#api/meta/label-selector-validation.ts";
import type { ObjectMeta } from "#api/meta/schema.ts";
import type { PersistentVolumeClaimSpec, PersistentVolumeClaimTemplate } from "#api/core/schema/persistent-volume.ts";
import type { TypedLocalObjectReference, TypedObjectReference } from "#api/core/schema/reference.ts";

const accessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
export const volumeModes = ["Block", "Filesystem"];

/** Known modes; the one that admits a single pod stands alone. */
export function validateAccessModes(found: FieldError[], field: string, modes: readonly string[]): void {
  for (const mode of modes) if (!accessModes.includes(mode)) found.push(notSupported(field, mode, accessModes));
  const others = modes.some((mode) => mode !== "ReadWriteOncePod" && accessModes.includes(mode));
  if (modes.includes("ReadWriteOncePod") && others)
    found.push(forbiddenValue(field, "may not use ReadWriteOncePod with other access modes"));
}

/** An amount that is not below zero. */
export function basicAmount(found: FieldError[], field: string, amount: string): void {
  if (compareQuantity(amount, "0") < 0)
    found.push(invalidValue(field, integerValue(amount), "must be a valid resource quantity"));
}
export function validateClaimSpec(found: FieldError[], field: string, spec: PersistentVolumeClaimSpec): void {
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) found.push(requiredValue(`${field}.accessModes`, "at least 1 access mode is required"));
  validateLabelSelector(found, `${field}.selector`, spec.selector);
  validateAccessModes(found, `${field}.accessModes`, modes);
  const size = spec.resources.requests?.["storage"];
  const at = `${field}.resources[storage]`;
  if (size === undefined) found.push(requiredValue(at));
  else if (compareQuantity(size, "0") <= 0) found.push(invalidValue(at, size, notPositiveText));
  className(found, `${field}.storageClassName`, spec.storageClassName);
  if (spec.volumeMode !== undefined && !volumeModes.includes(spec.volumeMode))
    found.push(notSupported(`${field}.volumeMode`, spec.volumeMode, volumeModes));
  if (spec.dataSource) validateSource(found, `${field}.dataSource`, spec.dataSource);
  if (spec.dataSourceRef) validateSource(found, `${field}.dataSourceRef`, spec.dataSourceRef);
  validateSourcePair(found, field, spec);
  className(found, `${field}.volumeAttributesClassName`, spec.volumeAttributesClassName);
}
function className(found: FieldError[], field: string, name: string | undefined): void {
  if (name) invalidEach(found, field, name, isDnsSubdomain(name));
}
function validateSource(
  found: FieldError[],
  field: string,
  source: TypedLocalObjectReference | TypedObjectReference,
): void {
  if (!source.name) found.push(requiredValue(`${field}.name`));
  if (!source.kind) found.push(requiredValue(`${field}.kind`));
  if (source.apiGroup) invalidEach(found, `${field}.apiGroup`, source.apiGroup, isDnsSubdomain(source.apiGroup));
  else if (source.kind !== "PersistentVolumeClaim")
    found.push(
      invalidValue(field, source.kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"),
    );
  if ("namespace" in source && source.namespace)
    invalidEach(found, `${field}.namespace`, source.namespace, isDnsLabel(source.namespace));
}
/** The two say the same, unless the newer one names another namespace. */
function validateSourcePair(found: FieldError[], field: string, spec: PersistentVolumeClaimSpec): void {
  const { dataSource: source, dataSourceRef: ref } = spec;
  if (!source || !ref) return;
  if (ref.namespace)
    found.push(invalidValue(field, {}, "may not be specified when dataSourceRef.namespace is specified"));
  else if (source.apiGroup !== ref.apiGroup || source.kind !== ref.kind || source.name !== ref.name)
    found.push(invalidValue(field, {}, "must match dataSourceRef"));
}

const refusedMeta: readonly (keyof ObjectMeta)[] = [
  "name",
  "generateName",
  "namespace",
  "selfLink",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "ownerReferences",
  "finalizers",
  "managedFields",
];
/** Metadata of a template within an object: labels and annotations only. */
export function validateTemplateMeta(found: FieldError[], field: string, meta: ObjectMeta | undefined): void {
  found.push(...validateAnnotations(meta?.annotations, `${field}.annotations`));
  labels(found, `${field}.labels`, meta?.labels);
  for (const name of refusedMeta)
    if (meta?.[name] !== undefined)
      found.push(forbiddenValue(`${field}.${name === "uid" ? "uID" : name}`, "cannot be set"));
}
/** The claim that is made for each pod. */
export function validateClaimTemplate(
  found: FieldError[],
  field: string,
  template: PersistentVolumeClaimTemplate,
): void {
  validateTemplateMeta(found, `${field}.metadata`, template.metadata);
  validateClaimSpec(found, `${field}.spec`, template.spec);
}
