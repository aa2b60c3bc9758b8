// The ReplicationController kind.
import { defineKind, scaleSubresource, statusSubresource } from "#api/kind.ts";
import { ReplicationController as schema } from "#api/core/schema/replication-controller.ts";
import type { Infer } from "#api/schema.ts";

export interface ReplicationController extends Infer<typeof schema> {}
export const ReplicationController = defineKind<ReplicationController>({
  group: "",
  version: "v1",
  kind: "ReplicationController",
  plural: "replicationcontrollers",
  scope: "Namespaced",
  shortNames: ["rc"],
  categories: ["all"],
  schema,
  subresources: [scaleSubresource, statusSubresource],
  scale: { specReplicas: ".spec.replicas", statusReplicas: ".status.replicas", labelSelector: ".spec.selector" },
});
