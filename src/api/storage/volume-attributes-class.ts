// The VolumeAttributesClass kind.
import { defineKind } from "#api/kind.ts";
import { VolumeAttributesClass as schema } from "#api/storage/class-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface VolumeAttributesClass extends Infer<typeof schema> {}
export const VolumeAttributesClass = defineKind<VolumeAttributesClass>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "VolumeAttributesClass",
  plural: "volumeattributesclasses",
  scope: "Cluster",
  shortNames: ["vac"],
  schema,
});
