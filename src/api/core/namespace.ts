// The Namespace kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { Namespace as schema } from "#api/core/schema/config.ts";
import type { Infer } from "#api/schema.ts";

export interface Namespace extends Infer<typeof schema> {}
export const Namespace = defineKind<Namespace>({
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  scope: "Cluster",
  shortNames: ["ns"],
  verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
  schema,
  subresources: [{ name: "finalize", verbs: ["update"] }, statusSubresource],
  nameRule: "dnsLabel",
  hasGeneration: false,
});
