// The StorageClass kind.
import { defineKind } from "#api/kind.ts";
import { StorageClass as schema } from "#api/storage/class-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface StorageClass extends Infer<typeof schema> {}
export const StorageClass = defineKind<StorageClass>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "StorageClass",
  plural: "storageclasses",
  scope: "Cluster",
  shortNames: ["sc"],
  schema,
});
