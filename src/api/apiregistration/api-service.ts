// The APIService kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { APIService as schema } from "#api/apiregistration/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface APIService extends Infer<typeof schema> {}
export const APIService = defineKind<APIService>({
  group: "apiregistration.k8s.io",
  version: "v1",
  kind: "APIService",
  plural: "apiservices",
  scope: "Cluster",
  categories: ["api-extensions"],
  schema,
  subresources: [statusSubresource],
  nameRule: "pathSegment",
  hasGeneration: false,
});
