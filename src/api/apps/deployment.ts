// The Deployment kind.
import { defineKind, scaleSubresource, statusSubresource } from "#api/kind.ts";
import { Deployment as schema } from "#api/apps/deployment-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface Deployment extends Infer<typeof schema> {}
export const Deployment = defineKind<Deployment>({
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  scope: "Namespaced",
  shortNames: ["deploy"],
  categories: ["all"],
  schema,
  subresources: [scaleSubresource, statusSubresource],
  scale: { specReplicas: ".spec.replicas", statusReplicas: ".status.replicas", labelSelector: ".spec.selector" },
});
