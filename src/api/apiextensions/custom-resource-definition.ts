// CustomResourceDefinition: adds a kind to the API. Its status says under which names and whether it is served; deleting
// it deletes the objects of its kind first, for which a finalizer is put on it.
import { defineKind, statusSubresource } from "#api/kind.ts";
import {
  type CustomResourceDefinitionSpec,
  CustomResourceDefinition as schema,
} from "#api/apiextensions/definition-schema.ts";
import { plainColumns } from "#api/meta/columns.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { isKnownFormat } from "#api/structural/formats.ts";
import { type JsonSchema, schemasWithin } from "#api/structural/json-schema.ts";
import { formatTime } from "#api/time.ts";
import { cleanupFinalizer, schemaOf, storageVersion, withCondition } from "./definition.ts";
import { validateDefinition, validateDefinitionStatus, validateDefinitionUpdate } from "./validate-definition.ts";

export interface CustomResourceDefinition extends Infer<typeof schema> {}
export const CustomResourceDefinition = defineKind<CustomResourceDefinition>({
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  scope: "Cluster",
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  schema,
  hashedVersion: "v1beta1",
  subresources: [statusSubresource],
  unconditionalUpdate: false,
  columns: plainColumns,
  rules: {
    applyDefaults,
    prepareForCreate: (draft) => addStorageVersion(draft),
    prepareForUpdate: (draft) => addStorageVersion(draft),
    prepareForDelete,
    validateCreate: validateDefinition,
    validateUpdate: validateDefinitionUpdate,
    validateStatusUpdate: validateDefinitionStatus,
    warnings,
  },
});

function applyDefaults(draft: Draft<CustomResourceDefinition>): void {
  const { names, versions } = draft.spec ?? {};
  if (names?.kind) {
    names.singular ||= names.kind.toLowerCase();
    names.listKind ||= `${names.kind}List`;
  }
  const stored = versions?.find((version) => version?.storage)?.name;
  const status = (draft.status ??= {});
  if (stored && !status.storedVersions?.length) status.storedVersions = [stored];
}

/** What is written from now on may be stored in this version. The status may be shared, so that it is not edited. */
function addStorageVersion(draft: Draft<CustomResourceDefinition>): void {
  const name = storageVersion(draft.spec as CustomResourceDefinitionSpec)?.name;
  const stored = draft.status?.storedVersions ?? [];
  if (name && !stored.includes(name)) draft.status = { ...draft.status, storedVersions: [...stored, name] };
}

function prepareForDelete(crd: CustomResourceDefinition, now: number): CustomResourceDefinition {
  const finalizers = crd.metadata.finalizers ?? [];
  const conditions = withCondition(
    crd.status.conditions,
    {
      type: "Terminating",
      status: "True",
      reason: "InstanceDeletionPending",
      message: "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    },
    formatTime(now),
  );
  return {
    ...crd,
    metadata: { ...crd.metadata, finalizers: [...new Set([...finalizers, cleanupFinalizer])] },
    status: { ...crd.status, conditions },
  };
}

/** What will not do what it looks like; on an update only what is new. */
function warnings(crd: CustomResourceDefinition, old?: CustomResourceDefinition): string[] {
  const known = new Set(old ? doubtsOf(old) : []);
  return doubtsOf(crd).filter((doubt) => !known.has(doubt));
}
function doubtsOf({ spec }: CustomResourceDefinition): string[] {
  const formats: string[] = [];
  for (const version of spec.versions)
    for (const part of schemasWithin(schemaOf(version) ?? ({} as JsonSchema))) {
      const { format, type = "" } = part;
      if (format && !isKnownFormat(format, type)) formats.push(`unrecognized format ${JSON.stringify(format)}`);
    }
  return [...new Set(formats)];
}
