// Node: a machine that runs pods. The node itself creates it, with its first status.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { nodeColumns } from "#api/core/rules/node-columns.ts";
import {
  applyNodeDefaults,
  nodeWarnings,
  prepareNode,
  validateNode,
  validateNodeStatusUpdate,
  validateNodeUpdate,
} from "#api/core/rules/node-validation.ts";
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
  columns: nodeColumns,
  selectableFields: { "spec.unschedulable": ({ spec }) => String(spec.unschedulable ?? false) },
  rules: {
    applyDefaults: applyNodeDefaults,
    prepareForCreate: prepareNode,
    prepareForUpdate: prepareNode,
    validate: validateNode,
    validateUpdate: validateNodeUpdate,
    validateStatusUpdate: validateNodeStatusUpdate,
    warnings: nodeWarnings,
    keepsStatusOnCreate: true,
  },
});
