// What must hold for a CustomResourceDefinition. What several versions have in common is judged once, at the top, as
// upstream does after lifting it there; the paths in messages follow.
import { type FieldError, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import type { CustomResourceDefinition } from "#api/apiextensions/custom-resource-definition.ts";
import type {
  CustomResourceDefinitionSpec as Spec,
  CustomResourceDefinitionVersion as Version,
} from "#api/apiextensions/definition-schema.ts";
import { deepEqual } from "#api/json.ts";
import { hasCertificates } from "#api/meta/webhook-client.ts";
import { validateImmutable } from "#api/metadata.ts";
import { isDns1035Label, isDnsSubdomain } from "#api/names.ts";
import { approvalAnnotation, approvalOf, isProtectedGroup, isTrue, schemaOf } from "./definition.ts";
import { validateConversion } from "./validate-conversion.ts";
import { validateGivenNames, validateNames } from "./validate-names.ts";
import {
  validateColumn,
  validateDeprecation,
  validateSchemaOf,
  validateSelectable,
  validateSubresources,
} from "./validate-version.ts";

export function validateDefinition(crd: CustomResourceDefinition): FieldError[] {
  const required = `${crd.spec.names.plural}.${crd.spec.group}`;
  const name = crd.metadata.name ?? "";
  const wrongName = [invalidValue("metadata.name", name, 'must be spec.names.plural+"."+spec.group')];
  return [
    ...(name === "" || name === required ? [] : wrongName),
    ...validateSpec(crd.spec, true),
    ...validateStatus(crd),
    ...validateApproval(crd, undefined),
    ...validatePreserving(crd, undefined),
  ];
}

export function validateDefinitionUpdate(crd: CustomResourceDefinition, old: CustomResourceDefinition): FieldError[] {
  const { spec } = crd;
  const wrong = validateSpec(spec, allowsBadBundle(old));
  const fixed: FieldError[] = [];
  const same = (path: string, value: unknown, before: unknown): void =>
    void fixed.push(...validateImmutable(value, before, path));
  if (isTrue(old, "Established")) {
    same("spec.scope", spec.scope, old.spec.scope);
    same("spec.names.kind", spec.names.kind, old.spec.names.kind);
  }
  same("spec.group", spec.group, old.spec.group);
  same("spec.names.plural", spec.names.plural, old.spec.names.plural);
  return [
    ...(wrong.length > 0 ? ratcheted(wrong, old) : []),
    ...fixed,
    ...validateStatus(crd),
    ...validateApproval(crd, old),
    ...validatePreserving(crd, old),
  ];
}
/** What was wrong in the same words before may stay: older servers let other schemas in. */
function ratcheted(wrong: readonly FieldError[], old: CustomResourceDefinition): FieldError[] {
  const before = new Set(validateSpec(old.spec, true).map((e) => `${e.field}: ${e.message}`));
  return wrong.filter((e) => !before.has(`${e.field}: ${e.message}`));
}
/** Certificates that are no certificates may stay so, or be there until the definition is established. */
function allowsBadBundle(old: CustomResourceDefinition): boolean {
  const bundle = old.spec.conversion?.webhook?.clientConfig?.caBundle;
  return !isTrue(old, "Established") || (bundle !== undefined && bundle !== "" && !hasCertificates(bundle));
}

export const validateDefinitionStatus = (crd: CustomResourceDefinition): FieldError[] =>
  validateGivenNames(crd.status.acceptedNames, "status.acceptedNames");

function validateStatus(crd: CustomResourceDefinition): FieldError[] {
  const path = "status.storedVersions";
  const stored = crd.status.storedVersions ?? [];
  const found = validateDefinitionStatus(crd);
  if (stored.length === 0) return [...found, invalidValue(path, stored, "must have at least one stored version")];
  for (const version of crd.spec.versions)
    if (version.storage && !stored.includes(version.name))
      found.push(invalidValue(path, stored, `must have the storage version ${version.name}`));
  for (const [i, name] of stored.entries()) {
    if (crd.spec.versions.some((version) => version.name === name)) continue;
    const why =
      `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a ` +
      `storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    found.push(invalidValue(`${path}[${i}]`, name, why));
  }
  return found;
}

function validateApproval(crd: CustomResourceDefinition, old: CustomResourceDefinition | undefined): FieldError[] {
  if (!isProtectedGroup(crd.spec.group)) return [];
  const { state, reason } = approvalOf(crd.metadata.annotations);
  if (old && approvalOf(old.metadata.annotations).state === state) return [];
  const field = `metadata.annotations[${approvalAnnotation}]`;
  if (state === "missing") return [requiredValue(field, reason)];
  return state === "invalid" ? [invalidValue(field, crd.metadata.annotations?.[approvalAnnotation], reason)] : [];
}
function validatePreserving(crd: CustomResourceDefinition, old: CustomResourceDefinition | undefined): FieldError[] {
  if (!crd.spec.preserveUnknownFields || old?.spec.preserveUnknownFields) return [];
  const instead = "set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
  return [invalidValue("spec.preserveUnknownFields", true, `cannot set to true, ${instead}`)];
}

/** The value that all versions have; undefined when they differ. */
function shared<K extends keyof Version>(versions: readonly Version[], key: K): { value: Version[K] } | undefined {
  const [first] = versions;
  return first && versions.every((v) => deepEqual(v[key], first[key])) ? { value: first[key] } : undefined;
}

function validateSpec(spec: Spec, badBundle: boolean): FieldError[] {
  const { versions } = spec;
  const found = validateGroupAndScope(spec);
  const schema = shared(versions, "schema");
  for (const [i, version] of versions.entries())
    if (!schemaOf(version)) found.push(requiredValue(`spec.versions[${i}].schema.openAPIV3Schema`));
  const lifted = {
    schema,
    subresources: shared(versions, "subresources"),
    columns: shared(versions, "additionalPrinterColumns"),
    selectable: shared(versions, "selectableFields"),
  };
  for (const [i, version] of versions.entries()) found.push(...validateVersion(version, `spec.versions[${i}]`, lifted));
  const names = versions.map((v) => v.name);
  if (new Set(names).size < names.length)
    found.push(invalidValue("spec.versions", versions, "must contain unique version names"));
  if (versions.filter((v) => v.storage).length !== 1)
    found.push(invalidValue("spec.versions", versions, "must have exactly one version marked as storage version"));
  found.push(...validateNames(spec.names, "spec.names"));
  const [first] = versions;
  if (first) found.push(...validateShared(first, versions, lifted));
  return [...found, ...validateConversion(spec.conversion, badBundle)];
}

function validateGroupAndScope({ group, scope }: Spec): FieldError[] {
  const found: FieldError[] = [];
  const wrong = isDnsSubdomain(group);
  if (group === "") found.push(requiredValue("spec.group"));
  else if (wrong.length > 0) found.push(invalidValue("spec.group", group, wrong.join(",")));
  else if (!group.includes("."))
    found.push(invalidValue("spec.group", group, "should be a domain with at least one dot"));
  const scopes = ["Cluster", "Namespaced"];
  if (!scope) found.push(requiredValue("spec.scope"));
  else if (!scopes.includes(scope)) found.push(notSupported("spec.scope", scope, scopes));
  return found;
}

interface Lifted {
  readonly schema: unknown;
  readonly subresources: unknown;
  readonly columns: unknown;
  readonly selectable: unknown;
}
function validateVersion(version: Version, path: string, lifted: Lifted): FieldError[] {
  const found: FieldError[] = [];
  const wrong = isDns1035Label(version.name);
  if (wrong.length > 0) found.push(invalidValue(`${path}.name`, version.name, wrong.join(",")));
  found.push(
    ...validateDeprecation(version.deprecated ?? false, version.deprecationWarning, `${path}.deprecationWarning`),
  );
  const schema = schemaOf(version);
  if (!lifted.schema)
    found.push(...validateSchemaOf(schema, version.subresources?.status !== undefined, `${path}.schema`));
  if (!lifted.subresources) found.push(...validateSubresources(version.subresources, `${path}.subresources`));
  if (!lifted.columns)
    for (const [i, column] of (version.additionalPrinterColumns ?? []).entries())
      found.push(...validateColumn(column, `${path}.additionalPrinterColumns[${i}]`));
  if (!lifted.selectable)
    found.push(...validateSelectable(version.selectableFields ?? [], schema, `${path}.selectableFields`));
  return found;
}
function validateShared(first: Version, versions: readonly Version[], lifted: Lifted): FieldError[] {
  const found: FieldError[] = [];
  const hasStatus = versions.some((v) => v.subresources?.status !== undefined);
  if (lifted.schema) found.push(...validateSchemaOf(schemaOf(first), hasStatus, "spec.validation"));
  if (lifted.subresources) found.push(...validateSubresources(first.subresources, "spec.subresources"));
  if (lifted.columns)
    for (const [i, column] of (first.additionalPrinterColumns ?? []).entries())
      found.push(...validateColumn(column, `spec.additionalPrinterColumns[${i}]`));
  if (lifted.selectable)
    found.push(...validateSelectable(first.selectableFields ?? [], schemaOf(first), "spec.selectableFields"));
  return found;
}
