// Service: one stable name and address for the pods that a selector picks. Its addresses and node ports are given by
// the server, between these rules' prepare step and their validation.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { validateServiceUpdate } from "#api/core/rules/service-address-validation.ts";
import { serviceColumns, serviceWarnings } from "#api/core/rules/service-columns.ts";
import {
  applyServiceDefaults,
  prepareServiceForCreate,
  prepareServiceForUpdate,
} from "#api/core/rules/service-prepare.ts";
import { validateService, validateServiceStatus } from "#api/core/rules/service-validation.ts";
import { Service as schema } from "#api/core/schema/service.ts";
import type { Infer } from "#api/schema.ts";

export interface Service extends Infer<typeof schema> {}
export const Service = defineKind<Service>({
  group: "",
  version: "v1",
  kind: "Service",
  plural: "services",
  returnsDeleted: true,
  scope: "Namespaced",
  shortNames: ["svc"],
  categories: ["all"],
  schema,
  subresources: [
    {
      name: "proxy",
      verbs: ["create", "delete", "get", "patch", "update"],
      body: { group: "", version: "v1", kind: "ServiceProxyOptions" },
    },
    statusSubresource,
  ],
  columns: serviceColumns,
  selectableFields: {
    "spec.clusterIP": ({ spec }) => spec.clusterIP ?? "",
    "spec.type": ({ spec }) => spec.type ?? "",
  },
  rules: {
    applyDefaults: applyServiceDefaults,
    prepareForCreate: prepareServiceForCreate,
    prepareForUpdate: prepareServiceForUpdate,
    validate: validateService,
    validateUpdate: validateServiceUpdate,
    validateStatusUpdate: validateServiceStatus,
    warnings: serviceWarnings,
  },
  nameRule: "dnsLabel", // Upstream: since 1.36 a digit may come first.
  createOnUpdate: true,
  hasGeneration: false,
});
