// DeviceClass: a kind of device, with conditions and settings that claims for it share.
import { type FieldError, invalidValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { isExtendedResource } from "#api/core/pod-rules/resource-names.ts";
import { DeviceClass as schema } from "#api/resource/device-schema.ts";
import type { Infer } from "#api/schema.ts";
import { ageColumn, nameColumn } from "#api/meta/columns.ts";
import { maxPerClaim, validateConfiguration, validateSelectors } from "./claim-validation.ts";
import { validateItems } from "./lists.ts";

export interface DeviceClass extends Infer<typeof schema> {}
export const DeviceClass = defineKind<DeviceClass>({
  group: "resource.k8s.io",
  version: "v1",
  kind: "DeviceClass",
  plural: "deviceclasses",
  returnsDeleted: true,
  scope: "Cluster",
  schema,
  columns: [nameColumn, ageColumn],
  rules: {
    validate({ spec }) {
      const found: FieldError[] = [];
      validateSelectors(found, "spec.selectors", spec.selectors ?? []);
      validateItems(found, "spec.config", spec.config ?? [], maxPerClaim, validateConfiguration);
      const { extendedResourceName: name } = spec;
      if (name !== undefined && !isExtendedResource(name))
        found.push(invalidValue("spec.extendedResourceName", name, "must be a valid extended resource name"));
      return found;
    },
  },
  hasGeneration: true,
});
