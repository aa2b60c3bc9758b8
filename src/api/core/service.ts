// The Service kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { Service as schema } from "#api/core/schema/service.ts";
import type { Infer } from "#api/schema.ts";

export interface Service extends Infer<typeof schema> {}
export const Service = defineKind<Service>({
  group: "",
  version: "v1",
  kind: "Service",
  plural: "services",
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
  nameRule: "dns1035Label",
  createOnUpdate: true,
  hasGeneration: false,
});
