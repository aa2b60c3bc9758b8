// The CustomResourceDefinition kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { CustomResourceDefinition as schema } from "#api/apiextensions/definition-schema.ts";
import type { Infer } from "#api/schema.ts";

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
  subresources: [statusSubresource],
});
