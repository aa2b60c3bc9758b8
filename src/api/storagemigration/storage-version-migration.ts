// StorageVersionMigration: has all stored objects of a resource written again.
import { type FieldError, invalidValue, requiredValue } from "#api/field-error.ts";
import { defineKind, statusSubresource } from "#api/kind.ts";
import { isDns1035Label, isDnsSubdomain } from "#api/names.ts";
import type { Infer } from "#api/schema.ts";
import { immutable, immutableText, sameValue } from "#api/meta/checks.ts";
import { textColumn } from "#api/meta/columns.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { validateConditions } from "#api/meta/label-selector-validation.ts";
import { keepMetadata } from "#api/meta/status-metadata.ts";
import { StorageVersionMigrationSpec, StorageVersionMigration as schema } from "./schema.ts";

export interface StorageVersionMigration extends Infer<typeof schema> {}
const states = ["Running", "Succeeded", "Failed"];
const hasState = ({ status }: StorageVersionMigration, state: string): boolean =>
  status.conditions?.some((c) => c.type === state && c.status === "True") ?? false;

export const StorageVersionMigration = defineKind<StorageVersionMigration>({
  group: "storagemigration.k8s.io",
  version: "v1beta1",
  kind: "StorageVersionMigration",
  plural: "storageversionmigrations",
  scope: "Cluster",
  schema,
  subresources: [statusSubresource],
  columns: [
    textColumn("Name", "Name of the object.", ({ metadata }) => metadata.name ?? ""),
    textColumn("Resource", "What is written anew.", ({ spec: { resource } }) =>
      resource.group ? `${resource.resource}.${resource.group}` : resource.resource,
    ),
    textColumn(
      "Status",
      "How far it has come.",
      (migration) => states.findLast((state) => hasState(migration, state)) ?? "Unknown",
    ),
  ],
  rules: {
    prepareForStatusUpdate: keepMetadata,
    validate({ spec: { resource } }) {
      const found: FieldError[] = [];
      const problems = (field: string, value: string, messages: readonly string[]): void => {
        if (messages.length > 0) found.push(invalidValue(field, value, messages.join(",")));
      };
      const { group = "", resource: name = "" } = resource ?? {};
      if (name) problems("spec.resource.resource", name, isDns1035Label(name));
      else found.push(requiredValue("spec.resource.resource", "resource is required to be set"));
      if (group) problems("spec.resource.group", group, isDnsSubdomain(group));
      return found;
    },
    validateUpdate({ spec }, old) {
      const shown = goStruct(StorageVersionMigrationSpec, spec);
      return sameValue(spec, old.spec) ? [] : [invalidValue("spec", shown, immutableText)];
    },
    validateStatusUpdate,
  },
  unconditionalUpdate: false,
  hasGeneration: false,
});

const revision = /^[1-9]\d*$/;
function validateStatusUpdate(migration: StorageVersionMigration, old: StorageVersionMigration): FieldError[] {
  const found: FieldError[] = [];
  const { conditions, resourceVersion = "" } = migration.status;
  const at = "status.resourceVersion";
  if (resourceVersion && !revision.test(resourceVersion))
    found.push(invalidValue(at, resourceVersion, `resource version is not well formed: ${resourceVersion}`));
  validateConditions(found, "status.conditions", conditions);
  if (old.status.resourceVersion) immutable(found, at, resourceVersion, old.status.resourceVersion);
  const refuse = (text: string): void => void found.push(invalidValue("status.conditions", conditions ?? null, text));
  if (hasState(migration, "Succeeded") && hasState(migration, "Failed"))
    refuse("Both success and failed conditions cannot be true at the same time");
  if (hasState(old, "Succeeded") && !hasState(migration, "Succeeded"))
    refuse("Success condition cannot be set to false once it is true");
  if (hasState(old, "Failed") && !hasState(migration, "Failed"))
    refuse("Failed condition cannot be set to false once it is true");
  return found;
}
