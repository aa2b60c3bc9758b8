// The VolumeAttachment kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { VolumeAttachment as schema } from "#api/storage/class-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface VolumeAttachment extends Infer<typeof schema> {}
export const VolumeAttachment = defineKind<VolumeAttachment>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "VolumeAttachment",
  plural: "volumeattachments",
  scope: "Cluster",
  schema,
  subresources: [statusSubresource],
  hasGeneration: false,
});
