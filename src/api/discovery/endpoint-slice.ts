// The EndpointSlice kind.
import { defineKind } from "#api/kind.ts";
import { EndpointSlice as schema } from "#api/discovery/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface EndpointSlice extends Infer<typeof schema> {}
export const EndpointSlice = defineKind<EndpointSlice>({
  group: "discovery.k8s.io",
  version: "v1",
  kind: "EndpointSlice",
  plural: "endpointslices",
  scope: "Namespaced",
  schema,
  hasGeneration: true,
});
