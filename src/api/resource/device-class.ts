// The DeviceClass kind.
import { defineKind } from "#api/kind.ts";
import { DeviceClass as schema } from "#api/resource/device-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface DeviceClass extends Infer<typeof schema> {}
export const DeviceClass = defineKind<DeviceClass>({
  group: "resource.k8s.io",
  version: "v1",
  kind: "DeviceClass",
  plural: "deviceclasses",
  scope: "Cluster",
  schema,
});
