// The ResourceSlice kind.
import { defineKind } from "#api/kind.ts";
import { ResourceSlice as schema } from "#api/resource/claim-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface ResourceSlice extends Infer<typeof schema> {}
export const ResourceSlice = defineKind<ResourceSlice>({
  group: "resource.k8s.io",
  version: "v1",
  kind: "ResourceSlice",
  plural: "resourceslices",
  scope: "Cluster",
  schema,
  hasGeneration: true,
});
