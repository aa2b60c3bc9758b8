// The CSIDriver kind.
import { defineKind } from "#api/kind.ts";
import { CSIDriver as schema } from "#api/storage/csi-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface CSIDriver extends Infer<typeof schema> {}
export const CSIDriver = defineKind<CSIDriver>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "CSIDriver",
  plural: "csidrivers",
  scope: "Cluster",
  schema,
  hasGeneration: true,
});
