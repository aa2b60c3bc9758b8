// The Node kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { Node as schema } from "#api/core/schema/node.ts";
import type { Infer } from "#api/schema.ts";

export interface Node extends Infer<typeof schema> {}
export const Node = defineKind<Node>({
  group: "",
  version: "v1",
  kind: "Node",
  plural: "nodes",
  scope: "Cluster",
  shortNames: ["no"],
  schema,
  subresources: [
    {
      name: "proxy",
      verbs: ["create", "delete", "get", "patch", "update"],
      body: { group: "", version: "v1", kind: "NodeProxyOptions" },
    },
    statusSubresource,
  ],
  hasGeneration: false,
});
