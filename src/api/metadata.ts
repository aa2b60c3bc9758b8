// Rules on metadata that all kinds share: names, labels, annotations, owners, finalizers, and what an update may not
// change. The texts are upstream's.
import { type FieldError, forbiddenValue, invalidValue, requiredValue, tooLong } from "./field-error.ts";
import { deepEqual } from "./json.ts";
import type { NameRule } from "./kind.ts";
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from "./meta/schema.ts";
import { byteLength, isDnsLabel, isLabelValue, isName, isQualifiedName } from "./names.ts";

/** Total of all keys and values. */
export const maxAnnotationBytes = 256 * 1024;
const maxManagerBytes = 128;
const maxSubresourceBytes = 256;
export const orphanFinalizer = "orphan";
export const foregroundFinalizer = "foregroundDeletion";

const invalidEach = (path: string, value: unknown, messages: readonly string[]): FieldError[] =>
  messages.map((message) => invalidValue(path, value, message));

export interface ObjectMetaRules {
  readonly namespaced: boolean;
  readonly nameRule: NameRule;
}
/** On create, when the name has been generated. `path` is "metadata" for an object of its own. */
export function validateObjectMeta(meta: ObjectMeta, rules: ObjectMetaRules, path = "metadata"): FieldError[] {
  const { generateName, name } = meta;
  return [
    ...(generateName
      ? invalidEach(`${path}.generateName`, generateName, isName(rules.nameRule, generateName, true))
      : []),
    ...(name
      ? invalidEach(`${path}.name`, name, isName(rules.nameRule, name))
      : [requiredValue(`${path}.name`, "name or generateName is required")]),
    ...validateNamespace(meta.namespace, rules.namespaced, `${path}.namespace`),
    ...((meta.generation ?? 0) < 0
      ? [invalidValue(`${path}.generation`, meta.generation, "must be greater than or equal to 0")]
      : []),
    ...validateChangeable(meta, path),
    ...validateFinalizers(meta.finalizers ?? [], `${path}.finalizers`),
    ...validateManagedFields(meta.managedFields ?? [], `${path}.managedFields`),
  ];
}
function validateNamespace(namespace: string | undefined, namespaced: boolean, path: string): FieldError[] {
  if (!namespaced) return namespace ? [forbiddenValue(path, "not allowed on this type")] : [];
  return namespace ? invalidEach(path, namespace, isDnsLabel(namespace)) : [requiredValue(path)];
}
const validateChangeable = (meta: ObjectMeta, path: string): FieldError[] => [
  ...validateLabels(meta.labels, `${path}.labels`),
  ...validateAnnotations(meta.annotations, `${path}.annotations`),
  ...validateOwnerReferences(meta.ownerReferences ?? [], `${path}.ownerReferences`),
];

/** On update; the resourceVersion must have been filled in where the kind lets clients leave it out. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, path = "metadata"): FieldError[] {
  const immutable = [
    "name",
    "namespace",
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
  ] as const;
  return [
    ...(old.deletionTimestamp
      ? noNewFinalizers(meta.finalizers ?? [], old.finalizers ?? [], `${path}.finalizers`)
      : []),
    ...(meta.resourceVersion ? [] : [invalidValue(`${path}.resourceVersion`, "", "must be specified for an update")]),
    ...((meta.generation ?? 0) < (old.generation ?? 0)
      ? [invalidValue(`${path}.generation`, meta.generation ?? 0, "must not be decremented")]
      : []),
    ...immutable.flatMap((field) => validateImmutable(meta[field], old[field], `${path}.${field}`)),
    ...validateChangeable(meta, path),
    ...validateManagedFields(meta.managedFields ?? [], `${path}.managedFields`),
  ];
}
/** The value may not differ from the old one. */
export const validateImmutable = (value: unknown, old: unknown, path: string): FieldError[] =>
  deepEqual(value, old) || (value ?? "") === (old ?? "")
    ? []
    : [invalidValue(path, value ?? (typeof old === "string" && !isTime(path) ? "" : null), "field is immutable")];
const isTime = (path: string): boolean => path.endsWith("Timestamp");

function noNewFinalizers(finalizers: readonly string[], old: readonly string[], path: string): FieldError[] {
  const added = [...new Set(finalizers)].filter((f) => !old.includes(f)).toSorted();
  if (added.length === 0) return [];
  const list = `[]string{${added.map((f) => JSON.stringify(f)).join(", ")}}`;
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
  return [forbiddenValue(path, why)];
}

export function validateLabels(labels: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  const found: FieldError[] = [];
  for (const key in labels) {
    found.push(...invalidEach(path, key, isQualifiedName(key)));
    found.push(...invalidEach(path, labels[key], isLabelValue(labels[key]!)));
  }
  return found;
}
/** Keys are label keys, but upper case is allowed in the prefix. */
export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  path: string,
): FieldError[] {
  const found: FieldError[] = [];
  let bytes = 0;
  for (const key in annotations) {
    found.push(...invalidEach(path, key, isQualifiedName(key.toLowerCase())));
    bytes += byteLength(key) + byteLength(annotations[key]!);
  }
  if (bytes > maxAnnotationBytes) found.push(tooLong(path, maxAnnotationBytes));
  return found;
}

export function validateOwnerReferences(owners: readonly OwnerReference[], path: string): FieldError[] {
  const found: FieldError[] = [];
  let controller = "";
  for (const owner of owners) {
    found.push(...validateOwner(owner, path));
    if (!owner.controller) continue;
    const current = `${owner.kind}/${owner.name}`;
    const why = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${current}`;
    if (controller) found.push(invalidValue(path, owners, why));
    else controller = current;
  }
  return found;
}
function validateOwner(owner: OwnerReference, path: string): FieldError[] {
  const found: FieldError[] = [];
  const parts = owner.apiVersion.split("/");
  const version = parts.length > 2 ? "" : parts.at(-1)!;
  if (!version) found.push(invalidValue(`${path}.apiVersion`, owner.apiVersion, "version must not be empty"));
  for (const field of ["kind", "name", "uid"] as const) {
    if (!owner[field]) found.push(invalidValue(`${path}.${field}`, owner[field], "must not be empty"));
  }
  if (owner.apiVersion === "v1" && owner.kind === "Event") {
    found.push(invalidValue(path, owner, "/v1, Kind=Event is disallowed from being an owner"));
  }
  return found;
}

export function validateFinalizers(finalizers: readonly string[], path: string): FieldError[] {
  const found = finalizers.flatMap((name) => invalidEach(path, name, isQualifiedName(name)));
  if (finalizers.includes(orphanFinalizer) && finalizers.includes(foregroundFinalizer)) {
    const why = `finalizer ${orphanFinalizer} and ${foregroundFinalizer} cannot be both set`;
    found.push(invalidValue(path, finalizers, why));
  }
  return found;
}

/** The name of a field manager, from a query or an entry: short and printable. */
export function validateFieldManager(manager: string, path: string): FieldError[] {
  const found: FieldError[] = [];
  if (byteLength(manager) > maxManagerBytes) found.push(tooLong(path, maxManagerBytes));
  let at = 0;
  for (const char of manager) {
    if (!/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(char)) {
      const code = char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
      found.push(invalidValue(path, manager, `invalid character U+${code} (at position ${at})`));
    }
    at += byteLength(char);
  }
  return found;
}
function validateManagedFields(entries: readonly ManagedFieldsEntry[], path: string): FieldError[] {
  return entries.flatMap((entry, i) => {
    const at = `${path}[${i}]`;
    const { operation = "", fieldsType = "", manager = "", subresource = "" } = entry;
    return [
      ...(operation === "Apply" || operation === "Update"
        ? []
        : [invalidValue(`${at}.operation`, operation, "must be `Apply` or `Update`")]),
      ...(fieldsType && fieldsType !== "FieldsV1"
        ? [invalidValue(`${at}.fieldsType`, fieldsType, "must be `FieldsV1`")]
        : []),
      ...validateFieldManager(manager, `${at}.manager`),
      ...(byteLength(subresource) > maxSubresourceBytes ? [tooLong(`${at}.subresource`, maxSubresourceBytes)] : []),
    ];
  });
}
