// The FlowSchema kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { FlowSchema as schema } from "#api/flowcontrol/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface FlowSchema extends Infer<typeof schema> {}
export const FlowSchema = defineKind<FlowSchema>({
  group: "flowcontrol.apiserver.k8s.io",
  version: "v1",
  kind: "FlowSchema",
  plural: "flowschemas",
  scope: "Cluster",
  schema,
  subresources: [statusSubresource],
});
