// The CSINode kind.
import { defineKind } from "#api/kind.ts";
import { CSINode as schema } from "#api/storage/csi-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface CSINode extends Infer<typeof schema> {}
export const CSINode = defineKind<CSINode>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "CSINode",
  plural: "csinodes",
  scope: "Cluster",
  schema,
});
