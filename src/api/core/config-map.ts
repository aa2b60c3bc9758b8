// The ConfigMap kind.
import { defineKind } from "#api/kind.ts";
import { ConfigMap as schema } from "#api/core/schema/config.ts";
import type { Infer } from "#api/schema.ts";

export interface ConfigMap extends Infer<typeof schema> {}
export const ConfigMap = defineKind<ConfigMap>({
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  scope: "Namespaced",
  shortNames: ["cm"],
  schema,
});
