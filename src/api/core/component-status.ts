// ComponentStatus: whether a part of the control plane is well. Long superseded by /livez and /readyz.
import { defineKind } from "#api/kind.ts";
import { nameColumn, textColumn } from "#api/meta/columns.ts";
import { ComponentStatus as schema } from "#api/core/schema/config.ts";
import type { Infer } from "#api/schema.ts";

export interface ComponentStatus extends Infer<typeof schema> {}
export const ComponentStatus = defineKind<ComponentStatus>({
  group: "",
  version: "v1",
  kind: "ComponentStatus",
  plural: "componentstatuses",
  scope: "Cluster",
  shortNames: ["cs"],
  verbs: ["get", "list"],
  schema,
  columns: [
    nameColumn,
    textColumn("Status", "Whether it is well.", (object) => {
      const health = healthOf(object);
      return health ? (health.status === "True" ? "Healthy" : "Unhealthy") : "Unknown";
    }),
    textColumn("Message", "What it says of itself.", (object) => healthOf(object)?.message ?? ""),
    textColumn("Error", "What is wrong.", (object) => healthOf(object)?.error ?? ""),
  ],
});

const healthOf = ({ conditions = [] }: ComponentStatus) => conditions.find((condition) => condition.type === "Healthy");
