// The CSIStorageCapacity kind.
import { defineKind } from "#api/kind.ts";
import { CSIStorageCapacity as schema } from "#api/storage/csi-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface CSIStorageCapacity extends Infer<typeof schema> {}
export const CSIStorageCapacity = defineKind<CSIStorageCapacity>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "CSIStorageCapacity",
  plural: "csistoragecapacities",
  scope: "Namespaced",
  schema,
});
