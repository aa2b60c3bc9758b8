// The PriorityLevelConfiguration kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { PriorityLevelConfiguration as schema } from "#api/flowcontrol/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface PriorityLevelConfiguration extends Infer<typeof schema> {}
export const PriorityLevelConfiguration = defineKind<PriorityLevelConfiguration>({
  group: "flowcontrol.apiserver.k8s.io",
  version: "v1",
  kind: "PriorityLevelConfiguration",
  plural: "prioritylevelconfigurations",
  scope: "Cluster",
  schema,
  subresources: [statusSubresource],
});
