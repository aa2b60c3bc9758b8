// The PersistentVolumeClaim kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { PersistentVolumeClaim as schema } from "#api/core/schema/persistent-volume.ts";
import type { Infer } from "#api/schema.ts";

export interface PersistentVolumeClaim extends Infer<typeof schema> {}
export const PersistentVolumeClaim = defineKind<PersistentVolumeClaim>({
  group: "",
  version: "v1",
  kind: "PersistentVolumeClaim",
  plural: "persistentvolumeclaims",
  scope: "Namespaced",
  shortNames: ["pvc"],
  schema,
  subresources: [statusSubresource],
  hasGeneration: false,
});
