// The PersistentVolume kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { PersistentVolume as schema } from "#api/core/schema/persistent-volume.ts";
import type { Infer } from "#api/schema.ts";

export interface PersistentVolume extends Infer<typeof schema> {}
export const PersistentVolume = defineKind<PersistentVolume>({
  group: "",
  version: "v1",
  kind: "PersistentVolume",
  plural: "persistentvolumes",
  scope: "Cluster",
  shortNames: ["pv"],
  schema,
  subresources: [statusSubresource],
  hasGeneration: false,
});
