// The ServiceCIDR kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { ServiceCIDR as schema } from "#api/networking/address-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface ServiceCIDR extends Infer<typeof schema> {}
export const ServiceCIDR = defineKind<ServiceCIDR>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "ServiceCIDR",
  plural: "servicecidrs",
  scope: "Cluster",
  schema,
  subresources: [statusSubresource],
  hasGeneration: false,
});
